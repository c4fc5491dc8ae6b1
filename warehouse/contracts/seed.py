"""Seed tables: what is given, loaded from `seeds/`."""

from warehouse.contracts.table import Column, Table

ENTITY_TYPES = ("PERSON", "ORG", "GPE", "LOC", "PRODUCT", "EVENT")

seed_entities = Table(
    "seed_entities",
    "one known entity",
    (
        Column("entity_id", "VARCHAR", "stable slug"),
        Column("type", "VARCHAR", "type of entity", values=ENTITY_TYPES),
        Column("kind", "VARCHAR", "finer kind: company, university, model, city"),
        Column("name", "VARCHAR", "canonical English name"),
        Column("wikidata_id", "VARCHAR", "Wikidata item, where certain", nullable=True),
    ),
    key=("entity_id",),
)

seed_entity_names = Table(
    "seed_entity_names",
    "one name of a known entity in one language",
    (
        Column("entity_id", "VARCHAR", "the entity", references="seed_entities.entity_id"),
        Column("language", "VARCHAR", "ISO 639-1, or mul where all languages share it"),
        Column("name", "VARCHAR", "the name as running text has it"),
        Column("ambiguous", "BOOLEAN", "also an ordinary word: trusted only with other evidence"),
    ),
    key=("entity_id", "language", "name"),
)

seed_cue_words = Table(
    "seed_cue_words",
    "one cue of one kind in one language",
    (
        Column("language", "VARCHAR", "ISO 639-1, or mul where all languages share it"),
        Column("kind", "VARCHAR", "what the cue is evidence of"),
        Column("cue", "VARCHAR", "the words"),
        Column("value", "VARCHAR", "what it stands for, by kind", nullable=True),
    ),
    key=("language", "kind", "cue"),
)

seed_units = Table(
    "seed_units",
    "one counted noun in one language",
    (
        Column("language", "VARCHAR", "ISO 639-1, or mul where all languages share it"),
        Column("noun", "VARCHAR", "the noun as counted in running text"),
        Column("unit", "VARCHAR", "the unit it stands for"),
        Column("property", "VARCHAR", "what a number of it says of its subject"),
        Column("subject_types", "VARCHAR", "types its subject may have, best first, by |"),
        Column("compared", "BOOLEAN", "whether two numbers of one subject must agree"),
    ),
    key=("language", "noun"),
)

seed_memory = Table(
    "seed_memory",
    "one remembered translation of one text, in one context",
    (
        Column("text_hash", "VARCHAR", "hash of the normalised source text"),
        Column("language", "VARCHAR", "language of the source text"),
        Column("target", "VARCHAR", "language of the translation"),
        Column("text", "VARCHAR", "source text"),
        Column("translated", "VARCHAR", "its translation"),
        Column("context", "VARCHAR", "kind of segment it holds for; empty: for all"),
        Column("reviewed", "BOOLEAN", "a person vouches for it: it beats any machine's"),
        Column("file", "VARCHAR", "the file it was read from"),
    ),
    key=("text_hash", "language", "target", "context"),
)

JUDGEMENTS = ("same", "different", "unsure")
JUDGED = ("entity", "story", "statement")

seed_judgements = Table(
    "seed_judgements",
    "one decision of a reviewer on two things of one kind",
    (
        Column("kind", "VARCHAR", "what is judged", values=JUDGED),
        Column("left", "VARCHAR", "name_id of an entity, article_id, or quote_id"),
        Column("right", "VARCHAR", "the other"),
        Column("judgement", "VARCHAR", "what they are", values=JUDGEMENTS),
        Column("judged_by", "VARCHAR", "who says so"),
        Column("judged_at", "VARCHAR", "when, ISO 8601 in UTC"),
        Column("withdrawn_at", "VARCHAR", "when it was taken back", nullable=True),
        Column("note", "VARCHAR", "why", nullable=True),
    ),
    key=("kind", "left", "right", "judged_at"),
)

TABLES = (
    seed_entities,
    seed_entity_names,
    seed_cue_words,
    seed_units,
    seed_memory,
    seed_judgements,
)
