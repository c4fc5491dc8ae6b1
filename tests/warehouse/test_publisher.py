import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import built
from newsroom import SEEN, Newsroom, Told

from warehouse import contracts, publisher, suites
from warehouse.contracts import Table
from warehouse.publisher import (
    Home,
    HomeError,
    NothingPublishedError,
    PublicationRefusedError,
    PublicationUnderWayError,
    build,
    current,
    held,
    latest,
    publish,
    published,
    rollback,
    version_name,
    versions,
)
from warehouse.store import Store, StoreLockedError, open_store
from warehouse.suites import Outcome, Result, check_table, suite

HERE = Path(__file__).parent
DAY = timedelta(days=1)


def seen() -> datetime:
    return SEEN


def of_building(home: Home, version: str) -> Path:
    return home.versions / f".building-{version}"


def bare(home: Home, version: str, quarantined: int = 0) -> None:
    """Put a checked build aside without building: a marts file that counts one thing twice.

    Its quarantined files are counted in ``mart_runs`` and stand in ``mart_quarantine``, so that a
    reader can tell whether it sees one version whole.
    """
    prepared = home.path / "prepared"
    if not prepared.exists():
        next(home.versions.glob(".building-*")).rename(prepared)
    folder = of_building(home, version)
    shutil.copytree(prepared, folder, ignore=shutil.ignore_patterns("parquet"))
    with duckdb.connect(str(folder / "marts.duckdb")) as connection:
        connection.execute("DELETE FROM mart_quarantine")
        connection.execute(
            "INSERT INTO mart_quarantine SELECT 'file_' || i, 'x', 'the whole file', 1, 'x', NULL, "
            "now()::TIMESTAMP FROM range($1) r(i)",
            [quarantined],
        )
        connection.execute(
            "UPDATE mart_runs SET version = $1, quarantined_files = $2", [version, quarantined]
        )
    checks = json.loads((folder / "checks.json").read_text())
    checks |= {"version": version, "sha256": publisher._sha256(folder / "marts.duckdb")}
    (folder / "checks.json").write_text(json.dumps(checks))


def judged_sound(_: object, table: Table, __: object) -> Outcome:
    return Outcome(table.name, (Result("sound", 0, None, 0, "error", True, "by hand"),))


