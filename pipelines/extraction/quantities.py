"""How many of what, said of whom: numbers with their hedge, scale, unit and subject.

Two sums of money, or two counts of people, said of one subject need not be about the same thing; so
where a unit is not compared, the number is part of the property, and only who else gives the very
same one is told.

What a number is said of follows from its unit: members are members of a group, the dead are those
of a place; so each unit names the types its subject may have, best first
(:mod:`pipelines.extraction.subjects`). What no table names is counted too, in the noun's own words.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from pipelines.extraction.corpus import CAPITALS, GAP, Corpus, marked
from pipelines.extraction.facts import facts
from pipelines.extraction.masking import Masked, masked_segments
from pipelines.extraction.measures import Measures, measures_of
from pipelines.extraction.nouns import counted_nouns
from pipelines.extraction.numbers import Number, number_grammar
from pipelines.extraction.subjects import ANY, SUM_OF, Subjects

#: With a known unit and a subject; with a unit only, or of what is said of anybody and anything,
#: where the subject is right in two of three; with a unit that says nothing of a subject.
_WITH_SUBJECT, _WITH_UNIT, _BARE = 0.9, 0.75, 0.6
_OF_ANYTHING = r"^(?:amount|count|duration|measure): "
#: Code points between the numbers of a range, and those before a number in which its hedge and the
#: sign of its currency may stand.
_NEAR, _BEFORE = 30, 40
#: Code points in which the word right before a number is looked for.
_WORD = 25
#: A hundredth of a currency said behind a sum of it is part of that sum.
_HUNDRED = 100
#: Properties that count people of whom a verb may tell what happened to them; and numbers of
#: nothing that was said, which a verb may tell too.
_PERSONS = frozenset(
    (
        None, "people", "men", "women", "children", "civilians", "soldiers", "police officers",
        "firefighters", "tourists", "migrants", "refugees", "passengers", "students", "pupils",
        "protesters", "hostages",
    )
)
#: Properties that count people of whom nothing is told but where they are.
_ANYBODY = frozenset(("people", "men", "women", "children"))
#: Marks of mentions are for private use, and so is what fills them.
_PRIVATE = "\ue000"
#: A name that a number right behind it may belong to; in a place something happens.
_NAMED = re.compile(rf"{marked('ORG', 'PRODUCT', 'EVENT', 'PERSON')}\s$")
#: A number written as a year is.
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
#: A capitalised word before a number, behind a word in small letters or a number.
_CAPITAL_INSIDE = re.compile(rf"[a-zß-öø-ÿ0-9],?\s[{CAPITALS}][\w-]+\s$")
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
        for masked in masked_segments(
            core_segments, core_languages, core_mentions, seed_cue_words, groups=False
        )
        for row in _quantities(masked, seed_units, core_dates)
    ]
    found = pl.DataFrame(rows, schema=_FOUND, orient="row").with_columns(
        confidence=pl.when(
            pl.col("subject_mention_id").is_not_null()
            & ~pl.col("property").str.contains(_OF_ANYTHING)
        )
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
    subjects, since = Subjects(masked), 0
    for one in _Reader(masked, measures_of(masked.cues, units)).counted(numbers):
        place = masked.corpus.place(one.at)
        subject = None
        if one.subject_at is not None:
            subject = masked.mention_at(one.subject_at)
        elif one.subject_types:
            subject = subjects.of(
                place,
                one.at,
                one.reach,
                one.subject_types,
                since,
                only_bound=one.of_anybody,
                may_be_meant=one.inherent,
            )
        since = one.to
        yield place.article_id, one.at + place.offset, one.to + place.offset, *one.said, subject


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
    subject_types: tuple[str, ...] | None = None
    currency: str | None = None
    #: A scale said behind the unit: 75 USD million.
    factor: float = 1.0
    #: Where its subject is named, if what was read tells.
    subject_at: int | None = None
    #: Where that ends which it is a part of: 14 of the 20 members.
    whole_end: int = 0


class _Counted(NamedTuple):
    """A number with what it says: a row without its subject; and what is known of that: where the
    words end that it is bound to, the types it may have, and where it is named, if that is told.
    """

    at: int
    to: int
    said: tuple[str, float, float | None, str | None, str | None, str | None]
    reach: int
    subject_types: tuple[str, ...] | None
    subject_at: int | None
    #: People of whom nothing is told but where they are.
    of_anybody: bool
    #: What one has or is, not what one did once: the staff of the company an article is about.
    inherent: bool


class _Reader:
    """Reads what stands around the numbers of a masked text."""

    def __init__(self, masked: Masked, measures: Measures) -> None:
        self._measures, self._said, self._text = measures, masked.corpus.text, masked.small
        self._nouns = counted_nouns(masked.cues)
        self._products = dict(masked.mentions.filter(type="PRODUCT").select("at", "surface").rows())

    def counted(self, numbers: list[Number]) -> Iterator[_Counted]:
        """Yield what each number says, but numbers of nothing."""
        taken = -1
        for number, following in pairwise([*numbers, None]):
            if number is None or number.at < taken:
                continue
            upper = None
            if following and not following.article and following.at - number.to <= _NEAR:
                upper = self._upper(number, following)
            if upper is not None and upper.value <= self._lower(number, upper):
                if not self._text[number.to : upper.at].strip(" -–"):
                    taken = upper.to  # a score or a ratio
                    continue
                upper = None
            counted = self._count(number, upper, following, taken)
            if counted is not None:
                taken = counted.to
                yield counted

    def _lower(self, number: Number, upper: Number) -> float:
        """Return the lower end of a range; a scale said at its upper end is of both."""
        scaled = number.scale == 1.0 < upper.scale and number.value < upper.value / upper.scale
        return number.value * upper.scale if scaled else number.value

    def _upper(self, number: Number, following: Number) -> Number | None:
        """Return the number with which the one before it makes a range."""
        between = self._text[number.to : following.at]
        if self._measures.to.fullmatch(between):
            return following
        if not self._measures.and_.fullmatch(between):
            return None
        lead = self._text[max(0, number.at - _BEFORE) : number.at]
        return following if self._measures.between.search(lead) else None

    def _count(
        self, number: Number, upper: Number | None, following: Number | None, taken: int
    ) -> _Counted | None:
        last = upper or number
        if number.article and not self._measures.summed.match(self._text, last.to):
            return None
        sign, start, word = None, number.at, self._word_before(number.at)
        before = self._money_before(word, start, taken)
        if before:
            sign, start = before["currency"], before.start()
            word = self._word_before(start)
        measure = self._measure(number, last, sign)
        if measure.property in _PERSONS and not (number.article or measure.currency):
            measure = self._happened(measure, start, word)
        if measure.unit in (None, "years"):
            measure = self._told_otherwise(number, last, following, measure)
        if measure.unit is None and measure.currency is None:
            return None
        hedged, hedge = self._hedge_before(word, start), None
        if hedged:
            hedge, start = hedged["hedge"], hedged.start()
        elif measure.property == "count" and (number.worded or self._may_be_year(number)):
            # "Two sides" are said more often than counted, "2007 models" are those of a year.
            return None
        elif measure.property == "duration":
            # Without a hedge it is as often the hour, or how long ago.
            measure = measure._replace(property=None, subject_types=None)
        factor = measure.factor * self._short(last, measure)
        value = self._times(self._lower(number, last), factor)
        value_to = self._times(last.value, factor)
        end = measure.end
        if measure.currency and following is not None and upper is None:
            part, end = self._hundredths(following, end)
            value += part
        behind = self._measures.hedge_behind.match(self._text, end)
        if behind:
            hedge, end = hedge or behind["hedge"], behind.end()
        relation = "range" if upper else self._relation(number, hedge)
        name = measure.property
        if name is not None and name not in self._measures.compared:
            name = f"{name}: {value:,.12g}"
        ends = (value, value_to if upper else None)
        said = (relation, *ends, measure.unit, measure.currency, name)
        reach = max(end, measure.whole_end)
        inherent = measure.currency is not None or measure.property in self._measures.compared
        return _Counted(
            start,
            end,
            said,
            reach,
            measure.subject_types,
            measure.subject_at,
            of_anybody=measure.property in _ANYBODY,
            inherent=inherent,
        )

    def _times(self, value: float, factor: float) -> float:
        """Return a scaled number; 34.3 times 10⁹ is 34299999999.999996 in binary, and no scaled
        number has smaller parts than hundredths.
        """
        return value if factor == 1 else round(value * factor, 2)

    def _money_before(self, word: str, at: int, taken: int) -> re.Match[str] | None:
        if word.lstrip("([") not in self._measures.money_ends:
            return None
        match = self._measures.money_before.search(self._text, max(0, taken, at - _BEFORE), at)
        return match if match and self._is_money(match["currency"], match.start()) else None

    def _word_before(self, at: int) -> str:
        """Return the word before a position in its segment, with what is attached to it."""
        before = self._text[max(0, at - _WORD) : at]
        if GAP in before:
            before = before.rpartition(GAP)[2]
        words = before.rstrip(" -").rsplit(maxsplit=1)
        return words[-1] if words else ""

    def _is_money(self, said: str, at: int) -> bool:
        """Say whether a code is written as one: TRY, not try."""
        if said not in self._measures.kinds["currency_code"]:
            return True
        return self._said[at : at + len(said)].isupper()

    def _hedge_before(self, word: str, at: int) -> re.Match[str] | None:
        if word.rstrip("'").rpartition("'")[2] not in self._measures.hedge_ends:
            return None
        return self._measures.hedge_before.search(self._text, max(0, at - _BEFORE), at)

    def _relation(self, number: Number, hedge: str | None) -> str:
        kinds = self._measures.kinds
        if hedge:
            said = " ".join(hedge.split())
            return kinds["hedge"].get(said) or kinds["hedge_behind"].get(said) or "="
        if not number.worded:
            return "="
        about = " ".join(self._text[number.at : number.to].split()) in kinds["number_about"]
        return "~" if about else "="

    def _measure(self, number: Number, last: Number, sign: str | None) -> _Measure:
        """Return what a number counts or measures, and where that was said."""
        measures = self._measures
        expected = measures.behind_one if last.value == 1 else measures.behind
        behind = expected.match(self._text, last.to)
        if behind and behind["percent"]:
            in_address = _ADDRESS.search(self._text, max(0, number.at - _BEFORE), number.at)
            share = _Measure(behind.end(), "percent", "share", ANY)
            return _Measure(last.to) if in_address else share
        said = behind["currency"] if behind else None
        if behind and said and self._is_money(said, behind.start("currency")):
            factor = float(measures.kinds["scale"][behind["scale"]]) if behind["scale"] else 1.0
            return self._sum(said, behind.end(), sign)._replace(factor=factor)
        if sign:
            short = measures.short.match(self._text, last.to)
            return self._sum(sign, short.end() if short else last.to, None)
        if behind and behind["part"]:
            return _Measure(behind.end(), measures.kinds["currency_part"][behind["part"]])
        if number.article or said:
            return _Measure(last.to)
        return self._of_noun(behind, number, last)

    def _sum(self, said: str, end: int, other: str | None) -> _Measure:
        code = self._measures.code(said) or (self._measures.code(other) if other else None)
        unit = code or " ".join(said.split())
        return _Measure(end, unit, "amount", SUM_OF, code)

    def _of_noun(
        self, behind: re.Match[str] | None, number: Number, last: Number
    ) -> _Measure:
        """Return what a number counts or measures, by a table or in the words behind it."""
        kinds = self._measures.kinds
        if behind and behind["measure"]:
            unit = kinds["measure"][" ".join(behind["measure"].split())]
            return _Measure(behind.end(), unit, "measure", ANY)
        if behind and behind["span"]:
            unit = kinds["time_span"][behind["span"]]
            lasting = _Measure(behind.end(), unit, "duration", ANY)
            return lasting if unit != "times" else _Measure(behind.end(), unit)
        if self._is_name(number):
            return _Measure(last.to)
        if behind:
            return self._of_known(behind)
        if not (number.worded or self._measures.verb_last) and self._is_numbered(number.at):
            return _Measure(last.to)
        is_word_next = self._text[last.to : last.to + 1] == " "
        noun = self._nouns.at(self._said, last.to) if is_word_next else None
        return _Measure(noun.end, noun.words, "count", ANY) if noun else _Measure(last.to)

    def _of_known(self, behind: re.Match[str]) -> _Measure:
        """Return what a number counts by a noun of the table of units."""
        unit, name, types = self._measures.units[" ".join(behind["noun"].split())]
        if behind["product"]:
            unit = f"{self._products[behind.start('product')]} {unit}"
        return _Measure(behind.end(), unit, name, types)

    def _is_name(self, number: Number) -> bool:
        """Say whether a number belongs to the name before it: the Boeing 737, Bellator 206."""
        if number.worded or self._measures.verb_last or self._said[number.at - 2] < _PRIVATE:
            return False
        return _NAMED.search(self._said, max(0, number.at - _BEFORE), number.at) is not None

    def _may_be_year(self, number: Number) -> bool:
        return _YEAR.fullmatch(self._text, number.at, number.to) is not None

    def _is_numbered(self, at: int) -> bool:
        """Say whether a capital inside a sentence makes a number a part of what is called so: the
        Chapter 11 filing, Section 8 housing.
        """
        return _CAPITAL_INSIDE.search(self._said, max(0, at - _BEFORE), at) is not None

    def _told_otherwise(
        self, number: Number, last: Number, following: Number | None, measure: _Measure
    ) -> _Measure:
        """Return what a number says beside which no unit but years is said: a part, or an age."""
        if measure.unit is None and following and following.at - number.to < _NEAR:
            measure = self._part_of(number, last, following)
        in_years = measure.unit == "years"
        if measure.unit is None or in_years:
            ages = self._measures.ages
            person = ages.of(self._text, number, measure.end, in_years=in_years)
            if person is not None:
                return _Measure(measure.end, "years", "age", subject_at=person)
        return measure

    def _part_of(self, number: Number, last: Number, whole: Number) -> _Measure:
        """Return what a number is a part of: 14 of the 20 members."""
        links = self._measures.part_of.fullmatch(self._text, number.to, whole.at)
        if last is not number or links is None or number.article or number.value % 1:
            return _Measure(number.to)
        behind = self._measures.behind.match(self._text, whole.to)
        if behind is None or not behind["noun"] or whole.value <= number.value:
            return _Measure(number.to)
        said = self._of_known(behind)
        return said._replace(end=number.to, property="part", whole_end=said.end)

    def _short(self, last: Number, measure: _Measure) -> float:
        """Return what "5m" and "12 Mds €" multiply by; without money m is metres."""
        if measure.currency is None:
            return 1.0
        short = self._measures.short.match(self._text, last.to)
        if short is None or short.end() > measure.end:
            return 1.0
        return float(self._measures.kinds["scale_short"][short["short"].strip()])

    def _hundredths(self, following: Number, end: int) -> tuple[float, int]:
        """Return the hundredths said behind a sum: thirteen dollars forty-five cents."""
        between = self._text[end : following.at]
        part = self._measures.part.match(self._text, following.to)
        if part is None or not self._measures.joins_part.fullmatch(between):
            return 0.0, end
        return following.value / _HUNDRED, part.end()

    def _happened(self, measure: _Measure, start: int, word: str) -> _Measure:
        """Let the verb beside a number of people, or of nothing said, tell what it counts."""
        if measure.unit and not measure.property:
            return measure
        noun = self._measures.verbs.noun(
            self._text, start, measure.end, word, of_people=measure.unit is not None
        )
        known = self._measures.units.get(noun.lower()) if noun else None
        if known is None:
            return measure
        unit, name, types = known
        return _Measure(measure.end, measure.unit or unit, name, types)
