"""News told by hand for tests of resolution: ``{ORG|IBM} grows.`` names IBM, an organisation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from benchmarks.stories import story_articles
from pipelines.identity import digest, normalised
from pipelines.resolution.embeddings import Encoder
from pipelines.resolution.identities import core_names
from pipelines.resolution.links import core_links
from pipelines.resolution.namings import core_name_forms, core_name_uses, core_namings
from warehouse.contracts.frames import empty, schema

_NAMED = re.compile(r"\{(\w+)\|([^}]+)\}")

CUES = pl.DataFrame(
    [
        ("it", "org_head", "università", "university"),
        ("fr", "org_head", "université", "university"),
        ("de", "org_head", "Universität", "university"),
        ("es", "org_head", "universidad", "university"),
        ("en", "org_head", "university", "university"),
        ("it", "org_head", "fondazione", "foundation"),
        ("fr", "org_head", "fondation", "foundation"),
        ("it", "project_head", "progetto", "project"),
        ("en", "project_head", "project", "project"),
        ("it", "connector", "di", None),
        ("it", "connector", "dell'", None),
        ("fr", "connector", "de", None),
        ("en", "connector", "of", None),
        ("it", "determiner", "la", None),
        ("en", "determiner", "the", None),
        ("mul", "org_suffix", "Inc.", None),
        ("mul", "org_suffix", "GmbH", None),
        ("it", "acronym", "acronimo di", None),
        ("en", "demonym", "British", "United Kingdom"),
        ("nl", "demonym", "Britse", "United Kingdom"),
        ("en", "demonym", "Indian", "India"),
        ("it", "name_word", "centrale", "central"),
        ("en", "name_word", "central", "central"),
        ("es", "name_word", "central", "central"),
        ("it", "name_word", "europea", "european"),
        ("es", "name_word", "europeo", "european"),
        ("en", "name_word", "european", "european"),
        ("it", "org_head", "banca", "bank"),
        ("es", "org_head", "banco", "bank"),
        ("en", "org_head", "bank", "bank"),
        ("en", "org_head", "group", "group"),
    ],
    schema=["language", "kind", "cue", "value"],
    orient="row",
)

_ENTITIES = dict.fromkeys(("entity_id", "type", "kind", "name", "wikidata_id"), pl.String)
_NAMES = {
    "entity_id": pl.String, "language": pl.String, "name": pl.String, "ambiguous": pl.Boolean,
}  # fmt: skip
ENTITIES = pl.DataFrame(
    [
        ("ibm", "ORG", "company", "IBM", "Q37156"),
        ("meta", "ORG", "company", "Meta", None),
        ("tokyo-university", "ORG", "university", "University of Tokyo", None),
        ("tokyo", "GPE", "city", "Tokyo", None),
        ("nick-clegg", "PERSON", "person", "Nick Clegg", None),
    ],
    schema=_ENTITIES,
    orient="row",
)
NAMES = pl.DataFrame(
    [
        ("ibm", "mul", "IBM", False),
        ("meta", "mul", "Meta", True),
        ("tokyo-university", "en", "University of Tokyo", False),
        ("tokyo", "mul", "Tokyo", False),
        ("nick-clegg", "mul", "Nick Clegg", False),
    ],
    schema=_NAMES,
    orient="row",
)


@dataclass(frozen=True)
class Article:
    """An article: its name, its segments with names marked, its language, when it appeared."""

    name: str
    segments: tuple[str, ...]
    language: str = "it"
    published: tuple[datetime, datetime] | None = None


def article(
    name: str,
    *segments: str,
    language: str = "it",
    published: tuple[datetime, datetime] | None = None,
) -> Article:
    return Article(name, segments, language, published)


NOTHING_JUDGED = empty("seed_judgements")


def judged(*told: tuple[str, str, str, str], withdrawn: Sequence[int] = ()) -> pl.DataFrame:
    """Judgements (kind, left, right, judgement) in the order they were made; some taken back."""
    rows = [
        (
            *one, "Ada", f"2026-01-{at + 1:02}T12:00:00",
            "2026-02-01T12:00:00" if at in withdrawn else None, "",
        )
        for at, one in enumerate(told)
    ]
    return pl.DataFrame(rows, schema=schema("seed_judgements"), orient="row")


@dataclass(frozen=True)
class News:
    """The tables of what was told, up to mentions."""

    core_articles: pl.DataFrame
    core_segments: pl.DataFrame
    core_languages: pl.DataFrame
    core_mentions: pl.DataFrame

    def namings(self) -> pl.DataFrame:
        return core_namings(
            self.core_mentions, self.core_segments, self.core_languages, ENTITIES, NAMES, CUES
        )

    def names(self, judgements: pl.DataFrame = NOTHING_JUDGED) -> pl.DataFrame:
        namings = self.namings()
        distinct = namings.select("name_id", "name", "type", "key").unique()
        forms = core_name_forms(distinct, ENTITIES, NAMES, CUES)
        return core_names(core_name_uses(namings), forms, ENTITIES, judgements)

    def links(self, judgements: pl.DataFrame = NOTHING_JUDGED) -> pl.DataFrame:
        return core_links(self.namings(), self.names(judgements))

    def story_articles(
        self,
        judgements: pl.DataFrame = NOTHING_JUDGED,
        duplicates: pl.DataFrame | None = None,
        encoder: Encoder | None = None,
    ) -> pl.DataFrame:
        return story_articles(
            self.core_articles,
            self.core_segments,
            self.core_languages,
            self.core_mentions,
            self.links(judgements),
            empty("core_duplicates") if duplicates is None else duplicates,
            judgements,
            encoder,
        )

    def entity_of(self) -> dict[str, str]:
        """The entity of each surface; surfaces that name two are refused."""
        joined = self.links().join(self.core_mentions, on="mention_id").select(
            "surface", "entity_id"
        )
        named = joined.unique()
        assert named["surface"].is_unique().all(), named
        return dict(named.rows())


_SEGMENTS = {
    "segment_id": pl.String, "article_id": pl.String, "ordinal": pl.Int32, "kind": pl.String,
    "start": pl.Int64, "end": pl.Int64, "text": pl.String, "text_hash": pl.String,
}  # fmt: skip
_MENTIONS = {
    "mention_id": pl.String, "article_id": pl.String, "segment_id": pl.String,
    "start": pl.Int64, "end": pl.Int64, "surface": pl.String, "type": pl.String,
}  # fmt: skip
_ARTICLES = {
    "article_id": pl.String, "source_path": pl.String, "body": pl.String,
    "body_hash": pl.String, "published_from": pl.Datetime("us"),
    "published_to": pl.Datetime("us"),
}  # fmt: skip


def news(*articles: Article) -> News:
    """Return the tables of articles, in the order they are told."""
    rows: dict[str, list[tuple[Any, ...]]] = {"a": [], "s": [], "l": [], "m": []}
    for one in articles:
        body = ""
        for ordinal, marked in enumerate(one.segments):
            start = len(body)
            segment = f"{one.name}/s{ordinal}"
            for kind, surface, begin in _named(marked):
                span = (start + begin, start + begin + len(surface))
                rows["m"].append(
                    (f"{one.name}/m{span[0]}", one.name, segment, *span, surface, kind)
                )
            text = _NAMED.sub(r"\2", marked)
            body += text + "\n"
            rows["s"].append(
                (segment, one.name, ordinal, "sentence", start, start + len(text), text,
                 digest(normalised(text)))
            )  # fmt: skip
            rows["l"].append((segment, one.name, one.language))
        first, last = one.published or (None, None)
        rows["a"].append(
            (one.name, f"{one.name}.txt", body, digest(normalised(body)), first, last)
        )
    return News(
        pl.DataFrame(rows["a"], schema=_ARTICLES, orient="row"),
        pl.DataFrame(rows["s"], schema=_SEGMENTS, orient="row"),
        pl.DataFrame(
            rows["l"],
            schema=dict.fromkeys(("segment_id", "article_id", "language"), pl.String),
            orient="row",
        ),
        pl.DataFrame(rows["m"], schema=_MENTIONS, orient="row"),
    )


def _named(marked: str) -> Sequence[tuple[str, str, int]]:
    found, marks = [], 0
    for match in _NAMED.finditer(marked):
        kind, surface = match.groups()
        found.append((kind, surface, match.start() - marks))
        marks += len(match[0]) - len(surface)
    return found


def days(*day: int) -> tuple[datetime, datetime]:
    """A publication interval of one day."""
    return (datetime(day[0], day[1], day[2]),) * 2
