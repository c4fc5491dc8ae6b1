"""Who and what a sentence names."""

import pytest


@pytest.mark.parametrize(
    ("language", "text", "name", "type_"),
    [
        ("it", "Oggi la Commissione europea ha deciso.", "Commissione europea", "ORG"),
        ("fr", "Hier, le Croissant-Rouge libyen a averti.", "Croissant-Rouge libyen", "ORG"),
        (
            "fr",
            "Selon l'Agence nationale de sécurité sanitaire, tout va bien.",
            "Agence nationale de sécurité sanitaire",
            "ORG",
        ),
        ("it", "Si corre la Coppa delle Dolomiti.", "Coppa delle Dolomiti", "EVENT"),
        ("fr", "Il a plu dans la vallée de Swat.", "vallée de Swat", "LOC"),
        ("en", "It rained in the Swat valley.", "Swat valley", "LOC"),
        ("en", "They hired the Lisbon-based team.", "Lisbon", "GPE"),
        ("en", "MORVANT, Wales – The river rose.", "MORVANT", "GPE"),
        ("it", "Lo dice la Federazione Amici dei Boschi (FAB).", "FAB", "ORG"),
        ("en", "We met Dr Olunwe there.", "Olunwe", "PERSON"),
        ("es", "Lo explicó María Quintanar en la sala.", "María Quintanar", "PERSON"),
        ("en", "A new model, called Brindle, was shown.", "Brindle", "PRODUCT"),
        ("de", "Der Vertrag mit Siemens gilt.", "Siemens", "ORG"),
    ],
)
def test_a_name_is_found_with_its_type(read, language, text, name, type_):
    assert read(language, text).names().get(name) == type_


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("it", "Il capo del Governo e il Paese aspettano.", "Paese"),
        ("fr", "Les ministres des États ont parlé.", "États"),
        ("en", "They expect an answer by June.", "June"),
        ("it", "Così è andata.", "Così"),
        ("de", "Die Entscheidung kam am Abend.", "Entscheidung"),
    ],
)
def test_a_capital_alone_makes_no_name(read, language, text, word):
    assert word not in read(language, text).names()


def test_a_surname_alone_has_the_type_of_the_full_name(read):
    names = read("fr", "Jean Osei-Tutuola a parlé. Puis Osei-Tutuola est parti.").names()
    assert names["Osei-Tutuola"] == "PERSON"


def test_weak_names_of_an_enumeration_follow_the_sure_ones(read):
    names = read("it", "Hanno firmato Siemens, Brugnotec e IBM ieri.").names()
    assert names["Brugnotec"] == "ORG"


def test_boilerplate_names_nobody(read):
    body = "Il modello è aperto.\nLeggi anche:\n- Samsung svela un telefono"
    assert "Samsung" not in read("it", body).names()
