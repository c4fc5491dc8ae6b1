"""What the command says after a run."""

from datetime import datetime
from pathlib import Path

import dagster as dg
import polars as pl

from cli import run
from warehouse.contracts.frames import schema
from warehouse.store import open_store

NOW = datetime(2026, 11, 26, 4, 0)


def test_a_source_that_failed_beside_others_is_named_with_its_reason(tmp_path: Path) -> None:
    asked = pl.DataFrame(
        [
            {"address": "feed:a", "kind": "feed", "status": "failed", "reason": "it was silent"},
            {"address": "landing", "kind": "files", "status": "listed", "files": 2},
        ],
        schema=schema("raw_sources"),
    ).with_columns(fetched_at=pl.lit(NOW), failures=pl.lit(0))
    with open_store(tmp_path / "store.duckdb") as store:
        store.renew_sources(asked)
        assert list(run._failed_sources(store)) == [("failed feed:a", "it was silent")]


def test_a_warning_is_named_with_what_it_found() -> None:
    checks = [
        dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey("core_articles"),
            check_name="expectations",
            passed=passed,
            metadata={},
            severity=severity,
            description=said,
        )
        for passed, severity, said in (
            (True, dg.AssetCheckSeverity.WARN, "all hold"),
            (False, dg.AssetCheckSeverity.WARN, "articles without a date: 0.893"),
            (False, dg.AssetCheckSeverity.ERROR, "said elsewhere"),
        )
    ]
    assert list(run._warnings(checks)) == [
        ("  warned", "core_articles: articles without a date: 0.893")
    ]
