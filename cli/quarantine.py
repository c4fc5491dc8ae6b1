"""``babelwire quarantine``: what could not be read, and reading it again."""

from dataclasses import replace
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from assets.resources import Newsroom, Settings
from cli.console import HomeOption, console
from cli.run import run_and_tell
from warehouse.publisher import Home, published

app = typer.Typer(help="What could not be read: list it, read it again.", no_args_is_help=True)


@app.command(name="list")
def list_(home: HomeOption = None) -> None:
    """Say what is quarantined in the published version, where, why, and what to do."""
    with published(Home(_settings(home).home)) as marts:
        held = marts.sql(
            "SELECT source_path, place, reason, excerpt FROM mart_quarantine ORDER BY ALL"
        ).fetchall()
    if not held:
        console.print("nothing is quarantined")
        return
    table = Table(box=None, padding=(0, 2), header_style="bold")
    for name in ("file", "place", "reason", "begins"):
        table.add_column(name, overflow="fold")
    for row in held:
        table.add_row(*(escape(cell or "") for cell in row))
    console.print(table)


@app.command()
def replay(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, as listed; all where none is named.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Read quarantined files again, then do and publish what is new.

    What was mended on disk, or can be read by a newer reader, is read again without this.
    """
    settings = _settings(home)
    with Newsroom(settings).store() as store:
        count = store.replay(paths or ())
    console.print(f"{count} files are read again")
    if count:
        run_and_tell(settings)


def _settings(home: HomeOption) -> Settings:
    settings = Settings.from_environment()
    return replace(settings, home=home.resolve()) if home else settings
