"""One article of a few sentences through all extractors, with the reference tables of the house."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl
import pytest

from pipelines.extraction.dates import core_dates
from pipelines.extraction.memberships import core_memberships
from pipelines.extraction.mentions import core_mentions
from pipelines.extraction.quantities import core_quantities
from pipelines.extraction.quotes import core_quotes
from pipelines.extraction.roles import core_roles
from pipelines.intake.segments import core_segments
from pipelines.reference.tables import Reference, read_reference
from warehouse.contracts.frames import schema

HOUSE = Path(__file__).parents[3]
LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")


@dataclass
class Reading:
    """What the extractors read in one article."""

    body: str
    language: str
    reference: Reference

    @cached_property
    def articles(self) -> pl.DataFrame:
        return pl.DataFrame(
            {"article_id": ["a"], "body": [self.body], "title": [None], "marked": [[]]},
            schema={
                name: type_
                for name, type_ in schema("core_articles").items()
                if name in ("article_id", "body", "title", "marked")
            },
        )

    @cached_property
    def segments(self) -> pl.DataFrame:
        return core_segments(self.articles, self.reference.seed_cue_words)

    @cached_property
    def languages(self) -> pl.DataFrame:
        return self.segments.select(
            "segment_id", "article_id", language=pl.lit(self.language, dtype=pl.String)
        )

    @property
    def _frames(self) -> tuple[pl.DataFrame, ...]:
        return self.articles, self.segments, self.languages

    @property
    def _cues(self) -> pl.DataFrame:
        return self.reference.seed_cue_words

    @cached_property
    def mentions(self) -> pl.DataFrame:
        reference = self.reference
        return core_mentions(
            *self._frames, reference.seed_entities, reference.seed_entity_names, self._cues
        )

    @cached_property
    def roles(self) -> pl.DataFrame:
        return core_roles(*self._frames, self.mentions, self._cues)

    @cached_property
    def quotes(self) -> pl.DataFrame:
        return core_quotes(*self._frames, self.mentions, self.roles, self._cues)

    @cached_property
    def memberships(self) -> pl.DataFrame:
        return core_memberships(*self._frames, self.mentions, self._cues)

    @cached_property
    def dates(self) -> pl.DataFrame:
        return core_dates(*self._frames, self.mentions, self._cues)

    @cached_property
    def quantities(self) -> pl.DataFrame:
        units = self.reference.seed_units
        return core_quantities(*self._frames, self.mentions, self.dates, self._cues, units)

    @property
    def tables(self) -> dict[str, tuple[pl.DataFrame, str]]:
        """Every table with the column that must be body[start:end]."""
        return {
            "core_mentions": (self.mentions, "surface"),
            "core_roles": (self.roles, "text"),
            "core_quotes": (self.quotes, "text"),
            "core_memberships": (self.memberships, "text"),
            "core_dates": (self.dates, "text"),
            "core_quantities": (self.quantities, "text"),
        }

    def surface(self, mention_id: str | None) -> str | None:
        return dict(self.mentions.select("mention_id", "surface").rows()).get(mention_id or "")

    def names(self) -> dict[str, str]:
        return dict(self.mentions.select("surface", "type").rows())

    def said(self) -> dict[str, str | None]:
        rows = self.quotes.select("text", "speaker_mention_id").rows()
        return {text: self.surface(speaker) for text, speaker in rows}

    def positions(self) -> set[tuple[str | None, str | None, str | None, str]]:
        return {
            (self.surface(person), role, self.surface(where), status)
            for person, role, where, status in self.roles.select(
                "person_mention_id", "role_en", "organization_mention_id", "status"
            ).rows()
        }

    def belonging(self) -> set[tuple[str | None, str | None, str]]:
        return {
            (self.surface(member), self.surface(group), status)
            for member, group, status in self.memberships.select(
                "member_mention_id", "group_mention_id", "status"
            ).rows()
        }

    def counts(self) -> set[tuple[str, str, float, str | None]]:
        return set(self.quantities.select("text", "relation", "value", "unit").rows())


@pytest.fixture(scope="session")
def reference() -> Reference:
    return read_reference(HOUSE / "seeds" / "reference", LANGUAGES)


@pytest.fixture(scope="session")
def read(reference: Reference) -> Callable[[str, str], Reading]:
    return lambda language, body: Reading(body, language, reference)


@pytest.fixture(scope="session")
def as_one_sentence() -> Callable[[str, str], tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]:
    """Return articles, segments and languages of a text that is not split, whatever is in it."""

    def frames(language: str, text: str) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        articles = pl.DataFrame({"article_id": ["a"], "body": [text]})
        segments = pl.DataFrame(
            {
                "segment_id": ["a/0"],
                "article_id": ["a"],
                "ordinal": [0],
                "kind": ["sentence"],
                "start": [0],
                "end": [len(text)],
                "text": [text],
            }
        )
        languages = segments.select("segment_id", "article_id", language=pl.lit(language))
        return articles, segments, languages

    return frames
