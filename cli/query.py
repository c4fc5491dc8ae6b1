"""``babelwire query``: SQL over the published marts."""

import csv
import json
import sys
import threading
from typing import Annotated

import duckdb
import typer
from rich.markup import escape
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
            if len(marts.extract_statements(sql)) > 1:
                say_error("these are several statements; ask with one, a SELECT")
                raise typer.Exit(1)
            rows = marts.sql(sql)
            if rows is None:
                say_error("the statement returns no rows; ask with SELECT")
                raise typer.Exit(1)
            _show(rows if not limit else rows.limit(limit + 1), output, limit)
        except duckdb.InterruptException:
            say_error(f"stopped after {timeout:g} seconds; narrow the query, or raise --timeout")
            raise typer.Exit(1) from None
        except duckdb.CatalogException as error:
            say_error(f"{error}\nwhat there is: SHOW TABLES, DESCRIBE mart_claims, docs/tables.md")
            raise typer.Exit(1) from None
        except duckdb.Error as error:
            say_error(str(error))
            raise typer.Exit(1) from None
        finally:
            stop.cancel()


def _show(answer: duckdb.DuckDBPyRelation, output: str, limit: int) -> None:
    names, rows = answer.columns, answer.fetchall()
    shown = rows[:limit] if limit else rows
    if output == "json":
        told = [dict(zip(names, row, strict=True)) for row in shown]
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
    elif output == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(map(_cell, row) for row in shown)
    else:
        table = Table(*map(escape, names))
        for row in shown:
            table.add_row(*(escape(_cell(value)) for value in row))
        console.print(table)
    if len(rows) > len(shown):
        say_error(f"only the first {limit} rows are shown; --limit 0 shows all")


def _cell(value: object) -> str:
    if value is None:
        return ""
    nested = isinstance(value, list | dict)
    return json.dumps(value, ensure_ascii=False, default=str) if nested else str(value)
