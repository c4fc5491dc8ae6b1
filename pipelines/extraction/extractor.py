"""The contract of an extractor of mentions: what was read in, what it takes for mentions out.

The other fact tables have one extractor each, the verb of their name, whose maker and version
their contract tells. Mentions may have several, which :mod:`pipelines.extraction.policy` combines.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import polars as pl

from warehouse.contracts.core import CONTENT_KINDS
from warehouse.contracts.frames import schema

#: The columns of a proposed mention: those of ``core_mentions`` but the key; and ``known``, whether
#: the reference tables give the name this type, without being an ordinary word.
PROPOSED = {
    **{name: type_ for name, type_ in schema("core_mentions").items() if name != "mention_id"},
    "known": pl.Boolean,
}


@dataclass(frozen=True)
class Reading:
    """What extractors read: the tables of some whole articles, and what is given."""

    core_articles: pl.DataFrame
    core_segments: pl.DataFrame
    core_languages: pl.DataFrame
    seed_entities: pl.DataFrame
    seed_entity_names: pl.DataFrame
    seed_cue_words: pl.DataFrame

    @cached_property
    def content(self) -> pl.DataFrame:
        """The segments that facts may come from: segment_id, article_id, start, text, language."""
        return (
            self.core_segments.filter(pl.col("kind").is_in(CONTENT_KINDS))
            .join(self.core_languages.select("segment_id", "language"), on="segment_id")
            .sort("article_id", "start")
            .select("segment_id", "article_id", "start", "text", "language")
        )


@dataclass(frozen=True)
class Proposal:
    """PROPOSED rows; the segments that were read, where they are not all; and for each article
    that was not read whole the reason.
    """

    rows: pl.DataFrame
    read: pl.Series | None = None
    unread: Mapping[str, str] = field(default_factory=dict)


class Extractor(Protocol):
    """Finds mentions; ``name`` and the version of what found it stand in every row of its own."""

    name: str

    def version(self) -> str:
        """Return the version of all it works with: a change makes its articles pending again."""
        ...

    def unavailable(self) -> str | None:
        """Return why it cannot work now, or None; decided once a run, in bounded time."""
        ...

    def propose(self, reading: Reading) -> Proposal:
        """Return what it takes for mentions; never raises for a text."""
        ...


#: Where a model saw a name: the row of ``Reading.content``, first and last+1 code point of its
#: text, and what the model says.
SEEN = {
    "place": pl.Int64,
    "at": pl.Int64,
    "to": pl.Int64,
    "type": pl.String,
    "confidence": pl.Float64,
    "extractor_version": pl.String,
}
Seen = tuple[int, int, int, str, float, str]


def proposed(content: pl.DataFrame, seen: list[Seen], name: str) -> pl.DataFrame:
    """Return PROPOSED rows for what the model ``name`` saw in content; white space at the ends of
    a span is no part of it.
    """
    cut = pl.col("text").str.slice("at", pl.col("to") - pl.col("at"))
    lead = pl.col("cut").str.len_chars() - pl.col("cut").str.strip_chars_start().str.len_chars()
    return (
        pl.DataFrame(seen, schema=SEEN, orient="row")
        .join(content.with_row_index("place").cast({"place": pl.Int64}), on="place")
        .with_columns(cut=cut)
        .with_columns(surface=pl.col("cut").str.strip_chars(), at=pl.col("at") + lead)
        .filter(pl.col("surface") != "")
        .with_columns(
            start=pl.col("start") + pl.col("at"),
            end=pl.col("start") + pl.col("at") + pl.col("surface").str.len_chars(),
            evidence=pl.lit("model"),
            extractor=pl.lit(name),
            known=pl.lit(value=False),
        )
        .select(pl.col(column).cast(type_) for column, type_ in PROPOSED.items())
    )
