"""The marts that tell what is stated of articles, and how their texts changed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from conftest import Rows, rows, told_marts
from newsroom import SEEN, Newsroom

from pipelines.intake.articles import core_articles
from pipelines.intake.duplicates import core_fingerprints
from pipelines.intake.metadata import core_metadata
from warehouse import contracts
from warehouse.contracts.frames import schema
from warehouse.store import Store, open_store
from warehouse.suites import suite
from warehouse.suites.run import run_suite

Declared = tuple[str, str, str]

ADDRESS = ("address", "https://x.it/alleanza", "link")
SHARED = ("address", "http://www.x.it/alleanza?utm_source=feed#top", "link")
FIRST = "Nasce l’alleanza\nOltre 40 aziende ne fanno parte.\nIBM la guida.\nSegui su Telegram"
SECOND = "Nasce l’alleanza\nOltre 50 aziende ne fanno parte.\nIBM la guida.\nSegui su Signal"
TOLD: dict[str, tuple[int, str, tuple[Declared, ...]]] = {
    # Read in one archive: the later one by its own account comes first by its id.
    "a_second": (0, SECOND, (ADDRESS, ("modified", "2023-12-07T10:00:00Z", "json_ld"))),
    "b_first": (0, FIRST, (ADDRESS, ("modified", "2023-12-05T10:00:00Z", "json_ld"))),
    "c_same_again": (1, SECOND, (ADDRESS,)),
    "d_shorter": (2, "Nasce l’alleanza\nIBM la guida.", (SHARED,)),
    "elsewhere": (3, SECOND, (("address", "https://y.it/alleanza", "link"),)),
    "homeless": (3, "Testo.", ()),
    "doubtful": (
        0,
        "Testo di altri.\nTelegram qui",
        (
            ("published", "2023-12-05T10:00:00+01:00", "json_ld"),
            ("published", "2023-11-05", "meta"),
            ("published", "yesterday", "time"),
            ("outlet", "Corriere", "json_ld"),
            ("outlet", "El País", "feed"),
            ("author", "Jane Doe", "json_ld"),
        ),
    ),
    "guessed": (0, "ROMA, 5 dicembre 2023 - Testo di Roma.", ()),
}


def shelve(news: Newsroom, table: str, frame: pl.DataFrame) -> None:
    connection = news.store.connection
    connection.register("told", frame.to_arrow())
    connection.execute(f"INSERT INTO {table} BY NAME FROM told")
    connection.unregister("told")


def tell(news: Newsroom) -> None:
    raw = pl.DataFrame(
        [
            {
                "article_id": article, "file_id": "f", "source_path": f"{article}.html",
                "first_seen_at": SEEN + timedelta(days=days), "ordinal": 0, "place": None,
                "encoding": "utf-8", "text": text, "body_start": 0, "body_end": len(text),
                "marked": [],
                "declared": [
                    dict(zip(("field", "value", "source"), one, strict=True)) for one in declared
                ],
            }
            for article, (days, text, declared) in TOLD.items()
        ],
        schema=schema("raw_articles"),
    )  # fmt: skip
    statements = core_metadata(raw)
    shelve(news, "raw_articles", raw)
    shelve(news, "core_metadata", statements)
    articles = core_articles(raw, statements)
    shelve(news, "core_articles", articles)
    news.put("core_stories", story_id="story", title_en="The story")
    for article, (_, text, _) in TOLD.items():
        news.put(
            "core_story_articles", article_id=article, component_id=article, story_id="story",
            origin_article_id=article, copy_kind="original",
        )  # fmt: skip
        _segment(news, article, text)
    segments = news.store.read("core_segments")
    shelve(news, "core_fingerprints", core_fingerprints(raw, articles, segments))


def _segment(news: Newsroom, article: str, text: str) -> None:
    start = 0
    for ordinal, line in enumerate(text.split("\n")):
        segment = {"segment_id": f"{article}/{ordinal}", "article_id": article}
        news.put(
            "core_segments", **segment, ordinal=ordinal, text=line, text_hash=line, start=start,
            end=start + len(line), kind="boilerplate" if "Segui" in line else "sentence",
        )  # fmt: skip
        news.put("core_languages", **segment, language="it")
        start += len(line) + 1


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with told_marts(tmp_path_factory.mktemp("metadata"), tell) as connection:
        yield connection


def article(marts: duckdb.DuckDBPyConnection, article_id: str) -> dict[str, Any]:
    (found,) = rows(marts, f"FROM mart_articles WHERE article_id = '{article_id}'")
    return found


def revisions(marts: duckdb.DuckDBPyConnection) -> Rows:
    return rows(marts, "FROM mart_revisions ORDER BY article_id")


def test_a_revision_follows_the_other_text_its_address_showed_before(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    found = [(one["article_id"], one["previous_article_id"]) for one in revisions(marts)]
    assert found == [("a_second", "b_first"), ("d_shorter", "c_same_again")]
    assert [one["address"] for one in revisions(marts)] == [ADDRESS[1], SHARED[1]]
    of = {name: article(marts, name)["revision_of"] for name in TOLD}
    assert {name: before for name, before in of.items() if before} == dict(found)


def test_a_revision_shows_the_sentences_that_came_and_went(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    second, shorter = revisions(marts)
    assert [(one["article_id"], one["text"]) for one in second["added"]] == [
        ("a_second", "Oltre 50 aziende ne fanno parte.")
    ]
    assert [(one["article_id"], one["text"]) for one in second["removed"]] == [
        ("b_first", "Oltre 40 aziende ne fanno parte.")
    ]
    assert shorter["added"] is None
    assert [one["text"] for one in shorter["removed"]] == ["Oltre 50 aziende ne fanno parte."]


def test_every_statement_is_shown_with_its_place_and_the_doubt_about_it(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(marts, "FROM mart_metadata WHERE article_id = 'doubtful' ORDER BY field, ordinal")
    assert [(one["field"], one["value"], one["chosen"], one["conflicting"]) for one in found] == [
        ("author", "Jane Doe", True, False),
        ("outlet", "Corriere", True, False),
        ("outlet", "El País", False, True),
        ("published", "2023-12-05T10:00:00+01:00", True, False),
        ("published", "2023-11-05", False, True),
        ("published", "yesterday", False, False),
    ]
    assert (found[3]["date_from"], found[3]["date_zone"]) == (datetime(2023, 12, 5, 9), "+01:00")
    assert (found[5]["date_from"], found[5]["date_precision"]) == (None, "unknown")


def test_an_article_tells_what_is_believed_from_where_and_what_is_in_doubt(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    doubtful = article(marts, "doubtful")
    assert (doubtful["author"], doubtful["outlet"]) == ("Jane Doe", "Corriere")
    assert doubtful["conflicts"] == ["outlet", "published"]
    assert (doubtful["published_zone"], doubtful["published_source"]) == ("+01:00", "json_ld")
    assert doubtful["published_inferred_from"] is None
    assert article(marts, "homeless")["conflicts"] == []
    assert article(marts, "elsewhere")["address"] == "https://y.it/alleanza"


def test_a_date_that_was_not_declared_says_what_it_was_inferred_from(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    guessed = article(marts, "guessed")
    assert guessed["published_from"] == datetime(2023, 12, 5)
    assert (guessed["published_precision"], guessed["published_source"]) == ("day", "dateline")
    assert guessed["published_inferred_from"] == "dateline"


def test_boilerplate_is_counted_apart(marts: duckdb.DuckDBPyConnection) -> None:
    first = article(marts, "b_first")
    assert (first["segments"], first["content_segments"]) == (4, 3)


def failures(connection: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    table = contracts.table(name)
    return {failure.name for failure in run_suite(connection, table, suite(table)).failures}


@pytest.mark.parametrize("table", ["mart_articles", "mart_metadata", "mart_revisions"])
def test_sound_marts_pass_their_suites(marts: duckdb.DuckDBPyConnection, table: str) -> None:
    assert failures(marts, table) == set()


@pytest.mark.parametrize(
    ("table", "damage", "expectation"),
    [
        ("mart_articles", "UPDATE mart_articles SET published_inferred_from = NULL",
         "what was not declared says how it was inferred"),
        ("mart_articles", "UPDATE mart_articles SET revision_of = article_id",
         "nothing is a revision of itself"),
        ("mart_metadata", "DELETE FROM mart_metadata WHERE NOT chosen",
         "as many as core statements"),
        ("mart_metadata", "UPDATE mart_articles SET conflicts = []",
         "an article names the fields that conflict"),
        ("mart_revisions", "UPDATE mart_revisions SET previous_article_id = 'elsewhere'",
         "revisions are of one address and of two texts"),
        ("mart_revisions", "UPDATE mart_revisions SET added = removed",
         "passages are of the text they are said of"),
    ],
)  # fmt: skip
def test_marts_that_lose_or_invent_are_caught(
    marts: duckdb.DuckDBPyConnection, table: str, damage: str, expectation: str
) -> None:
    marts.execute("BEGIN")
    marts.execute(damage)
    assert expectation in failures(marts, table)
    marts.execute("ROLLBACK")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path: Path = tmp_path_factory.mktemp("store") / "store.duckdb"
    with open_store(path) as store:
        tell(Newsroom(store))
        yield store


@pytest.mark.parametrize("table", ["core_metadata", "core_articles"])
def test_sound_metadata_pass_their_suites(told: Store, table: str) -> None:
    assert failures(told.connection, table) == set()


@pytest.mark.parametrize(
    ("table", "damage", "expectation"),
    [
        ("core_metadata", "DELETE FROM core_metadata WHERE value = 'yesterday'",
         "every declaration is here"),
        ("core_metadata", "UPDATE core_metadata SET chosen = true WHERE field = 'outlet'",
         "one place is believed"),
        ("core_metadata", "UPDATE core_metadata SET chosen = NOT chosen WHERE field = 'outlet'",
         "what is believed ranks first"),
        ("core_metadata", "UPDATE core_metadata SET conflicting = true",
         "what is believed is in no conflict with itself"),
        ("core_metadata", "UPDATE core_metadata SET published_precision = 'day'",
         "dates and only dates have a precision"),
        ("core_metadata", "UPDATE core_metadata SET published_to = TIMESTAMP '1700-01-01' "
         "WHERE published_from IS NOT NULL", "dates do not end before they begin"),
        ("core_articles", "UPDATE core_articles SET published_source = 'dreams'",
         "the date is the one believed"),
        ("core_articles", "UPDATE core_articles SET repairs = "
         "[{'start': 0, 'end': 1, 'raw_start': 0, 'raw': 'Ã©'}]",
         "repairs tell what stood in the raw text"),
        ("core_articles", "UPDATE core_articles SET marked = "
         "[{'kind': 'title', 'start': 0, 'end': 999}]",
         "marked stretches and repairs lie in the body"),
    ],
)  # fmt: skip
def test_metadata_that_lose_or_invent_are_caught(
    told: Store, table: str, damage: str, expectation: str
) -> None:
    told.connection.execute("BEGIN")
    told.connection.execute(damage)
    assert expectation in failures(told.connection, table)
    told.connection.execute("ROLLBACK")
