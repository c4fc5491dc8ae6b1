"""From mentions to entities: what each stands for in its article, and who bears that name."""

import polars as pl

from warehouse.contracts.frames import made_by


def core_links(core_namings: pl.DataFrame, core_names: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``core_links``: every mention has exactly one.

    A link is as sure as the less sure of its two steps, and says what decided both.
    """
    borne = core_names.select("entity_id", full_id="name_id", borne="score", borne_why="why")
    own = core_names.filter(pl.col("apart").list.len() > 0).select(
        "name_id", "apart", own_id="entity_id"
    )
    borne_by = pl.coalesce("entity_id", "full_id")
    refused = pl.col("apart").list.contains(borne_by).fill_null(value=False)
    is_own = pl.col("entity_id").fill_null(pl.col("full_id")) == pl.col("full_id")
    return (
        core_namings.join(borne, on="full_id", how="left")
        .join(own, on="name_id", how="left")
        .with_columns(
            entity_id=pl.when(refused).then("own_id").otherwise("entity_id"),
            full_id=pl.when(refused).then("name_id").otherwise("full_id"),
            why=pl.when(refused).then(pl.lit("judged different from the longer name"))
            .otherwise("why"),
        )
        .select(
            "mention_id",
            "article_id",
            "name",
            "language",
            "type",
            entity_id=pl.coalesce("entity_id", "full_id"),
            score=pl.min_horizontal("score", "borne"),
            why=pl.when(is_own).then("why").otherwise(pl.format("{}; {}", "why", "borne_why")),
            **made_by("core_links", "resolver"),
        )
        .sort("mention_id")
    )
