"""Which articles tell one story, and which are copies or translations of one origin.

Articles tell one story if on average they name the same entities and use the same words and
figures, rare ones and those of the opening weighing most, in the same days. How rare a word is, is
taken from the frequencies of its language at large (wordfreq; Speer 2022), not from the articles at
hand, so that what two articles have in common never changes because a third has arrived. Where an
embedding model is installed, how near their openings are in meaning raises or lowers that.

So a night costs what is new: features are of one article, likeness is of two, and whatever joins
articles, by however long a chain, is among the pairs of one component, which is resolved by itself.
"""

import polars as pl

from pipelines.identity import digest
from pipelines.resolution.embeddings import Meanings
from pipelines.resolution.frequencies import zipf
from pipelines.resolution.grouping import alike_groups, groups
from pipelines.resolution.judgements import Judged
from warehouse.contracts.core import CONTENT_KINDS, STORY_DAYS
from warehouse.contracts.frames import made_by, schema

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
#: Likeness on average from which articles are one story.
_ONE_STORY = 0.25
#: A pair less alike than this is as good as unlike: with such pairs left out the stories of ECB+
#: are the better for it. From it on, two articles are also tried for one origin.
_LEAST = 0.15
#: Likeness from which two articles are of one component. None are joined on average that no pair
#: of that likeness joins; and of versions of one text in two languages all but 0.4 % reach this.
_HANG_TOGETHER = 0.2
#: Over two languages only entities, capitalised words and figures are compared; on those alone
#: unrelated articles are more alike, by about this factor.
_OVER_LANGUAGES = 0.8
#: How much the likeness of two articles is moved by how near their openings are in meaning, and the
#: cosine from which it is raised: in one language, and over two, where openings of one topic are
#: near too. Chosen with the encoder of embeddings.py on half of the stories of four sets
#: (benchmarks/stories.py); the other half of each is no worse for it, or better.
_MEANING, _RAISES, _RAISES_OVER = 0.5, 0.35, 0.6
#: Letters by which words are compared: a cheap stem for languages that inflect at the end.
_STEM = 6
#: Sums of fractions differ in their last digits with the order of what is summed, and that with the
#: batch: what is compared or kept is rounded.
_DECIMALS = 9
#: Features by which an article is compared: its heaviest, so that the cost stays bounded.
_FEATURES = 100
#: Of these so many make two articles candidates if they share one; with twice as many the stories
#: of ECB+ are the same. No figures: a year is everybody's.
_PROBES = 16
#: Articles whose pairs are sought at once, and pairs compared at once: thousands that tell the same
#: with small changes then need a gigabyte at most.
_ARTICLES_AT_ONCE, _PAIRS_AT_ONCE = 256, 131_072


