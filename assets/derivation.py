"""The one loop: pending batch -> verb -> shelf, then the table's check."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import dagster as dg
import polars as pl

from assets.checks import check_result, check_spec
from assets.resources import Newsroom
from warehouse import contracts
from warehouse.contracts import Table
from warehouse.store import Batch, Store
from warehouse.suites.run import check_table

Verb = Callable[..., pl.DataFrame]
Metadata = dict[str, dg.MetadataValue]

#: One writer: steps of all runs that open the store wait for each other here.
POOL = "warehouse"
_PREVIEW_ROWS, _PREVIEW_CELL = 5, 60


@dataclass(frozen=True)
class Work:
    """How a derivation goes on: the verb, which marks count as done, which marks it gives, and
    which rows it adds to tables that only grow.
    """

    verb: Verb
    accept: Callable[[str], bool] | None = None
    marks: Callable[[Batch, pl.DataFrame], pl.Series] | None = None
    report: Callable[[Store], Metadata] | None = None
    log: Callable[[Store, Batch, pl.DataFrame], Mapping[str, pl.DataFrame]] | None = None


def derived(
    table: str, verb: Verb, group: str, work: Callable[[Newsroom, Store, Verb], Work] | None = None
) -> dg.AssetsDefinition:
    """Return the asset of a core table: the contract says what it reads, the verb how it is made.

    ``work`` prepares the verb where it needs more than frames.
    """
    contract = contracts.table(table)

    @dg.asset(
        name=table,
        deps=sorted(_upstream(contract)),
        description=description(contract),
        metadata=columns(contract),
        group_name=group,
        kinds={"polars", "duckdb"},
        pool=POOL,
        check_specs=[check_spec(table)],
        required_resource_keys={"newsroom"},
        code_version=contract.derivation.version if contract.derivation else None,
    )
    def asset(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        newsroom: Newsroom = context.resources.newsroom
        with newsroom.store() as store:
            prepared = work(newsroom, store, verb) if work else Work(verb)
            return derive(newsroom, store, table, prepared)

    return asset


def followed(table: str, group: str) -> dg.AssetsDefinition:
    """Return the asset of a core table that others fill, or of a view: it is only checked."""
    contract = contracts.table(table)

    @dg.asset(
        name=table,
        deps=sorted(_upstream(contract)),
        description=description(contract),
        metadata=columns(contract),
        group_name=group,
        kinds={"duckdb"},
        pool=POOL,
        check_specs=[check_spec(table)],
        required_resource_keys={"newsroom"},
    )
    def asset(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        newsroom: Newsroom = context.resources.newsroom
        with newsroom.store() as store:
            return shelved(newsroom, store, table, 0.0, {})

    return asset


def derive(newsroom: Newsroom, store: Store, table: str, work: Work) -> dg.MaterializeResult:
    """Make what is pending of a table batch by batch, and return counts, timings and its check."""
    started, made_rows, units = time.monotonic(), 0, 0
    for batch in store.pending(table, work.accept):
        newsroom.progress(table, batch.done_before, batch.total)
        made = work.verb(**batch.frames)
        marks = work.marks(batch, made) if work.marks else None
        log = work.log(store, batch, made) if work.log else None
        made_rows += store.put(batch, made, marks, log)
        units += max(batch.keys.height, 1)
    newsroom.progress(table, units, units)
    extra: Metadata = {
        "units of work": dg.MetadataValue.int(units),
        "rows made": dg.MetadataValue.int(made_rows),
        **(work.report(store) if work.report else {}),
    }
    return shelved(newsroom, store, table, time.monotonic() - started, extra)


def shelved(
    newsroom: Newsroom,
    store: Store,
    table: str,
    seconds: float,
    extra: Mapping[str, dg.MetadataValue],
) -> dg.MaterializeResult:
    """Return a table's result for the UI: rows, preview, duration, what is special, its check."""
    outcome = check_table(store, table, newsroom.now())
    metadata: Metadata = {
        "dagster/row_count": dg.MetadataValue.int(store.count(table)),
        "seconds": dg.MetadataValue.float(round(seconds, 3)),
        "preview": preview(store.connection.sql(f"FROM {table} LIMIT {_PREVIEW_ROWS}").pl()),
        **extra,
    }
    return dg.MaterializeResult(
        asset_key=table, metadata=metadata, check_results=[check_result(outcome)]
    )


def asset_spec(
    name: str, group: str, kinds: set[str], deps: Iterable[str] = ()
) -> dg.AssetSpec:
    """Return the spec of a table that is made together with others."""
    contract = contracts.table(name)
    return dg.AssetSpec(
        name,
        deps=sorted(deps),
        description=description(contract),
        metadata=columns(contract),
        group_name=group,
        kinds=kinds,
    )


def description(table: Table) -> str:
    """Return what the graph says of a table's asset: its grain and key."""
    key = ", ".join(f"`{name}`" for name in table.key)
    return f"One row: {table.grain}. Key: {key}."


def columns(table: Table) -> dict[str, dg.TableSchema]:
    """Return the metadata by which the UI shows a table's columns and their meanings."""
    described = [
        dg.TableColumn(
            column.name,
            column.type,
            column.meaning,
            dg.TableColumnConstraints(nullable=column.nullable, unique=(column.name,) == table.key),
        )
        for column in table.columns
    ]
    return {"dagster/column_schema": dg.TableSchema(columns=described)}


def preview(rows: pl.DataFrame) -> dg.MetadataValue:
    """Return the first rows as a table for the UI, long cells cut."""
    shown = rows.head(_PREVIEW_ROWS)
    cells = [[_cell(value) for value in row] for row in shown.rows()]
    lines = ["| " + " | ".join(row) + " |" for row in (list(shown.columns), *cells)]
    lines.insert(1, "|-" * max(1, shown.width) + "|")
    return dg.MetadataValue.md("\n".join(lines))


def _cell(value: object) -> str:
    text = "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
    return text if len(text) <= _PREVIEW_CELL else text[: _PREVIEW_CELL - 1] + "…"


def _upstream(table: Table) -> set[str]:
    """Return the tables a contract names in its source and reads."""
    if table.derivation is None:
        return set()
    source = {word for word in table.derivation.source.split() if "_" in word and "(" not in word}
    known = {one.name for one in contracts.TABLES}
    return (source & known) | {name for name, _ in table.derivation.inputs}


def with_arguments(verb: Verb, **arguments: object) -> Work:
    """Return the work of a verb that takes settings besides frames."""
    return Work(partial(verb, **arguments))
