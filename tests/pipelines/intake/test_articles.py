from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.articles import core_articles
from pipelines.intake.metadata import core_metadata
from warehouse.contracts.frames import schema

SEEN = datetime(2026, 11, 22, 17, 5)
Declared = tuple[str, str, str]
Mark = tuple[str, int, int]
Row = dict[str, Any]


def raw_article(
    text: str, *declared: Declared, body: tuple[int, int] | None = None,
    marked: tuple[Mark, ...] = (), article_id: str = "art", path: str = "a.txt",
) -> Row:  # fmt: skip
    start, end = body or (0, len(text))
    return {
        "article_id": article_id, "file_id": "f", "source_path": path, "first_seen_at": SEEN,
        "ordinal": 0, "place": "line 3", "encoding": "utf-8", "text": text, "body_start": start,
        "body_end": end,
        "declared": [dict(zip(("field", "value", "source"), one, strict=True)) for one in declared],
        "marked": [dict(zip(("kind", "start", "end"), one, strict=True)) for one in marked],
    }  # fmt: skip


def articles(*rows: Row) -> list[Row]:
    raw = pl.DataFrame(list(rows), schema=schema("raw_articles"))
    made = core_articles(raw, core_metadata(raw))
    assert made.schema == pl.Schema(schema("core_articles"))
    return made.rows(named=True)


def article(text: str, *declared: Declared, **more: Any) -> Row:
    (made,) = articles(raw_article(text, *declared, **more))
    return made


def test_a_body_is_cut_by_code_points_not_by_bytes() -> None:
    assert article("🙂é Ciao è qui!", body=(3, 13))["body"] == "Ciao è qui"


def test_what_is_believed_of_it_stands_beside_the_body() -> None:
    made = article(
        "Testo.",
        ("title", "Nasce l’alleanza | Corriere", "json_ld"),
        ("outlet", "CORRIERE", "opengraph"),
        ("author", "Jane Doe", "json_ld"),
        ("author", "Ann Roe", "json_ld"),
        ("author", "Somebody Else", "meta"),
        ("address", "https://x.it/a", "link"),
        ("published", "yesterday", "column"),
        ("published", "2023-12-05T10:15:00+01:00", "json_ld"),
        ("modified", "2023-12-07", "json_ld"),
    )
    assert made["title"] == "Nasce l’alleanza"
    assert (made["outlet"], made["author"]) == ("CORRIERE", "Jane Doe, Ann Roe")
    assert (made["address"], made["place"]) == ("https://x.it/a", "line 3")
    assert made["published_from"] == made["published_to"] == datetime(2023, 12, 5, 9, 15)
    assert (made["published_precision"], made["published_zone"]) == ("second", "+01:00")
    assert made["published_declared"] == "2023-12-05T10:15:00+01:00"
    assert made["published_source"] == "json_ld"


@pytest.mark.parametrize("title", ["Italia - Francia", "Live | Oggi", "Corriere di oggi"])
def test_a_title_keeps_what_is_not_the_name_of_its_outlet(title: str) -> None:
    made = article("Testo.", ("title", title, "json_ld"), ("outlet", "Corriere", "json_ld"))
    assert made["title"] == title


def test_the_first_line_is_the_title_where_none_is_declared() -> None:
    assert article("Un titolo\nTesto.")["title"] == "Un titolo"
    assert article("Un titolo\nTesto.", ("title", "Declared", "column"))["title"] == "Declared"


def test_exact_copies_have_equal_hashes_whatever_their_white_space_and_apostrophes() -> None:
    one, two = article("L’IA è  qui.\nOra."), article("L'IA è qui. Ora.")
    assert one["body_hash"] == two["body_hash"]
    assert article("L’IA era qui. Ora.")["body_hash"] != one["body_hash"]


