"""How many articles a second all extractors read: ``python -m benchmarks.extraction FILE``.

FILE holds one JSON object a line with ``lang`` and ``text``. Each of ``--processes`` (one a core)
reads them ``--times`` over, in batches as the store hands them to a verb, and once before,
uncounted, so that rules and tables are built. Prints the articles a second of all verbs together,
the CPU time an article of each and of all, and the articles a second of spaCy's blank pipelines
with a PhraseMatcher over the same names, which finds nothing else; spaCy is left out where it is
not installed (``pip install spacy``). Segments and languages are made beforehand and not counted.

With ``--spans`` it is checked instead, of every row of every table, that the body holds its text
at its span.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before Polars starts: a process is a core's

import polars as pl

from pipelines.extraction import dates, memberships, mentions, quantities, quotes, roles
from pipelines.intake.segments import core_segments
from pipelines.reference.tables import Reference, read_reference
from warehouse import contracts
from warehouse.contracts.frames import schema

_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
_REFERENCE = Path(__file__).resolve().parent.parent / "seeds" / "reference"
#: Articles in a batch: what the store hands a verb at once.
_BATCH = 2000

Row = dict[str, str]
Frames = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]
Tables = dict[str, pl.DataFrame]


@lru_cache(maxsize=1)
def _reference() -> Reference:
    return read_reference(_REFERENCE, _LANGUAGES)


def prepared(rows: list[Row], first: int = 0) -> Frames:
    """Return articles, numbered from a number on, their segments and the segments' languages."""
    numbered = [
        (f"art_{number:07}", row["text"], row["lang"]) for number, row in enumerate(rows, first)
    ]
    labelled = pl.DataFrame(numbered, schema=["article_id", "body", "language"], orient="row")
    articles = labelled.select(
        "article_id",
        "body",
        title=pl.lit(None, dtype=pl.String),
        marked=pl.lit([], dtype=schema("core_articles")["marked"]),
    )
    segments = core_segments(articles, _reference().seed_cue_words)
    languages = (
        segments.select("segment_id", "article_id")
        .join(labelled, on="article_id", maintain_order="left")
        .select("segment_id", "article_id", "language")
    )
    return articles, segments, languages


def extracted(frames: Frames, spent: dict[str, float] | None = None) -> Tables:
    """Return what all extractors find in a batch; each one's CPU seconds are added to ``spent``."""
    reference = _reference()
    cues, units = reference.seed_cue_words, reference.seed_units
    names = reference.seed_entities, reference.seed_entity_names
    made: Tables = {}

    def make(verb: Callable[..., pl.DataFrame], *arguments: pl.DataFrame) -> None:
        name, started = verb.__name__, time.process_time()
        made[name] = verb(*frames, *arguments)
        if spent is not None:
            spent[name] = spent.get(name, 0.0) + time.process_time() - started

    make(mentions.core_mentions, *names, cues)
    found = made["core_mentions"]
    make(roles.core_roles, found, cues)
    make(dates.core_dates, found, cues)
    make(quotes.core_quotes, found, made["core_roles"], cues)
    make(memberships.core_memberships, found, cues)
    make(quantities.core_quantities, found, made["core_dates"], cues, units)
    return made


def inexact(articles: pl.DataFrame, tables: Tables) -> Iterator[tuple[str, int, int]]:
    """Yield, of each table, how many rows it has and how many whose text is not at their span."""
    bodies = articles.select("article_id", "body")
    for name, rows in tables.items():
        columns = [column.name for column in contracts.table(name).columns]
        text = columns[columns.index("end") + 1]
        cut = pl.col("body").str.slice("start", pl.col("end") - pl.col("start"))
        checked = rows.join(bodies, on="article_id", how="left")
        yield name, rows.height, checked.filter(cut.ne_missing(pl.col(text))).height


def phrases_matched(rows: list[Row]) -> int:
    """Return how many known names spaCy's PhraseMatcher finds, one blank pipeline a language."""
    count = 0
    for language in sorted({row["lang"] for row in rows}):
        pipeline, matcher = _matcher(language)
        texts = (row["text"] for row in rows if row["lang"] == language)
        count += sum(len(matcher(document)) for document in pipeline.pipe(texts))
    return count


