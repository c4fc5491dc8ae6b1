"""From spans found in segments to rows of a fact table: the one tail of all extractors."""

from collections.abc import Sequence

import polars as pl

from warehouse.contracts import table
from warehouse.contracts.frames import empty, made_by, schema


def facts(
    name: str,
    found: Sequence[pl.DataFrame],
    core_articles: pl.DataFrame,
    core_segments: pl.DataFrame,
    mint: pl.Expr,
) -> pl.DataFrame:
    """Return the rows of a fact table for what was found in each language.

    ``found`` has article_id, start, end and the table's own columns; ``mint`` makes its key. Added
    are the text, cut from the body; the segment in which the span begins; and the maker's stamp.
    Of several rows with one key the first stays.
    """
    (key,) = table(name).key
    columns = list(schema(name))
    cut = columns[columns.index("end") + 1]
    if not found:
        return empty(name)
    begins = core_segments.select("article_id", "segment_id", begins="start").sort(
        "article_id", "begins"
    )
    return (
        pl.concat(found)
        .drop("segment_id", strict=False)
        .join(core_articles.select("article_id", "body"), on="article_id", maintain_order="left")
        .with_row_index("found_at")
        .sort("article_id", "start")
        .join_asof(
            begins, left_on="start", right_on="begins", by="article_id", check_sortedness=False
        )
        .sort("found_at")
        .with_columns(
            pl.col("body").str.slice("start", pl.col("end") - pl.col("start")).alias(cut),
            mint.alias(key),
            **made_by(name, "extractor"),
        )
        .select(columns)
        .unique(key, keep="first", maintain_order=True)
        .sort("article_id", "start", "end", key)
    )
