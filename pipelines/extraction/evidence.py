"""What speaks for a span being a name of a type: the kinds of evidence and their weights.

Weights are shares of right answers, rounded, as seen on annotated news; below one half a span is
no mention.
"""

from collections.abc import Iterator

import polars as pl

from pipelines.extraction.cues import NOUNS_CAPITALISED, Cues

REFERENCE, AMBIGUOUS_REFERENCE = 0.97, 0.8
SUFFIX, ACRONYM_OF, GROUP_NAME, HEAD_WORD, TITLE = 0.95, 0.92, 0.92, 0.9, 0.9
ROLE, CLASS_NOUN, GIVEN_NAME, SURNAME, DATELINE = 0.88, 0.86, 0.85, 0.85, 0.85
APPOSITION, SHORT_FORM, SPEAKS, SIBLINGS, COORDINATED = 0.78, 0.75, 0.72, 0.7, 0.66
MADE, OF_A_PLACE, VERSIONED, CAPITALS, CAMEL_CASE = 0.64, 0.63, 0.62, 0.6, 0.58
ALONE, PLACE, OF_WHAT, SEVERAL_WORDS, ONE_WORD = 0.56, 0.55, 0.53, 0.52, 0.5
#: Evidence from the shape of a span alone, which a capital at the beginning of a sentence is not.
BY_SHAPE = ("one word", "several words", "place preposition", "of a noun")

#: Name, weight, type it speaks for, and when it is there.
Evidence = tuple[str, float, str | pl.Expr, pl.Expr]

_TEXT, _WORDS = pl.col("text"), pl.col("words")
_KNOWN = pl.col("known_type").is_not_null()
_ALPHABETIC = _TEXT.str.contains(r"^[\p{L}'’. -]+$")


def with_best_evidence(spans: pl.DataFrame, cues: Cues, places: pl.Series) -> pl.DataFrame:
    """Add to spans the best evidence for them: confidence, type and evidence.

    Spans have text, words, before and after (what stands around them in their segment), known_type
    and ambiguous. ``places`` are the known names of countries, cities and regions.
    """
    kinds = list(_kinds(cues, places))
    weights = spans.select(
        pl.when(holds).then(weight).otherwise(0.0).alias(str(index))
        for index, (_, weight, _, holds) in enumerate(kinds)
    ).to_numpy()
    best = pl.Series("best", weights.argmax(axis=1) if spans.height else [], dtype=pl.Int64)
    confidence = weights.max(axis=1) if spans.height else []
    names = pl.DataFrame(
        [
            (index, name, type_ if isinstance(type_, str) else None)
            for index, (name, _, type_, _) in enumerate(kinds)
        ],
        schema={"best": pl.Int64, "evidence": pl.String, "type": pl.String},
        orient="row",
    )
    computed = {index: kind[2] for index, kind in enumerate(kinds) if isinstance(kind[2], pl.Expr)}
    type_ = pl.col("type")
    for index, expression in computed.items():
        type_ = pl.when(pl.col("best") == index).then(expression).otherwise(type_)
    return (
        spans.with_columns(best, confidence=pl.Series(confidence, dtype=pl.Float64))
        .join(names, on="best", how="left", maintain_order="left")
        .with_columns(type=type_)
        .drop("best")
    )


def _kinds(cues: Cues, places: pl.Series) -> Iterator[Evidence]:
    clear = ~pl.col("ambiguous")
    yield "reference", REFERENCE, pl.col("known_type"), _KNOWN & clear
    yield "reference, ambiguous", AMBIGUOUS_REFERENCE, pl.col("known_type"), _KNOWN & ~clear
    yield from _from_the_name(cues, places)
    yield from _from_people(cues)
    yield from _from_class_nouns(cues)
    if cues.language not in NOUNS_CAPITALISED:
        yield from _from_the_shape(cues)
    else:
        yield "capitals", ONE_WORD, "ORG", _TEXT.str.contains(r"^[\p{Lu}&*-]{2,7}$")


