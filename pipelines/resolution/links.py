"""From mentions to entities: what each stands for in its article, and who bears that name."""

import polars as pl

from warehouse.contracts.frames import made_by


def core_links(core_namings: pl.DataFrame, core_names: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``core_links``: every mention has exactly one.

    A link is as sure as the less sure of its two steps, and says what decided both.
    """
    borne = core_names.select(
        "entity_id", full_id="name_id", name_score="score", name_why="why"
    )
    is_own = pl.col("entity_id") == pl.col("full_id")
    return (
        core_namings.join(borne, on="full_id")
        .select(
            "mention_id",
            "article_id",
            "entity_id",
            "name",
            "language",
            "type",
            score=pl.min_horizontal("score", "name_score"),
            why=pl.when(is_own).then("why").otherwise(pl.format("{}; {}", "why", "name_why")),
            **made_by("core_links", "resolver"),
        )
        .sort("mention_id")
    )
