"""How mentions of several extractors become one table."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import named, reading

from pipelines.extraction.extractor import PROPOSED, Proposal, Reading, proposed
from pipelines.extraction.extractors.rules import Rules
from pipelines.extraction.panel import Panel
from pipelines.extraction.policy import merged
from pipelines.extraction.register import Configuration, extractors, versions

BODY = "Meta Platforms and IBM met the mayor of New York City in Paris on Monday."
Told = tuple[str, str, float]


def rows(extractor: str, *told: Told, known: tuple[str, ...] = ()) -> pl.DataFrame:
    """What an extractor proposes: surfaces of BODY, each with a type and a confidence."""
    return pl.DataFrame(
        [
            ("a", "a/0", BODY.index(surface), BODY.index(surface) + len(surface), surface, type_,
             "because", extractor, "1", confidence, surface in known)
            for surface, type_, confidence in told
        ],
        schema=PROPOSED, orient="row",
    )  # fmt: skip


def stand(*proposals: pl.DataFrame) -> list[Told]:
    made = merged([Proposal(one) for one in proposals])
    return made.select("surface", "type", pl.col("confidence").round(3)).rows()


def test_one_extractor_alone_says_what_it_says() -> None:
    nested = rows("rules", ("New York City", "GPE", 0.9), ("New York", "GPE", 0.4))
    assert [surface for surface, _, _ in stand(nested)] == ["New York", "New York City"]


def test_agreement_raises_confidence_and_is_told() -> None:
    both = rows("rules", ("IBM", "ORG", 0.6)), rows("spacy", ("IBM", "ORG", 0.8))
    (row,) = merged([Proposal(one) for one in both]).iter_rows(named=True)
    assert row["confidence"] == pytest.approx(6 / 7)  # odds of 3/2 and 4
    assert (row["extractor"], row["evidence"]) == ("spacy", "because; also rules")


def test_agreement_is_never_certainty() -> None:
    for sure in (0.97, 0.995, 1.0):
        both = [rows(name, ("IBM", "ORG", sure)) for name in ("rules", "spacy", "gliner")]
        assert stand(*both) == [("IBM", "ORG", 0.99)]


def test_two_that_rather_doubt_it_doubt_it_together() -> None:
    assert stand(*[rows(name, ("IBM", "ORG", 0.35)) for name in ("spacy", "llm")]) == []


def test_who_is_unsure_and_agrees_makes_nobody_less_sure() -> None:
    model = rows("spacy", ("IBM", "ORG", 0.0), ("Paris", "GPE", 0.3))
    rules = rows("rules", ("IBM", "ORG", 0.88), ("Paris", "GPE", 0.6), known=("IBM",))
    assert stand(rules, model) == [("IBM", "ORG", 0.88), ("Paris", "GPE", 0.6)]


def test_who_read_it_and_has_nothing_there_halves_the_odds() -> None:
    alone = rows("rules", ("IBM", "ORG", 0.8), ("Paris", "GPE", 0.6))
    assert stand(alone, rows("spacy")) == [("IBM", "ORG", 0.667), ("Paris", "GPE", 0.429)]
    assert stand(alone, rows("spacy"), rows("gliner")) == [("IBM", "ORG", 0.5)]


def test_who_did_not_read_it_is_not_silent() -> None:
    alone = rows("rules", ("IBM", "ORG", 0.8))
    unread = Proposal(rows("spacy"), pl.Series([], dtype=pl.String))
    assert merged([Proposal(alone), unread])["confidence"].to_list() == pytest.approx([0.8])
    read = Proposal(rows("spacy"), pl.Series(["a/0"]))
    assert merged([Proposal(alone), read])["confidence"].to_list() == pytest.approx([2 / 3])


def test_of_overlapping_spans_the_more_confident_stands_and_is_less_sure() -> None:
    rules = rows("rules", ("New York", "GPE", 0.6))
    model = rows("spacy", ("New York City", "GPE", 0.8))
    expected = round(4 / (4 + 1.5 + 1), 3)
    assert stand(rules, model) == [("New York City", "GPE", expected)]
    assert stand(model, rules) == [("New York City", "GPE", expected)]


def test_a_known_name_stands_whatever_a_model_guesses() -> None:
    rules = rows("rules", ("Paris", "GPE", 0.8), known=("Paris",))
    model = rows("gliner", ("Paris on Monday", "EVENT", 0.99))
    assert stand(rules, model) == [("Paris", "GPE", 0.8)]
    assert stand(rules, rows("gliner")) == [("Paris", "GPE", 0.8)]


def test_of_two_types_for_one_span_one_stands_if_it_is_sure_enough() -> None:
    rules = rows("rules", ("IBM", "ORG", 0.9))
    assert stand(rules, rows("spacy", ("IBM", "PRODUCT", 0.6))) == [("IBM", "ORG", 0.783)]
    doubtful = rows("rules", ("IBM", "ORG", 0.6)), rows("spacy", ("IBM", "PRODUCT", 0.6))
    assert stand(*doubtful) == []


def test_between_equals_in_conflict_the_first_of_the_setting_stands() -> None:
    rules, model = rows("rules", ("IBM", "ORG", 0.9)), rows("spacy", ("IBM", "PRODUCT", 0.9))
    assert stand(rules, model) == [("IBM", "ORG", 0.474)]
    assert stand(model, rules) == [("IBM", "PRODUCT", 0.474)]
    wider = rows("spacy", ("Meta Platforms and IBM", "ORG", 0.9))
    assert stand(rules, wider) == [("IBM", "ORG", 0.474)]


@pytest.mark.parametrize("order", [("rules", "spacy"), ("spacy", "rules")])
def test_between_equals_that_agree_the_first_of_the_setting_is_the_maker(
    order: tuple[str, str],
) -> None:
    made = merged([Proposal(rows(name, ("IBM", "ORG", 0.7))) for name in order])
    assert made["extractor"].to_list() == [order[0]]


def test_what_an_extractor_nests_stays_nested_unless_a_better_one_is_in_its_way() -> None:
    rules = rows("rules", ("New York City", "GPE", 0.8), ("New York", "GPE", 0.8))
    assert len(stand(rules, rows("spacy", ("IBM", "ORG", 0.9)))) == 3
    other = rows("spacy", ("York City in Paris", "EVENT", 0.97))
    assert [surface for surface, _, _ in stand(rules, other)] == ["York City in Paris"]
    beside = rows("spacy", ("City in Paris", "EVENT", 0.97))
    assert [surface for surface, _, _ in stand(rules, beside)] == ["New York", "City in Paris"]


SPANS = st.tuples(st.integers(0, 30), st.integers(1, 9), st.sampled_from(["ORG", "GPE"]),
                  st.sampled_from([0.3, 0.5, 0.7, 0.9]), st.booleans())  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.lists(SPANS, max_size=6, unique_by=lambda one: one[:2]), min_size=2, max_size=3))
def test_no_two_of_different_extractors_overlap_and_no_span_is_twice(
    told: list[list[tuple[int, int, str, float, bool]]],
) -> None:
    proposals = [
        Proposal(pl.DataFrame(
            [("a", "a/0", at, at + long, BODY[at : at + long], type_, "e", str(rank), "1", c,
              known and rank == 0)
             for at, long, type_, c, known in spans],
            schema=PROPOSED, orient="row",
        ))
        for rank, spans in enumerate(proposals_of(told))
    ]  # fmt: skip
    made = merged(proposals)
    assert made["mention_id"].is_unique().all()
    assert (made["confidence"] >= 0.4).all()
    # Spans of one extractor do not overlap here, so that nothing may.
    ends = made["end"].shift(1).fill_null(0)
    assert (made["start"] >= ends).all(), made


def proposals_of(
    told: list[list[tuple[int, int, str, float, bool]]],
) -> list[list[tuple[int, int, str, float, bool]]]:
    """Each extractor's spans without those that overlap one before."""
    kept: list[list[tuple[int, int, str, float, bool]]] = []
    for spans in told:
        mine: list[tuple[int, int, str, float, bool]] = []
        for span in sorted(spans):
            if not mine or span[0] >= mine[-1][0] + mine[-1][1]:
                mine.append(span)
        kept.append(mine)
    return kept


