"""Texts, memories and an engine of few words for tests of translation."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from pipelines.identity import text_hash
from pipelines.translation.engine import Origin

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
        text_hash(frame["text"]),
        "language",
        "text",
        "translated",
        target=pl.lit("en"),
        context=pl.lit(""),
        reviewed=pl.lit(True),
        file=pl.lit("memory.tmx"),
    )


def by_text(asked: pl.DataFrame, answer: pl.DataFrame) -> dict[str, Row]:
    """Each text's answer."""
    told = asked.select("text_hash", "language", asked="text")
    rows = told.join(answer, on=["text_hash", "language"], how="left").rows(named=True)
    return {row["asked"]: row for row in rows}


class Told:
    """An engine that says what it is told to, and remembers what it was asked."""

    origin: Origin = "machine"
    protects = False
    worth = 1.0

    def __init__(
        self, name: str, *known: str, down: str | None = None, release: str = "7"
    ) -> None:
        self.name, self.known, self.down, self.release = name, known, down, release
        self.asked: list[str] = []

    def version(self, language: str, target: str) -> str:
        return self.release

    def unavailable(self) -> str | None:
        return self.down

    def conditions(self) -> str:
        return "offline" if self.down else "online"

    def translate(self, texts: pl.DataFrame, target: str) -> Iterator[pl.DataFrame]:
        self.asked += texts["text"].to_list()
        known = pl.col("text").is_in(list(self.known))
        yield texts.select(
            "text_hash",
            "language",
            translated=pl.when(known).then(pl.concat_str(
                pl.lit("What stands here in English is number "),
                pl.col("text").str.extract(r"(\d+)").fill_null("none"),
                pl.lit(f" by {self.name} {self.release}"),
            )),
            reason=pl.when(~known).then(pl.lit("does not know it")),
        )
