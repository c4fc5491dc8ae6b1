"""``babelwire review``: what is ambiguous, and what a reviewer decides about it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import duckdb
import polars as pl
import typer
from rich.markup import escape
from rich.table import Table

from assets.resources import Newsroom, Settings
from cli.console import HomeOption, console, say_error
from pipelines.reference.judgements import judge, read_judgements, take_back, write_judgements
from pipelines.resolution.judgements import ContradictionError, Judged
from warehouse.contracts.seed import JUDGED, JUDGEMENTS
from warehouse.publisher import Home, published

app = typer.Typer(
    help="What is ambiguous, and what a reviewer decides about it.", no_args_is_help=True
)

_KIND = Annotated[str, typer.Option("--kind", help=f"What is judged: {', '.join(JUDGED)}.")]
_LEFT = Annotated[
    str, typer.Argument(help="A name or its id; an article's id or file; a quote_id.")
]
_RIGHT = Annotated[str, typer.Argument(help="The other.")]

#: What a person may call a thing by, beside its id; and the things that go by it.
_CALLED = {
    "entity": "SELECT name_id FROM mart_names WHERE name_id = $1 OR lower(name) = lower($1) "
    "UNION SELECT entity_id FROM mart_entities WHERE entity_id = $1",
    "story": "SELECT article_id FROM mart_articles WHERE article_id = $1 OR source_path = $1",
    "statement": "SELECT quote_id FROM mart_quotes WHERE quote_id = $1",
}

#: Things and their groups as published.
_GROUPS = {
    "entity": "SELECT name_id, entity_id FROM mart_names WHERE list_contains($1, name_id)",
    "story": "SELECT article_id, story_id FROM mart_articles WHERE list_contains($1, article_id)",
    "statement": "SELECT quote_id, statement_id FROM mart_quotes WHERE list_contains($1, quote_id)",
}


@app.command(name="list")
def list_(
    home: HomeOption = None,
    limit: Annotated[int, typer.Option(help="Names shown at most; 0 shows all.")] = 50,
) -> None:
    """Show names that could be several entities' and are joined to none, the most used first."""
    with published(_home(_settings(home))) as marts:
        rows = marts.sql(
            "SELECT name, name_id, mentions, rivals FROM mart_names WHERE len(rivals) > 0 "
            "ORDER BY mentions DESC, name_id" + (f" LIMIT {limit}" if limit else "")
        ).fetchall()
    if not rows:
        console.print("nothing is ambiguous")
        return
    table = Table(box=None, padding=(0, 2), header_style="bold")
    for column in ("name", "id", "mentions", "could be"):
        table.add_column(column, overflow="fold")
    for name, name_id, mentions, rivals in rows:
        could_be = ", ".join(f"{one['name']} ({one['entity_id']})" for one in rivals)
        table.add_row(escape(name), escape(name_id), str(mentions), escape(could_be))
    console.print(table)
    console.print('decide:  babelwire review judge "NAME" "OTHER" same|different|unsure')


@app.command(name="judge")
def judge_(
    left: _LEFT,
    right: _RIGHT,
    judgement: Annotated[str, typer.Argument(help=f"One of: {', '.join(JUDGEMENTS)}.")],
    kind: _KIND = "entity",
    by: Annotated[str, typer.Option("--by", help="Who decides.")] = "reviewer",
    note: Annotated[str, typer.Option(help="Why.")] = "",
    home: HomeOption = None,
) -> None:
    """Decide whether two things are the same; the next run publishes what follows from it."""
    settings = _settings(home)
    if judgement not in JUDGEMENTS or kind not in JUDGED:
        say_error(f"no {judgement} of {kind}; say {', '.join(JUDGEMENTS)} of {', '.join(JUDGED)}")
        raise typer.Exit(2)
    pair = _things(settings, kind, left, right)
    path = _file(settings)
    now = Newsroom(settings).now()
    judgements = judge(read_judgements(path), kind, *pair, judgement, by, now, note)
    _check(judgements)
    write_judgements(path, judgements)
    console.print(f"{pair[0]} and {pair[1]}: {judgement}; written to {path}, in effect next run")