@pytest.fixture
def unjudged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Suites are not run: what they say is not what the test is about."""
    monkeypatch.setattr(publisher, "run_suite", judged_sound)
    monkeypatch.setattr(suites.run, "run_suite", judged_sound)


def articles(home: Home) -> int:
    with published(home) as connection:
        return int(connection.sql("SELECT count(*) FROM mart_articles").fetchall()[0][0])


def test_what_is_published_is_what_was_built(home: Home, version: str) -> None:
    with pytest.raises(NothingPublishedError), published(home):
        pass
    assert current(home) is None
    done = publish(home, version, now=seen)
    assert (done.previous, done.removed) == (None, ())
    assert current(home) == done.manifest
    assert done.manifest.delta["mart_articles"] == publisher.Delta(4, 4, 0)
    assert articles(home) == 4
    folder = home.versions / version
    assert sorted(path.name for path in folder.iterdir()) == [
        "checks.json", "manifest.json", "marts.duckdb", "parquet",
    ]
    assert not home.marts.readlink().is_absolute()
    parquet = duckdb.sql(f"SELECT body_en FROM '{folder}/parquet/mart_articles.parquet'")
    assert len(parquet.fetchall()) == 4


def test_a_home_can_be_moved(home: Home, version: str, tmp_path: Path) -> None:
    publish(home, version, now=seen)
    assert articles(Home(home.path.rename(tmp_path / "elsewhere"))) == 4


def test_publishing_twice_does_nothing(home: Home, version: str) -> None:
    first = publish(home, version, now=seen)
    again = publish(home, version, now=lambda: SEEN + DAY)
    assert again.manifest == first.manifest


@pytest.mark.usefixtures("unjudged")
def test_the_next_version_tells_what_changed_and_keeps_the_history(
    home: Home, version: str
) -> None:
    publish(home, version, now=seen)

    def tell(news: Newsroom) -> None:
        news.article("oslo", [Told("Una notizia di Oslo.", "News.")], story="story_oslo")

    done = publish(home, built(home, tell, SEEN + DAY).version, now=seen)
    assert done.previous == version
    assert done.manifest.delta["mart_articles"] == publisher.Delta(5, 1, 0)
    assert done.manifest.delta["mart_runs"] == publisher.Delta(2, 1, 0)
    with published(home) as connection:
        runs = connection.sql(
            "SELECT articles, new_articles, segments, segments_untranslated, checks_passed "
            "FROM mart_runs ORDER BY version"
        ).fetchall()
    checks = len(contracts.TABLES) - 1 + len(suite(contracts.table("mart_runs")))
    assert [run[:4] for run in runs] == [(4, 4, 12, 2), (5, 1, 13, 2)]
    assert runs[0][4] > 300
    assert runs[1][4] == checks  # one expectation a table in this test, but for mart_runs


def test_a_failed_check_leaves_the_old_version_in_place(home: Home, version: str) -> None:
    publish(home, version, now=seen)
    with open_store(home.store) as store:
        store.connection.execute("UPDATE core_mentions SET surface = 'IMB' WHERE surface = 'IBM'")
        touch(store, "core_mentions")
        assert not check_table(store, "core_mentions", SEEN).passed
    failed = remade(home, "later")
    assert not failed.passed
    with pytest.raises(PublicationRefusedError) as refusal:
        publish(home, "later", now=seen)
    assert "mart_mentions fails surface is what the body has there: 3" in str(refusal.value)
    assert "core_mentions has no check of its present rows that passed" in str(refusal.value)
    assert current(home).version == version  # type: ignore[union-attr]
    assert articles(home) == 4


@pytest.mark.usefixtures("unjudged")
def test_rows_that_changed_after_their_check_are_not_published(home: Home) -> None:
    with open_store(home.store) as store:
        touch(store, "core_dates")
    remade(home, "later")
    with pytest.raises(PublicationRefusedError, match="core_dates has no check"):
        publish(home, "later", now=seen)


def touch(store: Store, table: str) -> None:
    store.connection.execute(
        "UPDATE work_tables SET revision = revision + 1 WHERE table_name = $1", [table]
    )


def remade(home: Home, version: str) -> publisher.Build:
    return build(home, version, target="en", fingerprint="f", started_at=SEEN, now=seen)


def test_bytes_that_were_not_checked_are_not_published(home: Home, version: str) -> None:
    with duckdb.connect(str(of_building(home, version) / "marts.duckdb")) as connection:
        connection.execute("DELETE FROM mart_quotes")
    with pytest.raises(PublicationRefusedError, match="is not the file that was checked"):
        publish(home, version, now=seen)
    assert current(home) is None


def test_a_build_without_its_checks_is_not_published(home: Home, version: str) -> None:
    (of_building(home, version) / "checks.json").unlink()
    with pytest.raises(PublicationRefusedError, match="did not end"):
        publish(home, version, now=seen)
    with pytest.raises(PublicationRefusedError, match="never built"):
        publish(home, "20200101T000000Z-00000000", now=seen)


def test_a_publication_killed_before_the_flip_can_be_repeated(
    home: Home, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(home: Home, version: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(publisher, "_point_to", killed)
        publish(home, version, now=seen)
    assert current(home) is None
    publish(home, version, now=seen)
    assert articles(home) == 4


def test_old_versions_go_and_those_that_may_be_read_stay(home: Home) -> None:
    names = [version_name(SEEN + day * DAY, "0" * 16) for day in range(5)]
    for day, name in enumerate(names):
        bare(home, name)
        publish(home, name, now=lambda day=day: SEEN + day * DAY, keep=2)
    assert [kept.version for kept in versions(home)] == names[:2:-1]
    rollback(home, names[3])
    bare(home, "20270101T000000Z-00000000")
    bare(home, "20270101T000001Z-00000000")
    for name in ("20270101T000000Z-00000000", "20270101T000001Z-00000000"):
        publish(home, name, now=lambda: SEEN + 40 * DAY, keep=1)
    assert [kept.version for kept in versions(home)] == [
        "20270101T000001Z-00000000", "20270101T000000Z-00000000", names[3],
    ]


def test_rolling_back_shows_an_earlier_version(home: Home) -> None:
    for number, name in enumerate(("a", "b")):
        bare(home, name, quarantined=number)
        publish(home, name, now=seen)
    assert rollback(home, "a").version == "a"
    assert current(home).version == "a"  # type: ignore[union-attr]
    with published(home) as connection:
        assert connection.sql("FROM mart_quarantine").fetchall() == []
    with pytest.raises(NothingPublishedError, match="no version c; there are: b, a"):
        rollback(home, "c")
    (home.versions / "b" / "marts.duckdb").chmod(0o644)
    with (home.versions / "b" / "marts.duckdb").open("ab") as file:
        file.write(b"x")
    with pytest.raises(PublicationRefusedError):
        rollback(home, "b")


def test_readers_led_back_stay_there_until_the_latest_version_is_chosen(home: Home) -> None:
    for name in ("a", "b"):
        bare(home, name)
        publish(home, name, now=seen)
    assert held(home) is None
    rollback(home, "a")
    bare(home, "c")
    done = publish(home, "c", now=seen)
    assert (done.previous, done.is_shown, held(home)) == ("a", False, "a")
    assert current(home).version == "a"  # type: ignore[union-attr]
    assert latest(home) == done.manifest
    rollback(home, "b")
    assert held(home) == "b"
    rollback(home, "c")
    assert held(home) is None
    bare(home, "d")
    assert publish(home, "d", now=seen).is_shown
    assert current(home).version == "d"  # type: ignore[union-attr]


@pytest.mark.usefixtures("unjudged")
def test_the_history_goes_on_from_the_latest_version_where_readers_are_held(
    home: Home, version: str
) -> None:
    publish(home, version, now=seen)
    publish(home, remade(home, "29990101-b").version, now=seen)
    rollback(home, version)
    done = publish(home, remade(home, "29990101-c").version, now=seen)
    with duckdb.connect(str(home.versions / "29990101-c" / "marts.duckdb"), read_only=True) as made:
        runs = made.sql("SELECT version, new_articles FROM mart_runs ORDER BY version").fetchall()
    assert runs == [(version, 4), ("29990101-b", 0), ("29990101-c", 0)]
    assert not done.is_shown


def test_a_version_of_before_a_table_was_known_can_be_shown_again(home: Home) -> None:
    for name in ("a", "b"):
        bare(home, name)
        publish(home, name, now=seen)
    file = home.versions / "a" / "checks.json"
    checks = json.loads(file.read_text())
    del checks["core"]["core_dates"]
    file.write_text(json.dumps(checks))
    assert rollback(home, "a").version == "a"


def test_nobody_rolls_back_in_the_middle_of_a_publication(
    home: Home, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def flip(home: Home, version: str) -> None:
        with pytest.raises(PublicationUnderWayError, match="this moment; try again"):
            rollback(home, version)
        tried.append(version)

    monkeypatch.setattr(publisher, "_point_to", flip)
    publish(home, version, now=seen)
    assert tried == [version]


def test_a_home_that_cannot_be_written_is_named(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        bare(home, name)
        publish(home, name, now=seen)

    def full(home: Home, version: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publisher, "_point_to", full)
    with pytest.raises(HomeError, match="No space left"):
        rollback(home, "a")
    assert current(home).version == "b"  # type: ignore[union-attr]


def test_names_of_versions_sort_by_time() -> None:
    assert version_name(datetime(2026, 11, 22, 17, 5, 1), "3f9a2c1b44") == (
        "20261122T170501Z-3f9a2c1b"
    )


@pytest.mark.parametrize(
    "query",
    [
        "FROM read_text('/etc/hostname')",
        "ATTACH '/tmp/other.duckdb'",
        "COPY mart_articles TO '/tmp/stolen.csv'",
        "INSTALL httpfs",
        "SET memory_limit = '64GB'",
        "SET enable_external_access = true",
        "DELETE FROM mart_articles",
        "CREATE TABLE mine AS SELECT 1",
        "EXPORT DATABASE '/tmp/stolen'",
    ],
)
def test_analysts_can_only_read_the_marts(home: Home, version: str, query: str) -> None:
    publish(home, version, now=seen)
    with published(home) as connection, pytest.raises(duckdb.Error):
        connection.sql(query)
        connection.execute(query)


def test_a_reader_keeps_its_version_while_another_is_published(home: Home) -> None:
    bare(home, "a", quarantined=1)
    publish(home, "a", now=seen)
    with published(home) as old:
        bare(home, "b", quarantined=2)
        publish(home, "b", now=seen)
        with published(home) as new:
            counts = [
                connection.sql("SELECT count(*) FROM mart_quarantine").fetchall()[0][0]
                for connection in (old, new)
            ]
    assert counts == [1, 2]


_READER = """
import sys, time, duckdb
link, stop = sys.argv[1:]
import os
seen = []
while True:
    last = os.path.exists(stop)
    with duckdb.connect(link, read_only=True, config={"threads": 1}) as connection:
        (row,) = connection.sql(
            "SELECT (SELECT quarantined_files FROM mart_runs), "
            "(SELECT count(*) FROM mart_quarantine), (SELECT count(*) FROM mart_articles)"
        ).fetchall()
    assert row[0] == row[1] and row[2] == 4, row
    time.sleep(0.01)
    if not seen:
        print("reading", flush=True)
    if not seen or seen[-1] != row[0]:
        seen.append(row[0])
    if last:
        break