class Guessing:
    """A model that takes every word with a capital for a person."""

    name = "guessing"

    def version(self) -> str:
        return "7"

    def unavailable(self) -> None:
        """It is always there."""

    def propose(self, reading: Reading) -> Proposal:
        seen = [
            (place, at, at + len(word) + 1, "PERSON", 0.8, self.version())
            for place, text in enumerate(reading.content["text"])
            for word in text.split()
            if word[0].isupper() and (at := text.index(word)) >= 0
        ]
        return Proposal(
            proposed(reading, seen, self.name),
            unread={"a1": "too hard"} if reading.core_articles.height > 1 else {},
        )


def asked(panel: Panel, *bodies: str) -> pl.DataFrame:
    read = reading(*bodies)
    return panel.core_mentions(
        read.core_articles, read.core_segments, read.core_languages,
        read.seed_entities, read.seed_entity_names, read.seed_cue_words,
    )  # fmt: skip


def test_a_panel_puts_them_together_and_says_what_was_not_read() -> None:
    panel = Panel([Rules(), Guessing()])
    made = asked(panel, "Yes, IBM is here, says Ada .", "Nobody.")
    assert named(made.filter(article_id="a0")) == [
        ("Yes,", "PERSON", 0), ("IBM", "ORG", 5), ("Ada", "PERSON", 23),
    ]  # fmt: skip
    assert dict(made.select("surface", "extractor").rows())["IBM"] == "rules"
    assert panel.unread == {"a1": "guessing"}
    assert panel.reasons == {"guessing: too hard": 1}
    assert panel.figures["guessing"].stand == 2


