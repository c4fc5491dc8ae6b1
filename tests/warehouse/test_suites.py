from pathlib import Path

import duckdb
import polars as pl
import pytest
from conftest import told_marts
from newsroom import SEEN, Newsroom, Told

from warehouse import contracts
from warehouse.contracts import Column, Table
from warehouse.marts import making
from warehouse.publisher import Build, Home
from warehouse.store import Store, open_store
from warehouse.suites import (
    Expectation,
    Outcome,
    check_table,
    run,
    run_suite,
    suite,
    suite_version,
)

STORE_TABLES = [table for table in contracts.TABLES if table.layer != "mart"]


def checked(store: Store, table: str) -> Outcome:
    return run_suite(store.connection, contracts.table(table), suite(contracts.table(table)))


def marts_of(home: Home, version: str) -> Path:
    return home.versions / f".building-{version}" / "marts.duckdb"


def failed(outcome: Outcome) -> set[str]:
    return {result.name for result in outcome.failures}


def test_every_figure_is_sql_and_no_name_is_taken_twice(tmp_path: Path) -> None:
    with told_marts(tmp_path, lambda news: None) as connection:
        making.create(connection, making.RUNS)
        for table in contracts.TABLES:
            expectations = suite(table)
            names = [expectation.name for expectation in expectations]
            assert len(set(names)) == len(names), table.name
            figures = run._figures(connection, table, expectations)
            assert (figures.iloc[0] == 0).all()
            for expectation in expectations:
                assert expectation.why
                if expectation.sample:
                    connection.sql(expectation.sample)


def test_an_empty_table_passes(tmp_path: Path) -> None:
    with open_store(tmp_path / "store.duckdb") as store:
        outcome = checked(store, "core_mentions")
    assert outcome.passed
    assert all(result.observed == 0 for result in outcome.results)


def test_a_class_noun_of_a_type_that_no_entity_has_fails(tmp_path: Path) -> None:
    row = {"language": "en", "kind": "type_cue", "cue": "ship", "value": "VESSEL"}
    with open_store(tmp_path / "store.duckdb") as store:
        store.load_seed("seed_cue_words", pl.DataFrame([row]))
        assert failed(checked(store, "seed_cue_words")) == {"class nouns tell types of entity"}


def test_sound_news_pass_every_suite(alliance_build: tuple[Home, Build]) -> None:
    _, build = alliance_build
    assert build.passed, build.refusals
    assert set(build.store_checks) == {table.name for table in STORE_TABLES}
    assert set(build.outcomes) == {table.name for table in (*making.MARTS, making.RUNS)}


def test_a_suite_looks_only_upstream() -> None:
    """It runs as soon as its table is made: what is made later is not there yet."""
    order = [table.name for table in STORE_TABLES]
    for position, table in enumerate(STORE_TABLES):
        text = repr(suite(table))
        assert not [later for later in order[position + 1 :] if f"{later} " in text], table.name


def test_a_span_that_slipped_is_caught_and_shown(store: Store) -> None:
    store.connection.execute(
        'UPDATE core_mentions SET start = start + 1, "end" = "end" + 1 '
        "WHERE article_id = 'rome' AND surface = 'IBM'"
    )
    outcome = checked(store, "core_mentions")
    assert failed(outcome) == {"surface is what the body has there"}
    (failure,) = outcome.failures
    assert (failure.observed, failure.maximum) == (1, 0)
    assert failure.sample[0]["surface"] == "IBM"
    assert failure.sample[0]["body_has"] == "BM,"
    assert "body[start:end]" in failure.sentence()


def test_evidence_that_slipped_is_caught(home: Home, version: str) -> None:
    table = contracts.table("mart_claims")
    with making.opened_beside(home.store, marts_of(home, version), "en") as connection:
        connection.execute(
            "UPDATE mart_claims SET evidence = list_transform(evidence, lambda item: "
            """{'article_id': item.article_id, 'start': item.start, 'end': item."end", """
            "'text': upper(item.text)})"
        )
        outcome = run_suite(connection, table, suite(table))
    assert failed(outcome) == {
        "evidence is what the bodies have there", "tellings are the evidence",
    }  # fmt: skip
    assert len(outcome.failures[0].sample) == 3


