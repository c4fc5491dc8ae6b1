"""How many of what, said of whom: numbers with their hedge, scale, unit and subject.

Two sums of money, or two counts of people, said of one subject need not be about the same thing; so
where a unit is not compared, the number is part of the property, and only who else gives the very
same one is told.

What a number is said of follows from its unit: members are members of a group, the dead are those
of a place; so each unit names the types its subject may have, best first.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from pipelines.extraction.corpus import marked
from pipelines.extraction.cues import pattern
from pipelines.extraction.facts import facts
from pipelines.extraction.masking import Masked, masked_segments

#: With a known unit and a subject; with a unit only; with a noun nobody has described.
_WITH_SUBJECT, _WITH_UNIT, _BARE = 0.9, 0.75, 0.6
#: Code points before a number in which the verb that says what it counts may stand.
_NEAR = 30
_BASE = 10
_CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
#: Languages that part thousands with a full stop and decimals with a comma.
_COMMA_DECIMAL = frozenset({"it", "fr", "de", "es", "pt", "nl"})

_FOUND = {
    "at": pl.Int64,
    "to": pl.Int64,
    "relation": pl.String,
    "value": pl.Float64,
    "value_to": pl.Float64,
    "unit": pl.String,
    "currency": pl.String,
    "property": pl.String,
    "subject_types": pl.String,
}


def core_quantities(
    core_articles: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_mentions: pl.DataFrame,
    core_dates: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
    seed_units: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_quantities`` for whole articles; dates are no quantities."""
    found = [
        _quantities(masked, seed_units, core_dates)
        for masked in masked_segments(core_segments, core_languages, core_mentions, seed_cue_words)
    ]
    mint = pl.format("{}/n{}-{}", "article_id", "start", "end")
    return facts("core_quantities", found, core_articles, core_segments, mint)


def _quantities(masked: Masked, units: pl.DataFrame, dates: pl.DataFrame) -> pl.DataFrame:
    grammar = _Grammar(masked, units)
    rows = [row for match in grammar.matches() if (row := grammar.row(match))]
    found = masked.corpus.at(pl.DataFrame(rows, schema=_FOUND, orient="row")).with_columns(
        start=pl.col("at") + pl.col("offset"), end=pl.col("to") + pl.col("offset")
    )
    in_dates = found.join(
        dates.select("article_id", date_start="start", date_end="end"), on="article_id"
    ).filter((pl.col("date_start") < pl.col("end")) & (pl.col("date_end") > pl.col("start")))
    found = found.join(in_dates.select("at").unique(), on="at", how="anti")
    subjects = _subjects(masked, found)
    return found.join(subjects, on="at", how="left").with_columns(
        confidence=pl.when(pl.col("subject_mention_id").is_not_null())
        .then(_WITH_SUBJECT)
        .when(pl.col("property").is_not_null())
        .then(_WITH_UNIT)
        .otherwise(_BARE)
    )


