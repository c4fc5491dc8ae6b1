"""Versions of the marts, and which of them readers see.

The law of this file: readers see the old version or the new one, whole. A version is built aside,
checked, written through to the disk, and only then does one link change. What its checks have not
passed is never published, whoever asks; what is published never changes. Where readers were led
back to an earlier version, no publication leads them on: somebody chooses a newer one.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from warehouse import contracts
from warehouse.contracts import Table
from warehouse.marts.making import MARTS, RUNS, create, make_marts, marts_version, opened_beside
from warehouse.store import Store
from warehouse.suites import Outcome, run_suite, suite, suite_version

__all__ = [
    "Build",
    "Delta",
    "Home",
    "HomeError",
    "Manifest",
    "NothingPublishedError",
    "PublicationRefusedError",
    "PublicationUnderWayError",
    "Published",
    "build",
    "built_version",
    "current",
    "fingerprint",
    "held",
    "latest",
    "marts_version",
    "publish",
    "published",
    "read_version",
    "rollback",
    "version_name",
    "versions",
]

Now = Callable[[], datetime]

_MARTS_FILE = "marts.duckdb"
_CHECKS_FILE = "checks.json"
_MANIFEST_FILE = "manifest.json"
_HOLD_FILE = "held"
_BUILDING = ".building-"

#: A reader that resolved the link just before it changed may still be opening the old file.
_STILL_READ = timedelta(hours=1)

#: A sentence names this many failed expectations of a table; the outcome has all of them.
_MOST_NAMED = 3


class PublicationRefusedError(RuntimeError):
    """A version may not be published; the message says which expectations failed."""


class HomeError(OSError):
    """A home cannot be written; the message names the place, the reason and the remedy."""

    def __init__(self, place: Path, reason: object) -> None:
        """Take what could not be written, and what the system says."""
        super().__init__(
            f"{place} cannot be written ({reason}); free space on its disk or mend its "
            "permissions, or choose another home, and run again: what was done stays"
        )


class NothingPublishedError(LookupError):
    """There is no published version yet, or not the one asked for."""


class PublicationUnderWayError(RuntimeError):
    """Another process changes this moment which version readers see."""


@dataclass(frozen=True)
class Home:
    """The folder that holds the store, the versions of the marts, and the link readers follow."""

    path: Path

    @property
    def store(self) -> Path:
        """The working file, with one writer."""
        return self.path / "store.duckdb"

    @property
    def marts(self) -> Path:
        """The link to the published file."""
        return self.path / _MARTS_FILE

    @property
    def versions(self) -> Path:
        """The folder of versions."""
        return self.path / "versions"

    @property
    def feeds(self) -> Path:
        """The last snapshot of every feed."""
        return self.path / "feeds"

    @property
    def reference(self) -> Path:
        """The big open sets that were pulled."""
        return self.path / "reference"

    @property
    def dagster(self) -> Path:
        """Dagster's own folder."""
        return self.path / "dagster"


