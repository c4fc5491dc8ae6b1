"""From a table's suite to its blocking asset check: one factory for all tables."""

import dagster as dg

from warehouse import contracts
from warehouse.suites import Outcome, suite

CHECK = "expectations"


def check_spec(table: str) -> dg.AssetCheckSpec:
    """Return the check of a table; while it fails, nothing that depends on the table is made."""
    count = len(suite(contracts.table(table)))
    return dg.AssetCheckSpec(
        CHECK,
        asset=table,
        blocking=True,
        description=f"{count} expectations: the table's contract, and what only a person knows",
    )


def check_result(outcome: Outcome) -> dg.AssetCheckResult:
    """Return what a suite said, with every expectation for the UI; failures come first."""
    ordered = sorted(outcome.results, key=lambda result: (result.success, result.severity))
    rows = [
        f"| {'✓' if result.success else '✗'} | {_cell(result.name)} | {result.observed:g} "
        f"| {_bounds(result.minimum, result.maximum)} | {result.severity} | {_cell(result.why)} |"
        for result in ordered
    ]
    header = "| | expectation | observed | allowed | severity | why |\n|-|-|-|-|-|-|\n"
    metadata: dict[str, dg.MetadataValue] = {
        "expectations": dg.MetadataValue.md(header + "\n".join(rows)),
        "held": dg.MetadataValue.int(outcome.held),
    }
    broken = [result for result in ordered if not result.success]
    if broken:
        metadata["broken"] = dg.MetadataValue.md(
            "\n\n".join(f"**{result.sentence()}**\n\n{_sample(result.sample)}" for result in broken)
        )
    return dg.AssetCheckResult(
        asset_key=outcome.table,
        check_name=CHECK,
        passed=not broken,
        severity=dg.AssetCheckSeverity.WARN if outcome.passed else dg.AssetCheckSeverity.ERROR,
        metadata=metadata,
        description="; ".join(result.sentence() for result in broken) or None,
    )


def _bounds(minimum: float | None, maximum: float | None) -> str:
    if minimum == maximum:
        return f"{minimum:g}" if minimum is not None else ""
    return " … ".join("" if bound is None else f"{bound:g}" for bound in (minimum, maximum))


def _sample(rows: tuple[dict[str, str | None], ...]) -> str:
    if not rows:
        return ""
    names = list(rows[0])
    lines = ["| " + " | ".join(_cell(row[name] or "") for name in names) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(names) + " |", "|-" * len(names) + "|", *lines])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
