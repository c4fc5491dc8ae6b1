"""The contract of a translation engine: texts in, for each its translation or a reason out."""

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

import polars as pl

Origin = Literal["memory", "machine", "identity"]

#: What an engine returns for the texts it was handed.
ANSWER = {
    "text_hash": pl.String,
    "language": pl.String,
    "translated": pl.String,
    "reason": pl.String,
}


class Engine(Protocol):
    """Translates texts, or says why not.

    ``name`` and the version are part of every row it makes. ``protects`` says that it must never
    see a name it could break: such texts reach it with placeholders at once, not only after they
    came back harmed. ``worth`` is the quality of a translation of which every check holds, from 0
    to 1: what checks can't see, and only readers and references could measure.
    """

    name: str
    origin: Origin
    protects: bool
    worth: float

    def version(self, language: str, target: str) -> str:
        """Return the version of what translates this pair; a newer one may do its texts again."""
        ...

    def unavailable(self) -> str | None:
        """Return why the engine cannot work now, or None; decided once a run, in bounded time."""
        ...

    def conditions(self) -> str:
        """Return what its success depends on besides the text: when that has changed, texts that
        stayed untranslated are tried again.
        """
        ...

    def translate(self, texts: pl.DataFrame, target: str) -> Iterator[pl.DataFrame]:
        """Yield ANSWER rows for texts (text_hash, language, text), as they are finished.

        Every text gets one row. A null ``translated`` carries its ``reason``; never raises for a
        text it cannot translate.
        """
        ...


def answers(
    texts: pl.DataFrame, translated: Sequence[str | None], reasons: Sequence[str | None]
) -> pl.DataFrame:
    """Return the ANSWER rows of texts, in their order."""
    return texts.select(
        "text_hash",
        "language",
        translated=pl.Series(translated, dtype=pl.String),
        reason=pl.Series(reasons, dtype=pl.String),
    )


def without_answer(texts: pl.DataFrame, reason: str) -> pl.DataFrame:
    """Return the ANSWER rows of texts that share one reason to stay as they are."""
    return answers(texts, [None] * texts.height, [reason] * texts.height)
