from dataclasses import replace
from datetime import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told_news import NOTHING_JUDGED, Article, article, days, judged, news

from pipelines.resolution.stories import core_stories
from warehouse import contracts

ALLIANCE = (
    "{ORG|IBM} e {ORG|Meta} lanciano la {ORG|AI Alliance} con {ORG|Oracle}.",
    "{ORG|Intel}, {ORG|AMD}, {ORG|NASA} e {ORG|CERN} ne fanno parte fin dal primo giorno.",
    "{PERSON|Nick Clegg} di {ORG|Meta} parla di modelli aperti e di sicurezza per tutti.",
)
ENGLISH = (
    "{ORG|IBM} and {ORG|Meta} launch the {ORG|AI Alliance} with {ORG|Oracle}.",
    "{ORG|Intel}, {ORG|AMD}, {ORG|NASA} and {ORG|CERN} have been part of it from day one.",
    "{PERSON|Nick Clegg} of {ORG|Meta} talks of open models and of safety for everybody.",
)
OTHER = (
    "{ORG|WinZO} entra nel mercato con {PRODUCT|ZO TV} a {GPE|Delhi}.",
    "{PERSON|Paavan Nanda} guida {ORG|WinZO} da {GPE|Delhi} con nuovi giochi.",
)


def told(*articles: Article) -> dict[str, dict[str, object]]:
    made = news(*articles).story_articles()
    assert set(made.columns) == set(contracts.table("core_story_articles").column_names)
    assert sorted(made["article_id"]) == sorted(one.name for one in articles)
    return {row["article_id"]: row for row in made.rows(named=True)}


def test_articles_about_the_same_are_one_story_and_others_are_not() -> None:
    made = told(
        article("a", *ALLIANCE),
        article("b", "{ORG|Meta} con {ORG|IBM} e {ORG|Oracle}: nasce la {ORG|AI Alliance}."),
        article("c", *OTHER),
    )
    assert made["a"]["story_id"] == made["b"]["story_id"] != made["c"]["story_id"]
    assert made["b"]["copy_kind"] == "original"
    assert made["b"]["origin_article_id"] == "b"
    assert made["c"]["why"] == "alone"


def likeness(first_segment: str) -> float:
    made = news(
        article("a", "Lodi, 5 dicembre 2023", *ALLIANCE),
        article("b", "Lodi, 5 dicembre 2023", "{ORG|Meta}, {ORG|IBM} e {ORG|Oracle} insieme."),
    )
    is_first = pl.col("ordinal") == 0
    segments = made.core_segments.with_columns(
        kind=pl.when(is_first).then(pl.lit(first_segment)).otherwise("kind")
    )
    score: float = replace(made, core_segments=segments).story_articles()["score"].item(0)
    return score


def test_a_common_dateline_counts_and_common_boilerplate_does_not() -> None:
    assert likeness("dateline") > likeness("boilerplate")
    assert likeness("byline") == likeness("boilerplate")


def test_one_entity_in_common_makes_no_story() -> None:
    made = told(
        article("a", *ALLIANCE),
        article("b", *OTHER),
        article("c", "Contro {ORG|IBM} ricorre {PERSON|Ada Rossi} al {ORG|Tribunale di Lodi}.",
                "Il giudice {PERSON|Ugo Verdi} decide in primavera su un vecchio brevetto."),
    )  # fmt: skip
    assert len({row["story_id"] for row in made.values()}) == 3


