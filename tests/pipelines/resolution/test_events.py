from datetime import datetime

import polars as pl
from told_news import article, judged, news

from pipelines.resolution.events import core_resolution_events
from pipelines.resolution.identities import borne
from warehouse import contracts

NIGHT = datetime(2026, 11, 25, 2, 0)


def became(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str, str, int]]:
    """What became of groups: event, from, to, members."""
    frames = [
        pl.DataFrame(list(one.items()), schema={"member": pl.String, "group": pl.String},
                     orient="row")
        for one in (before, after)
    ]  # fmt: skip
    made = core_resolution_events("story", frames[0], frames[1], NIGHT)
    assert set(made.columns) == set(contracts.table("core_resolution_events").column_names)
    return sorted(made.select("event", "from_id", "to_id", "members").rows())


def test_a_group_that_is_joined_to_another_is_merged() -> None:
    assert became({"1": "a", "2": "b", "3": "b"}, {"1": "b", "2": "b", "3": "b"}) == [
        ("merged", "a", "b", 1)
    ]


def test_two_groups_that_become_a_third_are_both_merged() -> None:
    made = became({"1": "b", "2": "c"}, {"0": "a", "1": "a", "2": "a"})
    assert made == [("merged", "b", "a", 1), ("merged", "c", "a", 1)]


def test_a_group_that_falls_apart_is_split() -> None:
    made = became({"1": "a", "2": "a", "3": "a"}, {"1": "a", "2": "b", "3": "b"})
    assert made == [("split", "a", "b", 2)]


def test_a_group_that_an_earlier_text_joins_is_renamed() -> None:
    assert became({"1": "b"}, {"0": "a", "1": "a"}) == [("renamed", "b", "a", 1)]


def test_what_is_new_or_the_same_is_no_event() -> None:
    assert became({"1": "a"}, {"1": "a", "2": "a", "3": "c"}) == []
    assert became({}, {"1": "a"}) == []


def test_a_judgement_and_its_undoing_are_events_of_the_names_that_were_known() -> None:
    told = news(article("a", "{ORG|Vega Nova}."), article("b", "{ORG|Nova Luce}."))
    vega, luce = sorted(told.links()["entity_id"])
    known = pl.DataFrame({"entity_id": [vega, luce]})
    judgement = judged(("entity", vega, luce, "same"))
    before, after = borne(told.names(), told.names(judgement), known)
    (event,) = core_resolution_events("entity", before, after, NIGHT).rows(named=True)
    assert (event["event"], event["from_id"], event["to_id"]) == ("merged", luce, vega)
    known = known.filter(pl.col("entity_id") == vega)
    before, after = borne(told.names(judgement), told.names(), known)
    (event,) = core_resolution_events("entity", before, after, NIGHT).rows(named=True)
    assert (event["event"], event["from_id"], event["to_id"]) == ("split", vega, luce)


def test_a_name_that_was_never_seen_joins_without_an_event() -> None:
    told = news(article("a", "{ORG|British Vegatron}."), article("b", "{ORG|Vegatron}."))
    plain = news(article("b", "{ORG|Vegatron}."))
    known = plain.links().select("entity_id")
    before, after = borne(plain.names(), told.names(), known)
    assert core_resolution_events("entity", before, after, NIGHT).is_empty()
