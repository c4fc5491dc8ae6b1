import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import by_text, memory, texts

from pipelines.translation.engine import ANSWER, Engine, Origin
from pipelines.translation.engines.identity import Identity
from pipelines.translation.engines.memory import Memory
from pipelines.translation.router import ENGINES, Router, router


class Told:
    """An engine that says what it is told to, and remembers what it was asked."""

    origin: Origin = "machine"
    version = "7"

    def __init__(self, name: str, *known: str, down: str | None = None) -> None:
        self.name, self.known, self.down = name, known, down
        self.asked: list[str] = []

    def unavailable(self) -> str | None:
        return self.down

    def conditions(self) -> str:
        return "offline" if self.down else "online"

    def translate(self, texts: pl.DataFrame, target: str) -> pl.DataFrame:
        self.asked += texts["text"].to_list()
        known = pl.col("text").is_in(list(self.known))
        return texts.select(
            "text_hash",
            "language",
            translated=pl.when(known).then(pl.format("{} by " + self.name, "text")),
            quality=pl.when(known).then(0.8),
            reason=pl.when(~known).then(pl.lit("does not know it")),
        ).cast(ANSWER)  # type: ignore[arg-type]


CIAO = memory(("it", "Ciao.", "Hello."))
ASKED = texts(("it", "Ciao."), ("it", "Sì."), ("en", "Yes."), ("it", "Boh."))


def test_each_text_is_asked_of_the_next_engine_only_if_the_one_before_had_nothing() -> None:
    first, second = Told("first", "Sì."), Told("second", "Ciao.", "Sì.", "Boh.")
    made = by_text(ASKED, Router([Memory(CIAO), Identity(), first, second], "en").translate(ASKED))
    assert {text: (row["translated"], row["engine"]) for text, row in made.items()} == {
        "Ciao.": ("Hello.", "memory"),
        "Sì.": ("Sì. by first", "first"),
        "Yes.": ("Yes.", "identity"),
        "Boh.": ("Boh. by second", "second"),
    }
    assert sorted(first.asked) == ["Boh.", "Sì."]
    assert second.asked == ["Boh."]


def test_a_row_says_why_better_engines_did_not_do_it() -> None:
    engines: list[Engine] = [Memory(CIAO), Identity(), Told("first"), Told("second", "Sì.")]
    made = by_text(ASKED, Router(engines, "en").translate(ASKED))
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


@pytest.mark.parametrize("engines", [[], [Identity()]])
def test_an_untranslated_text_always_says_why(engines: list[Engine]) -> None:
    made = Router(engines, "en").translate(ASKED)
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
    engines = [Told(f"engine{index}", *words) for index, words in enumerate(known)]
    given_texts = texts(*asked)
    made = Router([Memory(memory(("it", "a", "A"))), Identity(), *engines], "en").translate(
        given_texts
    )
    key = ["text_hash", "language"]
    assert sorted(made.select(key).rows()) == sorted(given_texts.select(key).rows())
    assert ((made["origin"] == "untranslated") == made["translated"].is_null()).all()


def marks(engines: list[Engine]) -> set[str]:
    return set(Router(engines, "en").translate(texts(("it", "Sì.")))["mark"])


def test_an_untranslated_text_rests_while_nothing_has_changed() -> None:
    down = Told("first", down="no network")
    (mark,) = marks([Memory(CIAO), down])
    assert Router([Memory(CIAO), Told("first", down="no network")], "en").done(mark)


def test_an_untranslated_text_is_tried_again_when_the_memory_gains_an_entry() -> None:
    (mark,) = marks([Memory(CIAO)])
    more = memory(("it", "Ciao.", "Hello."), ("it", "Sì.", "Yes."))
    assert not Router([Memory(more)], "en").done(mark)


def test_a_corrected_entry_takes_effect_on_what_was_remembered_before() -> None:
    made = Router([Memory(CIAO)], "en").translate(ASKED)
    (mark,) = made.filter(origin="memory")["mark"].unique()
    corrected = CIAO.with_columns(translated=pl.lit("Hello there."))
    assert Router([Memory(CIAO)], "en").done(mark)
    assert not Router([Memory(corrected)], "en").done(mark)


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
    made = router(("google", "identity", "memory"), CIAO, "en")
    assert [engine.name for engine in made.engines] == ["google", "identity", "memory"]
    assert made.target == "en"


def test_an_engine_nobody_knows_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=f"no translation engine deepl; .*{ENGINES[0]}"):
        router(("memory", "deepl"), CIAO, "en")
