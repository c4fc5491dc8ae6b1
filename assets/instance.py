"""The project's own Dagster instance: its settings, and recovery from runs that were killed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from sqlalchemy.exc import DBAPIError

from warehouse.publisher import HomeError

#: Who started a run from the command line, so that a dead one is known by its process.
PROCESS_TAG = "babelwire/process"

_CONFIGURATION = """\
# Written by Babelwire where there is none; yours to change.
telemetry:
  enabled: false
python_logs:
  python_log_level: INFO  # steps are told in the browser; the console tells runs and errors
nux:
  enabled: false  # no sign-up window
concurrency:
  pools:
    default_limit: 1  # one writer: runs wait for each other at the warehouse
"""


def prepare(folder: Path) -> None:
    """Make a folder Dagster's home, for this process and those it starts.

    Raises HomeError where it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        configuration = folder / "dagster.yaml"
        if not configuration.exists():
            configuration.write_text(_CONFIGURATION)
    except OSError as error:
        raise HomeError(folder, error.strerror) from error
    os.environ["DAGSTER_HOME"] = str(folder.resolve())


@contextmanager
def opened(folder: Path) -> Iterator[dg.DagsterInstance]:
    """Open the instance that keeps its records in a folder.

    Raises HomeError where they cannot be kept, at the start or in the middle of a run.
    """
    prepare(folder)
    try:
        instance = dg.DagsterInstance.get()
    except OSError as error:
        raise HomeError(folder, error.strerror) from error
    except DBAPIError as error:
        raise HomeError(folder, error.orig) from error
    try:
        with instance:
            yield instance
    except DBAPIError as error:
        raise HomeError(folder, error.orig) from error


def release_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Report runs failed whose process is gone, free the slots they hold; return their ids.

    Dagster frees those it launched itself; a command that was killed leaves its run started and
    its slot taken, and the next run would wait for ever.
    """
    started = instance.get_runs(
        filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING])
    )
    dead = [run for run in started if PROCESS_TAG in run.tags and not _lives(run.tags[PROCESS_TAG])]
    for run in dead:
        instance.report_run_failed(run, "the process that ran it is gone")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return [run.run_id for run in dead]


def process_name(pid: int | None = None) -> str:
    """Return a name of a process that no later one with its number shares: number and start."""
    number = pid or os.getpid()
    try:
        started = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return str(number)
    return f"{number}@{started}"


def _lives(name: str) -> bool:
    number = int(name.partition("@")[0])
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process_name(number) == name
