"""Language of single sentences: ``python -m benchmarks.language FILE_OR_DIR ... [LINES]``.

A file is named ``NAME.LANGUAGE`` and holds a sentence a line; of a folder all files of that form
are taken whose language is known. LINES is ``odd``, ``even`` or ``all``. Prints accuracy by
language of sentences and of their first six words, each an article of its own, hence without any
context; how many are called undetermined, which counts as wrong; and sentences a second with no
word known before and with all, beside those of lingua alone, asked sentence by sentence.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from lingua import IsoCode639_1, LanguageDetectorBuilder

from pipelines.language.detection import core_languages
from warehouse.contracts.core import LANGUAGES
from warehouse.contracts.frames import empty

_LANGUAGES = tuple(language for language in LANGUAGES if language != "und")
_LINES = {"odd": slice(0, None, 2), "even": slice(1, None, 2), "all": slice(None)}
_FIRST_WORDS = 6

Detect = Callable[[Sequence[str]], list[str]]


def main(paths: Sequence[Path], lines: str) -> None:
    """Print the figures of files."""
    told = pl.DataFrame(
        [(language, text) for path in paths for language, text in _sentences(path, lines)],
        schema=["language", "text"],
        orient="row",
    )
    words = pl.col("text").str.split(" ")
    openings = told.with_columns(text=words.list.head(_FIRST_WORDS).list.join(" "))
    lingua = _lingua()
    for detect in (_ours, lingua):
        # A process loads the models once; that is no part of the speed.
        detect(list(_LANGUAGES))
    figures = {
        "files": [path.name for path in paths],
        "lines": lines,
        "sentences": _figures(told, _ours),
        "first six words": _figures(openings, _ours),
        "sentences, words known": _figures(told, _ours),
        "lingua alone, sentences": _figures(told, lingua),
        "lingua alone, first six words": _figures(openings, lingua),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _sentences(path: Path, lines: str) -> Iterator[tuple[str, str]]:
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    for file in files:
        language = file.suffix.removeprefix(".")
        if language in _LANGUAGES and file.name.count(".") == 1:
            for text in file.read_text(encoding="utf-8").splitlines()[_LINES[lines]]:
                if text.strip():
                    yield language, text


def _figures(told: pl.DataFrame, detect: Detect) -> dict[str, Any]:
    started = time.perf_counter()
    found = pl.Series("found", detect(told["text"].to_list()))
    seconds = time.perf_counter() - started
    right = told.select("language", right=pl.col("language") == found)
    by_language = right.group_by("language").agg(pl.col("right").mean().round(4)).sort("language")
    return {
        "accuracy": round(right.select(pl.col("right").mean()).item(), 4),
        "by_language": dict(by_language.rows()),
        "undetermined": int((found == "und").sum()),
        "count": told.height,
        "per_second": round(told.height / seconds),
    }


def _ours(texts: Sequence[str]) -> list[str]:
    names = [f"{index:07}" for index in range(len(texts))]
    segments = pl.DataFrame({"segment_id": names, "article_id": names, "text": texts}).with_columns(
        ordinal=0, kind=pl.lit("sentence")
    )
    made = core_languages(segments, empty("core_metadata"), _LANGUAGES)
    return made.sort("segment_id")["language"].to_list()


def _lingua() -> Detect:
    codes = [getattr(IsoCode639_1, language.upper()) for language in _LANGUAGES]
    detector = LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()

    def detect(texts: Sequence[str]) -> list[str]:
        found = detector.detect_languages_in_parallel_of(list(texts))
        return [one.iso_code_639_1.name.lower() if one else "und" for one in found]

    return detect


if __name__ == "__main__":
    given = sys.argv[1:]
    chosen = given.pop() if given and given[-1] in _LINES else "all"
    main([Path(path) for path in given], chosen)