def test_articles_that_name_nobody_are_stories_of_their_own() -> None:
    made = told(article("a", "Piove."), article("b", "Nevica."))
    assert made["a"]["story_id"] != made["b"]["story_id"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (days(2023, 12, 5), days(2023, 12, 26), True),
        (days(2023, 12, 5), days(2023, 12, 27), False),
        (days(2023, 12, 27), days(2023, 12, 5), False),
        (days(2023, 12, 5), None, True),
        (None, None, True),
        ((datetime(2023, 1, 1), datetime(2023, 12, 31)), days(2024, 1, 10), True),
        ((datetime(2023, 11, 1), datetime(2023, 11, 30)), days(2024, 1, 10), False),
    ],
)
def test_a_story_happens_within_three_weeks_and_what_is_undated_could(
    one: tuple[datetime, datetime] | None, other: tuple[datetime, datetime] | None, same: bool
) -> None:
    made = told(
        article("a", *ALLIANCE, published=one),
        article("b", *ALLIANCE, "Un anno dopo.", published=other),
    )
    assert (made["a"]["story_id"] == made["b"]["story_id"]) is same


class Meant:
    """Means what it is told: the direction, in degrees, of a text with a word."""

    name, version = "meant", "1"

    def __init__(self, **degrees: float) -> None:
        self._degrees = degrees

    def vectors(self, texts: list[str]) -> "np.typing.NDArray[np.float32]":
        told = [next(way for word, way in self._degrees.items() if word in text) for text in texts]
        radians = np.radians(told)
        return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


ACCOUNT = "{ORG|Meta}, {ORG|IBM}, {ORG|Oracle}: {ORG|AI Alliance}."


@pytest.mark.parametrize(("language", "neutral"), [("it", 0.35), ("fr", 0.6)])
def test_openings_near_in_meaning_make_articles_more_alike_and_far_ones_less(
    language: str, neutral: float
) -> None:
    both = news(article("a", *ALLIANCE), article("b", ACCOUNT, language=language))

    def told(encoder: Meant | None) -> tuple[float, str]:
        (row,) = both.story_articles(encoder=encoder).select("score", "why").unique().rows()
        return float(row[0]), str(row[1])

    plain, why = told(None)
    assert why == "same entities and words"
    degrees = {"near": 0.0, "neutral": float(np.degrees(np.arccos(neutral))), "far": 75.0}
    meant = {name: told(Meant(lanciano=0, Meta=way)) for name, way in degrees.items()}
    assert meant["far"][0] < plain < meant["near"][0] <= 1
    assert meant["neutral"][0] == pytest.approx(plain, abs=0.005)
    assert {why for _, why in meant.values()} == {"same entities, words and meaning"}


def test_openings_that_mean_something_else_part_what_names_alone_would_join() -> None:
    both = news(article("a", *ALLIANCE), article("b", ACCOUNT, *OTHER))
    joined, parted = (
        both.story_articles(encoder=Meant(lanciano=0, Meta=way))["story_id"].n_unique()
        for way in (0, 90)
    )
    assert (joined, parted) == (1, 2)


def test_an_exact_copy_points_to_the_earliest() -> None:
    made = told(
        article("late", *ALLIANCE, published=days(2023, 12, 6)),
        article("early", *ALLIANCE, published=days(2023, 12, 5)),
        article("undated", *ALLIANCE),
    )
    assert {name: row["origin_article_id"] for name, row in made.items()} == dict.fromkeys(
        made, "early"
    )
    assert [made[name]["copy_kind"] for name in ("early", "late", "undated")] == [
        "original", "copy", "copy",
    ]  # fmt: skip


def test_copies_count_once_however_many_there_are() -> None:
    copies = [article(f"copy{at:02d}", *ALLIANCE, published=days(2023, 12, 7)) for at in range(30)]
    made = told(
        *copies,
        article("first", *ALLIANCE, published=days(2023, 12, 5)),
        article("other", *ALLIANCE, "Altro seguirà.", published=days(2023, 12, 6)),
        article("account", "{ORG|Meta} con {ORG|IBM} e {ORG|Oracle}: nasce la {ORG|AI Alliance}."),
    )
    assert len({row["story_id"] for row in made.values()}) == 1
    assert made["first"]["copy_kind"] == made["account"]["copy_kind"] == "original"
    assert 0 < float(str(made["first"]["score"])) < 1
    told_by = {made[one.name]["origin_article_id"] for one in copies}
    whys = {(made[one.name]["copy_kind"], made[one.name]["why"]) for one in copies}
    assert (told_by, whys) == ({"first"}, {("copy", "the same text")})
    assert made["other"]["origin_article_id"] == "first"
    assert made["other"]["copy_kind"] == "near_copy"


