import polars as pl
import pytest
from told_news import CUES, ENTITIES, NAMES, NOTHING_JUDGED, Article, article, judged, news

from pipelines.resolution.identities import core_names
from pipelines.resolution.judgements import ContradictionError
from pipelines.resolution.namings import core_name_forms, core_name_uses


def same(*told: Article) -> bool:
    """Whether all that is named is one entity."""
    return len(set(news(*told).entity_of().values())) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{PERSON|Dmitry Medvedev}", "{PERSON|Dmitri Medwedew}"),
        ("{PERSON|Дмитрий Медведев}", "{PERSON|Dmitri Medvedev}"),
        ("{PERSON|Rossi, Ada}", "{PERSON|Ada Rossi}"),
        ("{PERSON|A. Rossini}", "{PERSON|Ada Rossini}"),
        ("{PERSON|John F. Kennedy}", "{PERSON|John Kennedy}"),
        ("{PERSON|Zoë Müller}", "{PERSON|Zoe Muller}"),
        ("{PERSON|Krzysztof Penderecki}", "{PERSON|Krzysztof Pendereckij}"),
        ("{ORG|Banca Centrale Europea}", "{ORG|Banco Central Europeo}"),
        ("{ORG|Banca Centrale Europea}", "{ORG|European Central Bank}"),
        ("{ORG|Vegatron Group}", "{ORG|Vegatron}"),
        ("{ORG|Vegatron GmbH}", "{ORG|Vegatron Inc.}"),
        ("{ORG|British Vegatron}", "{ORG|Vegatron}"),
        ("{ORG|Vegatron di Tokyo}", "{ORG|Vegatron}"),
        ("{PRODUCT|IBM Vegatron}", "{PRODUCT|Vegatron}"),
        ("{ORG|V & K Vegatron}", "{ORG|V&K Vegatron}"),
        ("{ORG|U.S. Vegatron}", "{ORG|US Vegatron}"),
    ],
)
def test_names_of_one_are_one_over_articles(one: str, other: str) -> None:
    assert same(article("a", f"{one}."), article("b", f"{other}."))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{PERSON|Ada Rossi}", "{PERSON|Ida Rossi}"),
        ("{PERSON|Rossi}", "{PERSON|Ada Rossi}"),
        ("{ORG|Vegatron Tokyo}", "{ORG|Vegatron}"),
        ("{ORG|Meta}", "{ORG|Meta Nova}"),
        ("{ORG|British Bank}", "{ORG|Bank}"),
        ("{PRODUCT|Vegatron 4}", "{PRODUCT|Vegatron 5}"),
        ("{PERSON|Tokyo Vega}", "{PERSON|Vega}"),
    ],
)
def test_names_that_could_be_of_two_stay_apart(one: str, other: str) -> None:
    assert not same(article("a", f"{one}."), article("b", f"{other}."))


def test_a_place_that_tells_two_apart_joins_neither_and_is_listed() -> None:
    told = news(
        article("a", "{ORG|British Vegatron}."),
        article("b", "{ORG|Indian Vegatron}."),
        article("c", "{ORG|Vegatron}."),
    )
    assert len(set(told.entity_of().values())) == 3
    (rivals,) = told.names().filter(pl.col("rivals").list.len() > 0)["rivals"]
    assert len(rivals) == 2


def test_a_short_form_of_the_one_long_name_is_it_in_other_articles_too() -> None:
    both = article("a", "{ORG|Vega Nova Airlines} vola.", "{ORG|Vega Nova} cresce.")
    assert same(both, article("b", "{ORG|Vega Nova} perde."))


def test_a_surname_is_believed_elsewhere_only_while_nobody_else_bears_it() -> None:
    both = article("a", "{PERSON|Ada Vega} parla.", "{PERSON|Vega} tace.")
    alone = article("b", "{PERSON|Vega} torna.")
    assert same(both, alone)
    told = news(both, alone, article("c", "{PERSON|Ugo Vega}."))
    links = told.links().join(told.core_mentions, on="mention_id")
    in_b = links.filter(pl.col("article_id") == "b")["entity_id"].item()
    assert in_b not in set(links.filter(pl.col("article_id") != "b")["entity_id"])


