from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from told_news import NOTHING_JUDGED, judged

from pipelines.identity import digest, normalised
from pipelines.quotation import quoted
from pipelines.resolution.embeddings import Encoder, core_quote_embeddings
from pipelines.resolution.statements import core_statements
from warehouse import contracts


@dataclass(frozen=True)
class Quoting:
    """An article of one sentence, its English, what it quotes, and who is said to speak."""

    name: str
    text: str
    english: str | None
    quote: str
    speaker: str | None = None
    language: str = "it"
    story: str = "one"


def strings(rows: list[tuple[Any, ...]], *names: str) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def statements(
    *told: Quoting,
    spokesman: dict[str, str] | None = None,
    judgements: pl.DataFrame = NOTHING_JUDGED,
    encoder: Encoder | None = None,
    copies: Collection[str] = (),
) -> pl.DataFrame:
    """The statements of articles; ``spokesman`` says which person speaks for which entity, and
    ``copies`` are articles of which no embedding is made.
    """
    people = {"clegg", "howard"}
    quotes, segments, mentions = [], [], []
    for one in told:
        start = one.text.index(one.quote)
        mention = f"{one.name}/m0" if one.speaker else None
        quotes.append((f"{one.name}/q{start}", one.name, start, start + len(one.quote),
                       one.quote, one.language, mention))  # fmt: skip
        segments.append((f"{one.name}/s0", one.name, 0, 0, len(one.text), one.text,
                         digest(normalised(one.text))))  # fmt: skip
        if one.speaker:
            kind = "PERSON" if one.speaker in people else "ORG"
            mentions.append((mention, one.name, one.speaker, kind))
    for person, organisation in (spokesman or {}).items():
        mentions += [(f"role/{person}", "role", person, "PERSON"),
                     (f"role/{organisation}", "role", organisation, "ORG")]  # fmt: skip
    texts = {(digest(normalised(one.text)), one.language): one for one in told}
    core_segments = pl.DataFrame(
        segments,
        schema={"segment_id": pl.String, "article_id": pl.String, "ordinal": pl.Int32,
                "start": pl.Int64, "end": pl.Int64, "text": pl.String, "text_hash": pl.String},
        orient="row",
    ).unique()  # fmt: skip
    stories = strings([(one.name, one.story) for one in told], "article_id", "story_id").unique()
    core_quotes = pl.DataFrame(
        quotes,
        schema={"quote_id": pl.String, "article_id": pl.String, "start": pl.Int64,
                "end": pl.Int64, "text": pl.String, "language": pl.String,
                "speaker_mention_id": pl.String},
        orient="row",
    )  # fmt: skip
    made = core_statements(
        stories.select("story_id").unique(),
        core_quotes,
        core_segments,
        strings([(f"{one.name}/s0", one.name, one.language) for one in told],
                "segment_id", "article_id", "language").unique(),
        strings([(*key, "identity" if one.language == "en" else "memory",
                  one.text if one.language == "en" else one.english)
                 for key, one in texts.items()],
                "text_hash", "language", "origin", "translated"),
        strings([(mention, entity, kind) for mention, _, entity, kind in mentions],
                "mention_id", "entity_id", "type"),
        strings([(f"role/{person}", f"role/{organisation}", "current")
                 for person, organisation in (spokesman or {}).items()],
                "person_mention_id", "organization_mention_id", "status"),
        stories,
        core_quote_embeddings(core_quotes.filter(~pl.col("article_id").is_in(copies)), encoder),
        judgements,
    )  # fmt: skip
    assert set(made.columns) == set(contracts.table("core_statements").column_names)
    assert made["quote_id"].n_unique() == len(told) == made.height
    return made


OPEN = "più persone possono accedere ai benefici dell’intelligenza artificiale"
OPEN_EN = "more people can access the benefits of artificial intelligence"
ITALIAN = Quoting("it", f"Meta dice: “{OPEN}”.", f"Meta says: “{OPEN_EN}”.", OPEN, "meta")
ENGLISH = Quoting("en", f"He said “{OPEN_EN} quickly” today.", None, f"{OPEN_EN} quickly", "meta",
                  language="en")  # fmt: skip


def test_a_quotation_is_aligned_to_its_place_in_the_translation() -> None:
    assert statements(ITALIAN)["text_en"].to_list() == [OPEN_EN]


def test_a_quotation_in_english_is_its_own_english() -> None:
    assert statements(ENGLISH)["text_en"].to_list() == [ENGLISH.quote]


def test_the_second_of_two_quotations_is_the_second_of_the_translation() -> None:
    text = "Disse “uno e basta” e poi “due e tre”."
    told = Quoting("a", text, "He said “one only” and then “two and three”.", "due e tre")
    assert statements(told)["text_en"].to_list() == ["two and three"]


@pytest.mark.parametrize(
    "english",
    [None, "Meta says that more people can access the benefits.", "“Meta” says: “more people”."],
)
def test_a_translation_that_does_not_quote_as_often_gives_no_english(english: str | None) -> None:
    told = Quoting("it", ITALIAN.text, english, OPEN)
    assert statements(told)["text_en"].to_list() == [None]


