import random
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.metadata import core_metadata
from warehouse import contracts
from warehouse.contracts.core import METADATA_FIELDS, METADATA_ORIGINS
from warehouse.contracts.frames import schema

SEEN = datetime(2026, 11, 22, 17, 5)
Declared = tuple[str, str, str]
Row = dict[str, Any]


def raw_article(
    *declared: Declared,
    text: str = "Testo.",
    path: str = "a.txt",
    place: str | None = None,
    article_id: str = "art",
) -> Row:
    return {
        "article_id": article_id, "file_id": "f", "source_path": path, "first_seen_at": SEEN,
        "ordinal": 0, "place": place, "encoding": "utf-8", "text": text, "body_start": 0,
        "body_end": len(text), "marked": [],
        "declared": [
            {"field": field, "value": value, "source": source} for field, value, source in declared
        ],
    }  # fmt: skip


def stated(*rows: Row) -> pl.DataFrame:
    made = core_metadata(pl.DataFrame(list(rows), schema=schema("raw_articles")))
    assert made.schema == pl.Schema(schema("core_metadata"))
    return made


def of(field: str, *declared: Declared, **article: Any) -> list[Row]:
    """The statements of one field of one article, best first."""
    return stated(raw_article(*declared, **article)).filter(field=field).rows(named=True)


def values(rows: list[Row], *columns: str) -> list[Any]:
    made = [tuple(row[name] for name in columns) for row in rows]
    return made if columns[1:] else [value for (value,) in made]


def test_every_declaration_is_kept_and_the_surest_place_is_believed() -> None:
    rows = of(
        "title",
        ("title", "Titolo", "heading"),
        ("title", "Titolo", "title_element"),
        ("title", "Titolo declared", "column"),
        ("title", "Titolo", "json_ld"),
        ("title", "Titolo", "json_ld"),
    )
    assert values(rows, "source") == ["column", "json_ld", "heading", "title_element"]
    assert values(rows, "ordinal") == [0, 1, 2, 3]
    assert values(rows, "chosen") == [True, False, False, False]
    assert values(rows, "origin") == ["declared", "page", "page", "page"]
    confidences = values(rows, "confidence")
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize(
    "value",
    ["yesterday", "0000-00-00", "30 February 2023", "9999-01-01", "2026-11-24", "1970-01-01",
     "1970-01-01T00:00:00", "1970-01-01T01:00:00+01:00", "1900-01-01", "1601-01-01", "", " "],
)  # fmt: skip
def test_a_date_that_cannot_be_is_kept_and_not_believed(value: str) -> None:
    (row,) = of("published", ("published", value, "json_ld"))
    assert (row["value"], row["chosen"], row["confidence"]) == (value, False, 0.0)
    assert row["published_from"] is row["published_to"] is row["published_zone"] is None
    assert row["published_precision"] == "unknown"
    believed, kept = of(
        "published", ("published", value, "json_ld"), ("published", "2023-12-05", "meta")
    )
    assert (believed["value"], believed["chosen"]) == ("2023-12-05", True)
    assert (kept["value"], kept["chosen"], kept["conflicting"]) == (value, False, False)


def test_a_date_within_a_day_ahead_or_of_this_year_is_believed() -> None:
    for value in ("2026-11-23", "2026", "2026-12", "2026-11-23T10:00:00+14:00"):
        assert of("published", ("published", value, "meta"))[0]["chosen"] is (value != "2026-12")


@pytest.mark.parametrize(
    ("one", "other", "conflicting"),
    [
        ("2023-12", "2023-12-05", False),
        ("2023", "2024-01-01", True),
        ("2023-12-05", "2023-12-06", True),
        ("2023-12-05", "2023-12-06T01:00:00Z", False),
        ("2023-12-05", "2023-12-07T10:00:00Z", True),
        ("2023-12-05T10:15:00Z", "2023-12-05T11:15:00+01:00", False),
        ("2023-12-05T10:15:00Z", "2023-12-05T10:40:12Z", False),
        ("2023-12-05T10:15:00Z", "2023-12-05T14:00:00Z", True),
        ("2023-12-05T10:15:00Z", "2023-12-05T14:00:00", False),
    ],
)
def test_dates_conflict_where_no_zones_make_them_meet(
    one: str, other: str, conflicting: bool
) -> None:
    rows = of("published", ("published", one, "json_ld"), ("published", other, "meta"))
    assert values(rows, "chosen", "conflicting") == [(True, False), (False, conflicting)]


def test_a_date_of_change_is_no_date_of_publication() -> None:
    rows = stated(
        raw_article(("modified", "2023-12-05", "json_ld"), ("modified", "2023-12-07", "meta"))
    )
    assert rows.filter(field="published").is_empty()
    assert rows["chosen"].to_list() == [True, False]
    assert not rows["conflicting"].any()


