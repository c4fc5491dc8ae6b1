"""What must hold of every table: derived from its contract, and what only a person knows."""

from warehouse.suites.expectation import Expectation
from warehouse.suites.run import Outcome, Result, check_table, run_suite
from warehouse.suites.suite import suite, suite_version

__all__ = [
    "Expectation",
    "Outcome",
    "Result",
    "check_table",
    "run_suite",
    "suite",
    "suite_version",
]
