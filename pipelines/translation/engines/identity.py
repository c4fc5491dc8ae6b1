"""Identity: a text already in the target language is its own translation."""

from collections.abc import Iterator

import polars as pl

from pipelines.translation.engine import Origin


class Identity:
    """Returns texts in the target language as they are, and nothing for others."""

    name = "identity"
    origin: Origin = "identity"
    protects = False
    worth = 1.0

    def version(self, language: str, target: str) -> str:
        """Return the version of the rule."""
        return "1"

    def unavailable(self) -> str | None:
        """Return None: there is nothing it needs."""
        return None

    def conditions(self) -> str:
        """Return nothing: its answer never changes."""
        return ""

    def translate(self, texts: pl.DataFrame, target: str) -> Iterator[pl.DataFrame]:
        """Yield the texts whose language is the target."""
        same = pl.col("language") == target
        yield texts.select(
            "text_hash",
            "language",
            translated=pl.when(same).then("text"),
            reason=pl.when(~same).then(pl.lit("in another language")),
        )
