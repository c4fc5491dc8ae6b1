"""Sentence boundaries against given sentences: ``python -m benchmarks.sentences FILE [...]``.

FILE holds one JSON object a line with ``lang`` and ``sents``, the sentences of an article in order.
They are joined with spaces and split again, by Babelwire, pysbd and sentencex (pysbd has no
Portuguese, and splits it as Spanish). Prints precision, recall and F1 of the boundaries between
them by language, in two settings: ``joined``, all in one line, where no stop tells that a headline
ends; and ``lines``, where what ends without a stop (headlines, credits) ends its line, as it does
on a page.

Given sentences are often units of translation that hold several sentences. ``f1_agreed`` counts a
boundary inside one as no error if both other systems see it too. Articles a second are of one core
(CPU time): of the splitter, and of all that ``core_segments`` tells.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pysbd
from sentencex import segment

from pipelines.intake import sentences
from pipelines.intake.segments import core_segments
from pipelines.intake.sentences import Splitter
from pipelines.reference.tables import read_reference
from warehouse.contracts.frames import schema

_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
_REFERENCE = Path(__file__).resolve().parent.parent / "seeds" / "reference"
_STOPPED = re.compile(r"[.!?…][»”\"’'“‘)\]\s]*\Z")
#: Each speed is the best of so many runs: what else the machine does makes runs slower, not faster.
_RUNS = 3

#: Seconds beyond which one run is exact enough.
_SLOW = 10

#: From a text and its language to the offsets at which sentences end.
System = Callable[[str, str], set[int]]


def main(files: Sequence[Path]) -> None:
    """Print the figures of the files, taken together."""
    articles = [json.loads(line) for file in files for line in file.open(encoding="utf-8")]
    cues = read_reference(_REFERENCE, _LANGUAGES).seed_cue_words
    splitter = Splitter(cues.select("language", "kind", "cue", "value").rows())
    systems: dict[str, System] = {
        "babelwire": partial(_babelwire, splitter), "pysbd": _pysbd, "sentencex": _sentencex,
    }  # fmt: skip
    figures = {
        "files": [file.name for file in files],
        "articles": len(articles),
        "joined": _scores(articles, systems, by_line=False),
        "lines": _scores(articles, systems, by_line=True),
        "articles_per_second": _speeds(articles, systems, cues),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _scores(
    articles: Sequence[dict[str, Any]], systems: dict[str, System], by_line: bool
) -> dict[str, dict[str, dict[str, float]]]:
    """Return the figures of each system by language."""
    scores: dict[str, dict[str, dict[str, float]]] = {}
    for language in sorted({article["lang"] for article in articles}):
        found = [
            _found(article, systems, by_line) for article in articles if article["lang"] == language
        ]
        scores[language] = {name: _score(name, found) for name in systems}
    return scores


def _found(
    article: dict[str, Any], systems: dict[str, System], by_line: bool
) -> dict[str, set[int]]:
    """Return where each system ends a sentence before the end of an article, and where one does."""
    text, given = "", set()
    for sentence in map(str.strip, article["sents"]):
        gap = "\n" if by_line and not _STOPPED.search(text) else " "
        text += (gap if text else "") + sentence
        given.add(len(text))
    found = {name: _in_lines(system, text, article["lang"]) for name, system in systems.items()}
    return {name: ends - {len(text)} for name, ends in (found | {"given": given}).items()}


def _in_lines(system: System, text: str, language: str) -> set[int]:
    breaks = [-1, *(match.start() for match in re.finditer("\n", text)), len(text)]
    return {
        start + 1 + end
        for start, stop in pairwise(breaks)
        for end in system(text[start + 1 : stop], language)
    }


def _score(name: str, found: Iterable[dict[str, set[int]]]) -> dict[str, float]:
    right = wrong = missed = agreed = 0
    for ends in found:
        others = [other for one, other in ends.items() if one not in (name, "given")]
        right += len(ends[name] & ends["given"])
        missed += len(ends["given"] - ends[name])
        wrong += len(ends[name] - ends["given"])
        agreed += len((ends[name] - ends["given"]).intersection(*others))
    return {
        "precision": _rounded(right, right + wrong),
        "recall": _rounded(right, right + missed),
        "f1": _rounded(2 * right, 2 * right + wrong + missed),
        "f1_agreed": _rounded(2 * right, 2 * right + wrong - agreed + missed),
    }


def _rounded(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def _speeds(
    articles: Sequence[dict[str, Any]], systems: dict[str, System], cues: pl.DataFrame
) -> dict[str, int]:
    texts = [(" ".join(article["sents"]), article["lang"]) for article in articles]
    frame = pl.DataFrame(
        {
            "article_id": [f"art_{number:07}" for number in range(len(texts))],
            "body": [text for text, _ in texts],
            "title": [None] * len(texts),
            "marked": [[]] * len(texts),
        },
        schema_overrides={name: schema("core_articles")[name] for name in ("title", "marked")},
    )

    def all_of(system: System) -> None:
        for text, language in texts:
            system(text, language)

    runs: dict[str, Callable[[], object]] = {
        name: partial(all_of, system) for name, system in systems.items()
    }
    runs["core_segments"] = partial(core_segments, frame, cues)
    return {name: round(len(texts) / _seconds(run)) for name, run in runs.items()}


def _seconds(run: Callable[[], object]) -> float:
    measured = []
    for _ in range(_RUNS):
        started = time.process_time()
        run()
        measured.append(time.process_time() - started)
        if measured[0] > _SLOW:
            break
    return min(measured)


def _babelwire(splitter: Splitter, text: str, _language: str) -> set[int]:
    spans = sentences.spans(text, 0, len(text), splitter.rules(text))
    return {end for _, end in spans}


def _pysbd(text: str, language: str) -> set[int]:
    return _ends(text, _pysbd_of("es" if language == "pt" else language).segment(text))


@cache
def _pysbd_of(language: str) -> pysbd.Segmenter:
    return pysbd.Segmenter(language=language, clean=False)


def _sentencex(text: str, language: str) -> set[int]:
    return _ends(text, segment(language, text))


def _ends(text: str, split: Iterable[str]) -> set[int]:
    """Return where sentences end that are given as text."""
    ends, at = set(), 0
    for sentence in map(str.strip, split):
        found = text.find(sentence, at)
        if sentence and found >= 0:
            at = found + len(sentence)
            ends.add(at)
    return ends


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
