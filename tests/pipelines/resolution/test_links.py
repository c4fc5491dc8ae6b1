from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told_news import CUES, ENTITIES, NAMES, NOTHING_JUDGED, Article, article, news

from pipelines.resolution.entities import core_entities, core_entity_names
from pipelines.resolution.identities import core_names
from pipelines.resolution.links import core_links
from pipelines.resolution.namings import core_name_forms, core_name_uses, core_namings
from warehouse import contracts


def test_a_known_name_is_its_entity_in_every_language() -> None:
    told = news(
        article("it", "L’{ORG|Università di Tokyo} e {ORG|IBM}."),
        article("fr", "L’{ORG|Université de Tokyo}.", language="fr"),
        article("en", "The {ORG|University of Tokyo}.", language="en"),
    )
    named = told.entity_of()
    assert set(named.values()) == {"tokyo-university", "ibm"}
    why = dict(told.links().select("entity_id", "why").unique().sort("why").rows())
    assert why["ibm"] == "known name"


def test_every_mention_has_one_link_with_the_columns_of_its_contract() -> None:
    told = news(article("a", "{ORG|IBM}, {PERSON|Ada Rossi} e {GPE|Tokyo}.", "{ORG|Boh}."))
    links = told.links()
    assert set(links.columns) == set(contracts.table("core_links").column_names)
    assert sorted(links["mention_id"]) == sorted(told.core_mentions["mention_id"])
    assert links["score"].is_between(0, 1).all()


@pytest.mark.parametrize("seed", range(5))
def test_a_mention_has_its_own_name_in_whatever_order_the_tables_come(seed: int) -> None:
    numbered = [f"{{ORG|Vega {word}}}." for word in ("Alba", "Brio", "Cima", "Duna", "Elba")]
    made = news(*(article(name, *numbered) for name in "abcdefgh"))
    mentions, segments, languages = (
        frame.sample(fraction=1, shuffle=True, seed=seed + at)
        for at, frame in enumerate(
            (made.core_mentions, made.core_segments, made.core_languages)
        )
    )
    namings = core_namings(mentions, segments, languages, ENTITIES, NAMES, CUES)
    surfaces = dict(mentions.select("mention_id", "surface").rows())
    assert dict(namings.select("mention_id", "name").rows()) == surfaces


def test_no_mentions_make_no_links() -> None:
    assert news(article("a", "Nessuno.")).links().is_empty()


def test_a_name_of_another_type_is_believed_less() -> None:
    links = news(article("a", "{ORG|Meta} e {PRODUCT|IBM}.")).links()
    scores = dict(links.select("entity_id", "score").rows())
    assert scores["ibm"] < scores["meta"]


def test_an_unknown_name_gets_the_same_entity_in_every_spelling() -> None:
    named = news(
        article("a", "La {ORG|Fondazione Simons} apre."),
        article("b", "La {ORG|Fondation Simons} ouvre.", language="fr"),
    ).entity_of()
    assert len(set(named.values())) == 1
    assert all(entity.startswith("ent_") for entity in named.values())


def test_a_name_whose_type_was_guessed_differently_is_still_one_entity() -> None:
    named = news(article("a", "{ORG|Vega Nova}."), article("b", "{PRODUCT|Vega Nova}.")).entity_of()
    assert len(named) == 1


def test_an_acronym_in_parentheses_is_the_name_before_it() -> None:
    named = news(
        article("a", "L’{ORG|Istituto Nazionale di Prova} ({ORG|INP}) apre.", "L’{ORG|INP} cresce.")
    ).entity_of()
    assert named["INP"] == named["Istituto Nazionale di Prova"]


def test_an_acronym_of_a_known_entity_is_that_entity() -> None:
    named = news(article("a", "L’{ORG|Università di Tokyo} ({ORG|UTokyo}) apre.")).entity_of()
    assert named["UTokyo"] == "tokyo-university"


def test_an_acronym_explained_in_words_is_what_it_stands_for() -> None:
    named = news(
        article("a", "{ORG|ATOM}, acronimo di “{ORG|American Truly Open Models}”, nasce.")
    ).entity_of()
    assert len(set(named.values())) == 1


def test_what_defines_an_acronym_goes_along_with_it_to_a_longer_name() -> None:
    named = news(
        article(
            "a",
            "Nasce {ORG|ATOM}, acronimo di “{ORG|American Truly Open Models}”.",
            "Il {ORG|progetto ATOM} cresce.",
        )
    ).entity_of()
    assert len(set(named.values())) == 1


def test_an_acronym_that_one_article_defines_is_the_same_where_none_defines_it_otherwise() -> None:
    defining = (
        article("a", "L’{ORG|Istituto Nazionale di Prova} ({ORG|INP}) apre."),
        article("b", "L’{ORG|INP} cresce."),
    )
    assert len(set(news(*defining).entity_of().values())) == 1
    told = news(
        *defining, article("c", "L’{ORG|Impresa Navale di Pisa} ({ORG|INP}) chiude.")
    )
    links = told.links().join(told.core_mentions, on="mention_id").filter(surface="INP")
    assert links["entity_id"].n_unique() == 3
    (rivals,) = told.names().filter(pl.col("rivals").list.len() > 0)["rivals"]
    assert len(rivals) == 2


def test_a_person_in_parentheses_is_not_the_company_before_it() -> None:
    named = news(article("a", "{ORG|Vega Nova} ({PERSON|Ada Rossi}) cresce.")).entity_of()
    assert named["Vega Nova"] != named["Ada Rossi"]


