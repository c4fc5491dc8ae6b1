"""From mentions to entities: known names first, then what the article itself says.

A mention names a known entity if its name, or the key of its name, is one of the reference
table's; it names the same as another in its article if that one defines it as an acronym, or if it
is a surname or short form of exactly one longer name there. What is left is minted from its key, so
that the same name gets the same id on every machine and in every order of arrival; not from its
type, which is a guess that may differ from article to article.
"""

import polars as pl

from pipelines.identity import digest, normalised
from pipelines.resolution.names import NameGrammar, name_grammar
from warehouse.contracts.frames import made_by

_EXACT, _EXACT_OTHER_TYPE, _KEY, _DEFINED, _SHORT, _MINTED = 0.99, 0.8, 0.93, 0.92, 0.85, 0.7
#: What may stand between a name and the acronym that it defines.
_DEFINES = r"^\s?\(\s?[«“\"]?$"


def core_links(
    core_mentions: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    seed_entities: pl.DataFrame,
    seed_entity_names: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_links``: every mention has exactly one."""
    grammar = name_grammar(seed_cue_words)
    mentions = core_mentions.join(
        core_languages.select("segment_id", "language"), on="segment_id"
    ).with_columns(_names(core_mentions["surface"], grammar))
    named = _known(mentions, seed_entities, seed_entity_names, grammar)
    named = _defined(named, core_segments, seed_cue_words)
    named = _short_forms(named)
    return named.select(
        "mention_id",
        "article_id",
        "entity_id",
        "score",
        "why",
        **made_by("core_links", "resolver"),
    ).sort("mention_id")


def _names(surfaces: pl.Series, grammar: NameGrammar) -> list[pl.Series]:
    distinct = surfaces.unique()
    names = {surface: (normalised(surface), grammar.key(surface)) for surface in distinct}
    return [
        pl.Series("name", [names[surface][0] for surface in surfaces], pl.String),
        pl.Series("key", [names[surface][1] for surface in surfaces], pl.String),
    ]


def _known(
    mentions: pl.DataFrame,
    entities: pl.DataFrame,
    entity_names: pl.DataFrame,
    grammar: NameGrammar,
) -> pl.DataFrame:
    """Add entity_id, score and why: a known entity by name or key, or one minted from the key."""
    known = entity_names.join(entities.select("entity_id", "type"), on="entity_id")
    known = known.with_columns(
        _names(known["name"], grammar)[1],
        name=pl.Series([normalised(name) for name in known["name"]], dtype=pl.String),
    )
    asked = mentions.select("name", "key", "type", "language").unique()
    by_name = asked.join(
        known.select("name", "entity_id", "ambiguous", known_type="type", in_language="language"),
        on="name",
    ).with_columns(
        score=pl.when(pl.col("type") == pl.col("known_type"))
        .then(_EXACT)
        .otherwise(_EXACT_OTHER_TYPE),
        why=pl.lit("known name"),
    )
    by_key = asked.join(
        known.select("key", "type", "entity_id", "ambiguous", in_language="language"),
        on=["key", "type"],
    ).with_columns(score=pl.lit(_KEY), why=pl.lit("known name, other spelling"))
    best = (
        pl.concat([by_name, by_key], how="diagonal")
        .with_columns(
            own=(pl.col("in_language") == "mul") | (pl.col("in_language") == pl.col("language"))
        )
        .sort(
            ["score", "ambiguous", "own", "entity_id"], descending=[True, False, True, False]
        )
        .unique(["name", "type", "language"], keep="first", maintain_order=True)
        .select("name", "type", "language", "entity_id", "score", "why")
    )
    minted = {key: "ent_" + digest(key) for key in mentions["key"].unique()}
    return mentions.join(best, on=["name", "type", "language"], how="left").with_columns(
        entity_id=pl.coalesce(
            "entity_id", pl.col("key").replace_strict(minted, return_dtype=pl.String)
        ),
        is_known=pl.col("score").is_not_null(),
        score=pl.col("score").fill_null(_MINTED),
        why=pl.col("why").fill_null("minted from its name"),
    )


def _defined(
    named: pl.DataFrame, segments: pl.DataFrame, seed_cue_words: pl.DataFrame
) -> pl.DataFrame:
    """Join an acronym to the name that defines it: "X (Y)", "X, acronym of "Y"".

    Whichever of the two is known gives the other its entity; if neither is, the first does.
    """
    cues = seed_cue_words.filter(pl.col("kind") == "acronym")["cue"].unique().sort()
    says = "|".join(cue.replace("'", "['’]") for cue in cues) or "(?!)"
    texts = segments.select("segment_id", "text", segment_start="start")
    pairs = (
        named.sort("article_id", "start")
        .with_columns(
            next_id=pl.col("mention_id").shift(-1).over("segment_id"),
            next_start=pl.col("start").shift(-1).over("segment_id"),
            next_entity=pl.col("entity_id").shift(-1).over("segment_id"),
            next_known=pl.col("is_known").shift(-1).over("segment_id"),
            next_type=pl.col("type").shift(-1).over("segment_id"),
        )
        .filter(pl.col("next_start") > pl.col("end"))
        .join(texts, on="segment_id")
        .with_columns(
            gap=pl.col("text").str.slice(
                pl.col("end") - pl.col("segment_start"), pl.col("next_start") - pl.col("end")
            )
        )
        .filter(
            (pl.col("type") == pl.col("next_type"))
            & (
                pl.col("gap").str.contains(_DEFINES)
                | pl.col("gap").str.contains(rf"(?i)^\s?,?\s(?:{says})\s?[«“\"]?$")
            )
        )
    )
    forward = pairs.filter(~pl.col("next_known")).select(
        "article_id", entity_id="next_entity", joined="entity_id"
    )
    backward = pairs.filter(pl.col("next_known") & ~pl.col("is_known")).select(
        "article_id", "entity_id", joined="next_entity"
    )
    return _joined(named, pl.concat([forward, backward]), _DEFINED, "defined in the article")


def _short_forms(named: pl.DataFrame) -> pl.DataFrame:
    """Join a surname, or a lone word of a name, to the one longer name in the article it fits."""
    words = named.with_columns(words=pl.col("key").str.split(" "))
    short = words.filter((pl.col("words").list.len() == 1) & ~pl.col("is_known")).select(
        "article_id", "type", "entity_id", word=pl.col("words").list.first()
    )
    longer = (
        words.filter(pl.col("words").list.len() > 1)
        .select("article_id", "type", long_entity="entity_id", word="words")
        .explode("word")
        .unique()
    )
    fitting = (
        short.unique()
        .join(longer, on=["article_id", "type", "word"])
        .filter(pl.col("entity_id") != pl.col("long_entity"))
        .group_by("article_id", "entity_id")
        .agg(joined=pl.col("long_entity").unique())
        .filter(pl.col("joined").list.len() == 1)
        .with_columns(pl.col("joined").list.first())
    )
    return _joined(named, fitting, _SHORT, "short for a longer name in the article")


def _joined(named: pl.DataFrame, joins: pl.DataFrame, score: float, why: str) -> pl.DataFrame:
    """Give the mentions of an entity in an article another entity."""
    one = joins.unique(["article_id", "entity_id"], keep="first", maintain_order=True)
    hit = pl.col("joined").is_not_null()
    return (
        named.join(one, on=["article_id", "entity_id"], how="left", maintain_order="left")
        .with_columns(
            entity_id=pl.coalesce("joined", "entity_id"),
            score=pl.when(hit).then(score).otherwise("score"),
            why=pl.when(hit).then(pl.lit(why)).otherwise("why"),
        )
        .drop("joined")
    )
