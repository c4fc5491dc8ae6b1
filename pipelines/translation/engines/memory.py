"""The translation memory: what was translated and reviewed before is not translated again."""

from collections.abc import Iterator

import polars as pl

from pipelines.translation.engine import Origin
from pipelines.translation.quality import estimated_quality


class Memory:
    """Answers from remembered translations, by the exact normalised text.

    What nobody has reviewed is worth what its estimate says.
    """

    name = "memory"
    origin: Origin = "memory"
    protects = False
    worth = 1.0

    def __init__(self, entries: pl.DataFrame) -> None:
        """Take the rows of ``seed_memory``; those for one context are put in by the marts."""
        self._entries = entries.filter(context="").with_columns(
            quality=pl.Series(
                [
                    1.0 if reviewed else estimated_quality(text, translated)
                    for reviewed, text, translated in entries.filter(context="")
                    .select("reviewed", "text", "translated")
                    .rows()
                ],
                dtype=pl.Float64,
            )
        )

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
        entries = self._entries.filter(target=target).select(
            "text_hash", "language", "translated", "quality"
        )
        yield texts.join(
            entries, on=["text_hash", "language"], how="left", maintain_order="left"
        ).select(
            "text_hash",
            "language",
            "translated",
            "quality",
            reason=pl.when(pl.col("translated").is_null()).then(pl.lit("not in memory")),
        )
