"""The data dictionary: every table and column in words, written from the contracts.

``python -m warehouse.contracts.dictionary > docs/tables.md`` renews it; a test holds it to them.
"""

from collections.abc import Iterator

from warehouse.contracts import TABLES, Column, Layer, Table

_LAYERS: dict[Layer, str] = {
    "mart": "Marts: what analysts query. A name here is a promise: columns are added, not renamed.",
    "core": "Core: derived facts, each with its evidence and its maker.",
    "seed": "Seed: what is given before any article is read.",
    "raw": "Raw: what landed, as it came.",
}


def dictionary() -> str:
    """Return the data dictionary as Markdown, marts first."""
    lines = ["# Tables", ""]
    for layer, meaning in _LAYERS.items():
        lines += [f"## {meaning.partition(':')[0]}", "", meaning.partition(": ")[2], ""]
        for table in TABLES:
            if table.layer == layer:
                lines += _described(table)
    return "\n".join(lines)


def _described(table: Table) -> Iterator[str]:
    yield from (f"### {table.name}", "", f"One row: {table.grain}.", "")
    if table.derivation:
        work = table.derivation
        read = ", ".join(f"`{name}`" for name, _ in work.inputs)
        yield from (f"Made by `{work.maker}` {work.version} from {read}.", "")
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for column in table.columns:
        kind = column.type.replace("|", "\\|")
        yield f"| `{column.name}` | {kind} | {column.meaning}{_promise(table, column)} |"
    yield ""


def _promise(table: Table, column: Column) -> str:
    notes = []
    if column.name in table.key:
        notes.append("key")
    if column.nullable:
        notes.append("may be null")
    if column.values:
        notes.append("one of " + " ".join(f"`{value}`" for value in column.values))
    if column.references:
        notes.append(f"in `{column.references}`")
    return f" ({'; '.join(notes)})" if notes else ""


if __name__ == "__main__":
    print(dictionary())  # noqa: T201
