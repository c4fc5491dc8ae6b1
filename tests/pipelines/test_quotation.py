import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.quotation import quotations, quoted


def marked(text: str) -> list[str]:
    return [text[start:end] for start, end in quotations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dice «basta così» e va.", ["«basta così»"]),
        ("Dit « assez » et part.", ["« assez »"]),
        ("He said “enough” twice, “again”.", ["“enough”", "“again”"]),
        ("Er sagt „genug“ und geht.", ["„genug“"]),
        ("»Ja«, sagt er. »Nein.«", ["»Ja«", "»Nein.«"]),
        ("Hij zegt ”genoeg” en „klaar”.", ["”genoeg”", "„klaar”"]),
        ('Un "gruppo nuovo" nasce.', ['"gruppo nuovo"']),
        ('Elle dit " oui " et va.', ['" oui "']),
        ("'It's fine,' he said.", ["'It's fine,'"]),
        ("‘The workers’ rights,’ he said.", ["‘The workers’ rights,’"]),
        ("‹Ja› und ‚nein‘.", ["‹Ja›", "‚nein‘"]),
        ("«outer “inner” «same» words»", ["«outer “inner” «same» words»"]),
        ("L’IA è dell’uomo e d’oro, rock 'n' roll.", []),
        ("Founders’ rights and others’ duties in the ’90s.", []),
        ("a 5\" screen and a 7\" one", []),
        ("\"We go,'' she said. \"We stay,'' he said.", ["\"We go,''", "\"We stay,''"]),
        ("``We go,'' she said. ``No,\" he said.", ["``We go,''", '``No,"']),
        ("He called it ''a start'' then.", ["''a start''"]),
        ("\"A ''wide'' 10'' gap,\" she said.", ["\"A ''wide'' 10'' gap,\""]),
        ("Nell''autunno e all''alba.", []),
        ("", []),
    ],
)
def test_the_marks_of_all_languages_are_read(text: str, expected: list[str]) -> None:
    assert marked(text) == expected


@pytest.mark.parametrize(
    "text", ["“one\n\n“two”", "“one\ntwo”", "«uno\n»dos»", "« un\n« deux »", '"one\n\n"two"']
)
def test_a_quotation_goes_on_in_the_next_paragraph(text: str) -> None:
    assert marked(f"{text} go on") == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“never closed.\nThe next says “closed” here.", ["“closed”"]),
        ("“never closed." + "\nA line." * 5 + " A mark” here.", []),
        ("a mark” here, “and” there", ["“and”"]),
    ],
)
def test_a_mark_that_is_never_closed_swallows_nothing(text: str, expected: list[str]) -> None:
    assert marked(text) == expected


def test_two_apostrophes_are_no_part_of_what_they_close() -> None:
    text = "\"We go,'' she said. ``We stay,'' he said."
    assert [text[start:end] for start, end, *_ in quoted(text)] == ["We go,", "We stay,"]


@settings(deadline=None)
@given(st.text(alphabet="ab \n«»‹›“”„\"‘’‚'`", max_size=60))
def test_quotations_are_ordered_spans_between_marks(text: str) -> None:
    before = 0
    for start, end in quotations(text):
        assert before <= start < end <= len(text)
        assert not text[start].isalnum()
        assert not text[end - 1].isalnum()
        before = end


@pytest.mark.parametrize("piece", ['"', "“", "„“", "’ ", "“a\n", "\n", "«a» "])
def test_no_text_takes_more_than_its_length_in_time(piece: str) -> None:
    started = time.process_time()
    quotations(piece * (40_000 // len(piece)))
    assert time.process_time() - started < 10
