"""Who said what, and what stands in quotation marks for other reasons."""

import pytest


@pytest.mark.parametrize(
    ("language", "text", "speaker", "quote"),
    [
        ("it", "«Il tempo non ha confini», ha detto Anna Velli.", "Anna Velli", None),
        ("fr", "« Nous opérons sous une bâche », ironise Hélène Darson.", "Hélène Darson", None),
        ("en", '"We are still searching," said Paul Marsh.', "Paul Marsh", None),
        ("de", "„Wir suchen noch immer“, sagte Paul Marsch.", "Paul Marsch", None),
        ("es", "«No nos vamos a rendir», dijo Ana Quintanar.", "Ana Quintanar", None),
        ("en", "IBM called it “a step in the right direction”.", "IBM", None),
        ("fr", "Selon Anna Velli, c'est « un premier pas dans le sable ».", "Anna Velli", None),
    ],
)
def test_a_quotation_has_its_speaker(read, language, text, speaker, quote):
    assert list(read(language, text).said().values()) == [speaker]


def test_the_person_is_meant_and_not_the_place_of_the_role(read):
    text = "«Adesso si costruisce», ha detto l'amministratore delegato di IBM, Marco Velli."
    assert read("it", text).said() == {"Adesso si costruisce": "Marco Velli"}


def test_a_speaker_inside_the_marks_parts_the_quotation(read):
    text = "« Nous sommes prêts, raconte Hélène Darson, infirmière. Hier, il a plu. »"
    assert read("fr", text).said() == {
        "Nous sommes prêts": "Hélène Darson",
        "Hier, il a plu.": "Hélène Darson",
    }


def test_a_part_of_a_quotation_begins_in_its_own_segment(read):
    text = "« Nous sommes prêts, raconte Hélène Darson, infirmière.  Hier, il a plu. »"
    reading = read("fr", text)
    starts = dict(reading.segments.select("segment_id", "start").rows())
    ends = dict(reading.segments.select("segment_id", "end").rows())
    for quote in reading.quotes.iter_rows(named=True):
        assert starts[quote["segment_id"]] <= quote["start"] < ends[quote["segment_id"]]
        assert text[quote["start"] : quote["end"]] == quote["text"].strip()


def test_a_pronoun_is_the_person_last_named(read):
    text = 'Paul Marsh runs the place. "Prices doubled overnight," he said.'
    assert read("en", text).said() == {"Prices doubled overnight,": "Paul Marsh"}


def test_a_quotation_goes_on_behind_its_attribution(read):
    text = "“We lost the deal,” said Paul Marsh. “Now we will win it back.”"
    assert set(read("en", text).said().values()) == {"Paul Marsh"}


def test_a_quotation_inside_another_is_no_second_one(read):
    text = "«Ho telefonato e ho detto: “Trattala bene”», ha raccontato Anna Velli."
    assert len(read("it", text).said()) == 1


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "La cosiddetta “gigafactory” aprirà a Torino."),
        ("it", "Il modello “Cirro-1” sarà pubblicato da IBM."),
        ("en", 'Paul Marsh said the label "hundred-year flood" had gone.'),
        ("fr", "La question des « petits » pays demeure."),
    ],
)
def test_names_and_words_at_arms_length_are_no_quotations(read, language, text):
    assert read(language, text).said() == {}