@pytest.mark.parametrize(
    ("table", "damage", "expectation"),
    [
        ("raw_articles", "DELETE FROM raw_articles WHERE article_id = 'rome'",
         "every file read has an article under its path"),
        ("core_articles", "DELETE FROM core_articles WHERE article_id = 'rome'",
         "every raw article is here"),
        ("core_segments", "DELETE FROM core_segments WHERE article_id = 'atom'",
         "every article has a segment"),
        ("core_segments", "INSERT INTO core_segments SELECT * REPLACE ('copy' AS segment_id) "
         "FROM core_segments WHERE article_id = 'atom'", "segments do not overlap"),
        ("core_fingerprints", "DELETE FROM core_fingerprints WHERE article_id = 'rome'",
         "every article has a fingerprint"),
        ("core_fingerprints", "UPDATE core_fingerprints SET signature = [1, 2] "
         "WHERE article_id = 'rome'; UPDATE core_fingerprints SET signature = [1, 2, 3] "
         "WHERE article_id = 'paris'", "signatures are of one length"),
        ("core_duplicates", "INSERT INTO core_duplicates VALUES ('rome', 'rome', 'paris', "
         "'near_duplicate', 0.8, 'by hand', '1')", "a group has two articles at least"),
        ("core_duplicates", "INSERT INTO core_duplicates VALUES ('rome', 'rome', 'paris', "
         "'near_duplicate', 0.8, 'by hand', '1')", "an article's nearest is another of its group"),
        ("core_duplicates", "UPDATE core_fingerprints SET content_hash = 'equal' "
         "WHERE article_id IN ('rome', 'paris')", "the same text is one group"),
        ("core_languages", "DELETE FROM core_languages WHERE article_id = 'rome'",
         "every segment has a language"),
        ("core_languages", "UPDATE core_languages SET language = 'xx'",
         "language is one of its values"),
        ("core_translations", "DELETE FROM core_translations WHERE language = 'fr'",
         "every segment of the article has a translation row"),
        ("core_translations", "UPDATE core_translations SET fallback_reason = NULL",
         "untranslated says why"),
        ("core_mentions", "UPDATE core_segments SET kind = 'boilerplate' "
         "WHERE article_id = 'paris'", "nothing comes from what is not the article"),
        ("core_mentions", "INSERT INTO core_mentions FROM core_mentions", "key is unique"),
        ("core_quantities", "UPDATE core_quantities SET confidence = 1.5",
         "confidence is at most 1"),
        ("core_quotes", "UPDATE core_quotes SET speaker_mention_id = 'nobody'",
         "speaker_mention_id is in core_mentions"),
        ("core_entities", "DELETE FROM core_entities WHERE entity_id = 'ibm'",
         "every linked entity is here"),
        ("core_story_articles", "UPDATE core_story_articles SET story_id = 'story_atom' "
         "WHERE article_id = 'london'", "origins are originals of the same story"),
        ("core_story_articles", "UPDATE core_story_articles SET copy_kind = 'copy' "
         "WHERE article_id = 'paris'", "originals are their own origin"),
        ("core_happenings", "UPDATE core_happenings SET date_to = DATE '1900-01-01'",
         "happenings do not end before they begin"),
    ],
)  # fmt: skip
def test_what_is_lost_or_invented_is_caught(
    store: Store, table: str, damage: str, expectation: str
) -> None:
    store.connection.execute(damage)
    contract = contracts.table(table)
    expectations = [known for known in suite(contract) if known.name == expectation]
    (result,) = run_suite(store.connection, contract, expectations).results
    assert not result.success
    assert 0 < len(result.sample) <= 5


def test_marts_are_reconciled_with_what_they_are_made_of(home: Home, version: str) -> None:
    with making.opened_beside(home.store, marts_of(home, version), "en") as connection:
        connection.execute("DELETE FROM mart_segments WHERE article_id = 'atom'")
        connection.execute("DELETE FROM mart_articles WHERE article_id = 'atom'")
        for name, expectation in (
            ("mart_segments", "as many as core segments"),
            ("mart_articles", "as many as raw articles"),
            ("mart_stories", "articles add up"),
            ("mart_mentions", "article_id is in mart_articles"),
        ):
            table = contracts.table(name)
            expectations = [known for known in suite(table) if known.name == expectation]
            assert not run_suite(connection, table, expectations).passed, expectation


def test_a_warning_is_counted_and_stops_nothing(store: Store) -> None:
    store.connection.execute("UPDATE core_languages SET language = 'und'")
    outcome = checked(store, "core_languages")
    assert outcome.passed
    assert outcome.warned == 1
    assert outcome.warnings[0].name == "segments of undetermined language"
    assert outcome.warnings[0].observed == 1.0


def test_minimum_and_maximum_are_both_kept() -> None:
    table = Table("mart_figures", "one figure", (Column("x", "BIGINT", "x"),), ("x",))
    connection = duckdb.connect()
    connection.execute("CREATE TABLE mart_figures AS SELECT 5 AS x")
    bounds = {"below": (6, None), "at": (5, 5), "above": (None, 4), "free": (None, 5.5)}
    outcome = run_suite(
        connection,
        table,
        [Expectation(name, "sum(x)", "figures", *pair) for name, pair in bounds.items()],
    )
    assert {result.name: result.success for result in outcome.results} == {
        "below": False, "at": True, "above": False, "free": True,
    }
    assert outcome.failures[0].sentence() == "below: 5, expected at least 6 (figures)"


def test_long_values_are_shortened_in_samples(store: Store) -> None:
    Newsroom(store).article("long", [Told("parola " * 100 + ".", "x")])
    store.connection.execute("UPDATE core_segments SET text = 'x' || text WHERE length(text) > 500")
    (row,) = checked(store, "core_segments").failures[0].sample
    assert len(row["text"] or "") == 120
    assert (row["text"] or "").endswith("…")


def test_outcomes_survive_json(store: Store) -> None:
    store.connection.execute("UPDATE core_mentions SET surface = 'x'")
    outcome = checked(store, "core_mentions")
    assert Outcome.from_dict(outcome.to_dict()) == outcome


def test_a_check_that_passed_is_not_run_again_until_rows_change(store: Store) -> None:
    first = check_table(store, "core_mentions", SEEN)
    assert first.passed
    store.connection.execute("UPDATE core_mentions SET surface = 'x'")  # behind the store's back
    assert check_table(store, "core_mentions", SEEN) == first
    store.connection.execute("UPDATE work_tables SET revision = revision + 1")
    again = check_table(store, "core_mentions", SEEN)
    assert not again.passed
    version = suite_version(contracts.table("core_mentions"))
    assert store.passed_check("core_mentions", version) is None


def test_offsets_count_code_points_in_duckdb_too() -> None:
    """Also within letters of several code points: accents, families, flags."""
    body = "e\u0301a 👨\u200d👩\u200d👧 🇮🇹’\n" + "\U0001d4d0"
    spans = [(s, e) for s in range(len(body) + 1) for e in range(s, len(body) + 1)]
    with duckdb.connect() as connection:
        for start, end in spans:
            found = connection.execute(
                "SELECT length($b), substring($b, $s + 1, $e - $s)",
                {"b": body, "s": start, "e": end},
            ).fetchall()
            assert found == [(len(body), body[start:end])]