@dataclass(frozen=True)
class Build:
    """A version built aside, and what its checks said."""

    version: str
    folder: Path
    outcomes: Mapping[str, Outcome]
    store_checks: Mapping[str, bool]

    @property
    def passed(self) -> bool:
        """Whether it may be published."""
        return not self.refusals

    @property
    def refusals(self) -> tuple[str, ...]:
        """A sentence for each table that stands in the way of publication."""
        return _refusals(self.outcomes, self.store_checks)

    @contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the marts of this version for reading."""
        with duckdb.connect(str(self.folder / _MARTS_FILE), read_only=True) as connection:
            yield connection


@dataclass(frozen=True)
class Delta:
    """How a mart differs, by key, from the version before."""

    rows: int
    added: int
    removed: int


@dataclass(frozen=True)
class Manifest:
    """What a published version is."""

    version: str
    fingerprint: str
    published_at: datetime
    sha256: str
    delta: Mapping[str, Delta]


@dataclass(frozen=True)
class Published:
    """What a publication did: the version made, the one readers saw before, those removed.

    ``is_shown`` is false where readers are held at the one before.
    """

    manifest: Manifest
    previous: str | None
    removed: tuple[str, ...]
    is_shown: bool = True


def fingerprint(store: Store) -> str:
    """Return a hash of all that the marts are made from: equal means a build would add nothing."""
    return hashlib.sha256(f"{store.fingerprint()} {marts_version()}".encode()).hexdigest()[:16]


def version_name(now: datetime, fingerprint: str) -> str:
    """Return the name of a version: names sort by time, and tell what they were made from."""
    return f"{now:%Y%m%dT%H%M%SZ}-{fingerprint[:8]}"


# -- building ------------------------------------------------------------------------------


def build(
    home: Home, version: str, *, target: str, fingerprint: str, started_at: datetime, now: Now
) -> Build:
    """Build a version aside from the store, check those very bytes, and write them through.

    The store must be closed: raises StoreLockedError while somebody writes it. Remains of builds
    that died are removed first. A build that fails its checks is kept for inspection until then.
    """
    home.versions.mkdir(parents=True, exist_ok=True)
    _remove_remains(home)
    folder = home.versions / f"{_BUILDING}{version}"
    folder.mkdir()
    with _locked(folder):
        outcomes, store_checks = _write_marts(
            home, folder, version, target=target, started_at=started_at, now=now
        )
        _sync(folder / _MARTS_FILE)
        _write_json(
            folder / _CHECKS_FILE,
            {
                "version": version,
                "fingerprint": fingerprint,
                "sha256": _sha256(folder / _MARTS_FILE),
                "outcomes": {name: outcome.to_dict() for name, outcome in outcomes.items()},
                "core": store_checks,
            },
        )
        _sync(folder)
    return Build(version, folder, outcomes, store_checks)


def _write_marts(
    home: Home, folder: Path, version: str, *, target: str, started_at: datetime, now: Now
) -> tuple[dict[str, Outcome], dict[str, bool]]:
    with opened_beside(home.store, folder / _MARTS_FILE, target) as connection:
        make_marts(connection)
        outcomes = {table.name: run_suite(connection, table, suite(table)) for table in MARTS}
        checks = _store_checks(connection)
        create(connection, RUNS)
        new_articles = _carry_runs(connection, home)
        known = [*outcomes.values(), *(outcome for outcome in checks.values() if outcome)]
        _add_run(
            connection,
            version,
            outcomes=known,
            new_articles=new_articles,
            started_at=started_at,
            now=now(),
        )
        outcomes[RUNS.name] = run_suite(connection, RUNS, suite(RUNS))
        _copy_to_parquet(connection, folder / "parquet")
        connection.execute("CHECKPOINT")
    return outcomes, {name: outcome is not None for name, outcome in checks.items()}


def _store_checks(connection: duckdb.DuckDBPyConnection) -> dict[str, Outcome | None]:
    """Return each store table's outcome where today's suite passed at its present revision."""
    rows = connection.sql(
        """
        SELECT table_name, c.suite, c.outcome
        FROM store.work_checks c JOIN store.work_tables t USING (table_name, revision)
        WHERE c.passed
        """
    ).fetchall()
    passed = {(name, version): outcome for name, version, outcome in rows}
    outcomes: dict[str, Outcome | None] = {}
    for table in contracts.TABLES:
        if table.layer != "mart":
            outcome = passed.get((table.name, suite_version(table)))
            outcomes[table.name] = Outcome.from_dict(json.loads(outcome)) if outcome else None
    return outcomes


def _carry_runs(connection: duckdb.DuckDBPyConnection, home: Home) -> int:
    """Carry over the history of the latest version; return the articles that are not in it."""
    before = latest(home)
    if before is None:
        return _count(connection, "mart_articles")
    with _attached(connection, home.versions / before.version / _MARTS_FILE, "published"):
        there = _columns(connection, "published")[RUNS.name]
        columns = ", ".join(f'"{name}"' for name in RUNS.column_names if name in there)
        connection.execute(
            f"INSERT INTO mart_runs BY NAME SELECT {columns} FROM published.main.mart_runs"
        )
        return _count(
            connection,
            "(FROM mart_articles ANTI JOIN published.main.mart_articles USING (article_id))",
        )


def _add_run(
    connection: duckdb.DuckDBPyConnection,
    version: str,
    *,
    outcomes: list[Outcome],
    new_articles: int,
    started_at: datetime,
    now: datetime,
) -> None:
    # The row counts the expectations of its own table as held: with one broken it is never seen.
    passed = sum(outcome.held for outcome in outcomes) + len(suite(RUNS))
    connection.execute(
        """
        INSERT INTO mart_runs BY NAME SELECT
            $version AS version,
            $now::TIMESTAMP AS published_at,
            (SELECT count(*) FROM mart_articles) AS articles,
            $new_articles AS new_articles,
            (SELECT count(*) FROM mart_quarantine WHERE place = 'the whole file')
                AS quarantined_files,
            (SELECT count(*) FROM mart_quarantine WHERE place <> 'the whole file')
                AS rejected_parts,
            (SELECT count(*) FROM mart_segments) AS segments,
            (SELECT count(*) FROM mart_segments WHERE text_en IS NULL) AS segments_untranslated,
            $passed AS checks_passed,
            $warned AS checks_warned,
            $seconds AS seconds
        """,
        {
            "version": version,
            "now": now,
            "new_articles": new_articles,
            "passed": passed,
            "warned": sum(outcome.warned for outcome in outcomes),
            "seconds": (now - started_at).total_seconds(),
        },
    )


def _copy_to_parquet(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    folder.mkdir()
    for table in (*MARTS, RUNS):
        file = folder / f"{table.name}.parquet"
        connection.execute(
            f"COPY {table.name} TO {_literal(file)} (FORMAT parquet, COMPRESSION zstd)"
        )
        _sync(file)
    _sync(folder)


def _remove_remains(home: Home) -> None:
    for folder in home.versions.glob(f"{_BUILDING}*"):
        with _locked(folder) as is_mine:
            if is_mine:
                shutil.rmtree(folder)


@contextmanager
def _locked(folder: Path, *, wait: bool = False) -> Iterator[bool]:
    """Lock a folder while it is written; yield whether nobody else does, or wait for them.

    The lock goes with its process, so what a killed build leaves is free to be removed.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def built_version(home: Home) -> str | None:
    """Return the version that is built and waits to be published, if there is one."""
    built = sorted(home.versions.glob(f"{_BUILDING}*/{_CHECKS_FILE}"))
    return built[-1].parent.name.removeprefix(_BUILDING) if built else None


