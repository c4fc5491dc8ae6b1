"""What speaks for a span being a name of a type: rules and their weights, and all signs together.

A rule that speaks clearly decides by itself; what no rule decides is weighed by ``likelihood``, to
which the rules are signs among others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.extraction.corpus import ALPHABET, CAPITALS
from pipelines.extraction.cues import NOUNS_CAPITALISED, Cues, pattern
from pipelines.extraction.features import ALPHABETIC, signs, with_lexicon, with_longer
from pipelines.extraction.lexicon import given_names
from pipelines.extraction.likelihood import judged
from pipelines.extraction.neighbours import NOUNS, ahead, behind, cue, with_neighbours
from pipelines.extraction.scanning import either

REFERENCE, AMBIGUOUS_REFERENCE = 0.97, 0.8
SUFFIX, ACRONYM_OF, GROUP_NAME, HEAD_WORD, TITLE = 0.95, 0.92, 0.92, 0.9, 0.9
ROLE, CLASS_NOUN, GIVEN_NAME, SURNAME, DATELINE = 0.88, 0.86, 0.85, 0.85, 0.85
APPOSITION, SHORT_FORM, SPEAKS, SIBLINGS, COORDINATED = 0.78, 0.75, 0.72, 0.7, 0.66
MADE, OF_A_PLACE, VERSIONED, CAPITALS_ALONE, CAMEL_CASE = 0.64, 0.63, 0.62, 0.6, 0.58
ALONE, PLACE, OF_WHAT, SEVERAL_WORDS, ONE_WORD = 0.56, 0.55, 0.53, 0.52, 0.5
#: A span is left out that is more likely nothing than this, unless a rule decides: found names
#: and wrong ones are then about even on annotated news of four languages.
LIKELY_NOTHING = 0.65
#: Where no type is likelier than this, the strongest rule, weak as it may be, tells the type.
UNSURE = 0.5
#: A rule stands against the signs where they give its type at least this share.
UNOPPOSED = 0.02
#: Types that the annotated news does not have.
_UNTAUGHT = ("PRODUCT", "EVENT")

#: Name, weight, type it speaks for, and when it is there.
Evidence = tuple[str, float, str | pl.Expr, pl.Expr]

_TEXT, _WORDS = pl.col("text"), pl.col("words")
_CLEAR = pl.col("known_type").is_not_null() & ~pl.col("ambiguous")
_SEVERAL = _WORDS > 1
_NOUNS_CAPITALISED = pl.col("language").is_in(sorted(NOUNS_CAPITALISED))


@dataclass(frozen=True)
class Signs:
    """What spans show: every sign as a share, and the rules that hold of them.

    ``shown`` has a row for each name of an article, which the spans of a row of ``names`` bear.
    ``held`` says of which spans, row by row, each rule holds, column by column.
    """

    shown: pl.DataFrame
    names: NDArray[np.int64]
    rules: list[Evidence]
    held: NDArray[np.bool_]


def with_best_evidence(
    spans: pl.DataFrame, told: Mapping[str, Cues], places: pl.Series
) -> pl.DataFrame:
    """Add to spans what they most likely are: type, confidence, and the evidence that says so most,
    and whether a rule or the reference table settles it.

    Spans have language, article_id, text, name (numbered, of its article), words, opens, shape,
    before and after (what stands around them in their segment), heading and shouted (how the
    segment is written), known_type and ambiguous. ``told`` are the cues of each language,
    ``places`` the known names of countries, cities and regions. A clear entry of the reference
    table decides, or a rule that speaks clearly; else all signs together. What is likely no name is
    left out.
    """
    known = spans.filter(_CLEAR).with_columns(
        confidence=pl.lit(REFERENCE),
        type="known_type",
        evidence=pl.lit("reference"),
        settled=pl.lit(value=True),
    )
    weighed = _weighed(uncertain(spans), told, places).select(known.columns)
    return pl.concat([known, weighed]).sort("language", "at", "to", descending=[False, False, True])


def uncertain(spans: pl.DataFrame) -> pl.DataFrame:
    """Return the spans that no clear entry of the reference table decides (``with_longer``)."""
    return with_longer(spans).filter(~_CLEAR)


def signs_of(spans: pl.DataFrame, told: Mapping[str, Cues], places: pl.Series) -> Signs:
    """Return all that ``uncertain`` spans show: what ``benchmarks.evidence`` learns from.

    Spans of a language stand together.
    """
    beside = with_lexicon(with_neighbours(spans, told), told)
    rules, held = _rules(beside, told, places)
    names = spans["name"].rank("dense").to_numpy().astype(np.int64) - 1
    shown = _pooled(names, signs(beside).hstack(_named(held, rules)))
    return Signs(shown, names, rules, held.to_numpy())


def _weighed(spans: pl.DataFrame, told: Mapping[str, Cues], places: pl.Series) -> pl.DataFrame:
    seen = signs_of(spans, told, places)
    of_names = judged(seen.shown)[pl.Series(seen.names)]
    weak = _strongest(spans, seen, weak=True)
    decided = (
        spans.hstack(of_names)
        .hstack(_strongest(spans, seen))
        .with_columns(weak["rule_type"].alias("weak_type"), decided=_rule_decides())
    )
    return decided.filter(pl.col("decided") | (pl.col("nothing") <= LIKELY_NOTHING)).select(
        *spans.columns, *_decision()
    )


def _pooled(names: NDArray[np.int64], signs: pl.DataFrame) -> pl.DataFrame:
    """Let what a name shows anywhere in an article count for it everywhere: the share of its
    mentions that have a sign; of what is said of it in words, once is enough.
    """
    mentions = np.bincount(names)
    shown = {}
    for sign in signs.iter_columns():
        count = np.bincount(names[sign.to_numpy()], minlength=len(mentions))
        is_said = sign.name.startswith("rule, ") or " noun " in sign.name
        shown[sign.name] = (count > 0 if is_said else count / mentions).astype(np.float32)
    return pl.DataFrame(shown)


def _rules(
    spans: pl.DataFrame, told: Mapping[str, Cues], places: pl.Series
) -> tuple[list[Evidence], pl.DataFrame]:
    """Return the rules, and of which spans each holds.

    Rules that read nothing but the name are asked of each name once, those of a language's own
    words and of lists only where one of these words stands.
    """
    own = ["language", "text"]
    rows = spans.select(*own).with_row_index("row")
    names = spans.select(*own, "words").unique(own)
    forms = frozenset().union(*(cues.forms("enumeration") for cues in told.values()))
    enumerations = pl.Series(sorted(forms), dtype=pl.String).implode()
    lists = spans.with_row_index("row").filter(pl.col("before").str.contains_any(enumerations))
    worded: list[Evidence] = []
    listed: list[Evidence] = []
    of_words, of_lists = [], []
    for language, cues in told.items():
        worded, listed = _from_its_words(cues), _from_a_list(cues)
        of_words.append(_held(_worded(names.filter(language=language), cues), own, worded))
        of_lists.append(_held(_listed(lists.filter(language=language), cues), ["row"], listed))
    named, framed, beside = list(_from_the_name(places)), list(_from_the_frame()), _from_beside()
    held = (
        rows.join(pl.concat(of_words), on=own, how="left", maintain_order="left")
        .join(_held(names, own, named), on=own, how="left", maintain_order="left")
        .hstack(_held(spans, [], framed))
        .join(pl.concat(of_lists), on="row", how="left", maintain_order="left")
        .drop("row", *own)
        .with_columns(pl.all().fill_null(value=False))
        .hstack(_held(spans, [], beside))
    )
    held.columns = list(map(str, range(held.width)))
    return [*worded, *named, *framed, *listed, *beside], held


def _held(spans: pl.DataFrame, key: list[str], rules: list[Evidence]) -> pl.DataFrame:
    return spans.select(
        *key,
        *(
            holds.fill_null(value=False).alias(f"{name} {index}")
            for index, (name, *_, holds) in enumerate(rules)
        ),
    )


def _named(held: pl.DataFrame, rules: list[Evidence]) -> pl.DataFrame:
    """Return what rules hold as signs: rules of one name and type are one."""
    columns: dict[str, list[str]] = {}
    for index, (name, _, type_, _) in enumerate(rules):
        sign = f"{name}: {type_}" if isinstance(type_, str) else name
        columns.setdefault(sign, []).append(str(index))
    return held.select(
        pl.any_horizontal(indices).alias(f"rule, {sign}") for sign, indices in columns.items()
    )


def _strongest(spans: pl.DataFrame, seen: Signs, *, weak: bool = False) -> pl.DataFrame:
    """Return the strongest rule of each span that may decide by itself, its weight and type."""
    deciding = [
        (index, name, weight, type_ if isinstance(type_, str) else None)
        for index, (name, weight, type_, _) in enumerate(seen.rules)
        if weak or weight >= APPOSITION or (isinstance(type_, str) and type_ in _UNTAUGHT)
    ]
    #: The strongest first, so that the first that holds is the one.
    deciding.sort(key=lambda rule: -rule[2])
    places, names, weights, types = map(list, zip(*deciding, strict=True))
    held = seen.held[:, places]
    best = held.argmax(axis=1)
    return (
        spans.select("known_type")
        .with_columns(
            rule_weight=pl.Series(held.any(axis=1) * np.array(weights)[best]),
            rule=pl.Series(names)[best],
            rule_type=pl.Series(types, dtype=pl.String)[best],
        )
        .select(
            "rule_weight",
            rule=pl.when(pl.col("rule_weight") > 0).then("rule").otherwise(pl.lit("none")),
            rule_type=pl.coalesce("rule_type", "known_type", pl.lit("none")),
        )
    )


def _share() -> pl.Expr:
    """The share that all signs give a rule's type."""
    type_ = pl.col("rule_type")
    return (
        pl.when(type_ == "PERSON").then("PERSON").when(type_ == "ORG").then("ORG").otherwise("LOC")
    )