@pytest.mark.parametrize(
    ("field", "one", "other", "conflicting"),
    [
        ("title", "Nasce l’alleanza", "NASCE L'ALLEANZA | Corriere della Sera", False),
        ("title", "Nasce l’alleanza - Oggi", "Nasce l’alleanza | Il Giorno", False),
        ("title", "Nasce l’alleanza", "Muore l’alleanza", True),
        ("outlet", "La Repubblica", "https://www.repubblica.it/", False),
        ("outlet", "Le Monde", "El País", True),
        ("author", "Jane Doe", "Doe, J.", False),
        ("author", "Jane Doe", "Mario Rossi", True),
        ("address", "https://www.x.it/a/?utm_source=rss#top", "http://x.it/a", False),
        ("address", "www.x.it/a", "https://m.x.it/a", False),
        ("address", "https://x.it/a", "https://x.it/b", True),
        ("language", "it-IT", "Italiano", False),
        ("language", "eng", "en_US", False),
        ("language", "it", "en", True),
    ],
)
def test_values_conflict_where_more_than_their_wording_differs(
    field: str, one: str, other: str, conflicting: bool
) -> None:
    rows = of(field, (field, one, "column"), (field, other, "opengraph"))
    assert values(rows, "value", "chosen", "conflicting") == [
        (one, True, False), (other, False, conflicting),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "—"), ("outlet", " "), ("author", "https://x.it/authors/jane"), ("author", "12"),
     ("address", "https://x.it/"), ("address", "/a/b"), ("language", "mul"), ("language", "xyzzy")],
)  # fmt: skip
def test_what_says_nothing_of_its_field_is_kept_and_not_believed(field: str, value: str) -> None:
    (row,) = of(field, (field, value, "column"))
    assert (row["value"], row["chosen"], row["confidence"]) == (value, False, 0.0)


def test_a_title_that_is_the_name_of_the_outlet_is_no_headline() -> None:
    rows = of(
        "title",
        ("title", "Il Corriere", "heading"),
        ("title", "Nasce l’alleanza | Il Corriere", "title_element"),
        ("outlet", "il corriere", "opengraph"),
    )
    assert values(rows, "value", "chosen") == [
        ("Nasce l’alleanza | Il Corriere", True), ("Il Corriere", False),
    ]  # fmt: skip


def test_what_readers_see_goes_before_what_search_engines_see_but_without_its_kicker() -> None:
    for heading, chosen in (("Chi vince la corsa", "heading"), ("Cronaca È nata", "opengraph")):
        rows = of("title", ("title", "È nata", "opengraph"), ("title", heading, "heading"))
        assert rows[0]["source"] == chosen


def test_authors_named_together_are_chosen_together() -> None:
    rows = of(
        "author",
        ("author", "Jane Doe", "json_ld"),
        ("author", "Ann Roe", "json_ld"),
        ("author", "Roe", "meta"),
    )
    assert values(rows, "value", "chosen", "conflicting") == [
        ("Jane Doe", True, False), ("Ann Roe", True, False), ("Roe", False, False),
    ]  # fmt: skip


def test_the_language_says_which_of_two_numbers_is_the_day() -> None:
    date = ("published", "05/12/2023", "meta")
    for language, day in (("it", 5), ("en-GB", 5), ("en_US", 12), ("Italiano", 5)):
        (row,) = of("published", date, ("language", language, "html_lang"))
        assert (row["published_from"].day, row["published_precision"]) == (day, "day")
    (row,) = of("published", date, ("language", "en", "html_lang"))
    assert row["published_precision"] == "year"


@pytest.mark.parametrize(
    ("path", "place", "value"),
    [
        ("2023-12-05-title.txt", None, "2023-12-05"),
        ("x/20231205_x.html", None, "20231205"),
        ("news/2023/12/05/x.html", None, "2023/12/05"),
        ("news/2023/12/x.html", None, "2023/12"),
        ("a.zip", "member in/2023-12-05.txt", "2023-12-05"),
        ("a.tar", "member b.zip, member 2023_12_05.txt", "2023_12_05"),
        ("2023-12-05.jsonl", "line 7", None),
        ("2023-12-05.zip", "member dump.jsonl, line 7", None),
        ("2023-12-01_to_2023-12-05.txt", None, None),
        ("2023-13-05.txt", None, None),
        ("a20231205f.txt", None, None),
        ("120231205.txt", None, None),
        ("season-2010-11-review.txt", None, None),
    ],
)
def test_a_file_that_holds_one_article_may_be_named_by_its_day(
    path: str, place: str | None, value: str | None
) -> None:
    rows = of("published", path=path, place=place)
    assert values(rows, "value", "source", "origin") == (
        [(value, "file_name", "file_name")] if value else []
    )


