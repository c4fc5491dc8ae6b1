"""The suite of a table: what its contract promises, then what only a person knows."""

import hashlib
from collections.abc import Iterator

from warehouse.contracts import Column, Table
from warehouse.contracts.table import EVIDENCE
from warehouse.suites import core, mart, raw, seed
from warehouse.suites.expectation import Expectation, no_row, nothing_in

_KNOWN = raw.EXPECTATIONS | seed.EXPECTATIONS | core.EXPECTATIONS | mart.EXPECTATIONS

#: Tables whose column ``body`` the offsets of a layer refer to.
_BODIES = {"core": "core_articles", "mart": "mart_articles"}
_SPAN_TEXTS = ("text", "surface")


def suite(table: Table) -> tuple[Expectation, ...]:
    """Return everything expected of a table."""
    return (*_promised(table), *_spans(table), *_KNOWN.get(table.name, ()))


def suite_version(table: Table) -> str:
    """Return a hash of a table's contract and all that is expected of it."""
    return hashlib.sha256(repr((table, suite(table))).encode()).hexdigest()[:16]


def _promised(table: Table) -> Iterator[Expectation]:
    key = ", ".join(f'"{name}"' for name in table.key)
    yield nothing_in(
        "key is unique",
        f"SELECT {key}, count(*) AS rows FROM {table.name} GROUP BY {key} HAVING count(*) > 1",
        f"a row is {table.grain}",
    )
    required = [f'"{column.name}" IS NULL' for column in table.columns if not column.nullable]
    yield no_row(
        table.name,
        "required columns hold a value",
        " OR ".join(required),
        "unknown is null only where the contract allows it",
    )
    for column in table.columns:
        yield from _promised_of(table, column)


def _promised_of(table: Table, column: Column) -> Iterator[Expectation]:
    name = f'"{column.name}"'
    if column.values:
        allowed = ", ".join(f"'{value}'" for value in column.values)
        yield no_row(
            table.name,
            f"{column.name} is one of its values",
            f"{name} NOT IN ({allowed})",
            f"{column.meaning}: {', '.join(column.values)}",
        )
    if column.minimum is not None:
        yield no_row(
            table.name,
            f"{column.name} is at least {column.minimum}",
            f"{name} < {column.minimum}",
            column.meaning,
        )
    if column.maximum is not None:
        yield no_row(
            table.name,
            f"{column.name} is at most {column.maximum}",
            f"{name} > {column.maximum}",
            column.meaning,
        )
    if column.references:
        target, _, target_column = column.references.partition(".")
        yield nothing_in(
            f"{column.name} is in {target}",
            f"SELECT t.* FROM {table.name} t ANTI JOIN {target} r "
            f'ON t.{name} = r."{target_column}" WHERE t.{name} IS NOT NULL',
            f"{column.meaning}: it must exist",
        )


def _spans(table: Table) -> Iterator[Expectation]:
    """Yield the first law, for spans of rows and for spans of evidence.

    DuckDB's substring counts code points, as the offsets do; substring_grapheme would not.
    """
    bodies = _BODIES.get(table.layer)
    names = table.column_names
    text = next((name for name in _SPAN_TEXTS if name in names), None)
    if bodies and text and {"article_id", "start", "end"} <= set(names):
        yield nothing_in(
            f"{text} is what the body has there",
            f"SELECT t.*, {_stretch('t')} AS body_has "
            f"FROM {table.name} t LEFT JOIN {bodies} a USING (article_id) "
            f"WHERE {_broken('t', text)}",
            "spans are exact: body[start:end] is the text",
        )
    for column in table.columns:
        if column.type == EVIDENCE:
            yield from _evidence(table, column)


def _evidence(table: Table, column: Column) -> Iterator[Expectation]:
    key = ", ".join(f't."{name}"' for name in table.key)
    yield nothing_in(
        f"{column.name} is what the bodies have there",
        f"SELECT t.*, {_stretch('t.item')} AS body_has "
        f'FROM (SELECT {key}, unnest(t."{column.name}") AS item FROM {table.name} t) t '
        f"LEFT JOIN mart_articles a ON a.article_id = t.item.article_id "
        f"WHERE {_broken('t.item', 'text')}",
        "every fact has evidence, and its span is exact",
    )
    yield no_row(
        table.name,
        f"{column.name} is not empty",
        f'len("{column.name}") = 0',
        "every fact has evidence",
    )


def _stretch(span: str) -> str:
    return f'substring(a.body, {span}.start + 1, {span}."end" - {span}.start)'


def _broken(span: str, text: str) -> str:
    return (
        f'a.body IS NULL OR {span}.start < 0 OR {span}."end" <= {span}.start '
        f'OR {span}."end" > length(a.body) OR {_stretch(span)} IS DISTINCT FROM {span}."{text}"'
    )
