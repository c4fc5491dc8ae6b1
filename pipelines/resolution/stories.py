"""Which articles tell one story, and which of them are copies or translations of one origin.

Two articles tell one story if they speak of the same entities, those of the headline and the
opening weighing most, in the same days. Within a story an article is a copy if its text is, and a
translation if it names the same entities in the same order as one in another language; so
independence can be judged also where nothing has been translated.
"""

from typing import Any

import polars as pl
from rapidfuzz.distance import Indel

from pipelines.identity import digest
from pipelines.resolution.grouping import groups
from warehouse.contracts import table

RESOLVER = "stories"
#: Segments that open an article; a news lead says in them who and what it is about.
_OPENING = 4
_OPENING_WEIGHT = 2.0
#: Cosine from which two articles tell one story.
_ONE_STORY = 0.3
#: Features by which an article is compared: its heaviest, so that a long list of names weighs no
#: more than what it is about, and the cost of comparing stays bounded.
_FEATURES = 30
#: Days two dated articles of one story may lie apart.
_WINDOW_DAYS = 21
#: Jaccard of word 4-grams from which a text is another's near copy.
_NEAR_COPY = 0.6
#: Likeness of the sequences of entities from which a text is another's translation, and the
#: fewest mentions for that to be no accident.
_TRANSLATION, _FEWEST_MENTIONS = 0.8, 8
#: A translation has nearly as many sentences as its source.
_SENTENCES_RATIO = 0.75


