from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import Told, by_text, memory, texts

from pipelines.translation.engine import Engine
from pipelines.translation.engines.identity import Identity
from pipelines.translation.engines.memory import Memory
from pipelines.translation.register import DEFAULT, ENGINES, Configuration, engines
from pipelines.translation.router import REMEMBERED, Router

CIAO = memory(("it", "Ciao.", "Hello."))
ASKED = texts(("it", "Ciao."), ("it", "Sì."), ("en", "Yes."), ("it", "Boh."))


def test_each_text_is_asked_of_the_next_engine_only_if_the_one_before_had_nothing() -> None:
    first, second = Told("first", "Sì."), Told("second", "Ciao.", "Sì.", "Boh.")
    made = by_text(ASKED, Router([Memory(CIAO), Identity(), first, second], "en").translate(ASKED))
    assert {text: (row["translated"], row["engine"]) for text, row in made.items()} == {
        "Ciao.": ("Hello.", "memory"),
        "Sì.": ("What stands here in English is number none by first 7", "first"),
        "Yes.": ("Yes.", "identity"),
        "Boh.": ("What stands here in English is number none by second 7", "second"),
    }
    assert sorted(first.asked) == ["Boh.", "Sì."]
    assert second.asked == ["Boh."]


def test_a_row_says_why_better_engines_did_not_do_it() -> None:
    asked: list[Engine] = [Memory(CIAO), Identity(), Told("first"), Told("second", "Sì.")]
    made = by_text(ASKED, Router(asked, "en").translate(ASKED))
    assert made["Ciao."]["fallback_reason"] is None
    assert made["Yes."]["fallback_reason"] is None
    assert made["Sì."]["fallback_reason"] == "memory: not in memory; first: does not know it"
    assert made["Boh."]["fallback_reason"] == (
        "memory: not in memory; first: does not know it; second: does not know it"
    )


def test_what_none_can_do_is_honestly_untranslated() -> None:
    made = by_text(ASKED, Router([Memory(CIAO)], "en").translate(ASKED))
    assert made["Sì."]["origin"] == "untranslated"
    assert made["Sì."]["translated"] is None
    assert made["Sì."]["quality"] is None
    assert made["Sì."]["text"] == "Sì."


def test_an_engine_that_is_down_is_not_asked_and_its_reason_is_passed_on() -> None:
    down = Told("first", "Sì.", down="no answer from the network")
    made = by_text(ASKED, Router([down], "en").translate(ASKED))
    assert down.asked == []
    assert made["Sì."]["fallback_reason"] == "first: no answer from the network"


def test_with_all_engines_off_every_text_still_has_its_row() -> None:
    made = Router([], "en").translate(ASKED)
    assert made["origin"].to_list() == ["untranslated"] * 4


@pytest.mark.parametrize("switched_on", [[], [Identity()]])
def test_an_untranslated_text_always_says_why(switched_on: list[Engine]) -> None:
    made = Router(switched_on, "en").translate(ASKED)
    assert made.filter(origin="untranslated")["fallback_reason"].null_count() == 0


def test_no_texts_make_no_rows() -> None:
    assert Router([Memory(CIAO), Told("first")], "en").translate(ASKED.clear()).is_empty()


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["it", "en", "und"]), st.sampled_from("abcdefgh")), unique=True
    ),
    st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=4), max_size=3),
)
def test_every_text_gets_exactly_one_row(
    asked: list[tuple[str, str]], known: list[list[str]]
) -> None:
    told = [Told(f"engine{index}", *words) for index, words in enumerate(known)]
    given_texts = texts(*asked)
    made = Router([Memory(memory(("it", "a", "A"))), Identity(), *told], "en").translate(
        given_texts
    )
    key = ["text_hash", "language"]
    assert sorted(made.select(key).rows()) == sorted(given_texts.select(key).rows())
    assert ((made["origin"] == "untranslated") == made["translated"].is_null()).all()


def marks(asked: list[Engine]) -> set[str]:
    return set(Router(asked, "en").translate(texts(("it", "Sì.")))["mark"])


def test_an_untranslated_text_rests_while_nothing_has_changed() -> None:
    down = Told("first", down="no network")
    (mark,) = marks([Memory(CIAO), down])
    assert Router([Memory(CIAO), Told("first", down="no network")], "en").done(mark)


def test_an_untranslated_text_is_tried_again_when_the_network_comes_back() -> None:
    (mark,) = marks([Told("first", down="no network")])
    assert not Router([Told("first", "Sì.")], "en").done(mark)


def test_an_untranslated_text_is_tried_again_when_an_engine_is_switched_on() -> None:
    (mark,) = marks([Memory(CIAO)])
    assert not Router([Memory(CIAO), Told("first", "Sì.")], "en").done(mark)


