"""When things happened: time expressions become days, counted from a dated article where relative.

The anchor of a relative expression is its own article's date; where that is unknown, or not known
finely enough, the earliest finely dated article of its story, and then the inference is stated.
"""

from calendar import monthrange
from datetime import date, timedelta
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
        inferred_from=pl.lit(None, dtype=pl.String),
    )
    relative = _relative(core_dates, core_articles, core_story_articles)
    return (
        pl.concat([absolute, relative])
        .with_columns(**made_by("core_happenings", "resolver"),)
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
            inferred = (
                None
                if is_own
                else f"“{one['text']}” counted back from {day.isoformat()}, when "
                f"{anchor['source_path']} of the same story was published"
            )
            found = (first, last, one["precision"], anchor["article_id"], inferred)
            rows.append((one["date_id"], one["article_id"], *found))
            break
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _anchor_day(first: date, last: date, unit: str) -> date | None:
    """Return a day of the anchor's interval, if that is fine enough to count the unit from."""
    if unit == "year":
        return first if first.year == last.year else None
    if unit == "month":
        return first if (first.year, first.month) == (last.year, last.month) else None
    return first if first == last else None


def resolve(offset: str, anchor: date) -> tuple[date, date]:
    """Return first and last day of an expression counted from an anchor.

    ``weekday:2`` is the last Tuesday up to the anchor, ``weekday:+2`` the next one; ``day``,
    ``week`` (Monday to Sunday), ``month`` and ``year`` count units; ``date:12-05`` is the nearest
    5 December.
    """
    unit, _, amount = offset.partition(":")
    if unit == "weekday":
        return (_weekday(anchor, amount),) * 2
    if unit == "date":
        return (_nearest(anchor, amount),) * 2
    count = int(amount)
    if unit == "day":
        day = anchor + timedelta(days=count)
        return day, day
    if unit == "week":
        monday = anchor - timedelta(days=anchor.weekday()) + timedelta(weeks=count)
        return monday, monday + timedelta(days=_DAYS_A_WEEK - 1)
    if unit == "month":
        months = anchor.year * _MONTHS_A_YEAR + anchor.month - 1 + count
        return _month(*divmod(months, _MONTHS_A_YEAR))
    if unit == "year":
        return date(anchor.year + count, 1, 1), date(anchor.year + count, 12, 31)
    raise ValueError(f"no unit {unit} in {offset}; known: day, week, month, year, weekday, date")


def _weekday(anchor: date, amount: str) -> date:
    wanted = int(amount.lstrip("+")) - 1
    if amount.startswith("+"):
        return anchor + timedelta(days=(wanted - anchor.weekday() - 1) % _DAYS_A_WEEK + 1)
    return anchor - timedelta(days=(anchor.weekday() - wanted) % _DAYS_A_WEEK)


def _month(year: int, month_before: int) -> tuple[date, date]:
    first = date(year, month_before + 1, 1)
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _nearest(anchor: date, month_day: str) -> date:
    month, day = map(int, month_day.split("-"))
    days = []
    for year in (anchor.year - 1, anchor.year, anchor.year + 1):
        try:
            days.append(date(year, month, day))
        except ValueError:  # 29 February in a common year
            days.append(date(year, month, day - 1))
    return min(days, key=lambda one: abs(one - anchor))
