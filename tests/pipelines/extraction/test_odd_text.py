"""Text that no newsroom writes: nothing raises, and every span is exact."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_MARKS = ['"', "“", "”", "«", "»", "‘", "’", "'", "„", "``", "''", "(", ")", "[", "- ", "–"]
_RESERVED = ["\x00", "\ue001", "\ue007", "\ue010", "\ue0ff", "\uf8ff", "\ufffd", "\U0010ffff"]
_LETTERS = ["İ", "ſ", "ß", "ǅ", "e\u0301", "\u200b", "\ufeff", "\U0001f30d", "中文", "العربية"]
_SPACES = [" ", " ", "\xa0", "\u2028", "\t", "\n", "\r\n", "\n\n"]
_NUMBERS = ["٣", "５", "½", "10%", "1/0", "1e999", "10^9", "9" * 40, "30 February", "12.13.", "$"]
_WORDS = [
    "Marie Curie", "IBM", "Meta", "the AI Alliance", "president of the", "said", "said that",
    "members include", "have joined", "is not part of", "three weeks ago", "million", "dozen",
    "l'", "dell'", "d'", "und", "\\", "${0}", "(?P<", ".", ",", ":", ";", "?", "!",
]  # fmt: skip
_TEXTS = st.lists(
    st.sampled_from([*_MARKS, *_RESERVED, *_LETTERS, *_SPACES, *_NUMBERS, *_WORDS]), max_size=60
).map("".join) | st.text(max_size=60)


def _exact(reading) -> bool:
    return all(
        reading.body[start:end] == text
        for rows, column in reading.tables.values()
        for start, end, text in rows.select("start", "end", column).rows()
    )


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(language=st.sampled_from(["de", "en", "fr"]), body=_TEXTS)
def test_no_text_stops_an_extractor(read, language, body):
    assert _exact(read(language, body))


@pytest.mark.parametrize("body", ["AҊ", "Acme, ҊA", "Ҋeta IBMж spricht."])
def test_a_word_in_two_scripts_stops_no_extractor(read, body):
    assert _exact(read("de", body))


@pytest.mark.parametrize("one", ["said Meta “", "“Yes”, said Ann Lee, ", "1 000 ", "a", "Meta, "])
def test_a_line_without_end_is_read_to_the_end(read, one):
    assert _exact(read("en", one * 1000))


def test_characters_that_rules_use_as_marks_stand_for_nothing(read):
    marked = read("en", "“All is lost”, said \ue001\ue010\ue010. It cost \ue0ff 3 million euros.")
    assert marked.mentions.is_empty()
    assert marked.counts() == {("3 million euros", "=", 3e6, "EUR")}