def _rule_decides() -> pl.Expr:
    """A rule decides that the signs do not speak against, or that speaks of an untaught type."""
    clear = pl.col("rule_weight") >= APPOSITION
    untaught = pl.col("rule_type").is_in(_UNTAUGHT)
    likelier = clear | (pl.col("rule_weight") > pl.col("likelihood"))
    return pl.when(untaught).then(likelier).otherwise(clear & (_share() >= UNOPPOSED))


def _decision() -> list[pl.Expr]:
    sure = (
        pl.when(pl.col("rule_type").is_in(_UNTAUGHT))
        .then("rule_weight")
        .otherwise(pl.col("rule_weight") * (0.75 + 0.25 * _share()))
    )
    unsure = (
        (pl.col("likelihood") < UNSURE)
        & (pl.col("weak_type") != "none")
        & ~pl.col("weak_type").is_in(_UNTAUGHT)
    )
    choice: dict[str, tuple[pl.Expr | str, pl.Expr | str]] = {
        "confidence": (sure, "likelihood"),
        "type": ("rule_type", pl.when(unsure).then("weak_type").otherwise("likely_type")),
        "evidence": ("rule", "sign"),
    }
    return [
        *(
            pl.when("decided").then(rule).otherwise(likely).alias(name)
            for name, (rule, likely) in choice.items()
        ),
        pl.col("decided").alias("settled"),
    ]