def _from_the_name(cues: Cues, places: pl.Series) -> Iterator[Evidence]:
    several = _WORDS > 1
    forms = "|".join(
        form.replace(".", r"\.") for form in sorted(cues.words("org_suffix"), key=len, reverse=True)
    )
    yield "legal form", SUFFIX, "ORG", _TEXT.str.contains(rf"[ ,](?i:{forms})$")
    yield "group name", GROUP_NAME, "ORG", several & _TEXT.str.contains(cues.seen("group_name"))
    first, last = (rf"{cues.seen(f'org_head_{place}')}" for place in ("first", "last"))
    headed = _TEXT.str.contains(rf"^(?:\S+\s)?{first}|{last}")
    yield "head word", HEAD_WORD, "ORG", several & headed
    expands = _ends(cues.seen("acronym") + r"\s+[«“„\"‘']?\s?")
    yield "expansion", ACRONYM_OF, "ORG", several & expands
    yield "initials", ACRONYM_OF, "ORG", pl.col("shape") == "expansion"
    project = cues.seen("project_head")
    yield "project", HEAD_WORD, "ORG", several & _TEXT.str.contains(f"^{project}|(?i:{project})$")
    held = several & _TEXT.str.contains(cues.seen("event_head"))
    yield "event word", HEAD_WORD, "EVENT", held
    where = cues.seen("loc_head_first"), cues.seen("loc_head_last")
    lies = several & _TEXT.str.contains(rf"^{where[0]}|{where[1]}")
    yield "place word", HEAD_WORD, "LOC", lies & (cues.language not in NOUNS_CAPITALISED)
    of_place = _TEXT.str.extract(r"^(.+?)\s(?:19|20)\d\d$").is_in(places.implode())
    yield "place and year", HEAD_WORD, "EVENT", of_place
    begins = several & _TEXT.str.extract(r"^(\S+)\s").is_in(places.implode())
    yield "begins with a place", OF_A_PLACE, "ORG", begins & ~_KNOWN
    line = r"^(?:,\s[\p{Lu}][\p{L}. ]{2,20})?(?:\s\([^()]{2,20}\))?\s?[–—-]\s"
    dateline = pl.col("opens") & (pl.col("before") == "") & pl.col("after").str.contains(line)
    yield "dateline", DATELINE, "GPE", dateline & _TEXT.str.contains(r"^[\p{Lu}' -]{3,}$")


def _from_people(cues: Cues) -> Iterator[Evidence]:
    named = _ALPHABETIC & (_WORDS > 1)
    yield "title", TITLE, "PERSON", _ALPHABETIC & _ends(cues.seen("honorific") + r"\s*")
    role = cues.seen("role")
    yield "role before", ROLE, "PERSON", named & _ends(role + r",?\s+")
    alone = _ALPHABETIC & (_WORDS == 1)
    yield "role before, alone", SHORT_FORM, "PERSON", alone & _ends(role + r"\s+")
    possessor = r"(?:[\w-]+'s\s)?(?:[\w-]+\s){0,2}" if cues.language == "en" else r"(?:\w+\s)?"
    is_role = rf",\s+{cues.determiner()}(?:{cues.seen('former')}[\s-]*)?{possessor}{role}"
    aside = _begins(rf",\s+{cues.seen('no_apposition')}\s")
    yield "role behind", ROLE, "PERSON", named & _begins(is_role) & ~aside
    given = pl.Series(sorted(cues.forms("given_name")), dtype=pl.String).implode()
    first = _TEXT.str.extract(r"^([\p{L}'’]+)")
    yield "given name", GIVEN_NAME, "PERSON", named & first.is_in(given)
    by_article = _ends(cues.seen("determiner") + r"\s*")
    yield "given name alone", ALONE, "PERSON", alone & _TEXT.is_in(given) & ~by_article
    verb = cues.seen("speech_verb")
    speaks = _begins(rf",?\s+{verb}") | _ends(verb + r"\s+")
    yield "speaks", SPEAKS, "PERSON", _ALPHABETIC & _WORDS.is_between(2, 3) & speaks


