"""Publication dates: what was declared becomes an interval, never more precise than declared."""

import polars as pl

_PARTS = (
    r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:?\d{2})?)?$"
)


def publication_interval(declared: pl.Expr) -> pl.Expr:
    """Return a struct of published_from, published_to (UTC) and published_precision.

    Both bounds stand at the start of their unit: month precision of 2023-12 is 2023-12-01 to
    2023-12-31, day precision has the same day twice. What is absent or no date is ``unknown``.
    """
    part = [declared.str.extract(_PARTS, group).cast(pl.Int64) for group in range(1, 7)]
    year, month, day, hour, minute, second = part
    start = pl.datetime(year, month.fill_null(1), day.fill_null(1))
    moment = (
        pl.datetime(year, month, day, hour, minute, second.fill_null(0))
        - pl.duration(minutes=_zone_minutes(declared.str.extract(_PARTS, 7)))
    )
    last_day = (
        pl.when(month.is_null())
        .then(pl.datetime(year, 12, 31))
        .otherwise(start.dt.month_end())
    )
    known = year.is_not_null() & start.is_not_null()
    return pl.struct(
        published_from=pl.when(known & hour.is_not_null()).then(moment).when(known).then(start),
        published_to=pl.when(known & hour.is_not_null())
        .then(moment)
        .when(known & day.is_not_null())
        .then(start)
        .when(known)
        .then(last_day),
        published_precision=pl.when(~known.fill_null(value=False))
        .then(pl.lit("unknown"))
        .when(month.is_null())
        .then(pl.lit("year"))
        .when(day.is_null())
        .then(pl.lit("month"))
        .when(hour.is_null())
        .then(pl.lit("day"))
        .otherwise(pl.lit("second")),
    )


def _zone_minutes(zone: pl.Expr) -> pl.Expr:
    """Return the minutes a zone is ahead of UTC; a time without a zone is taken as UTC."""
    hours = zone.str.extract(r"^[+-](\d{2})", 1).cast(pl.Int64)
    minutes = zone.str.extract(r"(\d{2})$", 1).cast(pl.Int64)
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    return (sign * (hours * 60 + minutes)).fill_null(0)
