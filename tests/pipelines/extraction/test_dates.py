"""When."""

from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.extraction.dates import core_dates
from warehouse.contracts.frames import empty

_COLUMNS = ("date_from", "date_to", "precision", "offset_from_anchor")


@pytest.fixture(scope="module")
def told(as_one_sentence, reference):
    """Return the time expressions of a sentence, without mentions."""

    def dates(language: str, text: str) -> pl.DataFrame:
        mentions = empty("core_mentions")
        frames = as_one_sentence(language, text)
        return core_dates(*frames, mentions, reference.seed_cue_words)

    return dates


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("it", "È nata il 12 marzo 2024.", (date(2024, 3, 12), date(2024, 3, 12), "day", None)),
        ("de", "Im März 2024 begann es.", (date(2024, 3, 1), date(2024, 3, 31), "month", None)),
        ("fr", "En février 2023, il a plu.", (date(2023, 2, 1), date(2023, 2, 28), "month", None)),
        ("en", "It began in 1991.", (date(1991, 1, 1), date(1991, 12, 31), "year", None)),
        ("fr", "Mardi, il a plu.", (None, None, "day", "weekday:2")),
        ("es", "Ayer llovió mucho.", (None, None, "day", "day:-1")),
        ("en", "It grew last year.", (None, None, "year", "year:-1")),
        ("de", "Sie tagten im Juni.", (None, None, "month", "named_month:6")),
        ("it", "Il voto è a maggio.", (None, None, "month", "named_month:5")),
        ("en", "He left three weeks ago.", (None, None, "week", "week:-3")),
        ("fr", "Elle est partie il y a deux ans.", (None, None, "year", "year:-2")),
        ("it", "È successo due giorni fa.", (None, None, "day", "day:-2")),
        ("es", "Se reunirán dentro de tres meses.", (None, None, "month", "month:3")),
        ("pt", "Voltou há dois anos.", (None, None, "year", "year:-2")),
        ("nl", "Dat was vier dagen geleden.", (None, None, "day", "day:-4")),
        ("de", "Das war vor drei Tagen.", (None, None, "day", "day:-3")),
        ("en", "We meet on Tuesday of next week.", (None, None, "day", "weekday_of_week:1/2")),
        ("it", "Si vota venerdì 14.", (None, None, "day", "monthday:14/5")),
        ("en", "They met on Christmas Day.", (None, None, "day", "date:12-25")),
        ("en", "It fell two days before yesterday.", (None, None, "day", "day:-3")),
        ("en", "We will meet in two days.", (None, None, "day", "day:2")),
    ],
)
def test_a_time_expression_is_never_more_precise_than_said(told, language, text, expected):
    assert told(language, text).select(_COLUMNS).rows() == [expected]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "On 5 August 2016 it rained."),
        ("en", "On August 5th, 2016 it rained."),
        ("en", "On the fifth of August 2016 it rained."),
        ("en", "The file of 2016-08-05 is lost."),
        ("fr", "Le vendredi 5 août 2016, il a plu."),
        ("it", "Il cinque agosto 2016 pioveva."),
        ("es", "El 5 de agosto de 2016 llovió."),
        ("es", "El cinco de agosto de dos mil dieciséis llovió."),
        ("pt", "Em 5 de agosto de 2016 choveu."),
        ("de", "Am 5. August 2016 regnete es."),
        ("nl", "Op 5 augustus 2016 regende het."),
        ("fr", "Le 05/08/2016, il a plu."),
    ],
)
def test_a_day_is_read_however_it_is_written(told, language, text):
    (found,) = told(language, text).to_dicts()
    assert (found["date_from"], found["precision"]) == (date(2016, 8, 5), "day")
    assert text[found["start"] : found["end"]] == found["text"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "They meet every Monday."),
        ("fr", "Il revient le 30 février 2019."),
        ("it", "Ha vinto per 29-31."),
        ("en", "The hotline is open 24/7."),
        ("en", "It was the third attack in two days."),
        ("en", "He sold 2000 houses."),
        ("fr", "Ils étaient 1998 à venir."),
    ],
)
def test_habits_numbers_and_days_no_calendar_has_are_no_dates(told, language, text):
    assert told(language, text).height == 0


def test_a_day_that_counts_what_follows_is_none(told):
    assert told("fr", "Mardi 20 personnes sont venues.")["offset_from_anchor"].to_list() == [
        "weekday:2"
    ]


def test_which_number_is_the_month_is_a_guess_where_both_could_be(told):
    guess, sure = (told("en", f"It was on {day}/2018.") for day in ("5/6", "5/17"))
    assert guess["confidence"][0] < sure["confidence"][0]


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    language=st.sampled_from(("de", "en", "es", "fr", "it", "nl", "pt")),
    text=st.lists(
        st.one_of(
            st.text(max_size=6),
            st.sampled_from(("12", "31/", "2024", "mars", "May", "lundi", "ayer", "il y a", "3")),
            st.sampled_from(("tage", "hace", "0", "days ago", "99.99.99", "İ", "1.", "30/2/2019")),
        ),
        min_size=1,
        max_size=30,
    ).map(" ".join),
)
def test_whatever_stands_there_spans_are_exact(told, language, text):
    for row in told(language, text).to_dicts():
        assert text[row["start"] : row["end"]] == row["text"]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "In fact, this may not be far from it.", []),
        ("en", "They will meet this May in Rome.", ["May"]),
        ("en", "Last march was quiet.", []),
        ("it", "Si vedranno a maggio a Roma.", ["maggio"]),
    ],
)
def test_a_month_is_written_as_its_language_writes_months(told, language, text, found):
    dates = told(language, text)
    assert [text[at:to] for at, to in dates.select("start", "end").rows()] == found
