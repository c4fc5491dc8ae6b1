"""The tables of the house. DDL, checks, data dictionary and tests follow from these objects."""

from warehouse.contracts import core, mart, raw, seed
from warehouse.contracts.table import Column, Derivation, Layer, Table

TABLES: tuple[Table, ...] = (*raw.TABLES, *seed.TABLES, *core.TABLES, *mart.TABLES)

_BY_NAME = {table.name: table for table in TABLES}


def table(name: str) -> Table:
    """Return the contract of a table; KeyError names the tables there are."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise KeyError(f"no table {name}; there are: {', '.join(_BY_NAME)}") from None


__all__ = ["TABLES", "Column", "Derivation", "Layer", "Table", "table"]