def test_rules_alone_are_what_the_verb_of_rules_makes() -> None:
    read = reading("Yes, IBM and Meta AI met in Paris.\nIBM stays.")
    made = asked(Panel([Rules()]), "Yes, IBM and Meta AI met in Paris.\nIBM stays.")
    assert made["extractor"].unique().to_list() == ["rules"]
    assert made.drop("mention_id").rows() == Rules().propose(read).rows.drop("known").rows()


def test_a_name_is_known_where_the_tables_have_it_and_it_is_no_ordinary_word() -> None:
    found = Rules().propose(reading("The firms IBM and Meta met.")).rows
    assert dict(found.select("surface", "known").rows()) == {"IBM": True, "Meta": False}


def test_extractors_are_named_and_those_unknown_are_refused() -> None:
    assert [one.name for one in extractors(("rules", "spacy"), Configuration())] == [
        "rules", "spacy",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no extractor stanza; there are: rules, spacy"):
        extractors(("rules", "stanza"), Configuration())


def test_without_an_address_there_is_no_language_model() -> None:
    with pytest.raises(ValueError, match="set BABELWIRE_LLM_URL"):
        extractors(("rules", "llm"), Configuration())


def test_who_finds_mentions_is_part_of_their_version() -> None:
    told = Configuration(llm_url="http://127.0.0.1:9/v1", llm_model="tiny")
    one, two = (extractors(names, told) for names in (("rules", "llm"), ("llm", "rules")))
    assert versions(one) != versions(two)
    assert "tiny" in versions(one)


def test_what_is_made_of_models_is_no_part_of_the_version_of_rules_alone() -> None:
    assert versions([Rules()]) == f"rules {Rules().version()}"


@pytest.mark.parametrize(
    ("language", "text", "type_", "surface"),
    [
        ("en", "by the White House’s", "ORG", "White House"),
        ("en", "by The Hague", "GPE", "The Hague"),
        ("en", "“ The United Nations", "ORG", "United Nations"),
        ("en", "by Mr. M.C. Escher ", "PERSON", "M.C. Escher"),
        ("fr", "par l’OTAN", "ORG", "OTAN"),
        ("fr", "par La Rochelle", "GPE", "La Rochelle"),
        ("fr", "par M. d’Aubigné", "PERSON", "d’Aubigné"),
        ("fr", "par Sainsbury’s", "ORG", "Sainsbury’s"),
        ("it", "da dell'Aquila", "GPE", "Aquila"),
        ("it", "da  San Carlo", "PERSON", "San Carlo"),
        ("en", "by US", "GPE", "US"),
    ],
)
def test_names_that_models_see_are_bounded_as_the_rules_bound_theirs(
    language: str, text: str, type_: str, surface: str
) -> None:
    read = reading(text, language=language)
    seen = [(0, text.index(" "), len(text), type_, 0.8, "1")]
    (row,) = proposed(read, seen, "model").iter_rows(named=True)
    assert (row["surface"], text[row["start"] : row["end"]]) == (surface, surface)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "AI"), ("en", "the Monday"), ("es", "También"), ("it", "Papa")]
)
def test_words_that_are_no_names_are_none_whatever_a_model_says(language: str, text: str) -> None:
    seen = [(0, 0, len(text), "PERSON", 0.9, "1")]
    assert proposed(reading(text, language=language), seen, "model").is_empty()


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from([*"aZ.’' «“\u00a0\U0001f600", "the ", "Mr. ", "’s"]), max_size=12),
    st.data(),
)
def test_spans_of_models_stay_exact_and_within_what_was_seen(
    pieces: list[str], data: st.DataObject
) -> None:
    text = "".join(pieces)
    at = data.draw(st.integers(0, len(text)))
    to = data.draw(st.integers(at, len(text)))
    seen = [(0, at, to, "PERSON", 0.8, "1")]
    for row in proposed(reading(text), seen, "model").iter_rows(named=True):
        assert row["surface"] == text[row["start"] : row["end"]] != ""
        assert at <= row["start"] < row["end"] <= to


def test_a_big_table_finds_what_a_small_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    read = reading("IBM Research and L'Oréal met at MIT's lab; «IBM» stays.\nIBM-Lab, Meta?")
    names = ["IBM Research", "L'Oréal", "MIT", "IBM", "Meta", "Lab", "Research Lab", "Oréal met at"]
    table = pl.DataFrame(
        {"entity_id": ["ibm"] * len(names), "language": ["mul"] * len(names), "name": names,
         "ambiguous": [False] * len(names)}
    )  # fmt: skip
    whole = replace(read, seed_entity_names=table)
    alone = Rules().propose(whole).rows
    monkeypatch.setattr("pipelines.extraction.extractors.rules._MANY", 1)
    assert Rules().propose(whole).rows.equals(alone)
    assert {"IBM Research", "L'Oréal", "MIT"} <= set(alone["surface"])
