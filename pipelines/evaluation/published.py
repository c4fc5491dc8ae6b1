"""The published marts in the gold's words: its articles by its short names, its entities by its.

A published entity is the gold entity that most surfaces linked to it name: what it is called in the
marts does not matter.
"""

from dataclasses import dataclass

import polars as pl

from pipelines.evaluation.gold import Gold
from pipelines.identity import normalised

#: Keeps an entity the gold does not know from being taken for one of that name which it does.
_STRANGER = " (unknown to the gold)"


@dataclass(frozen=True)
class Marts:
    """Rows of the marts, with their columns; those of other articles than the gold's may be in."""

    articles: pl.DataFrame
    segments: pl.DataFrame
    mentions: pl.DataFrame
    quotes: pl.DataFrame
    memberships: pl.DataFrame
    roles: pl.DataFrame
    claims: pl.DataFrame
    timeline: pl.DataFrame


@dataclass(frozen=True)
class Published:
    """What is published of the gold's articles."""

    #: article, body, language, published, precision, title, story, origin
    articles: pl.DataFrame
    #: article, start, end
    boilerplate: pl.DataFrame
    #: article, surface, type, entity_id, start
    mentions: pl.DataFrame
    #: group, member, status
    memberships: pl.DataFrame
    #: person, role, organization, status
    roles: pl.DataFrame
    #: article, text, speaker, statement
    quotes: pl.DataFrame
    #: claim, subject, verdict
    claims: pl.DataFrame
    #: claim, relation, value
    accounts: pl.DataFrame
    #: claim, article, start, end, text
    passages: pl.DataFrame
    #: article, date_from, date_to, inferred_from
    happenings: pl.DataFrame


def known_articles(gold: Gold, mart_articles: pl.DataFrame) -> pl.DataFrame:
    """Return article and article_id of the gold's articles that are published, by file name.

    Of a file that was edited, the version seen last.
    """
    return (
        mart_articles.with_columns(file=pl.col("source_path").str.split("/").list.last())
        .join(gold.articles.select("article", "file"), on="file")
        .sort("first_seen_at", "article_id", descending=[True, False])
        .unique("article", keep="first", maintain_order=True)
        .select("article", "article_id")
        .sort("article")
    )


def seen(gold: Gold, marts: Marts) -> Published:
    """Return what the marts say of the gold's articles, in the gold's words."""
    known = known_articles(gold, marts.articles)
    mentions = (
        marts.mentions.join(known, on="article_id")
        .with_columns(_as_compared("surface"))
        .select("article", "surface", "type", "entity_id", "start")
    )
    words = _Words(known, _gold_names(gold, mentions))
    claims = words.rename(marts.claims, "subject").select(
        "subject", "accounts", "evidence", "verdict", claim="claim_id"
    )
    passages = words.passages(claims)
    claims = claims.join(passages, on="claim", how="semi")
    return Published(
        articles=marts.articles.join(known, on="article_id").select(
            "article",
            "body",
            "language",
            _as_compared("title"),
            published="published_from",
            precision="published_precision",
            story="story_id",
            origin="origin_article_id",
        ),
        boilerplate=marts.segments.filter(pl.col("kind") == "boilerplate")
        .join(known, on="article_id")
        .select("article", "start", "end"),
        mentions=mentions,
        memberships=words.told(words.rename(marts.memberships, "group", "member"))
        .select("group", "member", "status")
        .unique(maintain_order=True),
        roles=words.told(words.rename(marts.roles, "person", "organization"))
        .select("person", "organization", "status", role=pl.coalesce("role_en", "role"))
        .unique(maintain_order=True),
        # A gold file tells what stands in quotation marks.
        quotes=words.rename(marts.quotes.filter(pl.col("kind") != "indirect"), "speaker")
        .join(known, on="article_id")
        .sort("article", "start")
        .select("article", _as_compared("text"), "speaker", statement="statement_id"),
        claims=claims.select("claim", "subject", "verdict"),
        accounts=claims.select("claim", "accounts")
        .explode("accounts")
        .unnest("accounts")
        .select("claim", "relation", "value"),
        passages=passages.select("claim", "article", "start", "end", "text"),
        happenings=words.passages(marts.timeline).select(
            "article", "date_from", "date_to", "inferred_from"
        ),
    )


@dataclass(frozen=True)
class _Words:
    """The gold's names of articles, and of published entities."""

    articles: pl.DataFrame
    entities: pl.DataFrame

    def rename(self, mart: pl.DataFrame, *parts: str) -> pl.DataFrame:
        """Add for each part, such as ``member``, the gold's name of its entity."""
        for part in parts:
            names = self.entities.rename({"entity_id": f"{part}_entity_id"})
            mart = (
                mart.join(names, on=f"{part}_entity_id", how="left")
                .with_columns(pl.coalesce("entity", pl.col(f"{part}_name") + _STRANGER).alias(part))
                .drop("entity")
            )
        return mart

    def passages(self, mart: pl.DataFrame) -> pl.DataFrame:
        """Return a row for each passage of evidence in the gold's articles."""
        return (
            mart.explode("evidence")
            .unnest("evidence")
            .join(self.articles, on="article_id")
            .unique(maintain_order=True)
        )

    def told(self, mart: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that rest on a passage of the gold's articles."""
        ids = self.articles["article_id"].implode()
        told = pl.col("evidence").list.eval(pl.element().struct.field("article_id").is_in(ids))
        return mart.filter(told.list.any())


def _gold_names(gold: Gold, mentions: pl.DataFrame) -> pl.DataFrame:
    """Return entity_id and the gold entity that most of its surfaces, then mentions, name."""
    return (
        mentions.join(gold.surfaces.drop("type"), on=["article", "surface"])
        .group_by("entity_id", "entity")
        .agg(surfaces=pl.struct("article", "surface").n_unique(), mentions=pl.len())
        .sort("surfaces", "mentions", "entity", descending=[True, True, False])
        .unique("entity_id", keep="first", maintain_order=True)
        .select("entity_id", "entity")
    )


def _as_compared(column: str) -> pl.Expr:
    return pl.col(column).map_elements(normalised, return_dtype=pl.String)
