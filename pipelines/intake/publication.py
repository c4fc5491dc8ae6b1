"""Publication dates: what was declared becomes an interval, never more precise than declared."""

import polars as pl

#: Year, month, day, hour, minute, second, zone; no clock is further from UTC than 14 hours.
_PARTS = (
    r"^([1-9]\d{3})(?:-(\d{2})(?:-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?)?)?$"
)


def publication_interval(declared: pl.Expr) -> pl.Expr:
    """Return a struct of published_from, published_to (UTC) and published_precision.

    Both bounds stand at the start of their unit: month precision of 2023-12 is 2023-12-01 to
    2023-12-31, day precision has the same day twice. What is absent or no date is ``unknown``.
    """
    year, month, day, hour, minute, second, zone = (
        declared.str.extract(_PARTS, group) for group in range(1, 8)
    )
    # Parsed as text, because pl.datetime raises for 30 February, and with it the whole batch.
    start = pl.format(
        "{}-{}-{} {}:{}:{}",
        year,
        month.fill_null("01"),
        day.fill_null("01"),
        hour.fill_null("00"),
        minute.fill_null("00"),
        second.fill_null("00"),
    ).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
    moment = start - pl.duration(minutes=_zone_minutes(zone))
    last_day = (
        pl.when(month.is_null()).then(start.dt.offset_by("11mo")).otherwise(start).dt.month_end()
    )
    known = start.is_not_null()
    return pl.struct(
        published_from=pl.when(known & hour.is_not_null()).then(moment).when(known).then(start),
        published_to=pl.when(known & hour.is_not_null())
        .then(moment)
        .when(known & day.is_not_null())
        .then(start)
        .when(known)
        .then(last_day),
        published_precision=pl.when(~known)
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
