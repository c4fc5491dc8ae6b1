"""Cost of resolution: ``python -m benchmarks.resolution FILE [--articles N] [--night N]``, and
``--embeddings`` with the embedding model that is installed.

FILE holds one JSON object a line with ``text``, and maybe ``story``. What its articles name, quote
and state is found once and told again, with other names, words, figures and days, until there are
ARTICLES of them: 100,000, and a tenth of them to see how the cost grows. Other names have as many
letters as before and belong to one telling; entities of the reference table keep theirs in one
telling of eight; other words change places with words that are as long and about as common, so that
articles have as much in common as articles have. Accounts of one story are of the same days.

Each size is resolved in a process of its own, in a store on disk; then a night of articles more.
Prints, for all and by table, seconds of the clock and of all processors, which other work on the
machine does not lengthen; peak memory; the growth of processor time from the smaller size to the
larger, and that divided by the growth of n log n; and the night's share of the full run.
"""

import argparse
import json
import math
import multiprocessing
import random
import re
import resource
import sys
import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import polars as pl
from wordfreq import zipf_frequency

from pipelines.extraction.mentions import core_mentions
from pipelines.extraction.quotes import core_quotes
from pipelines.extraction.roles import core_roles
from pipelines.identity import digest, text_hash
from pipelines.intake.segments import core_segments
from pipelines.language.detection import core_languages
from pipelines.reference.tables import Reference, read_reference
from pipelines.resolution import (
    copies,
    embeddings,
    entities,
    identities,
    links,
    namings,
    statements,
    stories,
)
from pipelines.resolution.embeddings import Encoder, installed_encoder
from warehouse.contracts import table
from warehouse.contracts.frames import empty, schema
from warehouse.store import Store, open_store

_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
_REFERENCE = Path(__file__).resolve().parent.parent / "seeds" / "reference"
VERBS = {
    "core_namings": namings.core_namings,
    "core_name_forms": namings.core_name_forms,
    "core_names": identities.core_names,
    "core_links": links.core_links,
    "core_entities": entities.core_entities,
    "core_entity_names": entities.core_entity_names,
    "core_story_features": stories.core_story_features,
    "core_embeddings": embeddings.core_embeddings,
    "core_story_pairs": stories.core_story_pairs,
    "core_copy_candidates": copies.core_copy_candidates,
    "core_story_components": stories.core_story_components,
    "core_story_copies": copies.core_story_copies,
    "core_story_articles": stories.core_story_articles,
    "core_stories": stories.core_stories,
    "core_quote_embeddings": embeddings.core_quote_embeddings,
    "core_statements": statements.core_statements,
}
GIVEN = (
    "core_articles", "core_segments", "core_languages", "core_mentions", "core_roles",
    "core_quotes",
)  # fmt: skip
_IDS = (
    "article_id", "segment_id", "mention_id", "quote_id", "role_id", "speaker_mention_id",
    "person_mention_id", "organization_mention_id",
)  # fmt: skip
_SAID = ("text", "surface")
_DAYS, _BEGIN = 700, datetime(2024, 1, 1)
#: Zipf frequency from which a word is everybody's, and stays.
_COMMON = 5.0
_KNOWN_IN = 8
_TOKEN = re.compile(r"[^\W\d_]{3,}|\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")
#: Letters and digits that stand for each other.
_KINDS = ("aeiou", "bcdfghjklmnprstvz", "123456789")

Tables = dict[str, pl.DataFrame]


