import polars as pl
import pytest

from pipelines.language.detection import core_languages
from warehouse import contracts

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


def languages(*told: tuple[str, str, str], choice: tuple[str, ...] = LANGUAGES) -> list[str]:
    """The languages of segments told as article, kind and text."""
    segments = pl.DataFrame(
        [(f"{article}/{index}", article, kind, text)
         for index, (article, kind, text) in enumerate(told)],
        schema=dict.fromkeys(("segment_id", "article_id", "kind", "text"), pl.String),
        orient="row",
    )  # fmt: skip
    made = core_languages(segments, choice)
    assert set(made.columns) == set(contracts.table("core_languages").column_names)
    assert made["confidence"].is_between(0, 1).all()
    assert made["segment_id"].sort().to_list() == segments["segment_id"].sort().to_list()
    return segments.join(made, on="segment_id", maintain_order="left")["language"].to_list()


@pytest.mark.parametrize(("language", "text"), SENTENCES.items())
def test_a_whole_sentence_tells_its_language(language: str, text: str) -> None:
    assert languages(("a", "sentence", text)) == [language]


def test_a_short_segment_takes_the_language_of_its_article() -> None:
    assert languages(
        ("a", "sentence", SENTENCES["it"]), ("a", "list_item", "- Meta AI"),
        ("b", "sentence", SENTENCES["fr"]), ("b", "list_item", "- Meta AI"),
    ) == ["it", "it", "fr", "fr"]  # fmt: skip


def test_a_list_of_names_takes_the_language_of_its_article() -> None:
    names = "Hugging Face, Intel, Imperial College London, Oracle, Red Hat, Linux Foundation"
    assert languages(("a", "sentence", SENTENCES["it"]), ("a", "sentence", names)) == ["it", "it"]


def test_a_sentence_in_another_language_than_its_article_keeps_its_own() -> None:
    assert languages(
        ("a", "sentence", SENTENCES["fr"]), ("a", "sentence", SENTENCES["fr"] + " Demain."),
        ("a", "sentence", SENTENCES["en"]),
    ) == ["fr", "fr", "en"]  # fmt: skip


@pytest.mark.parametrize("text", ["123 456", "- IBM", "…", "🙂", "OK"])
def test_what_does_not_tell_is_undetermined(text: str) -> None:
    assert languages(("a", "sentence", text)) == ["und"]


def test_boilerplate_has_no_say_in_the_language_of_its_article() -> None:
    tail = [("a", "boilerplate", SENTENCES["en"])] * 5
    assert languages(("a", "sentence", SENTENCES["it"]), *tail, ("a", "list_item", "- IBM"))[
        -1
    ] == "it"


def test_an_article_of_boilerplate_alone_is_no_reason_to_stop() -> None:
    assert languages(("a", "boilerplate", "IBM")) == ["und"]


def test_neighbours_do_not_change_a_language() -> None:
    alone = languages(("a", "sentence", SENTENCES["pt"]))
    beside = languages(
        ("a", "sentence", SENTENCES["pt"]), ("b", "sentence", SENTENCES["es"])
    )
    assert beside[0] == alone[0]


def test_no_segments_make_no_rows() -> None:
    assert languages() == []


def test_only_the_languages_configured_are_chosen_from() -> None:
    assert languages(("a", "sentence", SENTENCES["pt"]), choice=("es", "it")) in (["es"], ["it"])
