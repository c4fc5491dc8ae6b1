"""Who said what, and what stands in quotation marks for other reasons."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.extraction.quotes import core_quotes
from warehouse.contracts.frames import empty


@pytest.mark.parametrize(
    ("language", "text", "speaker", "quote"),
    [
        ("it", "«Il tempo non ha confini», ha detto Anna Velli.", "Anna Velli", None),
        ("fr", "« Nous opérons sous une bâche », ironise Hélène Darson.", "Hélène Darson", None),
        ("fr", "« Nous opérons sous une bâche », raconte M. Darson.", "Darson", None),
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
        ("en", 'Paul Marsh said the so-called "merger of two equals" was over.'),
    ],
)
def test_names_and_words_at_arms_length_are_no_quotations(read, language, text):
    assert read(language, text).said() == {}


@pytest.mark.parametrize(
    ("language", "text", "words", "speaker"),
    [
        ("en", "Paul Marsh said that the water was rising.", "Paul Marsh", "Paul Marsh"),
        ("fr", "Hélène Darson a déclaré que l'eau montait vite.", "Hélène Darson", "Hélène Darson"),
        ("it", "Anna Velli ha detto che l'acqua saliva in fretta.", "Anna Velli", "Anna Velli"),
        ("es", "Ana Quintanar dijo que el agua subía deprisa.", "Ana Quintanar", "Ana Quintanar"),
        ("en", "According to Paul Marsh, the water was rising fast.", "Paul Marsh", "Paul Marsh"),
    ],
)
def test_what_is_reported_without_marks_is_a_kind_of_its_own(read, language, text, words, speaker):
    reading = read(language, text)
    (row,) = reading.quotes.to_dicts()
    assert row["kind"] == "indirect"
    assert text[row["speaker_start"] : row["speaker_end"]] == words
    assert reading.surface(row["speaker_mention_id"]) == speaker
    assert text[row["start"] : row["end"]] == row["text"]


def test_who_says_something_else_in_the_next_clause_did_not_say_it(read):
    text = "IBM called it “a pivotal moment for the whole field,” while Meta stressed its speed."
    assert list(read("en", text).said().values()) == ["IBM"]


def test_what_somebody_did_not_say_is_not_reported(read):
    assert read("en", "Paul Marsh never said that the water was rising.").said() == {}


def test_a_quotation_of_several_paragraphs_has_one_speaker(read):
    text = "“The water rose.\n\n“We left at dawn,” said Paul Marsh."
    assert set(read("en", text).said()) == {"The water rose.", "We left at dawn,"}


def test_somebody_without_a_name_is_told_by_the_words_for_them(read):
    text = '"The bridge is gone, and the road with it," a tired driver said.'
    (row,) = read("en", text).quotes.to_dicts()
    assert row["speaker_mention_id"] is None
    assert text[row["speaker_start"] : row["speaker_end"]] == "a tired driver"


def test_a_title_before_a_name_does_not_end_the_sentence(read):
    assert read("en", '"We lost the bridge," Mr. Marsh said.').quotes.height == 1


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    language=st.sampled_from(("de", "en", "es", "fr", "it", "nl", "pt")),
    text=st.lists(
        st.one_of(
            st.text(max_size=5),
            st.sampled_from(("“", "”", "«", "»", '"', "''", "``", "\n", "?", ".", "İ")),
            st.sampled_from(("said", "that", "dit", "Paul", ",", "according to")),
        ),
        min_size=1,
        max_size=25,
    ).map(" ".join),
)
def test_whatever_stands_there_spans_are_exact(as_one_sentence, reference, language, text):
    mentions, roles = empty("core_mentions"), empty("core_roles")
    frames = as_one_sentence(language, text)
    quotes = core_quotes(*frames, mentions, roles, reference.seed_cue_words)
    for row in quotes.to_dicts():
        assert text[row["start"] : row["end"]] == row["text"]


def test_who_is_spoken_to_did_not_say_it(read):
    text = "Mario Rossi ha perso. «Ho telefonato ieri», ha raccontato ai cronisti."
    assert read("it", text).said() == {"Ho telefonato ieri": "Mario Rossi"}


def test_two_words_before_their_verb_open_a_quotation(read):
    text = "«Aspettiamo ancora», osserva Mario Rossi. «Questa volta», aggiunge, «tocca a loro ora.»"
    said = read("it", text).said()
    assert said == dict.fromkeys(
        ("Aspettiamo ancora", "Questa volta", "tocca a loro ora."), "Mario Rossi"
    )


@pytest.mark.parametrize(
    "verb",
    ["a-t-elle déclaré", "a-t-elle ajouté", "a-t-elle dit", "avait-elle dit",
     "s'est-elle exclamée"],
)
def test_a_pronoun_inside_the_verb_says_it(read, verb):
    reading = read("fr", f"Livia Carrandini est venue. « Nous sommes très contents », {verb}.")
    (quote,) = reading.quotes.rows(named=True)
    assert reading.body[quote["start"] : quote["end"]] == "Nous sommes très contents"
    assert quote["cue"] == verb
    assert quote["speaker_mention_id"] is not None
