"""Which articles tell one story, and which are copies or translations of one origin.

Articles tell one story if on average they name the same entities and use the same words and
figures, rare ones and those of the opening weighing most, in the same days. How rare a word is, is
taken from the frequencies of its language at large (wordfreq; Speer 2022), not from the articles at
hand, so that what two articles have in common never changes because a third has arrived.

An article is a copy if its text is; and a translation of one in another language if names and
figures stand in both at the same places of the text, as they do in no independent account.
"""

import re
import unicodedata
from bisect import bisect_left
from functools import lru_cache
from statistics import fmean
from typing import Any

import polars as pl

from pipelines.identity import digest
from pipelines.resolution.grouping import alike_groups, groups
from pipelines.resolution.judgements import Judged
from warehouse.contracts.core import CONTENT_KINDS
from warehouse.contracts.frames import made_by

#: Segments that tell a story: a dateline says when and where, which tells two similar events apart.
_TELLING = (*CONTENT_KINDS, "dateline")
#: Segments that open an article; a news lead says in them who and what it is about.
_OPENING = 4
_OPENING_WEIGHT = 2.0
#: Entities say most about a story, capitalised words and figures are shared over languages, other
#: words tell apart two similar events of one language. Chosen with the four figures below on half
#: of the topics of ECB+ (benchmarks/stories.py), where one threshold serves both halves.
_WEIGHTS = {"entity": 1.0, "capital": 1.0, "figure": 1.0, "word": 0.5}
#: Zipf frequency (log10 of uses in a billion words) from which a word says nothing, and the power
#: to which its distance from that counts.
_COMMON, _POWER = 7.5, 1.5
#: A figure is as rare as a word of this distance: the same one twice is seldom chance.
_FIGURE = 7.0
_ONE_STORY = 0.25
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
#: Jaccard of word 4-grams from which a text is another's near copy; and the share of the shorter
#: one's, and their number, from which it is one with another lead or cut short.
_NEAR_COPY, _CONTAINED, _FEWEST_SHINGLES = 0.6, 0.8, 40
#: Likeness from which two articles are tried for one origin.
_ONE_ORIGIN = 0.15
#: A translation: at most this much shorter; so many of the names and figures in common near the
#: same place; and in place so large a part of all that the text with fewer has, less where they are
#: many. Of 1,323 pairs of versions of one text (NTREX-128) all but 3 % reach the figures, and none
#: of two texts; accounts of one event that are independent reach two thirds of the second.
_SHORTER, _IN_PLACE = 0.7, 0.75
_COVERED, _MANY, _MANY_COVERED = 0.35, 12, 0.22
#: How far apart, as a share of the text, is still the same place.
_NEAR = 0.08
_ANCHOR_LETTERS = 5
_ANCHOR = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_a-zà-öø-ÿ][^\W\d_]{2,}")
_WORDS = re.compile(r"\w+")

_Shingles = frozenset[tuple[str, ...]]


