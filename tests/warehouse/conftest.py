import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from alliance import tell_of_the_alliance
from newsroom import SEEN, Newsroom, check, tell_into

from warehouse.marts.making import make_marts, opened_beside
from warehouse.publisher import Build, Home, build, version_name
from warehouse.store import Store, open_store

Tell = Callable[[Newsroom], None]
Rows = list[dict[str, Any]]


@contextmanager
def told_marts(folder: Path, tell: Tell) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts of a newsroom, not published: what most questions of meaning need."""
    home = Home(folder)
    with open_store(home.store) as store:
        tell_into(store, tell)
    with opened_beside(home.store, folder / "marts.duckdb", "en") as connection:
        make_marts(connection)
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    relation = connection.sql(sql)
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def built(home: Home, tell: Tell = tell_of_the_alliance, at: datetime = SEEN) -> Build:
    """Tell the news into the store of a home, check it, and build its marts."""
    with open_store(home.store) as store:
        tell_into(store, tell)
        check(store)
        fingerprint = store.fingerprint()
    return build(
        home,
        version_name(at, fingerprint),
        target="en",
        fingerprint=fingerprint,
        started_at=at,
        now=lambda: at,
    )


@pytest.fixture(scope="session")
def alliance_build(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Build]:
    """The alliance told, checked and built once; tests take copies."""
    home = Home(tmp_path_factory.mktemp("alliance") / "home")
    return home, built(home)


@pytest.fixture
def home(alliance_build: tuple[Home, Build], tmp_path: Path) -> Home:
    """A home with the alliance in its store and its version built, not published."""
    shutil.copytree(alliance_build[0].path, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture
def version(alliance_build: tuple[Home, Build]) -> str:
    """The version that is built in ``home``."""
    return alliance_build[1].version


@pytest.fixture(scope="session")
def alliance_store(
    alliance_build: tuple[Home, Build], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("store") / "store.duckdb"
    shutil.copy(alliance_build[0].store, path)
    with open_store(path) as opened:
        yield opened


@pytest.fixture
def store(alliance_store: Store) -> Iterator[Store]:
    """The store of the alliance; what a test does to it is undone."""
    alliance_store.connection.execute("BEGIN")
    yield alliance_store
    alliance_store.connection.execute("ROLLBACK")