@lru_cache(maxsize=8)
def _matcher(language: str) -> tuple[Any, Any]:
    import spacy  # noqa: PLC0415
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415

    pipeline = spacy.blank(language)
    matcher = PhraseMatcher(pipeline.vocab)
    names = _reference().seed_entity_names["name"].unique()
    matcher.add("name", list(pipeline.pipe(names)))
    return pipeline, matcher


def _batches(rows: list[Row]) -> Iterator[Frames]:
    for first in range(0, len(rows), _BATCH):
        yield prepared(rows[first : first + _BATCH], first)


def _extract(rows: list[Row], times: int) -> tuple[dict[str, float], float, float]:
    """Return the CPU seconds of each verb, and when it was begun and ended."""
    batches = list(_batches(rows))
    spent: dict[str, float] = {}
    for frames in batches:
        extracted(frames)
    begun = time.time()
    for _ in range(times):
        for frames in batches:
            extracted(frames, spent)
    return spent, begun, time.time()


def _match(rows: list[Row], times: int) -> tuple[dict[str, float], float, float]:
    phrases_matched(rows)
    begun, started = time.time(), time.process_time()
    for _ in range(times):
        phrases_matched(rows)
    return {"spaCy": time.process_time() - started}, begun, time.time()


def _check(rows: list[Row], first: int, last: int) -> dict[str, tuple[int, int]]:
    """Return rows and inexact spans of each table, over the rows numbered so, counted round."""
    seen: dict[str, tuple[int, int]] = {}
    for at in range(first, last, _BATCH):
        numbers = range(at, min(at + _BATCH, last))
        frames = prepared([rows[number % len(rows)] for number in numbers], at)
        for name, found, wrong in inexact(frames[0], extracted(frames)):
            before = seen.get(name, (0, 0))
            seen[name] = before[0] + found, before[1] + wrong
    return seen


Measured = list[tuple[dict[str, float], float, float]]


def _shared(
    work: Callable[..., Any], processes: int, *arguments: list[Any]
) -> list[Any]:
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return list(pool.map(work, *arguments))


def figures(rows: list[Row], times: int, processes: int) -> dict[str, object]:
    """Return the articles a second of Babelwire, its CPU time verb by verb, and spaCy's."""
    read = len(rows) * times * processes
    done = _shared(_extract, processes, [rows] * processes, [times] * processes)
    spent = {verb: sum(one[verb] for one, _, _ in done) for verb in done[0][0]}
    result: dict[str, object] = {
        "articles": read,
        "code points": sum(len(row["text"]) for row in rows) * times * processes,
        "processes": processes,
        "articles/s": round(read / _wall(done)),
        "articles/s of CPU": round(read / sum(spent.values())),
        "CPU ms/article": {verb: round(1000 * cpu / read, 3) for verb, cpu in spent.items()},
        "CPU ms/article of all": round(1000 * sum(spent.values()) / read, 3),
    }
    if find_spec("spacy"):
        matched = _shared(_match, processes, [rows] * processes, [1] * processes)
        matched_rows, cpu = len(rows) * processes, sum(one["spaCy"] for one, _, _ in matched)
        result["spaCy blank + PhraseMatcher"] = {
            "articles/s": round(matched_rows / _wall(matched)),
            "articles/s of CPU": round(matched_rows / cpu),
            "CPU ms/article": round(1000 * cpu / matched_rows, 3),
        }
    return result


def _wall(done: Measured) -> float:
    return max(end for _, _, end in done) - min(begun for _, begun, _ in done)


def spans(rows: list[Row], articles: int, processes: int) -> dict[str, object]:
    """Return rows and inexact spans of each table over so many articles, the same ones again."""
    share = -(-articles // processes)
    firsts = list(range(0, articles, share))
    lasts = [min(first + share, articles) for first in firsts]
    done = _shared(_check, processes, [rows] * len(firsts), firsts, lasts)
    counted = {
        name: [sum(one[name][index] for one in done) for index in (0, 1)] for name in done[0]
    }
    return {
        "articles": articles,
        "rows": {name: count for name, (count, _) in counted.items()},
        "inexact spans": {name: count for name, (_, count) in counted.items()},
    }


def main(arguments: list[str]) -> None:
    """Print the figures of one file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--spans", type=int, metavar="ARTICLES")
    given = parser.parse_args(arguments)
    with given.file.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    if given.spans:
        result = spans(rows, given.spans, given.processes)
    else:
        result = figures(rows, given.times, given.processes)
    sys.stdout.write(json.dumps({"file": given.file.name, **result}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