def core_story_articles(
    core_articles: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_mentions: pl.DataFrame,
    core_links: pl.DataFrame,
    core_duplicates: pl.DataFrame,
    seed_judgements: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_story_articles``: every article is in exactly one story."""
    judged = Judged.of("story", seed_judgements)
    told = _tellings(core_articles, core_segments, core_languages)
    uses = _uses(core_segments, core_mentions, core_links, told)
    alike = _alike(uses, core_articles.join(told.select("article_id", "language"), on="article_id"))
    copies = _copies(alike, told, core_duplicates)
    articles = core_articles.sort("article_id")
    story = alike_groups(
        articles["article_id"],
        alike,
        _ONE_STORY,
        joined=pl.concat([copies.select("left", "right"), judged.pairs()]),
        allows=judged.allows,
    )
    members = articles.with_columns(story=story)
    stories = _with_origins(members, _within(copies, members))
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
    within = _within(alike, members)
    return (
        pl.concat([within.select(article_id=side, likeness="score") for side in ("left", "right")])
        .group_by("article_id")
        .agg(pl.col("likeness").max())
    )


def _within(pairs: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of articles that are in one story."""
    story = members.select("article_id", "story")
    return (
        pairs.join(story, left_on="left", right_on="article_id")
        .join(story, left_on="right", right_on="article_id", suffix="_right")
        .filter(pl.col("story") == pl.col("story_right"))
        .select(pairs.columns)
        .sort("left", "right")
    )


# -- one story -----------------------------------------------------------------------------


def _uses(
    segments: pl.DataFrame, mentions: pl.DataFrame, links: pl.DataFrame, told: pl.DataFrame
) -> pl.DataFrame:
    """Return article_id, kind, feature, weight: what each article names and uses.

    Weights are those of the kind, times 1 + ln(uses), more in the opening, times how far the word
    is from the commonest of its language, to a power.
    """
    content = (
        segments.filter(pl.col("kind").is_in(_TELLING))
        .join(told.select("article_id", "language"), on="article_id")
        .select("segment_id", "article_id", "language", "text", opens=pl.col("ordinal") < _OPENING)
    )
    named = (
        links.select("mention_id", feature="entity_id")
        .join(mentions.select("mention_id", "segment_id", "surface"), on="mention_id")
        .join(content.drop("text"), on="segment_id")
        .select(
            "article_id", "opens", "language", "feature", said="surface", kind=pl.lit("entity")
        )
    )
    words = (
        content.select(
            "article_id", "opens", "language", said=pl.col("text").str.extract_all(r"[\p{L}\d]{2,}")
        )
        .explode("said", empty_as_null=False)
        .drop_nulls("said")
        .with_columns(kind=_kind_of_word())
        .drop_nulls("kind")
        .with_columns(pl.col("said").str.to_lowercase())
        .with_columns(
            feature=pl.when(pl.col("kind") == "word")
            .then(pl.col("said").str.slice(0, _STEM))
            .otherwise("said")
        )
    )
    columns = ["article_id", "kind", "feature", "said", "language", "opens"]
    counted = (
        pl.concat([named.select(columns), words.select(columns)])
        .group_by("article_id", "kind", "feature", "said", "language")
        .agg(uses=pl.len(), opens=pl.col("opens").any())
    )
    return (
        counted.join(_rarity(counted), on=["kind", "said", "language"])
        .group_by("article_id", "kind", "feature")
        .agg(
            uses=pl.col("uses").sum(),
            opens=pl.col("opens").any(),
            rarity=(pl.col("rarity") * pl.col("uses")).sum() / pl.col("uses").sum(),
        )
        .select(
            "article_id",
            "kind",
            feature=pl.format("{}:{}", "kind", "feature"),
            weight=pl.col("kind").replace_strict(_WEIGHTS)
            * (1 + pl.col("uses").log())
            * pl.when(pl.col("opens")).then(_OPENING_WEIGHT).otherwise(1.0)
            * pl.col("rarity").pow(_POWER),
        )
        .filter(pl.col("weight") > 0)
    )


def _rarity(counted: pl.DataFrame) -> pl.DataFrame:
    """Return kind, said, language and rarity: of a name that of its rarest word."""
    asked = counted.select("kind", "said", "language").unique()
    rarity = [
        _FIGURE
        if kind == "figure"
        else max(0.0, _COMMON - min(_zipf(word, language) for word in said.lower().split()))
        for kind, said, language in asked.rows()
    ]
    return asked.with_columns(rarity=pl.Series(rarity, dtype=pl.Float64))


@lru_cache(maxsize=200_000)
def _zipf(word: str, language: str) -> float:
    from wordfreq import zipf_frequency

    try:
        return zipf_frequency(word, language)
    except LookupError:  # a language it does not know
        return zipf_frequency(word, "en")


def _kind_of_word() -> pl.Expr:
    """Tell figures and capitalised words from other words; short ones of those say nothing."""
    return (
        pl.when(pl.col("said").str.contains(r"\d"))
        .then(pl.lit("figure"))
        .when(pl.col("said").str.contains(r"^\p{Lu}"))
        .then(pl.lit("capital"))
        .when(pl.col("said").str.len_chars() > 3)
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


def _copies(alike: pl.DataFrame, told: pl.DataFrame, duplicates: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of one origin: left, right, kind, score, why.

    Tried are articles that are somewhat alike, have one text, or are near duplicates.
    """
    tellings = {telling["article_id"]: telling for telling in told.iter_rows(named=True)}
    first = told.sort("article_id").select(
        right="article_id", left=pl.col("article_id").first().over("body_hash")
    )
    tried = pl.concat(
        [
            alike.filter(pl.col("score") >= _ONE_ORIGIN).select("left", "right"),
            first.filter(pl.col("left") != pl.col("right")).select("left", "right"),
            _ordered(duplicates.select(left="article_id", right="nearest_article_id")),
        ]
    ).unique()
    rows = [
        (left, right, *copy)
        for left, right in tried.sort("left", "right").rows()
        if (copy := _copy(tellings[left], tellings[right]))
    ]
    names = ("left", "right", "kind", "score", "why")
    schema = {name: pl.Float64 if name == "score" else pl.String for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _ordered(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select(
        left=pl.min_horizontal("left", "right"), right=pl.max_horizontal("left", "right")
    ).filter(pl.col("left") != pl.col("right"))


def _tellings(
    articles: pl.DataFrame, segments: pl.DataFrame, languages: pl.DataFrame
) -> pl.DataFrame:
    """Return what copies are judged by: body_hash, language, text without boilerplate."""
    content = segments.filter(pl.col("kind").is_in(CONTENT_KINDS)).join(
        languages.select("segment_id", "language"), on="segment_id"
    )
    sentences = (
        content.sort("article_id", "ordinal")
        .group_by("article_id", maintain_order=True)
        .agg(
            language=pl.col("language").mode().sort().first(),
            text=pl.col("text").str.join("\n"),
        )
    )
    return articles.select("article_id", "body_hash").join(sentences, on="article_id", how="left")


def _copy(left: dict[str, Any], right: dict[str, Any]) -> tuple[str, float, str] | None:
    """Return kind, score and reason if two articles have one origin."""
    if left["body_hash"] == right["body_hash"]:
        return "copy", 1.0, "the same text"
    if left["text"] is None or right["text"] is None:
        return None
    if left["language"] == right["language"]:
        return _near_copy(_shingles(left["text"]), _shingles(right["text"]))
    return _translation(left["text"], right["text"])


@lru_cache(maxsize=20_000)
def _shingles(text: str) -> _Shingles:
    words = _WORDS.findall(text.lower())
    return frozenset(zip(*(words[offset:] for offset in range(4)), strict=False))


def _near_copy(left: _Shingles, right: _Shingles) -> tuple[str, float, str] | None:
    shared, fewest = len(left & right), min(len(left), len(right))
    if not shared:
        return None
    overlap, contained = shared / len(left | right), shared / fewest
    if overlap >= _NEAR_COPY:
        return "near_copy", overlap, f"{overlap:.0%} of their word 4-grams shared"
    if contained >= _CONTAINED and fewest >= _FEWEST_SHINGLES:
        return "near_copy", contained, f"{contained:.0%} of the shorter one's word 4-grams shared"
    return None


def _translation(left: str, right: str) -> tuple[str, float, str] | None:
    shorter, longer = sorted((len(left), len(right)))
    if shorter < _SHORTER * longer:
        return None
    ours, theirs = _anchors(left), _anchors(right)
    apart = [
        distance
        for anchor in sorted(ours.keys() & theirs.keys())
        for distance in _distances(ours[anchor], theirs[anchor])
    ]
    near = sum(distance <= _NEAR for distance in apart)
    fewest = min(sum(map(len, ours.values())), sum(map(len, theirs.values())))
    covered = _MANY_COVERED if near >= _MANY else _COVERED
    if not near or near < _IN_PLACE * len(apart) or near < covered * fewest:
        return None
    share = near / len(apart)
    why = f"{near} of {len(apart)} common names and figures at the same places of the text"
    return "translation", share * (1 - fmean(apart)), why


@lru_cache(maxsize=20_000)
def _anchors(text: str) -> dict[str, list[float]]:
    """Return names and figures of a text and where they stand, as shares of its length."""
    found: dict[str, list[float]] = {}
    for match in _ANCHOR.finditer(text):
        word = match[0]
        if word[0].isdigit():
            anchor = word.replace(".", "").replace(",", "")
        else:
            plain = unicodedata.normalize("NFKD", word.casefold())
            letters = (letter for letter in plain if not unicodedata.combining(letter))
            anchor = "".join(letters)[:_ANCHOR_LETTERS]
        found.setdefault(anchor, []).append(match.start() / len(text))
    return found


def _distances(ours: list[float], theirs: list[float]) -> list[float]:
    """Return how far apart the uses of an anchor stand: one by one, or each of the fewer from the
    nearest of the more.
    """
    if len(ours) == len(theirs):
        return [abs(one - other) for one, other in zip(ours, theirs, strict=True)]
    few, many = sorted((ours, theirs), key=len)
    apart = []
    for place in few:
        at = bisect_left(many, place)
        apart.append(min(abs(place - other) for other in many[max(at - 1, 0) : at + 1]))
    return apart


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
