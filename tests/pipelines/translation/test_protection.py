from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import Told, by_text, texts

from pipelines.translation.chunks import chunks
from pipelines.translation.protection import Protection, Requirement, protected, restored
from pipelines.translation.router import Router

NAMES = pl.DataFrame(
    [
        ("ibm", "mul", "IBM", False),
        ("meta", "mul", "Meta", False),
        ("us", "it", "Stati Uniti", False),
        ("us", "en", "United States", False),
        ("us", "en", "US", False),
        ("llama", "mul", "Llama 2", False),
        ("new", "it", "Nuova", True),
    ],
    schema=["entity_id", "language", "name", "ambiguous"],
    orient="row",
)
GLOSSARY = pl.DataFrame(
    [("it", "intelligenza artificiale", "artificial intelligence")],
    schema=["language", "term", "translation"],
    orient="row",
)
PROTECTION = Protection(NAMES, GLOSSARY, "en")


def required(text: str, language: str = "it") -> tuple[Requirement, ...]:
    (found,) = PROTECTION.required(texts((language, text))).values()
    return found


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("IBM cresce del 5,5% a 10.000 euro", [("IBM", "name"), ("5,5", "figure"),
                                                ("10.000", "figure")]),
        ("Gli Stati Uniti e l’IBM", [("Stati Uniti", "name"), ("IBM", "name")]),
        ("Llama 2 è uscito", [("Llama 2", "name")]),
        ("Su www.ibm.com/it, oggi", [("www.ibm.com/it", "address")]),
        ("Scrivi a info@meta.com.", [("info@meta.com", "address")]),
        ("L’Intelligenza artificiale", [("Intelligenza artificiale", "term")]),
        ("Metallo e una Nuova era", []),
    ],
)  # fmt: skip
def test_what_must_survive_is_found(text: str, kinds: list[tuple[str, str]]) -> None:
    assert sorted((one.surface, one.kind) for one in required(text)) == sorted(kinds)
    assert all(text[one.start : one.end] == one.surface for one in required(text))


@pytest.mark.parametrize(
    ("text", "translated", "missed"),
    [
        ("Gli Stati Uniti hanno 50 stati", "The United States has 50 states", []),
        ("Gli Stati Uniti hanno 50 stati", "The US has fifty states", ["50"]),
        ("Gli Stati Uniti hanno 50 stati", "The Stati Uniti have 50 states", ["Stati Uniti"]),
        ("Meta ha 3 sedi", "Meta has three offices", []),
        ("Meta ha 3 sedi", "Dip has 3 offices", ["Meta"]),
        ("Costa 10.000 euro", "It costs 10,000 euros", []),
        ("Sono 40 mila", "They are 40,000", []),
        ("Sono 40", "They are 4", ["40"]),
        ("Ha detto «sì»", "He said “yes”", []),
        ("Ha detto «sì»", "He said yes", ["quotation marks"]),
        ("L’intelligenza artificiale", "Artificial intelligence", []),
        ("L’intelligenza artificiale", "Synthetic wits", ["intelligenza artificiale"]),
    ],
)
def test_what_did_not_survive_is_told(text: str, translated: str, missed: list[str]) -> None:
    assert PROTECTION.missed(required(text), text, translated) == missed


class Breaks(Told):
    """An engine that breaks every name it knows as a word, and keeps what it does not know."""

    loses: str | None = None

    def translate(self, texts: pl.DataFrame, target: str) -> Iterator[pl.DataFrame]:
        self.asked += texts["text"].to_list()
        yield texts.select(
            "text_hash",
            "language",
            translated=pl.col("text")
            .str.replace_all("Meta", "Dip", literal=True)
            .str.replace_all("intelligenza artificiale", "synthetic wits", literal=True)
            .str.replace_all(self.loses or "\0", ""),
            reason=pl.lit(None, dtype=pl.String),
        )


TEXT = "Meta dice intelligenza artificiale."


def test_what_came_back_harmed_is_asked_again_with_placeholders() -> None:
    engine = Breaks("first")
    made = by_text(texts(("it", TEXT)), Router([engine], "en", PROTECTION).translate(
        texts(("it", TEXT))
    ))[TEXT]  # fmt: skip
    assert made["translated"] == "Meta dice artificial intelligence."
    assert made["missed"] == []
    assert engine.asked == [TEXT, "Xqaz dice Xqbz."]


def test_an_engine_that_breaks_names_never_sees_them() -> None:
    engine = Breaks("first")
    engine.protects = True
    Router([engine], "en", PROTECTION).translate(texts(("it", TEXT)))
    assert engine.asked == ["Xqaz dice Xqbz."]


def test_where_a_placeholder_is_lost_the_harmed_translation_stands_and_says_so() -> None:
    engine = Breaks("first")
    engine.loses = "Xq.z"
    made = Router([engine], "en", PROTECTION).translate(texts(("it", TEXT)))
    assert made["translated"].to_list() == ["Dip dice synthetic wits."]
    assert made["missed"].to_list() == [["intelligenza artificiale", "Meta"]]
    assert made["quality"][0] < 0.5


def test_an_engine_that_loses_placeholders_gets_the_names_after_all() -> None:
    engine = Breaks("first")
    engine.protects, engine.loses = True, "Xq.z"
    made = Router([engine], "en", PROTECTION).translate(texts(("it", TEXT)))
    assert made["translated"].to_list() == ["Dip dice synthetic wits."]


@given(st.text(), st.lists(st.sampled_from(["IBM", "Meta", "10.000", "www.x.it", " "])))
def test_a_text_whose_placeholders_come_back_is_whole(text: str, words: list[str]) -> None:
    whole = f"{text} {' '.join(words)}"
    shown, stands_for = protected(whole, required(whole))
    told = restored(shown, stands_for)
    assert told is not None
    for one in required(whole):
        assert one.rendering in told


@given(st.text(alphabet="ab. \n,é「", max_size=300), st.integers(8, 60))
def test_pieces_fit_and_make_the_text(text: str, most: int) -> None:
    pieces = chunks(text, most, lambda one: len(one.encode()))
    assert "".join(pieces) == text
    assert all(len(one.encode()) <= most for one in pieces)


def test_a_text_is_cut_where_it_harms_least() -> None:
    text = "Una frase. Altra frase, con virgola. Fine"
    assert chunks(text, 100) == [text]
    assert chunks(text, 26) == ["Una frase. ", "Altra frase, con virgola. ", "Fine"]
    assert chunks("Altra frase, con virgola", 15) == ["Altra frase, ", "con virgola"]
    assert chunks("a b\n\nc d", 100) == ["a b\n\n", "c d"]
