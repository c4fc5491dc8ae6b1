import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.duplicates import core_duplicates, core_fingerprints
from warehouse.contracts.frames import schema

SEEN = datetime(2026, 11, 22, 17, 5)
TAIL = " ".join(f"segui la nostra rubrica numero {number} ogni giorno" for number in range(30))
Row = dict[str, Any]


def words(seed: int, count: int = 120) -> str:
    """A text of its own: no two seeds share a phrase."""
    return " ".join(f"parola{seed}x{index}" for index in range(count))


def edited(text: str, *places: int, to: str = "altro") -> str:
    told = text.split()
    for place in places:
        told[place] = f"{to}{place}"
    return " ".join(told)


@dataclass(frozen=True)
class Told:
    """An article: its content, what stands around it, where and when it was seen."""

    article_id: str
    content: str
    boilerplate: str = ""
    address: str | None = None
    day: int = 0

    @property
    def raw(self) -> str:
        return f"{self.content}\n{self.boilerplate}"


def fingerprints(*told: Told) -> pl.DataFrame:
    articles = pl.DataFrame(
        [(one.article_id, SEEN + timedelta(days=one.day), one.address) for one in told],
        schema={
            "article_id": pl.String, "first_seen_at": pl.Datetime("us"), "address": pl.String,
        },
        orient="row",
    )  # fmt: skip
    raw = pl.DataFrame(
        [(one.article_id, one.raw) for one in told],
        schema={"article_id": pl.String, "text": pl.String},
        orient="row",
    )
    segments = pl.DataFrame(
        [
            (one.article_id, ordinal, kind, text)
            for one in told
            for ordinal, (kind, text) in enumerate(
                [
                    *(("sentence", line) for line in one.content.split("\n")),
                    ("boilerplate", one.boilerplate),
                ]
            )
            if text
        ],
        schema={
            "article_id": pl.String, "ordinal": pl.Int32, "kind": pl.String, "text": pl.String,
        },
        orient="row",
    )  # fmt: skip
    made = core_fingerprints(raw, articles, segments)
    assert made.schema == pl.Schema(schema("core_fingerprints"))
    return made


def duplicates(*told: Told) -> dict[str, Row]:
    made = core_duplicates(fingerprints(*told))
    assert made.schema == pl.Schema(schema("core_duplicates"))
    return {row["article_id"]: row for row in made.rows(named=True)}


def groups(found: dict[str, Row]) -> set[frozenset[str]]:
    members: dict[str, set[str]] = defaultdict(set)
    for article_id, row in found.items():
        members[row["group_id"]].add(article_id)
    return {frozenset(group) for group in members.values()}


# -- fingerprints --------------------------------------------------------------------------


def test_a_signature_is_the_same_on_every_machine() -> None:
    """Signatures are stored: other figures here mean a new version of the derivation."""
    (made,) = fingerprints(Told("a", "Nasce l’alleanza per l’IA aperta.")).rows(named=True)
    assert (made["words"], len(made["signature"])) == (7, 128)
    assert made["signature"][:4] == [-417491422, -1011775835, -577745973, -1418042931]
    assert made["content_hash"] == "05f790213fc6b543"


def test_the_layout_of_a_text_and_what_stands_around_it_are_not_its_content() -> None:
    first, second, third = fingerprints(
        Told("a", "Nasce l'alleanza.\nIBM la guida.", TAIL),
        Told("b", "Nasce  l’alleanza. IBM la guida."),
        Told("c", "Nasce l’alleanza. IBM la guidava."),
    ).rows(named=True)
    assert first["content_hash"] == second["content_hash"] != third["content_hash"]
    assert first["signature"] == second["signature"] != third["signature"]
    assert first["raw_hash"] != second["raw_hash"]


@pytest.mark.parametrize("content", ["", "…", "Ciao", "Ciao a tutti"])
def test_a_text_too_short_for_a_shingle_has_no_signature(content: str) -> None:
    (made,) = fingerprints(Told("a", content, TAIL)).rows(named=True)
    assert made["signature"] == []


def test_an_article_is_fingerprinted_alike_alone_and_among_others() -> None:
    told = [Told(name, words(index)) for index, name in enumerate("abc")]
    alone = pl.concat([fingerprints(one) for one in told])
    assert alone.equals(fingerprints(*told))
    assert fingerprints().is_empty()


# -- kinds of duplicates -------------------------------------------------------------------


def test_articles_that_are_like_no_other_are_in_no_group() -> None:
    assert duplicates(*(Told(name, words(index)) for index, name in enumerate("abc"))) == {}
    assert duplicates() == {}


def test_same_bytes_same_text_and_nearly_the_same_are_told_apart() -> None:
    text = words(1)
    found = duplicates(
        Told("d", text),
        Told("c", text, day=1),
        Told("b", text, TAIL, day=2),
        Told("a", edited(text, 50), day=3),
        Told("other", words(2)),
    )
    assert {name: row["kind"] for name, row in found.items()} == {
        "d": "same_bytes", "c": "same_bytes", "b": "same_text", "a": "near_duplicate",
    }  # fmt: skip
    assert {row["group_id"] for row in found.values()} == {"a"}
    assert {name: row["nearest_article_id"] for name, row in found.items()} == {
        "d": "c", "c": "d", "b": "d", "a": "d",
    }  # fmt: skip
    assert found["b"]["similarity"] == 1.0
    assert 0.85 < found["a"]["similarity"] < 1.0


