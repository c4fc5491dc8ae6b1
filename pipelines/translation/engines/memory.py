"""The translation memory: what was translated and reviewed before is not translated again."""

from collections.abc import Iterator

import polars as pl

from pipelines.translation.engine import Origin


class Memory:
    """Answers from reviewed translations, by the exact normalised text."""

    name = "memory"
    origin: Origin = "memory"
    protects = False

    def __init__(self, entries: pl.DataFrame) -> None:
        """Take the rows of ``seed_memory``."""
        self._entries = entries

    def version(self, language: str, target: str) -> str:
        """Return the version of the rule."""
        return "1"

    def unavailable(self) -> str | None:
        """Return None: a memory is always at hand, if only empty."""
        return None

    def conditions(self) -> str:
        """Return nothing: texts whose entry has changed are told one by one."""
        return ""

    def translate(self, texts: pl.DataFrame, target: str) -> Iterator[pl.DataFrame]:
        """Yield the remembered translations."""
        entries = self._entries.filter(pl.col("target") == target).select(
            "text_hash", "language", "translated"
        )
        yield texts.join(
            entries, on=["text_hash", "language"], how="left", maintain_order="left"
        ).select(
            "text_hash",
            "language",
            "translated",
            reason=pl.when(pl.col("translated").is_null()).then(pl.lit("not in memory")),
        )