def test_the_same_words_in_two_languages_are_one_statement() -> None:
    made = statements(ITALIAN, ENGLISH)
    assert made["statement_id"].n_unique() == 1
    assert (made["score"] >= 0.6).all()


def test_the_same_words_in_another_story_are_another_statement() -> None:
    other = Quoting(**{**vars(ENGLISH), "story": "two"})
    assert statements(ITALIAN, other)["statement_id"].n_unique() == 2


def test_other_words_are_another_statement() -> None:
    words = "the weather will remain cloudy over northern regions tomorrow"
    other = Quoting("b", f"They said “{words}”.", None, words, "meta", "en")
    assert statements(ENGLISH, other)["statement_id"].n_unique() == 2


def test_a_few_shared_words_are_an_accident() -> None:
    one = Quoting("a", "It is “open innovation”.", None, "open innovation", language="en")
    two = Quoting("b", "The “open innovation now” fair.", None, "open innovation now", None, "en")
    assert statements(one, two)["statement_id"].n_unique() == 2


def test_the_same_short_words_are_one_statement() -> None:
    one = Quoting("a", "It is “open innovation”.", None, "open innovation", language="en")
    two = Quoting("b", "Some “open innovation” here.", None, "open innovation", language="en")
    assert statements(one, two)["statement_id"].n_unique() == 1


def test_the_same_words_of_two_speakers_are_two_statements() -> None:
    other = Quoting(**{**vars(ENGLISH), "speaker": "howard"})
    assert statements(ITALIAN, other)["statement_id"].n_unique() == 2


def test_the_very_same_words_of_two_speakers_are_two_statements() -> None:
    other = Quoting(**{**vars(ENGLISH), "name": "zz", "speaker": "howard"})
    assert statements(ENGLISH, other)["statement_id"].n_unique() == 2


def test_a_person_and_the_organisation_they_speak_for_make_one_statement_of_the_person() -> None:
    other = Quoting(**{**vars(ENGLISH), "speaker": "clegg"})
    made = statements(ITALIAN, other, spokesman={"clegg": "meta"})
    assert made["statement_id"].n_unique() == 1
    assert made["speaker_entity_id"].to_list() == ["clegg", "clegg"]


def test_a_quotation_without_a_speaker_takes_the_one_attested_elsewhere() -> None:
    made = statements(Quoting(**{**vars(ITALIAN), "speaker": None}), ENGLISH)
    assert made["speaker_entity_id"].to_list() == ["meta", "meta"]


def test_two_speakers_who_are_not_one_are_not_joined_through_an_unattributed_quotation() -> None:
    unattributed = Quoting(**{**vars(ITALIAN), "speaker": None})
    other = Quoting(**{**vars(ENGLISH), "name": "zz", "speaker": "howard"})
    made = statements(unattributed, ENGLISH, other).sort("quote_id")
    speakers = dict(made.select("quote_id", "speaker_entity_id").rows())
    assert {name[:2]: speaker for name, speaker in speakers.items() if name[:2] != "it"} == {
        "en": "meta", "zz": "howard",
    }  # fmt: skip


TOLD = (
    ITALIAN,
    ENGLISH,
    Quoting("fr", "« assez de modèles fermés », dit-il.", None, "assez de modèles fermés"),
    Quoting("b", "« assez de modèles fermés » encore.", None, "assez de modèles fermés", "clegg"),
)


@settings(max_examples=25, deadline=None)
@given(st.permutations(TOLD))
def test_statements_do_not_depend_on_the_order_of_arrival(order: list[Quoting]) -> None:
    assert statements(*order).equals(statements(*TOLD))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dice «basta così» e va.", ["basta così"]),
        ("Dit « assez » et part.", ["assez"]),
        ("He said “enough” twice, “again”.", ["enough", "again"]),
        ("Er sagt „genug“ und geht.", ["genug"]),
        ('Un "gruppo nuovo" nasce.', ["gruppo nuovo"]),
        ("The ‘AI Alliance’ is here.", ["AI Alliance"]),
        ("L’IA è dell’uomo e d’oro.", []),
        ("Founders’ rights and others’ duties.", []),
        ("“one\ntwo” runs on", ["one\ntwo"]),
        ("“one\n\ntwo” runs on", ["one\n\ntwo"]),
        ("“one\n\ntwo\n\nthree\n\nfour\n\nfive” was never closed", []),
        ("“One.\n\n“Two,” she said.", ["One.", "Two,"]),
        ("«Uno.\n«Due», disse.", ["Uno.", "Due"]),
        ("Er sagt »genug« und geht.", ["genug"]),
        ("‘We go,’ she said. The boys’ team left.", ["We go,"]),
        ("'We go,' she said.", ["We go,"]),
        ("«outer “inner” words»", ["outer “inner” words"]),
        ("a 5\" screen and a 7\" one", []),
        ("", []),
    ],
)
def test_quotation_marks_of_all_languages_are_read(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end, *_ in quoted(text)] == expected


