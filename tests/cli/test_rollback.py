"""What the command says of the versions kept, and what readers see after it."""

import fcntl
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner
from typer.testing import Result as Answer

from cli.main import app
from warehouse import contracts, publisher, suites
from warehouse.contracts import Table
from warehouse.publisher import Home, build, current, held, publish, version_name
from warehouse.store import open_store
from warehouse.suites import Outcome, Result, check_table

NOW = datetime(2026, 11, 22, 17, 5)
Ask = Callable[..., Answer]


def published(home: Home, number: int) -> str:
    """Publish a day without news; return its version."""
    at = NOW + timedelta(days=number)
    version = version_name(at, f"{number:016}")
    build(home, version, target="en", fingerprint=str(number), started_at=at, now=lambda: at)
    publish(home, version, now=lambda: at)
    return version


@pytest.fixture(scope="module")
def kept(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Home, tuple[str, str]]]:
    """A home with two versions; what suites say of them is not what the tests are about."""
    home = Home(tmp_path_factory.mktemp("home"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publisher, "run_suite", judged_sound)
        patch.setattr(suites.run, "run_suite", judged_sound)
        with open_store(home.store) as store:
            for table in contracts.TABLES:
                if table.layer != "mart":
                    assert check_table(store, table.name, NOW).passed
        yield home, (published(home, 0), published(home, 1))


def judged_sound(_: object, table: Table, __: object) -> Outcome:
    return Outcome(table.name, (Result("sound", 0, None, 0, "error", True, "by hand"),))


@pytest.fixture
def ask(kept: tuple[Home, tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> Ask:
    for name in [name for name in os.environ if name.startswith(("BABELWIRE_", "DAGSTER_"))]:
        monkeypatch.delenv(name)

    def typed(*words: str, home: Path = kept[0].path) -> Answer:
        return CliRunner().invoke(app, [*words, "--home", str(home)])

    return typed


def test_readers_are_led_back_and_on_again(kept: tuple[Home, tuple[str, str]], ask: Ask) -> None:
    home, (first, second) = kept
    listed = ask("rollback").stdout.splitlines()
    assert [line.split()[0] for line in listed[1:3]] == [second, first]
    assert "2026-11-23 17:05" in listed[1]
    assert [line.rstrip().endswith("current") for line in listed[1:3]] == [True, False]

    back = ask("rollback", first)
    assert back.exit_code == 0
    assert f"readers see {first} of 2026-11-22 17:05 UTC, before {second}" in back.stdout
    assert f"not shown until: babelwire rollback {second}" in back.stdout
    assert current(home).version == held(home) == first  # type: ignore[union-attr]
    assert "current, held" in ask("rollback").stdout
    assert f"babelwire rollback {second}" in ask("status").stdout

    third = published(home, 2)
    assert f"babelwire rollback {third}" in ask("status").stdout
    assert ask("query", "SELECT version FROM mart_runs", "--format", "csv").stdout == (
        f"version\n{first}\n"
    )
    assert "it is the latest: runs publish again" in ask("rollback", third).stdout
    assert current(home).version == third  # type: ignore[union-attr]
    assert "held" not in ask("status").stdout


def test_a_version_that_is_not_kept_leads_to_those_that_are(
    kept: tuple[Home, tuple[str, str]], ask: Ask
) -> None:
    before = current(kept[0])
    answer = ask("rollback", "20200101T000000Z-00000000")
    assert answer.exit_code != 0
    assert all(version in str(answer.exception) for version in kept[1])
    assert current(kept[0]) == before


def test_nothing_is_rolled_back_where_nothing_is_published(ask: Ask, tmp_path: Path) -> None:
    for words in (["rollback"], ["rollback", "any"]):
        answer = ask(*words, home=tmp_path)
        assert answer.exit_code != 0
        assert f"nothing is published yet in {tmp_path}" in str(answer.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_publication_under_way_is_waited_for_by_the_person(
    kept: tuple[Home, tuple[str, str]], ask: Ask
) -> None:
    handle = os.open(kept[0].versions, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        answer = ask("rollback", kept[1][0])
    finally:
        os.close(handle)
    assert answer.exit_code != 0
    assert "is being published" in str(answer.exception)
    assert "try again" in str(answer.exception)
