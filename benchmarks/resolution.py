"""Cost of resolving names: ``python -m benchmarks.resolution FILE [ARTICLES...]``.

FILE holds one JSON object a line with ``text`` (and ``id``). Its mentions are found once and told
again under other names and days until there are ARTICLES of them (10,000 and 100,000): known
entities keep their names, the others get new ones that are as long and as common as before. Each
size is resolved in a process of its own, in a store on disk; then a night of 1,000 articles more.
Prints seconds (of the clock, and of all processors, which other work on the machine does not
lengthen), peak memory, the growth of processor time from the smallest size to the largest divided
by that of n log n, and the night's share of the full run.
"""

import json
import math
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.extraction.mentions import core_mentions
from pipelines.identity import digest, text_hash
from pipelines.intake.segments import core_segments
from pipelines.language.detection import core_languages
from pipelines.reference.tables import Reference, read_reference
from pipelines.resolution import entities, identities, links, namings
from warehouse.contracts import table
from warehouse.contracts.frames import empty, schema
from warehouse.store import Store, open_store

_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
_REFERENCE = Path(__file__).resolve().parent.parent / "seeds" / "reference"
_SIZES = (10_000, 100_000)
_NIGHT = 1_000
_VERBS = {
    "core_namings": namings.core_namings,
    "core_name_forms": namings.core_name_forms,
    "core_names": identities.core_names,
    "core_links": links.core_links,
    "core_entities": entities.core_entities,
    "core_entity_names": entities.core_entity_names,
}
_GIVEN = ("core_articles", "core_segments", "core_languages", "core_mentions")
_VOWELS, _CONSONANTS = "aeiou", "bcdfghjklmnprstvz"

Tables = dict[str, pl.DataFrame]


def main(file: Path, sizes: tuple[int, ...]) -> None:
    """Print the figures of each size, and how they grow."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told"
        told.mkdir()
        for name, frame in _told(file).items():
            frame.write_parquet(told / f"{name}.parquet")
        figures = []
        for size in sizes:
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                figures.append(pool.apply(_measured, (told, Path(folder) / f"{size}.db", size)))
    summary: dict[str, Any] = {"file": file.name, "sizes": figures}
    if len(figures) > 1:
        first, last = figures[0], figures[-1]
        n_log_n = (last["articles"] * math.log(last["articles"])) / (
            first["articles"] * math.log(first["articles"])
        )
        grown = last["processor_seconds"] / first["processor_seconds"]
        summary["growth over n log n"] = round(grown / n_log_n, 2)
    sys.stdout.write(json.dumps(summary) + "\n")


def _measured(told: Path, store: Path, size: int) -> dict[str, Any]:
    reference = read_reference(_REFERENCE, _LANGUAGES)
    tables = {path.stem: pl.read_parquet(path) for path in told.glob("*.parquet")}
    with open_store(store) as opened:
        _load(opened, reference)
        for part in _retold(tables, 0, size):
            _write(opened, part)
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        seconds, processor, by_table = _resolve(opened)
        for part in _retold(tables, size, size + _NIGHT):
            _write(opened, part)
        night, night_processor, night_by_table = _resolve(opened)
        figures = {
            "articles": size,
            "mentions": opened.count("core_mentions"),
            "names": opened.connection.sql(
                "SELECT count(DISTINCT name_id) FROM core_namings"
            ).fetchall()[0][0],
            "entities": opened.count("core_entities"),
        }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures | {
        "seconds": round(seconds, 1),
        "night_seconds": round(night, 2),
        "night_share": round(night / seconds, 3),
        "processor_seconds": round(processor, 1),
        "night_processor_seconds": round(night_processor, 2),
        "night_processor_share": round(night_processor / processor, 3),
        "peak_mib": round(peak),
        "mib_before": round(base),
        "by_table": by_table,
        "night_by_table": night_by_table,
    }


def _load(store: Store, reference: Reference) -> None:
    for name in ("seed_entities", "seed_entity_names", "seed_cue_words", "seed_judgements"):
        store.load_seed(name, getattr(reference, name))


def _resolve(store: Store) -> tuple[float, float, dict[str, float]]:
    by_table = {}
    processor = time.process_time()
    for name, verb in _VERBS.items():
        started = time.perf_counter()
        for batch in store.pending(name):
            store.put(batch, verb(**batch.frames))
        by_table[name] = round(time.perf_counter() - started, 2)
    return sum(by_table.values()), time.process_time() - processor, by_table


# -- news told again -----------------------------------------------------------------------


def _told(file: Path) -> Tables:
    rows = [json.loads(line) for line in file.open(encoding="utf-8")]
    articles = pl.DataFrame(
        {"article_id": [digest(row["text"]) for row in rows], "body": [row["text"] for row in rows]}
    ).unique("article_id", maintain_order=True)
    articles = articles.with_columns(
        text_hash(articles["body"]).alias("body_hash"),
        title=pl.lit(None, dtype=pl.String),
        marked=pl.lit([], dtype=schema("core_articles")["marked"]),
        published_from=pl.lit(None, dtype=pl.Datetime("us")),
        published_to=pl.lit(None, dtype=pl.Datetime("us")),
    )
    reference = read_reference(_REFERENCE, _LANGUAGES)
    segments = core_segments(articles, reference.seed_cue_words)
    languages = core_languages(segments, empty("core_metadata"), _LANGUAGES)
    known = (reference.seed_entities, reference.seed_entity_names, reference.seed_cue_words)
    mentions = core_mentions(articles, segments, languages, *known)
    named = set(reference.seed_entity_names["name"])
    return {
        "core_articles": _as_in_store("core_articles", articles),
        "core_segments": _as_in_store("core_segments", segments),
        "core_languages": _as_in_store("core_languages", languages),
        "core_mentions": _as_in_store("core_mentions", mentions),
        "known": mentions.select("surface").unique().filter(pl.col("surface").is_in(list(named))),
    }


def _as_in_store(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with all columns of its table; what nothing here reads is filled up."""
    whole = pl.concat([empty(name), frame], how="diagonal_relaxed").select(list(schema(name)))
    return whole.with_columns(
        pl.col(column.name).fill_null(_filling(whole.schema[column.name]))
        for column in table(name).columns
        if not column.nullable
    )


