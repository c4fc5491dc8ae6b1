"""The translation memory: what was translated and reviewed before is not translated again."""

import polars as pl

from pipelines.identity import digest
from pipelines.translation.engine import Origin


class Memory:
    """Answers from reviewed translations, by the exact normalised text."""

    name = "memory"
    version = "1"
    origin: Origin = "memory"

    def __init__(self, entries: pl.DataFrame) -> None:
        """Take the rows of ``seed_memory``."""
        self._entries = entries

    def unavailable(self) -> str | None:
        """Return None: a memory is always at hand, if only empty."""
        return None

    def conditions(self) -> str:
        """Return a hash of the entries: with new or corrected ones it is worth another try."""
        entries = self._entries.select("text_hash", "language", "target", "translated")
        return digest(*sorted(map("\0".join, entries.rows())))

    def translate(self, texts: pl.DataFrame, target: str) -> pl.DataFrame:
        """Return the remembered translations."""
        entries = self._entries.filter(pl.col("target") == target).select(
            "text_hash", "language", "translated"
        )
        return texts.join(entries, on=["text_hash", "language"], how="left").select(
            "text_hash",
            "language",
            "translated",
            quality=pl.when(pl.col("translated").is_not_null()).then(1.0),
            reason=pl.when(pl.col("translated").is_null()).then(pl.lit("not in memory")),
        )
