"""``babelwire reference``: big open sets of organisations, people and places."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from assets.resources import Newsroom, Settings
from cli.console import HomeOption, console, show_progress
from pipelines.reference import open_sets
from warehouse.publisher import Home

app = typer.Typer(
    help="Big open sets as reference tables: list, pull, drop.", no_args_is_help=True
)


@app.command(name="list")
def list_(home: HomeOption = None) -> None:
    """Say which sets are here, and which could be pulled."""
    table = Table(box=None, padding=(0, 2), header_style="bold")
    for name in ("set", "state", "entities", "names", "licence", "what, or where from"):
        table.add_column(name, overflow="fold")
    here = {one.name: one for one in open_sets.pulled(_folder(home))}
    for one in here.values():
        counts = f"{one.entities:,}", f"{one.names:,}"
        pulled = f"pulled {one.pulled_at[:10]}"
        table.add_row(one.name, pulled, *counts, one.licence, escape(one.origin))
    for known in open_sets.SETS:
        if known.name not in here:
            table.add_row(known.name, "known", "", "", known.licence, escape(known.title))
    console.print(table)


@app.command()
def pull(
    name: Annotated[str, typer.Argument(help="Set: ror, wikidata.")],
    source: Annotated[
        str | None,
        typer.Option("--from", help="File, or address of one, instead of the newest version."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Fetch a set, or take it from a file; the next run knows its names."""
    chosen = open_sets.open_set(name)
    console.print(f"{chosen.name}: {escape(chosen.title)}")
    console.print(f"licence: {chosen.licence} ({chosen.homepage})")
    made = open_sets.pull(chosen, _folder(home), source, show_progress, Newsroom.now())
    console.print(
        f"{made.entities:,} entities with {made.names:,} names, in "
        f"{escape(str(_folder(home) / made.name))}; babelwire run makes mentions anew with them"
    )
    most = sorted(made.left_out.items(), key=lambda one: -one[1])
    for reason, count in most[:_REASONS]:
        console.print(f"left out: {count:,} {escape(reason)}")
    if most[_REASONS:]:
        rest = sum(count for _, count in most[_REASONS:])
        console.print(f"left out: {rest:,} for {len(most) - _REASONS} other reasons")


#: Reasons shown; an extract may hold hundreds of classes.
_REASONS = 10


@app.command()
def drop(
    name: Annotated[str, typer.Argument(help="Set that is here.")], home: HomeOption = None
) -> None:
    """Delete a set that was pulled; the next run no longer knows its names."""
    open_sets.drop(name, _folder(home))
    console.print(f"{name} is no longer here")


def _folder(home: Path | None) -> Path:
    return Home(home.resolve() if home else Settings.from_environment().home).reference
