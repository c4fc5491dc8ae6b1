from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import polars as pl
import pytest
from babel import Locale
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.publication import datelines, publication_intervals

Interval = tuple[datetime | None, datetime | None, str, str | None]

LOCALES = ("de", "de_AT", "en", "en_GB", "es", "fr", "it", "nl", "pt", "pt_PT")
days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)


def intervals(*stated: str | None, language: str | None = None) -> list[Interval]:
    return publication_intervals(
        pl.Series(stated, dtype=pl.String), pl.Series([language] * len(stated), dtype=pl.String)
    ).rows()


def interval(stated: str | None, language: str | None = None) -> Interval:
    (row,) = intervals(stated, language=language)
    return row


def at(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stated", "first", "last", "precision"),
    [
        ("2023", (2023, 1, 1), (2023, 12, 31), "year"),
        ("2023-12", (2023, 12, 1), (2023, 12, 31), "month"),
        ("2024-02", (2024, 2, 1), (2024, 2, 29), "month"),
        ("2023-02", (2023, 2, 1), (2023, 2, 28), "month"),
        ("12/2023", (2023, 12, 1), (2023, 12, 31), "month"),
        ("décembre 2023", (2023, 12, 1), (2023, 12, 31), "month"),
        ("diciembre de 2023", (2023, 12, 1), (2023, 12, 31), "month"),
        ("December, 2023", (2023, 12, 1), (2023, 12, 31), "month"),
        ("2023-12-05", (2023, 12, 5), (2023, 12, 5), "day"),
        ("2024-02-29", (2024, 2, 29), (2024, 2, 29), "day"),
        ("20231205", (2023, 12, 5), (2023, 12, 5), "day"),
        ("2023-12-05Z", (2023, 12, 5), (2023, 12, 5), "day"),
        ("2023/12/5", (2023, 12, 5), (2023, 12, 5), "day"),
        ("5 dicembre 2023", (2023, 12, 5), (2023, 12, 5), "day"),
        ("5. Dezember 2023", (2023, 12, 5), (2023, 12, 5), "day"),
        ("5 Jänner 2023", (2023, 1, 5), (2023, 1, 5), "day"),
        ("le 1er août 2023", (2023, 8, 1), (2023, 8, 1), "day"),
        ("mar. 5 dic. 2023", (2023, 12, 5), (2023, 12, 5), "day"),
        ("Mar 5, 2023", (2023, 3, 5), (2023, 3, 5), "day"),
        ("5 de dezembro de 2023", (2023, 12, 5), (2023, 12, 5), "day"),
        ("Published on December 5th, 2023", (2023, 12, 5), (2023, 12, 5), "day"),
        ("5 décembre 2023 à 10h15", (2023, 12, 5, 10, 15), (2023, 12, 5, 10, 15), "second"),
        ("5 décembre 2023 à 10 h", (2023, 12, 5, 10), (2023, 12, 5, 10, 59), "second"),
        ("5. Dezember 2023, 10.15 Uhr", (2023, 12, 5, 10, 15), (2023, 12, 5, 10, 15), "second"),
        ("5 dicembre 2023 alle ore 9:05", (2023, 12, 5, 9, 5), (2023, 12, 5, 9, 5), "second"),
        ("December 5, 2023 at 12:05 a.m.", (2023, 12, 5, 0, 5), (2023, 12, 5, 0, 5), "second"),
        ("10:15pm, Tue 5 Dec 2023", (2023, 12, 5, 22, 15), (2023, 12, 5, 22, 15), "second"),
        ("2023-12-05 10:00", (2023, 12, 5, 10), (2023, 12, 5, 10), "second"),
        ("5 Dec 2023 10:15 IST", (2023, 12, 5, 10, 15), (2023, 12, 5, 10, 15), "second"),
    ],
)
def test_a_date_is_as_precise_as_it_was_stated(
    stated: str, first: tuple[int, ...], last: tuple[int, ...], precision: str
) -> None:
    assert interval(stated) == (at(*first), at(*last), precision, None)


