"""From texts to translations: engines are asked in order, and none is asked twice for a text."""

from collections.abc import Sequence

import polars as pl

from pipelines.identity import digest
from pipelines.translation.engine import Engine
from pipelines.translation.engines.google import Google
from pipelines.translation.engines.identity import Identity
from pipelines.translation.engines.memory import Memory

ENGINES = ("memory", "identity", "google")
UNTRANSLATED = "untranslated"


class Router:
    """Asks its engines in order; what none can do is honestly ``untranslated``."""

    def __init__(self, engines: Sequence[Engine], target: str) -> None:
        self.engines = tuple(engines)
        self.target = target

    def done(self, mark: str) -> bool:
        """Say whether a text with this mark needs no further work.

        A machine's translation stands, since it may have cost something. A remembered one stands
        while the memory is on and as it was, so that a corrected entry takes effect; an
        untranslated text is tried again when the engines' conditions have changed.
        """
        origin, _, rest = mark.partition(":")
        if origin == UNTRANSLATED:
            return rest == self._conditions()
        if origin == "memory":
            return rest in [one.conditions() for one in self.engines if one.origin == "memory"]
        return True

    def translate(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of ``core_translations`` for texts (text_hash, language, text).

        One row a text, with ``mark``: what :meth:`done` later judges.
        """
        texts = texts.with_columns(fallback_reason=pl.lit(None, dtype=pl.String))
        made = []
        for engine in self.engines:
            if texts.is_empty():
                break
            answered = texts.join(self._answers(engine, texts), on=["text_hash", "language"])
            done = answered.filter(pl.col("translated").is_not_null())
            kept = engine.conditions() if engine.origin == "memory" else engine.version
            made.append(self._row_frame(done, engine.name, engine.version, engine.origin, kept))
            texts = answered.filter(pl.col("translated").is_null()).select(
                "text_hash", "language", "text", fallback_reason=self._reason(engine)
            )
        unasked = pl.col("fallback_reason").fill_null("no engine that could is switched on")
        left = texts.select("text_hash", "language", "text", fallback_reason=unasked)
        conditions = self._conditions() if left.height else ""
        made.append(self._row_frame(left, UNTRANSLATED, "1", UNTRANSLATED, conditions))
        return pl.concat(made)

    def _answers(self, engine: Engine, texts: pl.DataFrame) -> pl.DataFrame:
        unavailable = engine.unavailable()
        if unavailable is None:
            return engine.translate(texts.select("text_hash", "language", "text"), self.target)
        return texts.select(
            "text_hash",
            "language",
            translated=pl.lit(None, dtype=pl.String),
            quality=pl.lit(None, dtype=pl.Float64),
            reason=pl.lit(unavailable),
        )

    @staticmethod
    def _reason(engine: Engine) -> pl.Expr:
        """Return the reasons so far, with this engine's; identity's says nothing anyone misses."""
        if engine.origin == "identity":
            return pl.col("fallback_reason")
        own = pl.format("{}: {}", pl.lit(engine.name), "reason")
        return pl.concat_str("fallback_reason", own, separator="; ", ignore_nulls=True)

    def _row_frame(
        self, texts: pl.DataFrame, engine: str, version: str, origin: str, kept: str
    ) -> pl.DataFrame:
        """Return rows of one engine's; ``kept`` is what their mark remembers of it."""
        if "translated" not in texts.columns:
            texts = texts.with_columns(
                translated=pl.lit(None, dtype=pl.String), quality=pl.lit(None, dtype=pl.Float64)
            )
        free = pl.lit(origin in ("memory", "identity"))
        return texts.select(
            "text_hash",
            "language",
            "text",
            "translated",
            "quality",
            target=pl.lit(self.target),
            engine=pl.lit(engine),
            engine_version=pl.lit(version),
            origin=pl.lit(origin),
            fallback_reason=pl.when(~free).then("fallback_reason"),
            mark=pl.lit(f"{origin}:{kept}"),
        )

    def _conditions(self) -> str:
        return digest(*(f"{engine.name} {engine.conditions()}" for engine in self.engines))


def router(engines: Sequence[str], memory: pl.DataFrame, target: str) -> Router:
    """Return a router over the named engines; ValueError names those there are."""
    made: list[Engine] = []
    for name in engines:
        if name == "memory":
            made.append(Memory(memory))
        elif name == "identity":
            made.append(Identity())
        elif name == "google":
            made.append(Google())
        else:
            raise ValueError(f"no translation engine {name}; there are: {', '.join(ENGINES)}")
    return Router(made, target)
