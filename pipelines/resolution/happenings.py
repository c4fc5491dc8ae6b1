"""When things happened: time expressions become days, counted from a dated article where relative.

The anchor of a relative expression is its own article's date; where that is unknown, or not known
finely enough, the earliest finely dated article of its story, and then the inference is stated.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import MAXYEAR, date, timedelta
from typing import Any

import polars as pl

from warehouse.contracts.frames import made_by

_DAYS_A_WEEK, _MONTHS_A_YEAR = 7, 12

_SCHEMA = {
    "date_id": pl.String,
    "article_id": pl.String,
    "date_from": pl.Date,
    "date_to": pl.Date,
    "precision": pl.String,
    "anchor_article_id": pl.String,
    "counted_from": pl.String,
    "inferred_from": pl.String,
}


def core_happenings(
    core_dates: pl.DataFrame, core_articles: pl.DataFrame, core_story_articles: pl.DataFrame
) -> pl.DataFrame:
    """Return the rows of ``core_happenings``; what no anchor resolves has none."""
    absolute = core_dates.filter(pl.col("kind") == "absolute").select(
        "date_id",
        "article_id",
        "date_from",
        "date_to",
        "precision",
        anchor_article_id=pl.lit(None, dtype=pl.String),
        counted_from=pl.lit(None, dtype=pl.String),
        inferred_from=pl.lit(None, dtype=pl.String),
    )
    relative = _relative(core_dates, core_articles, core_story_articles)
    return (
        pl.concat([absolute, relative])
        .with_columns(**made_by("core_happenings", "resolver"))
        .sort("date_id")
    )


def _relative(
    dates: pl.DataFrame, articles: pl.DataFrame, story_articles: pl.DataFrame
) -> pl.DataFrame:
    dated = articles.select(
        "article_id",
        "source_path",
        first=pl.col("published_from").dt.date(),
        last=pl.col("published_to").dt.date(),
    ).join(story_articles.select("article_id", "story_id"), on="article_id")
    known = dated.filter(pl.col("first").is_not_null())
    own = {row["article_id"]: row for row in known.iter_rows(named=True)}
    of_story: dict[str, list[dict[str, Any]]] = {}
    for row in known.sort("first", "last", "article_id").iter_rows(named=True):
        of_story.setdefault(row["story_id"], []).append(row)
    expressions = dates.filter(pl.col("kind") == "relative").join(
        story_articles.select("article_id", "story_id"), on="article_id"
    )
    rows = []
    for one in expressions.select(
        "date_id", "article_id", "story_id", "text", "precision", "offset_from_anchor"
    ).iter_rows(named=True):
        unit = one["offset_from_anchor"].partition(":")[0]
        anchors = [own[one["article_id"]]] if one["article_id"] in own else []
        for anchor in (*anchors, *of_story.get(one["story_id"], [])):
            day = _anchor_day(anchor["first"], anchor["last"], unit)
            if day is None:
                continue
            first, last = resolve(one["offset_from_anchor"], day)
            is_own = anchor["article_id"] == one["article_id"]
            counted_from = (
                f"“{one['text']}” counted from {day.isoformat()}, when {anchor['source_path']}"
                f"{'' if is_own else ' of the same story'} was published"
            )
            inferred = None if is_own else counted_from
            found = (first, last, one["precision"], anchor["article_id"], counted_from, inferred)
            rows.append((one["date_id"], one["article_id"], *found))
            break
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _anchor_day(first: date, last: date, unit: str) -> date | None:
    """Return a day of the anchor's interval, if that is fine enough to count the unit from."""
    if unit == "year":
        return first if first.year == last.year else None
    if unit in ("month", "named_month"):
        return first if (first.year, first.month) == (last.year, last.month) else None
    return first if first == last else None


