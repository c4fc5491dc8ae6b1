"""Intake: landed files become articles and segments; what cannot be read is quarantined."""

import time
from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.checks import check_spec
from assets.derivation import POOL, asset_spec, derived, shelved
from assets.resources import Newsroom
from pipelines.intake import articles, landing, readers, segments
from warehouse.store import Store

GROUP = "intake"
#: Files read before their rows are written: bounds memory at this many times the largest file.
_BATCH = 500


@dg.multi_asset(
    specs=[asset_spec(name, GROUP, {"file", "duckdb"}) for name in ("raw_files", "raw_articles")],
    check_specs=[check_spec("raw_files"), check_spec("raw_articles")],
    required_resource_keys={"newsroom"},
    pool=POOL,
)
def raw(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """Read what is new in the landing folder."""
    newsroom: Newsroom = context.resources.newsroom
    started = time.monotonic()
    listed = landing.listing(newsroom.settings.articles)
    with newsroom.store() as store:
        new = store.unseen(listed, readers.VERSION)
        for start in range(0, new.height, _BATCH):
            newsroom.progress("raw_files", start, new.height)
            landed = landing.read_files(
                new.slice(start, _BATCH), newsroom.now(), newsroom.settings.max_file_bytes
            )
            store.land(landed.raw_files, landed.raw_articles)
        newsroom.progress("raw_files", new.height, new.height)
        seconds = time.monotonic() - started
        counts = {
            "files listed": dg.MetadataValue.int(listed.height),
            "files read": dg.MetadataValue.int(new.height),
            **_quarantined(store),
        }
        yield shelved(newsroom, store, "raw_files", seconds, counts)
        yield shelved(newsroom, store, "raw_articles", seconds, {})


def _quarantined(store: Store) -> dict[str, dg.MetadataValue]:
    held = store.read("raw_files").filter(pl.col("status") == "quarantined")
    lines = [f"- `{path}`: {reason}" for path, reason in held.select("path", "reason").rows()]
    return {
        "quarantined": dg.MetadataValue.int(held.height),
        "why quarantined": dg.MetadataValue.md("\n".join(lines[:50]) or "nothing is"),
    }


core_articles = derived("core_articles", articles.core_articles, GROUP)
core_segments = derived("core_segments", segments.core_segments, GROUP)