def read_version(home: Home, version: str) -> Build:
    """Return a version, built or published, with what its checks said.

    Raises PublicationRefusedError where there is none.
    """
    folder = _built_folder(home, version)
    checks = json.loads((folder / _CHECKS_FILE).read_text("utf-8"))
    outcomes = {name: Outcome.from_dict(made) for name, made in checks["outcomes"].items()}
    return Build(version, folder, outcomes, checks["core"])


# -- publishing ----------------------------------------------------------------------------


def publish(home: Home, version: str, *, now: Now, keep: int = 5) -> Published:
    """Make a built version the one readers see, and remove versions nobody needs.

    Where readers are held at an earlier version (see :func:`rollback`), it is kept and not shown.
    The newest ``keep`` stay, as do the one before and any that may be read this moment. Asking
    again for what is published does nothing. Raises PublicationRefusedError, naming what failed,
    unless the version's checks passed on these very bytes.
    """
    folder = _built_folder(home, version)
    with _locked(home.versions, wait=True):
        return _publish(home, folder, version, now=now, keep=keep)


def _publish(home: Home, folder: Path, version: str, *, now: Now, keep: int) -> Published:
    before = current(home)
    if before and before.version == version:
        return Published(before, version, ())
    checks = _verified_checks(folder, version)
    manifest = Manifest(
        version,
        checks["fingerprint"],
        now(),
        checks["sha256"],
        _delta(folder / _MARTS_FILE, home.marts.resolve() if before else None),
    )
    _write_manifest(folder, manifest)
    # Whoever forgets to open it read-only would lock all other readers out.
    (folder / _MARTS_FILE).chmod(0o444)
    _sync(folder)
    folder.replace(home.versions / version)
    _sync(home.versions)
    is_shown = held(home) is None
    if is_shown:
        _point_to(home, version)
    removed = _retire(home, {version, *([before.version] if before else [])}, keep, now())
    return Published(manifest, before.version if before else None, removed, is_shown)


def _built_folder(home: Home, version: str) -> Path:
    """Return where a version was built, or where a publication that was killed had moved it."""
    for folder in (home.versions / f"{_BUILDING}{version}", home.versions / version):
        if folder.is_dir():
            return folder
    raise PublicationRefusedError(
        f"version {version} is not published: it was never built, or a later build removed it; "
        "build again"
    )


