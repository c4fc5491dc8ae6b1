from datetime import datetime

import polars as pl
import pytest

from pipelines.intake.articles import core_articles
from warehouse import contracts

NOW = datetime(2026, 11, 22, 17, 5)
FILES = pl.DataFrame({"file_id": ["f"], "path": ["a.txt"], "landed_at": [NOW]})
NULL = pl.lit(None, pl.String)


def article(text: str, start: int = 0, title: str | None = None) -> dict[str, object]:
    raw = pl.DataFrame(
        {"article_id": ["art"], "file_id": ["f"], "text": [text], "body_start": [start],
         "body_end": [len(text)], "declared_title": [title]},
        schema_overrides={"declared_title": pl.String},
    ).with_columns(declared_published=NULL, declared_outlet=NULL)  # fmt: skip
    made = core_articles(raw, FILES)
    assert set(made.columns) == set(contracts.table("core_articles").column_names)
    return made.row(0, named=True)


def test_a_body_is_cut_by_code_points_not_by_bytes() -> None:
    assert article("🙂é Ciao è qui", start=3)["body"] == "Ciao è qui"


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("Meta e IBM si alleano\nMartedì IBM e Meta hanno annunciato.", "Meta e IBM si alleano"),
        ("Chi vince la corsa?\nNessuno.", None),
        ("IBM e Meta hanno annunciato un gruppo.\nAltri seguono.", None),
        ("Una riga sola senza fine", None),
        ("Di questo gruppo fanno parte:\nIBM, Meta", None),
        ("x" * 162 + "\nTesto.", None),
        ("Titolo con spazi  \n\nTesto.", "Titolo con spazi"),
    ],
)  # fmt: skip
def test_a_headline_is_a_short_first_line_that_is_no_sentence(body: str, title: str | None) -> None:
    assert article(body)["title"] == title


def test_a_declared_title_goes_before_the_first_line() -> None:
    assert article("Un titolo\nTesto.", title="Declared")["title"] == "Declared"


def test_exact_copies_have_equal_hashes_whatever_their_white_space_and_apostrophes() -> None:
    one, two = article("L’IA è  qui.\nOra."), article("L'IA è qui. Ora.")
    assert one["body_hash"] == two["body_hash"]
    assert article("L’IA era qui. Ora.")["body_hash"] != one["body_hash"]


def test_what_was_not_declared_is_null() -> None:
    made = article("Testo.")
    assert made["outlet"] is None
    assert made["published_from"] is None
    assert made["published_precision"] == "unknown"