@pytest.mark.parametrize(
    ("stated", "moment", "zone"),
    [
        ("2023-12-05T10:00:30Z", (2023, 12, 5, 10, 0, 30), "+00:00"),
        ("2023-12-05 10:00:30.123456z", (2023, 12, 5, 10, 0, 30), "+00:00"),
        ("2023-12-05T00:30+01:00", (2023, 12, 4, 23, 30), "+01:00"),
        ("2023-12-31T23:00-0530", (2024, 1, 1, 4, 30), "-05:30"),
        ("2023-12-05T10:15:00+01", (2023, 12, 5, 9, 15), "+01:00"),
        ("2023-12-05T10:15:00+01:00[Europe/Rome]", (2023, 12, 5, 9, 15), "+01:00"),
        ("20231205T101500Z", (2023, 12, 5, 10, 15), "+00:00"),
        ("Tue, 05 Dec 2023 10:15:00 -0000", (2023, 12, 5, 10, 15), "+00:00"),
        ("Tue, 05 Dec 2023 10:15:00 GMT", (2023, 12, 5, 10, 15), "+00:00"),
        ("Dec. 5, 2023, 10:15 a.m. EST", (2023, 12, 5, 15, 15), "-05:00"),
        ("Tue Dec 05 10:15:00 +0000 2023", (2023, 12, 5, 10, 15), "+00:00"),
        ("Tue Dec 05 2023 10:15:00 GMT+0100 (CET)", (2023, 12, 5, 9, 15), "+01:00"),
        ("5. Dezember 2023, 10:15 Uhr MEZ", (2023, 12, 5, 9, 15), "+01:00"),
        ("1701771300", (2023, 12, 5, 10, 15), "+00:00"),
        ("1701771300123", (2023, 12, 5, 10, 15), "+00:00"),
        ("1701771300.5", (2023, 12, 5, 10, 15), "+00:00"),
    ],
)
def test_a_stated_zone_makes_a_moment_utc(stated: str, moment: tuple[int, ...], zone: str) -> None:
    assert interval(stated) == (at(*moment), at(*moment), "second", zone)


@pytest.mark.parametrize(
    "stated",
    [None, "", "yesterday", "2023-13", "2023-00", "2023-02-30", "30 February 2023",
     "2023-12-05T25:00", "2023-02-29", "2023-12-05T10:61Z", "99999-01", "0000-00-00",
     "0001-01-01T00:00:00", "2023-12-05T10:00:99Z", "2023-12-05T10:00+25:00", "2023-12 10:00",
     "2023-12-05 10", "5/12/23", "13/13/2023", "170177130", "9701771300", "202312",
     "5 May 2023 13:15 pm", "Updated 5 December 2023", "5 December", "Tuesday", "5 Foo 2023"],
)  # fmt: skip
def test_what_is_no_date_is_unknown_and_never_guessed(stated: str | None) -> None:
    assert interval(stated) == (None, None, "unknown", None)


@pytest.mark.parametrize(
    ("stated", "language", "day"),
    [
        ("05/12/2023", "it", (2023, 12, 5)),
        ("05/12/2023", "pt-BR", (2023, 12, 5)),
        ("05/12/2023", "en-GB", (2023, 12, 5)),
        ("05/12/2023", "en_US", (2023, 5, 12)),
        ("25/12/2023", "en_US", (2023, 12, 25)),
        ("12/25/2023", "it", (2023, 12, 25)),
        ("25-12-2023", None, (2023, 12, 25)),
        ("05/05/2023", None, (2023, 5, 5)),
        ("05.12.2023", None, (2023, 12, 5)),
    ],
)
def test_which_of_two_numbers_is_the_day_is_told_by_them_or_by_the_language(
    stated: str, language: str | None, day: tuple[int, ...]
) -> None:
    assert interval(stated, language) == (at(*day), at(*day), "day", None)


@pytest.mark.parametrize("language", [None, "en", "xx", "klingon", "", "fr-CA"])
@pytest.mark.parametrize("stated", ["05/12/2023", "05/12/2023 10:15"])
def test_where_nothing_tells_only_the_year_is_sure(stated: str, language: str | None) -> None:
    assert interval(stated, language) == (at(2023, 1, 1), at(2023, 12, 31), "year", None)


