import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from assets.instance import PROCESS_TAG, opened, prepare, process_name, release_dead_runs
from warehouse.publisher import HomeError


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as made:
        yield made


def started(instance: dg.DagsterInstance, **tags: str) -> str:
    run = instance.create_run_for_job(
        dg.JobDefinition(name="everything", graph_def=dg.GraphDefinition(name="everything")),
        status=dg.DagsterRunStatus.STARTED,
        tags={name.replace("_", "/"): value for name, value in tags.items()},
    )
    return run.run_id


def gone() -> str:
    with subprocess.Popen(["true"]) as process:
        return process_name(process.pid)


def status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def test_a_run_whose_process_is_gone_is_reported_failed(instance: dg.DagsterInstance) -> None:
    run_id = started(instance, babelwire_process=gone())
    assert release_dead_runs(instance) == [run_id]
    assert status(instance, run_id) == dg.DagsterRunStatus.FAILURE


def test_a_run_whose_process_lives_goes_on(instance: dg.DagsterInstance) -> None:
    run_id = started(instance, babelwire_process=process_name())
    assert release_dead_runs(instance) == []
    assert status(instance, run_id) == dg.DagsterRunStatus.STARTED


def test_a_run_somebody_else_started_is_left_to_them(instance: dg.DagsterInstance) -> None:
    started(instance)
    assert release_dead_runs(instance) == []


def test_a_later_process_with_the_same_number_is_not_the_one_that_ran_it(
    instance: dg.DagsterInstance,
) -> None:
    run_id = started(instance, babelwire_process=f"{os.getpid()}@1")
    assert release_dead_runs(instance) == [run_id]


def test_the_tag_is_the_one_commands_set() -> None:
    assert PROCESS_TAG == "babelwire/process"


def test_a_home_is_prepared_for_one_writer_without_telemetry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "elsewhere")
    prepare(tmp_path / "deep" / "dagster")
    assert os.environ["DAGSTER_HOME"] == str(tmp_path / "deep" / "dagster")
    with dg.DagsterInstance.get() as instance:
        assert not instance.telemetry_enabled
        assert instance.python_log_level == "INFO"
        assert instance.get_settings("concurrency")["pools"]["default_limit"] == 1


def test_a_configuration_somebody_changed_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "elsewhere")
    (tmp_path / "dagster.yaml").write_text("telemetry:\n  enabled: true\n")
    prepare(tmp_path)
    assert "true" in (tmp_path / "dagster.yaml").read_text()


def test_a_home_that_cannot_be_written_is_one_sentence_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")  # what is set below goes with the test
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeError, match=r"file/dagster cannot be written \(.*\); .*run again"):
        prepare(tmp_path / "file" / "dagster")


def test_records_that_cannot_be_kept_are_one_sentence_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    prepare(tmp_path)
    (tmp_path / "history").write_text("no folder")  # as a disk that is full, or read-only
    with pytest.raises(HomeError, match="cannot be written"), opened(tmp_path):
        pass


def test_what_goes_wrong_in_a_run_is_not_taken_for_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    with pytest.raises(FileNotFoundError, match="an article"), opened(tmp_path):
        raise FileNotFoundError("an article")
