import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.corpus import CAPITALS, LETTERS, Corpus
from pipelines.extraction.scanning import (
    NEVER,
    alphanumeric,
    beginnings,
    either,
    hits,
    lowered,
    occurrences,
    points,
    words_at,
)

_WORDS = st.lists(st.text("ab.+é ", min_size=1, max_size=4), min_size=1, max_size=6)


@given(words=_WORDS, text=st.text("ab.+é \U0001f30d", max_size=40))
def test_both_engines_find_the_longest_words_in_the_same_places(words, text):
    expression = either(words)
    found = [match.span() for match in re.finditer(expression, text)]
    assert hits(text, expression) == found
    longest = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    assert found == [match.span() for match in re.finditer(longest, text)]


def test_of_no_words_none_is_found():
    assert either([]) == NEVER
    assert hits("any text", NEVER) == []


def test_a_space_in_a_word_is_any_white_space():
    assert hits("up\xa0to ten", either(["up to"])) == [(0, 5)]


@pytest.mark.parametrize(("text", "small"), [("Élan", "élan"), ("İzmir 5", "İzmir 5")])
def test_small_letters_take_as_much_room(text, small):
    assert lowered(text) == small


@given(st.text())
def test_every_letter_keeps_its_place(text):
    assert len(lowered(text)) == len(text)


@given(words=_WORDS, text=st.text("ab.+é \U0001f30d", max_size=40))
def test_words_are_found_where_they_begin_a_word(words, text):
    found = words_at(text, pl.Series([words])).tolist()
    assert found == [
        at
        for at in range(len(text))
        if text.startswith(tuple(words), at) and not text[:at][-1:].isalnum()
    ]


def test_no_words_are_found_nowhere():
    assert words_at("any text", pl.Series([[]], dtype=pl.List(pl.String))).tolist() == []


def test_however_many_words_there_are_all_are_found():
    words = [f"{number:03}th" for number in range(250)]
    found = words_at(" ".join(words), pl.Series([words]))
    assert found.tolist() == [6 * number for number in range(250)]


@given(words=_WORDS, text=st.text("ab.+é ", max_size=40))
def test_words_begin_where_their_beginnings_do(words, text):
    found = words_at(text, beginnings(words))
    assert found.tolist() == words_at(text, pl.Series([words])).tolist()


@given(phrases=_WORDS, text=st.text("ab.+é \U0001f30d", max_size=40))
def test_phrases_are_found_as_whole_words(phrases, text):
    def is_inside(at: int) -> bool:
        return text[:at][-1:].isalnum() and text[at:][:1].isalnum()

    read, looked_for = points(text), pl.Series(sorted(set(phrases)))
    at, to, which = occurrences(read, alphanumeric(read), looked_for)
    assert set(zip(at.tolist(), to.tolist(), looked_for.gather(which), strict=True)) == {
        (begin, begin + len(phrase), phrase)
        for phrase in phrases
        for begin in range(len(text))
        if text.startswith(phrase, begin)
        and not is_inside(begin)
        and not is_inside(begin + len(phrase))
    }
    assert at.tolist() == sorted(at.tolist())


def test_no_phrases_are_found_nowhere():
    read = points("any text")
    assert occurrences(read, alphanumeric(read), pl.Series([], dtype=pl.String))[0].tolist() == []


@given(text=st.text(st.characters(max_codepoint=0x260), max_size=40), begin=st.integers(0, 9))
def test_classes_of_latin_letters_are_matched_as_they_are_written(text, begin):
    expression = rf"(?:^|[^{LETTERS}])[{CAPITALS}][{LETTERS}]*(?:, É\.)?"
    corpus = Corpus("mul", text, pl.DataFrame())
    at, to = corpus.hits(expression, min(begin, len(text)), len(text))
    found = [match.span() for match in re.finditer(expression, text[begin:])]
    assert [(one - begin, other - begin) for one, other in zip(at, to, strict=True)] == found