def core_story_features(
    pending: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_mentions: pl.DataFrame,
    core_links: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_story_features``: what each text names and uses.

    ``pending`` has article_id, published_from and published_to: the first article of each text, and
    the days on which any has it.
    """
    languages = _languages(core_segments, core_languages)
    heaviest = (
        _uses(core_segments, core_mentions, core_links, languages)
        .sort("weight", "feature", descending=[True, False])
        .group_by("article_id", maintain_order=True)
        .head(_FEATURES)
        .with_columns(
            weight=(pl.col("weight") / pl.col("weight").pow(2).sum().sqrt())
            .over("article_id")
            .round(_DECIMALS),
            probe=(pl.col("kind") != "figure")
            & ((pl.col("kind") != "figure").cum_sum().over("article_id") <= _PROBES),
        )
    )
    features = (
        heaviest.sort("probe", "weight", "feature", descending=[True, True, False])
        .group_by("article_id", maintain_order=True)
        .agg(
            features="feature", weights="weight", probes=pl.col("probe").sum().cast(pl.Int32)
        )
    )
    return (
        pending.join(languages, on="article_id", how="left")
        .join(features, on="article_id", how="left")
        .with_columns(
            pl.col("features", "weights").fill_null([]),
            pl.col("probes").fill_null(0),
            **made_by("core_story_features", "resolver"),
        )
        .select(list(schema("core_story_features")))
        .sort("article_id")
    )


def core_story_pairs(
    pending: pl.DataFrame, core_story_features: pl.DataFrame, core_embeddings: pl.DataFrame
) -> pl.DataFrame:
    """Return the rows of ``core_story_pairs`` in which one of the articles is pending."""
    about = core_story_features.select(
        "article_id", "language", "published_from", "published_to"
    )
    vectors, meanings = _vectors(core_story_features), Meanings.of(core_embeddings)
    compared = pending.select("article_id", position=pl.int_range(pl.len()))
    parts = [
        _likeness(_candidates(vectors, part, compared, about), vectors, meanings).filter(
            pl.col("score") >= _LEAST
        )
        for part in compared.iter_slices(_ARTICLES_AT_ONCE)
    ]
    return (
        pl.concat(parts)
        .select(
            left_id="left",
            right_id="right",
            score="score",
            meaning="meaning",
            **made_by("core_story_pairs", "resolver"),
        )
        .sort("left_id", "right_id")
    )


def core_story_components(
    core_story_pairs: pl.DataFrame,
    core_copy_candidates: pl.DataFrame,
    seed_judgements: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_story_components``: articles that any chain of pairs joins.

    Pairs are those that are alike, that may be copies, or that are judged the same.
    """
    pairs = core_story_pairs.select("score", left="left_id", right="right_id")
    joined = pl.concat(
        [
            pairs.filter(pl.col("score") >= _HANG_TOGETHER).select("left", "right"),
            core_copy_candidates.select(left="left_id", right="right_id"),
            Judged.of("story", seed_judgements).pairs(),
        ]
    )
    articles = pl.concat([joined["left"], joined["right"]]).unique().sort().alias("article_id")
    members = articles.to_frame().with_columns(first=groups(articles, joined))
    ids = {
        first: "component_" + digest(*members)
        for first, members in members.group_by("first").agg(pl.col("article_id").sort()).rows()
    }
    state = (
        _within(pairs, members.rename({"first": "component"}))
        .group_by(first="component")
        .agg(state=pl.struct("left", "right", "score").hash().bitwise_xor())
    )
    return (
        members.join(state, on="first", how="left")
        .select(
            "article_id",
            component_id=pl.col("first").replace_strict(ids, return_dtype=pl.String),
            state=pl.col("state").fill_null(0).reinterpret(signed=True),
            **made_by("core_story_components", "resolver"),
        )
        .sort("article_id")
    )


def core_story_articles(
    pending: pl.DataFrame,
    core_articles: pl.DataFrame,
    core_story_components: pl.DataFrame,
    core_story_pairs: pl.DataFrame,
    core_story_copies: pl.DataFrame,
    seed_judgements: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_story_articles`` of pending components: every article is in exactly
    one story.
    """
    judged = Judged.of("story", seed_judgements)
    articles = (
        components(core_articles, core_story_components)
        .join(pending, on="component_id", how="semi")
        .sort("article_id")
    )
    component = articles.select("article_id", component="component_id")
    alike = _within(
        core_story_pairs.select("score", "meaning", left="left_id", right="right_id"), component
    )
    copies = _within(
        core_story_copies.rename({"left_id": "left", "right_id": "right"}), component
    ).drop("component")
    story = alike_groups(
        articles["article_id"],
        alike,
        _ONE_STORY,
        joined=pl.concat([copies.select("left", "right"), judged.pairs()]),
        allows=judged.allows,
        uncounted=copies.filter(pl.col("copy_kind") == "copy")["right"],
    )
    members = articles.with_columns(story=story, text=pl.col("article_id").min().over("body_hash"))
    of_story = members.select("article_id", component="story")
    stories = _with_origins(members, _within(copies, of_story))
    best = _best_likeness(_within(alike.drop("component"), of_story))
    return (
        stories.join(best, on="text", how="left")
        .select(
            "article_id",
            "component_id",
            "story_id",
            "origin_article_id",
            "copy_kind",
            score=pl.coalesce("copy_score", "likeness", 1.0).clip(0, 1),
            why=pl.coalesce(
                "copy_why",
                pl.when("meant").then(pl.lit("same entities, words and meaning")),
                pl.when(pl.col("likeness").is_not_null()).then(pl.lit("same entities and words")),
                pl.lit("alone"),
            ),
            **made_by("core_story_articles", "resolver"),
        )
        .sort("article_id")
    )


def core_stories(pending: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``core_stories``: the headline in English of its earliest headed article,
    one that a person wrote before one that a machine translated.

    A story none of whose articles has a headline is called by its two most mentioned entities.
    ``pending`` has story_id, headline and chief.
    """
    return pending.select(
        "story_id",
        title_en=pl.coalesce("headline", "chief"),
        **made_by("core_stories", "resolver"),
    )


def components(core_articles: pl.DataFrame, core_story_components: pl.DataFrame) -> pl.DataFrame:
    """Add to articles their component_id: an article that no pair joins is one by itself."""
    return core_articles.join(
        core_story_components.select("article_id", "component_id"), on="article_id", how="left"
    ).with_columns(pl.col("component_id").fill_null(pl.col("article_id")))


def _within(pairs: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of articles that are in one component; adds ``component``."""
    return pairs.join(members, left_on="left", right_on="article_id").join(
        members, left_on=["right", "component"], right_on=["article_id", "component"]
    )


def _best_likeness(alike: pl.DataFrame) -> pl.DataFrame:
    """Return text and likeness: to the text of the same story it is most like; and meant: whether
    what their openings mean is part of it.
    """
    both = [alike.select("meaning", text=side, likeness="score") for side in ("left", "right")]
    return (
        pl.concat(both)
        .group_by("text")
        .agg(pl.col("likeness").max(), meant=pl.col("meaning").is_not_null().any())
    )


# -- what an article is compared by --------------------------------------------------------


def _languages(segments: pl.DataFrame, languages: pl.DataFrame) -> pl.DataFrame:
    """Return article_id and the language of most of its content."""
    return (
        segments.filter(pl.col("kind").is_in(CONTENT_KINDS))
        .join(languages.select("segment_id", "language"), on="segment_id")
        .group_by("article_id")
        .agg(pl.col("language").mode().sort().first())
    )


def _uses(
    segments: pl.DataFrame, mentions: pl.DataFrame, links: pl.DataFrame, languages: pl.DataFrame
) -> pl.DataFrame:
    """Return article_id, kind, feature, weight: what each article names and uses.

    Weights are those of the kind, times 1 + ln(uses), more in the opening, times how far the word
    is from the commonest of its language, to a power.
    """
    content = (
        segments.filter(pl.col("kind").is_in(_TELLING))
        .join(languages, on="article_id")
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
            * pl.col("rarity").pow(_POWER).round(_DECIMALS),
        )
        .filter(pl.col("weight") > 0)
    )


def _rarity(counted: pl.DataFrame) -> pl.DataFrame:
    """Return kind, said, language and rarity: of a name that of its rarest word."""
    asked = counted.select("kind", "said", "language").unique()
    rarity = [
        _FIGURE
        if kind == "figure"
        else max(0.0, _COMMON - min(zipf(word, language) for word in said.lower().split()))
        for kind, said, language in asked.rows()
    ]
    return asked.with_columns(rarity=pl.Series(rarity, dtype=pl.Float64))


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


# -- how alike two are ---------------------------------------------------------------------


def _vectors(features: pl.DataFrame) -> pl.DataFrame:
    """Return article_id, feature (a number), weight, named, is_probe, in order of the lists.

    ``named`` is the weight in a comparison over languages, where words in lower case say nothing.
    """
    vectors = (
        features.select("article_id", "features", "weights", "probes")
        .filter(pl.col("features").list.len() > 0)
        .explode("features", "weights")
        .with_columns(
            is_probe=pl.int_range(pl.len()).over("article_id") < pl.col("probes"),
            named=pl.when(pl.col("features").str.starts_with("word:"))
            .then(0.0)
            .otherwise("weights"),
        )
    )
    return vectors.select(
        "article_id",
        "is_probe",
        feature=pl.col("features").hash(),
        weight="weights",
        named=pl.col("named")
        / pl.max_horizontal(
            pl.col("named").pow(2).sum().sqrt().over("article_id"), pl.lit(1e-9)
        ),
    )


def _candidates(
    vectors: pl.DataFrame, part: pl.DataFrame, pending: pl.DataFrame, about: pl.DataFrame
) -> pl.DataFrame:
    """Return left < right, over: pairs near in time that share a probe, of an article of ``part``
    and one that is not pending or comes later in ``pending`` (article_id, position); ``over`` says
    whether they are in two languages.
    """
    probes = vectors.filter("is_probe").select("article_id", "feature")
    others = probes.join(pending, on="article_id", how="left")
    return (
        probes.join(part, on="article_id")
        .join(others, on="feature", suffix="_right")
        .filter((pl.col("position_right") > pl.col("position")).fill_null(value=True))
        .select(
            left=pl.min_horizontal("article_id", "article_id_right"),
            right=pl.max_horizontal("article_id", "article_id_right"),
        )
        .unique()
        .join(about, left_on="left", right_on="article_id")
        .join(about, left_on="right", right_on="article_id", suffix="_right")
        .filter(_in_window())
        .select("left", "right", over=pl.col("language") != pl.col("language_right"))
    )


def _in_window() -> pl.Expr:
    """Say whether two publication intervals lie near enough; an unknown one could."""
    window = pl.duration(days=STORY_DAYS)
    near = (pl.col("published_from") <= pl.col("published_to_right") + window) & (
        pl.col("published_from_right") <= pl.col("published_to") + window
    )
    return near.fill_null(value=True)


def _likeness(
    pairs: pl.DataFrame, vectors: pl.DataFrame, meanings: Meanings | None
) -> pl.DataFrame:
    """Return left, right, score, meaning of candidates: how alike they are, and what their openings
    say to that.
    """
    parts = list(pairs.iter_slices(_PAIRS_AT_ONCE)) or [pairs]
    alike = pl.concat([_cosines(part, vectors) for part in parts])
    meaning = pl.lit(None, dtype=pl.Float64) if meanings is None else meanings.cosines(alike)
    raised = pl.when("over").then(_RAISES_OVER).otherwise(_RAISES)
    return alike.with_columns(meaning=meaning.round(6)).select(
        "left",
        "right",
        "meaning",
        score=pl.coalesce(pl.col("score") + _MEANING * (pl.col("meaning") - raised), "score")
        .clip(0, 1)
        .round(6),
    )


def _cosines(pairs: pl.DataFrame, vectors: pl.DataFrame) -> pl.DataFrame:
    """Return left, right, over, score: the cosine of each pair over all their features.

    Rounded, so that the order in which a sum is taken does not show.
    """
    return (
        pairs.join(vectors, left_on="left", right_on="article_id")
        .join(vectors, left_on=["right", "feature"], right_on=["article_id", "feature"])
        .group_by("left", "right")
        .agg(
            pl.col("over").first(),
            score=pl.when(pl.col("over").first())
            .then((pl.col("named") * pl.col("named_right")).sum() * _OVER_LANGUAGES)
            .otherwise((pl.col("weight") * pl.col("weight_right")).sum())
            .round(6),
        )
    )


# -- one story, one origin -----------------------------------------------------------------


def _with_origins(members: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """Point each article to its origin, and name each story by its earliest origin's text.

    The origin is the earliest published of a group of copies; what is undated comes last, and
    between equals the text's hash decides, so that the order of arrival does not. What two articles
    are to each other, their texts are.
    """
    order = ["published_from", "published_to", "body_hash", "article_id"]
    grouped = members.with_columns(
        copies_of=groups(members["article_id"], copies.select("left", "right"))
    ).sort(order, nulls_last=True)
    grouped = grouped.with_columns(
        origin_article_id=pl.col("article_id").first().over("copies_of"),
        origin_text=pl.col("text").first().over("copies_of"),
        founder=pl.col("body_hash").first().over("story"),
    )
    founders = {text: "story_" + digest(text) for text in grouped["founder"].unique()}
    is_origin = pl.col("article_id") == pl.col("origin_article_id")
    return grouped.join(
        _of_texts(copies, members), on=["text", "origin_text"], how="left"
    ).with_columns(
        story_id=pl.col("founder").replace_strict(founders, return_dtype=pl.String),
        copy_kind=pl.when(is_origin)
        .then(pl.lit("original"))
        .otherwise(pl.col("copy_kind").fill_null("near_copy")),
        copy_score=pl.when(~is_origin).then("copy_score"),
        copy_why=pl.when(~is_origin).then(pl.col("copy_why").fill_null("copy of a copy")),
    )


def _of_texts(copies: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Return text, origin_text, copy_kind, copy_score, copy_why: copies both ways, by text."""
    text = members.select("article_id", "text")
    named = copies.join(text.rename({"text": "left_text"}), left_on="left", right_on="article_id")
    named = named.join(text.rename({"text": "right_text"}), left_on="right", right_on="article_id")
    return pl.concat(
        [
            named.select(
                "copy_kind", text=one, origin_text=other, copy_score="score", copy_why="why"
            )
            for one, other in (("left_text", "right_text"), ("right_text", "left_text"))
        ]
    ).unique(["text", "origin_text"])
