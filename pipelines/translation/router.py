"""From texts to translations: engines are asked in order, and none is asked twice for a text."""

import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from pipelines.identity import digest
from pipelines.translation.engine import Engine, without_answer
from pipelines.translation.glossary import GLOSSARY
from pipelines.translation.protection import Protection, Requirement, protected, restored
from pipelines.translation.quality import (
    estimated_quality,
    in_other_language,
    load_detector,
    rejection,
)

UNTRANSLATED = "untranslated"
_KEY = ["text_hash", "language"]

#: What an engine answered, once believed: the machine's part of the translation memory.
REMEMBERED: dict[str, pl.DataType | type[pl.DataType]] = {
    "text_hash": pl.String,
    "language": pl.String,
    "target": pl.String,
    "text": pl.String,
    "translated": pl.String,
    "engine": pl.String,
    "engine_version": pl.String,
    "quality": pl.Float64,
    "missed": pl.List(pl.String),
    "fallback_reason": pl.String,
}

_NONE = pl.DataFrame(schema={**REMEMBERED, "origin": pl.String, "mark": pl.String})


class Answers(Protocol):
    """Keeps what engines answered, so that nothing is paid for twice, not even after a kill."""

    def recall(self, texts: pl.DataFrame, target: str) -> pl.DataFrame:
        """Return REMEMBERED rows for texts (text_hash, language), of any engine and version."""
        ...

    def remember(self, answers: pl.DataFrame) -> None:
        """Keep REMEMBERED rows for good; of one text and engine the last one counts."""
        ...


class Forgetful:
    """Keeps nothing."""

    def recall(self, texts: pl.DataFrame, target: str) -> pl.DataFrame:
        """Return no rows."""
        return pl.DataFrame(schema=REMEMBERED)

    def remember(self, answers: pl.DataFrame) -> None:
        """Let the rows go."""


@dataclass
class Figures:
    """What an engine did in this run, for the UI."""

    asked: int = 0
    recalled: int = 0
    answered: int = 0
    refused: int = 0
    again: int = 0
    seconds: float = 0.0