def resolve(offset: str, anchor: date) -> tuple[date, date]:
    """Return first and last day of an expression counted from an anchor.

    ``weekday:2`` is the last Tuesday up to the anchor, ``weekday:+2`` the next one; ``day``,
    ``week`` (Monday to Sunday), ``month`` and ``year`` count units; ``date:12-05`` is the nearest
    5 December, ``monthday:5`` the nearest 5th of a month, ``monthday:13/5`` the nearest that is a
    Friday, ``named_month:6`` the nearest June, ``weekday_of_week:1/2`` the Tuesday of next week.
    """
    unit, _, amount = offset.partition(":")
    if unit in _DAYS_OF:
        return (_DAYS_OF[unit](anchor, amount),) * 2
    if unit in _PERIODS_OF:
        return _PERIODS_OF[unit](anchor, int(amount))
    known = ", ".join((*_PERIODS_OF, *_DAYS_OF))
    raise ValueError(f"no unit {unit} in {offset}; known: {known}")


def _days(anchor: date, count: int) -> tuple[date, date]:
    day = anchor + timedelta(days=count)
    return day, day


def _weeks(anchor: date, count: int) -> tuple[date, date]:
    monday = anchor - timedelta(days=anchor.weekday()) + timedelta(weeks=count)
    return monday, monday + timedelta(days=_DAYS_A_WEEK - 1)


def _months(anchor: date, count: int) -> tuple[date, date]:
    year, before = divmod(anchor.year * _MONTHS_A_YEAR + anchor.month - 1 + count, _MONTHS_A_YEAR)
    first = date(year, before + 1, 1)
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _years(anchor: date, count: int) -> tuple[date, date]:
    return date(anchor.year + count, 1, 1), date(anchor.year + count, 12, 31)


def _named_month(anchor: date, month: int) -> tuple[date, date]:
    ahead = (month - anchor.month) % _MONTHS_A_YEAR
    return _months(anchor, ahead if ahead < _MONTHS_A_YEAR / 2 else ahead - _MONTHS_A_YEAR)


def _weekday(anchor: date, amount: str) -> date:
    wanted = int(amount.lstrip("+")) - 1
    if amount.startswith("+"):
        return anchor + timedelta(days=(wanted - anchor.weekday() - 1) % _DAYS_A_WEEK + 1)
    return anchor - timedelta(days=(anchor.weekday() - wanted) % _DAYS_A_WEEK)


def _nearest(anchor: date, month_day: str) -> date:
    month, day = map(int, month_day.split("-"))
    # Eight years may lie between two 29 Februaries.
    years = (year for year in range(anchor.year - 8, anchor.year + 9) if 0 < year <= MAXYEAR)
    days = [date(year, month, day) for year in years if day <= monthrange(year, month)[1]]
    return min(days, key=lambda one: abs(one - anchor))


def _nearest_monthday(anchor: date, amount: str) -> date:
    """Return the nearest such day of a month, where asked one that is a certain day of the week."""
    day, *weekday = map(int, amount.split("/"))
    # In 28 months every day of a month that has 31 of them has been every day of the week.
    reach = 28 if weekday else 2
    months = range(anchor.month - 1 - reach, anchor.month + reach)
    firsts = [date(anchor.year + at // _MONTHS_A_YEAR, at % _MONTHS_A_YEAR + 1, 1) for at in months]
    days = [
        first.replace(day=day) for first in firsts if day <= monthrange(first.year, first.month)[1]
    ]
    fitting = [one for one in days if [one.isoweekday()] == (weekday or [one.isoweekday()])]
    return min(fitting or days, key=lambda one: abs(one - anchor))


def _weekday_of_week(anchor: date, amount: str) -> date:
    weeks, weekday = map(int, amount.split("/"))
    return _weeks(anchor, weeks)[0] + timedelta(days=weekday - 1)


_DAYS_OF: dict[str, Callable[[date, str], date]] = {
    "weekday": _weekday,
    "date": _nearest,
    "monthday": _nearest_monthday,
    "weekday_of_week": _weekday_of_week,
}
_PERIODS_OF: dict[str, Callable[[date, int], tuple[date, date]]] = {
    "day": _days,
    "week": _weeks,
    "month": _months,
    "year": _years,
    "named_month": _named_month,
}
