"""Who and what a sentence names."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


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
        ("en", "Mike Coupe, the chief executive, resigned.", "Mike Coupe", "PERSON"),
        ("fr", "Hier, Mike Coupe a démissionné.", "Mike Coupe", "PERSON"),
        ("en", "They won the Stanley Cup.", "Stanley Cup", "EVENT"),
        ("en", "MORVANT, Wales – The river rose.", "MORVANT", "GPE"),
        ("it", "Lo dice la Federazione Amici dei Boschi (FAB).", "FAB", "ORG"),
        ("en", "We met Dr Olunwe there.", "Olunwe", "PERSON"),
        ("es", "Lo explicó María Quintanar en la sala.", "María Quintanar", "PERSON"),
        ("en", "A new model, called Brindle, was shown.", "Brindle", "PRODUCT"),
        ("de", "Der Vertrag mit Siemens gilt.", "Siemens", "ORG"),
        ("pt", "O presidente da Corvalux demitiu-se.", "Corvalux", "ORG"),
        ("nl", "Hij werkt bij de Universiteit van Brelmoor.", "Universiteit van Brelmoor", "ORG"),
        ("it", "Premia la lista civica Porto Sereno.", "Porto Sereno", "ORG"),
        ("it", "Hanno firmato tutti, ad eccezione di Brumbo.", "Brumbo", "ORG"),
        ("en", "Shares of Zentrix Holdings Ltd. fell.", "Zentrix Holdings Ltd.", "ORG"),
    ],
)
def test_a_name_is_found_with_its_type(read, language, text, name, type_):
    assert read(language, text).names().get(name) == type_


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        # Particles and elisions belong to a name, what a title says does not.
        ("it", "Ha parlato Claudio De Alessandri.", {"Claudio De Alessandri"}),
        ("nl", "Gisteren sprak Jan van der Meer.", {"Jan van der Meer"}),
        ("fr", "La ville écoute Anne d'Ormesson.", {"Anne d'Ormesson"}),
        ("en", "We heard Prime Minister Iyad Allawi.", {"Iyad Allawi"}),
        ("en", "Detective Inspector Bob Blemmings said so.", {"Bob Blemmings"}),
        ("en", "“It is hard,” Det Insp Bob Blemmings said.", {"Bob Blemmings"}),
        # Words that a sentence opens with are no part of the name behind them.
        ("en", "Yesterday Mary Whitcombe resigned.", {"Mary Whitcombe"}),
        ("it", "Intanto Maria Bellucci aspetta.", {"Maria Bellucci"}),
        # A name ends where another begins: a person's, a town's, a sentence.
        ("it", "Il leader della Lega Nord Ugo Marchetti tace.", {"Lega Nord", "Ugo Marchetti"}),
        ("it", "Parla il capo della Zordiretti Ugo Marchetti.", {"Zordiretti", "Ugo Marchetti"}),
        ("it", "Si gioca allo Stadio Adriatico di Pescara.", {"Stadio Adriatico", "Pescara"}),
        ("fr", "Ouverture à la Station F. Marie Dubois l'a dit.", {"Station F", "Marie Dubois"}),
        # Whom a person works for is no part of the name, a surname with a particle is.
        ("nl", "Gisteren sprak Chris Harris van WSMV.", {"Chris Harris", "WSMV"}),
        ("it", "Lo scrive Mike Organ del Tennessean.", {"Mike Organ", "Tennessean"}),
        ("es", "Ayer habló Ana Torres del Castillo.", {"Ana Torres del Castillo"}),
        ("nl", "Gisteren sprak Jan Peeters van Dijk.", {"Jan Peeters van Dijk"}),
        # German writes every noun with a capital.
        ("de", "Gestern sprach Angela Merkel über Haushalt und Schulden.", {"Angela Merkel"}),
    ],
)
def test_a_name_ends_where_it_ends(read, language, text, names):
    assert set(read(language, text).names()) == names


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("it", "Il capo del Governo e il Paese aspettano.", "Paese"),
        ("fr", "Les ministres des États ont parlé.", "États"),
        ("en", "They expect an answer by June.", "June"),
        ("en", "After November 6, they will take a hard look.", "November 6"),
        ("it", "Così è andata.", "Così"),
        ("de", "Die Entscheidung kam am Abend.", "Entscheidung"),
        ("en", "Many Somali and Dutch families left.", "Somali"),
        ("en", "Great service and good prices.", "Great"),
        ("es", "Ayer el Parlamento votó. Después llovió.", "Después"),
        ("en", "The games take place on Friday.", "place on Friday"),
        ("en", "They paid HK$3 million for it.", "HK"),
        ("pt", "Pagaram US$25 milhões.", "US"),
        ("en", "Total sales rose last year.", "Total"),
    ],
)
def test_a_capital_alone_makes_no_name(read, language, text, word):
    assert word not in read(language, text).names()


@pytest.mark.parametrize(
    ("text", "name", "is_product"),
    [
        ("See Page 20 on the storm.", "Page 20", False),
        ("They filed for Chapter 11 and lost in Game 7.", "Game 7", False),
        ("The final score was Colts 17, Texans 14.", "Colts 17", False),
        ("They tried a PowerMax 5 in the hall.", "PowerMax 5", True),
        ("The model Zorblax 3 is new.", "Zorblax 3", True),
        ("They tried Zorblax-4 in the hall.", "Zorblax-4", True),
    ],
)
def test_a_number_behind_a_name_makes_no_product(read, text, name, is_product):
    assert (read("en", text).names().get(name) == "PRODUCT") == is_product


def test_a_surname_alone_has_the_type_of_the_full_name(read):
    names = read("fr", "Jean Osei-Tutuola a parlé. Puis Osei-Tutuola est parti.").names()
    assert names["Osei-Tutuola"] == "PERSON"


def test_what_is_said_of_a_name_once_holds_all_over_the_article(read):
    body = "A new model, called Brindle, was shown. Later they switched Brindle off."
    rows = read("en", body).mentions.filter(surface="Brindle")
    assert rows["type"].to_list() == ["PRODUCT", "PRODUCT"]


def test_weak_names_of_an_enumeration_follow_the_sure_ones(read):
    names = read("it", "Hanno firmato Siemens, Brugnotec e IBM ieri.").names()
    assert names["Brugnotec"] == "ORG"


def test_a_list_of_names_parts_at_its_commas_but_not_inside_a_name(read):
    body = (
        "Members: IBM, Meta, Red Hat, Dell, University of Illinois Urbana-Champaign, "
        "Agency for Science, Technology and Research (A*STAR), CERN, ETH, EPFL."
    )
    assert "Agency for Science, Technology and Research (A*STAR)" in read("en", body).names()


def test_boilerplate_names_nobody(read):
    body = "Il modello è aperto.\nLeggi anche:\n- Samsung svela un telefono"
    assert "Samsung" not in read("it", body).names()


def test_a_ligature_is_no_capital(read):
    assert not read("fr", "Le groupe œuvre œcuménique a parlé.").names()


def test_confidence_is_a_share_and_a_known_name_is_surer_than_a_guess(read):
    rows = read("en", "Siemens met Zorblax in the hall.").mentions
    stated = dict(rows.select("surface", "confidence").rows())
    assert 0 < stated.get("Zorblax", 0.1) < stated["Siemens"] < 1


_WORDS = st.sampled_from(
    [
        "IBM", "l’Alliance", "Anna", "Velli", "Torino", "Università", "di", "von", "der", "St.",
        "F.", "d'Italia", "A*STAR", "(FAB)", "GmbH", "Ltd.", "iPhone", "al-Sadr", "U.S.",
        "Merkel", "Rede", "«", "”", ",", ".", ":", "–", "2032", "ha", "the", "of", "İ", "\n",
        "\u00a0",
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=st.lists(_WORDS, max_size=30), language=st.sampled_from(["de", "en", "it", "und"]))
def test_mentions_stand_in_the_body_letter_for_letter(read, words, language):
    body = " ".join(words)
    rows = read(language, body).mentions
    for start, end, surface in rows.select("start", "end", "surface").rows():
        assert body[start:end] == surface
        assert surface == surface.strip()