@app.command()
def undo(
    left: _LEFT,
    right: _RIGHT,
    kind: _KIND = "entity",
    home: HomeOption = None,
) -> None:
    """Take back what was decided of two things; it stays on record, and has no effect."""
    settings = _settings(home)
    pair = _things(settings, kind, left, right)
    path = _file(settings)
    judgements, count = take_back(read_judgements(path), kind, *pair, Newsroom(settings).now())
    if not count:
        say_error(f"nothing is decided of {pair[0]} and {pair[1]}; see: babelwire review history")
        raise typer.Exit(1)
    write_judgements(path, judgements)
    console.print(f"{pair[0]} and {pair[1]}: taken back, in effect next run")


@app.command()
def history(home: HomeOption = None) -> None:
    """Show all that was decided, also what was taken back, and whether what is published agrees."""
    settings = _settings(home)
    judgements = read_judgements(_file(settings))
    if judgements.is_empty():
        console.print("nothing has been decided")
        return
    with published(_home(settings)) as marts:
        told = dict(_published(marts, judgements))
    table = Table(box=None, padding=(0, 2), header_style="bold")
    for column in ("kind", "left", "right", "judgement", "by", "at", "taken back", "published"):
        table.add_column(column, overflow="fold")
    for row in judgements.iter_rows(named=True):
        table.add_row(
            *(
                escape(row[name] or "")
                for name in ("kind", "left", "right", "judgement", "judged_by", "judged_at")
            ),
            escape(row["withdrawn_at"] or ""),
            told.get((row["kind"], row["left"], row["right"]), "not in it"),
        )
    console.print(table)


@app.command()
def replay(
    home: HomeOption = None,
    at_least: Annotated[
        float | None, typer.Option(help="Exit with 1 if a smaller share is right.", min=0, max=1)
    ] = None,
) -> None:
    """Resolve without any judgement, and say of each whether the machine finds the same."""
    from assets.resolution import without_judgements
    from pipelines.evaluation.judgements import replayed

    settings = _settings(home)
    judgements = read_judgements(_file(settings))
    with Newsroom(settings).store() as store:
        cases = replayed(judgements, without_judgements(store, set(judgements["kind"])))
    if cases.is_empty():
        console.print("nothing has been decided")
        return
    for row in cases.filter(~pl.col("right_so")).iter_rows(named=True):
        told = f"{row['kind']} {row['left']} and {row['right']}: {row['judgement']}, not found so"
        console.print(escape(told))
    share = float(cases["right_so"].sum()) / cases.height
    console.print(f"{cases['right_so'].sum()} of {cases.height} judgements are found without them")
    if at_least is not None and share < at_least:
        raise typer.Exit(1)


def _published(
    marts: duckdb.DuckDBPyConnection, judgements: pl.DataFrame
) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Yield kind, left and right of what is published, and whether they are the same there."""
    for kind, left, right in judgements.select("kind", "left", "right").unique().rows():
        groups = marts.sql(_GROUPS[kind], params=[[left, right]]).fetchall()
        found = dict(groups)
        if left in found and right in found:
            yield (kind, left, right), "same" if found[left] == found[right] else "different"


def _things(settings: Settings, kind: str, *called: str) -> tuple[str, str]:
    """Return the ids of two things, as the published version has them."""
    with published(_home(settings)) as marts:
        left, right = (_thing(marts, kind, name) for name in called)
    if left == right:
        say_error(f"{called[0]} and {called[1]} are one name, {left}; a name cannot be parted")
        raise typer.Exit(2)
    return left, right


def _thing(marts: duckdb.DuckDBPyConnection, kind: str, name: str) -> str:
    found = sorted(row[0] for row in marts.sql(_CALLED[kind], params=[name]).fetchall())
    if len(found) == 1:
        return str(found[0])
    if name in found:
        return name
    if found:
        say_error(f"{name} is several: {', '.join(found)}; name one of them")
    else:
        say_error(f"no {kind} {name} is published; look with: babelwire query")
    raise typer.Exit(2)


def _check(judgements: pl.DataFrame) -> None:
    """Refuse judgements that cannot all hold, before they stop a run."""
    try:
        for kind in JUDGED:
            Judged.of(kind, judgements)
    except ContradictionError as error:
        say_error(str(error))
        raise typer.Exit(2) from None


def _file(settings: Settings) -> Path:
    return settings.reference / "judgements.csv"


def _home(settings: Settings) -> Home:
    return Home(settings.home)


def _settings(home: HomeOption) -> Settings:
    settings = Settings.from_environment()
    return replace(settings, home=home.resolve()) if home else settings