def test_a_translation_stands_when_the_network_goes_or_its_engine_is_switched_off() -> None:
    (mark,) = marks([Told("first", "Sì.")])
    assert Router([Told("first", down="no network")], "en").done(mark)
    assert Router([Memory(CIAO)], "en").done(mark)


def test_remembered_translations_go_when_the_memory_is_switched_off() -> None:
    (mark,) = set(Router([Memory(CIAO)], "en").translate(texts(("it", "Ciao.")))["mark"])
    assert Router([Memory(CIAO)], "en").done(mark)
    assert not Router([Identity()], "en").done(mark)


def test_the_engines_are_made_by_name_in_the_order_given() -> None:
    made = engines(("google", "identity", "memory"), Configuration(CIAO))
    assert [engine.name for engine in made] == ["google", "identity", "memory"]


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_is_called_as_it_is_switched_on(name: str) -> None:
    assert engines((name,), Configuration(CIAO))[0].name == name


def test_an_engine_nobody_knows_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=f"no translation engine bing; .*{DEFAULT[0]}"):
        engines(("memory", "bing"), Configuration(CIAO))


def test_a_configuration_shows_no_key() -> None:
    told = Configuration(CIAO, deepl_key="k1", microsoft_key="k2", chatgpt_key="k3",
                         libretranslate_key="k4")  # fmt: skip
    assert not [key for key in ("k1", "k2", "k3", "k4") if key in repr(told)]


class Kept:
    """Answers kept in memory, and how often that was asked for."""

    def __init__(self) -> None:
        self.rows = pl.DataFrame(schema=REMEMBERED)

    def recall(self, texts: pl.DataFrame, target: str) -> pl.DataFrame:
        return self.rows.filter(target=target).join(texts, on=["text_hash", "language"], how="semi")

    def remember(self, answers: pl.DataFrame) -> None:
        self.rows = pl.concat([self.rows, answers.select(self.rows.columns)]).unique(
            ["text_hash", "language", "target", "engine"], keep="last"
        )


def test_what_an_engine_answered_is_kept_at_once_and_not_asked_again() -> None:
    kept, first = Kept(), Told("first", "Sì.")
    Router([first], "en", kept=kept).translate(ASKED)
    assert kept.rows["text"].to_list() == ["Sì."]
    again = Told("first", "Sì.", "Boh.")
    made = by_text(ASKED, Router([again], "en", kept=kept).translate(ASKED))
    assert "Sì." not in again.asked
    assert made["Sì."]["translated"] == "What stands here in English is number none by first 7"
    assert made["Sì."]["origin"] == "machine"
    assert made["Boh."]["engine"] == "first"


def test_a_reviewed_entry_beats_what_a_machine_answered() -> None:
    kept = Kept()
    Router([Told("first", "Ciao.")], "en", kept=kept).translate(ASKED)
    made = by_text(ASKED, Router([Memory(CIAO), Told("first")], "en", kept=kept).translate(ASKED))
    assert made["Ciao."]["translated"] == "Hello."


def test_what_was_rejected_is_never_kept() -> None:
    class Echo(Told):
        def translate(self, texts: pl.DataFrame, target: str) -> Iterator[pl.DataFrame]:
            yield texts.select(
                "text_hash", "language", translated="text", reason=pl.lit(None, dtype=pl.String)
            )

    kept = Kept()
    asked = texts(("it", "Una frase abbastanza lunga da essere giudicata."))
    Router([Echo("first")], "en", kept=kept).translate(asked)
    assert kept.rows.is_empty()


def test_a_newer_version_does_only_its_own_older_texts_again_and_only_on_request() -> None:
    kept = Kept()
    old = [Told("first", "Sì."), Told("second", "Boh.")]
    before = Router(old, "en", kept=kept).translate(ASKED)
    marks_before = set(before.filter(origin="machine")["mark"])
    new = [Told("first", "Sì.", release="8"), Told("second", "Boh.", release="8")]
    assert all(Router(new, "en", kept=kept).done(mark) for mark in marks_before)
    asked_again = Router(new, "en", kept=kept, redo=["first"])
    assert sorted(asked_again.done(mark) for mark in marks_before) == [False, True]
    made = by_text(ASKED, asked_again.translate(ASKED))
    assert made["Sì."]["engine_version"] == "8"
    assert made["Boh."]["engine_version"] == "7"
    assert new[0].asked.count("Sì.") == 1
    assert "Boh." not in new[1].asked


def test_where_the_newer_version_has_no_answer_the_older_one_stands() -> None:
    kept = Kept()
    Router([Told("first", "Sì.")], "en", kept=kept).translate(ASKED)
    down = Told("first", release="8", down="no network")
    made = by_text(ASKED, Router([down], "en", kept=kept, redo=["first"]).translate(ASKED))
    assert made["Sì."]["engine_version"] == "7"
    assert made["Sì."]["origin"] == "machine"
