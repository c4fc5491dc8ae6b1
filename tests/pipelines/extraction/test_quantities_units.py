"""The table of counted nouns, and the verbs that stand for some of them."""

import polars as pl
import pytest

from tests.pipelines.extraction.conftest import LANGUAGES


@pytest.fixture(scope="module")
def units(reference) -> pl.DataFrame:
    return reference.seed_units


def test_what_is_counted_has_one_name_in_all_languages(units):
    """Else the same count of two newsrooms would be two claims."""
    spoken = units.group_by("property").agg(pl.col("language").unique())
    missing = {
        name: sorted(set(LANGUAGES) - set(languages))
        for name, languages in spoken.rows()
        if "mul" not in languages and not set(LANGUAGES) <= set(languages)
    }
    assert missing == {}


def test_a_property_is_of_the_same_and_compared_alike_whatever_the_noun(units):
    said = units.group_by("property").agg(pl.struct("subject_types", "compared").n_unique())
    assert said.filter(pl.col("subject_types") > 1).height == 0


def test_a_noun_counts_one_thing_however_it_is_written(units):
    written = units.with_columns(pl.col("noun").str.to_lowercase())
    counted = written.group_by("language", "noun").agg(pl.struct("unit", "property").n_unique())
    assert counted.filter(pl.col("unit") > 1).height == 0


def test_different_things_of_one_property_are_told_apart_by_their_unit(units):
    """Soldiers who died are no count of all the dead; nobody is both, so no unit has two names."""
    alone = units.filter(pl.col("unit") != "people").group_by("unit").agg(
        pl.col("property").unique()
    )
    assert alone.filter(pl.col("property").list.len() > 1).height == 0


def test_verbs_stand_for_nouns_of_the_table(units, reference):
    verbs = reference.seed_cue_words.filter(
        pl.col("kind").is_in(["counting_verb", "counted_verb", "counted_participle"])
    ).select("language", "cue", noun=pl.col("value").str.to_lowercase())
    nouns = units.select("language", noun=pl.col("noun").str.to_lowercase())
    assert verbs.join(nouns, on=["language", "noun"], how="anti").rows() == []


def test_what_goes_its_own_course_is_a_property_of_the_table(units, reference):
    courses = reference.seed_cue_words.filter(kind="course")["cue"]
    assert set(courses) <= set(units["property"])
