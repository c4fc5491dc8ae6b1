"""What a sentence restricts a fact to: the words around a number, the date beside it."""

import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.reference.tables import Reference, read_reference
from pipelines.resolution.claims import core_circumstances, either
from warehouse import contracts
from warehouse.contracts.frames import empty

ROOT = Path(__file__).resolve().parents[3]
LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(ROOT / "seeds" / "reference", LANGUAGES)


def told(
    reference: Reference, language: str, sentence: str, offset: int = 0
) -> tuple[list[str], str | None]:
    """Definition and date of the number in [brackets]; dates stand in {braces}."""
    text, spans = "", []
    for piece in re.split(r"([\[{].*?[\]}])", sentence):
        if piece[:1] in ("[", "{"):
            spans.append((piece[0], len(text) + offset, piece[1:-1]))
        text += piece.strip("[]{}")
    given = {"article_id": "a", "segment_id": "s"}
    segments = [{**given, "start": offset, "text": text}]
    dates = [
        {**given, "date_id": said, "start": at, "end": at + len(said)}
        for mark, at, said in spans
        if mark == "{"
    ]
    numbers = [
        {**given, "quantity_id": said, "text": said, "start": at, "end": at + len(said),
         "property": "size", "subject_mention_id": "m"}
        for mark, at, said in spans
        if mark == "["
    ]  # fmt: skip
    (row,) = core_circumstances(
        frame("core_segments", segments),
        frame("core_languages", [{**given, "language": language}]),
        empty("core_mentions"),
        frame("core_dates", dates),
        frame("core_quantities", numbers),
        empty("core_memberships"),
        empty("core_roles"),
        reference.seed_units,
        reference.seed_cue_words,
    ).rows(named=True)
    return row["definition"], row["date_id"]


def frame(table: str, given: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(given, schema=empty(table).schema) if given else empty(table)


@pytest.mark.parametrize(
    ("language", "sentence", "definition"),
    [
        ("en", "The alliance has [more than 50 organizations].", []),
        ("en", "The alliance has [40 companies].", ["companies"]),
        ("en", "The alliance has [40 companies and organizations].", []),
        ("it", "L’alleanza conta [40 aziende e organizzazioni].", []),
        ("it", "L’alleanza conta [oltre 40 aziende].", ["companies"]),
        ("fr", "L’alliance réunit [50 entreprises].", ["companies"]),
        ("de", "Die Allianz hat [40 Unternehmen].", ["companies"]),
        ("es", "La alianza tiene [40 empresas].", ["companies"]),
        ("nl", "De alliantie telt [40 bedrijven].", ["companies"]),
        ("pt", "A aliança tem [40 empresas].", ["companies"]),
        ("en", "IBM, Meta and [over 50 other entities] joined.", ["others"]),
        ("en", "It counts [25 organizations] as founding members.", ["founding"]),
        ("fr", "Elle compte [25 membres] fondateurs.", ["founding"]),
        ("en", "It has 60 members, of which [40 organizations] pay.", ["part"]),
        ("it", "Ha 60 membri, di cui [40 organizzazioni] paganti.", ["part", "paying"]),
        ("fr", "90 morts, dont [12 personnes] retrouvées ici.", ["part"]),
        ("en", "It has [50 members], including IBM and Meta.", []),
        ("it", "Ha [50 membri], inclusi IBM e Meta.", []),
        ("en", "It has [50 members], excluding observers.", ["without"]),
        ("es", "Tiene [50 miembros], sin contar los observadores.", ["without"]),
        ("en", "It has [50 members], counting observers.", ["with"]),
        ("en", "It serves [5,000 customers] a day.", ["per day"]),
        ("fr", "Elle sert [5 000 clients] par jour.", ["per day"]),
        ("it", "Serve [5.000 clienti] all’anno.", ["per year"]),
        ("en", "It expects to have [100 members] soon.", ["planned"]),
        ("en", "The new head said it has, in all, [100 members].", []),
        ("xx", "It has [100 members].", []),
    ],
)
def test_a_number_counts_what_the_words_around_it_say(
    reference: Reference, language: str, sentence: str, definition: list[str]
) -> None:
    assert told(reference, language, sentence)[0] == definition


@pytest.mark.parametrize(
    ("language", "sentence", "date"),
    [
        ("en", "In {2019} it had [40 members], {today} it has 50.", "2019"),
        ("en", "In {2019} it had 40 members, {today} it has [50 members].", "today"),
        ("en", "Founded in {2009}, it has [31 members].", None),
        ("it", "L’UECM, fondata nel {2009} dalla FIDAL, conta {oggi} [31 federazioni].", "oggi"),
        ("en", "It has [31 members]; the trust joined {last month}.", None),
        ("en", "It has [31 members].", None),
    ],
)
def test_the_date_beside_a_number_is_the_nearest_that_tells_of_no_founding(
    reference: Reference, language: str, sentence: str, date: str | None
) -> None:
    assert told(reference, language, sentence)[1] == date


def test_a_segment_may_begin_anywhere(reference: Reference) -> None:
    sentence = "In {2019} it had [40 companies], {today} it has 50."
    assert told(reference, "en", sentence, offset=731) == told(reference, "en", sentence)


def test_an_article_without_facts_has_no_rows(reference: Reference) -> None:
    tables = [name for name, _ in contracts.table("core_circumstances").derivation.inputs]  # type: ignore[union-attr]
    seeds = (reference.seed_units, reference.seed_cue_words)
    made = core_circumstances(*(empty(name) for name in tables[:-2]), *seeds)
    assert made.is_empty()
    assert set(made.columns) == set(contracts.table("core_circumstances").column_names)


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "P", "S", "Nd")), min_size=1)


@settings(deadline=None, max_examples=40)
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_whatever_a_cue_is_made_of_it_makes_an_expression(words: list[str]) -> None:
    pl.Series(["x"]).str.contains(either(words))