#: Kinds of cue that a name of several words holds.
_OF_NAMES = ("group_name", "org_head", "project_head", "event_head", "loc_head")


def _worded(names: pl.DataFrame, cues: Cues) -> pl.DataFrame:
    """Add ``worded``: the name, if it is of several words of which one may be a cue."""
    cued = pl.col("text").str.to_lowercase().str.contains_any(cues.anchors(*_OF_NAMES))
    return names.with_columns(worded=pl.when(_SEVERAL & cued).then("text"))


@lru_cache(maxsize=32)
def _from_its_words(cues: Cues) -> list[Evidence]:
    """Rules that read the words of a name (``worded``)."""
    forms = "|".join(
        form.replace(".", r"\.") for form in sorted(cues.words("org_suffix"), key=len, reverse=True)
    )
    first_org, last_org = (cues.any(f"org_head_{place}") for place in ("first", "last"))
    first_loc, last_loc = (cues.any(f"loc_head_{place}") for place in ("first", "last"))
    project = cues.any("project_head")
    # Mike Coupe: a head that stands first is a surname behind a given name.
    first_event = cues.forms("event_head_first") - cues.forms("event_head_last")
    given = pl.Series(sorted(given_names(cues.forms("given_name"))), dtype=pl.String).implode()
    surname = _TEXT.str.extract(r"^(\S+) \S+$").is_in(given) & _TEXT.str.extract(
        r" (\S+)$"
    ).is_in(sorted(first_event))
    lies = _found("worded", rf"^{first_loc}|{last_loc}") & ~_NOUNS_CAPITALISED
    return [
        ("legal form", SUFFIX, "ORG", _TEXT.str.contains(rf"[ ,](?i:{forms})$")),
        ("group name", GROUP_NAME, "ORG", _found("worded", cues.any("group_name"))),
        ("head word", HEAD_WORD, "ORG", _found("worded", rf"^(?:\S+\s)?{first_org}|{last_org}")),
        ("project", HEAD_WORD, "ORG", _found("worded", f"^{project}|(?i:{project})$")),
        ("event word", HEAD_WORD, "EVENT", _found("worded", cues.any("event_head")) & ~surname),
        ("place word", HEAD_WORD, "LOC", lies),
    ]