def _filling(type_: pl.DataType) -> pl.Expr:
    values = {pl.String: "", pl.Datetime: datetime(2026, 1, 1)}
    if isinstance(type_, pl.List):
        return pl.lit([], dtype=type_)
    return pl.lit(values.get(type(type_), 0))


def _retold(tables: Tables, start: int, end: int) -> Iterator[Tables]:
    """Yield the articles from number ``start`` up to ``end``, a telling at a time."""
    ids = tables["core_articles"]["article_id"].to_list()
    known = set(tables["known"]["surface"])
    for telling in range(start // len(ids), -(-end // len(ids))):
        first, last = max(start - telling * len(ids), 0), min(end - telling * len(ids), len(ids))
        chosen = pl.DataFrame({"article_id": ids[first:last]})
        surfaces = tables["core_mentions"]["surface"].unique().to_list()
        renamed = {
            surface: surface if telling == 0 or surface in known else _renamed(surface, telling)
            for surface in surfaces
        }
        rng = random.Random(telling)
        begin = datetime(2024, 1, 1)
        days = [begin + timedelta(days=rng.randrange(700)) for _ in range(last - first)]
        part = {}
        for name in _GIVEN:
            frame = tables[name].join(chosen, on="article_id", how="semi", maintain_order="left")
            suffix = pl.lit(f".{telling}")
            part[name] = frame.with_columns(
                pl.col(column) + suffix
                for column in ("article_id", "segment_id", "mention_id")
                if column in frame.columns
            )
        part["core_articles"] = part["core_articles"].with_columns(
            published_from=pl.Series(days), published_to=pl.Series(days)
        )
        part["core_mentions"] = part["core_mentions"].with_columns(
            surface=pl.col("surface").replace_strict(renamed)
        )
        yield part


def _renamed(surface: str, telling: int) -> str:
    return " ".join(_word(word, telling) for word in surface.split(" "))


@cache
def _word(word: str, telling: int) -> str:
    """Return another word for a capitalised one; the same for the same word of a telling."""
    if not word[:1].isupper() or len(word) < 3:
        return word
    rng = random.Random(f"{word}{telling}")
    letters = [
        rng.choice(_VOWELS) if letter in _VOWELS
        else rng.choice(_CONSONANTS) if letter in _CONSONANTS
        else letter
        for letter in word.lower()
    ]  # fmt: skip
    renamed = "".join(letters)
    return renamed.upper() if word.isupper() else renamed.capitalize()


def _write(store: Store, part: Tables) -> None:
    """Write tables as the stages before would have left them, with their marks."""
    ids = part["core_articles"].select("article_id")
    for name in _GIVEN:
        store.connection.register("written", part[name])
        store.connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM written")
        store.connection.unregister("written")
        store.connection.register("written", ids)
        store.connection.execute(
            f"INSERT INTO work_marks SELECT '{name}', article_id, $1 FROM written",
            [store.version(name)],
        )
        store.connection.unregister("written")
        store.connection.execute(
            "UPDATE work_tables SET revision = revision + 1 WHERE table_name = $1", [name]
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(int(size) for size in sys.argv[2:]) or _SIZES)