def test_a_text_is_compared_on_all_days_on_which_anybody_has_it() -> None:
    account = "{ORG|Meta} con {ORG|IBM} e {ORG|Oracle}: nasce la {ORG|AI Alliance}."
    made = told(
        article("a", *ALLIANCE, published=days(2023, 12, 5)),
        article("b", *ALLIANCE, published=days(2024, 3, 5)),
        article("c", account, published=days(2024, 3, 6)),
        article("d", account, "Un anno dopo.", published=days(2025, 3, 6)),
    )
    assert made["c"]["story_id"] == made["a"]["story_id"] != made["d"]["story_id"]


JOBS = (
    "{ORG|Volkswagen} cuts 35,000 jobs in {GPE|Wolfsburg} by 2030, says {PERSON|Daniela Cavallo}.",
    "It is a hard compromise for all of {GPE|Germany} and for {ORG|IG Metall}.",
)
TAGLI = (
    "{ORG|Volkswagen} taglia 35 000 posti a {GPE|Wolfsburg} nel 2030: {PERSON|Daniela Cavallo}",
    "È un duro compromesso per tutta la {GPE|Germania} e per {ORG|IG Metall}.",
)


@pytest.mark.parametrize(
    ("figure", "kind"),
    [("35 000", "translation"), ("35.000", "translation"), ("38.000", "original")],
)
def test_an_account_with_another_figure_is_no_translation(figure: str, kind: str) -> None:
    other = (TAGLI[0].replace("35 000", figure), TAGLI[1])
    made = told(
        article("a", *JOBS, language="en", published=days(2024, 5, 1)),
        article("b", *other, published=days(2024, 5, 2)),
    )
    assert made["b"]["copy_kind"] == kind
    assert made["a"]["story_id"] == made["b"]["story_id"]


def test_copies_that_name_nobody_are_still_copies() -> None:
    made = told(article("a", "Piove."), article("b", "Piove."))
    assert {row["copy_kind"] for row in made.values()} == {"original", "copy"}


def test_a_text_with_little_changed_is_a_near_copy() -> None:
    made = told(
        article("a", *ALLIANCE, published=days(2023, 12, 5)),
        article("b", *ALLIANCE, "Altro seguirà.", published=days(2023, 12, 6)),
    )
    assert made["b"]["copy_kind"] == "near_copy"
    assert made["b"]["origin_article_id"] == "a"
    assert "of their word 4-grams shared" in str(made["b"]["why"])


def test_the_same_entities_in_the_same_order_in_another_language_are_a_translation() -> None:
    made = told(
        article("it", *ALLIANCE, published=days(2023, 12, 5)),
        article("en", *ENGLISH, language="en", published=days(2023, 12, 6)),
    )
    assert made["en"]["copy_kind"] == "translation"
    assert made["en"]["origin_article_id"] == "it"


def test_another_telling_in_another_language_is_an_original() -> None:
    made = told(
        article("it", *ALLIANCE),
        article("en", *reversed(ENGLISH), "{ORG|AMD} and {ORG|Oracle} say so.", language="en"),
    )
    assert made["en"]["copy_kind"] == "original"
    assert made["en"]["story_id"] == made["it"]["story_id"]


CORPUS = (
    article("a", *ALLIANCE, published=days(2023, 12, 5)),
    article("b", *ENGLISH, language="en", published=days(2023, 12, 6)),
    article("c", *ALLIANCE, "Altro.", published=days(2023, 12, 7)),
    article("d", *OTHER),
    article("e", *OTHER),
    article("f", "Piove."),
)