def main(file: Path, articles: int, night: int, encoder: Encoder | None) -> None:
    """Print the figures of both sizes, and how they grow."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told"
        told.mkdir()
        for name, frame in _told(file).items():
            frame.write_parquet(told / f"{name}.parquet")
        figures = []
        for size in (articles // 10, articles):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                arguments = (told, Path(folder) / f"{size}.db", size, night, encoder)
                figures.append(pool.apply(measured, arguments))
    small, large = figures
    grown = large["processor_seconds"] / small["processor_seconds"]
    summary = {
        "file": file.name,
        "sizes": figures,
        "growth": round(grown, 2),
        "growth over n log n": round(grown / _n_log_n(articles), 2),
        "growth by table": {
            name: round(large["by_table"][name] / max(small["by_table"][name], 0.01), 1)
            for name in VERBS
        },
    }
    sys.stdout.write(json.dumps(summary) + "\n")


def _n_log_n(articles: int) -> float:
    return 10 * math.log(articles) / math.log(articles / 10)


def measured(
    told: Path, store: Path, size: int, night: int, encoder: Encoder | None
) -> dict[str, Any]:
    """Return the figures of one size; ``told`` is a folder of what is told again."""
    tables = {path.stem: pl.read_parquet(path) for path in told.glob("*.parquet")}
    reference = read_reference(_REFERENCE, _LANGUAGES)
    retelling = Retelling(tables, reference)
    with open_store(store) as opened:
        _load(opened, reference)
        for part in retelling.articles(0, size):
            _write(opened, part)
        _in_order(opened)
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        full = _resolve(opened, encoder)
        for part in retelling.articles(size, size + night):
            _write(opened, part)
        again = _resolve(opened, encoder)
        figures = {
            "articles": size,
            "night": night,
            "mentions": opened.count("core_mentions"),
            "entities": opened.count("core_entities"),
            "pairs": opened.count("core_story_pairs"),
            "stories": opened.count("core_stories"),
            "statements": opened.count("core_statements"),
        }
    clock, processor = (sum(seconds[at] for seconds in full.values()) for at in (0, 1))
    clock_again, processor_again = (sum(seconds[at] for seconds in again.values()) for at in (0, 1))
    return figures | {
        "seconds": round(clock, 1),
        "processor_seconds": round(processor, 1),
        "night_seconds": round(clock_again, 1),
        "night_processor_seconds": round(processor_again, 1),
        "night_share": round(processor_again / processor, 3),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "mib_before": round(base),
        "by_table": {name: round(seconds, 2) for name, (_, seconds) in full.items()},
        "night_by_table": {name: round(seconds, 2) for name, (_, seconds) in again.items()},
    }


def _load(store: Store, reference: Reference) -> None:
    for name in ("seed_entities", "seed_entity_names", "seed_cue_words", "seed_judgements"):
        store.load_seed(name, getattr(reference, name))


def _resolve(store: Store, encoder: Encoder | None) -> dict[str, tuple[float, float]]:
    """Return seconds of the clock and of the processors, by table, and of the last checkpoint."""
    by_table = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        started, processor = time.perf_counter(), time.process_time()
        work()
        by_table[name] = (time.perf_counter() - started, time.process_time() - processor)

    encoded = {
        name: partial(VERBS[name], encoder=encoder)
        for name in ("core_embeddings", "core_quote_embeddings")
    }
    for name, verb in (VERBS | encoded).items():
        timed(name, partial(_derive, store, name, verb))
    timed("checkpoint", lambda: store.connection.execute("CHECKPOINT"))
    return by_table


def _derive(store: Store, name: str, verb: Callable[..., pl.DataFrame]) -> None:
    for batch in store.pending(name):
        store.put(batch, verb(**batch.frames))


# -- news told again -----------------------------------------------------------------------


def _told(file: Path) -> Tables:
    rows = [json.loads(line) for line in file.open(encoding="utf-8")]
    articles = pl.DataFrame(
        {
            "article_id": [digest(row["text"]) for row in rows],
            "body": [row["text"] for row in rows],
            "story": [str(row.get("story", at)) for at, row in enumerate(rows)],
        }
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
    given = as_given(articles, segments, languages, reference)
    return given | {"told": articles.select("article_id", "story")}


def as_given(
    articles: pl.DataFrame, segments: pl.DataFrame, languages: pl.DataFrame, reference: Reference
) -> Tables:
    """Return what resolution is given of articles, as it lies in the store."""
    cues = reference.seed_cue_words
    known = (reference.seed_entities, reference.seed_entity_names, cues)
    mentions = core_mentions(articles, segments, languages, *known)
    facts = (articles, segments, languages, mentions)
    roles = core_roles(*facts, cues)
    made = zip(GIVEN, (*facts, roles, core_quotes(*facts, roles, cues)), strict=True)
    return {name: as_in_store(name, frame) for name, frame in made}


def as_in_store(name: str, frame: pl.DataFrame) -> pl.DataFrame:
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


class Retelling:
    """The articles of a file, told again under other names as often as is asked."""

    def __init__(self, tables: Tables, reference: Reference) -> None:
        self._tables = tables
        self._ids = tables["core_articles"]["article_id"].to_list()
        cues = _words(reference.seed_cue_words["cue"])
        self._known = frozenset(_words(reference.seed_entity_names["name"]) - cues)
        self._names = frozenset(_words(tables["core_mentions"]["surface"]) - cues)
        self._classes = self._alike_words()

    def articles(self, start: int, end: int) -> Iterator[Tables]:
        """Yield the articles from number ``start`` up to ``end``, a telling at a time."""
        count = len(self._ids)
        for telling in range(start // count, -(-end // count)):
            first, last = max(start - telling * count, 0), min(end - telling * count, count)
            yield self._telling(telling, self._ids[first:last])

    def _telling(self, telling: int, ids: list[str]) -> Tables:
        words = _Words(telling, self._names, self._known, self._classes)
        chosen = pl.DataFrame({"article_id": ids})
        language = self._tables["core_languages"].select("segment_id", spoken="language")
        part = {}
        for name in GIVEN:
            frame = self._tables[name].join(chosen, on="article_id", maintain_order="left")
            if telling and (said := next((one for one in _SAID if one in frame.columns), None)):
                spoken = frame.join(language, on="segment_id", maintain_order="left")
                told = [
                    words.said(text, language)
                    for text, language in spoken.select(said, "spoken").rows()
                ]
                frame = frame.with_columns(pl.Series(said, told))
            part[name] = frame.with_columns(
                pl.col(column) + f".{telling}" for column in _IDS if column in frame.columns
            )
        part["core_segments"] = part["core_segments"].with_columns(
            text_hash(part["core_segments"]["text"])
        )
        part["core_articles"] = part["core_articles"].with_columns(
            self._days(telling, ids), body_hash=pl.col("article_id")
        )
        return part

    def _days(self, telling: int, ids: list[str]) -> list[pl.Series]:
        story = dict(self._tables["told"].rows())
        days = [
            _BEGIN
            + timedelta(days=random.Random(f"{story[one]}{telling}").randrange(_DAYS))
            + timedelta(days=random.Random(f"{one}{telling}").randrange(3))
            for one in ids
        ]
        return [pl.Series(name, days) for name in ("published_from", "published_to")]

    def _alike_words(self) -> dict[tuple[str, int, int], list[str]]:
        """Return the words of the articles by language, length and rounded frequency."""
        texts = self._tables["core_segments"].select("segment_id", "text").join(
            self._tables["core_languages"].select("segment_id", "language"), on="segment_id"
        )
        used = {
            (language, word.lower())
            for text, language in texts.select("text", "language").rows()
            for word in _TOKEN.findall(text)
            if not word.isdigit()
        }
        classes: dict[tuple[str, int, int], list[str]] = defaultdict(list)
        for language, word in sorted(used):
            classes[_class(language, word)].append(word)
        return classes


@dataclass
class _Words:
    """What the words of one telling are called."""

    telling: int
    names: frozenset[str]
    known: frozenset[str]
    classes: dict[tuple[str, int, int], list[str]]
    renamed: dict[tuple[str, str], str] = field(default_factory=dict)
    turned: dict[tuple[str, int, int], dict[str, str]] = field(default_factory=dict)

    def said(self, text: str, language: str) -> str:
        """Return a text in the words of this telling; it has as many letters."""

        def other(match: re.Match[str]) -> str:
            key = (match[0], language)
            if key not in self.renamed:
                self.renamed[key] = self._other(*key)
            return self.renamed[key]

        return _TOKEN.sub(other, text)

    def _other(self, word: str, language: str) -> str:
        if word.isdigit():
            is_kept = _YEAR.fullmatch(word) or not word.isascii()
            return word if is_kept else _invented(word, self.telling)
        plain = word.lower()
        if _zipf(plain, language) >= _COMMON:
            return word
        if word in self.names:
            is_kept = word in self.known and self.telling % _KNOWN_IN == 0
            return word if is_kept else _cased(_invented(plain, self.telling), word)
        return _cased(self._turned(plain, language), word)

    def _turned(self, word: str, language: str) -> str:
        one = _class(language, word)
        if one not in self.turned:
            words = self.classes.get(one, [])
            shuffled = random.Random(f"{one}{self.telling}").sample(words, len(words))
            self.turned[one] = dict(zip(words, shuffled, strict=True))
        return self.turned[one].get(word, word)


def _words(texts: pl.Series) -> set[str]:
    return {word for text in texts.unique() for word in _TOKEN.findall(text)}


def _class(language: str, word: str) -> tuple[str, int, int]:
    return language, len(word), round(_zipf(word, language))


@cache
def _zipf(word: str, language: str) -> float:
    return zipf_frequency(word, language if language in _LANGUAGES else "en")


def _invented(word: str, telling: int) -> str:
    """Return as many letters or digits of the same kinds, other ones in each telling."""
    drawn = zlib.crc32(f"{word}{telling}".encode())
    letters = []
    for letter in word:
        drawn = (drawn * 1_103_515_245 + 12_345) % 2**31
        alike = next((kind for kind in _KINDS if letter in kind), letter)
        letters.append(alike[(drawn >> 8) % len(alike)])
    return "".join(letters)


def _cased(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[:1].isupper() else word


def _write(store: Store, part: Tables) -> None:
    """Write tables as the stages before would have left them, with their marks.

    Translations stand in the words of their texts: how they differ costs resolution nothing.
    """
    ids = part["core_articles"].select("article_id")
    for name in GIVEN:
        store.connection.register("written", part[name])
        store.connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM written")
        store.connection.unregister("written")
        store.connection.register("written", ids)
        store.connection.execute(
            f"INSERT INTO work_marks SELECT '{name}', article_id, $1, 0 FROM written",
            [store.version(name)],
        )
        store.connection.unregister("written")
        store.connection.execute(
            "UPDATE work_tables SET revision = revision + 1 WHERE table_name = $1", [name]
        )
    translated = (
        part["core_segments"]
        .join(part["core_languages"].select("segment_id", "language"), on="segment_id")
        .unique(["text_hash", "language"])
        .select(
            "text_hash", "language", "text", target=pl.lit("en"), translated="text",
            origin=pl.lit("machine"),
        )
    )  # fmt: skip
    store.connection.register("written", as_in_store("core_translations", translated))
    store.connection.execute(
        "INSERT INTO core_translations BY NAME "
        "SELECT * FROM written ANTI JOIN core_translations USING (text_hash, language)"
    )
    store.connection.unregister("written")


def _in_order(store: Store) -> None:
    """Let rows lie as they do where batches of articles have been made in the order of ids."""
    for name in GIVEN:
        store.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE ordered AS FROM {name} ORDER BY article_id"
        )
        store.connection.execute(f"TRUNCATE {name}")
        store.connection.execute(f"INSERT INTO {name} FROM ordered")
    store.connection.execute("DROP TABLE ordered")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("file", type=Path)
    asked.add_argument("--articles", type=int, default=100_000)
    asked.add_argument("--night", type=int, default=1_000)
    asked.add_argument("--embeddings", action="store_true")
    given = asked.parse_args()
    chosen = installed_encoder() if given.embeddings else None
    main(given.file, given.articles, given.night, chosen)