def test_what_was_not_stated_is_null() -> None:
    made = article("Testo.")
    assert [made[name] for name in ("title", "outlet", "author", "address")] == [None] * 4
    assert [made[f"published_{name}"] for name in ("from", "to", "zone", "source", "declared")] == [
        None
    ] * 5
    assert made["published_precision"] == "unknown"
    assert (made["repairs"], made["marked"]) == ([], [])


def test_repairs_are_counted_from_the_raw_text_and_metadata_are_put_right_too() -> None:
    raw = "date 2023\nPiÃ¹ cittÃ\xa0\nPerchÃ© no."
    made = article(raw, ("title", "PiÃ¹ cittÃ\xa0", "header"), body=(10, len(raw)))
    assert made["body"] == "Più città\nPerché no."
    assert made["title"] == "Più città"
    for one in made["repairs"]:
        assert raw[one["raw_start"] :].startswith(one["raw"])
    assert [made["body"][one["start"] : one["end"]] for one in made["repairs"]] == ["ù", "à", "é"]


def test_marks_are_moved_into_the_body_and_cut_at_its_edges() -> None:
    raw = "Menu\nPiÃ¹ cittÃ\xa0\nDi Ann Roe\nTesto.\nFine"
    start, end = raw.index("Pi"), raw.index("\nFine")
    spans = {
        "title": (start, raw.index("\nDi")),
        "byline": (raw.index("Di"), raw.index("\nTesto")),
        "caption": (start + 3, start + 4),
        "boilerplate": (0, start + 2),
        "heading": (raw.index("Testo"), len(raw)),
    }
    outside = [("boilerplate", 0, 4), ("boilerplate", end, len(raw))]
    made = article(
        raw, body=(start, end), marked=(*((kind, *span) for kind, span in spans.items()), *outside)
    )
    found = {one["kind"]: made["body"][one["start"] : one["end"]] for one in made["marked"]}
    assert made["body"] == "Più città\nDi Ann Roe\nTesto."
    assert found == {
        "title": "Più città", "byline": "Di Ann Roe", "caption": "ù", "boilerplate": "Pi",
        "heading": "Testo.",
    }  # fmt: skip
    assert len(made["marked"]) == len(spans)


def test_articles_keep_their_order_and_their_own_marks() -> None:
    rows = [
        raw_article("PiÃ¹ uno.", marked=(("title", 0, 4),), article_id="b"),
        raw_article("Due.", article_id="c"),
        raw_article("Tre uno.", marked=(("title", 0, 3), ("byline", 4, 7)), article_id="a"),
    ]
    made = articles(*rows)
    assert [one["article_id"] for one in made] == ["b", "c", "a"]
    assert [[(m["kind"], m["start"], m["end"]) for m in one["marked"]] for one in made] == [
        [("title", 0, 3)], [], [("title", 0, 3), ("byline", 4, 7)],
    ]  # fmt: skip


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.sampled_from(["a", " ", "Ã©", "â€œ", "è", "🙂", "\n", "xyz"]), max_size=12),
    st.data(),
)
def test_marks_and_repairs_lie_within_the_body_whatever_was_cut(
    pieces: list[str], data: st.DataObject
) -> None:
    raw = "x" + "".join(pieces)
    bounds = st.tuples(st.integers(0, len(raw)), st.integers(0, len(raw))).map(sorted)
    start, end = data.draw(bounds)
    marks = data.draw(st.lists(bounds, max_size=4))
    made = article(
        raw, body=(start, end), marked=tuple(("title", first, last) for first, last in marks)
    )
    body, shift = made["body"], 0
    for one in made["repairs"]:
        assert one["raw_start"] - start == one["start"] + shift
        shift += len(one["raw"]) - (one["end"] - one["start"])
    assert len(body) + shift == end - start
    for one in made["marked"]:
        assert 0 <= one["start"] < one["end"] <= len(body)
    inside = [(max(start, first), min(end, last)) for first, last in marks]
    assert len(made["marked"]) == sum(first < last for first, last in inside)