@settings(deadline=None)
@given(moments, st.integers(4, 19))
def test_the_interval_never_ends_before_it_begins(moment: datetime, length: int) -> None:
    first, last, precision, _ = interval(moment.isoformat()[:length])
    assert (first is None) == (last is None) == (precision == "unknown")
    if first and last:
        assert first <= last
        assert first <= moment


@settings(deadline=None)
@given(days, st.sampled_from(LOCALES), st.sampled_from(["full", "long", "medium"]))
def test_a_day_written_in_any_of_the_languages_is_that_day(
    day: date, locale: str, width: str
) -> None:
    written = format_date(day, width, locale)
    pattern = Locale.parse(locale).date_formats[width].pattern
    first, last, precision, zone = interval(written, locale)
    if pattern.count("y") == 2:  # 05.12.23: which century, nobody says
        assert precision == "unknown"
    else:
        midnight = datetime(day.year, day.month, day.day)
        assert (first, last, precision, zone) == (midnight, midnight, "day", None)


@settings(deadline=None)
@given(moments, st.integers(-12 * 4, 14 * 4))
def test_a_moment_in_any_zone_comes_back(moment: datetime, quarters: int) -> None:
    zone = timezone(timedelta(minutes=15 * quarters))
    local = moment.replace(tzinfo=zone)
    utc = local.astimezone(UTC).replace(tzinfo=None)
    written = (local.isoformat(), format_datetime(local), local.strftime("%Y%m%dT%H%M%S%z"))
    assert intervals(*written) == [(utc, utc, "second", local.isoformat()[-6:])] * 3


@settings(deadline=None, max_examples=150)
@given(
    st.one_of(
        st.text(max_size=30),
        st.text("0123456789-/.:TZ+ ,apmh", max_size=25),
        st.from_regex(r"[0-9]{1,2} (?:dicembre|Dec|mars|Mai) [0-9]{4}( [0-9]{2}:[0-9]{2})?"),
    ),
    st.none() | st.text(max_size=8),
)
def test_no_text_raises_and_none_is_read_more_precisely_than_its_figures(
    stated: str, language: str | None
) -> None:
    first, last, precision, _ = interval(stated, language)
    assert (first is None) == (last is None) == (precision == "unknown")
    if first and last:
        assert first <= last
    figures = sum(letter.isdigit() for letter in stated)
    assert figures >= {"unknown": 0, "year": 4, "month": 4, "day": 5, "second": 6}[precision]


@pytest.mark.parametrize(
    ("opening", "day"),
    [
        ("Un titolo\nROMA, 5 dicembre 2023 - La notizia.", "5 dicembre 2023"),
        ("PARIS (AFP) – Le 5 décembre 2023 – La nouvelle.", "5 décembre 2023"),
        ("WASHINGTON, Dec. 5, 2023 (AP) — The news.", "Dec. 5, 2023"),
        ("A headline\n\nBy Jane Doe\n\nTuesday, December 5, 2023\n\nThe news.", "December 5, 2023"),
        ("Titel\nVeröffentlicht am 5. Dezember 2023, 10:15 Uhr\nText", "5. Dezember 2023"),
        ("Titolo\n05/12/2023\nTesto", "05/12/2023"),
        ("In Rome on 5 December 2023 there was news.", None),
        ("Attentato di Parigi, 13 novembre 2015\nDieci anni dopo.", None),
        ("Titolo\nAggiornato il 5 dicembre 2023\nTesto", None),
        ("Text.\n\n\n\n\n\n\n\n\n5 December 2023\n", None),
    ],
)
def test_a_dateline_is_a_line_of_its_own_or_stands_before_a_dash(
    opening: str, day: str | None
) -> None:
    texts = pl.Series([opening])
    found = [texts.str.extract(pattern)[0] for pattern in datelines()]
    assert next((one for one in found if one), None) == day
