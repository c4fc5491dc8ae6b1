"""Texts and memories for tests of translation."""

from typing import Any

import polars as pl

from pipelines.identity import text_hash

Row = dict[str, Any]


def texts(*given: tuple[str, str]) -> pl.DataFrame:
    """Rows to translate, from language and text."""
    frame = pl.DataFrame(
        list(given), schema={"language": pl.String, "text": pl.String}, orient="row"
    )
    return frame.select(text_hash(frame["text"]), "language", "text")


def memory(*given: tuple[str, str, str]) -> pl.DataFrame:
    """Rows of ``seed_memory``, from language, text and English."""
    frame = pl.DataFrame(
        list(given),
        schema={"language": pl.String, "text": pl.String, "translated": pl.String},
        orient="row",
    )
    return frame.select(
        text_hash(frame["text"]), "language", "text", "translated", target=pl.lit("en")
    )


def by_text(asked: pl.DataFrame, answer: pl.DataFrame) -> dict[str, Row]:
    """Each text's answer."""
    told = asked.select("text_hash", "language", asked="text")
    rows = told.join(answer, on=["text_hash", "language"], how="left").rows(named=True)
    return {row["asked"]: row for row in rows}
