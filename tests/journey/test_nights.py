"""The same articles in any order, in one run or in thirty nightly ones, end in the same tables."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from nights import ROOT, marts_of, nights

from warehouse import contracts

FOLDERS = (
    ROOT / "seeds" / "articles",
    ROOT / "tests" / "gold" / "invented_articles",
    ROOT / "tests" / "gold" / "french_news",
)
#: All that share stories, names and figures, and a few strangers: so that thirty nights take
#: seconds.
FILES = [file for folder in FOLDERS for file in sorted(folder.glob("*.txt"))][:20]
START = datetime(2026, 1, 1)
#: What each article is by itself, before it is resolved with others; a night takes it over.
TOLD = (
    "raw_files", "raw_articles", "core_metadata", "core_articles", "core_segments",
    "core_languages", "core_translations", "core_mentions", "core_dates", "core_roles",
    "core_quotes", "core_quantities", "core_memberships", "core_fingerprints", "core_namings",
    "core_circumstances",
)  # fmt: skip
#: When something was seen first or became of something known is another night's, rightly.
OF_THE_NIGHT = {
    "mart_articles": ("first_seen_at",),
    "core_articles": ("first_seen_at",),
    "core_fingerprints": ("first_seen_at",),
}
EVENTS = ("core_resolution_events", "mart_resolution_events", "mart_runs")

Tables = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def one_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, Tables]:
    """What one run over all articles makes of each by itself, and of all together."""
    home = tmp_path_factory.mktemp("one_run") / "home"
    with nights(home) as one:
        one.files(FILES, START)
        told = {table: one.store.read(table) for table in TOLD}
    return told, made(home)


def made(home: Path) -> Tables:
    """Every core table and every mart of a home, in the order of their rows' values."""
    tables = [
        table for table in contracts.TABLES
        if table.layer in ("core", "mart") and table.name not in EVENTS
    ]  # fmt: skip
    with marts_of(home) as connection:
        return {table.name: content(connection, table) for table in tables}


def content(connection: object, table: contracts.Table) -> pl.DataFrame:
    columns = [
        f'"{name}"'
        for name in table.column_names
        if name not in OF_THE_NIGHT.get(table.name, ())
    ]
    key = ", ".join(f'"{name}"' for name in table.key)
    sql = f"SELECT {', '.join(columns)} FROM {table.name} ORDER BY {key}"
    rows: pl.DataFrame = connection.sql(sql).pl()  # type: ignore[attr-defined]
    return rows


def same(made_by_night: Tables, made_at_once: Tables) -> None:
    for table, rows in made_at_once.items():
        other = made_by_night[table]
        if not rows.equals(other):
            parted = [column for column in rows.columns if not rows[column].equals(other[column])]
            raise AssertionError(f"{table}: {rows.height} and {other.height} rows; {parted}")


def parted(ids: Sequence[str], count: int, seed: int) -> Iterator[list[str]]:
    """The articles in another order, in so many nights; some may be without any."""
    shuffled = list(ids)
    random.Random(seed).shuffle(shuffled)
    for night in range(count):
        yield shuffled[night::count]


@settings(
    deadline=None, max_examples=1, database=None, phases=[Phase.explicit, Phase.generate]
)
@example(count=30, seed=1)
@given(count=st.integers(2, 3), seed=st.integers(0, 1_000))
def test_thirty_nights_in_any_order_end_like_one_run(
    one_run: tuple[Tables, Tables],
    tmp_path_factory: pytest.TempPathFactory,
    count: int,
    seed: int,
) -> None:
    told, at_once = one_run
    ids = told["core_articles"]["article_id"].sort().to_list()
    home = tmp_path_factory.mktemp("nights") / "home"
    with nights(home) as many:
        many.take_over(told)
        for articles in parted(ids, count, seed):
            many.articles(articles, told)
    same(made(home), at_once)


def test_files_that_land_in_two_nights_end_like_those_of_one_run(
    one_run: tuple[Tables, Tables], tmp_path: Path
) -> None:
    with nights(tmp_path / "home") as many:
        for night, names in enumerate(parted([str(file) for file in FILES], 2, seed=2)):
            many.files([Path(name) for name in names], START + timedelta(days=night))
    same(made(tmp_path / "home"), one_run[1])