def test_a_surname_is_the_one_full_name_it_fits() -> None:
    named = news(article("a", "{PERSON|Nick Clegg} parla.", "{PERSON|Clegg} tace.")).entity_of()
    assert named["Clegg"] == "nick-clegg"


def test_a_surname_that_fits_two_is_neither() -> None:
    named = news(
        article("a", "{PERSON|Ada Rossi} e {PERSON|Ugo Rossi}.", "{PERSON|Rossi} tace.")
    ).entity_of()
    assert named["Rossi"] not in (named["Ada Rossi"], named["Ugo Rossi"])


def test_a_surname_in_another_article_is_not_that_person() -> None:
    named = news(article("a", "{PERSON|Nick Clegg}."), article("b", "{PERSON|Clegg}.")).entity_of()
    assert named["Clegg"] != "nick-clegg"


def test_a_known_name_is_not_taken_for_the_short_form_of_a_longer_one() -> None:
    named = news(article("a", "{ORG|Meta} e {ORG|Meta Nova Alliance}.")).entity_of()
    assert named["Meta"] == "meta"


ARTICLES = (
    article("a", "{ORG|Vega Nova} e {PERSON|Ada Rossi}.", "{PERSON|Rossi} di {ORG|Vega} parla."),
    article("b", "L’{ORG|Istituto Nazionale di Prova} ({ORG|INP}) e {ORG|IBM}."),
    article("c", "{ORG|Vega Nova} ouvre avec l’{ORG|INP}.", language="fr"),
    article("d", "{PERSON|Rossi}, {PERSON|Ada Rossi}, {PERSON|Ugo Rossi}, {ORG|Meta}."),
)


def resolved(told: tuple[Article, ...], seed: int) -> list[dict[str, pl.DataFrame]]:
    """Links, entities and names of articles told in an order, with shuffled tables."""
    made = news(*told)
    mentions, segments, languages, entities, names, cues = (
        frame.sample(fraction=1, shuffle=True, seed=seed)
        for frame in (
            made.core_mentions, made.core_segments, made.core_languages, ENTITIES, NAMES, CUES,
        )
    )  # fmt: skip
    namings = core_namings(mentions, segments, languages, entities, names, cues)
    distinct = namings.select("name_id", "name", "type", "key").unique()
    forms = core_name_forms(distinct, entities, names, cues)
    borne = core_names(core_name_uses(namings), forms, entities, NOTHING_JUDGED)
    links = core_links(namings, borne)
    canonical = core_entities(links, entities, cues)
    known = core_entity_names(links, names)
    return [{"links": links, "entities": canonical, "names": known}]


@settings(max_examples=25, deadline=None)
@given(st.permutations(ARTICLES), st.integers(0, 100))
def test_ids_do_not_depend_on_the_order_of_arrival(told: list[Article], seed: int) -> None:
    (made,), (expected,) = resolved(tuple(told), seed), resolved(ARTICLES, 0)
    for name, frame in made.items():
        assert frame.equals(expected[name]), name


def entity(told: tuple[Article, ...], name: str) -> dict[str, Any]:
    made = resolved(told, 0)[0]["entities"]
    return made.filter(name=name).row(0, named=True)


def test_a_known_entity_keeps_its_reference_name_type_and_item() -> None:
    ibm = entity(ARTICLES, "IBM")
    assert (ibm["type"], ibm["wikidata_id"], ibm["origin"]) == ("ORG", "Q37156", "reference")


def test_a_minted_entity_is_called_by_its_english_name_where_there_is_one() -> None:
    told = (
        article("a", "{ORG|Fondazione Simons}.", "{ORG|Fondazione Simons}."),
        article("b", "{ORG|Fondation Simons}.", language="en"),
    )
    assert entity(told, "Fondation Simons")["origin"] == "minted"


def test_a_person_is_called_by_the_full_name_not_by_the_surname_used_most() -> None:
    told = (
        article("a", "{PERSON|Ada Rovelli}.", "{PERSON|Rovelli}.", "{PERSON|Rovelli}."),
        article("b", "{PERSON|Ada Rovelli}.", "{PERSON|Rovelli}.", "{PERSON|Rovelli}."),
    )
    assert entity(told, "Ada Rovelli")["type"] == "PERSON"


def test_a_longer_name_that_few_articles_use_is_not_the_canonical_one() -> None:
    links = pl.DataFrame(
        {
            "entity_id": ["ent_rovelli"] * 5,
            "article_id": ["a", "b", "c", "d", "d"],
            "language": ["en"] * 5,
            "name": ["Rovelli"] * 4 + ["Englishman Rovelli"],
            "type": ["PERSON"] * 5,
        }
    )
    assert core_entities(links, ENTITIES, CUES)["name"].to_list() == ["Rovelli"]


def test_a_minted_project_is_put_into_english() -> None:
    assert entity((article("a", "{ORG|progetto ATOM}."),), "ATOM Project")["origin"] == "minted"


def test_only_entities_in_the_news_are_listed_with_all_names_they_go_by() -> None:
    made = resolved((article("a", "L’{ORG|Università di Tokyo}."),), 0)[0]
    assert made["entities"]["entity_id"].to_list() == ["tokyo-university"]
    names = made["names"].select("language", "name", "attested").rows()
    assert names == [("en", "University of Tokyo", False), ("it", "Università di Tokyo", True)]


@pytest.mark.parametrize("table", ["core_entities", "core_entity_names"])
def test_entities_have_the_columns_and_the_key_of_their_contracts(table: str) -> None:
    made = resolved(ARTICLES, 0)[0][table.removeprefix("core_").removeprefix("entity_")]
    contract = contracts.table(table)
    assert set(made.columns) == set(contract.column_names)
    assert made.select(contract.key).is_unique().all()