@settings(max_examples=20, deadline=None)
@given(st.permutations(CORPUS))
def test_stories_and_origins_do_not_depend_on_the_order_of_arrival(order: list[Article]) -> None:
    assert news(*order).story_articles().equals(news(*CORPUS).story_articles())


@pytest.mark.parametrize(
    ("headline", "chief", "title"),
    [("IBM and Meta launch an alliance", "Meta, IBM", "IBM and Meta launch an alliance"),
     (None, "Meta, IBM", "Meta, IBM"), (None, None, None)],
)  # fmt: skip
def test_a_story_without_a_headline_is_called_by_whom_it_is_about(
    headline: str | None, chief: str | None, title: str | None
) -> None:
    columns = dict.fromkeys(("story_id", "headline", "chief"), pl.String)
    pending = pl.DataFrame([("one", headline, chief)], schema=columns, orient="row")
    made = core_stories(pending)
    assert set(made.columns) == set(contracts.table("core_stories").column_names)
    assert made["title_en"].to_list() == [title]


def stories(judgements: pl.DataFrame) -> dict[str, str]:
    told = news(article("a", *ALLIANCE), article("b", *reversed(ALLIANCE)), article("c", *OTHER))
    return dict(told.story_articles(judgements).select("article_id", "story_id").rows())


def test_a_reviewer_joins_and_parts_stories_and_takes_it_back() -> None:
    machine = stories(NOTHING_JUDGED)
    assert machine["a"] == machine["b"] != machine["c"]
    made = stories(judged(("story", "a", "c", "same"), ("story", "a", "b", "different")))
    assert made["a"] == made["c"] != made["b"]
    taken_back = judged(
        ("story", "a", "c", "same"), ("story", "a", "b", "different"), withdrawn=(0, 1)
    )
    assert stories(taken_back) == machine


def test_a_text_that_holds_all_of_another_under_a_new_lead_is_its_near_copy() -> None:
    agency = tuple(f"Satz {word} von {{ORG|IBM}} ueber Modelle und Sicherheit {word} heute."
                   for word in ("eins", "zwei", "drei", "vier", "fuenf", "sechs"))  # fmt: skip
    lead = tuple(f"{word} schreibt die Redaktion noch einen eigenen Satz ueber {{ORG|Meta}} dazu."
                 for word in ("Hier", "Dort", "Nun", "Bald", "Oft", "Gern", "Jetzt"))  # fmt: skip
    made = told(
        article("a", *agency, published=days(2023, 12, 5)),
        article("b", *lead, *agency, published=days(2023, 12, 6)),
    )
    assert made["b"]["origin_article_id"] == "a"
    assert "of the shorter one's word 4-grams" in str(made["b"]["why"])


#: A text and the same with a sentence more a year later: too far apart to be compared as stories.
REPRINTED = (
    article("a", *ALLIANCE, published=days(2023, 12, 5)),
    article("b", *ALLIANCE, "Altro seguirà.", published=days(2024, 12, 6)),
    article("c", *OTHER, published=days(2024, 12, 7)),
)


def origins(*duplicates: tuple[str, str]) -> dict[str, tuple[str, str]]:
    groups = pl.DataFrame(
        duplicates, schema=dict.fromkeys(("article_id", "group_id"), pl.String), orient="row"
    )
    made = news(*REPRINTED).story_articles(duplicates=groups)
    assert made["story_id"].n_unique() == made["origin_article_id"].n_unique()
    rows = made.select("article_id", "origin_article_id", "copy_kind").rows()
    return {article_id: (origin, kind) for article_id, origin, kind in rows}


def test_what_the_duplicates_say_is_tried_whatever_the_likeness() -> None:
    apart = {one.name: (one.name, "original") for one in REPRINTED}
    assert origins() == apart
    assert origins(("b", "a")) == apart | {"b": ("a", "near_copy")}


def test_what_the_duplicates_say_is_tried_and_not_believed() -> None:
    assert origins(("c", "a")) == origins()
