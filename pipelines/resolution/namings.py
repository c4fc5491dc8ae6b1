"""What each mention calls whom, as far as its own article tells.

A mention names a known entity if its name, or the key of its name, is one of the reference
table's; else its name is minted from its key, so that the same name gets the same id on every
machine and in every order of arrival; not from its type, which is a guess that may differ from
article to article. Within the article it stands for the fullest name it is a form of: the one that
defines it as an acronym, or the only longer one it is short for.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import polars as pl

from pipelines.identity import digest, normalised
from pipelines.resolution.names import ATTESTED, SCORES, Form, NameGrammar, name_grammar
from warehouse.contracts.frames import made_by

_EXACT, _EXACT_OTHER_TYPE, _KEY, _DEFINED, _SHORT, _MINTED = 0.99, 0.8, 0.93, 0.92, 0.85, 0.7
#: What may stand between a name and the acronym that it defines.
_DEFINES = r"^\s?\(\s?[«“\"]?$"
#: A shorter name has too many readings to be believed outside its article.
FEWEST_LETTERS = 3
#: A mark of a quotation or a list that stuck to a name.
_EDGES = "\"'`“”„«»‘’ -–"


def core_namings(
    core_mentions: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    seed_entities: pl.DataFrame,
    seed_entity_names: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_namings``: every mention has exactly one."""
    grammar = name_grammar(seed_cue_words, seed_entities, seed_entity_names)
    mentions = core_mentions.join(
        core_languages.select("segment_id", "language"), on="segment_id"
    )
    mentions = mentions.with_columns(_names(mentions["surface"], grammar))
    named = _known(mentions, seed_entities, seed_entity_names, grammar)
    defined = _defined(named, core_segments, seed_cue_words)
    named = _joined(named, defined, _DEFINED, "defined in the article")
    named = _joined(named, _short_forms(named, grammar), _SHORT, None)
    return named.select(
        "mention_id",
        "article_id",
        "language",
        "type",
        "name",
        "key",
        "name_id",
        "full_id",
        "score",
        "why",
        **made_by("core_namings", "resolver"),
    ).sort("mention_id")


def core_name_uses(core_namings: pl.DataFrame) -> pl.DataFrame:
    """Return the names that articles use for fuller ones: name_id, full_id, articles.

    The store has the same as a view, so that no run holds all namings in memory.
    """
    return (
        core_namings.filter(
            (pl.col("name_id") != pl.col("full_id"))
            & (pl.col("key").str.len_chars() >= FEWEST_LETTERS)
        )
        .group_by("name_id", "full_id")
        .agg(articles=pl.col("article_id").n_unique())
    )


