"""The file of reviewers' judgements: read, added to, taken back; never rewritten by the machine."""

import os
from datetime import datetime
from pathlib import Path

import polars as pl

from warehouse.contracts import table
from warehouse.contracts.frames import schema

_TABLE = "seed_judgements"


class JudgementFileError(ValueError):
    """A row of the file cannot be understood; the message names file, row and remedy."""


def read_judgements(path: Path) -> pl.DataFrame:
    """Return the rows of ``seed_judgements`` of a file; none where there is no file.

    Raises JudgementFileError where a row cannot be understood.
    """
    types = schema(_TABLE)
    if not path.exists():
        return pl.DataFrame(schema=types)
    try:
        rows = pl.read_csv(path, schema_overrides=types)
    except pl.exceptions.PolarsError as error:
        raise JudgementFileError(f"{path} cannot be read as CSV: {error}") from error
    missing = set(types) - set(rows.columns)
    if missing:
        raise JudgementFileError(f"{path} lacks the columns {', '.join(sorted(missing))}")
    rows = rows.select(list(types)).unique(maintain_order=True)
    for number, row in enumerate(rows.iter_rows(named=True), start=2):
        if fault := _fault(row):
            raise JudgementFileError(f"{path}, row {number}: {fault}")
    return rows


def _fault(row: dict[str, str | None]) -> str | None:
    for column in table(_TABLE).columns:
        value = row[column.name]
        if value is None and not column.nullable:
            return f"{column.name} is missing; fill it in"
        if value is not None and column.values and value not in column.values:
            return f"{column.name} is {value}; it can be {', '.join(column.values)}"
    if row["left"] == row["right"]:
        return f"{row['left']} is judged against itself; name two things"
    try:
        datetime.fromisoformat(str(row["judged_at"]))
    except ValueError:
        return f"judged_at is {row['judged_at']}; write it as 2026-11-25T14:05:00"
    return None


def judge(
    judgements: pl.DataFrame,
    kind: str,
    left: str,
    right: str,
    judgement: str,
    by: str,
    at: datetime,
    note: str = "",
) -> pl.DataFrame:
    """Return the judgements with one more; of a pair judged again, the last one stands."""
    row = (kind, left, right, judgement, by, _moment(at), None, note or None)
    added = pl.DataFrame([row], schema=schema(_TABLE), orient="row")
    return pl.concat([judgements, added])


def take_back(
    judgements: pl.DataFrame, kind: str, left: str, right: str, at: datetime
) -> tuple[pl.DataFrame, int]:
    """Return the judgements with all on a pair taken back, and how many that are."""
    of_pair = (
        (pl.col("kind") == kind)
        & pl.col("withdrawn_at").is_null()
        & pl.col("left").is_in([left, right])
        & pl.col("right").is_in([left, right])
    )
    count = judgements.filter(of_pair).height
    taken = pl.when(of_pair).then(pl.lit(_moment(at))).otherwise("withdrawn_at")
    return judgements.with_columns(withdrawn_at=taken), count


def write_judgements(path: Path, judgements: pl.DataFrame) -> None:
    """Write the file whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    judgements.write_csv(part)
    part.replace(path)


def _moment(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds")
