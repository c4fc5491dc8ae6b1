"""One expectation: a figure DuckDB computes, the bounds it must keep, and why."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Expectation:
    """A figure of a table and its bounds.

    ``figure`` is an aggregate over the table or a scalar query in parentheses; ``sample`` is a
    query for rows that break the expectation. An error stops publication, a warning is reported.
    """

    name: str
    figure: str
    why: str
    minimum: float | None = None
    maximum: float | None = None
    severity: Severity = "error"
    sample: str | None = None


def no_row(
    table: str, name: str, where: str, why: str, severity: Severity = "error"
) -> Expectation:
    """Expect that no row of the table fulfils ``where``."""
    return Expectation(
        name,
        f"count(*) FILTER (WHERE {where})",
        why,
        maximum=0,
        severity=severity,
        sample=f"SELECT * FROM {table} WHERE {where}",
    )


def nothing_in(name: str, query: str, why: str, severity: Severity = "error") -> Expectation:
    """Expect that a query for offenders finds none."""
    return Expectation(
        name,
        f"(SELECT count(*) FROM ({query}))",
        why,
        maximum=0,
        severity=severity,
        sample=query,
    )


def same_count(name: str, these: str, those: str, why: str) -> Expectation:
    """Expect that two FROM clauses have the same number of rows."""
    return Expectation(
        name,
        f"((SELECT count(*) FROM {these}) - (SELECT count(*) FROM {those}))",
        why,
        minimum=0,
        maximum=0,
    )


def share_at_most(table: str, name: str, where: str, maximum: float, why: str) -> Expectation:
    """Warn when more than a share of the table's rows fulfils ``where``."""
    return Expectation(
        name,
        f"count(*) FILTER (WHERE {where}) / greatest(count(*), 1)",
        why,
        maximum=maximum,
        severity="warning",
        sample=f"SELECT * FROM {table} WHERE {where}",
    )
