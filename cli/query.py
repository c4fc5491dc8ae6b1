"""``babelwire query``: SQL over the published marts."""

import json
import threading
from typing import Annotated

import duckdb
import typer
from rich.table import Table

from assets.resources import Settings
from cli.console import HomeOption, console, say_error
from warehouse.publisher import Home, published

_FORMATS = ("table", "csv", "json")


def query(
    sql: Annotated[str, typer.Argument(help="One SELECT over the mart_ tables.")],
    home: HomeOption = None,
    output: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    limit: Annotated[int, typer.Option(help="Rows shown at most; 0 shows all.")] = 100,
    timeout: Annotated[float, typer.Option(help="Seconds after which it is stopped.")] = 60,
) -> None:
    """Query the published version, read only; an analyst's session can do the same."""
    if output not in _FORMATS:
        say_error(f"no format {output}; there are: {', '.join(_FORMATS)}")
        raise typer.Exit(2)
    folder = home.resolve() if home else Settings.from_environment().home
    with published(Home(folder)) as marts:
        stop = threading.Timer(timeout, marts.interrupt)
        stop.start()
        try:
            rows = marts.sql(sql)
            if rows is None:
                say_error("the statement returns no rows; ask with SELECT")
                raise typer.Exit(1)
            _show(rows if not limit else rows.limit(limit + 1), output, limit)
        except duckdb.InterruptException:
            say_error(f"stopped after {timeout:g} seconds; narrow the query, or raise --timeout")
            raise typer.Exit(1) from None
        except duckdb.Error as error:
            say_error(str(error))
            raise typer.Exit(1) from None
        finally:
            stop.cancel()


def _show(rows: duckdb.DuckDBPyRelation, output: str, limit: int) -> None:
    frame = rows.pl()
    cut = bool(limit) and frame.height > limit
    frame = frame.head(limit) if cut else frame
    if output == "json":
        typer.echo(frame.write_json())
    elif output == "csv":
        nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
        plain = frame.with_columns(
            frame[name].map_elements(str, return_dtype=str) for name in nested
        )
        typer.echo(plain.write_csv(), nl=False)
    else:
        table = Table(*frame.columns, show_lines=False)
        for row in frame.rows():
            table.add_row(*map(_cell, row))
        console.print(table)
    if cut:
        say_error(f"only the first {limit} rows are shown; --limit 0 shows all")


def _cell(value: object) -> str:
    if value is None:
        return ""
    nested = isinstance(value, list | dict)
    return json.dumps(value, ensure_ascii=False, default=str) if nested else str(value)
