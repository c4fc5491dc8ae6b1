"""Making the marts: one SELECT file each, run in the order in which they read each other."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from warehouse import contracts
from warehouse.contracts import Table
from warehouse.store import StoreLockedError
from warehouse.suites import suite_version

_FOLDER = Path(__file__).parent
_MART = re.compile(r"\bmart_\w+")
_TABLE = re.compile(r"\b(?:raw|seed|core|mart)_\w+")

#: Every mart has its file, but for the one that tells of the versions themselves.
RUNS = contracts.table("mart_runs")
MARTS: tuple[Table, ...] = tuple(
    table for table in contracts.TABLES if table.layer == "mart" and table is not RUNS
)


def marts_version() -> str:
    """Return a hash of the marts' contracts, SQL and suites: equal means they are made alike."""
    parts = [(table.name, _sql(table), suite_version(table)) for table in MARTS]
    return hashlib.sha256(repr((parts, suite_version(RUNS))).encode()).hexdigest()[:16]


def sources(mart: Table) -> frozenset[str]:
    """Return the tables that a mart is made from; the tale of the versions counts all marts."""
    if mart is RUNS:
        return frozenset(table.name for table in MARTS)
    known = {table.name for table in contracts.TABLES}
    return frozenset(_TABLE.findall(_sql(mart))) & known - {mart.name}


@contextmanager
def opened_beside(store: Path, marts: Path, target: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a new file of marts beside the store, so that names of either resolve.

    What is written goes into the marts; the store is read only. Raises StoreLockedError while
    the store is open for writing, and FileNotFoundError where there is none.
    """
    if not store.exists():
        raise FileNotFoundError(f"there is no store {store}; run Babelwire first")
    connection = duckdb.connect(str(marts))
    try:
        _attach(connection, store)
        name = connection.sql("SELECT current_catalog()").fetchall()[0][0]
        connection.execute(f"SET search_path = '{name}.main,store.main'")
        connection.execute("SET VARIABLE target = $1", [target])
        yield connection
    finally:
        connection.close()


def _attach(connection: duckdb.DuckDBPyConnection, store: Path) -> None:
    path = str(store).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{path}' AS store (READ_ONLY)")
    except duckdb.Error as error:
        raise StoreLockedError(
            f"{store} cannot be read ({str(error).splitlines()[0]}); if a run has it open, the "
            "marts are built when it has closed it"
        ) from error


def make_marts(connection: duckdb.DuckDBPyConnection) -> None:
    """Create and fill every mart but mart_runs, each after those it reads."""
    for table in in_order():
        create(connection, table)
        connection.execute(f"INSERT INTO {table.name} BY NAME\n{_sql(table)}")


def create(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create an empty mart that carries its contract's meanings as comments."""
    connection.execute(table.ddl())
    connection.execute(f"COMMENT ON TABLE {table.name} IS {_quoted(table.grain)}")
    for column in table.columns:
        connection.execute(
            f'COMMENT ON COLUMN {table.name}."{column.name}" IS {_quoted(column.meaning)}'
        )


def in_order() -> Iterator[Table]:
    """Yield every mart but mart_runs, each after those it reads."""
    by_name = {table.name: table for table in MARTS}
    reads = {
        table.name: {name for name in _MART.findall(_sql(table)) if name != table.name}
        for table in MARTS
    }
    for name in TopologicalSorter(reads).static_order():
        yield by_name[name]


def _sql(table: Table) -> str:
    return (_FOLDER / f"{table.name}.sql").read_text(encoding="utf-8")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