def _from_the_name(places: pl.Series) -> Iterator[Evidence]:
    """Rules that read the name alone."""
    of_place = _TEXT.str.extract(r"^(.+?)\s(?:19|20)\d\d$").is_in(places.implode())
    yield "place and year", HEAD_WORD, "EVENT", of_place
    begins = _SEVERAL & _TEXT.str.extract(r"^(\S+)\s").is_in(places.implode())
    yield "begins with a place", OF_A_PLACE, "ORG", begins
    capitals = _TEXT.str.contains(rf"^[{CAPITALS}&*-]{{2,7}}$")
    yield "capitals", CAPITALS_ALONE, "ORG", capitals & ~_NOUNS_CAPITALISED
    yield "capitals", ONE_WORD, "ORG", capitals & _NOUNS_CAPITALISED


def _found(column: str, expression: str) -> pl.Expr:
    """Say of a column of few texts whether an expression is found in them.

    Polars would compile the many alternatives anew for every batch, which takes longer than to
    read these texts.
    """
    rule = pattern(expression, ignore_case=False)

    def found(texts: pl.Series) -> pl.Series:
        held = [text is not None and rule.search(text) is not None for text in texts.to_list()]
        return pl.Series(held, dtype=pl.Boolean)

    return pl.col(column).map_batches(found, return_dtype=pl.Boolean)


def _from_the_frame() -> Iterator[Evidence]:
    """Rules that read a pattern around a name."""
    line = rf"^(?:,\s[{CAPITALS}][{ALPHABET}. ]{{2,20}})?(?:\s\([^()]{{2,20}}\))?\s?[–—-]\s"
    dateline = pl.col("opens") & (pl.col("before") == "") & pl.col("after").str.contains(line)
    yield "dateline", DATELINE, "GPE", dateline & _TEXT.str.contains(rf"^[{CAPITALS}' -]{{3,}}$")


def _listed(spans: pl.DataFrame, cues: Cues) -> pl.DataFrame:
    """Add ``listed``: what stands before a span, if that is told as one of several."""
    told = _found("before", rf"\s{_told_as_one(cues)}$")
    return spans.with_columns(listed=pl.when(told).then("before"))


@lru_cache(maxsize=32)
def _from_a_list(cues: Cues) -> list[Evidence]:
    """Rules that read what a noun says of the names listed behind it (``listed``)."""
    rules: list[Evidence] = []
    for type_ in NOUNS:
        nouns = [noun for noun, of_type in cues.values("type_cue").items() if of_type == type_]
        noun = rf"\b(?i:{either(nouns)})\b"
        of_list = _found("listed", rf"(?:{noun}(?:\s\w+){{0,3}},?\s+{_told_as_one(cues)})$")
        rules.append(("class noun of a list", CLASS_NOUN, type_, of_list))
    return rules


def _told_as_one(cues: Cues) -> str:
    return cues.any("enumeration") + r"\s+" + cues.determiner()


@cache
def _from_beside() -> list[Evidence]:
    """Rules that read the words beside a name, and its shape."""
    return [*_from_people(), *_from_class_nouns(), *_from_the_shape()]


