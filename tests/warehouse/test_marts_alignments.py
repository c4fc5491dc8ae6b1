"""The mart that says where a translation has what the original names, counts and quotes."""

from collections.abc import Iterator

import pytest
from alliance import tell_of_the_alliance
from conftest import Rows, rows, told_marts
from newsroom import Newsroom, Told

TOKYO = "Università di Tokyo"
#: Article: a sentence, its translation, the names in it, its figure.
SENTENCES: dict[str, tuple[str, str, list[str], str | None]] = {
    "other name": (
        f"L’{TOKYO} 🗼 aderisce.", "🗼🗼 The University of Tokyo joins.", [TOKYO], None
    ),
    "twice": ("Meta cita Meta.", "Meta quotes Meta.", ["Meta", "Meta"], None),
    "once of two": ("Meta loda Meta.", "Meta praises itself.", ["Meta", "Meta"], None),
    "three of two": ("Meta batte Meta.", "Meta, says Meta, beats Meta.", ["Meta", "Meta"], None),
    "in a word": ("Meta parla.", "The Metaverse speaks.", ["Meta"], None),
    "thousands": ("Sono 10.000.", "There are 10,000.", [], "10.000"),
    "no separator": ("Sono 20.000.", "There are 20000.", [], "20.000"),
    "fraction": ("Sono 3,5 milioni.", "There are 3.5 million.", [], "3,5"),
    "in a number": ("Sono 40.", "There are 140 or 40.5 or 2,40.", [], "40"),
}  # fmt: skip


def tell(news: Newsroom) -> None:
    tell_of_the_alliance(news)
    for article, (text, english, names, figure) in SENTENCES.items():
        news.article(article, [Told(text, english)])
        after = 0
        for name in names:
            entity = "University of Tokyo" if name == TOKYO else name
            news.mention(article, name, entity, after=after)
            after = text.index(name, after) + 1
        if figure:
            news.quantity(article, figure, news.mention(article, "Sono"), "=", 1)


@pytest.fixture(scope="module")
def aligned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    with told_marts(tmp_path_factory.mktemp("aligned"), tell) as marts:
        yield rows(
            marts,
            "SELECT a.*, s.text_en AS segment_en, b.body FROM mart_alignments a "
            "JOIN mart_segments s USING (segment_id) "
            "JOIN mart_articles b ON b.article_id = a.article_id ORDER BY a.article_id, start",
        )


def told(aligned: Rows, *articles: str) -> list[tuple[str, str, str]]:
    chosen = [row for row in aligned if row["article_id"] in articles]
    return [(row["text"], row["text_en"], row["how"]) for row in chosen]


def test_spans_are_exact_in_both_languages(aligned: Rows) -> None:
    for row in aligned:
        assert row["body"][row["start"] : row["end"]] == row["text"]
        assert row["segment_en"][row["start_en"] : row["end_en"]] == row["text_en"]


def test_names_figures_and_quotations_of_translated_segments(aligned: Rows) -> None:
    assert told(aligned, "paris", "rome", "london") == [
        ("IBM", "IBM", "same"),
        ("alliance", "alliance", "same"),
        ("plus de 50", "50", "figure"),
        ("AI Alliance", "AI Alliance", "same"),
        ("Oltre 40", "40", "figure"),
        ("un momento fondamentale", "a pivotal moment", "quotation"),
    ]


def test_a_name_is_found_under_another_of_its_entity(aligned: Rows) -> None:
    assert told(aligned, "other name") == [(TOKYO, "University of Tokyo", "name")]


def test_the_same_name_twice_is_told_apart_by_order(aligned: Rows) -> None:
    assert told(aligned, "twice") == [("Meta", "Meta", "same")] * 2


def test_what_cannot_be_told_is_left_out(aligned: Rows) -> None:
    assert told(aligned, "once of two", "three of two", "in a word", "in a number") == []


def test_figures_are_written_as_each_language_does(aligned: Rows) -> None:
    assert told(aligned, "fraction", "no separator", "thousands") == [
        ("3,5", "3.5", "figure"),
        ("20.000", "20000", "figure"),
        ("10.000", "10,000", "figure"),
    ]
