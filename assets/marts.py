"""Marts: all of them built aside from the store, and checked on those very bytes."""

import time
from collections.abc import Iterator

import dagster as dg

from assets.checks import check_result, check_spec
from assets.derivation import POOL, asset_spec, preview
from assets.resources import Newsroom
from warehouse.contracts import Table
from warehouse.marts.making import RUNS, in_order, sources
from warehouse.publisher import Build, build, fingerprint, latest, read_version, version_name

GROUP = "marts"
MARTS: tuple[Table, ...] = (*in_order(), RUNS)


@dg.multi_asset(
    specs=[asset_spec(mart.name, GROUP, {"sql", "duckdb"}, sources(mart)) for mart in MARTS],
    check_specs=[check_spec(mart.name) for mart in MARTS],
    required_resource_keys={"newsroom"},
    pool=POOL,
)
def marts(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """Build the next version of the marts, unless the latest one is made of the same."""
    newsroom: Newsroom = context.resources.newsroom
    started = time.monotonic()
    with newsroom.store() as store:
        made_from = fingerprint(store)
    before = latest(newsroom.home)
    if before and before.fingerprint == made_from:
        context.log.info(f"nothing new: {before.version} is made of the same")
        made = read_version(newsroom.home, before.version)
    else:
        made = _built(newsroom, made_from, context)
    seconds = round(time.monotonic() - started, 3)
    with made.opened() as connection:
        for mart in MARTS:
            outcome = made.outcomes[mart.name]
            yield dg.MaterializeResult(
                asset_key=mart.name,
                metadata={
                    "version": made.version,
                    "seconds": seconds,
                    "dagster/row_count": connection.table(mart.name).count("*").fetchall()[0][0],
                    "preview": preview(connection.sql(f"FROM {mart.name} LIMIT 5").pl()),
                },
                check_results=[check_result(outcome)],
            )


def _built(newsroom: Newsroom, made_from: str, context: dg.AssetExecutionContext) -> Build:
    newsroom.progress("marts", 0, len(MARTS))
    run = context.instance.get_run_stats(context.run.run_id)
    started = newsroom.moment(run.start_time) if run.start_time else newsroom.now()
    made = build(
        newsroom.home,
        version_name(newsroom.now(), made_from),
        target=newsroom.settings.target_language,
        fingerprint=made_from,
        started_at=started,
        now=newsroom.now,
    )
    newsroom.progress("marts", len(MARTS), len(MARTS))
    return made