@example('"aa\n""')
@settings(deadline=None)
@given(st.text(alphabet="ab \n«»“”„\"‘’", max_size=60))
def test_quotations_are_ordered_spans_inside_their_marks(text: str) -> None:
    spans = list(quoted(text))
    for start, end, outer_start, outer_end in spans:
        # Of several paragraphs only the last one is closed.
        assert 0 <= outer_start < start < end <= outer_end <= len(text)
    flat = list(chain.from_iterable((outer[2], outer[3]) for outer in spans))
    assert flat == sorted(flat)


class Topics:
    """Means of a text, in degrees, what its first known word does."""

    name, version = "topics", "1"
    _DEGREES = (
        ("giardini", 0), ("gardens", 10), ("jardins", 20), ("Gärten", 100), ("brevetti", 90),
    )  # fmt: skip

    def vectors(self, texts: list[str]) -> "np.typing.NDArray[np.float32]":
        told = [next(way for word, way in self._DEGREES if word in text) for text in texts]
        radians = np.radians(told)
        return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


GARDENS = {
    "it": "vogliamo restaurare giardini storici abbandonati ovunque",
    "en": "restoring historic abandoned gardens everywhere matters enormously",
    "fr": "restaurer partout jardins historiques abandonnés longtemps",
    "de": "verlassene historische Gärten überall wiederherstellen",
}


def said(language: str, text: str = "", speaker: str | None = None) -> Quoting:
    text = text or GARDENS[language]
    return Quoting(f"{language}/{len(text)}", f"“{text}”", None, text, speaker, language)


def ids(*told: Quoting, encoder: Encoder | None = None) -> int:
    return statements(*told, encoder=encoder)["statement_id"].n_unique()


def test_what_means_the_same_in_two_languages_is_one_statement_without_a_translation() -> None:
    told = (said("it"), said("en"), said("fr"))
    assert ids(*told) == 3
    assert ids(*told, encoder=Topics()) == 1
    assert ids(*told, said("de"), encoder=Topics()) == 2


def test_a_copy_means_what_its_original_does() -> None:
    copy = Quoting("a copy", f"“{GARDENS['it']}”", None, GARDENS["it"])
    made = statements(copy, said("it"), said("en"), encoder=Topics(), copies=["a copy"])
    assert made["statement_id"].n_unique() == 1


def test_who_cannot_be_one_speaker_does_not_say_the_same() -> None:
    assert ids(said("it", speaker="clegg"), said("en", speaker="howard"), encoder=Topics()) == 2
    assert ids(said("it", speaker="clegg"), said("en", speaker="clegg"), encoder=Topics()) == 1


def test_few_words_mean_the_same_too_often() -> None:
    assert ids(said("it", "più giardini"), said("en", "more gardens"), encoder=Topics()) == 2


def test_within_a_language_words_decide_and_not_what_they_mean() -> None:
    other = "giardini pubblici costano troppo alle amministrazioni locali"
    assert ids(said("it"), said("it", other), encoder=Topics()) == 2
    longer = GARDENS["it"] + " entro dieci anni"
    assert ids(said("it"), said("it", longer)) == 1


def test_what_an_article_tells_apart_is_not_joined_by_what_it_means() -> None:
    text = f"“{GARDENS['it']}”; “giardini pubblici costano troppo alle amministrazioni locali”"
    first = Quoting("it", text, None, GARDENS["it"])
    second = Quoting("it", text, None, text[len(GARDENS["it"]) + 5 : -1])
    made = statements(first, second, said("en"), said("fr"), encoder=Topics())
    assert made.filter(pl.col("article_id") == "it")["statement_id"].n_unique() == 2


@settings(deadline=None, max_examples=20)
@given(st.permutations([said("it"), said("en"), said("fr"), said("de"), said("it", "brevetti")]))
def test_what_means_the_same_does_not_depend_on_the_order_of_arrival(order: list[Quoting]) -> None:
    told = (said("it"), said("en"), said("fr"), said("de"), said("it", "brevetti"))
    assert statements(*order, encoder=Topics()).equals(statements(*told, encoder=Topics()))


def test_what_is_judged_the_same_statement_is_it_whoever_speaks() -> None:
    told = (
        Quoting("it", "Dice: “basta così”.", "He says: “enough of it”.", "basta così", "meta"),
        Quoting("en", "She said “no more” today.", None, "no more", "howard", language="en"),
    )
    one, other = statements(*told)["quote_id"]
    assert statements(*told)["statement_id"].n_unique() == 2
    same = judged(("statement", one, other, "same"))
    assert statements(*told, judgements=same)["statement_id"].n_unique() == 1
    back = judged(("statement", one, other, "same"), withdrawn=(0,))
    assert statements(*told, judgements=back).equals(statements(*told))


def test_what_is_judged_another_statement_is_not_joined() -> None:
    one, other = statements(ITALIAN, ENGLISH)["quote_id"]
    assert statements(ITALIAN, ENGLISH)["statement_id"].n_unique() == 1
    apart = judged(("statement", one, other, "different"))
    assert statements(ITALIAN, ENGLISH, judgements=apart)["statement_id"].n_unique() == 2
