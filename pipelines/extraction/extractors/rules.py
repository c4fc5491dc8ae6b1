"""Rules and reference tables: no model, and what every other extractor is held against."""

import polars as pl

from pipelines.extraction.corpus import folded
from pipelines.extraction.extractor import PROPOSED, Proposal, Reading
from pipelines.extraction.mentions import core_mentions
from warehouse.contracts import table


class Rules:
    """Judges capitalised spans and known names by the evidence for them."""

    name = "rules"

    def version(self) -> str:
        """Return the version of the rules."""
        work = table("core_mentions").derivation
        return work.version if work else ""

    def unavailable(self) -> None:
        """Rules are always there."""

    def propose(self, reading: Reading) -> Proposal:
        """Return the mentions by rules."""
        found = core_mentions(
            reading.core_articles,
            reading.core_segments,
            reading.core_languages,
            reading.seed_entities,
            _within_reach(reading.seed_entity_names, reading.content["text"]),
            reading.seed_cue_words,
        )
        known = (
            reading.seed_entity_names.filter(~pl.col("ambiguous"))
            .join(reading.seed_entities.select("entity_id", "type"), on="entity_id")
            .select(name=_folded("name"), type="type", known=pl.lit(value=True))
            .unique()
        )
        rows = found.with_columns(name=_folded("surface")).join(
            known, on=["name", "type"], how="left", maintain_order="left"
        )
        return Proposal(rows.with_columns(pl.col("known").fill_null(value=False)).select(*PROPOSED))


#: From so many names on (a big open set) it is cheaper to leave out those that cannot occur than
#: to have all of them looked for.
_MANY = 30_000
_WORD = r"[\p{L}\p{N}]+"


def _within_reach(names: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
    """Return the names whose first and last word are in some text; of few names, all."""
    if names.height < _MANY:
        return names
    words = texts.str.extract_all(_WORD).explode().drop_nulls().unique().implode()
    first = pl.col("name").str.extract(rf"({_WORD})")
    last = pl.col("name").str.extract(rf"({_WORD})[^\p{{L}}\p{{N}}]*$")
    return names.filter(first.is_null() | (first.is_in(words) & last.is_in(words)))


def _folded(column: str) -> pl.Expr:
    return pl.col(column).map_batches(folded, return_dtype=pl.String)
