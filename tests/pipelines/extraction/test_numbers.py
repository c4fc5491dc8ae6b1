"""Numbers in digits and words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extraction.cues import cues
from pipelines.extraction.numbers import number_grammar

_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")


@pytest.fixture(scope="module")
def read_numbers(reference):
    grammars = {one: number_grammar(cues(reference.seed_cue_words, one)) for one in _LANGUAGES}
    return lambda language, text: grammars[language].numbers(text)


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("en", "two hundred and thirty-four thousand", [234_000]),
        ("en", "10,000 and 10.5", [10_000, 10.5]),
        ("en", "two and a half million", [2.5e6]),
        ("en", "half a million", [500_000]),
        ("en", "two thirds of the vote", [2 / 3]),
        ("en", "3 dozen eggs", [36]),
        ("en", "one over three", [1 / 3]),
        ("en", "22,24,26,31", [22, 24, 26, 31]),
        ("fr", "quatre-vingt-dix-sept", [97]),
        ("fr", "soixante et onze", [71]),
        ("fr", "deux cent virgule trois", [200.3]),
        ("fr", "1 414 021 100", [1_414_021_100]),
        ("fr", "un million deux cent mille", [1_200_000]),
        ("fr", "20 cents", [20]),
        ("it", "duecentotrentacinquemila", [235_000]),
        ("it", "centotto", [108]),
        ("it", "un milione e mezzo", [1.5e6]),
        ("es", "quinientos trece millones cuatrocientos mil", [513_400_000]),
        ("es", "tres treintaicincoavos", [3 / 35]),
        ("es", "mil millones", [1e9]),
        ("pt", "três mil duzentos e quarenta e sete", [3247]),
        ("pt", "três vinte avos", [0.15]),
        ("de", "fünfhundertdreiundzwanzig", [523]),
        ("de", "anderthalb Millionen", [1.5e6]),
        ("nl", "honderdvijfentwintig", [125]),
        ("en", "-1.5 and 1e10", [-1.5, 1e10]),
        ("en", "twenty twenty", [20, 20]),
        ("fr", "au moins onze", [11]),
        ("es", "al menos 120", [120]),
        ("es", "mil y dos mil", [1000, 2000]),
    ],
)
def test_a_number_is_the_sum_of_its_parts(read_numbers, language, text, values):
    assert [one.value for one in read_numbers(language, text)] == pytest.approx(values)


def test_what_runs_into_a_word_is_glued_and_what_is_part_of_one_is_none(read_numbers):
    assert [one.glued for one in read_numbers("en", "29km of road")] == [True]
    assert read_numbers("en", "A340 tenfold") == []


@given(whole=st.integers(0, 999_999_999))
def test_digits_in_groups_are_the_number(read_numbers, whole):
    for language, mark in (("en", ","), ("de", "."), ("fr", " ")):
        (found,) = read_numbers(language, f"{whole:,}".replace(",", mark))
        assert found.value == whole


@settings(deadline=None)
@given(
    language=st.sampled_from(_LANGUAGES),
    text=st.lists(
        st.one_of(
            st.text(max_size=6),
            st.sampled_from(("cent", "mille", "half", "und", "e", "1/0", "½", "9e99", "2^-99999")),
            st.sampled_from(("million", "mil", "zwei", "one", "over", "avos", "İ", "1.2.3,4")),
        ),
        max_size=25,
    ).map(" ".join),
)
def test_whatever_stands_there_numbers_are_finite_and_in_order(read_numbers, language, text):
    found = read_numbers(language, text)
    assert all(0 <= one.at < one.to <= len(text) and abs(one.value) < 1e300 for one in found)
    assert [one.at for one in found] == sorted(one.at for one in found)
