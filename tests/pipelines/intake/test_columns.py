import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from pipelines.intake.columns import FIELDS, Columns
from pipelines.intake.reader import FoundArticle, ReadSettings, UnreadableError

TEXT = "Un nuovo gruppo industriale è emerso."


def article(record: dict[str, object], **columns: str) -> FoundArticle:
    return Columns(ReadSettings(columns=columns)).article(record, "line 1", "utf-8")


def declared(record: dict[str, object], **columns: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in article({"text": TEXT, **record}, **columns).declared:
        assert one.source == "column"
        found.setdefault(one.field, []).append(one.value)
    return found


@pytest.mark.parametrize(
    "name",
    ["text", "Body", "CONTENT", "article", "maintext", "article_text", "articleBody", "full text"],
)
def test_the_text_is_found_under_its_usual_names(name: str) -> None:
    found = article({"id": 1, name: f"  {TEXT}\n"})
    assert found.text[found.body_start : found.body_end] == TEXT


@pytest.mark.parametrize(
    ("column", "of"),
    [
        ("headline", "title"),
        ("Title", "title"),
        ("pubDate", "published"),
        ("published_at", "published"),
        ("datePublished", "published"),
        ("publish_date", "published"),
        ("date", "published"),
        ("dateModified", "modified"),
        ("site_name", "outlet"),
        ("publisher", "outlet"),
        ("byline", "author"),
        ("authors", "author"),
        ("link", "address"),
        ("URL", "address"),
        ("lang", "language"),
    ],
)
def test_metadata_is_found_under_its_usual_names(column: str, of: str) -> None:
    assert declared({column: "said"}) == {of: ["said"]}


def test_of_several_usual_names_the_surest_that_says_something_counts() -> None:
    assert declared({"date": "2020", "published_at": "2023", "pubdate": ""}) == {
        "published": ["2023"]
    }
    assert declared({"date": "2020", "published_at": None}) == {"published": ["2020"]}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2023-12-05T10:00:00Z", "2023-12-05T10:00:00Z"),
        (" 5 dicembre 2023 ", "5 dicembre 2023"),
        (1701788400, "1701788400"),
        (1701788400.0, "1701788400"),
        (Decimal("1701788400.5"), "1701788400.5"),
        (date(2023, 12, 5), "2023-12-05"),
        (datetime(2023, 12, 5, 10, tzinfo=UTC), "2023-12-05T10:00:00+00:00"),
        ({"$date": "2023-12-05T10:00:00Z"}, "2023-12-05T10:00:00Z"),
        (b"2023-12-05", "2023-12-05"),
    ],
)
def test_a_value_is_declared_as_it_is_written(value: object, said: str) -> None:
    assert declared({"published": value}) == {"published": [said]}


@pytest.mark.parametrize(
    "value",
    [None, "", "  ", "NaN", "null", "None", "NaT", math.nan, math.inf, True, [], {}, {"id": 5}],
)
def test_what_says_nothing_is_not_declared(value: object) -> None:
    assert declared({"published": value}) == {}


@pytest.mark.parametrize(
    "value",
    [
        ["Ada Bo", "Cy Du"],
        [{"name": "Ada Bo"}, {"name": "Cy Du", "id": 4}],
        "['Ada Bo', 'Cy Du']",
        ["Ada Bo", None, "", "Cy Du"],
    ],
)
def test_each_author_of_a_list_is_declared(value: object) -> None:
    assert declared({"authors": value}) == {"author": ["Ada Bo", "Cy Du"]}


def test_the_number_of_an_author_is_no_name() -> None:
    assert declared({"author": 12}) == {}


def test_a_source_with_a_name_is_the_outlet() -> None:
    assert declared({"source": {"id": None, "name": "La Posta"}}) == {"outlet": ["La Posta"]}


@pytest.mark.parametrize(
    ("record", "key"),
    [
        ({"id": 7, "url": "https://a.example/1"}, "7"),
        ({"_id": {"$oid": "5f"}}, "5f"),
        ({"id": None, "url": "https://a.example/1"}, "https://a.example/1"),
        ({"title": "A title"}, None),
    ],
)
def test_an_article_is_known_by_its_id_else_its_address(
    record: dict[str, object], key: str | None
) -> None:
    assert article({"text": TEXT, **record}).key == key


def test_columns_are_mapped_by_name_or_by_path() -> None:
    record: dict[str, object] = {
        "text": "not this one",
        "doc": {"parts": [{"raw": TEXT}]},
        "meta.when": "2023",
        "who": "Ada",
    }
    columns = {"text": "doc.parts.0.raw", "published": "meta.when", "author": "who"}
    found = article(record, **columns)
    assert found.text == TEXT
    assert {(one.field, one.value) for one in found.declared} == {
        ("published", "2023"),
        ("author", "Ada"),
    }


def test_a_mapping_of_what_is_no_field_is_refused_with_the_fields_there_are() -> None:
    with pytest.raises(UnreadableError, match=f"maps headline, .*{', '.join(FIELDS)}"):
        Columns(ReadSettings(columns={"headline": "h"}))


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({}, r"known to hold the text; there are: a, b; .*BABELWIRE_COLUMNS \(text=NAME\)"),
        ({"text": "c"}, r'no column "c", which BABELWIRE_COLUMNS names for text; there are: a, b'),
        ({"text": "a", "title": "t"}, r'"t", which BABELWIRE_COLUMNS names for title'),
    ],
)
def test_a_table_without_a_needed_column_is_refused(columns: dict[str, str], reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        Columns(ReadSettings(columns=columns)).require(["a", "b"])


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"title": "x"}, "no column of it is known to hold the text; there are: title"),
        ({}, "there are: none"),
        ({"text": ""}, r'its text is empty \("text"\)'),
        ({"text": " \n"}, "its text is empty"),
        ({"text": None}, "its text is empty"),
        ({"text": 5}, "its text is of type int, not a string"),
        ({"text": ["a", "b"]}, "its text is of type list, not a string"),
        ({"text": "x" * 2_000_001}, "more than the 2,000,000 bytes"),
        ({"text": "è" * 1_000_001}, "more than the 2,000,000 bytes"),
        ({"text": b"\x00\x01\x02" * 50}, "binary, not text"),
    ],
)
def test_a_record_without_a_text_says_why(record: dict[str, object], reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        article(record)


def test_a_text_that_is_markup_is_read_as_it_is_seen() -> None:
    found = article({"content": "<h2>Il fatto</h2><p>Perch&eacute; no?</p>\n<p>Ecco.</p>"})
    assert found.text == "Il fatto\nPerché no?\nEcco."
    (heading,) = (one for one in found.marked if one.kind == "heading")
    assert found.text[heading.start : heading.end] == "Il fatto"


@pytest.mark.parametrize(
    "text",
    ["Se 3 < 4 e 5 > 4, no.", "Il segno <p> apre un paragrafo.", "x <- y; a->b", "<non è HTML>"],
)
def test_a_text_with_angle_brackets_stays_as_it_is(text: str) -> None:
    assert article({"text": text}).text == text


def test_mapped_columns_that_no_record_has_are_told_in_the_end() -> None:
    columns = Columns(ReadSettings(columns={"title": "kop", "author": "wie"}))
    columns.article({"text": TEXT, "kop": "T"}, "line 1", None)
    assert columns.unseen() == (
        'no record has "wie" for author, which BABELWIRE_COLUMNS names; correct it'
    )


def test_half_a_character_is_written_out_where_it_is_metadata() -> None:
    assert declared({"title": "A \ud83d B"}) == {"title": [r"A \ud83d B"]}
