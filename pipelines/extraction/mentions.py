"""Who and what is named: the type of a span is decided by weighing evidence.

The strongest evidence for a name anywhere in an article counts for that name everywhere in it.
Weights are shares of right answers, rounded, as seen on annotated news; below one half a span is
no mention.
"""

import polars as pl

from pipelines.extraction.candidates import candidates
from pipelines.extraction.corpus import Corpus, corpora, fold
from pipelines.extraction.cues import Cues, cues
from warehouse.contracts import table

EXTRACTOR = "rules"

_REFERENCE, _AMBIGUOUS_REFERENCE = 0.97, 0.8
_SUFFIX, _ACRONYM_OF, _GROUP_NAME, _HEAD_WORD = 0.95, 0.92, 0.92, 0.9
_TITLE, _ROLE, _GIVEN_NAME, _SURNAME = 0.9, 0.88, 0.85, 0.85
_CLASS_NOUN, _APPOSITION, _SPEAKS = 0.8, 0.78, 0.72
_SIBLINGS = 0.7
_VERSIONED, _CAPITALS, _CAMEL_CASE, _PLACE = 0.62, 0.6, 0.58, 0.55
_SEVERAL_WORDS, _ONE_WORD = 0.52, 0.5
_FEWEST = 0.5
#: German capitalises every noun: there a capital alone is no evidence.
_NOUNS_CAPITALISED = frozenset({"de"})
#: Code points on either side in which evidence is looked for.
_CONTEXT = 80

_SCHEMA = {
    "mention_id": pl.String,
    "article_id": pl.String,
    "segment_id": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "surface": pl.String,
    "type": pl.String,
    "evidence": pl.String,
    "extractor": pl.String,
    "extractor_version": pl.String,
    "confidence": pl.Float64,
}


