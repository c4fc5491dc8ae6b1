import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.language.detection import core_languages
from warehouse.contracts.frames import schema

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")

SENTENCES = {
    "de": "Die Allianz will die Entwicklung offener Modelle fördern und teilen.",
    "en": "The alliance wants to promote the development of open models and share them.",
    "es": "La alianza quiere promover el desarrollo de modelos abiertos y compartirlos.",
    "fr": "L’alliance veut promouvoir le développement de modèles ouverts et les partager.",
    "it": "L’alleanza vuole promuovere lo sviluppo di modelli aperti e condividerli.",
    "nl": "De alliantie wil de ontwikkeling van open modellen bevorderen en delen.",
    "pt": "A aliança quer promover o desenvolvimento de modelos abertos e partilhá-los.",
}
#: Of a language that is not configured, an article.
ROMANIAN = (
    "Guvernul a anunțat marți noi măsuri de sprijin pentru întreprinderile afectate de "
    "inundațiile din sudul țării.",
    "Premierul a declarat că banii vor ajunge la firme până la sfârșitul lunii viitoare.",
    "Potrivit autorităților, peste două mii de locuințe au fost evacuate în ultimele zile.",
    "Meteorologii spun că ploile se vor opri abia la începutul săptămânii viitoare.",
)

Segment = tuple[str, str, str]


def made(
    *told: Segment,
    choice: tuple[str, ...] = LANGUAGES,
    declared: dict[str, str] | None = None,
    worth: str = "prior",
) -> pl.DataFrame:
    """The rows of segments told as article, kind and text, in that order."""
    segments = pl.DataFrame(
        [(f"{article}/{index}", article, index, kind, text)
         for index, (article, kind, text) in enumerate(told)],
        schema={
            "segment_id": pl.String, "article_id": pl.String, "ordinal": pl.Int32,
            "kind": pl.String, "text": pl.String,
        },
        orient="row",
    )  # fmt: skip
    metadata = pl.DataFrame(
        [
            {
                "article_id": article, "field": "language", "ordinal": 0, "value": value,
                "source": "html_lang", "origin": "page", "confidence": 0.85, "chosen": True,
                "conflicting": False,
            }
            for article, value in (declared or {}).items()
        ],
        schema=schema("core_metadata"),
    )  # fmt: skip
    rows = core_languages(segments, metadata, choice, worth)
    assert rows.schema == pl.Schema(schema("core_languages"))
    assert rows["confidence"].is_between(0, 1).all()
    assert rows.filter(pl.col("language") == "und")["confidence"].eq(0).all()
    assert rows["segment_id"].sort().to_list() == segments["segment_id"].sort().to_list()
    return segments.select("segment_id").join(rows, on="segment_id", maintain_order="left")


def languages(
    *told: Segment,
    choice: tuple[str, ...] = LANGUAGES,
    declared: dict[str, str] | None = None,
    worth: str = "prior",
) -> list[str]:
    return made(*told, choice=choice, declared=declared, worth=worth)["language"].to_list()


# -- a text alone --------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "text"), SENTENCES.items())
def test_a_sentence_tells_its_language(language: str, text: str) -> None:
    assert languages(("a", "sentence", text)) == [language]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "Continua a leggere"),
        ("it", "Buongiorno"),
        ("de", "Wie geht es weiter?"),
        ("fr", "Il faut bien le faire."),
        ("nl", "Wat is er gebeurd?"),
        ("pt", "O que aconteceu ontem?"),
        ("it", "IL GOVERNO ANNUNCIA NUOVE MISURE"),
        ("en", "Boeing Pushes Back Replacement Development"),
    ],
)
def test_a_few_words_tell_it_too(language: str, text: str) -> None:
    assert languages(("a", "title", text)) == [language]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Cinque Terre, qui signifie Cinq Terres, comprend Riomaggiore, Manarola, Corniglia, "
         "Vernazza et Monterosso."),
        ("en", "The Canal District (Dutch: Grachtengordel) surrounds the Binnenstad of Amsterdam."),
        ("pt", "Então, Maroochydore derrotou Caboolture na Final Preliminar."),
    ],
)  # fmt: skip
def test_names_of_another_language_do_not_mislead(language: str, text: str) -> None:
    assert languages(("a", "sentence", text)) == [language]


@pytest.mark.parametrize(
    "text", ["123 456", "- IBM", "…", "🙂", "OK", "政府周二宣布了新的支持措施", "x" * 5_000]
)
def test_what_does_not_tell_is_undetermined(text: str) -> None:
    assert languages(("a", "sentence", text)) == ["und"]


def test_letters_of_another_alphabet_are_in_none_of_two_languages() -> None:
    text = "Правительство объявило во вторник о новых мерах"
    assert languages(("a", "sentence", text), choice=("it", "en")) == ["und"]


def test_no_segments_make_no_rows() -> None:
    assert languages() == []


# -- which languages -----------------------------------------------------------------------


def test_only_the_languages_configured_are_chosen_from() -> None:
    assert languages(("a", "sentence", SENTENCES["pt"]), choice=("es", "it")) in (["es"], ["und"])


