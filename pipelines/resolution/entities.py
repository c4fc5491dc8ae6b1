"""The entities that are in the news, and every name they go by."""

import polars as pl

from pipelines.identity import normalised
from pipelines.resolution.names import name_grammar
from warehouse.contracts.frames import made_by

#: The share of the articles about a person that must use a full name for it to be the canonical
#: one: news tells it once an article, and then the surname. What slipped in (*Trump Kim*) stays
#: below: over 300 articles the full names of 31 persons were in 0.46 to 1 of theirs, that in 0.29.
_CANONICAL = 0.4


def core_entities(
    core_links: pl.DataFrame,
    seed_entities: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_entities``.

    A minted entity is called by its most used English name, else by its most used name with the
    head word put into English, a person rather by a full name than by a surname; its type is the
    most frequent of its mentions'.
    """
    grammar = name_grammar(seed_cue_words)
    told_in = pl.col("article_id").n_unique().over("entity_id", "language")
    best = (
        core_links.with_columns(told_in=told_in)
        .group_by("entity_id", "language", "name", "type")
        .agg(used=pl.len(), share=pl.col("article_id").n_unique() / pl.col("told_in").first())
        .with_columns(
            english=pl.col("language") == "en",
            full=(pl.col("type") == "PERSON")
            & pl.col("name").str.contains(" ", literal=True)
            & (pl.col("share") >= _CANONICAL),
            length=pl.col("name").str.len_chars(),
        )
        .sort(
            ["entity_id", "english", "full", "used", "length", "name"],
            descending=[False, True, True, True, True, False],
        )
        .group_by("entity_id", maintain_order=True)
        .agg(
            attested=pl.col("name").first(),
            english=pl.col("english").first(),
            attested_type=pl.col("type").sort_by("used", "type", descending=[True, False]).first(),
        )
    )
    rendered = [
        name if english else grammar.english(name)
        for name, english in best.select("attested", "english").rows()
    ]
    return (
        best.with_columns(rendered=pl.Series(rendered, dtype=pl.String))
        .join(seed_entities, on="entity_id", how="left")
        .select(
            "entity_id",
            name=pl.coalesce("name", "rendered"),
            type=pl.coalesce("type", "attested_type"),
            wikidata_id="wikidata_id",
            origin=pl.when(pl.col("name").is_null())
            .then(pl.lit("minted"))
            .otherwise(pl.lit("reference")),
            **made_by("core_entities", "resolver"),
        )
        .sort("entity_id")
    )


def core_entity_names(
    core_links: pl.DataFrame,
    seed_entity_names: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_entity_names``: reference names, and those articles use."""
    attested = core_links.select(
        "entity_id", "language", "name", attested=pl.lit(value=True)
    ).unique()
    known = seed_entity_names.join(attested, on="entity_id", how="semi").select(
        "entity_id",
        "language",
        name=pl.col("name").map_elements(normalised, return_dtype=pl.String),
        attested=pl.lit(value=False),
    )
    return (
        pl.concat([attested, known])
        .group_by("entity_id", "language", "name")
        .agg(attested=pl.col("attested").any())
        .with_columns(
            **made_by("core_entity_names", "resolver"),
        )
        .sort("entity_id", "language", "name")
    )