def _verified_checks(folder: Path, version: str) -> dict[str, Any]:
    """Return a build's checks; raises PublicationRefusedError unless they allow publication."""
    checks = _checks_of_these_bytes(folder, version)
    outcomes = {name: Outcome.from_dict(made) for name, made in checks["outcomes"].items()}
    refusals = _refusals(outcomes, checks["core"])
    if refusals:
        raise PublicationRefusedError(f"version {version} is not published: {'; '.join(refusals)}")
    return checks


def _checks_of_these_bytes(folder: Path, version: str) -> dict[str, Any]:
    """Return a version's checks; raises PublicationRefusedError unless they are of this file."""
    try:
        checks: dict[str, Any] = json.loads((folder / _CHECKS_FILE).read_text("utf-8"))
    except FileNotFoundError:
        raise PublicationRefusedError(
            f"version {version} is not published: its build did not end; build again"
        ) from None
    if checks["version"] != version or checks["sha256"] != _sha256(folder / _MARTS_FILE):
        raise PublicationRefusedError(
            f"version {version} is not published: {folder / _MARTS_FILE} is not the file that "
            "was checked; build again"
        )
    return checks


def _refusals(outcomes: Mapping[str, Outcome], store_checks: Mapping[str, bool]) -> tuple[str, ...]:
    unchecked = [
        f"{table.name} has no check of its present rows that passed"
        for table in contracts.TABLES
        if not (table.name in outcomes or store_checks.get(table.name, False))
    ]
    failed = [
        f"{outcome.table} fails "
        + ", ".join(result.sentence() for result in outcome.failures[:_MOST_NAMED])
        for outcome in outcomes.values()
        if not outcome.passed
    ]
    return (*failed, *unchecked)


def _delta(new: Path, old: Path | None) -> dict[str, Delta]:
    with duckdb.connect(str(new), read_only=True) as connection:
        if old is None:
            return {
                table.name: Delta(count := _count(connection, table.name), count, 0)
                for table in (*MARTS, RUNS)
            }
        with _attached(connection, old, "old"):
            known = _columns(connection, "old")
            return {
                table.name: _delta_of(connection, table, known.get(table.name, ()))
                for table in (*MARTS, RUNS)
            }


def _delta_of(
    connection: duckdb.DuckDBPyConnection, table: Table, old_columns: Collection[str]
) -> Delta:
    if not set(table.key) <= set(old_columns):
        rows = _count(connection, table.name)
        return Delta(rows, rows, 0)
    key = ", ".join(f'"{name}"' for name in table.key)
    new, old = (f"SELECT {key} FROM {name}" for name in (table.name, f"old.main.{table.name}"))
    # EXCEPT takes nulls as equal, which keys of outlets and roles have.
    ((rows, added, removed),) = connection.sql(
        f"SELECT (SELECT count(*) FROM {table.name}), "
        f"(SELECT count(*) FROM ({new} EXCEPT {old})), "
        f"(SELECT count(*) FROM ({old} EXCEPT {new}))"
    ).fetchall()
    return Delta(rows, added, removed)


def _point_to(home: Home, version: str) -> None:
    """Flip the link: whoever opens it gets the old file or the new one.

    The link is relative, so that a home can be moved.
    """
    link = home.path / f".{_MARTS_FILE}-{secrets.token_hex(8)}"
    link.symlink_to(Path("versions") / version / _MARTS_FILE)
    link.replace(home.marts)
    _sync(home.path)


def _retire(home: Home, needed: set[str], keep: int, now: datetime) -> tuple[str, ...]:
    old = [
        manifest.version
        for manifest in versions(home)[keep:]
        if manifest.version not in needed and now - manifest.published_at > _STILL_READ
    ]
    for version in old:
        # Under its building name, what a kill leaves here is removed by the next build.
        remains = home.versions / f"{_BUILDING}{version}"
        (home.versions / version).replace(remains)
        shutil.rmtree(remains)
    return tuple(old)


