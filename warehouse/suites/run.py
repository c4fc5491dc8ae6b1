"""Running a suite: DuckDB computes a table's figures in one query, Great Expectations judges."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import duckdb

from warehouse import contracts
from warehouse.contracts import Table
from warehouse.store import Store
from warehouse.suites.expectation import Expectation, Severity
from warehouse.suites.suite import suite, suite_version

if TYPE_CHECKING:
    import pandas as pd

_MOST_SAMPLES = 5
#: Enough to recognise a row by; bodies would drown a report.
_LONGEST_SAMPLE = 120


@dataclass(frozen=True)
class Result:
    """What came of one expectation, with rows that break it where it fails."""

    name: str
    observed: float
    minimum: float | None
    maximum: float | None
    severity: Severity
    success: bool
    why: str
    sample: tuple[dict[str, str | None], ...] = ()

    def sentence(self) -> str:
        """Say what was expected, what was seen, and why it matters."""
        bounds = [
            f"{word} {_readable(bound)}"
            for word, bound in (("at least", self.minimum), ("at most", self.maximum))
            if bound is not None
        ]
        seen = _readable(self.observed)
        return f"{self.name}: {seen}, expected {' and '.join(bounds)} ({self.why})"


@dataclass(frozen=True)
class Outcome:
    """What a suite said of a table."""

    table: str
    results: tuple[Result, ...]

    @property
    def passed(self) -> bool:
        """Whether no error failed; warnings do not count."""
        return not self.failures

    @property
    def failures(self) -> tuple[Result, ...]:
        """The errors that failed."""
        return tuple(r for r in self.results if not r.success and r.severity == "error")

    @property
    def warnings(self) -> tuple[Result, ...]:
        """The warnings that failed."""
        return tuple(r for r in self.results if not r.success and r.severity == "warning")

    @property
    def held(self) -> int:
        """How many expectations hold."""
        return sum(result.success for result in self.results)

    @property
    def warned(self) -> int:
        """How many warnings failed."""
        return len(self.warnings)

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON has it."""
        return {"table": self.table, "results": [asdict(result) for result in self.results]}

    @classmethod
    def from_dict(cls, outcome: dict[str, Any]) -> "Outcome":
        """Return the outcome that :meth:`to_dict` gave."""
        return cls(
            outcome["table"],
            tuple(
                Result(**{**result, "sample": tuple(result["sample"])})
                for result in outcome["results"]
            ),
        )


def run_suite(
    connection: duckdb.DuckDBPyConnection, table: Table, expectations: Sequence[Expectation]
) -> Outcome:
    """Run the expectations over a table; those that fail carry at most five offending rows.

    Raises duckdb.Error where a figure is no valid SQL.
    """
    figures = _figures(connection, table, expectations)
    verdicts = _verdicts(figures, expectations)
    return Outcome(
        table.name,
        tuple(
            Result(
                expectation.name,
                float(figures[expectation.name].iloc[0]),
                expectation.minimum,
                expectation.maximum,
                expectation.severity,
                verdicts[expectation.name],
                expectation.why,
                () if verdicts[expectation.name] else _sample(connection, expectation),
            )
            for expectation in expectations
        ),
    )


def check_table(store: Store, table: str, at: datetime) -> Outcome:
    """Run and record a table's suite, or return what it said of these very rows when it passed."""
    contract = contracts.table(table)
    version = suite_version(contract)
    known = store.passed_check(table, version)
    if known is not None:
        return Outcome.from_dict(known)
    outcome = run_suite(store.connection, contract, suite(contract))
    store.record_check(table, version, outcome.passed, outcome.to_dict(), at)
    return outcome


def _figures(
    connection: duckdb.DuckDBPyConnection, table: Table, expectations: Sequence[Expectation]
) -> "pd.DataFrame":
    """Return one row with a column for each expectation; what is null of an empty table is 0."""
    columns = ", ".join(
        f'coalesce(({expectation.figure})::DOUBLE, 0) AS "{expectation.name}"'
        for expectation in expectations
    )
    # The count keeps it one row where every figure is a query of its own.
    figures: pd.DataFrame = connection.sql(
        f"SELECT {columns}, count(*) AS rows FROM {table.name}"
    ).df()
    return figures


def _verdicts(figures: "pd.DataFrame", expectations: Sequence[Expectation]) -> dict[str, bool]:
    from great_expectations import ExpectationSuite
    from great_expectations.expectations.core.expect_column_max_to_be_between import (
        ExpectColumnMaxToBeBetween,
    )

    batch = _figures_in_great_expectations().get_batch({"dataframe": figures})
    result = batch.validate(
        ExpectationSuite(
            name="suite",
            expectations=[
                # One row: its values are its maxima, which take half as long to judge.
                ExpectColumnMaxToBeBetween(
                    column=expectation.name,
                    min_value=expectation.minimum,
                    max_value=expectation.maximum,
                )
                for expectation in expectations
            ],
        ),
        result_format="BOOLEAN_ONLY",
    )
    return {
        judged.expectation_config.kwargs["column"]: bool(judged.success)
        for judged in result.results
    }


@lru_cache(maxsize=1)
def _figures_in_great_expectations() -> Any:
    """Return the batch definition under which figures are judged, in a context of its own."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    context.variables.analytics_enabled = False
    asset = context.data_sources.add_pandas("warehouse").add_dataframe_asset("figures")
    return asset.add_batch_definition_whole_dataframe("figures")


def _sample(
    connection: duckdb.DuckDBPyConnection, expectation: Expectation
) -> tuple[dict[str, str | None], ...]:
    if expectation.sample is None:
        return ()
    rows = connection.sql(f"SELECT * FROM ({expectation.sample}) LIMIT {_MOST_SAMPLES}")
    return tuple(
        dict(zip(rows.columns, map(_shortened, row), strict=True)) for row in rows.fetchall()
    )


def _readable(figure: float) -> str:
    """Return a count as a whole number, a share with three decimals."""
    return f"{figure:,.0f}" if float(figure).is_integer() else f"{figure:,.3f}"


def _shortened(value: object) -> str | None:
    if value is None:
        return None
    text = str(value)
    return text if len(text) <= _LONGEST_SAMPLE else text[: _LONGEST_SAMPLE - 1] + "…"
