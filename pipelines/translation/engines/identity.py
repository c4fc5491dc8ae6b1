"""Identity: a text already in the target language is its own translation."""

import polars as pl

from pipelines.translation.engine import Origin


class Identity:
    """Returns texts in the target language as they are, and nothing for others."""

    name = "identity"
    version = "1"
    origin: Origin = "identity"

    def unavailable(self) -> str | None:
        """Return None: there is nothing it needs."""
        return None

    def conditions(self) -> str:
        """Return nothing: its answer never changes."""
        return ""

    def translate(self, texts: pl.DataFrame, target: str) -> pl.DataFrame:
        """Return the texts whose language is the target."""
        same = pl.col("language") == target
        return texts.select(
            "text_hash",
            "language",
            translated=pl.when(same).then("text"),
            quality=pl.when(same).then(1.0),
            reason=pl.when(~same).then(pl.lit("in another language")),
        )
