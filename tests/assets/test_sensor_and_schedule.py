import os
import socket
from pathlib import Path

import dagster as dg
import pytest

from assets.resources import Settings
from assets.schedules import hourly, nightly
from assets.sensors import landing_folder
from pipelines.identity import digest

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
    assert answer.skip_message == (
        f"there is no folder or file {folder}; name one that holds articles"
    )


def test_a_missing_folder_does_not_hide_what_is_new_in_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BABELWIRE_ARTICLES", f"{folder.parent / 'nowhere'},{folder}")
    answer = look(asked(look()))
    assert isinstance(answer, dg.SkipReason)
    assert str(answer.skip_message).startswith("nothing new among 1 files")
    assert "there is no folder or file" in str(answer.skip_message)
    (folder / "b.txt").write_text("More news.")
    asked(look(digest("1", "0")))


def test_a_single_file_is_watched_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BABELWIRE_ARTICLES", str(folder / "a.txt"))
    cursor = asked(look())
    (folder / "b.txt").write_text("Not of this source.")
    assert isinstance(look(cursor), dg.SkipReason)
    (folder / "a.txt").write_text("Changed.")
    asked(look(cursor))


def test_feeds_lists_of_them_and_what_lies_elsewhere_are_not_watched(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connected(*_: object) -> None:
        raise AssertionError("the sensor asks the network")

    monkeypatch.setattr(socket.socket, "connect", connected)
    elsewhere = ("https://x.example/rss", "feed+http://127.0.0.1:9/", "no-list.opml", "s3://b/a")
    monkeypatch.setenv("BABELWIRE_ARTICLES", ",".join((*elsewhere, str(folder))))
    answer = look(asked(look()))
    assert isinstance(answer, dg.SkipReason)
    assert answer.skip_message == f"nothing new among 1 files in {folder}"
    monkeypatch.setenv("BABELWIRE_ARTICLES", ",".join(elsewhere))
    answer = look(asked(look()))
    assert isinstance(answer, dg.SkipReason)
    assert answer.skip_message == "nothing new among 0 files in no folder"


@pytest.mark.parametrize("zone", ["UTC", "Europe/Rome", "America/New_York"])
def test_the_nightly_run_starts_at_two_in_the_configured_zone(zone: str) -> None:
    schedule = nightly(Settings(timezone=zone))
    assert schedule.execution_timezone == zone
    assert zone in str(schedule.description)
    assert schedule.cron_schedule == "0 2 * * *"


@pytest.mark.parametrize(
    ("sources", "status"),
    [
        (("articles", "https://x.example/rss"), dg.DefaultScheduleStatus.RUNNING),
        (("agencies.feeds",), dg.DefaultScheduleStatus.RUNNING),
        (("articles", "s3://bucket/articles"), dg.DefaultScheduleStatus.STOPPED),
    ],
)
def test_feeds_are_polled_every_hour_where_there_are_any(
    sources: tuple[str, ...], status: dg.DefaultScheduleStatus
) -> None:
    schedule = hourly(Settings(articles=sources))
    assert schedule.default_status == status
    assert schedule.cron_schedule == "30 * * * *"


def test_schedule_and_sensor_are_alive_without_a_click() -> None:
    assert nightly(Settings()).default_status == dg.DefaultScheduleStatus.RUNNING
    assert landing_folder.default_status == dg.DefaultSensorStatus.RUNNING
