"""Which articles tell one story, and which are copies or translations of one origin.

Articles tell one story if on average they name the same entities and use the same words, those of
the opening weighing most, in the same days. Within a story an article is a copy if its text is,
and a translation if it names the same entities in the same order as one in another language; so
independence can be judged also where nothing has been translated.
"""

from typing import Any

import polars as pl
from rapidfuzz.distance import Indel

from pipelines.identity import digest
from pipelines.resolution.grouping import alike_groups, groups
from warehouse.contracts.core import CONTENT_KINDS
from warehouse.contracts.frames import made_by

#: Segments that open an article; a news lead says in them who and what it is about.
_OPENING = 4
_OPENING_WEIGHT = 2.0
#: Entities say most about a story, capitalised words and figures are shared over languages, other
#: words tell apart two similar events of one language. Chosen on 1,400 articles of known stories
#: (benchmarks/stories.py): B-cubed F 0.91 in English, 0.85 over seven languages.
_WEIGHTS = {"entity": 1.0, "capital": 0.7, "word": 0.4}
_ONE_STORY = 0.2
#: A pair less alike than this adds nothing to an average worth keeping.
_LEAST = 0.02
#: Over two languages only entities, capitalised words and figures are compared; on those alone
#: unrelated articles are more alike, by about this factor.
_OVER_LANGUAGES = 0.8
#: Letters by which words are compared: a cheap stem for languages that inflect at the end.
_STEM = 6
#: Features by which an article is compared: its heaviest, so that the cost stays bounded.
_FEATURES = 100
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
    uses = _uses(core_articles, core_segments, core_mentions, core_links)
    told = _tellings(core_articles, core_segments, core_languages, core_mentions, core_links)
    alike = _alike(uses, core_articles.join(told.select("article_id", "language"), on="article_id"))
    articles = core_articles.sort("article_id")
    members = articles.with_columns(
        story=alike_groups(articles["article_id"], alike, _ONE_STORY)
    )
    copies = _copies(members, told)
    stories = _with_origins(members, copies)
    best = _best_likeness(members, alike)
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
                pl.when(pl.col("likeness").is_not_null()).then(pl.lit("same entities and words")),
                pl.lit("alone"),
            ),
            **made_by("core_story_articles", "resolver"),
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
    return (
        headed.join(chief, on="story_id", how="left")
        .select(
            "story_id",
            title_en=pl.coalesce("headline", "chief"),
            **made_by("core_stories", "resolver"),
        )
        .sort("story_id")
    )


def _best_likeness(members: pl.DataFrame, alike: pl.DataFrame) -> pl.DataFrame:
    """Return article_id and likeness: to the article of the same story it is most like."""
    story = members.select("article_id", "story")
    within = (
        alike.join(story, left_on="left", right_on="article_id")
        .join(story, left_on="right", right_on="article_id", suffix="_right")
        .filter(pl.col("story") == pl.col("story_right"))
    )
    return (
        pl.concat([within.select(article_id=side, likeness="score") for side in ("left", "right")])
        .group_by("article_id")
        .agg(pl.col("likeness").max())
    )


# -- one story -----------------------------------------------------------------------------


