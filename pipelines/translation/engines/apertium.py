"""Apertium, where it is installed: rules and dictionaries, offline, better than nothing.

It translates pairs of close languages; others are reached through one or two between them, Italian
through Spanish into English. It takes a name it does not know as a word where it can (*Meta* became
*Dip*), so known names reach it as placeholders, and it hides others from itself
(:mod:`pipelines.translation.presumed_names`).
"""

import re
import shutil
import subprocess
from collections import deque
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import polars as pl

from pipelines.translation.engine import Origin, answers, without_answer
from pipelines.translation.presumed_names import (
    Reading,
    capitalised,
    copied,
    hidden,
    presumed,
    readings,
)
from pipelines.translation.protection import restored

#: Its modes name languages by ISO 639-3, the older ones by ISO 639-1.
_CODES = {
    "ara": "ar", "arg": "an", "ast": "ast", "bel": "be", "bre": "br", "bul": "bg", "cat": "ca",
    "cym": "cy", "dan": "da", "deu": "de", "eng": "en", "epo": "eo", "eus": "eu", "fra": "fr",
    "glg": "gl", "hbs": "sh", "hin": "hi", "ind": "id", "isl": "is", "ita": "it", "kaz": "kk",
    "mkd": "mk", "mlt": "mt", "nld": "nl", "afr": "af", "nno": "nn", "nob": "nb", "nor": "no",
    "oci": "oc", "pol": "pl", "por": "pt", "ron": "ro", "rus": "ru", "slv": "sl", "spa": "es",
    "srd": "sc", "swe": "sv", "szl": "szl", "tat": "tt", "tur": "tr", "ukr": "uk", "urd": "ur",
    "zlm": "ms",
}  # fmt: skip
#: More steps than this lose more than they bring.
_MOST_STEPS = 3
#: Seconds a mode needs to load its dictionaries, and then for a text; measured at under 1 and
#: 0.01.
_START, _A_TEXT = 20, 0.5
_SPACES = re.compile(r"\s+")
#: Where a mode's pipeline names the dictionary it reads its texts with.
_DICTIONARY = re.compile(r"lt-proc [^|]*?'([^']+automorf\.bin)'")
#: What it writes before words it does not know or cannot generate.
_MARKS = re.compile(r"[*@#](?=[\w-])")