def test_every_joining_says_why_and_how_sure() -> None:
    names = news(article("a", "{ORG|British Vegatron}."), article("b", "{ORG|Vegatron}.")).names()
    (row,) = names.rows(named=True)
    assert row["why"].startswith("place beside the name")
    assert 0.5 < row["score"] < 1


# -- judgements ----------------------------------------------------------------------------

APART = (
    article("a", "{ORG|Vega Nova} apre."),
    article("b", "{ORG|Nova Luce} chiude."),
    article("c", "{ORG|Luce Vera} vende."),
)
VEGA, LUCE, VERA = (
    next(iter(news(one).entity_of().values())) for one in APART
)


def groups(
    told: tuple[Article, ...], *judgements: tuple[str, str, str, str]
) -> set[frozenset[str]]:
    links = news(*told).links(judged(*judgements))
    grouped = links.group_by("entity_id").agg(pl.col("name"))
    return {frozenset(names) for names in grouped["name"]}


def test_what_is_judged_the_same_is_the_same_also_by_a_chain() -> None:
    made = groups(
        APART, ("entity", VEGA, LUCE, "same"), ("entity", LUCE, VERA, "same")
    )
    assert made == {frozenset({"Vega Nova", "Nova Luce", "Luce Vera"})}


ONE = (article("a", "{ORG|Vegatron Group}."), article("b", "{ORG|Vegatron}."))
GROUP, PLAIN = (next(iter(news(one).entity_of().values())) for one in ONE)


def test_what_is_judged_different_is_not_joined_by_the_machine() -> None:
    assert len(groups(ONE)) == 1
    assert len(groups(ONE, ("entity", GROUP, PLAIN, "different"))) == 2


def test_what_is_different_from_the_same_is_different() -> None:
    told = (*ONE, *APART[:1])
    made = groups(
        told, ("entity", PLAIN, VEGA, "same"), ("entity", VEGA, GROUP, "different")
    )
    assert made == {frozenset({"Vegatron", "Vega Nova"}), frozenset({"Vegatron Group"})}


def test_a_short_form_judged_different_is_not_joined_in_its_own_article_either() -> None:
    told = (article("a", "{ORG|Vega Nova Airlines} vola.", "{ORG|Vega Nova} cresce."),)
    long, short = (
        next(iter(news(article("x", f"{{ORG|{name}}}.")).entity_of().values()))
        for name in ("Vega Nova Airlines", "Vega Nova")
    )
    assert len(groups(told)) == 1
    assert len(groups(told, ("entity", short, long, "different"))) == 2


def test_unsure_changes_nothing_and_the_last_judgement_stands() -> None:
    pair = ("entity", VEGA, LUCE)
    assert groups(APART, (*pair, "unsure")) == groups(APART)
    assert groups(APART, (*pair, "same"), (*pair, "unsure")) == groups(APART)
    assert groups(APART, (*pair, "different"), (*pair, "same")) == groups(APART, (*pair, "same"))


def test_taking_a_judgement_back_restores_the_former_groups_exactly() -> None:
    told = news(*APART, *ONE)
    rows = (("entity", VEGA, LUCE, "same"), ("entity", GROUP, PLAIN, "different"))
    assert not told.links(judged(*rows)).equals(told.links())
    assert told.links(judged(*rows, withdrawn=(0, 1))).equals(told.links())
    assert told.names(judged(*rows, withdrawn=(0, 1))).equals(told.names())


def test_judgements_that_cannot_all_hold_are_refused_by_name() -> None:
    with pytest.raises(ContradictionError, match=r"judged different, and the same by a chain"):
        groups(
            APART,
            ("entity", VEGA, LUCE, "same"),
            ("entity", LUCE, VERA, "same"),
            ("entity", VEGA, VERA, "different"),
        )


def test_what_joined_two_names_does_not_depend_on_the_order_of_their_forms() -> None:
    told = news(article("a", "{PERSON|H. Lum Brown}."), article("b", "{PERSON|H. Brown}."))
    namings = told.namings()
    forms = core_name_forms(
        namings.select("name_id", "name", "type", "key").unique(), ENTITIES, NAMES, CUES
    )
    made = [
        core_names(core_name_uses(namings), ordered, ENTITIES, NOTHING_JUDGED)
        for ordered in (forms.sort("kind"), forms.sort("kind", descending=True))
    ]
    assert made[0].height == 1
    assert made[0].equals(made[1])
