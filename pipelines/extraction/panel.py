"""All extractors of mentions that are switched on, as one verb."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.extraction.extractor import Extractor, Proposal, Reading
from pipelines.extraction.policy import merged


@dataclass
class Figures:
    """What an extractor did in this run, for the UI."""

    proposed: int = 0
    stand: int = 0
    unread: int = 0
    seconds: float = 0.0


class Panel:
    """Asks every extractor and keeps what the policy lets stand."""

    def __init__(self, extractors: Sequence[Extractor]) -> None:
        """Take the extractors in the order of the setting."""
        self.extractors = tuple(extractors)
        self.figures = {one.name: Figures() for one in extractors}
        #: Why an extractor did not read what it was handed, with the articles it concerns.
        self.reasons: dict[str, int] = {}
        #: Of the last articles, those that an extractor has not read whole, with its name.
        self.unread: dict[str, str] = {}

    def core_mentions(
        self,
        core_articles: pl.DataFrame,
        core_segments: pl.DataFrame,
        core_languages: pl.DataFrame,
        seed_entities: pl.DataFrame,
        seed_entity_names: pl.DataFrame,
        seed_cue_words: pl.DataFrame,
    ) -> pl.DataFrame:
        """Return the rows of ``core_mentions`` for whole articles."""
        reading = Reading(
            core_articles,
            core_segments,
            core_languages,
            seed_entities,
            seed_entity_names,
            seed_cue_words,
        )
        self.unread = {}
        rows = merged([self._asked(one, reading) for one in self.extractors])
        for name, count in rows["extractor"].value_counts().rows():
            self.figures[name].stand += count
        return rows

    def _asked(self, extractor: Extractor, reading: Reading) -> Proposal:
        figures, started = self.figures[extractor.name], time.monotonic()
        proposal = extractor.propose(reading)
        figures.proposed += proposal.rows.height
        figures.unread += len(proposal.unread)
        figures.seconds += time.monotonic() - started
        for article, reason in proposal.unread.items():
            self.unread[article] = extractor.name
            told = f"{extractor.name}: {reason}"
            self.reasons[told] = self.reasons.get(told, 0) + 1
        return proposal
