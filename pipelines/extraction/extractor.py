"""The contract of an extractor of mentions: what was read in, what it takes for mentions out.

The other fact tables have one extractor each, the verb of their name, whose maker and version
their contract tells. Mentions may have several, which :mod:`pipelines.extraction.policy` combines.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Protocol

import polars as pl

from pipelines.extraction.capitals import SAINTS, opening
from pipelines.extraction.corpus import fold
from pipelines.extraction.cues import Cues, cues_of
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
#: Kinds of cue words that are no names where they stand alone.
_NO_NAMES = ("stop_name", "weekday", "honorific")
#: What is no part of a name behind it, in English a possessive too: elsewhere 's is of the name.
_BEHIND = {False: re.compile(r"\s*$"), True: re.compile(r"(?:'s?)?\s*$")}


def proposed(reading: Reading, seen: list[Seen], name: str) -> pl.DataFrame:
    """Return PROPOSED rows for what the model ``name`` saw in ``reading.content``.

    Spans are bounded as the rules bound theirs, whatever a model was taught: without white space,
    determiners ("the White House", "l'OTAN") and an English possessive ("Boeing's") at their ends;
    persons without titles ("M. Crick"). What is then a word that the reference tables have for no
    name is left out ("AI", "Monday", "También").
    """
    content = reading.content
    texts = content.select("text", "language").rows()
    languages = sorted({language for _, language in texts})
    told = dict(zip(languages, cues_of(reading.seed_cue_words, languages), strict=True))
    spans = list[Seen]()
    for place, at, to, type_, confidence, version in seen:
        text, language = texts[place]
        begin, end = _bare(text, at, to, type_, told[language])
        if _is_name(text[begin:end], told[language]):
            spans.append((place, begin, end, type_, confidence, version))
    return (
        pl.DataFrame(spans, schema=SEEN, orient="row")
        .join(content.with_row_index("place").cast({"place": pl.Int64}), on="place")
        .with_columns(surface=pl.col("text").str.slice("at", pl.col("to") - pl.col("at")))
        .with_columns(
            start=pl.col("start") + pl.col("at"),
            end=pl.col("start") + pl.col("to"),
            evidence=pl.lit("model"),
            extractor=pl.lit(name),
            known=pl.lit(value=False),
        )
        .select(pl.col(column).cast(type_) for column, type_ in PROPOSED.items())
    )


def _bare(text: str, at: int, to: int, type_: str, cues: Cues) -> tuple[int, int]:
    surface = fold(text[at:to])
    lead = _lead(cues, type_ == "PERSON", opening(text, at)).match(surface)
    behind = _BEHIND[cues.language == "en"].search(surface)
    begin = lead.end() if lead else 0
    return at + begin, at + max(begin, behind.start() if behind else len(surface))


@lru_cache(maxsize=64)
def _lead(cues: Cues, is_person: bool, opens: bool) -> re.Pattern[str]:
    """Match what stands before a name: a determiner with a capital only where a sentence opens,
    else it is the name's ("The Hague", "La Rochelle").
    """
    saints = "|".join(map(re.escape, sorted(SAINTS)))
    titles = rf"(?:(?!(?i:{saints})(?!\w)){cues.any('honorific')}\s+)*" if is_person else ""
    determiners = rf"(?{'i' if opens else ''}:{cues.any('determiner')}(?:\s+|(?<=')))*"
    return re.compile(rf"\s*{determiners}{titles}(?=\S)")


def _is_name(surface: str, cues: Cues) -> bool:
    word = fold(surface).lower()
    if not word or any(word in cues.words(kind) for kind in _NO_NAMES):
        return False
    return surface.isupper() or word not in cues.words("function_word")  # "US" is not "us"