@pytest.mark.parametrize("alone", ["it", "en"])
def test_a_single_language_is_told_from_others(alone: str) -> None:
    told = [("a", "sentence", SENTENCES[alone]), ("b", "sentence", SENTENCES["fr"])]
    assert languages(*told, choice=(alone,)) == [alone, "und"]


def test_an_article_in_a_language_that_is_not_configured_is_undetermined() -> None:
    told = [("a", "sentence", text) for text in ROMANIAN]
    quoted = ("a", "sentence", f"{SENTENCES['en']} {SENTENCES['en']}")
    assert languages(*told, quoted) == ["und"] * 4 + ["en"]


def test_what_an_article_in_another_language_quotes_keeps_its_own() -> None:
    told = [("a", "sentence", text) for text in SENTENCES.values()]
    assert languages(*told) == list(SENTENCES)


# -- what stands around --------------------------------------------------------------------


def test_a_short_segment_takes_the_language_of_its_article() -> None:
    assert languages(
        ("a", "sentence", SENTENCES["it"]), ("a", "list_item", "- Meta AI"),
        ("b", "sentence", SENTENCES["fr"]), ("b", "list_item", "- Meta AI"),
    ) == ["it", "it", "fr", "fr"]  # fmt: skip


def test_a_list_of_names_takes_the_language_of_its_article() -> None:
    names = "Hugging Face, Intel, Imperial College London, Oracle, Red Hat, Linux Foundation"
    assert languages(("a", "sentence", SENTENCES["it"]), ("a", "sentence", names)) == ["it", "it"]


def test_a_sentence_in_another_language_than_its_article_keeps_its_own() -> None:
    told = [("a", "sentence", f"{SENTENCES['fr']} {number}") for number in range(20)]
    told[10] = ("a", "sentence", SENTENCES["en"])
    assert languages(*told) == ["fr"] * 10 + ["en"] + ["fr"] * 9


def test_in_an_article_of_two_languages_what_stands_beside_counts_most() -> None:
    told = [
        *[("a", "sentence", SENTENCES["it"])] * 4, ("a", "list_item", "- IBM"),
        *[("a", "sentence", SENTENCES["it"])] * 2, *[("a", "sentence", SENTENCES["de"])] * 2,
        ("a", "list_item", "- IBM"), *[("a", "sentence", SENTENCES["de"])] * 4,
    ]  # fmt: skip
    assert languages(*told) == ["it"] * 7 + ["de"] * 7


def test_boilerplate_has_no_say_in_the_language_of_its_article() -> None:
    tail = [("a", "boilerplate", SENTENCES["en"])] * 5
    told = (("a", "sentence", SENTENCES["it"]), *tail, ("a", "list_item", "- IBM"))
    assert languages(*told) == ["it", *["en"] * 5, "it"]


def test_an_article_of_boilerplate_alone_is_no_reason_to_stop() -> None:
    assert languages(("a", "boilerplate", "IBM")) == ["und"]


@settings(deadline=None, max_examples=8)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from(("sentence", "boilerplate")),
            st.sampled_from((*SENTENCES.values(), "- IBM", "Ja", "123", "La Repubblica")),
        ),
        max_size=12,
    )
)
def test_an_article_is_told_alike_alone_and_among_others(told: list[Segment]) -> None:
    together = made(*told)
    for article in "abc":
        alone = made(*(one for one in told if one[0] == article))
        among = together.filter(pl.col("article_id") == article)
        assert among["language"].to_list() == alone["language"].to_list()
        assert among["confidence"].to_list() == pytest.approx(alone["confidence"].to_list())


# -- what is declared ----------------------------------------------------------------------


@pytest.mark.parametrize("value", ["it", "it-IT", "italiano", "Italian", "ITA"])
def test_a_declaration_settles_what_the_text_leaves_in_doubt(value: str) -> None:
    told = (("a", "title", "OK"), ("a", "list_item", "- IBM"), ("b", "title", "OK"))
    assert languages(*told, declared={"a": value}) == ["it", "it", "und"]
    assert languages(*told, declared={"a": value}, worth="ignore") == ["und"] * 3


def test_a_wrong_declaration_yields_to_the_text() -> None:
    assert languages(("a", "sentence", SENTENCES["it"]), declared={"a": "en-US"}) == ["it"]


def test_a_declaration_overrides_the_text_where_it_is_set_to() -> None:
    told = (("a", "sentence", SENTENCES["it"]), ("b", "sentence", SENTENCES["fr"]))
    rows = made(*told, declared={"a": "español"}, worth="override")
    assert rows["language"].to_list() == ["es", "fr"]
    assert rows["confidence"][0] == pytest.approx(0.85)


def test_what_is_declared_in_a_language_that_is_not_configured_says_so_only_by_override() -> None:
    told = ("a", "sentence", SENTENCES["es"])
    assert languages(told, declared={"a": "ca"}) == ["es"]
    assert languages(told, declared={"a": "ca"}, worth="override") == ["und"]


def test_a_declaration_is_believed_of_an_article_of_strange_words() -> None:
    told = [("a", "sentence", text) for text in ROMANIAN]
    assert set(languages(*told)) == {"und"}
    assert "und" not in languages(*told, declared={"a": "it"}, choice=("it", "en"))
