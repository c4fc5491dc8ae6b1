"""How the command speaks: rich in a terminal, plain text elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
)

if TYPE_CHECKING:
    from assets.resources import Progress as Reporter

#: A pipe has no width; tables of this one are cut rarely and still read in a log.
_PIPE_WIDTH = 160

console = Console(
    highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _PIPE_WIDTH
)
_errors = Console(stderr=True, highlight=False, soft_wrap=True)

HomeOption = Annotated[
    Path | None,
    typer.Option(help="Folder of the store and the published marts.", show_default=False),
]


def say_error(message: str) -> None:
    """Print an error, to standard error."""
    label = "[bold red]error[/]" if _errors.is_terminal else "error:"
    _errors.print(f"{label} {escape(message)}")


@contextmanager
def progress() -> "Iterator[Reporter]":
    """Yield what is told of progress: a bar a table in a terminal, a line a table elsewhere."""
    if not console.is_terminal:
        yield _plain
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<22}"),
        BarColumn(),
        MofNCompleteColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(table: str, done: int, total: int) -> None:
            if table not in tasks:
                tasks[table] = bars.add_task(table, total=total)
            bars.update(tasks[table], completed=done, total=max(total, done))

        yield tell


def show_progress(name: str, done: int, total: int | None) -> None:
    """Say how much of a file is here: as it comes in a terminal, once elsewhere."""
    if console.is_terminal or done == total:
        share = f"{done / total:.0%} of {total / 1e6:.0f} MB" if total else f"{done / 1e6:.0f} MB"
        console.print(f"{escape(name)}: {share}", end="\r" if done != total else "\n")


def _plain(table: str, done: int, total: int) -> None:
    if done == total and total:
        console.print(f"{table}: {total}")