def _uses(
    articles: pl.DataFrame, segments: pl.DataFrame, mentions: pl.DataFrame, links: pl.DataFrame
) -> pl.DataFrame:
    """Return article_id, kind, feature, weight: what each article names and uses.

    Weights are tf-idf: 1 + ln(uses), more in the opening, times ln(1 + N / articles that use it).
    """
    content = segments.filter(pl.col("kind").is_in(CONTENT_KINDS)).with_columns(
        opens=pl.col("ordinal") < _OPENING
    )
    named = (
        links.select("mention_id", feature="entity_id")
        .join(mentions.select("mention_id", "segment_id"), on="mention_id")
        .join(content.select("segment_id", "article_id", "opens"), on="segment_id")
        .select("article_id", "opens", "feature", kind=pl.lit("entity"))
    )
    words = (
        content.select("article_id", "opens", word=pl.col("text").str.extract_all(r"[\p{L}\d]{2,}"))
        .explode("word", empty_as_null=False)
        .drop_nulls("word")
        .with_columns(kind=_kind_of_word())
        .drop_nulls("kind")
        .select("article_id", "opens", feature=pl.col("word").str.to_lowercase(), kind="kind")
        .with_columns(
            feature=pl.when(pl.col("kind") == "word")
            .then(pl.col("feature").str.slice(0, _STEM))
            .otherwise("feature")
        )
    )
    counted = (
        pl.concat([named, words])
        .group_by("article_id", "kind", "feature")
        .agg(uses=pl.len(), opens=pl.col("opens").any())
    )
    return counted.with_columns(articles=pl.len().over("kind", "feature")).select(
        "article_id",
        "kind",
        feature=pl.format("{}:{}", "kind", "feature"),
        weight=pl.col("kind").replace_strict(_WEIGHTS)
        * (1 + pl.col("uses").log())
        * pl.when(pl.col("opens")).then(_OPENING_WEIGHT).otherwise(1.0)
        * (1 + articles.height / pl.col("articles")).log(),
    )


def _kind_of_word() -> pl.Expr:
    """Tell capitalised words and figures from other words; short ones of those say nothing."""
    return (
        pl.when(pl.col("word").str.contains(r"^[\p{Lu}\d]"))
        .then(pl.lit("capital"))
        .when(pl.col("word").str.len_chars() > 3)
        .then(pl.lit("word"))
    )


def _alike(uses: pl.DataFrame, articles: pl.DataFrame) -> pl.DataFrame:
    """Return how alike pairs of articles near in time are: left < right, score.

    ``articles`` has article_id, language and the publication interval.
    """
    about = articles.select("article_id", "language", "published_from", "published_to")
    one_language = pl.col("language") == pl.col("language_right")
    within = _cosines(uses, about).filter(one_language)
    over = _cosines(uses.filter(pl.col("kind") != "word"), about).filter(~one_language)
    return (
        pl.concat([within, over.with_columns(score=pl.col("score") * _OVER_LANGUAGES)])
        .filter(_in_window() & (pl.col("score") >= _LEAST))
        .select("left", "right", "score")
        .sort("left", "right")
    )


def _cosines(uses: pl.DataFrame, about: pl.DataFrame) -> pl.DataFrame:
    """Return the cosine of each pair of articles over their heaviest features; adds ``about``."""
    vectors = (
        uses.sort("weight", "feature", descending=[True, False])
        .group_by("article_id", maintain_order=True)
        .head(_FEATURES)
        .select(
            "feature",
            left="article_id",
            weight=pl.col("weight") / pl.col("weight").pow(2).sum().sqrt().over("article_id"),
        )
    )
    others = vectors.rename({"left": "right", "weight": "weight_right"})
    return (
        vectors.join(others, on="feature")
        .filter(pl.col("left") < pl.col("right"))
        .group_by("left", "right")
        .agg(score=(pl.col("weight") * pl.col("weight_right")).sum())
        .join(about, left_on="left", right_on="article_id")
        .join(about, left_on="right", right_on="article_id", suffix="_right")
    )


def _in_window() -> pl.Expr:
    """Say whether two publication intervals lie near enough; an unknown one could."""
    window = pl.duration(days=_WINDOW_DAYS)
    near = (pl.col("published_from") <= pl.col("published_to_right") + window) & (
        pl.col("published_from_right") <= pl.col("published_to") + window
    )
    return near.fill_null(value=True)


# -- one origin ----------------------------------------------------------------------------


def _copies(members: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of one origin within stories: left, right, kind, score, why."""
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
    articles: pl.DataFrame,
    segments: pl.DataFrame,
    languages: pl.DataFrame,
    mentions: pl.DataFrame,
    links: pl.DataFrame,
) -> pl.DataFrame:
    """Return what copies are judged by: body_hash, language, sentences, words, entities."""
    content = segments.filter(pl.col("kind").is_in(CONTENT_KINDS)).join(
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
        articles.select("article_id", "body_hash")
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
