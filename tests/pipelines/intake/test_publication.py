from datetime import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.publication import publication_interval


def interval(declared: str | None) -> tuple[datetime | None, datetime | None, str]:
    frame = pl.DataFrame({"declared": [declared]}, schema={"declared": pl.String})
    ((first, last, precision),) = (
        frame.select(publication_interval(pl.col("declared")).alias("made")).unnest("made").rows()
    )
    return first, last, precision


@pytest.mark.parametrize(
    ("declared", "first", "last", "precision"),
    [
        ("2023", (2023, 1, 1), (2023, 12, 31), "year"),
        ("2023-12", (2023, 12, 1), (2023, 12, 31), "month"),
        ("2024-02", (2024, 2, 1), (2024, 2, 29), "month"),
        ("2023-02", (2023, 2, 1), (2023, 2, 28), "month"),
        ("2023-12-05", (2023, 12, 5), (2023, 12, 5), "day"),
        ("2024-02-29", (2024, 2, 29), (2024, 2, 29), "day"),
        ("2023-12-05T10:00:30Z", (2023, 12, 5, 10, 0, 30), (2023, 12, 5, 10, 0, 30), "second"),
        ("2023-12-05 10:00", (2023, 12, 5, 10), (2023, 12, 5, 10), "second"),
        ("2023-12-05T00:30+01:00", (2023, 12, 4, 23, 30), (2023, 12, 4, 23, 30), "second"),
        ("2023-12-31T23:00-0530", (2024, 1, 1, 4, 30), (2024, 1, 1, 4, 30), "second"),
    ],
)
def test_a_declared_date_is_as_precise_as_it_was_declared(
    declared: str, first: tuple[int, ...], last: tuple[int, ...], precision: str
) -> None:
    assert interval(declared) == (datetime(*first), datetime(*last), precision)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "declared",
    [None, "", "yesterday", "05/12/2023", "2023-13", "2023-00", "2023-02-30", "2023-12-05T25:00",
     "2023-02-29", "2023-12-05T10:61Z", "99999-01", "0000-01-01", "2023-12-05T10:00:99Z",
     "2023-12-05T10:00+25:00", "2023-12 10:00"],
)  # fmt: skip
def test_what_is_no_date_is_unknown_and_never_guessed(declared: str | None) -> None:
    assert interval(declared) == (None, None, "unknown")


@settings(deadline=None)
@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(4, 19))
def test_the_interval_never_ends_before_it_begins(moment: datetime, length: int) -> None:
    first, last, precision = interval(moment.isoformat()[:length])
    assert (first is None) == (last is None) == (precision == "unknown")
    if first and last:
        assert first <= last
        assert first <= moment