class _Grammar:
    """The grammar of numbers in one language, over masked text."""

    def __init__(self, masked: Masked, units: pl.DataFrame) -> None:
        cues = masked.cues
        self._masked, self._cues = masked, cues
        own = units.filter(pl.col("language").is_in([cues.language, "mul"]))
        self._compared = set(units.filter("compared")["property"])
        self._units = {
            noun.lower(): (unit, property_, types)
            for noun, unit, property_, types in own.select(
                "noun", "unit", "property", "subject_types"
            ).rows()
        }
        self._products = dict(masked.mentions.select("at", "surface").rows())
        self._pattern = pattern(self._expression())
        between = rf"(?:\s{cues.any('hedge')})?\s?"
        self._verb_before = pattern(rf"\b(?P<verb>{cues.any('counting_verb')}){between}$")
        self._verb_behind = pattern(rf"\s(?P<verb>{cues.any('counted_verb')})")

    def _expression(self) -> str:
        cues = self._cues
        digits = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
        number = rf"(?:{digits}|{cues.any('number_word')})"
        scale = rf"(?:\s?{cues.any('scale')})"
        nouns = "|".join(re.escape(noun) for noun in sorted(self._units, key=len, reverse=True))
        noun = rf"\b(?:{nouns or '(?!)'})\b"
        linked = rf"(?:\s{cues.any('conjunction')}\s{noun})*"
        product = rf"(?:\s(?P<product>{marked('PRODUCT')}))?"
        of = rf"(?:{cues.any('role_link')}\s?)?(?:[a-zà-ÿ-]+\s){{0,2}}?"
        counted = rf"(?:(?:\s|(?<=')){of}(?P<noun>{noun}){linked}{product})"
        bare = r"(?:\s(?:de\s|di\s|d'|of\s)?(?P<bare>[a-zà-ÿ][a-zà-ÿ-]{3,}))"
        return (
            rf"(?<![\w.,/-])(?:(?P<hedge>{cues.any('hedge')})\s?)?(?P<sign>[€$£¥]\s?)?"
            rf"(?P<number>{number})(?P<scale>{scale})?"
            rf"(?:\s?(?:-|–|{cues.any('range_to')})\s?(?P<number_to>{number})(?P<scale_to>{scale})?)?"
            rf"(?:(?P<percent>\s?%|\s{cues.any('percent')})"
            rf"|\s?(?:{cues.any('role_link')}\s?)?(?P<currency>[€$£]|{cues.any('currency')})"
            rf"|{counted}|{bare})?(?:\s(?P<hedge_behind>{cues.any('hedge_behind')}))?"
        )

    def matches(self) -> Iterator[re.Match[str]]:
        """Yield every number with what stands around it."""
        return self._pattern.finditer(self._masked.corpus.text)

    def row(self, match: re.Match[str]) -> tuple[object, ...] | None:
        """Return what a match says, or None for a number of nothing."""
        unit, property_, types, currency = self._happened(match, *self._measure(match))
        if unit is None and currency is None:
            return None
        value = self._value(match["number"], match["scale"] or match["scale_to"])
        value_to = (
            self._value(match["number_to"], match["scale_to"]) if match["number_to"] else None
        )
        if value is None:
            return None
        if value_to is not None and self._is_compound(match, value, value_to):
            value, value_to = value + value_to, None
        if value_to is not None and value_to <= value:
            return None  # a score or a ratio
        if property_ is not None and property_ not in self._compared:
            property_ = f"{property_}: {value:,.12g}"
        relation = "range" if value_to is not None else self._relation(match)
        return (*match.span(), relation, value, value_to, unit, currency, property_, types)

    def _is_compound(self, match: re.Match[str], tens: float, ones: float) -> bool:
        """Say whether two numbers in words are one (trente-trois)."""
        worded = self._cues.words("number_word")
        in_words = match["number"].lower() in worded and match["number_to"].lower() in worded
        return in_words and 0 < ones < _BASE <= tens and tens % _BASE == 0

    def _relation(self, match: re.Match[str]) -> str:
        for kind, text in (("hedge", match["hedge"]), ("hedge_behind", match["hedge_behind"])):
            if text:
                return self._cues.value(kind, text) or "="
        about = " ".join(match["number"].lower().split()) in self._cues.words("number_about")
        return "~" if about else "="

    def _happened(
        self,
        match: re.Match[str],
        unit: str | None,
        property_: str | None,
        types: str | None,
        currency: str | None,
    ) -> tuple[str | None, str | None, str | None, str | None]:
        """Let the verb beside a number of people, or of nothing said, tell what it counts.

        The dead are "120 killed" and "killed 120 people" alike.
        """
        if currency or match["percent"] or property_ not in (None, "people"):
            return unit, property_, types, currency
        text = self._masked.corpus.text
        before = self._verb_before.search(text, max(0, match.start() - _NEAR), match.start())
        behind = self._verb_behind.match(text, match.end())
        if before is None and behind is None:
            return unit, property_, types, currency
        if property_ is None and match["bare"] and behind is None:
            return unit, property_, types, currency
        kind, said = ("counting_verb", before) if before else ("counted_verb", behind)
        noun = self._cues.value(kind, said["verb"]) if said else None
        return (*self._units.get((noun or "").lower(), (unit, property_, types)), currency)

    def _measure(
        self, match: re.Match[str]
    ) -> tuple[str | None, str | None, str | None, str | None]:
        """Return unit, property, types of subject, and currency."""
        if match["percent"]:
            return "percent", None, None, None
        if match["sign"] or match["currency"]:
            sign = (match["sign"] or match["currency"]).strip().lower()
            code = _CURRENCIES.get(sign) or self._cues.value("currency", sign)
            return code, "amount", "ORG|EVENT|PRODUCT|GPE", code
        if match["noun"]:
            unit, property_, types = self._units[" ".join(match["noun"].lower().split())]
            if match["product"]:
                unit = f"{self._products[match.start('product')]} {unit}"
            return unit, property_, types, None
        is_word = self._cues.value("number_word", match["number"]) is not None
        return (None if is_word and not match["hedge"] else match["bare"]), None, None, None

    def _value(self, number: str, scale: str | None) -> float | None:
        worded = self._cues.value("number_word", number)
        if worded is not None:
            value = float(worded)
        elif self._cues.language in _COMMA_DECIMAL:
            value = _parsed(number, thousands=".", decimal=",")
        else:
            value = _parsed(number, thousands=",", decimal=".")
        factor = self._cues.value("scale", scale.strip()) if scale else None
        # 34.3 times 10⁹ is 34299999999.999996 in binary; no scaled number has smaller parts.
        return round(value * float(factor), 2) if factor else value