def _from_class_nouns(cues: Cues) -> Iterator[Evidence]:
    """Nouns that say what a name is: before it, behind it, before a list."""
    listed = cues.seen("enumeration") + r"\s+" + cues.determiner()
    called = rf"(?:,?\s(?:\w+\s)?{cues.seen('called')})?"
    kinds: dict[str, list[str]] = {}
    for cue, type_ in cues.values("type_cue").items():
        kinds.setdefault(type_, []).append(cue)
    article = cues.determiner()
    if cues.language in NOUNS_CAPITALISED:
        article = cues.seen("determiner") + r"\s+"
    for type_, nouns in sorted(kinds.items()):
        noun = rf"(?i:\b(?:{'|'.join(sorted(nouns, key=len, reverse=True))})\b)"
        before = _ends(rf"{noun}{called}\s+[«“„\"‘']?\s?")
        yield "class noun", CLASS_NOUN, type_, before
        of_list = _ends(rf"{noun}(?:\s\w+){{0,3}},?\s+{listed}", fold_case=False)
        yield "class noun of a list", CLASS_NOUN, type_, of_list
        behind = _begins(rf"[»”\"’']?,\s+{article}(?:\w+\s){{0,2}}{noun}(?:[^\w'-]|$)")
        yield "class noun behind", APPOSITION, type_, behind
        if cues.language == "en":
            yield "class noun follows", CLASS_NOUN, type_, _begins(rf"\s+{noun}(?:[^\w'-]|$)")


def _from_the_shape(cues: Cues) -> Iterator[Evidence]:
    made = _ends(cues.seen("product_verb") + r"\s(?:[\p{Ll}-]+\s){0,3}")
    yield "made", MADE, "PRODUCT", made & (_WORDS <= 2)
    yield (
        "version",
        VERSIONED,
        "PRODUCT",
        _TEXT.str.contains(r"\p{L}.*\d") & ~pl.col("in_list"),
    )
    yield "capitals", CAPITALS, "ORG", _TEXT.str.contains(r"^[\p{Lu}&*-]{2,7}$")
    camel = _TEXT.str.contains(r"\p{Ll}\p{Lu}|\w\.\w") & (_WORDS == 1)
    yield "camel case", CAMEL_CASE, "ORG", camel
    few = (_WORDS <= 2) & _ALPHABETIC
    in_place = few & _ends(cues.seen("place_preposition") + r"\s+")
    yield "place preposition", PLACE, "GPE", in_place
    of_noun = few & _ends(r"\s(?:di|de|d')\s*") & ~_ends(_owner(cues))
    yield "of a noun", OF_WHAT, "GPE", of_noun
    inside = ~pl.col("opens")
    by_article = _ends(cues.seen("determiner") + r"\s*")
    yield (
        "several words",
        SEVERAL_WORDS,
        pl.when(by_article).then(pl.lit("ORG")).otherwise(pl.lit("PERSON")),
        _WORDS.is_between(2, 3) & _ALPHABETIC & inside,
    )
    yield "one word", ONE_WORD, "ORG", ((_WORDS == 1) | (_WORDS > 3)) & inside


def _owner(cues: Cues) -> str:
    """Match a noun that people and organisations have, and its "of"."""
    nouns = cues.seen("role", "members_noun", "group_noun")
    links = cues.seen("absence", "member_of", "founder", "attribution", "hedge")
    return rf"(?:{nouns}\s+(?:\w+\s)?(?:di|de|d')|{links})\s*"


def _ends(expression: str, *, fold_case: bool = True) -> pl.Expr:
    flags = "(?i)" if fold_case else ""
    return pl.col("before").str.contains(rf"{flags}(?:{expression})$")


def _begins(expression: str) -> pl.Expr:
    return pl.col("after").str.contains(rf"(?i)^(?:{expression})")
