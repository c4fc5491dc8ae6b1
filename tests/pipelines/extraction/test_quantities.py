"""How many of what."""

import pytest


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("it", "Servono 10.000 abitanti.", ("10.000 abitanti", "=", 10000.0, "people")),
        ("en", "Some say 10,000 residents.", ("10,000 residents", "=", 10000.0, "people")),
        ("en", "It has 10.5 million users.", ("10.5 million users", "=", 10.5e6, "users")),
        ("it", "Oltre 40 aziende.", ("Oltre 40 aziende", ">", 40.0, "organizations")),
        ("en", "At least 25 companies.", ("At least 25 companies", ">=", 25.0, "organizations")),
        ("fr", "Moins de 10 % des cas.", ("Moins de 10 %", "<", 10.0, "percent")),
        ("fr", "Il faut 15,4 millions d’euros.", ("15,4 millions d’euros", "=", 15.4e6, "EUR")),
        ("it", "Costa 12,5 milioni di euro.", ("12,5 milioni di euro", "=", 12.5e6, "EUR")),
        ("en", "It costs £6.8 million.", ("£6.8 million", "=", 6.8e6, "GBP")),
        ("en", "It costs $34.3 billion.", ("$34.3 billion", "=", 34_300_000_000.0, "USD")),
        ("fr", "Trente-trois sièges.", ("Trente-trois sièges", "=", 33.0, "seats")),
        (
            "fr",
            "Une vingtaine d'ingénieurs.",
            ("Une vingtaine d'ingénieurs", "~", 20.0, "engineers"),
        ),
        (
            "it",
            "Con più di quattrocento dipendenti.",
            ("più di quattrocento dipendenti", ">", 400.0, "employees"),
        ),
    ],
)
def test_a_number_is_read_with_hedge_scale_and_unit(read, language, text, count):
    assert count in read(language, text).counts()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The flood killed 120 people in Marseille."),
        ("en", "In Marseille, 120 people were killed."),
        ("it", "L'alluvione ha ucciso 120 persone a Marsiglia."),
        ("it", "L'alluvione ha provocato 120 morti a Marsiglia."),
        ("fr", "Les crues ont fait 120 morts à Marseille."),
        ("fr", "À Marseille, 120 personnes sont mortes."),
        ("es", "La riada dejó 120 muertos en Marsella."),
        ("de", "Die Flut forderte 120 Todesopfer in Marseille."),
    ],
)
def test_the_dead_are_one_property_in_every_wording(read, language, text):
    rows = read(language, text).quantities.select("value", "unit", "property").rows()
    assert rows == [(120.0, "people", "deaths")]


def test_the_dead_are_said_of_a_place(read):
    reading = read("en", "The flood killed 120 people in Marseille.")
    assert reading.surface(reading.quantities["subject_mention_id"][0]) == "Marseille"


def test_a_range_has_two_ends(read):
    rows = read("en", "It takes 10 to 15 engineers.").quantities
    assert rows.select("relation", "value", "value_to").rows() == [("range", 10.0, 15.0)]


def test_a_date_is_no_quantity(read):
    assert read("it", "È nata il 12 marzo 2024.").counts() == set()


def test_a_score_is_no_range(read):
    assert read("en", "They took a 31-24 victory and a 13 - 13 draw.").counts() == set()


def test_sums_that_need_not_agree_are_told_apart_by_their_number(read):
    quantities = read("en", "IBM paid $3 million. IBM has 40,000 employees.").quantities
    assert set(quantities["property"]) == {"amount: 3,000,000", "employees"}
