"""Who belongs to what, who founded it, and who does not."""

GROUP = "Open Tide Alliance"


def test_members_join_a_group_by_name(read):
    reading = read("en", f"IBM and Siemens have joined the {GROUP}.")
    assert reading.belonging() == {("IBM", GROUP, "member"), ("Siemens", GROUP, "member")}


def test_members_stand_behind_their_noun(read):
    reading = read("it", f"La {GROUP} è nata. Tra i membri figurano IBM, Siemens e Intel.")
    assert ("Siemens", GROUP, "member") in reading.belonging()


def test_founding_members_are_founders(read):
    reading = read("it", f"La {GROUP} è nata. Tra i membri fondatori figurano IBM e Siemens.")
    assert reading.belonging() == {("IBM", GROUP, "founder"), ("Siemens", GROUP, "founder")}


def test_who_founded_a_group_is_its_founder(read):
    reading = read("it", f"L'{GROUP}, fondata nel 2009 da IBM e da Siemens, cresce.")
    assert reading.belonging() == {("IBM", GROUP, "founder"), ("Siemens", GROUP, "founder")}


def test_who_joins_what_was_spoken_of_is_its_member(read):
    reading = read("fr", f"L'{GROUP} grandit. Siemens et IBM l'ont rejointe.")
    assert ("IBM", GROUP, "member") in reading.belonging()


def test_who_is_not_part_is_not_a_member(read):
    reading = read("en", f"The {GROUP} grows. Google, which builds Gemini, is not a member.")
    assert reading.belonging() == {("Google", GROUP, "not_member")}


def test_neither_is_the_next(read):
    reading = read("en", f"The {GROUP} grows. Google is not a member. Neither is Apple.")
    assert ("Apple", GROUP, "not_member") in reading.belonging()


def test_the_subject_may_stand_behind_the_denial(read):
    reading = read("it", f"Nasce l'{GROUP}. Non fa invece parte dell'alleanza il Met Office.")
    assert ("Met Office", GROUP, "not_member") in reading.belonging()


def test_an_exception_is_not_a_member(read):
    reading = read("fr", f"L'{GROUP} compte 60 adhérents, à l'exception notable de Google.")
    assert reading.belonging() == {("Google", GROUP, "not_member")}


def test_a_source_is_not_a_member(read):
    reading = read("it", f"Nasce l'{GROUP}. Secondo Reuters, hanno aderito 25 aziende.")
    assert reading.belonging() == set()


def test_without_a_group_nobody_is_a_member(read):
    assert read("en", "Neymar joined last month. IBM has joined.").belonging() == set()


def test_what_somebody_joined_is_no_member_of_the_group_spoken_of_before(read):
    reading = read(
        "en", "The Clean Air Alliance met in Rome. Peter Hallvard joined the IBM board in 1942."
    )
    assert reading.memberships.is_empty()
    reading = read("en", "The Clean Air Alliance met in Rome. Peter Hallvard joined IBM in 1942.")
    assert reading.memberships.is_empty()
