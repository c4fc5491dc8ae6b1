"""How many articles a second all extractors read: ``python -m benchmarks.extraction FILE``.

FILE holds one JSON object a line with ``lang`` and ``text``; they are read ``--times`` over. Prints
the articles a second of all verbs together, the CPU time of each, and the articles a second of
spaCy's blank pipelines with a PhraseMatcher over the same names, which finds nothing else. Work is
shared among ``--processes`` (one a core), as it is among shards; each first reads all its articles
once uncounted, so that rules and tables are built. Segments and languages are made beforehand and
not counted.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before Polars starts: a process is a core's

import polars as pl

from pipelines.extraction import (
    dates,
    memberships,
    mentions,
    quantities,
    quotes,
    roles,
)
from pipelines.intake.segments import core_segments
from pipelines.reference.tables import Reference, read_reference

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
REFERENCE = Path(__file__).resolve().parent.parent / "seeds" / "reference"
_SPLITTING = ("abbreviation", "boilerplate", "month")
#: Articles in a batch: what the store hands a verb at once.
_BATCH = 1000

Frames = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


@lru_cache(maxsize=1)
def _reference() -> Reference:
    return read_reference(REFERENCE, LANGUAGES)


def prepared(rows: list[dict[str, str]]) -> Frames:
    """Return articles, segments and their languages."""
    numbered = [(f"art_{number:07}", row["text"], row["lang"]) for number, row in enumerate(rows)]
    labelled = pl.DataFrame(numbered, schema=["article_id", "body", "language"], orient="row")
    articles = labelled.select("article_id", "body", title=pl.lit(None, dtype=pl.String), marked=pl.lit([], dtype=pl.List(pl.String)))
    cues = _reference().seed_cue_words
    segments = core_segments(articles, cues)
    languages = (
        segments.select("segment_id", "article_id")
        .join(labelled, on="article_id", maintain_order="left")
        .select("segment_id", "article_id", "language")
    )
    return articles, segments, languages


def extracted(frames: Frames, spent: dict[str, float]) -> None:
    """Run all extractors over a batch; add each one's CPU seconds to ``spent``."""
    tables, cues = _reference(), _reference().seed_cue_words

    def timed(verb: str, made: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        started = time.process_time()
        rows = made()
        spent[verb] = spent.get(verb, 0.0) + time.process_time() - started
        return rows

    names = tables.seed_entities, tables.seed_entity_names
    found = timed("mentions", lambda: mentions.core_mentions(*frames, *names, cues))
    held = timed("roles", lambda: roles.core_roles(*frames, found, cues))
    dated = timed("dates", lambda: dates.core_dates(*frames, found, cues))
    timed("quotes", lambda: quotes.core_quotes(*frames, found, held, cues))
    timed("memberships", lambda: memberships.core_memberships(*frames, found, cues))
    units = tables.seed_units
    timed("quantities", lambda: quantities.core_quantities(*frames, found, dated, cues, units))


def phrases_matched(rows: list[dict[str, str]]) -> int:
    """Return how many known names spaCy's PhraseMatcher finds, one blank pipeline a language."""
    count = 0
    for language in sorted({row["lang"] for row in rows}):
        pipeline, matcher = _matcher(language)
        texts = (row["text"] for row in rows if row["lang"] == language)
        count += sum(len(matcher(document)) for document in pipeline.pipe(texts))
    return count


@lru_cache(maxsize=8)
def _matcher(language: str):
    import spacy  # noqa: PLC0415
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415

    pipeline = spacy.blank(language)
    matcher = PhraseMatcher(pipeline.vocab)
    names = _reference().seed_entity_names["name"].unique()
    matcher.add("name", list(pipeline.pipe(names)))
    return pipeline, matcher


def _extract(rows: list[dict[str, str]], times: int) -> tuple[dict[str, float], float, float]:
    frames = prepared(rows)
    extracted(frames, {})
    spent: dict[str, float] = {}
    begun = time.time()
    for _ in range(times):
        extracted(frames, spent)
    return spent, begun, time.time()


def _match(rows: list[dict[str, str]], times: int) -> tuple[dict[str, float], float, float]:
    phrases_matched(rows)
    begun = time.time()
    for _ in range(times):
        phrases_matched(rows)
    return {}, begun, time.time()


def figures(file: Path, times: int, processes: int, spacy: bool) -> dict[str, object]:
    """Return the articles a second of Babelwire, verb by verb, and of spaCy's PhraseMatcher."""
    rows = [json.loads(line) for line in file.open(encoding="utf-8")]
    shards = [rows[shard::processes] for shard in range(processes)]
    read = len(rows) * times
    result: dict[str, object] = {
        "file": file.name,
        "articles": read,
        "processes": processes,
        "code points": sum(len(row["text"]) for row in rows) * times,
    }
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        done = list(pool.map(_extract, shards, [times] * processes))
        result["articles/s"] = round(read / _wall(done))
        result["CPU ms/article"] = {
            verb: round(1000 * sum(spent[verb] for spent, _, _ in done) / read, 3)
            for verb in done[0][0]
        }
    if spacy:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            matched = list(pool.map(_match, shards, [1] * processes))
            result["spaCy blank + PhraseMatcher articles/s"] = round(len(rows) / _wall(matched))
    return result


def _wall(done: list[tuple[dict[str, float], float, float]]) -> float:
    return max(end for _, _, end in done) - min(begun for _, begun, _ in done)


def main(arguments: list[str]) -> None:
    """Print the figures of one file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--no-spacy", dest="spacy", action="store_false")
    given = parser.parse_args(arguments)
    result = figures(given.file, given.times, given.processes, given.spacy)
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