def core_mentions(
    core_articles: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    seed_entities: pl.DataFrame,
    seed_entity_names: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_mentions`` for whole articles."""
    names = _known_names(seed_entities, seed_entity_names)
    found = [
        _judged(corpus, cues(seed_cue_words, corpus.language), names)
        for corpus in corpora(core_segments, core_languages)
    ]
    if not found:
        return pl.DataFrame(schema=_SCHEMA)
    derivation = table("core_mentions").derivation
    assert derivation is not None
    return (
        _agreed(pl.concat(found))
        .filter(pl.col("confidence") >= _FEWEST)
        .join(core_articles.select("article_id", "body"), on="article_id")
        .select(
            pl.format("{}/m{}-{}", "article_id", "start", "end").alias("mention_id"),
            "article_id",
            "segment_id",
            "start",
            "end",
            pl.col("body").str.slice("start", pl.col("end") - pl.col("start")).alias("surface"),
            "type",
            "evidence",
            pl.lit(EXTRACTOR).alias("extractor"),
            pl.lit(derivation.version).alias("extractor_version"),
            "confidence",
        )
        .unique("mention_id", maintain_order=True)
        .sort("article_id", "start", "end")
    )


def _known_names(entities: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Return name, known_type, ambiguous: one row a name, the least ambiguous first."""
    return (
        names.join(entities.select("entity_id", "type"), on="entity_id")
        .with_columns(name=pl.col("name").map_elements(fold, return_dtype=pl.String))
        .sort("name", "ambiguous", "entity_id")
        .unique("name", keep="first", maintain_order=True)
        .select("name", "ambiguous", known_type="type")
    )


def _judged(corpus: Corpus, cues: Cues, names: pl.DataFrame) -> pl.DataFrame:
    """Return the candidates of one language, each with its best evidence."""
    spans = candidates(corpus, cues, names)
    spans = spans.with_columns(
        before=pl.Series(
            [corpus.text[max(0, at - _CONTEXT) : at].split("\0")[-1] for at in spans["at"]],
            dtype=pl.String,
        ),
        after=pl.Series(
            [corpus.text[to : to + _CONTEXT].split("\0")[0] for to in spans["to"]],
            dtype=pl.String,
        ),
        words=pl.col("text").str.count_matches(r"\S+"),
    )
    evidence = pl.concat_list(
        pl.struct(
            confidence=pl.when(condition).then(weight).otherwise(0.0),
            type=type_ if isinstance(type_, pl.Expr) else pl.lit(type_),
            evidence=pl.lit(name),
        )
        for name, weight, type_, condition in _evidence(cues)
    )
    best = evidence.list.eval(
        pl.element().sort_by(pl.element().struct.field("confidence"), descending=True).first()
    ).list.first()
    return corpus.at(spans.with_columns(best=best)).select(
        "article_id",
        "segment_id",
        "text",
        "words",
        "opens",
        "in_list",
        "nested",
        "after",
        pl.col("best").struct.unnest(),
        start=pl.col("at") + pl.col("offset"),
        end=pl.col("to") + pl.col("offset"),
    )


Evidence = tuple[str, float, str | pl.Expr, pl.Expr]


def _evidence(cues: Cues) -> list[Evidence]:
    """Return the kinds of evidence: name, weight, type it speaks for, and when it is there."""
    text, words = pl.col("text"), pl.col("words")
    known = pl.col("known_type").is_not_null()
    alphabetic = text.str.contains(r"^[\p{L}'’. -]+$")
    listed = cues.seen("enumeration") + r"\s+" + cues.determiner()
    shapes_count = cues.language not in _NOUNS_CAPITALISED
    return [
        ("reference", _REFERENCE, pl.col("known_type"), known & ~pl.col("ambiguous")),
        (
            "reference, ambiguous",
            _AMBIGUOUS_REFERENCE,
            pl.col("known_type"),
            known & pl.col("ambiguous"),
        ),
        ("legal form", _SUFFIX, "ORG", text.str.contains(rf"[ ,](?:{_suffixes(cues)})$")),
        ("group name", _GROUP_NAME, "ORG", text.str.contains(cues.seen("group_name"))),
        (
            "head word",
            _HEAD_WORD,
            "ORG",
            (words > 1) & text.str.contains(cues.seen("org_head")),
        ),
        (
            "expansion",
            _ACRONYM_OF,
            "ORG",
            (words > 1) & _ends(cues.seen("acronym") + r"\s+[«“„\"‘']?\s?"),
        ),
        ("project", _HEAD_WORD, "ORG", (words > 1) & text.str.contains(f"^(?:{cues.seen('project_head')})|(?i:{cues.seen('project_head')})$")),
        ("event word", _HEAD_WORD, "EVENT", (words > 1) & _has(text, cues, "event_head")),
        ("place word", _HEAD_WORD, "LOC", (words > 1) & _has(text, cues, "loc_head")),
        ("title", _TITLE, "PERSON", alphabetic & _ends(cues.seen("honorific") + r"\s*")),
        (
            "role before",
            _ROLE,
            "PERSON",
            alphabetic & (words > 1) & _ends(cues.seen("role") + r",?\s+"),
        ),
        (
            "role behind",
            _ROLE,
            "PERSON",
            alphabetic
            & (words > 1)
            & _begins(
                rf",\s+{cues.determiner()}(?:{cues.seen('former')}\s*)?(?:\w+\s)?{cues.seen('role')}"
            ),
        ),
        (
            "given name",
            _GIVEN_NAME,
            "PERSON",
            (words > 1) & alphabetic & text.str.contains(rf"^{cues.seen('given_name')}\s"),
        ),
        *_class_nouns(cues, listed),
        (
            "speaks",
            _SPEAKS,
            "PERSON",
            alphabetic
            & words.is_between(2, 3)
            & (_begins(rf",?\s+{cues.seen('speech_verb')}") | _ends(cues.seen("speech_verb") + r"\s+")),
        ),
        (
            "version",
            _VERSIONED if shapes_count else 0.0,
            "PRODUCT",
            text.str.contains(r"\p{L}.*\d") & ~pl.col("in_list"),
        ),
        (
            "capitals",
            _CAPITALS if shapes_count else _ONE_WORD,
            "ORG",
            text.str.contains(r"^[\p{Lu}&*-]{2,7}$"),
        ),
        (
            "camel case",
            _CAMEL_CASE,
            "ORG",
            text.str.contains(r"\p{Ll}\p{Lu}|\w\.\w") & (words == 1),
        ),
        (
            "place preposition",
            _PLACE if shapes_count else 0.0,
            "GPE",
            (words <= 2) & alphabetic & _ends(cues.seen("place_preposition") + r"\s+"),
        ),
        (
            "several words",
            _SEVERAL_WORDS if shapes_count else 0.0,
            "PERSON",
            words.is_between(2, 3) & alphabetic & ~pl.col("opens"),
        ),
        (
            "one word",
            _ONE_WORD if shapes_count else 0.0,
            "ORG",
            ((words == 1) | (words > 3)) & ~pl.col("opens"),
        ),
    ]


def _class_nouns(cues: Cues, listed: str) -> list[Evidence]:
    """Return evidence from nouns that say what a name is: before it, behind it, before a list."""
    kinds: dict[str, list[str]] = {}
    for cue, type_ in cues.values("type_cue").items():
        kinds.setdefault(type_, []).append(cue)
    found: list[Evidence] = []
    for type_, nouns in sorted(kinds.items()):
        noun = rf"(?i:\b(?:{'|'.join(sorted(nouns, key=len, reverse=True))})\b)"
        found += [
            ("class noun", _CLASS_NOUN, type_, _ends(noun + r"\s+[«“„\"‘']?\s?")),
            (
                "class noun of a list",
                _CLASS_NOUN,
                type_,
                _ends(noun + r"(?:\s\w+){0,3},?\s+" + listed, fold_case=False),
            ),
            (
                "class noun behind",
                _APPOSITION,
                type_,
                _begins(rf",\s+{cues.determiner()}(?:\w+\s){{0,2}}{noun}"),
            ),
        ]
    return found


def _suffixes(cues: Cues) -> str:
    forms = sorted(cues.words("org_suffix"), key=len, reverse=True)
    return "(?i:" + "|".join(form.replace(".", r"\.") for form in forms) + ")"


def _has(text: pl.Expr, cues: Cues, kind: str) -> pl.Expr:
    return text.str.contains(cues.seen(kind))


def _ends(expression: str, *, fold_case: bool = True) -> pl.Expr:
    flags = "(?i)" if fold_case else ""
    return pl.col("before").str.contains(rf"{flags}(?:{expression})$")


def _begins(expression: str) -> pl.Expr:
    return pl.col("after").str.contains(rf"(?i)^(?:{expression})")


# -- agreement within an article -----------------------------------------------------------


def _agreed(found: pl.DataFrame) -> pl.DataFrame:
    """Let the best evidence for a name in an article decide for all its mentions there."""
    found = _surnames(_acronyms(_siblings(found)))
    own = ["article_id", "text"]
    best = pl.col("confidence").arg_max().over(own)
    agreed = found.with_columns(
        type=pl.col("type").gather(best).over(own),
        evidence=pl.col("evidence").gather(best).over(own),
        confidence=pl.col("confidence").max().over(own),
    )
    return agreed.filter(~_capital_proves_nothing())


def _capital_proves_nothing() -> pl.Expr:
    """A single word seen only where a sentence opens, with no evidence but its shape."""
    only_opening = pl.col("opens").all().over("article_id", "text")
    by_shape = pl.col("evidence").is_in(["one word", "several words", "place preposition"])
    return only_opening & ((pl.col("words") == 1) & (by_shape | (pl.col("confidence") < _PLACE)))


def _siblings(found: pl.DataFrame) -> pl.DataFrame:
    """Give items of a list the type most of its known items have."""
    sure = pl.col("in_list") & (pl.col("confidence") >= _HEAD_WORD)
    siblings = (
        found.filter(sure)
        .group_by("segment_id")
        .agg(sibling_type=pl.col("type").mode().sort().first())
    )
    weak = pl.col("in_list") & (pl.col("confidence") < _SIBLINGS) & pl.col("sibling_type").is_not_null()
    return (
        found.join(siblings, on="segment_id", how="left", maintain_order="left")
        .with_columns(
            type=pl.when(weak).then("sibling_type").otherwise("type"),
            evidence=pl.when(weak).then(pl.lit("items of one list")).otherwise("evidence"),
            confidence=pl.when(weak).then(_SIBLINGS).otherwise("confidence"),
        )
        .drop("sibling_type")
    )


def _acronyms(found: pl.DataFrame) -> pl.DataFrame:
    """Give an acronym in brackets the type of the name it stands behind."""
    defined = found.filter(pl.col("confidence") >= _HEAD_WORD).select(
        "article_id",
        text=pl.col("after").str.extract(r"^\s\(([\p{Lu}][\w*-]{1,9})\)"),
        long_type="type",
    ).drop_nulls().unique(["article_id", "text"])
    return (
        found.join(defined, on=["article_id", "text"], how="left", maintain_order="left")
        .with_columns(_better("long_type", "acronym", _ACRONYM_OF))
        .drop("long_type")
    )


def _surnames(found: pl.DataFrame) -> pl.DataFrame:
    """Give a lone surname the type of the full name it belongs to."""
    people = (
        found.filter((pl.col("type") == "PERSON") & (pl.col("words") > 1))
        .filter(pl.col("confidence") >= _SPEAKS)
        .select("article_id", text=pl.col("text").str.extract(r"(\S+)$"), person=pl.lit("PERSON"))
        .unique()
    )
    return (
        found.join(people, on=["article_id", "text"], how="left", maintain_order="left")
        .with_columns(_better("person", "surname", _SURNAME))
        .drop("person")
    )


def _better(type_: str, evidence: str, weight: float) -> list[pl.Expr]:
    better = pl.col(type_).is_not_null() & (pl.col("confidence") < weight)
    return [
        pl.when(better).then(pl.col(type_)).otherwise("type").alias("type"),
        pl.when(better).then(pl.lit(evidence)).otherwise("evidence").alias("evidence"),
        pl.when(better).then(weight).otherwise("confidence").alias("confidence"),
    ]
