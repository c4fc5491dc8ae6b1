from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.resolution.happenings import core_happenings, resolve
from warehouse import contracts

TUESDAY = date(2023, 12, 5)


@pytest.mark.parametrize(
    ("offset", "anchor", "first", "last"),
    [
        ("weekday:2", TUESDAY, (2023, 12, 5), (2023, 12, 5)),
        ("weekday:1", TUESDAY, (2023, 12, 4), (2023, 12, 4)),
        ("weekday:3", TUESDAY, (2023, 11, 29), (2023, 11, 29)),
        ("weekday:2", date(2023, 12, 6), (2023, 12, 5), (2023, 12, 5)),
        ("weekday:+2", TUESDAY, (2023, 12, 12), (2023, 12, 12)),
        ("weekday:+3", TUESDAY, (2023, 12, 6), (2023, 12, 6)),
        ("weekday:+7", date(2023, 12, 31), (2024, 1, 7), (2024, 1, 7)),
        ("day:0", TUESDAY, (2023, 12, 5), (2023, 12, 5)),
        ("day:-1", date(2024, 3, 1), (2024, 2, 29), (2024, 2, 29)),
        ("day:1", date(2023, 2, 28), (2023, 3, 1), (2023, 3, 1)),
        ("week:0", TUESDAY, (2023, 12, 4), (2023, 12, 10)),
        ("week:-1", date(2024, 1, 1), (2023, 12, 25), (2023, 12, 31)),
        ("week:1", date(2023, 12, 10), (2023, 12, 11), (2023, 12, 17)),
        ("month:0", date(2024, 2, 29), (2024, 2, 1), (2024, 2, 29)),
        ("month:-1", date(2024, 1, 31), (2023, 12, 1), (2023, 12, 31)),
        ("month:1", date(2023, 12, 31), (2024, 1, 1), (2024, 1, 31)),
        ("month:-12", TUESDAY, (2022, 12, 1), (2022, 12, 31)),
        ("month:-10", TUESDAY, (2023, 2, 1), (2023, 2, 28)),
        ("year:0", TUESDAY, (2023, 1, 1), (2023, 12, 31)),
        ("year:-1", date(2024, 2, 29), (2023, 1, 1), (2023, 12, 31)),
        ("date:12-05", date(2023, 12, 6), (2023, 12, 5), (2023, 12, 5)),
        ("date:12-30", date(2024, 1, 2), (2023, 12, 30), (2023, 12, 30)),
        ("date:01-02", date(2023, 12, 30), (2024, 1, 2), (2024, 1, 2)),
        ("date:02-29", date(2024, 3, 5), (2024, 2, 29), (2024, 2, 29)),
        ("date:02-29", date(2023, 3, 5), (2024, 2, 29), (2024, 2, 29)),
        ("date:02-29", date(1901, 3, 5), (1904, 2, 29), (1904, 2, 29)),
        ("monthday:31", date(2024, 2, 10), (2024, 1, 31), (2024, 1, 31)),
        ("monthday:13/5", date(2024, 8, 1), (2024, 9, 13), (2024, 9, 13)),
        ("named_month:6", date(2024, 8, 1), (2024, 6, 1), (2024, 6, 30)),
        ("named_month:2", date(2023, 11, 1), (2024, 2, 1), (2024, 2, 29)),
        ("weekday_of_week:1/2", date(2024, 8, 1), (2024, 8, 6), (2024, 8, 6)),
    ],
)
def test_an_expression_is_counted_from_its_anchor(
    offset: str, anchor: date, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    assert resolve(offset, anchor) == (date(*first), date(*last))


def test_a_unit_nobody_knows_is_named() -> None:
    with pytest.raises(ValueError, match=r"no unit decade in decade:1; .*day, week"):
        resolve("decade:1", TUESDAY)


ANCHORS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@settings(deadline=None)
@given(st.integers(1, 7), ANCHORS)
def test_a_weekday_is_that_weekday_within_a_week_before_or_after(day: int, anchor: date) -> None:
    before, _ = resolve(f"weekday:{day}", anchor)
    after, _ = resolve(f"weekday:+{day}", anchor)
    assert before.isoweekday() == after.isoweekday() == day
    assert 0 <= (anchor - before).days < 7
    assert 0 < (after - anchor).days <= 7


@settings(deadline=None)
@given(st.sampled_from(["day", "week", "month", "year"]), st.integers(-30, 30), ANCHORS)
def test_units_follow_each_other_without_a_gap(unit: str, amount: int, anchor: date) -> None:
    first, last = resolve(f"{unit}:{amount}", anchor)
    following, _ = resolve(f"{unit}:{amount + 1}", anchor)
    assert first <= last
    assert (following - last).days == 1


_DATES = {
    "date_id": pl.String, "article_id": pl.String, "text": pl.String, "kind": pl.String,
    "precision": pl.String, "date_from": pl.Date, "date_to": pl.Date,
    "offset_from_anchor": pl.String,
}  # fmt: skip
Interval = tuple[datetime, datetime] | None
MONTH: Interval = (datetime(2023, 12, 1), datetime(2023, 12, 31))
DAY: Interval = (datetime(2023, 12, 5), datetime(2023, 12, 5))
LATER: Interval = (datetime(2023, 12, 7), datetime(2023, 12, 7))


def happened(
    offset: str, published: dict[str, Interval], stories: dict[str, str] | None = None
) -> tuple[date, date, str, str | None] | None:
    """What an expression of article ``a`` resolves to: days, anchor, inference."""
    dates = pl.DataFrame(
        [("a/d0", "a", "mardi", "relative", "day", None, None, offset)],
        schema=_DATES,
        orient="row",
    )
    articles = pl.DataFrame(
        [(name, f"{name}.txt", *(interval or (None, None)))
         for name, interval in published.items()],
        schema={"article_id": pl.String, "source_path": pl.String,
                "published_from": pl.Datetime("us"), "published_to": pl.Datetime("us")},
        orient="row",
    )  # fmt: skip
    story = dict.fromkeys(published, "one") | (stories or {})
    told = pl.DataFrame({"article_id": list(story), "story_id": list(story.values())})
    made = core_happenings(dates, articles, told)
    assert set(made.columns) == set(contracts.table("core_happenings").column_names)
    rows = made.select("date_from", "date_to", "anchor_article_id", "inferred_from").rows()
    return rows[0] if rows else None


def test_the_anchor_is_the_articles_own_day() -> None:
    assert happened("weekday:2", {"a": LATER, "b": DAY}) == (TUESDAY, TUESDAY, "a", None)


def test_an_undated_article_is_anchored_in_its_story_and_says_so() -> None:
    made = happened("weekday:2", {"a": None, "b": LATER, "c": DAY})
    assert made is not None
    assert made[:3] == (TUESDAY, TUESDAY, "c")
    assert made[3] == (
        "“mardi” counted from 2023-12-05, when c.txt of the same story was published"
    )


def test_an_article_dated_too_roughly_is_anchored_in_its_story() -> None:
    made = happened("weekday:2", {"a": MONTH, "b": DAY})
    assert made is not None
    assert made[2] == "b"


def test_a_rough_date_is_fine_enough_for_a_rough_unit() -> None:
    first, last = date(2022, 1, 1), date(2022, 12, 31)
    assert happened("year:-1", {"a": MONTH, "b": DAY}) == (first, last, "a", None)
    assert happened("month:0", {"a": MONTH}) == (date(2023, 12, 1), date(2023, 12, 31), "a", None)


@pytest.mark.parametrize("published", [{"a": None}, {"a": MONTH}, {"a": MONTH, "b": None}])
def test_without_an_anchor_nothing_is_guessed(published: dict[str, Interval]) -> None:
    assert happened("weekday:2", published) is None


def test_an_article_of_another_story_is_no_anchor() -> None:
    assert happened("weekday:2", {"a": None, "b": DAY}, {"b": "two"}) is None


def test_an_absolute_date_needs_no_anchor() -> None:
    dates = pl.DataFrame(
        [("a/d0", "a", "1991", "absolute", "year", date(1991, 1, 1), date(1991, 12, 31), None)],
        schema=_DATES,
        orient="row",
    )
    none = pl.DataFrame(
        schema={"article_id": pl.String, "source_path": pl.String,
                "published_from": pl.Datetime("us"), "published_to": pl.Datetime("us")}
    )  # fmt: skip
    stories = pl.DataFrame(schema={"article_id": pl.String, "story_id": pl.String})
    (row,) = core_happenings(dates, none, stories).rows(named=True)
    assert (row["date_from"], row["anchor_article_id"]) == (date(1991, 1, 1), None)
