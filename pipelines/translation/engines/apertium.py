"""Apertium, where it is installed: rules and dictionaries, offline, better than nothing.

It translates pairs of close languages; others are reached through one or two between them, Italian
through Spanish into English. It takes a name it does not know as a word where it can (*Meta* became
*Dip*), so names reach it as placeholders.
"""

import re
import shutil
import subprocess
from collections import deque
from collections.abc import Iterator
from functools import cached_property

import polars as pl

from pipelines.translation.engine import Origin, answers, without_answer

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
#: What it writes before words it does not know or cannot generate; ``-u`` leaves out only some.
_MARKS = re.compile(r"[*@#](?=\w)")


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
            lines: list[str] | None = [_SPACES.sub(" ", text).strip() for text in rows["text"]]
            for mode in path:
                lines = self._through(mode, lines or [])
            if lines is None or len(lines) != rows.height:
                self._failed = True
                yield without_answer(rows, f"the program failed ({' '.join(path)})")
            else:
                told = [_cased(*pair) for pair in zip(rows["text"], lines, strict=True)]
                yield answers(rows, told, [None] * rows.height)

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
        """Return the lines translated, or None where the program failed."""
        if not lines:
            return None
        program = shutil.which(self._command) or self._command
        try:
            told = subprocess.run(
                [program, "-u", "-f", "line", mode],
                input="".join(f"{line}\n" for line in lines),
                capture_output=True,
                text=True,
                timeout=_START + _A_TEXT * len(lines),
                check=True,
            ).stdout
        except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
            return None
        translated = [_MARKS.sub("", line) for line in told.split("\n")[:-1]]
        return translated if len(translated) == len(lines) else None


def _cased(text: str, translated: str) -> str:
    """Return a translation that begins with a capital where its source does."""
    if text[:1].isupper() and translated[:1].islower():
        return translated[0].upper() + translated[1:]
    return translated
