import os
from pathlib import Path

import dagster as dg
import pytest

from assets.resources import Settings
from assets.schedules import nightly
from assets.sensors import landing_folder

pytestmark = pytest.mark.usefixtures("no_settings")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BABELWIRE_ARTICLES", str(tmp_path / "landing"))
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "a.txt").write_text("News.")
    return tmp_path / "landing"


def look(cursor: str | None = None) -> dg.SensorResult | dg.SkipReason:
    answer = landing_folder(dg.build_sensor_context(cursor=cursor))
    assert isinstance(answer, dg.SensorResult | dg.SkipReason)
    return answer


def asked(answer: dg.SensorResult | dg.SkipReason) -> str:
    """The cursor of an answer that asks for one run."""
    assert isinstance(answer, dg.SensorResult)
    assert len(answer.run_requests or ()) == 1
    assert answer.cursor
    return answer.cursor


@pytest.mark.usefixtures("folder")
def test_a_folder_never_seen_asks_for_a_run() -> None:
    asked(look())


def test_while_nothing_is_new_it_says_so(folder: Path) -> None:
    answer = look(asked(look()))
    assert isinstance(answer, dg.SkipReason)
    assert answer.skip_message == f"nothing new among 1 files in {folder}"


def test_a_new_a_changed_and_a_removed_file_each_ask_for_a_run(folder: Path) -> None:
    cursors = [asked(look())]
    (folder / "b.txt").write_text("More news.")
    cursors.append(asked(look(cursors[-1])))
    os.utime(folder / "b.txt", ns=(1, 1))
    cursors.append(asked(look(cursors[-1])))
    (folder / "a.txt").unlink()
    cursors.append(asked(look(cursors[-1])))
    assert len(set(cursors)) == 4


def test_a_missing_folder_is_said_in_a_sentence(folder: Path) -> None:
    (folder / "a.txt").unlink()
    folder.rmdir()
    answer = look()
    assert isinstance(answer, dg.SkipReason)
    assert answer.skip_message == f"there is no folder {folder}; name one that holds articles"


def test_a_file_in_place_of_the_folder_is_said_in_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BABELWIRE_ARTICLES", str(folder / "a.txt"))
    answer = look()
    assert isinstance(answer, dg.SkipReason)
    assert "is not a folder" in str(answer.skip_message)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Rome", "America/New_York"])
def test_the_nightly_run_starts_at_two_in_the_configured_zone(zone: str) -> None:
    schedule = nightly(Settings(timezone=zone))
    assert schedule.execution_timezone == zone
    assert zone in str(schedule.description)
    assert schedule.cron_schedule == "0 2 * * *"


def test_schedule_and_sensor_are_alive_without_a_click() -> None:
    assert nightly(Settings()).default_status == dg.DefaultScheduleStatus.RUNNING
    assert landing_folder.default_status == dg.DefaultSensorStatus.RUNNING
