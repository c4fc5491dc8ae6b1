"""``babelwire rollback``: the versions kept, and showing readers another of them."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from assets.resources import Settings
from cli.console import HomeOption, console
from warehouse.publisher import Home, NothingPublishedError, current, held, latest, versions
from warehouse.publisher import rollback as show


def rollback(
    version: Annotated[
        str | None, typer.Argument(help="Version to show; without it those kept are listed.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Show readers another version that is kept; at the latest one, runs publish again.

    Readers stay at an earlier version until another is chosen: what runs make meanwhile is checked
    and kept, and not shown. A session that is open goes on reading the version it opened.
    """
    folder = Home(home.resolve() if home else Settings.from_environment().home)
    if version is None:
        _list(folder)
        return
    before = current(folder)
    shown = show(folder, version)
    was = f", before {before.version}" if before and before.version != version else ""
    console.print(f"readers see {shown.version} of {shown.published_at:%Y-%m-%d %H:%M} UTC{was}")
    if held(folder) and (made := latest(folder)):
        console.print(
            "what runs make from now on is checked and kept, and not shown until: "
            f"babelwire rollback {made.version}, or a later one"
        )
    else:
        console.print("it is the latest: runs publish again what they make")


def _list(home: Home) -> None:
    kept, shown, is_held = versions(home), current(home), held(home) is not None
    if not kept or shown is None:
        raise NothingPublishedError(
            f"nothing is published yet in {home.path}; start with: babelwire run"
        )
    table = Table(box=None, padding=(0, 2), header_style="bold")
    table.add_column("version", no_wrap=True)
    table.add_column("published (UTC)")
    for name in ("articles", "new", "gone", "entities", "rows"):
        table.add_column(name, justify="right")
    table.add_column("")
    for one in kept:
        articles, entities = one.delta["mart_articles"], one.delta["mart_entities"]
        rows = sum(delta.rows for delta in one.delta.values())
        figures = (articles.rows, articles.added, articles.removed, entities.rows, rows)
        state = ("current, held" if is_held else "current") if one == shown else ""
        table.add_row(
            escape(one.version),
            f"{one.published_at:%Y-%m-%d %H:%M}",
            *(f"{figure:,}" for figure in figures),
            state,
        )
    console.print(table)
    console.print("show another:  babelwire rollback VERSION")
