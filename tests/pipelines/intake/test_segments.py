from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.segments import core_segments

CUES = pl.DataFrame(
    [
        ("it", "abbreviation", "sig.", None),
        ("it", "abbreviation", "dott.", None),
        ("it", "boilerplate", "Leggi anche", None),
        ("en", "boilerplate", "Read also", None),
        ("de", "month", "März", "3"),
        ("it", "weekday", "martedì", "2"),
    ],
    schema=["language", "kind", "cue", "value"],
    orient="row",
)


def segments(body: str, title: str | None = None) -> list[dict[str, Any]]:
    articles = pl.DataFrame(
        [("art", body, title)],
        schema={"article_id": pl.String, "body": pl.String, "title": pl.String},
        orient="row",
    )
    return core_segments(articles, CUES).rows(named=True)


def told(body: str, title: str | None = None) -> list[tuple[str, str]]:
    return [(segment["kind"], segment["text"]) for segment in segments(body, title)]


def sentences(body: str) -> list[str]:
    return [text for kind, text in told(body) if kind == "sentence"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Uno. Due! Tre? Quattro…", ["Uno.", "Due!", "Tre?", "Quattro…"]),
        ("Il sig. Rossi parla. Poi tace.", ["Il sig. Rossi parla.", "Poi tace."]),
        ("J. Howard fonda Fast.ai. Bene.", ["J. Howard fonda Fast.ai.", "Bene."]),
        ("Ha detto “Basta.” Poi è uscito.", ["Ha detto “Basta.”", "Poi è uscito."]),
        ("Dice: « Assez. » Il part.", ["Dice: « Assez. »", "Il part."]),
        ("Costa 3.5 miliardi. Troppo.", ["Costa 3.5 miliardi.", "Troppo."]),
        ("Ma... forse. No.", ["Ma... forse.", "No."]),
        ("Attende... Poi parte.", ["Attende...", "Poi parte."]),
        ("Una riga\nun’altra riga", ["Una riga", "un’altra riga"]),
        ("Prima. «Seconda», dice.", ["Prima.", "«Seconda», dice."]),
        ("Erano 50. 20 sono qui.", ["Erano 50.", "20 sono qui."]),
        ('Ha vinto. "Bene", dice.', ["Ha vinto.", '"Bene", dice.']),
        ("Am 12. März war es. Gut.", ["Am 12. März war es.", "Gut."]),
        ("Senza fine", ["Senza fine"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(body: str, expected: list[str]) -> None:
    assert sentences(body) == expected


def test_the_headline_is_a_segment_of_its_own() -> None:
    assert told("Il titolo\nIl testo.", title="Il titolo") == [
        ("title", "Il titolo"),
        ("sentence", "Il testo."),
    ]


def test_a_declared_title_that_is_not_in_the_body_makes_no_segment() -> None:
    assert told("Il testo.", title="Altro") == [("sentence", "Il testo.")]


def test_a_list_item_is_one_segment_with_its_bullet() -> None:
    assert told("I membri:\n- IBM. E altri.\n2) Meta\n• Intel") == [
        ("sentence", "I membri:"),
        ("list_item", "- IBM. E altri."),
        ("list_item", "2) Meta"),
        ("list_item", "• Intel"),
    ]


def test_a_tail_of_links_is_no_part_of_the_article() -> None:
    body = "Il testo.\nLeggi anche:\n- Tre donne anziane.\n- WinZO entra\nUn altro titolo\nFine."
    assert told(body) == [
        ("sentence", "Il testo."),
        ("boilerplate", "Leggi anche:"),
        ("boilerplate", "- Tre donne anziane."),
        ("boilerplate", "- WinZO entra"),
        ("boilerplate", "Un altro titolo"),
        ("sentence", "Fine."),
    ]


@pytest.mark.parametrize("line", ["LEGGI ANCHE", "read also: this", "  Leggi anche :"])
def test_a_tail_opens_in_any_case(line: str) -> None:
    assert told(f"Testo.\n{line}")[-1] == ("boilerplate", line.strip())


def test_a_sentence_that_only_begins_like_a_tail_is_a_sentence() -> None:
    assert told("Leggi anche tu questo libro.") == [("sentence", "Leggi anche tu questo libro.")]


def test_a_doubled_last_word_is_set_apart() -> None:
    assert told("An open sharing of knowledge. knowledge.") == [
        ("sentence", "An open sharing of knowledge."),
        ("boilerplate", "knowledge."),
    ]


def test_a_last_word_that_differs_is_kept() -> None:
    assert told("He said no. Yes.") == [("sentence", "He said no."), ("sentence", "Yes.")]


@pytest.mark.parametrize("body", ["", " \n\t\n "])
def test_an_empty_body_has_no_segments(body: str) -> None:
    assert told(body) == []


def test_without_tail_cues_nothing_is_a_tail() -> None:
    articles = pl.DataFrame(
        {"article_id": ["art"], "body": ["Testo.\nLeggi anche:"], "title": [None]},
        schema_overrides={"title": pl.String},
    )
    kinds = core_segments(articles, CUES.clear())["kind"].to_list()
    assert kinds == ["sentence", "sentence"]


PIECES = st.sampled_from(
    ["Uno", "due", "Sig. ", "sig. ", ". ", ".", "! ", "?”", "… ", "\n", "\n- ", "\n1) ", "“", "”",
     " « ", " » ", "Leggi anche:\n", "Read also", "3.5", "A. ", "\u2028", "\r\n", "\u00a0", "é",
     "knowledge. knowledge.", "(", ") ", "\t", "\v", "\x85", "¿Qué?", "*"]
)  # fmt: skip
BODIES = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=80))


@settings(deadline=None)
@given(BODIES)
def test_segments_are_exact_ordered_disjoint_spans_that_cover_all_text(body: str) -> None:
    made = segments(body, title=body.partition("\n")[0])
    covered = set()
    before = 0
    for ordinal, segment in enumerate(made):
        start, end = segment["start"], segment["end"]
        assert body[start:end] == segment["text"] != ""
        assert segment["ordinal"] == ordinal
        assert before <= start < end
        assert segment["text"] == segment["text"].strip()
        before = end
        covered.update(range(start, end))
    assert all(position in covered for position, letter in enumerate(body) if not letter.isspace())


@settings(deadline=None)
@given(st.lists(BODIES, max_size=4))
def test_segments_of_an_article_do_not_depend_on_its_neighbours(bodies: list[str]) -> None:
    names = [f"art{index}" for index in range(len(bodies))]
    articles = pl.DataFrame(
        {"article_id": names, "body": bodies, "title": [None] * len(bodies)},
        schema={"article_id": pl.String, "body": pl.String, "title": pl.String},
    )
    together = core_segments(articles, CUES)
    for name, body in zip(names, bodies, strict=True):
        own = together.filter(article_id=name)["text"].to_list()
        assert own == [segment["text"] for segment in segments(body)]
    assert together["segment_id"].is_unique().all()
