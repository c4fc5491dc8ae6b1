"""What only a person knows of the seed tables."""

from warehouse.contracts.seed import ENTITY_TYPES
from warehouse.suites.expectation import Expectation, no_row, nothing_in

EXPECTATIONS: dict[str, tuple[Expectation, ...]] = {
    "seed_entities": (
        nothing_in(
            "a Wikidata item stands for one entity",
            "SELECT wikidata_id, count(*) AS entities FROM seed_entities "
            "WHERE wikidata_id IS NOT NULL GROUP BY wikidata_id HAVING count(*) > 1",
            "two entities of one item are one entity given twice",
        ),
        no_row(
            "seed_entities",
            "Wikidata ids are well formed",
            "NOT regexp_full_match(wikidata_id, 'Q[1-9][0-9]*')",
            "an id that is none cannot be looked up",
        ),
    ),
    "seed_entity_names": (
        no_row(
            "seed_entity_names",
            "names are trimmed",
            "name <> trim(name) OR name = ''",
            "a name with stray white space is found nowhere in a text",
        ),
        nothing_in(
            "every entity has a name",
            "SELECT e.entity_id FROM seed_entities e ANTI JOIN seed_entity_names n "
            "USING (entity_id)",
            "an entity without a name is never found",
            severity="warning",
        ),
    ),
    "seed_cue_words": (
        no_row(
            "seed_cue_words",
            "cues are trimmed",
            "cue <> trim(cue) OR cue = ''",
            "an empty cue would match everywhere",
        ),
        no_row(
            "seed_cue_words",
            "class nouns tell types of entity",
            f"kind = 'type_cue' AND coalesce(value, '') NOT IN {ENTITY_TYPES}",
            "a type that no entity has can be nobody's",
        ),
    ),
    "seed_units": (
        no_row(
            "seed_units",
            "subject types are types of entity",
            f"NOT list_has_all({[*ENTITY_TYPES, 'GROUP']}, string_split(subject_types, '|'))",
            "a type no entity has finds no subject; GROUP is an organisation that has members",
        ),
    ),
    "seed_memory": (
        no_row(
            "seed_memory",
            "both sides of a translation have words",
            "trim(text) = '' OR trim(translated) = ''",
            "an empty translation would erase a sentence",
        ),
    ),
}
