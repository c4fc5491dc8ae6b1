"""The law of spans: what an extractor returns stands in the body, letter for letter."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_PIECES = st.sampled_from(
    [
        "IBM",
        "l’Alliance Nord",
        "Anna Velli",
        "Torino",
        "“",
        "”",
        "«",
        "»",
        '"',
        "'",
        ", ",
        ". ",
        " ha detto ",
        " said ",
        " 1.000 ",
        "12,5 % ",
        " 2024 ",
        " martedì ",
        "\n",
        "\n- ",
        "\u00a0",
        "é",
        "🛰️",
        "ﬁ",
        "\u202f",
        " (",
        ") ",
        " président de ",
        " è membro di ",
        " not a member ",
        "Lire aussi :",
        "—",
        "ß",
        "İ",
        "\u0301",
        "À ",
        "d'",
        "…",
        "漢字",
        "$",
        " et ",
        " of ",
    ]
)
_TEXTS = st.one_of(st.text(max_size=120), st.lists(_PIECES, max_size=40).map("".join))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=_TEXTS, language=st.sampled_from(["de", "en", "es", "fr", "it", "nl", "pt", "und"]))
def test_every_extractor_returns_exact_spans_of_any_text(read, body, language):
    reading = read(language, body)
    for name, (rows, text) in reading.tables.items():
        for start, end, said in rows.select("start", "end", text).rows():
            assert body[start:end] == said, name


def test_an_empty_article_gives_no_rows(read):
    assert all(rows.height == 0 for rows, _ in read("en", "").tables.values())
