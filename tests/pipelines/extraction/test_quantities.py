"""How many of what."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.extraction.quantities import core_quantities
from warehouse.contracts.frames import empty


@pytest.fixture(scope="module")
def read_alone(as_one_sentence, reference):
    """Return the quantities of a sentence, without mentions and dates."""

    def quantities(language: str, text: str) -> pl.DataFrame:
        known = (reference.seed_cue_words, reference.seed_units)
        nothing = (empty("core_mentions"), empty("core_dates"))
        return core_quantities(*as_one_sentence(language, text), *nothing, *known)

    return quantities


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


@pytest.mark.parametrize(
    ("language", "text", "unit"),
    [
        ("it", "Il gruppo ha quattro marchi.", None),
        ("it", "Costava 400 marchi tedeschi.", "DEM"),
        ("en", "The 2007 models are cheaper.", None),
        ("en", "They saw more than 2000 wolves.", "wolves"),
    ],
)
def test_brands_are_no_money_and_years_no_counts(read, language, text, unit):
    assert [one for *_, one in read(language, text).counts()] == [unit] * (unit is not None)


@pytest.mark.parametrize(
    "text", ["They filed for Chapter 11 bankruptcy.", "Some live in Section 8 housing."]
)
def test_what_is_numbered_is_not_counted(read, text):
    assert read("en", text).counts() == set()


def test_a_score_is_no_range(read):
    assert read("en", "They took a 31-24 victory and a 13 - 13 draw.").counts() == set()


def test_sums_that_need_not_agree_are_told_apart_by_their_number(read):
    quantities = read("en", "IBM paid $3 million. IBM has 40,000 employees.").quantities
    assert set(quantities["property"]) == {"amount: 3,000,000", "employees"}


@pytest.mark.parametrize(
    ("language", "text", "value", "unit"),
    [
        ("en", "It costs 10 Turkish lira.", 10.0, "TRY"),
        ("en", "They paid USD115.5 for it.", 115.5, "USD"),
        ("en", "They paid £5m for it.", 5e6, "GBP"),
        ("en", "They paid HK$3 million for it.", 3e6, "HKD"),
        ("en", "They paid US$25 million for it.", 25e6, "USD"),
        ("fr", "Ils ont payé 3 millions NZ$.", 3e6, "NZD"),
        ("en", "It cost thirteen dollars forty-five cents.", 13.45, "USD"),
        ("fr", "Un contrat de 12 Mds €.", 12e9, "EUR"),
        ("es", "Perdieron 75 USD millones.", 75e6, "USD"),
        ("de", "Das kostet 3 Mrd. Euro.", 3e9, "EUR"),
        ("pt", "Cerca de R$ 20 mil.", 20_000.0, "BRL"),
        ("it", "Un crollo di 34 centesimi.", 34.0, "cents"),
        ("it", "Una strada di 29km.", 29.0, "kilometres"),
        ("fr", "Des vents de 135 km/h.", 135.0, "kilometres per hour"),
        ("nl", "Een stijging van 12,5 procent.", 12.5, "percent"),
        ("en", "A deal of 528 million francs.", 528e6, "francs"),
    ],
)
def test_money_and_measures_have_their_unit(read_alone, language, text, value, unit):
    assert (value, unit) in read_alone(language, text).select("value", "unit").rows()


@pytest.mark.parametrize(
    ("language", "text", "ends"),
    [
        ("en", "Between 10 and 15 companies left.", (10.0, 15.0)),
        ("fr", "Entre 10 et 15 entreprises.", (10.0, 15.0)),
        ("it", "Dai 10 ai 15 milioni di euro, tra 10 e 15 milioni di euro.", (10e6, 15e6)),
        ("en", "A rise of 15-20%.", (15.0, 20.0)),
    ],
)
def test_a_scale_or_unit_at_the_upper_end_is_of_both(read_alone, language, text, ends):
    rows = read_alone(language, text).filter(pl.col("relation") == "range")
    assert ends in rows.select("value", "value_to").rows()


@pytest.mark.parametrize(
    ("language", "body", "subject", "property_"),
    [
        ("en", "Shares in Siemens rose 11 percent in Frankfurt.", "Siemens", "share: 11"),
        ("it", "A Torino la quota di Siemens è salita del 40%.", "Siemens", "share: 40"),
        ("fr", "Siemens doit acheminer 500 tonnes d'acier.", "Siemens", "measure: 500"),
        ("en", "Angela Merkel won 18% of the vote.", "Angela Merkel", "share: 18"),
        ("en", "Angela Merkel said that prices rose by 18%.", None, "share: 18"),
        ("en", "Prices rose by 18%, Angela Merkel said.", None, "share: 18"),
        ("en", "At a meeting in Turin prices rose by 18%.", None, "share: 18"),
    ],
)
def test_a_share_is_said_of_what_was_last_named_before_it(
    read, language, body, subject, property_
):
    reading = read(language, body)
    [(mention, said)] = reading.quantities.select("subject_mention_id", "property").rows()
    assert (reading.surface(mention) if mention else None, said) == (subject, property_)


@pytest.mark.parametrize(
    ("language", "body", "subject", "value", "property_"),
    [
        ("en", "Siemens has 3,400 stores.", "Siemens", 3400.0, "stores: 3,400"),
        ("fr", "Siemens exploite 11 magasins.", "Siemens", 11.0, "stores: 11"),
        ("it", "Siemens gestisce 11 negozi.", "Siemens", 11.0, "stores: 11"),
        ("de", "Siemens betreibt 11 Filialen.", "Siemens", 11.0, "stores: 11"),
        ("es", "Siemens gestiona 11 tiendas.", "Siemens", 11.0, "stores: 11"),
        ("pt", "A Siemens gere 11 lojas.", "Siemens", 11.0, "stores: 11"),
        ("nl", "Siemens beheert 11 winkels.", "Siemens", 11.0, "stores: 11"),
        ("fr", "Une défaite en 18 matchs pour Angela Merkel.", None, 18.0, "matches: 18"),
        ("fr", "Une défaite en 18 matchs à Angela Merkel.", "Angela Merkel", 18.0, "matches: 18"),
        ("en", "The 40,000 employees of Siemens went home.", "Siemens", 40000.0, "employees"),
        ("en", "Angela Merkel met Siemens's 40,000 employees.", "Siemens", 40000.0, "employees"),
        ("en", "With 40,000 employees, Siemens is large.", "Siemens", 40000.0, "employees"),
        ("en", "40 stores were sold by Siemens.", "Siemens", 40.0, "stores: 40"),
        ("en", "The mayor, according to Siemens, owns 40 stores.", None, 40.0, "stores: 40"),
        ("en", "It beat Siemens with 40 stores.", None, 40.0, "stores: 40"),
        ("en", "A Siemens manager bought 40 stores.", None, 40.0, "stores: 40"),
        ("en", "Siemens and Meta own 40 stores.", None, 40.0, "stores: 40"),
        ("en", "While Meta waited, Siemens opened 40 stores.", "Siemens", 40.0, "stores: 40"),
    ],
)
def test_the_place_in_the_sentence_tells_whose_a_number_is(
    read, language, body, subject, value, property_
):
    reading = read(language, body)
    [(number, said, mention)] = reading.quantities.select(
        "value", "property", "subject_mention_id"
    ).rows()
    named = reading.surface(mention) if mention else None
    assert (named, number, said) == (subject, value, property_)


def test_who_has_the_next_number_is_named_between(read):
    reading = read("en", "Siemens owns 40 stores, and Meta has 20 stores.")
    rows = reading.quantities.select("value", "subject_mention_id").rows()
    assert [(value, reading.surface(one)) for value, one in rows] == [
        (40.0, "Siemens"),
        (20.0, "Meta"),
    ]


def test_the_head_of_a_relative_clause_has_what_is_counted_in_it(read):
    reading = read("en", "It was sold by Siemens, which now owns 40 stores.")
    assert reading.surface(reading.quantities["subject_mention_id"][0]) == "Siemens"


@pytest.mark.parametrize(
    ("language", "text", "unit"),
    [
        ("en", "It was trained on 260,000 protein structures.", "protein structures"),
        ("fr", "Il y a 13 combats.", "combats"),
        ("fr", "Il y a 13 grands combats.", "combats"),
        ("it", "Ci sono 13 combattimenti.", "combattimenti"),
        ("de", "Es gibt 13 neue Gärten.", "Gärten"),
        ("es", "Hay 13 combates.", "combates"),
        ("pt", "Há 13 combates.", "combates"),
        ("nl", "Er zijn 13 grote tuinen.", "tuinen"),
    ],
)
def test_what_no_table_names_is_counted_in_its_own_words(read_alone, language, text, unit):
    rows = read_alone(language, text).select("value", "unit", "property").rows()
    assert rows in ([(13.0, unit, "count: 13")], [(260_000.0, unit, "count: 260,000")])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Un Bellator 206 bien rempli."),
        ("en", "They won 13 against us."),
        ("de", "Das sind 13 mehr."),
        ("it", "Sono 13 contro tutti."),
    ],
)
def test_what_shows_no_plural_is_not_counted(read_alone, language, text):
    assert read_alone(language, text).height == 0


def test_a_number_that_belongs_to_a_name_counts_nothing(read):
    assert read("en", "We flew with Siemens 737 planes.").quantities.height == 0


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "Trois hommes âgés de 33, 34 et 39 ans, ont été arrêtés à Marseille.", "arrested"),
        ("fr", "Six arrestations ont eu lieu à Marseille.", "arrested"),
        ("en", "Six people in Marseille were later arrested.", "arrested"),
        ("de", "Sechs Menschen wurden am Samstag in Marseille festgenommen.", "arrested"),
        ("nl", "Zes mensen werden zaterdag in Marseille gearresteerd.", "arrested"),
        ("es", "Seis personas fueron detenidas en Marsella.", "arrested"),
        ("it", "Sei persone sono state arrestate a Marsiglia.", "arrested"),
        ("pt", "Seis pessoas foram detidas em Marselha.", "arrested"),
        ("fr", "Au moins 384 personnes avaient péri à Marseille.", "deaths"),
        ("es", "El terremoto causó la muerte de 300 personas en Marsella.", "deaths"),
        ("en", "In Marseille, 540 people were not injured.", "people: 540"),
    ],
)
def test_the_verb_further_off_tells_what_happened_to_those_counted(
    read, language, text, expected
):
    assert read(language, text).quantities["property"][0] == expected


def test_soldiers_who_died_are_not_compared_with_all_the_dead(read):
    rows = read("en", "In Marseille, 3 soldiers were killed.").quantities
    assert rows.select("value", "unit", "property").rows() == [(3.0, "soldiers", "deaths")]


def test_people_who_are_but_somewhere_are_said_of_nobody_the_sentence_names(read):
    reading = read("en", "Siemens was watched by 300 people.")
    assert reading.quantities["subject_mention_id"].to_list() == [None]


def test_a_part_is_no_count_of_the_whole(read):
    reading = read("en", "14 of the 20 members of Siemens left.")
    rows = reading.quantities.select("value", "property").rows()
    assert rows == [(14.0, "part: 14"), (20.0, "size")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Angela Merkel, 68, went home."),
        ("fr", "Angela Merkel, une mère de famille de 68 ans, est venue."),
        ("it", "Angela Merkel, 68 anni, è arrivata."),
        ("es", "Angela Merkel, de 68 años, llegó."),
        ("nl", "Angela Merkel, 68 jaar oud, kwam."),
    ],
)
def test_an_apposition_tells_the_age_of_a_person(read, language, text):
    reading = read(language, text)
    [(mention, value, said)] = reading.quantities.select(
        "subject_mention_id", "value", "property"
    ).rows()
    assert (reading.surface(mention), value, said) == ("Angela Merkel", 68.0, "age: 68")


def test_a_sentence_of_a_hundred_thousand_years_is_no_age(read):
    properties = read("fr", "Angela Merkel, condamnée à 35 ans, est partie.").quantities["property"]
    assert "age: 35" not in properties.to_list()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Siemens trained for about 40,000 hours.", "duration: 40,000"),
        ("Siemens trained for 6 hours.", None),
        ("Siemens trained more than 3 times.", None),
    ],
)
def test_how_long_is_told_only_where_it_is_measured(read, text, said):
    assert read("en", text).quantities["property"].to_list() == [said]


def test_an_address_holds_no_percentages(read_alone):
    assert read_alone("en", "See https://example.org/?q=30%25%2020 for more.").height == 0


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    language=st.sampled_from(("de", "en", "es", "fr", "it", "nl", "pt")),
    text=st.lists(
        st.one_of(
            st.text(max_size=6),
            st.sampled_from(("more than", "12", "3.5", "million", "$", "€", "%", "cents", "İ")),
            st.sampled_from(("people", "killed", "-", "to", "and", "10 km", "1e9", "USD")),
        ),
        min_size=1,
        max_size=25,
    ).map(" ".join),
)
def test_whatever_stands_there_spans_are_exact(read_alone, language, text):
    for row in read_alone(language, text).to_dicts():
        assert text[row["start"] : row["end"]] == row["text"]