def _parsed(number: str, thousands: str, decimal: str) -> float:
    """Read digits: a group of three behind the thousands mark, a space or an apostrophe is none
    of a decimal's; any other mark is the decimal's.
    """
    plain = re.sub(rf"(?<=\d)[{re.escape(thousands)}' ](?=\d{{3}}(?!\d))", "", number)
    return float(plain.replace(decimal, ".").replace(" ", "").replace("'", ""))


# -- subjects ------------------------------------------------------------------------------


def _subjects(masked: Masked, found: pl.DataFrame) -> pl.DataFrame:
    """Return, for each quantity with a property, the mention it is said of.

    For each fitting type, best first: the first mention before the number in its segment, behind a
    dateline and outside of sources; the first behind it. Then what the article is about.
    """
    asked = found.filter(pl.col("subject_types").is_not_null())
    by_segment: dict[str, list[_Mention]] = {}
    for segment, *mention in masked.mentions.select(
        "segment_id", "mention_id", "masked_as", "at", "to"
    ).rows():
        by_segment.setdefault(segment, []).append(_Mention(*mention))
    chief = _chief_mentions(masked.mentions)
    rows = []
    for at, to, article, segment, start, types in asked.select(
        "at",
        "to",
        "article_id",
        "segment_id",
        pl.col("segment_start") - pl.col("offset"),
        "subject_types",
    ).rows():
        named = _named_in_clause(masked, by_segment.get(segment, []), start, at, to)
        meant = _means_group(masked, start, to)
        candidates = (
            named.get(type_)
            or (chief.get((article, type_)) if type_ == "GROUP" and meant else None)
            for type_ in types.split("|")
        )
        about = (chief.get((article, type_)) for type_ in types.split("|"))
        rows.append((at, next(filter(None, (*candidates, *about)), None)))
    return pl.DataFrame(
        rows, schema={"at": pl.Int64, "subject_mention_id": pl.String}, orient="row"
    )


class _Mention(NamedTuple):
    """A mention as the search for subjects needs it."""

    mention_id: str
    mark: str
    at: int
    to: int


#: Of places the first in a sentence is meant ("the valley, in the north of the country"), of
#: others the last before the number.
_PLACES = ("GPE", "LOC", "EVENT")


def _named_in_clause(
    masked: Masked, mentions: list[_Mention], start: int, at: int, to: int
) -> dict[str, str]:
    """Return, by type, the mention in a segment that a number is most likely said of."""
    text = masked.corpus.text
    source = pattern(rf"{masked.cues.any('attribution', 'by')}\s?{masked.cues.determiner()}$")
    dateline = pattern(r"[^.–—-]{3,50}\s[–—-]\s").match(text, start, at)
    begin = dateline.end() if dateline else start
    fitting = [
        one
        for one in mentions
        if one.at >= begin and not source.search(text, max(0, one.at - 40), one.at)
    ]
    named: dict[str, str] = {}
    before = [one for one in fitting if one.to <= at]
    behind = [one for one in fitting if one.at >= to]
    places_first = [one for one in before if one.mark in _PLACES]
    for mention_id, mark, _, _ in (*behind[::-1], *before, *places_first[::-1]):
        named[mark] = mention_id
    if "ORG" not in named and "GROUP" in named:
        named["ORG"] = named["GROUP"]
    return named


def _means_group(masked: Masked, start: int, to: int) -> bool:
    """Say whether a segment speaks of "the alliance" without its name."""
    return pattern(masked.group).search(masked.corpus.text, start, to + 160) is not None


def _chief_mentions(mentions: pl.DataFrame) -> dict[tuple[str, str], str]:
    """Return the first mention of each article's most mentioned name of each type."""
    typed = pl.concat(
        [
            mentions,
            mentions.filter(pl.col("masked_as") == "GROUP").with_columns(masked_as=pl.lit("ORG")),
        ]
    )
    ranked = (
        typed.group_by("article_id", "masked_as", "surface")
        .agg(
            named=pl.len(),
            first_at=pl.col("at").min(),
            first=pl.col("mention_id").sort_by("at").first(),
        )
        .sort("named", "first_at", descending=[True, False])
        .unique(["article_id", "masked_as"], keep="first", maintain_order=True)
    )
    return {
        (article, type_): mention
        for article, type_, mention in ranked.select("article_id", "masked_as", "first").rows()
    }
