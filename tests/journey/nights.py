"""The corridor without its shell: landed files through every verb and the store to the marts.

No Dagster and no checks, so that thirty nights take seconds; what a table is made from, and so the
order of the tables, is told by their contracts, as in a run.
"""

import importlib
import pkgutil
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import polars as pl

import pipelines
from assets.resources import Newsroom, Settings
from pipelines.intake import landing, readers
from pipelines.intake.sources.folder import Folder
from pipelines.reference.tables import read_reference
from pipelines.translation.memory import read_memory
from warehouse import contracts
from warehouse.contracts import Table
from warehouse.marts.making import make_marts, opened_beside
from warehouse.store import Batch, Store

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = Settings(
    engines=("memory", "identity"),
    languages=("en", "fr", "it"),
    reference=ROOT / "seeds" / "reference",
    memory=ROOT / "seeds" / "memory",
    glossary=ROOT / "seeds" / "glossary",
)
_SEEDS = ("seed_entities", "seed_entity_names", "seed_cue_words", "seed_units", "seed_judgements")

Verb = Callable[..., pl.DataFrame]


@cache
def verbs() -> dict[str, Verb | None]:
    """Every core table that is made, each after those it is made from, with its verb; that of
    translations is none, for a router makes them.
    """
    tables = {table.name: table for table in contracts.TABLES if table.layer == "core"}
    order = TopologicalSorter({name: _made_from(table) for name, table in tables.items()})
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(pipelines.__path__, "pipelines.")
    ]
    return {
        name: next((vars(one)[name] for one in modules if name in vars(one)), None)
        for name in order.static_order()
        if not tables[name].view and not tables[name].grows
    }


def _made_from(table: Table) -> set[str]:
    work = table.derivation
    assert work is not None
    return {
        name
        for name in (*work.source.split(), *(name for name, _ in work.inputs))
        if name.startswith("core_")
    }


class Nights:
    """A home into which articles come night after night; the store stays open."""

    def __init__(self, home: Path, store: Store) -> None:
        self._newsroom = Newsroom(replace(SETTINGS, home=home))
        self._landing = home / "landing"
        self._landing.mkdir(exist_ok=True)
        self.store = store

    def files(self, files: Collection[Path], at: datetime) -> None:
        """Let files land and do all that is new, as a run does."""
        for file in files:
            shutil.copy(file, self._landing)
        source = Folder(str(self._landing))
        for listing in source.listing():
            new = self.store.unseen(listing, readers.VERSION)
            for landed in landing.read_files(source, new, at, SETTINGS.reading):
                self.store.land(landed.raw_files, landed.raw_rejects, landed.raw_articles)
        for table in verbs():
            self._derive(table)

    def take_over(self, told: dict[str, pl.DataFrame]) -> None:
        """Take over what the stages before resolution have made of each article by itself, but for
        what resolution reads: that comes with its articles.
        """
        for table, rows in told.items():
            if table not in self._read_by_resolution(told):
                self.store._insert(contracts.table(table), rows)
                self.store._bump(table)

    def articles(self, ids: Collection[str], told: dict[str, pl.DataFrame]) -> None:
        """Let articles come, and resolve what is new."""
        for table in self._read_by_resolution(told):
            new = told[table].filter(pl.col("article_id").is_in(list(ids)))
            self.store._insert(contracts.table(table), new)
            self.store.connection.execute(
                "INSERT INTO work_marks SELECT $1, unnest($2::VARCHAR[]), $3, 0",
                [table, list(ids), self.store.version(table)],
            )
            self.store._bump(table)
        for table in verbs():
            if table not in told:
                self._derive(table)

    def _read_by_resolution(self, told: Collection[str]) -> list[str]:
        read = {
            name
            for table in verbs()
            if table not in told
            for name in _made_from(contracts.table(table))
        }
        views = {
            name
            for one in read
            if contracts.table(one).view
            for name in _made_from(contracts.table(one))
        }
        return [
            table
            for table in told
            if table in read | views and "article_id" in contracts.table(table).column_names
        ]

    def _derive(self, table: str) -> None:
        verb = verbs()[table]
        if verb is None:
            router = self._newsroom.router(self.store)
            for batch in self.store.pending(table, router.done):
                made = router.translate(batch.frames["pending"])
                self.store.put(batch, made, _marks(batch, made))
            return
        configured = {
            "languages": SETTINGS.languages, "declared_language": SETTINGS.declared_language,
        }
        arguments = configured if table == "core_languages" else {}
        for batch in self.store.pending(table):
            self.store.put(batch, verb(**batch.frames, **arguments))


@contextmanager
def nights(home: Path) -> Iterator[Nights]:
    """Open a new home with the reference tables."""
    newsroom = Newsroom(replace(SETTINGS, home=home))
    home.mkdir(parents=True)
    reference = read_reference(SETTINGS.reference, SETTINGS.languages)
    with newsroom.store() as store:
        store.connection.execute("SET threads = 1")  # to share so little among threads costs more
        for name in _SEEDS:
            store.load_seed(name, getattr(reference, name))
        memory = read_memory(SETTINGS.memory, SETTINGS.target_language)
        store.load_seed("seed_memory", memory.seed_memory)
        yield Nights(home, store)


@contextmanager
def marts_of(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts of what the store of a home holds, not published."""
    store = Newsroom(replace(SETTINGS, home=home)).home.store
    with opened_beside(store, home / "aside.duckdb", SETTINGS.target_language) as connection:
        make_marts(connection)
        yield connection


def _marks(batch: Batch, made: pl.DataFrame) -> pl.Series:
    key = ["text_hash", "language"]
    given = made.select(*key, given="mark")
    return batch.keys.join(given, on=key, how="left", maintain_order="left")["given"]
