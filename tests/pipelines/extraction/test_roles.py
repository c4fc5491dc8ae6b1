"""Who is or was what, where."""

import pytest


def test_an_apposition_names_a_role_and_where_it_is_held(read):
    reading = read("it", "Lo dice Livia Carrandini, presidente della Fondazione Lume.")
    held = ("Livia Carrandini", "president", "Fondazione Lume", "current")
    assert held in reading.positions()


def test_a_second_role_belongs_to_the_same_person(read):
    reading = read(
        "en",
        "“Good,” said Marta Lowell, president of IBM and former research director at Siemens.",
    )
    assert ("Marta Lowell", "research director", "Siemens", "former") in reading.positions()
    assert ("Marta Lowell", "president", "IBM", "current") in reading.positions()


def test_a_former_role_is_former_before_the_name_too(read):
    reading = read("fr", "Ancien directeur de Siemens, Jean Morvel rappelle les faits.")
    assert ("Jean Morvel", "director", "Siemens", "former") in reading.positions()


def test_who_moved_holds_the_role_at_the_new_place(read):
    reading = read("it", "Marco Velli, ex ricercatore di IBM e ora a Siemens, ne parla.")
    assert ("Marco Velli", "researcher", "IBM", "former") in reading.positions()
    assert ("Marco Velli", "researcher", "Siemens", "current") in reading.positions()


def test_a_role_may_have_no_organisation(read):
    reading = read("it", "Ha vinto l'ex sindaco Aldo Ferluganis.")
    assert ("Aldo Ferluganis", "mayor", None, "former") in reading.positions()


def test_a_role_phrase_before_a_pronoun_is_the_last_persons(read):
    reading = read(
        "en", "Peter Hallvard spoke first. A former engineer at Siemens, he left in 2015."
    )
    assert ("Peter Hallvard", "engineer", "Siemens", "former") in reading.positions()


def test_who_leads_is_a_leader(read):
    reading = read("en", "So said Anna Drummond, who leads IBM from Leeds.")
    assert ("Anna Drummond", "leader", "IBM", "current") in reading.positions()


def test_a_role_begins_with_a_whole_word(read):
    reading = read("en", "Jacob Oubina, the senior market analyst of Siemens, has left.")
    assert reading.roles["role"].to_list() == ["senior market analyst"]


def test_who_will_become_something_is_not_yet_that(read):
    reading = read("en", "Peter Hallvard, will become chairman of IBM.")
    assert reading.roles.is_empty()


def test_a_role_between_organisation_and_person_is_held_there(read):
    reading = read("en", "Siemens vice president Peter Hallvard spoke to reporters on Monday.")
    assert ("Peter Hallvard", "vice president", "Siemens", "current") in reading.positions()


def test_a_place_before_a_role_is_not_where_it_is_held(read):
    reading = read("en", "It was written by Boston lawyer Peter Hallvard.")
    assert ("Peter Hallvard", "lawyer", None, "current") in reading.positions()


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("From the outset President Peter Hallvard suspected him.", "President"),
        ("He met President Peter Hallvard in Rome.", "President"),
        ("They cut jobs, said chief executive Peter Hallvard.", "chief executive"),
        ("The plan is dead, deputy Prime Minister Peter Hallvard said.", "deputy Prime Minister"),
        ("The paper's managing editor, Peter Hallvard, has left.", "managing editor"),
        ("It was told by longtime CEO Peter Hallvard.", "longtime CEO"),
    ],
)
def test_a_verb_or_noun_before_a_role_is_no_part_of_it(read, text, role):
    assert read("en", text).roles["role"].to_list() == [role]


@pytest.mark.parametrize(
    ("text", "person", "role"),
    [
        ("Paul Marsh, head coach of Siemens, resigned.", "Paul Marsh", "head coach"),
        ("Jane Roe, executive chairman of IBM, resigned.", "Jane Roe", "executive chairman"),
        ("Secretary of State Jane Roe spoke.", "Jane Roe", "Secretary of State"),
    ],
)
def test_a_role_of_several_words_is_whole(read, text, person, role):
    assert {one[:2] for one in read("en", text).positions()} == {(person, role)}
