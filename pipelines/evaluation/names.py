"""Entities: are they found where they are named, and told apart."""

import polars as pl

from pipelines.evaluation.gold import Gold
from pipelines.evaluation.published import Published
from pipelines.evaluation.tally import Tally, same_pairs, same_units


def entities(gold: Gold, published: Published) -> Tally:
    """Article × surface × type, each once however often it is named."""
    units = ("article", "surface", "type")
    return same_units(gold.surfaces.select(units), published.mentions.select(units), "type")


def links(gold: Gold, published: Published) -> Tally:
    """Pairs of article × surface that name one entity, over the surfaces that are found.

    A surface that is linked to several entities within an article counts by the most frequent.
    """
    linked = (
        published.mentions.join(gold.surfaces, on=["article", "surface"])
        .group_by("article", "surface", "entity", "entity_id")
        .len()
        .sort("len", "entity_id", descending=[True, False])
        .unique(["article", "surface"], keep="first", maintain_order=True)
        .with_columns(thing=pl.format("{} ({})", "surface", "article"))
    )
    return same_pairs(
        linked.select("thing", group="entity"), linked.select("thing", group="entity_id")
    )
