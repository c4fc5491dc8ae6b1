"""A gold file is read strictly: a slip of the pen is said, never passed over."""

import json
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from handmade import TRUTH, truth

from pipelines.evaluation.gold import GoldError, parsed_gold, read_gold

GOLD = Path(__file__).parents[2] / "gold" / "seed_articles.json"


def test_the_projects_own_gold_can_be_read() -> None:
    gold = read_gold(GOLD)
    assert gold.articles.height == 5
    assert gold.quantities.height == 6
    assert gold.disagreements["verdict"].to_list() == ["compatible"]


def test_surfaces_and_passages_are_read_as_they_are_compared() -> None:
    assert "Ligue d'Azur" in truth().surfaces["surface"]


def test_what_two_articles_say_of_one_role_is_one_role() -> None:
    assert truth().roles.height == 1


def test_a_date_is_read_in_its_precision() -> None:
    known = truth().articles.select("published", "precision", "inferred_event_date").rows()
    assert known == [
        (datetime(2024, 3, 1), "month", None),
        (None, "unknown", date(2024, 3, 12)),
        (None, "unknown", None),
    ]


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("different lower bounds, not a logical conflict: it rests on 3 origins", "compatible"),
        ("compatible", "compatible"),
        ("a logical conflict: two exact counts", "conflicting"),
        ("no doubt about it: a conflict", "conflicting"),
    ],
)
def test_a_verdict_is_read_from_the_annotators_sentence(sentence: str, verdict: str) -> None:
    (one,) = TRUTH["disagreements"]
    gold = truth(disagreements=[{**one, "verdict": sentence}])
    assert gold.disagreements["verdict"].item() == verdict


def test_sections_that_are_not_there_are_empty() -> None:
    bare = {name: TRUTH[name] for name in ("files", "articles", "entities")}
    assert parsed_gold(json.dumps(bare)).quotes.is_empty()


def _broken(section: str, *path: Any, value: Any) -> dict[str, Any]:
    told = deepcopy(TRUTH)
    inside: Any = told[section]
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    return told


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({**TRUTH, "qoutes": []}, "qoutes: unknown"),
        ({"files": {}}, "articles, entities: missing"),
        (
            _broken("memberships", 0, "member", value="Bergen"),
            "memberships[0].member: no such entity",
        ),
        (_broken("memberships", 0, "status", value="ally"), "memberships[0].status: is ally"),
        (_broken("quotes", 1, "article", value="z"), "quotes[1].article: no such article: z"),
        (_broken("quotes", 1, "text", value=7), "quotes[1].text: must be text"),
        (_broken("quotes", 0, "speeker", value="Oslo"), "quotes[0]: unknown: speeker"),
        (_broken("quantities", 0, "value", value="20"), "quantities[0].value: must be a number"),
        (_broken("articles", "a", "published", value="March"), "articles.a.published: "),
        (_broken("articles", "a", "language", value=None), "articles.a.language: must not be null"),
        (
            _broken("entities", 1, "surfaces", "a", value=["League"]),
            "entities[1].surfaces.a: “League” is said to name Harbour League there already",
        ),
        (
            _broken("disagreements", 0, "verdict", value="they differ"),
            "disagreements[0].verdict: says neither",
        ),
    ],
)
def test_a_fault_is_said_with_its_place(told: dict[str, Any], message: str) -> None:
    with pytest.raises(GoldError) as error:
        parsed_gold(json.dumps(told))
    assert str(error.value).startswith(message)


def test_a_file_that_is_no_gold_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "gold.json"
    broken.write_text('{"files": {},\n "articles": }')
    with pytest.raises(GoldError, match=r"gold.json: line 2: no JSON"):
        read_gold(broken)
    with pytest.raises(GoldError, match=r"none.json cannot be read"):
        read_gold(tmp_path / "none.json")


def test_frames_have_their_types_also_when_empty() -> None:
    gold = parsed_gold('{"files": {}, "articles": {}, "entities": []}')
    assert gold.quantities.schema["value"] == pl.Float64
    assert gold.articles.schema["published"] == pl.Datetime("us")
