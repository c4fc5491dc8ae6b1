"""The contract of a translation engine: texts in, for each its translation or a reason out."""

from typing import Literal, Protocol

import polars as pl

Origin = Literal["memory", "machine", "identity"]

#: What an engine returns for the texts it was handed.
ANSWER = {
    "text_hash": pl.String,
    "language": pl.String,
    "translated": pl.String,
    "quality": pl.Float64,
    "reason": pl.String,
}


class Engine(Protocol):
    """Translates texts, or says why not.

    ``version`` is part of every row it makes. ``conditions`` names what its success depends on
    besides the text (entries of a memory, a network): when they change, texts that stayed
    untranslated are tried again.
    """

    name: str
    version: str
    origin: Origin

    def unavailable(self) -> str | None:
        """Return why the engine cannot work now, or None; decided once a run, in bounded time."""
        ...

    def conditions(self) -> str:
        """Return what its success depends on besides the text."""
        ...

    def translate(self, texts: pl.DataFrame, target: str) -> pl.DataFrame:
        """Return ANSWER rows for texts (text_hash, language, text).

        A null ``translated`` carries its ``reason``; never raises for a text it cannot translate.
        """
        ...
