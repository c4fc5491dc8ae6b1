"""When."""

from datetime import date

import pytest


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
    ],
)
def test_a_time_expression_is_never_more_precise_than_said(read, language, text, expected):
    columns = ("date_from", "date_to", "precision", "offset_from_anchor")
    assert read(language, text).dates.select(columns).rows() == [expected]


def test_every_monday_is_no_date(read):
    assert read("en", "They meet every Monday.").dates.height == 0
