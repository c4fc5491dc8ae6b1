"""Names that no table lists, in sight of a dictionary that would take them for words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.translation.presumed_names import Reading, copied, hidden, presumed, readings
from pipelines.translation.protection import restored

KNOWN = readings(
    "^Ieri/ieri<adv>$ ^Felipe/Felipe<np><ant><m><sg>$ ^Massa/massa<n><f><sg>$ "
    "^Lo/il<det><def><m><sg>$ "
    "^Piccolo/piccolo<adj><m><sg>$ ^Ma/ma<cnjcoo>$ ^Red/*Red$ ^Lake/*Lake$ ^America/*America$ "
    "^Latina/latino<adj><f><sg>/latino<n><f><sg>$ ^Chiesa/chiesa<n><f><sg>$ "
    "^Santa/santo<adj><f><sg>$ ^Fe/*Fe$ ^FATA/fata<n><f><sg>$ ^ONU/ONU<np><al>$ "
    "^Parigi/Parigi<np><loc>$ ^Il/il<det><def><m><sg>$ ^Star/stare<vblex><inf>$ ^Tribune/*Tribune$"
)


def names(text: str, language: str = "it") -> list[str]:
    return [text[start:end] for start, end in presumed(text, language, KNOWN)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ieri Felipe Massa ha vinto la gara", ["Felipe Massa"]),
        ("Felipe Massa ha vinto la gara", ["Felipe Massa"]),
        ("Dicono che Ma potrebbe partire", ["Ma"]),
        ("Il boss era Lo Piccolo secondo loro", ["Lo Piccolo"]),
        ("Una gita a Santa Fe con loro", ["Santa Fe"]),
        ("Il capo delle FATA che parla", ["FATA"]),
        ("Scrive lo Star-Tribune di oggi", ["Star-Tribune"]),
        # Institutions and places are translated.
        ("Quel che dice la Chiesa di Parigi e la ONU", []),
        ("Tutta la America Latina che balla", []),
        # What the dictionary lacks it leaves alone.
        ("Nel parco di Red Lake piove", []),
        # Beginnings of sentences and of quotations say nothing.
        ("Ma piove. Il sole c'era: «Lo dico io» oggi", []),
        # Neither does a headline in capitals.
        ("Felipe Massa Vince Ancora", []),
    ],
)
def test_names_are_told_from_what_is_translated(text: str, found: list[str]) -> None:
    assert names(text) == found


def test_a_capital_says_nothing_where_every_noun_has_one() -> None:
    assert names("Er sah Felipe Massa am Ziel", "de") == []


def test_a_place_is_told_from_a_person_and_both_from_words() -> None:
    assert KNOWN["Parigi"] is Reading.PLACE
    assert KNOWN["Felipe"] is Reading.PERSON
    assert KNOWN["Red"] is Reading.UNKNOWN


def test_what_one_step_left_alone_is_hidden_from_the_next() -> None:
    before, after = "a Red Lake con Felipe e la Chiesa", "en *Red *Lake con Felipe y la Iglesia"
    spans = copied(before, after, {"Red": Reading.NOUN, "Iglesia": Reading.NOUN})
    assert [after[start:end] for start, end in spans] == ["Red", "Lake", "Felipe"]
    assert copied("di *Europa", "de *Europa", {"Europa": Reading.PLACE}) == []


@given(st.lists(st.sampled_from(["Felipe", "Massa", "e", "Lo", "a.", "XY"]), max_size=80))
def test_what_is_hidden_twice_comes_back(words: list[str]) -> None:
    text = " ".join(words)
    once, stands_for = hidden(text, presumed(text, "it", KNOWN), {})
    every = copied(once, once, {})
    twice, stands_for = hidden(once, every, stands_for)
    assert restored(twice, stands_for) == text