print(seen, flush=True)
"""


_KEPT_OPEN = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    for _ in sys.stdin:
        (row,) = connection.sql(
            "SELECT (SELECT version FROM mart_runs), (SELECT count(*) FROM mart_quarantine), "
            "(SELECT sum(len(body)) FROM mart_articles)"
        ).fetchall()
        print(*row, flush=True)
"""


def test_an_open_connection_reads_on_through_publication_rollback_and_retirement(
    home: Home,
) -> None:
    bare(home, "a", quarantined=1)
    publish(home, "a", now=seen)
    analyst = subprocess.Popen(
        [sys.executable, "-c", _KEPT_OPEN, str(home.marts)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip

    def asked() -> str:
        assert analyst.stdin is not None
        assert analyst.stdout is not None
        analyst.stdin.write("?\n")
        analyst.stdin.flush()
        return analyst.stdout.readline()

    try:
        answer = asked()
        assert answer.startswith("a 1 ")
        bare(home, "b", quarantined=2)
        publish(home, "b", now=seen)
        assert asked() == answer
        rollback(home, "a")
        assert asked() == answer
        rollback(home, "b")
        bare(home, "c", quarantined=3)
        assert publish(home, "c", now=lambda: SEEN + DAY, keep=1).removed == ("a",)
        assert asked() == answer, "what is open is read on though its version is gone"
    finally:
        analyst.communicate(timeout=20)
    assert analyst.returncode == 0


def test_readers_see_whole_versions_through_twenty_publications(home: Home) -> None:
    bare(home, "v00")
    publish(home, "v00", now=seen)
    stop = home.path / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", _READER, str(home.marts), str(stop)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
    for number in range(1, 21):
        bare(home, f"v{number:02}", quarantined=number)
        publish(home, f"v{number:02}", now=seen)
    stop.touch()
    for reader in readers:
        output, errors = reader.communicate(timeout=20)
        assert reader.returncode == 0, errors
        numbers = json.loads(output)
        assert numbers == sorted(set(numbers))
        assert numbers[-1] == 20
        assert len(numbers) > 2


_DYING_BUILD = """
import sys, time
from datetime import datetime
from pathlib import Path
from warehouse import publisher
from warehouse.suites import Outcome
publisher.run_suite = lambda connection, table, expectations: Outcome(table.name, ())

def now():
    print("building", flush=True)
    time.sleep(60)

publisher.build(publisher.Home(Path(sys.argv[1])), "dying", target="en", fingerprint="f",
                started_at=datetime(2026, 11, 22), now=now)
"""


@pytest.mark.usefixtures("unjudged")
def test_a_killed_build_leaves_the_published_version_and_is_cleaned_up(
    home: Home, version: str
) -> None:
    publish(home, version, now=seen)
    dying = subprocess.Popen(
        [sys.executable, "-c", _DYING_BUILD, str(home.path)],
        stdout=subprocess.PIPE, text=True, cwd=HERE.parents[1],
    )  # fmt: skip
    assert dying.stdout is not None
    assert dying.stdout.readline() == "building\n"
    publisher._remove_remains(home)
    assert of_building(home, "dying").exists(), "a build that lives is left alone"
    os.kill(dying.pid, signal.SIGKILL)
    dying.communicate(timeout=10)
    with pytest.raises(PublicationRefusedError, match="did not end"):
        publish(home, "dying", now=seen)
    assert articles(home) == 4
    made = remade(home, "next")
    assert not of_building(home, "dying").exists()
    assert publish(home, made.version, now=seen).previous == version


def test_marts_are_not_built_while_the_store_is_written(home: Home) -> None:
    with open_store(home.store), pytest.raises(StoreLockedError, match="closed it"):
        remade(home, "later")
    with pytest.raises(FileNotFoundError, match="no store"):
        remade(Home(home.path / "nowhere"), "later")


def test_another_rule_for_a_mart_is_another_marts_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = publisher.marts_version()
    assert publisher.marts_version() == before
    from warehouse.marts import making

    shutil.copytree(making._FOLDER, tmp_path / "marts")
    with (tmp_path / "marts" / "mart_outlets.sql").open("a") as file:
        file.write("-- and another rule\n")
    monkeypatch.setattr(making, "_FOLDER", tmp_path / "marts")
    assert publisher.marts_version() != before


def test_every_table_of_the_store_must_be_checked(home: Home, version: str) -> None:
    checks = json.loads((of_building(home, version) / "checks.json").read_text())
    assert checks["core"] == {
        table.name: True for table in contracts.TABLES if table.layer != "mart"
    }