def rollback(home: Home, version: str) -> Manifest:
    """Show readers another version that is kept, whatever is made anew meanwhile; none goes.

    At the latest version readers are no longer held: they go on to what is published next.
    Whether today's checks would pass is not asked: those of its own time did. Raises
    NothingPublishedError, naming the versions there are, where it is not among them;
    PublicationRefusedError where its file is no longer what was published;
    PublicationUnderWayError while another process publishes, and HomeError where nothing can be
    written.
    """
    if not home.versions.exists():
        raise NothingPublishedError(
            f"nothing is published yet in {home.path}; start with: babelwire run"
        )
    with _locked(home.versions) as is_mine:
        if not is_mine:
            raise PublicationUnderWayError(
                f"a version is being published in {home.path} this moment; try again"
            )
        kept = {manifest.version: manifest for manifest in versions(home)}
        if version not in kept:
            raise NothingPublishedError(
                f"there is no version {version}; there are: {', '.join(kept) or 'none yet'}"
            )
        _checks_of_these_bytes(home.versions / version, version)
        try:
            _hold(home, version, is_latest=version == next(iter(kept)))
        except OSError as error:
            raise HomeError(home.path, error.strerror) from error
        return kept[version]


def _hold(home: Home, version: str, *, is_latest: bool) -> None:
    """Show a version; a kill in between leaves readers held, never led on by themselves."""
    hold = home.path / _HOLD_FILE
    if is_latest:
        _point_to(home, version)
        hold.unlink(missing_ok=True)
    else:
        hold.write_text(f"{version}\n")
        _sync(hold)
        _point_to(home, version)
    _sync(home.path)


# -- reading -------------------------------------------------------------------------------


def current(home: Home) -> Manifest | None:
    """Return the version readers see, if any."""
    try:
        return _read_manifest(home.path / home.marts.readlink().parent)
    except FileNotFoundError:
        return None


def held(home: Home) -> str | None:
    """Return the version at which readers are held, if somebody led them back to one."""
    try:
        return (home.path / _HOLD_FILE).read_text().strip()
    except FileNotFoundError:
        return None


def latest(home: Home) -> Manifest | None:
    """Return the version made last: the one readers see, unless they are held at another."""
    return next(iter(versions(home)), None) if held(home) else current(home)


def versions(home: Home) -> tuple[Manifest, ...]:
    """Return the versions that are kept, newest first."""
    manifests = sorted(home.versions.glob(f"[!.]*/{_MANIFEST_FILE}"), reverse=True)
    return tuple(_read_manifest(manifest.parent) for manifest in manifests)


@contextmanager
def published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published marts for an analyst's queries: nothing else can be read or changed.

    The caller bounds the time, by ``interrupt()``. Raises NothingPublishedError before the first
    publication.
    """
    if not home.marts.exists():
        raise NothingPublishedError(
            f"nothing is published yet in {home.path}; start with: babelwire run"
        )
    # DuckDB shares one open file a path within a process: the link itself would give old data.
    connection = duckdb.connect(
        str(home.marts.resolve()),
        read_only=True,
        config={
            "enable_external_access": "false",
            "memory_limit": "2GB",
            "temp_directory": "",  # a large query fails rather than write beside the version
            "lock_configuration": "true",
        },
    )
    try:
        yield connection
    finally:
        connection.close()


# -- plumbing ------------------------------------------------------------------------------


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, file: Path, name: str) -> Iterator[None]:
    connection.execute(f"ATTACH {_literal(file)} AS {name} (READ_ONLY)")
    try:
        yield
    finally:
        connection.execute(f"DETACH {name}")


def _columns(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, list[str]]:
    """Return the columns of an attached file's tables, by table."""
    rows = connection.sql(
        "SELECT table_name, list(column_name) FROM duckdb_columns() "
        "WHERE database_name = $catalog GROUP BY table_name",
        params={"catalog": catalog},
    ).fetchall()
    return dict(rows)


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    return int(connection.sql(f"SELECT count(*) FROM {source}").fetchall()[0][0])


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    _write_json(
        folder / _MANIFEST_FILE,
        {**asdict(manifest), "published_at": manifest.published_at.isoformat()},
    )


def _read_manifest(folder: Path) -> Manifest:
    made: dict[str, Any] = json.loads((folder / _MANIFEST_FILE).read_text("utf-8"))
    return Manifest(
        made["version"],
        made["fingerprint"],
        datetime.fromisoformat(made["published_at"]),
        made["sha256"],
        {table: Delta(**delta) for table, delta in made["delta"].items()},
    )


def _write_json(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    _sync(file)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