class Apertium:
    """Translates on this machine, many texts a call."""

    name = "apertium"
    origin: Origin = "machine"
    protects = True
    #: A third of Google's BLEU on FLORES, measured; a reader gets the gist.
    worth = 0.5

    def __init__(self, command: str = "apertium") -> None:
        """Take another name or path of the program."""
        self._command = command
        self._failed = False

    @cached_property
    def _modes(self) -> dict[str, dict[str, str]]:
        """The mode from each language into each other; none where it is not installed."""
        program = shutil.which(self._command)
        if program is None:
            return {}
        try:
            told = subprocess.run(
                [program, "-l"], capture_output=True, text=True, timeout=_START, check=True
            ).stdout
        except (OSError, subprocess.SubprocessError):
            return {}
        modes: dict[str, dict[str, str]] = {}
        for mode in sorted(told.split(), key=len, reverse=True):
            parts = [_CODES.get(part, part) for part in mode.split("-")]
            # A variant (es-pt_BR, eco-es-fr) is not what is meant by its languages.
            if len(parts) == 2 and "_" not in mode:
                modes.setdefault(parts[0], {})[parts[1]] = mode
        return modes

    @cached_property
    def _release(self) -> str:
        program = shutil.which(self._command)
        told = subprocess.run(
            [program or self._command, "-V"], capture_output=True, text=True, timeout=_START,
            check=False,
        )  # fmt: skip
        found = re.search(r"\d+(?:\.\d+)+", told.stdout + told.stderr)
        return found.group() if found else "unknown"

    def version(self, language: str, target: str) -> str:
        """Return the release of the program with the modes a text goes through."""
        return " ".join([self._release, *(self._path(language, target) or ())])

    def unavailable(self) -> str | None:
        """Return that it is not installed, where it is not."""
        if self._modes:
            return None
        return f"not installed: there is no program {self._command} with pairs of languages"

    def conditions(self) -> str:
        """Return the pairs installed: with another one a text is worth another try."""
        pairs = [mode for into in self._modes.values() for mode in into.values()]
        return f"{'unsteady ' if self._failed else ''}{' '.join(sorted(pairs))}"

    def translate(self, texts: pl.DataFrame, target: str) -> Iterator[pl.DataFrame]:
        """Yield the translations of one language after the other."""
        for (language,), rows in texts.group_by("language", maintain_order=True):
            path = self._path(str(language), target)
            if path is None:
                yield without_answer(rows, f"no pairs lead from {language} to {target}")
                continue
            lines = [_SPACES.sub(" ", text).strip() for text in rows["text"]]
            told = self._told(str(language), path, lines)
            if told is None:
                self._failed = True
                yield without_answer(rows, f"the program failed ({' '.join(path)})")
            else:
                cased = [_cased(*pair) for pair in zip(rows["text"], told, strict=True)]
                yield answers(rows, cased, [None] * rows.height)

    def _told(self, language: str, path: Sequence[str], lines: list[str]) -> list[str] | None:
        """Return lines translated with presumed names hidden, or None where the program failed.

        A line of which a placeholder gets lost is translated again with its names in sight.
        """
        told = self._stepwise(language, path, lines, hide=True)
        if told is None:
            return None
        lost = [place for place, line in enumerate(told) if line is None]
        again = self._stepwise(language, path, [lines[place] for place in lost], hide=False)
        if again is None:
            return None
        seen = dict(zip(lost, again, strict=True))
        return [seen.get(place) or line or "" for place, line in enumerate(told)]

    def _stepwise(
        self, language: str, path: Sequence[str], lines: list[str], *, hide: bool
    ) -> list[str | None] | None:
        """Return lines translated mode by mode; a line is None where a placeholder was lost."""
        known = self._known(path, lines) if hide and path else {}
        shown = [
            hidden(line, presumed(line, language, known) if hide else [], {}) for line in lines
        ]
        for place, mode in enumerate(path):
            made = self._through(mode, [line for line, _ in shown])
            if made is None:
                return None
            further = hide and place + 1 < len(path)
            known = self._readings(path[place + 1], made) if further else {}
            shown = [
                hidden(line, copied(before, line, known) if further else [], stands_for)
                for (before, stands_for), line in zip(shown, made, strict=True)
            ]
            shown = [(_MARKS.sub("", line), stands_for) for line, stands_for in shown]
        return [restored(line, stands_for) for line, stands_for in shown]

    def _known(self, path: Sequence[str], lines: Sequence[str]) -> dict[str, Reading]:
        """Return what the first mode's dictionary takes words for.

        A place is one that may be translated only where every mode knows it: *Tahiti* would stop
        halfway, as *Tahití*.
        """
        known = self._readings(path[0], lines)
        places = [word for word, reading in known.items() if reading is Reading.PLACE]
        told: list[str] | None = places
        for mode in path:
            told = self._through(mode, [_MARKS.sub("", place) for place in told or []])
        halfway = {word for word, one in zip(places, told or [], strict=False) if one[:1] in "*@#"}
        return known | dict.fromkeys(halfway, Reading.PERSON)

    def _readings(self, mode: str, lines: Sequence[str]) -> dict[str, Reading]:
        """Return what a mode's dictionary takes the capitalised words of lines for.

        Nothing where it cannot be asked: then every such word counts as unknown to it.
        """
        words = sorted({word.group() for line in lines for word in capitalised(line)})
        program = Path(shutil.which(self._command) or self._command).resolve()
        pipeline = program.parent.parent / "share" / "apertium" / "modes" / f"{mode}.mode"
        try:
            found = _DICTIONARY.search(pipeline.read_text("utf-8"))
            if found is None:
                return {}
            told = subprocess.run(
                [program.with_name("lt-proc"), "-w", found.group(1)],
                input="".join(f"{word}\n" for word in words),
                capture_output=True,
                text=True,
                timeout=_START,
                check=True,
            ).stdout
        except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
            return {}
        return readings(told)

    def _path(self, source: str, target: str) -> tuple[str, ...] | None:
        """Return the fewest modes that lead from a language to another."""
        paths: deque[tuple[str, tuple[str, ...]]] = deque([(source, ())])
        seen = {source}
        while paths:
            language, path = paths.popleft()
            if language == target:
                return path
            for into, mode in sorted(self._modes.get(language, {}).items()):
                if into not in seen and len(path) < _MOST_STEPS:
                    seen.add(into)
                    paths.append((into, (*path, mode)))
        return None

    def _through(self, mode: str, lines: list[str]) -> list[str] | None:
        """Return the lines translated, with marks, or None where the program failed."""
        if not lines:
            return []
        program = shutil.which(self._command) or self._command
        try:
            told = subprocess.run(
                [program, "-f", "line", mode],
                input="".join(f"{line}\n" for line in lines),
                capture_output=True,
                text=True,
                timeout=_START + _A_TEXT * len(lines),
                check=True,
            ).stdout
        except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
            return None
        translated = told.split("\n")[:-1]
        if len(translated) != len(lines):
            return None
        return [_stopped(*pair) for pair in zip(lines, translated, strict=True)]


def _stopped(text: str, translated: str) -> str:
    """Return a translation that ends with the full stops its source ends with.

    Its format for lines takes the last one for a mark of its own and drops it (3.8.3).
    """
    stops = len(text) - len(text.rstrip("."))
    return translated.rstrip(".") + "." * stops if stops else translated


def _cased(text: str, translated: str) -> str:
    """Return a translation that begins with a capital where its source does."""
    if text[:1].isupper() and translated[:1].islower():
        return translated[0].upper() + translated[1:]
    return translated