def core_name_forms(
    pending: pl.DataFrame,
    seed_entities: pl.DataFrame,
    seed_entity_names: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_name_forms`` for names (name_id, name, type, key).

    Short forms of other things than persons are believed only where an article uses them, which
    ``core_name_uses`` tells; a family name is a form, because who else bears it must be known.
    """
    grammar = name_grammar(seed_cue_words, seed_entities, seed_entity_names)
    rows = [
        (name_id, name, type_, key, form.key, form.kind, form.beside)
        for name_id, name, type_, key in pending.select("name_id", "name", "type", "key").rows()
        for form in (Form(key, "name"), *sorted(grammar.forms(name, type_)))
        if type_ == "PERSON" or form.kind not in ATTESTED
    ]
    columns = ("name_id", "name", "type", "key", "form", "kind", "beside")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row").with_columns(
        is_generic=pl.Series(
                [grammar.is_generic(row[4].split()) for row in rows], dtype=pl.Boolean
            ),
        **made_by("core_name_forms", "resolver"),
    )


def core_shared_forms(core_name_forms: pl.DataFrame) -> pl.DataFrame:
    """Return the forms that several names may go by; no other can join two.

    The store has the same as a view.
    """
    bearer = kind_of_bearer(pl.col("type"))
    return core_name_forms.filter(pl.col("name_id").n_unique().over(pl.col("form"), bearer) > 1)


def kind_of_bearer(type_: pl.Expr) -> pl.Expr:
    """Return what bears a name of a type: names of persons, places and other things are kept
    apart, while finer types are guesses that may differ.
    """
    return (
        pl.when(type_ == "PERSON")
        .then(pl.lit("person"))
        .when(type_.is_in(["GPE", "LOC"]))
        .then(pl.lit("place"))
        .otherwise(pl.lit("thing"))
    )


def minted(key: str) -> str:
    """Return the id of a name that is not in the reference table."""
    return "ent_" + digest(key)


def _names(surfaces: pl.Series, grammar: NameGrammar) -> list[pl.Series]:
    cleaned = {surface: _clean(surface) for surface in surfaces.unique()}
    keys = {name: grammar.key(name) for name in cleaned.values()}
    names = [cleaned[surface] for surface in surfaces]
    return [
        pl.Series("name", names, pl.String),
        pl.Series("key", [keys[name] for name in names], pl.String),
    ]


@lru_cache(maxsize=2)
def _keys(grammar: NameGrammar, names: tuple[str, ...]) -> list[pl.Series]:
    """Return normalised names and their keys: the reference's, which all batches look up."""
    return [
        pl.Series("name", [normalised(name) for name in names], pl.String),
        pl.Series("key", [grammar.key(name) for name in names], pl.String),
    ]


def _clean(surface: str) -> str:
    name = normalised(surface)
    return name.strip(_EDGES) or name


def _known(
    mentions: pl.DataFrame,
    entities: pl.DataFrame,
    entity_names: pl.DataFrame,
    grammar: NameGrammar,
) -> pl.DataFrame:
    """Add name_id, full_id, score, why: a known entity by name or key, or minted from the key."""
    known = entity_names.join(entities.select("entity_id", "type"), on="entity_id")
    known = known.with_columns(_keys(grammar, tuple(known["name"])))
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
    ids = {key: minted(key) for key in mentions["key"].unique()}
    named = mentions.join(best, on=["name", "type", "language"], how="left").with_columns(
        name_id=pl.coalesce(
            "entity_id", pl.col("key").replace_strict(ids, return_dtype=pl.String)
        ),
        is_known=pl.col("entity_id").is_not_null(),
        score=pl.col("score").fill_null(_MINTED),
        why=pl.col("why").fill_null("minted from its name"),
    )
    return named.with_columns(full_id="name_id")


def _defined(
    named: pl.DataFrame, segments: pl.DataFrame, seed_cue_words: pl.DataFrame
) -> pl.DataFrame:
    """Return article_id, name_id, full_id, why of acronyms: "X (Y)", "X, acronym of "Y"".

    Whichever of the two is known gives the other its entity; if neither is, the longer does.
    """
    cues = seed_cue_words.filter(pl.col("kind") == "acronym")["cue"].unique().sort()
    says = "|".join(cue.replace("'", "['’]") for cue in cues) or "(?!)"
    texts = segments.select("segment_id", "text", segment_start="start")
    following = {
        f"next_{name}": pl.col(name).shift(-1).over("segment_id")
        for name in ("start", "name_id", "is_known", "type", "key")
    }
    pairs = (
        named.sort("article_id", "start")
        .with_columns(**following)
        .filter(
            (pl.col("next_start") > pl.col("end")) & (pl.col("name_id") != pl.col("next_name_id"))
        )
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
    shorter_first = pl.col("key").str.len_chars() < pl.col("next_key").str.len_chars()
    backward = pl.col("next_is_known") | (~pl.col("is_known") & shorter_first)
    return pairs.filter(~(pl.col("is_known") & pl.col("next_is_known"))).select(
        "article_id",
        name_id=pl.when(backward).then("name_id").otherwise("next_name_id"),
        full_id=pl.when(backward).then("next_name_id").otherwise("name_id"),
        why=pl.lit("defined in the article"),
    )


def _short_forms(named: pl.DataFrame, grammar: NameGrammar) -> pl.DataFrame:
    """Return article_id, name_id, full_id, why: forms of exactly one longer name of their article.

    What several longer names fit that are forms of each other (Dow, Dow Jones, Dow Jones Industrial
    Average) is the longest of them. An acronym takes the name that defines it along.
    """
    names = named.select(
        "article_id", "name_id", "full_id", "name", "key", "type", "is_known",
        bearer=kind_of_bearer(pl.col("type")),
    ).unique()  # fmt: skip
    forms = _forms(names, grammar)
    known = names.filter("is_known")["name_id"].unique().implode()
    fitting = (
        names.filter(~pl.col("is_known") & ~pl.col("full_id").is_in(known))
        .select("article_id", "bearer", "key", name_id="full_id")
        .unique()
        .join(
            names.join(forms, on=["name", "type"]).select(
                "article_id", "bearer", "form", "kind", long_id="name_id", longer="full_id",
                length=pl.col("key").str.len_chars(),
            ),
            left_on=["article_id", "bearer", "key"],
            right_on=["article_id", "bearer", "form"],
        )
        .filter(
            (pl.col("name_id") != pl.col("longer")) & (pl.col("name_id") != pl.col("long_id"))
        )
        .unique()
        .sort("article_id", "name_id", "length", "long_id", "kind")
    )  # fmt: skip
    rows: list[tuple[str, str, str, str]] = []
    for (article,), candidates in fitting.group_by(["article_id"], maintain_order=True):
        rows += _longest(str(article), candidates)
    schema = dict.fromkeys(("article_id", "name_id", "full_id", "why"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _forms(names: pl.DataFrame, grammar: NameGrammar) -> pl.DataFrame:
    distinct = names.select("name", "type").unique().rows()
    rows = [
        (name, type_, form.key, form.kind)
        for name, type_ in distinct
        for form in grammar.shorter(name, type_)
    ]
    schema = dict.fromkeys(("name", "type", "form", "kind"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _longest(article: str, candidates: pl.DataFrame) -> Iterable[tuple[str, str, str, str]]:
    """Yield the rows of one article, whose candidates fit name_id, the longer the later."""
    fits: dict[str, dict[str, list[str]]] = {}
    lengths: dict[str, int] = {}
    own_length = {}
    for name_id, key, longer, length, kind in candidates.select(
        "name_id", "key", "longer", "length", "kind"
    ).rows():
        fits.setdefault(name_id, {}).setdefault(longer, []).append(kind)
        lengths[longer] = max(length, lengths.get(longer, 0))
        own_length[name_id] = len(key)
    full: dict[str, str] = {}
    for name_id in sorted(fits, key=lambda one: (-own_length[one], one)):
        ends = {full.get(longer, longer) for longer in fits[name_id]} - {name_id}
        if len(ends) == 1:
            full[name_id] = ends.pop()
    for name_id, end in sorted(full.items()):
        kinds: Sequence[str] = [kind for found in fits[name_id].values() for kind in found]
        best = max(kinds, key=lambda kind: (SCORES[kind], kind))
        yield article, name_id, end, f"{best} of a longer name in the article"


def _joined(
    named: pl.DataFrame, joins: pl.DataFrame, score: float, why: str | None
) -> pl.DataFrame:
    """Let the mentions of a name in an article stand for another."""
    one = joins.sort("article_id", "name_id", "full_id").unique(
        ["article_id", "name_id"], keep="first", maintain_order=True
    )
    one = one.rename({"full_id": "joined", "name_id": "full_id", "why": "join_why"})
    hit = pl.col("joined").is_not_null()
    return (
        named.join(one, on=["article_id", "full_id"], how="left", maintain_order="left")
        .with_columns(
            full_id=pl.coalesce("joined", "full_id"),
            score=pl.when(hit).then(score).otherwise("score"),
            why=pl.when(hit).then(pl.lit(why) if why else pl.col("join_why")).otherwise("why"),
        )
        .drop("joined", "join_why")
    )