def test_an_edited_text_of_one_address_is_a_revision() -> None:
    text = "Nasce l’alleanza. Oltre 40 aziende ne fanno parte. IBM e Meta la guidano da Roma."
    new = text.replace("40", "50")
    found = duplicates(
        Told("b", text, address="https://x.it/a"),
        Told("a", new, address="http://www.x.it/a?utm_medium=mail", day=1),
        Told("c", words(3), address="https://x.it/c"),
    )
    assert set(found) == {"a", "b"}
    assert found["a"]["kind"] == "revision"
    assert found["a"]["nearest_article_id"] == "b"
    assert 0 < found["a"]["similarity"] < 1


def test_a_revision_is_one_of_its_own_address_where_others_carry_the_same_text() -> None:
    text = words(1)
    found = duplicates(
        Told("copy", text, address="https://y.it/a"),
        Told("own", text, address="https://x.it/a", day=1),
        Told("edited", edited(text, 9), address="https://x.it/a", day=2),
    )
    assert found["edited"]["kind"] == "revision"
    assert found["edited"]["nearest_article_id"] == "own"
    assert found["own"]["kind"] == "same_bytes"


def test_the_page_of_news_whose_text_is_new_each_day_is_no_article_revised() -> None:
    pages = [Told(f"p{day}", words(day), address="https://x.it/oggi", day=day) for day in range(50)]
    assert duplicates(*pages) == {}


def test_boilerplate_alike_makes_no_duplicates() -> None:
    told = [Told(name, words(index, 30), TAIL) for index, name in enumerate("abc")]
    assert duplicates(*told) == {}


def test_articles_of_boilerplate_alone_are_alike_only_byte_for_byte() -> None:
    found = duplicates(
        Told("a", "", TAIL), Told("b", "", TAIL), Told("c", "", "Altra rubrica"), Told("d", "…")
    )
    assert {name: row["kind"] for name, row in found.items()} == {
        "a": "same_bytes", "b": "same_bytes",
    }  # fmt: skip


def test_short_texts_of_one_template_are_no_duplicates() -> None:
    told = "Oggi a {} il tempo sarà bello con venti deboli da nord e mare poco mosso"
    assert duplicates(Told("a", told.format("Roma")), Told("b", told.format("Milano"))) == {}


# -- groups --------------------------------------------------------------------------------


def test_a_chain_of_small_edits_is_no_giant_group() -> None:
    text, told = words(1, 200), []
    for step in range(40):
        text = edited(text, *range(5 * step, 5 * step + 5))
        told.append(Told(f"t{step:02}", text, day=step))
    found = duplicates(*told)
    assert set(found) == {one.article_id for one in told}
    assert found["t00"]["group_id"] != found["t39"]["group_id"]
    assert all(len(group) <= len(told) / 2 for group in groups(found))


def test_an_article_like_two_groups_joins_the_one_it_is_most_like() -> None:
    left = words(1)
    right = edited(left, *range(0, 60, 3))
    between = edited(left, *range(0, 18, 3))
    found = duplicates(
        *(Told(f"l{place}", edited(left, place)) for place in range(100, 104)),
        *(Told(f"r{place}", edited(right, place)) for place in range(100, 104)),
        Told("between", between),
    )
    assert {frozenset(name[0] for name in group) for group in groups(found)} == {
        frozenset("lb"), frozenset("r"),
    }  # fmt: skip


def test_a_text_that_hundreds_repeat_with_small_changes_is_one_group() -> None:
    text, chance = words(1, 200), random.Random(5)
    told = [
        Told(f"c{index:03}", edited(text, chance.randrange(200), to=f"z{index}"))
        for index in range(400)
    ]
    found = duplicates(*told, Told("other", words(2)))
    assert len(found) == 400
    assert {row["group_id"] for row in found.values()} == {"c000"}


def test_a_phrase_that_hundreds_share_makes_no_group() -> None:
    phrase = words(0, 60)
    told = [Told(f"c{index:03}", f"{phrase} {words(index + 1)}") for index in range(300)]
    assert duplicates(*told) == {}


@st.composite
def _news(draw: st.DrawFn) -> list[Told]:
    told = []
    for index in range(draw(st.integers(0, 9))):
        places = draw(st.lists(st.sampled_from(range(0, 60, 4)), max_size=3))
        told.append(
            Told(
                f"{draw(st.integers(0, 99)):02}-{index}",
                edited(words(draw(st.integers(0, 2)), 60), *places),
                draw(st.sampled_from(["", TAIL])),
                draw(st.sampled_from([None, "https://x.it/a", "https://x.it/b"])),
                draw(st.integers(0, 3)),
            )
        )
    return told


@settings(deadline=None, max_examples=8)
@given(_news(), st.randoms(use_true_random=False))
def test_groups_depend_on_no_order(told: list[Told], chance: random.Random) -> None:
    found = duplicates(*told)
    for article_id, row in found.items():
        nearest = found[row["nearest_article_id"]]
        assert nearest["group_id"] == row["group_id"] <= article_id
        assert row["nearest_article_id"] != article_id
    assert all(len(group) > 1 for group in groups(found))
    by_text: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        by_text[one.content].append(one)
    for same in by_text.values():
        if len(same) > 1:
            assert len({found[one.article_id]["group_id"] for one in same}) == 1
    shuffled = chance.sample(told, len(told))
    assert duplicates(*shuffled) == found
    # When articles came decides what is nearest, and nothing else.
    later = [replace(one, day=chance.randrange(9)) for one in told]
    assert groups(duplicates(*later)) == groups(found)


@settings(deadline=None, max_examples=8)
@given(_news())
def test_the_nearest_was_seen_before_unless_it_is_the_first_of_its_group(told: list[Told]) -> None:
    found = duplicates(*told)
    arrival = {one.article_id: (one.day, one.article_id) for one in told}
    first = {min(group, key=arrival.__getitem__) for group in groups(found)}
    for article_id, row in found.items():
        before = arrival[row["nearest_article_id"]] < arrival[article_id]
        assert before == (article_id not in first)