def _from_people() -> Iterator[Evidence]:
    named = ALPHABETIC & _SEVERAL
    yield "title", TITLE, "PERSON", ALPHABETIC & behind("honorific")
    before = behind("role")
    aside = (pl.col("p1") == ",") & cue("p2", "role")
    yield "role before", ROLE, "PERSON", named & (before | aside)
    alone = ALPHABETIC & (_WORDS == 1)
    yield "role before, alone", SHORT_FORM, "PERSON", alone & before
    yield (
        "role behind",
        ROLE,
        "PERSON",
        named & _apposed("role") & ~cue("n2", "no_apposition"),
    )
    yield "given name", GIVEN_NAME, "PERSON", named & pl.col("first_given")
    determined = behind("determiner")
    yield "given name alone", ALONE, "PERSON", alone & pl.col("first_given") & ~determined
    further = (pl.col("n1") == ",") & cue("n2", "speech_verb")
    speaks = ahead("speech_verb") | further | behind("speech_verb")
    yield "speaks", SPEAKS, "PERSON", ALPHABETIC & _WORDS.is_between(2, 3) & speaks


def _apposed(noun: str) -> pl.Expr:
    """Say whether a noun of a kind stands close behind the comma behind a span."""
    close = pl.any_horizontal(cue(place, noun) for place in ("n2", "n3", "n4", "n23", "n34"))
    return (pl.col("n1") == ",") & close


def _from_class_nouns() -> Iterator[Evidence]:
    """Nouns that say what a name is, before it or behind it; and what else is said of it."""
    yield "reference, ambiguous", AMBIGUOUS_REFERENCE, pl.col("known_type"), pl.col("ambiguous")
    expands = behind("acronym") | cue("p2", "acronym")  # "acronimo", "acronimo di"
    yield "expansion", ACRONYM_OF, "ORG", _SEVERAL & expands
    yield "initials", ACRONYM_OF, "ORG", pl.col("shape") == "expansion"
    joins = behind("absence", "member_of", "not_member", "joins_it")
    yield "belongs", APPOSITION, "ORG", joins
    article = ~_NOUNS_CAPITALISED | cue("n2", "determiner")
    for type_, noun in NOUNS.items():
        named = cue("p1", "called") & (cue("p2", noun) | cue("p3", noun))
        yield "class noun", CLASS_NOUN, type_, behind(noun) | named
        yield "class noun behind", APPOSITION, type_, article & _apposed(noun)
        english = pl.col("language") == "en"
        yield "class noun follows", CLASS_NOUN, type_, english & ahead(noun)


def _from_the_shape() -> Iterator[Evidence]:
    """Weak rules, for languages where a capital is the sign of a name."""
    for name, weight, type_, holds in _of_shapes():
        yield name, weight, type_, holds & ~_NOUNS_CAPITALISED


def _of_shapes() -> Iterator[Evidence]:
    made = pl.any_horizontal(cue(f"p{nth}", "product_verb") for nth in range(1, 5))
    yield "made", MADE, "PRODUCT", made & (_WORDS <= 2)
    # A number by itself is as often that of a page, a match, a channel or a score.
    version = _TEXT.str.contains(rf"[{ALPHABET}]\S*\d|[a-z][{CAPITALS}]\S* \d")
    yield "version", VERSIONED, "PRODUCT", version & ~pl.col("in_list")
    camel = _TEXT.str.contains(rf"[a-zß-öø-ÿ][{CAPITALS}]|\w\.\w") & (_WORDS == 1)
    yield "camel case", CAMEL_CASE, "ORG", camel
    few = (_WORDS <= 2) & ALPHABETIC
    in_place = few & behind("place_preposition")
    yield "place preposition", PLACE, "GPE", in_place
    of_noun = few & pl.col("p1").str.to_lowercase().is_in(["di", "de", "d'"])
    yield "of a noun", OF_WHAT, "GPE", of_noun
    inside = ~pl.col("opens")
    by_article = behind("determiner")
    few = _WORDS.is_between(2, 3) & ALPHABETIC & inside
    yield "several words, determined", SEVERAL_WORDS, "ORG", few & by_article
    yield "several words", SEVERAL_WORDS, "PERSON", few & ~by_article
    yield "one word", ONE_WORD, "ORG", ((_WORDS == 1) | (_WORDS > 3)) & inside