def test_the_day_in_an_address_is_inferred_once() -> None:
    address = ("address", "https://x.it/2023/12/05/a?from=2020-01-01", "column")
    (row,) = of("published", address)
    assert (row["value"], row["source"], row["origin"]) == ("2023/12/05", "address", "inferred")
    assert len(of("published", address, ("published", "2023-12-05", "address"))) == 1


def test_a_dateline_and_a_byline_are_read_and_a_first_line_is_a_headline() -> None:
    text = "Nasce l’alleanza\nDi Mario Rossi e Anna De Luca\nROMA, 5 dicembre 2023 - È nata."
    rows = stated(raw_article(text=text))
    assert rows.select("field", "value", "source").rows() == [
        ("author", "Mario Rossi e Anna De Luca", "byline"),
        ("published", "5 dicembre 2023", "dateline"),
        ("title", "Nasce l’alleanza", "first_line"),
    ]
    assert rows["chosen"].all()
    assert set(rows["origin"]) == {"inferred"}


@pytest.mark.parametrize(
    ("text", "title", "author"),
    [
        ("By Popular Demand\nText.", None, None),
        ("5 December 2023\nText.", None, None),
        ("A headline\n\nBy Jane Doe\n\nText.", "A headline", "Jane Doe"),
        ("Ein Titel\nVon Hans van der Berg\nText.", "Ein Titel", "Hans van der Berg"),
        ("A headline\nby the way\nText.", "A headline", None),
        ("A headline\nBy Jane Doe told nobody.\nText.", "A headline", None),
        ("Chi vince la corsa?\nNessuno.", None, None),
        ("IBM e Meta hanno annunciato un gruppo.\nAltri seguono.", None, None),
        ("Una riga sola senza fine", None, None),
        ("Di questo gruppo fanno parte:\nIBM, Meta", None, None),
        ("x" * 162 + "\nTesto.", None, None),
        ("https://paper.example/2024/alliance\n\nText.", None, None),
        ("www.paper.example/2024/alliance\nText.", None, None),
        ("Titolo con spazi  \n\nTesto.", "Titolo con spazi", None),
    ],
)
def test_headlines_and_bylines_are_taken_only_where_they_are_plain(
    text: str, title: str | None, author: str | None
) -> None:
    rows = stated(raw_article(text=text))
    found = dict(rows.select("field", "value").rows())
    assert (found.get("title"), found.get("author")) == (title, author)


def test_a_declared_title_leaves_the_first_line_to_the_byline() -> None:
    rows = stated(raw_article(("title", "A headline", "column"), text="By Jane Doe\nText."))
    assert rows.select("field", "value", "source").rows() == [
        ("author", "Jane Doe", "byline"), ("title", "A headline", "column"),
    ]  # fmt: skip


def test_an_article_of_which_nothing_is_said_has_no_statement() -> None:
    assert stated(raw_article()).is_empty()
    assert stated().is_empty()


def test_a_declaration_of_what_nobody_knows_is_a_fault() -> None:
    with pytest.raises(ValueError, match="declares colour in meta"):
        stated(raw_article(("colour", "red", "meta")))
    with pytest.raises(ValueError, match="declares title in dreams"):
        stated(raw_article(("title", "red", "dreams")))


sources = st.sampled_from(["header", "json_ld", "meta", "heading", "feed", "page_text"])
some = st.sampled_from(
    ["2023-12-05", "2023", "yesterday", "Titolo", "it", "https://x.it/a", "", "Jane Doe", "€"]
) | st.text(max_size=12)
declarations = st.lists(st.tuples(st.sampled_from(METADATA_FIELDS), some, sources), max_size=9)


@settings(deadline=None, max_examples=25)
@given(st.lists(declarations, max_size=4), st.randoms(use_true_random=False))
def test_statements_keep_the_laws_whatever_is_declared_in_whatever_order(
    articles: list[list[Declared]], chance: random.Random
) -> None:
    rows = [raw_article(*one, article_id=f"art{n}") for n, one in enumerate(articles)]
    made = stated(*rows)
    chance.shuffle(rows)
    assert stated(*rows).equals(made)
    declared = {(f"art{n}", *one) for n, each in enumerate(articles) for one in each}
    kept = set(made.select("article_id", "field", "value", "source").iter_rows())
    assert declared <= kept
    assert {source for *_, source in kept - declared} <= {"address"}
    groups = made.group_by("article_id", "field").agg(
        "ordinal",
        chosen=pl.col("chosen").filter(pl.col("ordinal") > 0),
        first=pl.col("chosen").first(),
    )
    for _, field, ordinals, others, first in groups.iter_rows():
        assert ordinals == list(range(len(ordinals)))
        assert not any(others) or (field == "author" and first)
    believed = made.filter("chosen")
    assert not believed["conflicting"].any()
    assert (believed["confidence"] > 0).all()
    assert set(made["origin"]) <= set(METADATA_ORIGINS)
    assert set(made.columns) == set(contracts.table("core_metadata").column_names)
