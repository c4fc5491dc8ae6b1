"""How many of what, said of whom: numbers with their hedge, scale, unit and subject.

Two sums of money, or two counts of people, said of one subject need not be about the same thing; so
where a unit is not compared, the number is part of the property, and only who else gives the very
same one is told.

What a number is said of follows from its unit: members are members of a group, the dead are those
of a place; so each unit names the types its subject may have, best first.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from pipelines.extraction.corpus import GAP, Corpus, Place, marked
from pipelines.extraction.cues import Cues, pattern
from pipelines.extraction.facts import facts
from pipelines.extraction.masking import Masked, Mention, masked_segments
from pipelines.extraction.numbers import Number, forms, number_grammar
from pipelines.extraction.scanning import either

#: With a known unit and a subject; with a unit only; with a noun nobody has described.
_WITH_SUBJECT, _WITH_UNIT, _BARE = 0.9, 0.75, 0.6
#: Code points before a number in which the verb that says what it counts may stand, and those in
#: which its hedge and the sign of its currency may.
_NEAR, _BEFORE = 30, 40
#: Code points behind a number in which "the alliance" it is said of may stand.
_AHEAD = 160
_SUM_OF = "ORG|EVENT|PRODUCT|GPE"
#: In place of types: a share or a measure may be said of anything.
_ABOUT = "any"
#: A hundredth of a currency said behind a sum of it is part of that sum.
_HUNDRED = 100
#: "%20" and the like, in an address.
_ADDRESS = re.compile(r"(?:[=?&%]|://)[^\s\x00]*$")

_FOUND = {
    "article_id": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "relation": pl.String,
    "value": pl.Float64,
    "value_to": pl.Float64,
    "unit": pl.String,
    "currency": pl.String,
    "property": pl.String,
    "subject_mention_id": pl.String,
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
    rows = [
        row
        for masked in masked_segments(core_segments, core_languages, core_mentions, seed_cue_words)
        for row in _quantities(masked, seed_units, core_dates)
    ]
    found = pl.DataFrame(rows, schema=_FOUND, orient="row").with_columns(
        confidence=pl.when(pl.col("subject_mention_id").is_not_null())
        .then(_WITH_SUBJECT)
        .when(pl.col("property").is_not_null())
        .then(_WITH_UNIT)
        .otherwise(_BARE)
    )
    mint = pl.format("{}/n{}-{}", "article_id", "start", "end")
    return facts("core_quantities", [found], core_articles, core_segments, mint)


def _quantities(
    masked: Masked, units: pl.DataFrame, dates: pl.DataFrame
) -> Iterator[tuple[object, ...]]:
    numbers = _outside(
        number_grammar(masked.cues).numbers_in(masked.small), _date_positions(masked.corpus, dates)
    )
    subjects = _Subjects(masked)
    for at, to, *said, types in _Reader(masked, _measures_of(masked.cues, units)).rows(numbers):
        place = masked.corpus.place(at)
        subject = subjects.of(at, to, tuple(types.split("|"))) if types else None
        yield place.article_id, at + place.offset, to + place.offset, *said, subject


def _date_positions(corpus: Corpus, dates: pl.DataFrame) -> list[tuple[int, int]]:
    """Return where dates stand in a corpus, in order."""
    offsets = corpus.segments.select("segment_id", by=pl.col("position") - pl.col("start"))
    placed = dates.join(offsets, on="segment_id")
    return (
        placed.select(at=pl.col("start") + pl.col("by"), to=pl.col("end") + pl.col("by"))
        .sort("at")
        .rows()
    )


def _outside(numbers: list[Number], taken: list[tuple[int, int]]) -> list[Number]:
    """Return the numbers that overlap nothing taken."""
    starts = [at for at, _ in taken]
    kept = []
    for number in numbers:
        index = bisect_left(starts, number.to) - 1
        if index < 0 or taken[index][1] <= number.at:
            kept.append(number)
    return kept


class _Measure(NamedTuple):
    """What a number counts or measures; ``end`` is where that was said to its end."""

    end: int
    unit: str | None = None
    property: str | None = None
    subject_types: str | None = None
    currency: str | None = None
    #: A scale said behind the unit: 75 USD million.
    factor: float = 1.0


#: Noun, unit, property, types of subject, whether two of one subject must agree.
_Units = tuple[tuple[str, str, str, str, bool], ...]


class _Measures:
    """What may stand around a number in one language."""

    def __init__(self, kinds: Mapping[str, dict[str, str]], units: _Units) -> None:
        self.units = {noun.lower(): (unit, name, types) for noun, unit, name, types, _ in units}
        self.compared = {name for _, _, name, _, compared in units if compared}
        self.kinds = kinds
        sign, code = either(kinds["currency_sign"]), either(kinds["currency_code"])
        link = rf"(?:{either(kinds['currency_link'])}\s?)?"
        short = rf"(?P<short>\s?{either(kinds['scale_short'])}(?![^\W\d_]))"
        money = rf"(?:{sign}|{code}\b|{either(kinds['currency'])}\b)"
        noun = rf"{either(self.units)}\b"
        linked = rf"(?:\s{either(kinds['conjunction'])}\s{noun})*"
        product = rf"(?:\s(?P<product>{marked('PRODUCT')}))?"
        of = rf"(?:{either(kinds['role_link'])}\s?)?(?:[a-zà-ÿ-]+\s){{0,2}}?"
        summed = (
            rf"(?P<percent>\s?%|[\s-]{either(kinds['percent'])}\b)"
            rf"|{short}?\s?{link}(?P<currency>{money})(?:\s(?P<scale>{either(kinds['scale'])})\b)?"
            rf"|\s?(?P<part>{either(kinds['currency_part'])}\b)"
        )
        #: What may stand behind "one", which of most things is but an article.
        self.summed = re.compile(summed)
        self.behind = re.compile(
            rf"(?:{summed}|(?:\s|(?<=')){of}(?P<noun>{noun}){linked}{product}"
            rf"|[\s-]?(?P<measure>{either(kinds['measure'])})(?![\w])"
            rf"|\s(?:{either(kinds['currency_link'])}\s?)?(?P<bare>[a-zà-ÿ][a-zà-ÿ-]{{3,}}))"
        )
        self.short = re.compile(short)
        self.hedge_behind = re.compile(rf"\s(?P<hedge>{either(kinds['hedge_behind'])})\b")
        self.money_before = re.compile(
            rf"(?<!\w)(?P<currency>{sign}|{code}|{either(kinds['currency'])})[\s-]?$"
        )
        money_kinds = ("currency_sign", "currency_code", "currency")
        self.money_ends = frozenset(
            cue.split()[-1] for kind in money_kinds for cue in kinds[kind]
        )
        self.hedge_before = re.compile(rf"(?<!\w)(?P<hedge>{either(kinds['hedge'])})\s?$")
        self.hedge_ends = frozenset(cue.rstrip("'").split()[-1] for cue in kinds["hedge"])
        self.to = re.compile(rf"\s?(?:[-–]|{either(kinds['range_to'])})\s?")
        self.and_ = re.compile(rf"\s{either(kinds['number_and'])}\s")
        self.between = re.compile(rf"(?<!\w){either(kinds['range_lead'])}\s?$")
        self.part = re.compile(rf"\s(?:{either(kinds['currency_part'])})\b")
        self.joins_part = re.compile(rf"\s(?:{either(kinds['number_and'])}\s)?")
        self.verb_ends = self.hedge_ends | {cue.split()[-1] for cue in kinds["counting_verb"]}
        between = rf"(?:\s{either(kinds['hedge'])})?\s?"
        self.verb_before = re.compile(
            rf"(?<!\w)(?P<verb>{either(kinds['counting_verb'])}){between}$"
        )
        self.verb_behind = re.compile(rf"\s(?P<verb>{either(kinds['counted_verb'])})\b")

    def code(self, said: str) -> str | None:
        """Return the ISO 4217 code of what a currency is called; None where several are."""
        said = " ".join(said.lower().split())
        for kind in ("currency_sign", "currency_code", "currency"):
            if said in self.kinds[kind]:
                return self.kinds[kind][said] or None
        return None


_KINDS = (
    "currency_sign", "currency_code", "currency", "currency_link", "currency_part", "scale_short",
    "scale", "conjunction", "role_link", "percent", "measure", "hedge", "hedge_behind", "range_to",
    "range_lead", "number_and", "number_about", "counting_verb", "counted_verb",
)


def _measures_of(cues: Cues, units: pl.DataFrame) -> _Measures:
    own = units.filter(pl.col("language").is_in([cues.language, "mul"]))
    columns = ("noun", "unit", "property", "subject_types", "compared")
    return _measures(cues, tuple(own.select(columns).rows()))


@lru_cache(maxsize=32)
def _measures(cues: Cues, units: _Units) -> _Measures:
    kinds = {
        kind: {form: value for cue, value in cues.values(kind).items() for form in forms(cue)}
        for kind in _KINDS
    }
    return _Measures(kinds, units)


#: at, to, relation, value, value_to, unit, currency, property, types of its subject
_Row = tuple[
    int, int, str, float, float | None, str | None, str | None, str | None, str | None
]


class _Reader:
    """Reads what stands around the numbers of a masked text."""

    def __init__(self, masked: Masked, measures: _Measures) -> None:
        self._measures, self._said, self._text = measures, masked.corpus.text, masked.small
        self._products = dict(masked.mentions.filter(type="PRODUCT").select("at", "surface").rows())

    def rows(self, numbers: list[Number]) -> Iterator[_Row]:
        """Yield what each number says, but numbers of nothing."""
        taken = -1
        for number, following in pairwise([*numbers, None]):
            if number is None or number.at < taken:
                continue
            upper = self._upper(number, following)
            if upper is not None and upper.value <= self._lower(number, upper):
                if not self._text[number.to : upper.at].strip(" -–"):
                    taken = upper.to  # a score or a ratio
                    continue
                upper = None
            row = self._row(number, upper, following, taken)
            if row is not None:
                taken = row[1]
                yield row

    def _lower(self, number: Number, upper: Number) -> float:
        """Return the lower end of a range; a scale said at its upper end is of both."""
        scaled = number.scale == 1.0 < upper.scale and number.value < upper.value / upper.scale
        return number.value * upper.scale if scaled else number.value

    def _upper(self, number: Number, following: Number | None) -> Number | None:
        """Return the number with which the one before it makes a range."""
        if following is None or following.article or following.at - number.to > _NEAR:
            return None
        between = self._text[number.to : following.at]
        if self._measures.to.fullmatch(between):
            return following
        if not self._measures.and_.fullmatch(between):
            return None
        lead = self._text[max(0, number.at - _BEFORE) : number.at]
        return following if self._measures.between.search(lead) else None

    def _row(
        self, number: Number, upper: Number | None, following: Number | None, taken: int
    ) -> _Row | None:
        last = upper or number
        start, hedge = number.at, None
        before = self._money_before(start, taken)
        if number.article and not before and not self._measures.summed.match(self._text, last.to):
            return None
        sign = before["currency"] if before else None
        if before:
            start -= len(before[0])
        hedged = self._hedge_before(start)
        if hedged:
            hedge, start = hedged["hedge"], start - len(hedged[0])
        measure = self._measure(number, last, sign, hedged=hedge is not None)
        measure = self._happened(number, measure, start)
        if measure.unit is None and measure.currency is None:
            return None
        factor = measure.factor * self._short(last, measure)
        value = self._times(self._lower(number, last), factor)
        value_to = self._times(last.value, factor)
        end = measure.end
        if measure.currency and following is not None and upper is None:
            part, end = self._part(following, end)
            value += part
        behind = self._measures.hedge_behind.match(self._text, end)
        if behind:
            hedge, end = hedge or behind["hedge"], behind.end()
        relation = "range" if upper else self._relation(number, hedge)
        name = measure.property
        if name is not None and name not in self._measures.compared:
            name = f"{name}: {value:,.12g}"
        unit, types = measure.unit, measure.subject_types
        ends = (value, value_to if upper else None)
        return (start, end, relation, *ends, unit, measure.currency, name, types)

    def _times(self, value: float, factor: float) -> float:
        """Return a scaled number; 34.3 times 10⁹ is 34299999999.999996 in binary, and no scaled
        number has smaller parts than hundredths.
        """
        return value if factor == 1 else round(value * factor, 2)

    def _money_before(self, at: int, taken: int) -> re.Match[str] | None:
        before = self._text[max(0, taken, at - _BEFORE) : at].rpartition(GAP)[2]
        words = before.rstrip(" -").rsplit(maxsplit=1)
        if not words or words[-1].lstrip("([") not in self._measures.money_ends:
            return None
        match = self._measures.money_before.search(before)
        return match if match and self._is_money(match["currency"], at - len(match[0])) else None

    def _is_money(self, said: str, at: int) -> bool:
        """Say whether a code is written as one: TRY, not try."""
        if said not in self._measures.kinds["currency_code"]:
            return True
        return self._said[at : at + len(said)].isupper()

    def _hedge_before(self, at: int) -> re.Match[str] | None:
        before = self._text[max(0, at - _BEFORE) : at].rpartition(GAP)[2]
        words = before.rstrip().rstrip("'").rsplit(maxsplit=1)
        if not words or words[-1].rsplit("'")[-1] not in self._measures.hedge_ends:
            return None
        return self._measures.hedge_before.search(before)

    def _relation(self, number: Number, hedge: str | None) -> str:
        kinds = self._measures.kinds
        if hedge:
            said = " ".join(hedge.split())
            return kinds["hedge"].get(said) or kinds["hedge_behind"].get(said) or "="
        about = " ".join(self._text[number.at : number.to].split()) in kinds["number_about"]
        return "~" if about else "="

    def _measure(
        self, number: Number, last: Number, sign: str | None, *, hedged: bool
    ) -> _Measure:
        """Return what a number counts or measures, and where that was said."""
        measures = self._measures
        behind = measures.behind.match(self._text, last.to)
        if behind and behind["percent"]:
            in_address = _ADDRESS.search(self._text, max(0, number.at - _BEFORE), number.at)
            share = _Measure(behind.end(), "percent", "share", _ABOUT)
            return _Measure(last.to) if in_address else share
        said = behind["currency"] if behind else None
        if behind and said and self._is_money(said, behind.start("currency")):
            factor = float(measures.kinds["scale"][behind["scale"]]) if behind["scale"] else 1.0
            return self._sum(said, behind.end(), sign)._replace(factor=factor)
        if sign:
            short = measures.short.match(self._text, last.to)
            return self._sum(sign, short.end() if short else last.to, None)
        if number.article or behind is None or said:
            if behind and behind["part"]:
                return _Measure(behind.end(), measures.kinds["currency_part"][behind["part"]])
            return _Measure(last.to)
        return self._counted(behind, number, hedged=hedged)

    def _sum(self, said: str, end: int, other: str | None) -> _Measure:
        code = self._measures.code(said) or (self._measures.code(other) if other else None)
        unit = code or " ".join(said.split())
        return _Measure(end, unit, "amount", _SUM_OF, code)

    def _counted(self, behind: re.Match[str], number: Number, *, hedged: bool) -> _Measure:
        measures, end = self._measures, behind.end()
        if behind["part"]:
            return _Measure(end, measures.kinds["currency_part"][behind["part"]])
        if behind["measure"]:
            unit = measures.kinds["measure"][" ".join(behind["measure"].split())]
            return _Measure(end, unit, "measure", _ABOUT)
        if behind["noun"]:
            unit, name, types = measures.units[" ".join(behind["noun"].split())]
            if behind["product"]:
                unit = f"{self._products[behind.start('product')]} {unit}"
            return _Measure(end, unit, name, types)
        if number.worded and not hedged:
            return _Measure(number.to)
        return _Measure(end, self._said[behind.start("bare") : behind.end("bare")])

    def _short(self, last: Number, measure: _Measure) -> float:
        """Return what "5m" and "12 Mds €" multiply by; without money m is metres."""
        if measure.currency is None:
            return 1.0
        short = self._measures.short.match(self._text, last.to)
        if short is None or short.end() > measure.end:
            return 1.0
        return float(self._measures.kinds["scale_short"][short["short"].strip()])

    def _part(self, following: Number, end: int) -> tuple[float, int]:
        """Return the hundredths said behind a sum: thirteen dollars forty-five cents."""
        between = self._text[end : following.at]
        part = self._measures.part.match(self._text, following.to)
        if part is None or not self._measures.joins_part.fullmatch(between):
            return 0.0, end
        return following.value / _HUNDRED, part.end()

    def _happened(self, number: Number, measure: _Measure, start: int) -> _Measure:
        """Let the verb beside a number of people, or of nothing said, tell what it counts.

        The dead are "120 killed" and "killed 120 people" alike.
        """
        if measure.currency or measure.unit == "percent" or number.article:
            return measure
        if measure.property not in (None, "people", "measure"):
            return measure
        measures, text = self._measures, self._text
        words = text[max(0, start - _NEAR) : start].rsplit(maxsplit=1)
        counts = bool(words) and words[-1] in measures.verb_ends
        before = measures.verb_before.search(text, max(0, start - _NEAR), start) if counts else None
        behind = measures.verb_behind.match(text, measure.end)
        said = before or behind
        if said is None or (measure.property is None and measure.unit and behind is None):
            return measure
        kind = "counting_verb" if before else "counted_verb"
        noun = measures.kinds[kind].get(" ".join(said["verb"].split()), "")
        known = measures.units.get(noun.lower())
        return _Measure(measure.end, *known) if known else measure


#: Of places the first in a sentence is meant ("the valley, in the north of the country"), of
#: others the last before the number.
_PLACES = ("GPE", "LOC", "EVENT")


class _Subjects:
    """Finds the mention a quantity is said of.

    For each fitting type, best first: the first mention before the number in its segment, behind a
    dateline and outside of sources; the first behind it. Then what the article is about. A share
    or a measure, which anything may have, is said of what was named last before it.
    """

    def __init__(self, masked: Masked) -> None:
        cues = masked.cues
        self._masked, self._text = masked, masked.corpus.text
        self._source = pattern(rf"{cues.any('attribution', 'by')}\s?{cues.determiner()}$")
        self._says = pattern(rf"\s{cues.any('speech_verb')}")
        self._where = pattern(rf"{cues.any('place_preposition')}\s?{cues.determiner()}$")
        self._dateline = pattern(r"[^.–—-]{3,50}\s[–—-]\s")
        self._group = pattern(masked.group)
        self._chief: dict[str, dict[str, str]] = {}

    def of(self, at: int, to: int, types: tuple[str, ...]) -> str | None:
        """Return the subject, of the types, of a number that stands between two positions."""
        place = self._masked.corpus.place(at)
        if types == (_ABOUT,):
            return self._about(place.position, at)
        named = self._named_in_clause(place.position, at, to, types)
        if types[0] in named:
            return named[types[0]]
        chief = self._chief_mentions(place)
        for type_ in types:
            if type_ in named:
                return named[type_]
            if type_ == "GROUP" in chief and self._group.search(
                self._text, place.position, to + _AHEAD
            ):
                return chief[type_]  # "the alliance" without its name
        return next((chief[type_] for type_ in types if type_ in chief), None)

    def _about(self, start: int, at: int) -> str | None:
        """Return what was last named before a number in its segment that may have a share or a
        measure: no place at which something only happens, and no person who only says it.
        """
        named = [
            one.mention_id
            for one in self._fitting(start, at, at)
            if not self._is_aside(one, start)
        ]
        return named[-1] if named else None

    def _is_aside(self, one: Mention, start: int) -> bool:
        if one.mark == "PERSON":
            return one.at > start or self._says.match(self._text, one.to) is not None
        before = self._where.search(self._text, max(0, one.at - _BEFORE), one.at)
        return one.mark in _PLACES and before is not None

    def _fitting(self, start: int, at: int, end: int) -> list[Mention]:
        """Return the mentions of a segment that may be a subject: behind a dateline, no sources."""
        text = self._text
        dateline = self._dateline.match(text, start, at)
        return [
            one
            for one in self._masked.mentions_within(dateline.end() if dateline else start, end)
            if not self._source.search(text, max(0, one.at - _BEFORE), one.at)
        ]

    def _named_in_clause(
        self, start: int, at: int, to: int, types: tuple[str, ...]
    ) -> dict[str, str]:
        """Return, by type, the mention in a segment that a number is most likely said of."""
        end = self._text.find(GAP, at)
        wanted = (*types, "GROUP") if "ORG" in types else types
        found = self._fitting(start, at, end if end >= 0 else len(self._text))
        fitting = [one for one in found if one.mark in wanted]
        before = [one for one in fitting if one.to <= at]
        behind = [one for one in fitting if one.at >= to]
        places_first = [one for one in before if one.mark in _PLACES]
        named = {
            one.mark: one.mention_id for one in (*behind[::-1], *before, *places_first[::-1])
        }
        if "ORG" not in named and "GROUP" in named:
            named["ORG"] = named["GROUP"]
        return named

    def _chief_mentions(self, place: Place) -> dict[str, str]:
        """Return the first mention of an article's most mentioned name of each type."""
        known = self._chief.get(place.article_id)
        if known is not None:
            return known
        uses: dict[tuple[str, str], list[Mention]] = {}
        for one in self._masked.mentions_within(*self._masked.corpus.article(place)):
            marks = ("GROUP", "ORG") if one.mark == "GROUP" else (one.mark,)
            for mark in marks:
                uses.setdefault((mark, one.surface), []).append(one)
        chief: dict[str, str] = {}
        for (mark, _), named in sorted(uses.items(), key=lambda use: (-len(use[1]), use[1][0].at)):
            chief.setdefault(mark, named[0].mention_id)
        self._chief[place.article_id] = chief
        return chief
