import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told_news import CUES

from pipelines.resolution.names import name_grammar

GRAMMAR = name_grammar(CUES)


@pytest.mark.parametrize(
    "names",
    [
        ("Università di Tokyo", "Université de Tokyo", "University of Tokyo", "Universidad Tokyo"),
        ("Fondazione Simons", "la Fondazione Simons", "Fondation Simons"),
        ("Clement Delangue", "Clément Delangue", "CLEMENT DELANGUE"),
        ("Fenrir, Inc.", "Fenrir Inc.", "Fenrir"),
        ("Allen Institute (Ai2)", "Allen Institute"),
        ("progetto ATOM", "ATOM Project", "Progetto ATOM"),
        ("dell’Università di Tokyo", "Università di Tokyo"),
        ("Straße GmbH", "STRASSE"),
    ],
)
def test_the_spellings_of_a_name_have_one_key(names: tuple[str, ...]) -> None:
    assert len({GRAMMAR.key(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("University of Tokyo", "Tokyo"),
        ("Meta", "Meta AI"),
        ("AT&T", "AT T Mobile"),
        ("A*STAR", "STAR"),
        ("Fondazione Simons", "Università Simons"),
    ],
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert GRAMMAR.key(one) != GRAMMAR.key(other)


@pytest.mark.parametrize("name", ["The The", "di", "Inc.", "La"])
def test_a_name_of_loose_words_alone_keeps_them(name: str) -> None:
    assert GRAMMAR.key(name)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["tokyo", "simons", "di", "università", "Inc."]), min_size=1))
def test_a_key_does_not_depend_on_the_order_of_words_or_their_case(words: list[str]) -> None:
    key = GRAMMAR.key(" ".join(words))
    assert GRAMMAR.key(" ".join(reversed(words)).upper()) == key


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("progetto ATOM", "ATOM Project"),
        ("Progetto Manhattan", "Manhattan Project"),
        ("Progetto di Roma", "Progetto di Roma"),
        ("progetto", "progetto"),
        ("Hugging Face", "Hugging Face"),
    ],
)
def test_the_head_of_a_project_is_put_into_english(name: str, english: str) -> None:
    assert GRAMMAR.english(name) == english
