"""From raw articles to articles: the body, its headline, and when it was published."""

import polars as pl

from pipelines.identity import text_hash
from pipelines.intake.publication import publication_interval

#: A headline is the first of several lines, short, and does not end like a sentence. The longest
#: headlines of news agencies stay under 160 characters.
_HEADLINE = r"\A([^\n]{3,160}[^\s.!?…:;,»”\"])[ \t]*\n"


def core_articles(raw_articles: pl.DataFrame, raw_files: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``core_articles`` for raw articles and the files they were found in."""
    files = raw_files.select("file_id", source_path="path", first_seen_at="landed_at")
    bodies = raw_articles.join(files, on="file_id").with_columns(
        body=pl.col("text").str.slice(
            pl.col("body_start"), pl.col("body_end") - pl.col("body_start")
        )
    )
    return bodies.select(
        "article_id",
        "source_path",
        "first_seen_at",
        "body",
        text_hash(bodies["body"]).alias("body_hash"),
        pl.coalesce("declared_title", pl.col("body").str.extract(_HEADLINE, 1)).alias("title"),
        pl.col("declared_outlet").alias("outlet"),
        publication_interval(pl.col("declared_published")).alias("published"),
        pl.col("declared_published").alias("published_declared"),
    ).unnest("published")
