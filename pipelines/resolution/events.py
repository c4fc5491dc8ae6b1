"""What became of groups that were known: merged, split, renamed; never silently."""

from datetime import datetime

import polars as pl

from pipelines.identity import digest
from warehouse.contracts.frames import schema


def core_resolution_events(
    kind: str, before: pl.DataFrame, after: pl.DataFrame, at: datetime
) -> pl.DataFrame:
    """Return the rows of ``core_resolution_events``: from groups before to groups after.

    Both frames have member and group. A group whose known members are now with those of others is
    merged into their group; one whose known members are in several is split into each of them; one
    that only has another id, because an earlier text has joined it, is renamed. New members alone
    are no event. ``members`` counts those that moved.
    """
    moved = (
        before.join(after, on="member", suffix="_after")
        .group_by(from_id="group", to_id="group_after")
        .agg(members=pl.len().cast(pl.Int64))
        .with_columns(
            pieces=pl.len().over("from_id"), sources=pl.len().over("to_id")
        )
        .filter(pl.col("from_id") != pl.col("to_id"))
    )
    named = moved.with_columns(
        kind=pl.lit(kind),
        event=pl.when(pl.col("pieces") > 1)
        .then(pl.lit("split"))
        .when(pl.col("sources") > 1)
        .then(pl.lit("merged"))
        .otherwise(pl.lit("renamed")),
        resolved_at=pl.lit(at.replace(tzinfo=None), dtype=pl.Datetime("us")),
    ).sort("from_id", "to_id")
    ids = [
        "event_" + digest(kind, left, right, at.isoformat())
        for left, right in named.select("from_id", "to_id").rows()
    ]
    return named.with_columns(event_id=pl.Series(ids, dtype=pl.String)).select(
        schema("core_resolution_events").keys()
    )