class Router:
    """Asks its engines in order; what none can do is honestly ``untranslated``."""

    def __init__(
        self,
        engines: Sequence[Engine],
        target: str,
        protection: Protection | None = None,
        kept: Answers | None = None,
        languages: tuple[str, ...] = (),
        redo: Collection[str] = (),
    ) -> None:
        """Take the engines, what must survive, where answers are kept, and the languages in which
        an answer might come; texts that an older version of an engine in ``redo`` translated are
        asked of it again.
        """
        self.engines = tuple(engines)
        self.target = target
        self.figures = {engine.name: Figures() for engine in engines}
        self._protection = protection or _unprotected(target)
        self._kept = kept or Forgetful()
        self._languages = languages
        self._redo = frozenset(redo)
        self._by_name = {engine.name: engine for engine in engines}

    def done(self, mark: str) -> bool:
        """Say whether a text with this mark needs no further work.

        A machine's translation stands, since it may have cost something, unless its engine is to
        do again what an older version did. A remembered one stands while the memory is on. An
        untranslated text is tried again when the engines' conditions have changed. Texts whose
        entry in the memory has changed are told apart by the shelf.
        """
        origin, target, rest = mark.split(":", 2)
        if target != self.target:
            return False
        if origin == UNTRANSLATED:
            return rest == self._conditions()
        if origin == "memory":
            return any(one.origin == "memory" for one in self.engines)
        if origin == "machine":
            name, language, version = rest.split(":", 2)
            return not self._is_older(name, language, version)
        return True

    def translate(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of ``core_translations`` for texts (text_hash, language, text).

        One row a text, with ``mark``: what :meth:`done` later judges. What costs nothing is asked
        first, then what machines answered before, then machines, each in their order.
        """
        left = texts.select(*_KEY, "text", fallback_reason=pl.lit(None, dtype=pl.String))
        free = [engine for engine in self.engines if engine.origin != "machine"]
        machines = [engine for engine in self.engines if engine.origin == "machine"]
        made, left = self._in_turn(free, left)
        recalled, left = self._recalled(left)
        if left.height:
            self.probe()
        new, left = self._in_turn(machines, left)
        return pl.concat([made, recalled, new, self._untranslated(left)])

    def _in_turn(
        self, engines: Sequence[Engine], left: pl.DataFrame
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows engines made one after the other, and the texts that remain."""
        made = [_NONE]
        for engine in engines:
            if left.height:
                rows, left = self._asked(engine, left)
                made.append(rows)
        return pl.concat(made), left

    # -- what was answered before ------------------------------------------------------------

    def _recalled(self, left: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return rows for what an engine answered before, and the texts that remain.

        What an older version did is first asked again, where that is wished; its old answer stands
        where there is no new one.
        """
        order = {engine.name: place for place, engine in enumerate(self.engines)}
        known = (
            self._kept.recall(left.select(_KEY), self.target)
            .with_columns(
                place=pl.col("engine").replace_strict(
                    order, default=len(order), return_dtype=pl.Int64
                )
            )
            .sort("place", "engine")
            .unique(_KEY, keep="first", maintain_order=True)
        )
        older = pl.Series(
            [
                self._is_older(*row)
                for row in known.select("engine", "language", "engine_version").rows()
            ],
            dtype=pl.Boolean,
        )
        standing, outdated = known.filter(~older), known.filter(older)
        rows = [self._machine_rows(standing)]
        for (name,), old in outdated.group_by("engine", maintain_order=True):
            again = left.join(old.select(_KEY), on=_KEY, how="semi")
            fresh, _ = self._asked(self._by_name[str(name)], again)
            rows += [fresh, self._machine_rows(old.join(fresh, on=_KEY, how="anti"))]
        for name, count in known.group_by("engine").len().rows():
            self.figures.setdefault(name, Figures()).recalled += count
        return pl.concat([_NONE, *rows]), left.join(known.select(_KEY), on=_KEY, how="anti")

    def _is_older(self, name: str, language: str, version: str) -> bool:
        engine = self._by_name.get(name)
        if name not in self._redo or engine is None:
            return False
        return version != engine.version(language, self.target)

    # -- asking ------------------------------------------------------------------------------

    def _asked(self, engine: Engine, left: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows an engine made, and the texts that remain with its reasons."""
        figures, started = self.figures[engine.name], time.monotonic()
        figures.asked += left.height
        unavailable = engine.unavailable()
        if unavailable is not None:
            portions: Iterator[pl.DataFrame] = iter([without_answer(left, unavailable)])
        elif engine.origin == "machine":
            portions = self._judged(engine, left)
        else:
            portions = engine.translate(left.select(*_KEY, "text"), self.target)
        rows, reasons = [], []
        for portion in portions:
            answered = portion.filter(pl.col("translated").is_not_null())
            reasons.append(portion.filter(pl.col("translated").is_null()).select(*_KEY, "reason"))
            if answered.height:
                rows.append(self._rows(engine, left.join(answered, on=_KEY)))
            figures.answered += answered.height
        figures.seconds += time.monotonic() - started
        refused = pl.concat(reasons)
        figures.refused += refused.height
        remaining = left.join(refused, on=_KEY, maintain_order="left").select(
            *_KEY, "text", fallback_reason=self._reason(engine)
        )
        return pl.concat([_NONE, *rows]), remaining

    def _judged(self, engine: Engine, left: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Yield a machine's answers once judged; those believed are kept before the next comes.

        What came back harmed is asked once more: with placeholders, or without them where one of
        them got lost. The better of the two answers stands.
        """
        load_detector(self.target, self._languages or tuple(left["language"].unique().sort()))
        required = self._protection.required(left)
        shields = {
            key: _sheltered(asked) if engine.protects else () for key, asked in required.items()
        }
        harmed: dict[Key, _Judged] = {}
        for portion in self._shielded(engine, left, required, shields):
            self._remember(engine, left, portion)
            harmed |= {
                key: judged
                for key, judged in portion.items()
                if judged.lost or (judged.unmet and not shields[key])
            }
            yield _portion(portion, set(portion) - set(harmed))
        if not harmed:
            return
        self.figures[engine.name].again += len(harmed)
        again = left.join(_keys(harmed), on=_KEY, how="semi")
        shields = {key: () if judged.lost else judged.unmet for key, judged in harmed.items()}
        for portion in self._shielded(engine, again, required, shields):
            better = {key: max(harmed[key], judged, key=_worth) for key, judged in portion.items()}
            changed = {key: one for key, one in better.items() if one is not harmed[key]}
            self._remember(engine, left, changed)
            yield _portion(better, set(better))

    def _shielded(
        self, engine: Engine, left: pl.DataFrame, required: "Required", shields: "Required"
    ) -> "Iterator[dict[Key, _Judged]]":
        """Yield judged answers to texts in which placeholders stand for what is shielded."""
        texts = {(text_hash, language): text for text_hash, language, text, _ in left.rows()}
        asked = {key: protected(text, shields[key]) for key, text in texts.items()}
        shown = left.select(
            *_KEY, text=pl.Series([asked[key][0] for key in texts], dtype=pl.String)
        )
        for portion in engine.translate(shown, self.target):
            told: dict[Key, _Judged] = {}
            for text_hash, language, translated, reason in portion.select(
                *_KEY, "translated", "reason"
            ).rows():
                key = text_hash, language
                told[key] = self._verdict(texts[key], translated, reason, asked[key][1])
            yield self._checked(engine.worth, told, texts, required)

    def _verdict(
        self, text: str, translated: str | None, reason: str | None, stands_for: dict[str, str]
    ) -> "_Judged":
        """Return an answer with its placeholders resolved, or why it is none."""
        if reason is not None:
            return _Judged(None, reason)
        whole = restored(translated, stands_for) if translated else translated
        if translated and whole is None:
            return _Judged(None, "a placeholder was lost", lost=True)
        refused = rejection(text, whole)
        return _Judged(None, refused) if refused else _Judged((whole or "").strip())

    def _checked(
        self,
        worth: float,
        told: "dict[Key, _Judged]",
        texts: "dict[Key, str]",
        required: "Required",
    ) -> "dict[Key, _Judged]":
        """Return answers with what they miss and what they are worth; none in another language."""
        good = {key: one.translated for key, one in told.items() if one.translated is not None}
        sources = sorted({language for _, language in told})
        others = in_other_language(
            list(good.values()), self.target, self._languages or tuple(sources)
        )
        for (key, translated), other in zip(good.items(), others, strict=True):
            asked = required[key]
            missed = self._protection.missed(asked, texts[key], translated)
            told[key] = _Judged(
                translated,
                unmet=tuple(self._protection.unmet(asked, translated)),
                missed=tuple(missed),
                quality=round(
                    worth * estimated_quality(texts[key], translated, len(asked), len(missed)), 3
                ),
            )
            if other:
                told[key] = _Judged(None, f"the answer is in another language ({other})")
        return told

    def _remember(
        self, engine: Engine, left: pl.DataFrame, portion: "dict[Key, _Judged]"
    ) -> None:
        believed = {key for key, one in portion.items() if one.translated is not None}
        if believed:
            rows = left.join(_portion(portion, believed), on=_KEY)
            self._kept.remember(self._rows(engine, rows).select(list(REMEMBERED)))

    # -- rows --------------------------------------------------------------------------------

    def _rows(self, engine: Engine, answered: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of one engine's answers (with text and the reasons so far)."""
        versions = {
            language: engine.version(language, self.target)
            for language in answered["language"].unique()
        }
        if engine.origin != "machine":
            answered = answered.with_columns(
                quality=pl.col("quality") if "quality" in answered.columns else 1.0,
                missed=pl.lit([], dtype=pl.List(pl.String)),
                fallback_reason=pl.lit(None, dtype=pl.String),
            )
        return self._machine_rows(
            answered.with_columns(
                target=pl.lit(self.target),
                engine=pl.lit(engine.name),
                engine_version=pl.col("language").replace_strict(
                    versions, default="", return_dtype=pl.String
                ),
            ),
            engine.origin,
        )

    @staticmethod
    def _machine_rows(rows: pl.DataFrame, origin: str = "machine") -> pl.DataFrame:
        """Return the rows of answers that name their engine and version."""
        maker = pl.format("{}:{}:{}", "engine", "language", "engine_version")
        told = maker if origin == "machine" else pl.lit("")
        mark = pl.format("{}:{}:{}", pl.lit(origin), "target", told)
        return rows.select(*REMEMBERED, origin=pl.lit(origin), mark=mark)

    def _untranslated(self, left: pl.DataFrame) -> pl.DataFrame:
        unasked = pl.col("fallback_reason").fill_null("no engine that could is switched on")
        conditions = self._conditions() if left.height else ""
        return left.select(
            *_KEY,
            "text",
            target=pl.lit(self.target),
            translated=pl.lit(None, dtype=pl.String),
            engine=pl.lit(UNTRANSLATED),
            engine_version=pl.lit("1"),
            quality=pl.lit(None, dtype=pl.Float64),
            missed=pl.lit([], dtype=pl.List(pl.String)),
            fallback_reason=unasked,
            origin=pl.lit(UNTRANSLATED),
            mark=pl.lit(f"{UNTRANSLATED}:{self.target}:{conditions}"),
        ).select(*REMEMBERED, "origin", "mark")

    @staticmethod
    def _reason(engine: Engine) -> pl.Expr:
        """Return the reasons so far, with this engine's; identity's says nothing anyone misses."""
        if engine.origin == "identity":
            return pl.col("fallback_reason")
        own = pl.format("{}: {}", pl.lit(engine.name), "reason")
        return pl.concat_str("fallback_reason", own, separator="; ", ignore_nulls=True)

    # -- conditions --------------------------------------------------------------------------

    def probe(self) -> None:
        """Find out at once which engines can work: on a closed network that costs one wait."""
        if self.engines:
            with ThreadPoolExecutor(len(self.engines)) as pool:
                list(pool.map(lambda engine: engine.unavailable(), self.engines))

    def _conditions(self) -> str:
        self.probe()
        return digest(*(f"{engine.name} {engine.conditions()}" for engine in self.engines))


Key = tuple[str, str]
Required = dict[Key, tuple[Requirement, ...]]


@dataclass(frozen=True)
class _Judged:
    """An answer as it may be believed, or why not; ``lost`` says that a placeholder was."""

    translated: str | None
    reason: str | None = None
    unmet: tuple[Requirement, ...] = ()
    missed: tuple[str, ...] = ()
    quality: float | None = None
    lost: bool = False


def _worth(judged: _Judged) -> tuple[bool, int, float]:
    return judged.translated is not None, -len(judged.missed), judged.quality or 0.0


def _sheltered(required: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """Return what an engine that breaks names must not see; figures it leaves alone."""
    return tuple(one for one in required if one.kind != "figure")


def _keys(keys: Collection[Key]) -> pl.DataFrame:
    return pl.DataFrame(list(keys), schema=dict.fromkeys(_KEY, pl.String), orient="row")


def _portion(judged: dict[Key, _Judged], keys: Collection[Key]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (*key, one.translated, one.quality, list(one.missed), one.reason)
            for key, one in judged.items()
            if key in keys
        ],
        schema={
            **dict.fromkeys(_KEY, pl.String),
            "translated": pl.String,
            "quality": pl.Float64,
            "missed": pl.List(pl.String),
            "reason": pl.String,
        },
        orient="row",
    )


def _unprotected(target: str) -> Protection:
    """Return a protection that knows no names and no terms: figures and addresses are kept."""
    names = pl.DataFrame(
        schema={
            "entity_id": pl.String,
            "language": pl.String,
            "name": pl.String,
            "ambiguous": pl.Boolean,
        }
    )
    return Protection(names, pl.DataFrame(schema=GLOSSARY), target)