def core_story_articles(
    core_articles: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_mentions: pl.DataFrame,
    core_links: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_story_articles``: every article is in exactly one story."""
    features = _features(core_articles, core_segments, core_mentions, core_links)
    alike = _alike(features, core_articles)
    articles = core_articles.sort("article_id")
    members = articles.with_columns(
        story=groups(articles["article_id"], alike.select("left", "right"))
    )
    copies = _copies(members, core_segments, core_languages, core_mentions, core_links)
    stories = _with_origins(members, copies)
    best = (
        pl.concat(
            [
                alike.select(article_id="left", likeness="score"),
                alike.select(article_id="right", likeness="score"),
            ]
        )
        .group_by("article_id")
        .agg(pl.col("likeness").max())
    )
    derivation = table("core_story_articles").derivation
    assert derivation is not None
    return (
        stories.join(best, on="article_id", how="left")
        .select(
            "article_id",
            "story_id",
            "origin_article_id",
            "copy_kind",
            score=pl.coalesce("copy_score", "likeness", 1.0).clip(0, 1),
            why=pl.coalesce(
                "copy_why",
                pl.when(pl.col("likeness").is_not_null()).then(pl.lit("same entities")),
                pl.lit("alone"),
            ),
            resolver=pl.lit(RESOLVER),
            resolver_version=pl.lit(derivation.version),
        )
        .sort("article_id")
    )


def core_stories(
    core_story_articles: pl.DataFrame,
    core_articles: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_translations: pl.DataFrame,
    core_mentions: pl.DataFrame,
    core_links: pl.DataFrame,
    core_entities: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_stories``: the headline in English of its earliest headed article.

    A story none of whose articles has a headline is called by its two most mentioned entities.
    """
    translated = core_translations.select("text_hash", "language", "translated")
    headlines = (
        core_segments.filter(pl.col("kind") == "title")
        .join(core_languages.select("segment_id", "language"), on="segment_id")
        .join(translated, on=["text_hash", "language"], how="left")
        .select("article_id", headline="translated")
        .drop_nulls()
    )
    dated = core_story_articles.join(core_articles, on="article_id")
    headed = (
        dated.join(headlines, on="article_id", how="left")
        .sort("published_from", "body_hash", nulls_last=True)
        .group_by("story_id")
        .agg(headline=pl.col("headline").drop_nulls().first())
    )
    chief = (
        core_mentions.select("mention_id", "article_id")
        .join(core_links.select("mention_id", "entity_id"), on="mention_id")
        .join(core_story_articles.select("article_id", "story_id"), on="article_id")
        .join(core_entities.select("entity_id", "name"), on="entity_id")
        .group_by("story_id", "name")
        .agg(named=pl.len())
        .sort("named", "name", descending=[True, False])
        .group_by("story_id", maintain_order=True)
        .agg(chief=pl.col("name").head(2).str.join(", "))
    )
    derivation = table("core_stories").derivation
    assert derivation is not None
    return (
        headed.join(chief, on="story_id", how="left")
        .select(
            "story_id",
            title_en=pl.coalesce("headline", "chief"),
            resolver=pl.lit(RESOLVER),
            resolver_version=pl.lit(derivation.version),
        )
        .sort("story_id")
    )


# -- one story -----------------------------------------------------------------------------


def _features(
    articles: pl.DataFrame, segments: pl.DataFrame, mentions: pl.DataFrame, links: pl.DataFrame
) -> pl.DataFrame:
    """Return article_id, entity_id, weight: unit vectors of the heaviest entities.

    Weights are tf-idf: 1 + ln(mentions), twice that in the opening, times ln(1 + N / articles).
    """
    opening = segments.filter(pl.col("kind") != "boilerplate").select(
        "segment_id", opens=pl.col("ordinal") < _OPENING
    )
    counted = (
        links.select("mention_id", "entity_id")
        .join(mentions.select("mention_id", "article_id", "segment_id"), on="mention_id")
        .join(opening, on="segment_id")
        .group_by("article_id", "entity_id")
        .agg(named=pl.len(), opens=pl.col("opens").any())
    )
    spread = counted.group_by("entity_id").agg(articles=pl.len())
    return (
        counted.join(spread, on="entity_id")
        .with_columns(
            weight=(1 + pl.col("named").log())
            * pl.when(pl.col("opens")).then(_OPENING_WEIGHT).otherwise(1.0)
            * (1 + articles.height / pl.col("articles")).log()
        )
        .sort("weight", "entity_id", descending=[True, False])
        .group_by("article_id", maintain_order=True)
        .head(_FEATURES)
        .with_columns(
            weight=pl.col("weight") / pl.col("weight").pow(2).sum().sqrt().over("article_id")
        )
        .select("article_id", "entity_id", "weight")
    )


def _alike(features: pl.DataFrame, articles: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of articles that tell one story: left < right, score."""
    other = features.rename({"article_id": "right", "weight": "weight_right"})
    pairs = (
        features.rename({"article_id": "left"})
        .join(other, on="entity_id")
        .filter(pl.col("left") < pl.col("right"))
        .group_by("left", "right")
        .agg(score=(pl.col("weight") * pl.col("weight_right")).sum(), shared=pl.len())
        .filter((pl.col("score") >= _ONE_STORY) & (pl.col("shared") >= 2))
    )
    same_text = articles.select("body_hash", left="article_id").join(
        articles.select("body_hash", right="article_id"), on="body_hash"
    ).filter(pl.col("left") < pl.col("right")).select("left", "right", score=pl.lit(1.0))
    dates = articles.select("article_id", "published_from", "published_to")
    return (
        pl.concat([pairs.drop("shared"), same_text])
        .group_by("left", "right").agg(pl.col("score").max())
        .join(dates, left_on="left", right_on="article_id")
        .join(dates, left_on="right", right_on="article_id", suffix="_right")
        .filter(_in_window())
        .select("left", "right", "score")
        .sort("left", "right")
    )


def _in_window() -> pl.Expr:
    """Say whether two publication intervals lie near enough; an unknown one could."""
    window = pl.duration(days=_WINDOW_DAYS)
    near = (pl.col("published_from") <= pl.col("published_to_right") + window) & (
        pl.col("published_from_right") <= pl.col("published_to") + window
    )
    return near.fill_null(value=True)


# -- one origin ----------------------------------------------------------------------------


def _copies(
    members: pl.DataFrame,
    segments: pl.DataFrame,
    languages: pl.DataFrame,
    mentions: pl.DataFrame,
    links: pl.DataFrame,
) -> pl.DataFrame:
    """Return the pairs of one origin within stories: left, right, kind, score, why."""
    told = _tellings(members, segments, languages, mentions, links)
    tellings = {telling["article_id"]: telling for telling in told.iter_rows(named=True)}
    rows = []
    for _, story in members.group_by("story"):
        articles = sorted(story["article_id"])
        for index, left in enumerate(articles):
            for right in articles[index + 1 :]:
                copy = _copy(tellings[left], tellings[right])
                if copy:
                    rows.append((left, right, *copy))
    names = ("left", "right", "kind", "score", "why")
    schema = {name: pl.Float64 if name == "score" else pl.String for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _tellings(
    members: pl.DataFrame,
    segments: pl.DataFrame,
    languages: pl.DataFrame,
    mentions: pl.DataFrame,
    links: pl.DataFrame,
) -> pl.DataFrame:
    """Return what copies are judged by: body_hash, language, sentences, entities, shingles."""
    content = segments.filter(pl.col("kind") != "boilerplate").join(
        languages.select("segment_id", "language"), on="segment_id"
    )
    sentences = content.group_by("article_id").agg(
        language=pl.col("language").mode().sort().first(),
        sentences=pl.len(),
        words=pl.col("text")
        .sort_by("ordinal")
        .str.to_lowercase()
        .str.extract_all(r"\w+")
        .list.explode(keep_nulls=False, empty_as_null=False),
    )
    entities = (
        mentions.join(links.select("mention_id", "entity_id"), on="mention_id")
        .sort("start")
        .group_by("article_id", maintain_order=True)
        .agg(entities=pl.col("entity_id"))
    )
    return (
        members.select("article_id", "body_hash")
        .join(sentences, on="article_id", how="left")
        .join(entities, on="article_id", how="left")
    )


def _copy(left: dict[str, Any], right: dict[str, Any]) -> tuple[str, float, str] | None:
    """Return kind, score and reason if two articles have one origin."""
    if left["body_hash"] == right["body_hash"]:
        return "copy", 1.0, "the same text"
    if left["language"] == right["language"]:
        overlap = _overlap(_shingles(left["words"]), _shingles(right["words"]))
        if overlap >= _NEAR_COPY:
            return "near_copy", overlap, f"{overlap:.0%} of their word 4-grams shared"
        return None
    ours, theirs = (one["entities"] or [] for one in (left, right))
    fewer, more = sorted(one["sentences"] or 0 for one in (left, right))
    if min(len(ours), len(theirs)) < _FEWEST_MENTIONS or fewer < _SENTENCES_RATIO * more:
        return None
    likeness = Indel.normalized_similarity(ours, theirs)
    if likeness < _TRANSLATION:
        return None
    return "translation", likeness, f"{likeness:.0%} of their entities in the same order"


def _shingles(words: list[str] | None) -> set[tuple[str, ...]]:
    tokens = words or []
    return set(zip(*(tokens[offset:] for offset in range(4)), strict=False))


def _overlap(left: set[tuple[str, ...]], right: set[tuple[str, ...]]) -> float:
    return len(left & right) / len(left | right) if left and right else 0.0


def _with_origins(members: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """Point each article to its origin, and name each story by its earliest origin's text.

    The origin is the earliest published of a group of copies; what is undated comes last, and
    between equals the text's hash decides, so that the order of arrival does not.
    """
    order = ["published_from", "published_to", "body_hash", "article_id"]
    grouped = members.with_columns(
        copies_of=groups(members["article_id"], copies.select("left", "right"))
    ).sort(order, nulls_last=True)
    grouped = grouped.with_columns(
        origin_article_id=pl.col("article_id").first().over("copies_of"),
        founder=pl.col("body_hash").first().over("story"),
    )
    both_ways = pl.concat(
        [
            copies.select(
                article_id=one,
                origin_article_id=other,
                copy_kind="kind",
                copy_score="score",
                copy_why="why",
            )
            for one, other in (("left", "right"), ("right", "left"))
        ]
    )
    founders = {text: "story_" + digest(text) for text in grouped["founder"].unique()}
    is_origin = pl.col("article_id") == pl.col("origin_article_id")
    return grouped.join(both_ways, on=["article_id", "origin_article_id"], how="left").with_columns(
        story_id=pl.col("founder").replace_strict(founders, return_dtype=pl.String),
        copy_kind=pl.when(is_origin)
        .then(pl.lit("original"))
        .otherwise(pl.col("copy_kind").fill_null("near_copy")),
        copy_why=pl.when(~is_origin).then(pl.col("copy_why").fill_null("copy of a copy")),
    )
