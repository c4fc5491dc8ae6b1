from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.repairs import Repair, repair, repaired


def undone(text: str, repairs: list[Repair]) -> str:
    """The text as it was before its repairs."""
    pieces, end = [], 0
    for one in repairs:
        pieces += [text[end : one.start], one.raw]
        end = one.end
    return "".join((*pieces, text[end:]))


def wrongly_decoded(text: str, encoding: str = "cp1252") -> str:
    """UTF-8 read as another encoding; bytes that it has not become control characters."""
    halves = (bytes([byte]) for byte in text.encode())
    return "".join(half.decode(encoding, "ignore") or chr(half[0]) for half in halves)


SENTENCES = [
    "Perché la città è più grande: così disse l’assessore, «già» nel 2023.",
    "« L’été dernier », a déclaré le maire de Nîmes, où l’œuvre naît à Noël.",
    "Die Übergröße der Straße ärgert „schöne“ Füße – ganz öffentlich.",
    "El niño comió ñoquis en Logroño: ¿qué pasó? ¡Así fue!",
    "São Paulo não está à venda, disse a avó; ações e opiniões.",
    "De coëfficiënt van België bedroeg €12 miljoen, zei hij ‘geërgerd’.",
    "The café’s naïve owner said “it’s 20 °C” — and left… 🙂 for Türkiye.",
]
#: Letters and marks that stand beside each other though they could be bytes of others.
RIGHT = [
    *SENTENCES,
    "SÃO PAULO NÃO PARA; AMANHÃ: «AMANHû, “AMANHÔ, ‘AMANHÒ, AMANHÃ…",
    "« été » à « Nîmes » – à “part” – l’“É”",
    "ROMÂNIA, VÂNĂ, «CÂ», TÂN, LÂ’, “Â”",
    "Kołłątaj, Žižek, Đorđe, Łódź, İstanbul, Ærø, Þórr, Åsa, „Ä“, „Ü“",
    "n°5, 1ª, 2º, 20 °C, 5 €, £5, ¥5, ©2023, ®, ™, §5, ±3, ½, ×, √2, ≤ 5",
    "Москва и Αθήνα, 東京, العربية",
    "null \x00 and bell \x07 stay, so does \x85 and a lone � and â alone",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_not_touched(text: str) -> None:
    assert repair(text) == (text, [])


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
@pytest.mark.parametrize("text", SENTENCES)
def test_utf_8_read_as_western_text_is_put_right(text: str, encoding: str) -> None:
    raw = wrongly_decoded(text, encoding)
    assert raw != text
    assert repair(raw)[0] == text


def test_text_decoded_wrongly_twice_is_put_right() -> None:
    assert repair(wrongly_decoded(wrongly_decoded("perché no")))[0] == "perché no"


def test_a_repair_says_what_stood_where() -> None:
    text, repairs = repair("Un cafÃ© e â€œduâ€\x9d “veri”.")
    assert text == "Un café e “du” “veri”."
    assert repairs == [
        Repair(6, 7, 6, "Ã©"), Repair(10, 11, 11, "â€œ"), Repair(13, 14, 16, "â€\x9d"),
    ]  # fmt: skip


def test_only_the_wrong_stretch_of_a_mixed_text_changes() -> None:
    assert repair("São Paulo: «AMANHû, disse JosÃ© “aqui”.")[0] == (
        "São Paulo: «AMANHû, disse José “aqui”."
    )


def test_a_letter_in_capitals_before_a_mark_stays_even_beside_wrong_ones() -> None:
    assert repair("PerchÃ© «AMANHû?")[0] == "Perché «AMANHû?"


def test_many_texts_are_repaired_where_they_begin() -> None:
    made = repaired(pl.Series(["giusto", "piÃ¹", "cosÃ¬ è"]), pl.Series([0, 10, 20]))
    assert made["text"].to_list() == ["giusto", "più", "così è"]
    assert made["repairs"].to_list() == [
        [],
        [{"start": 2, "end": 3, "raw_start": 12, "raw": "Ã¹"}],
        [{"start": 3, "end": 4, "raw_start": 23, "raw": "Ã¬"}],
    ]


def test_no_text_at_all_is_no_fault() -> None:
    assert repaired(pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.Int64)).is_empty()


plain = st.text("abcXYZ .,;:!?'\n0189àèéìòùâêîôûäöüßñçãõœæÉÀÈÇÄÖÜ“”‘’«»„–—…€", max_size=40)
wrong = st.text("àèéìòùçñöüß€’“–🙂aA ", min_size=1, max_size=8).map(wrongly_decoded)


@settings(deadline=None, max_examples=400)
@given(st.lists(plain | wrong | st.text(max_size=10), max_size=8).map("".join))
def test_undoing_the_repairs_gives_back_the_raw_text(raw: str) -> None:
    text, repairs = repair(raw)
    assert undone(text, repairs) == raw
    assert all(raw[one.raw_start :].startswith(one.raw) for one in repairs)
    assert all(one.end <= other.start for one, other in pairwise(repairs))
    made = repaired(pl.Series([raw]), pl.Series([0]))
    assert made["text"].to_list() == [text]
    assert len(made["repairs"][0]) == len(repairs)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map(" ".join))
def test_repairing_twice_changes_nothing_more(text: str) -> None:
    once = repair(wrongly_decoded(text))[0]
    assert repair(once) == (once, [])
