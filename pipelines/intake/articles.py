"""From raw articles to articles: the body put right, and what is believed of it."""

import polars as pl

from pipelines.identity import text_hash
from pipelines.intake.repairs import repaired
from warehouse.contracts.frames import schema

#: Fields whose words are put right as the body's are, so that they are found in it.
_WORDS = ("title", "outlet", "author")
_DATE = ("published_from", "published_to", "published_precision", "published_zone")
#: A headline, and behind it what may be the outlet a page adds.
_TAILED = r"^(.*\S)\s+[|–—·-]\s+([^|–—]{1,40})$"


def core_articles(raw_articles: pl.DataFrame, core_metadata: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``core_articles``: bodies put right, each with its chosen metadata."""
    length = pl.col("body_end") - pl.col("body_start")
    raw_bodies = raw_articles.select(
        "body_start", raw_body=pl.col("text").str.slice(pl.col("body_start"), length)
    )
    bodies = repaired(raw_bodies["raw_body"], raw_bodies["body_start"])
    articles = raw_articles.with_columns(
        bodies["repairs"], body=bodies["text"], body_hash=text_hash(bodies["text"])
    )
    return (
        articles.drop("marked")
        .join(_marked(articles), on="article_id", how="left", maintain_order="left")
        .join(_believed(core_metadata), on="article_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("marked").fill_null([]), pl.col("published_precision").fill_null("unknown")
        )
        .select(*schema("core_articles"))
    )


def _believed(core_metadata: pl.DataFrame) -> pl.DataFrame:
    """Return what is chosen of each article, in columns; several authors as one text."""
    stated = core_metadata.filter("chosen").sort("article_id", "ordinal")
    fields = (*_WORDS, "address", "published")
    believed = stated.group_by("article_id", maintain_order=True).agg(
        *(_of(field, "value").str.join(", ").replace("", None).alias(field) for field in fields),
        *(_of("published", name).first().alias(name) for name in _DATE),
        published_source=_of("published", "source").first(),
    )
    none = pl.repeat(0, believed.height, dtype=pl.Int64, eager=True)
    return (
        believed.with_columns(
            repaired(believed[name], none)["text"].str.strip_chars().alias(name) for name in _WORDS
        )
        .with_columns(title=_without_outlet())
        .rename({"published": "published_declared"})
    )


def _of(field: str, column: str) -> pl.Expr:
    return pl.col(column).filter(pl.col("field") == field)


def _without_outlet() -> pl.Expr:
    """Return the title without the name of the outlet, where that is all that stands behind it."""
    tail = pl.col("title").str.extract(_TAILED, 2).str.to_lowercase()
    is_outlet = (tail == pl.col("outlet").str.to_lowercase()).fill_null(False)
    return pl.when(is_outlet).then(pl.col("title").str.extract(_TAILED)).otherwise("title")


def _marked(articles: pl.DataFrame) -> pl.DataFrame:
    """Return the marked stretches in offsets of the body; what lies outside it is left out."""
    repairs = (
        articles.select("article_id", "repairs")
        .explode("repairs")
        .drop_nulls()
        .unnest("repairs")
        .select(
            "article_id",
            "raw_start",
            meant_start="start",
            meant_end="end",
            raw_end=pl.col("raw_start") + pl.col("raw").str.len_chars(),
        )
        .sort("raw_start")
    )
    marks = (
        articles.select("article_id", "body_start", "body_end", "marked")
        .explode("marked")
        .drop_nulls()
        .unnest("marked")
        .with_columns(pl.col("start", "end").clip(pl.col("body_start"), pl.col("body_end")))
        .filter(pl.col("start") < pl.col("end"))
    )
    for bound in ("start", "end"):
        marks = _moved(marks, repairs, bound)
    return (
        marks.sort("article_id", "start", "end", "kind")
        .group_by("article_id", maintain_order=True)
        .agg(marked=pl.struct("kind", "start", "end"))
    )


def _moved(marks: pl.DataFrame, repairs: pl.DataFrame, bound: str) -> pl.DataFrame:
    """Return marks with one bound in offsets of the body: within a repair, that of the repair."""
    before = marks.sort(bound).join_asof(
        repairs,
        left_on=bound,
        right_on="raw_start",
        by="article_id",
        allow_exact_matches=bound == "start",
        check_sortedness=False,
    )
    inside = pl.col(bound) < pl.col("raw_end")
    return before.with_columns(
        pl.when(pl.col("raw_start").is_null())
        .then(pl.col(bound) - pl.col("body_start"))
        .when(inside)
        .then(f"meant_{bound}")
        .otherwise(pl.col("meant_end") + pl.col(bound) - pl.col("raw_end"))
        .alias(bound)
    ).drop("raw_start", "raw_end", "meant_start", "meant_end")
