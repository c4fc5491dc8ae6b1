"""Contracts as frames have them: the Polars schema of a table, and the stamp of its maker."""

import polars as pl

from warehouse.contracts import table
from warehouse.contracts.table import DECLARED, MARKED, REPAIRS

Schema = dict[str, pl.DataType | type[pl.DataType]]

_TYPES: Schema = {
    "BIGINT": pl.Int64,
    "BOOLEAN": pl.Boolean,
    "DATE": pl.Date,
    "DOUBLE": pl.Float64,
    "DOUBLE[]": pl.List(pl.Float64),
    "INTEGER": pl.Int32,
    "INTEGER[]": pl.List(pl.Int32),
    "TIMESTAMP": pl.Datetime("us"),
    "TINYINT[]": pl.List(pl.Int8),
    "VARCHAR": pl.String,
    "VARCHAR[]": pl.List(pl.String),
    DECLARED: pl.List(
        pl.Struct({"field": pl.String, "value": pl.String, "source": pl.String})
    ),
    MARKED: pl.List(pl.Struct({"kind": pl.String, "start": pl.Int64, "end": pl.Int64})),
    REPAIRS: pl.List(
        pl.Struct(
            {"start": pl.Int64, "end": pl.Int64, "raw_start": pl.Int64, "raw": pl.String}
        )
    ),
}


def schema(name: str) -> Schema:
    """Return a table's columns and Polars types; KeyError for a type that frames do not have."""
    return {column.name: _TYPES[column.type] for column in table(name).columns}


def empty(name: str) -> pl.DataFrame:
    """Return a table's frame without rows."""
    return pl.DataFrame(schema=schema(name))


def made_by(name: str, role: str) -> dict[str, pl.Expr]:
    """Return the columns that tell who makes a derived table's rows: ``role``, ``role_version``.

    Raises ValueError where the contract names no derivation.
    """
    work = table(name).derivation
    if work is None:
        raise ValueError(f"table {name} is not derived: its contract names no maker")
    return {role: pl.lit(work.maker), f"{role}_version": pl.lit(work.version)}
