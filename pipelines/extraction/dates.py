"""When: time expressions, absolute or counted from an anchor, never more precise than said.

An expression is found by one scan for each language and then read by the first of the forms below
that it fits. A day that no calendar has (30 February) is none; a day whose month is not certain
(01/02 in English) is a guess and carries a confidence that says so.
"""

import calendar
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from pipelines.extraction.corpus import GAP, Corpus
from pipelines.extraction.cues import Cues
from pipelines.extraction.facts import facts
from pipelines.extraction.masking import masked_segments
from pipelines.extraction.numbers import NumberGrammar, forms, number_grammar
from pipelines.extraction.scanning import NEVER, either, hits, lowered

#: A full date is one; a bare year could be a number; a weekday could be a habit; which of two
#: numbers is the month, and whether they are a date at all, can be a guess.
_FULL, _YEAR, _RELATIVE, _GUESS = 0.97, 0.85, 0.85, 0.6
#: Languages that write the month before the day in numbers.
_MONTH_FIRST = frozenset({"en"})
#: Years of two digits are those of a hundred years that begin with this one.
_PIVOT = 40
_DAYS, _MONTHS, _WEEK = 31, 12, 7
#: Code points before its trigger in which an expression may begin.
_REACH = 40
_WORD = re.compile(r"[^\W\d]+|\d+")
_COMMON_YEAR = 2001
#: "In two days" is when, or how long: when, where the clause before it speaks of the future.
_IF_FUTURE, _CLAUSE = "if future", 80
#: Code points before a day in which a count may stand that is counted from it.
_SHIFT = 40
#: Expressions kept in memory.
_REMEMBERED = 50_000
_KINDS = (
    "month", "month_short", "weekday", "weekday_short", "relative_day", "year_lead", "habit",
    "ahead", "day_ordinal", "day_mark", "day_lead", "date_link", "time_unit", "ago_before",
    "ago_behind", "from_now_before", "from_now_behind", "month_lead",
    "monthday_lead", "number_article", "week_link", "shift", "holiday", "from_now_if_future",
    "future_word", "future_ending",
)


class _Expression(NamedTuple):
    """What a text says of time; start and length are relative to where it was found."""

    start: int
    length: int
    kind: str
    precision: str
    date_from: date | None
    date_to: date | None
    offset: str | None
    confidence: float


_FOUND = {
    "article_id": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "kind": pl.String,
    "precision": pl.String,
    "date_from": pl.Date,
    "date_to": pl.Date,
    "offset_from_anchor": pl.String,
    "confidence": pl.Float64,
}


def core_dates(
    core_articles: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_mentions: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_dates`` for whole articles; what lies in a name is no date."""
    rows = [
        row
        for masked in masked_segments(
            core_segments, core_languages, core_mentions, seed_cue_words, groups=False
        )
        for row in _dates(masked.corpus, masked.cues)
    ]
    found = [pl.DataFrame(rows, schema=_FOUND, orient="row")]
    mint = pl.format("{}/d{}-{}", "article_id", "start", "end")
    return facts("core_dates", found, core_articles, core_segments, mint)


def _dates(corpus: Corpus, cues: Cues) -> Iterator[tuple[object, ...]]:
    calendar_ = _calendar_of(cues)
    text = lowered(corpus.text)
    done = 0
    for at, to in hits(text, calendar_.trigger):
        span = calendar_.span_around(text, max(at, done), to, done)
        if span is None or not _stands_alone(text, *span):
            continue
        found = calendar_.read_in(text, *span)
        if found is not None:
            begin = span[0] + found.start
            if _is_another_word(found, corpus.text[begin], cues):
                continue
            done = begin + found.length
            place = corpus.place(begin)
            yield place.article_id, begin + place.offset, done + place.offset, *found[2:]


def _is_another_word(found: _Expression, first: str, cues: Cues) -> bool:
    """Say whether a month alone is written small where its language writes months with a capital:
    "this may not be far".
    """
    is_month = (found.offset or "").startswith("named_month:")
    return is_month and first.islower() and all(one[0].isupper() for one in cues.forms("month"))


def _stands_alone(text: str, at: int, to: int) -> bool:
    """Say whether what was found is whole words and not part of a longer number."""
    before, behind = text[at - 1 : at], text[to : to + 2]
    if (before.isalnum() or before == "_") and text[at].isalnum():
        return before == "_" and text[at].isdigit()
    if text[at].isdigit() and (
        before in ("$", "€", "£") or (before in (".", ",", "/") and text[at - 2].isdigit())
    ):
        return False
    if behind[:1].isalnum() and text[to - 1].isalnum():
        return False
    is_more = behind[:1] in ("%", "/", "-", ":", ".", ",") and behind[1:].isdigit()
    return not (text[to - 1].isdigit() and (is_more or behind[:1] == "%"))


#: What may stand behind the day of a month; a noun would make it a number of things.
_ENDS = re.compile(r"[^\w\s]|\x00|$|\s(?:a|à|alle|at|às|um|om|o)\s")


def _could_count(found: _Expression, text: str, to: int) -> bool:
    """Say whether the day in "Tuesday 20" could count what follows: "Tuesday 20 people"."""
    is_bare = (found.offset or "").startswith("monthday") and text[to - 1].isdigit()
    return is_bare and not _ENDS.match(text, to, to + 8)


@lru_cache(maxsize=32)
def _calendar_of(cues: Cues) -> "_Calendar":
    told = {
        kind: {form: value for cue, value in cues.values(kind).items() for form in forms(cue)}
        for kind in _KINDS
    }
    return _Calendar(cues.language, told, number_grammar(cues))


class _Calendar:
    """The time expressions of one language."""

    def __init__(
        self, language: str, cues: Mapping[str, dict[str, str]], numbers: NumberGrammar
    ) -> None:
        self._language, self._cues, self._numbers = language, cues, numbers
        self._months = cues["month"] | cues["month_short"]
        self._weekdays = cues["weekday"] | cues["weekday_short"]
        relative = cues["relative_day"].items()
        self._weeks = {cue: value for cue, value in relative if value.startswith("week:")}
        endings = rf"\w(?:{either(cues['future_ending'])})\b"
        words = rf"(?<!\w)(?:{either(cues['future_word'])})\b"
        self._future = re.compile(rf"(?:{words}|{endings})[^.;:!?\x00]*$")
        self._read: dict[str, _Expression | None] = {}
        forms = self._forms(NEVER)
        self._any_form = re.compile("|".join(_ungrouped(form) for form, _ in forms))
        self.trigger = self._trigger()
        self._openers = self._first_words()
        self._readers = [
            (re.compile(_told_apart(form)), reader)
            for form, reader in self._forms(numbers.year_words())
        ]
        link = rf"(?:(?:{either(cues['date_link'])})\s?)?"
        self._worded_year = re.compile(rf",?\s{link}{numbers.year_words()}\b")
        self._shift_before = re.compile(
            rf"(?<!\w)(?P<count>[0-9]{{1,3}}|{numbers.words_up_to(_DAYS)})"
            rf"\s(?P<unit>{either(cues['time_unit'])})\s(?P<shift>{either(cues['shift'])})"
            rf"\s?(?:(?:{either(cues['day_lead'])})\s)?$",
        )

    def _trigger(self) -> str:
        """Return an expression for what no time expression of the language lacks."""
        cues = self._cues
        short = either({*cues["month_short"]} - {*cues["month"]})
        # Counts in their own letters: any character would make the automaton twice as slow.
        unit, counted = either(cues["time_unit"]), r"[0-9a-zß-ÿœ'-]{1,20} "
        before = either({**cues["ago_before"], **cues["from_now_before"]})
        before = f"(?:{before}|{either(cues['from_now_if_future'])})"
        behind = either({**cues["ago_behind"], **cues["from_now_behind"]})
        triggers = (
            either({**cues["month"], **cues["weekday"], **cues["relative_day"]}),
            either(cues["holiday"]),
            rf"{short}[. /-]{{0,2}}[0-9]",
            rf"[0-9][^ 0-9]{{0,2}}[ /-](?:{either(cues['date_link'])} )?{short}",
            rf"{either(cues['weekday_short'])}\.? [0-9]",
            rf"{before} {counted}{unit}",
            rf"{unit} {behind}",
            rf"{either(cues['monthday_lead'])} [0-9]",
            r"(?:1[0-9]|20)[0-9][0-9]",
            r"[0-9]{1,2}[/-][0-9]{1,2}",
            r"[0-9]{1,2}\.[0-9]{1,2}\.",
        )
        return f"(?:{'|'.join(triggers)})".replace(r"\s", " ")

    def _first_words(self) -> frozenset[str]:
        """Return the words with which a time expression of the language may begin."""
        kinds = (
            "month", "month_short", "weekday", "weekday_short", "relative_day", "year_lead",
            "habit", "ahead", "day_ordinal", "day_lead", "ago_before", "from_now_before",
            "from_now_if_future", "month_lead", "monthday_lead", "holiday", "number_article",
        )
        told = [cue for kind in kinds for cue in self._cues[kind]]
        return frozenset(
            match[0] for cue in (*told, *self._numbers.words) if (match := _WORD.match(cue))
        )

    def span_around(self, text: str, at: int, to: int, done: int) -> tuple[int, int] | None:
        """Return the expression of which a trigger is part, the one that begins first."""
        begin = max(done, at - _REACH, text.rfind(GAP, 0, at) + 1)
        for match in _WORD.finditer(text, begin, to):
            start = match.start()
            if start > at:
                break
            if match[0] not in self._openers and not match[0][0].isdigit():
                continue
            start -= text[start - 1 : start] == "("
            found = self._any_form.match(text, start)
            if found is not None and found.end() > at:
                return found.span()
        return None

    def read(self, text: str) -> _Expression | None:
        """Return what an expression says, None where no calendar has the day."""
        if text not in self._read:
            if len(self._read) > _REMEMBERED:
                self._read.clear()
            self._read[text] = self._first_reading(text)
        return self._read[text]

    def read_in(self, text: str, at: int, to: int) -> _Expression | None:
        """Return what the expression between two positions says where it stands.

        A year in words may follow it, a count of days go before it ("two weeks before").
        """
        found = self.read(text[at:to])
        if found is None:
            return None
        if _could_count(found, text, to):
            found = self.weekday_in(text[at:to])
        elif found.kind == _IF_FUTURE:
            return found._replace(kind="relative") if self._lies_ahead(text, at) else None
        elif (found.offset or "").startswith("date:"):
            year = self._worded_year.match(text, to, to + _CLAUSE)
            found = (self.read(text[at : year.end()]) if year else None) or found
        if found is None or found.precision != "day":
            return found
        return self._shifted(text, at + found.start, found) or found

    def _lies_ahead(self, text: str, at: int) -> bool:
        """Say whether the clause before a position speaks of the future."""
        return self._future.search(text, max(0, at - _CLAUSE), at) is not None

    def weekday_in(self, text: str) -> _Expression | None:
        """Return what the day of the week says with which an expression begins."""
        match = re.match(r"[\w-]+", text)
        return self.read(match[0]) if match else None

    def _first_reading(self, text: str) -> _Expression | None:
        for form, reader in self._readers:
            match = form.fullmatch(text)
            if match is not None:
                return reader(match)
        return None

    def _forms(
        self, worded_years: str
    ) -> list[tuple[str, Callable[[re.Match[str]], _Expression | None]]]:
        """Return the forms of expressions, the longest first, with what reads them.

        None has lookaround, so that they serve both engines; years in words would make the
        automaton of the one that scans too large.
        """
        cues, any_of = self._cues, either
        short = {cue: value for cue, value in self._months.items() if cue not in cues["month"]}
        month = rf"(?:(?P<month>{any_of(cues['month'])})|(?P<month>{any_of(short)})\.?)"
        weekday = rf"(?:(?:{any_of(self._weekdays)})\.?\s?,?\s)?"
        marks = rf"(?:{either(cues['day_mark'])})?"
        ordinal = rf"(?:{any_of(cues['day_ordinal'])})"
        worded = self._numbers.words_up_to(_DAYS)
        day = rf"(?P<day>[0-3]?[0-9]{marks}|{ordinal}|{worded})"
        year = rf"(?P<year>(?:1[0-9]|20)[0-9][0-9]|'[0-9][0-9]|{worded_years})"
        link = rf"(?:(?:{any_of(cues['date_link'])})\s?)?"
        of = rf"(?:{any_of(cues['date_link'])})\s(?P<year>3[2-9]|[4-9][0-9])"
        then = rf"(?:,?\s{link}{year}|\s?,\s?{year}|\s{of})?"
        lead = any_of(cues["year_lead"])
        count = rf"(?P<count>[0-9]{{1,3}}|{worded}|{any_of(cues['number_article'])})"
        unit = rf"(?P<unit>{any_of(cues['time_unit'])})"
        ahead = any_of(cues["ahead"])
        mark, mark_2 = r"(?P<mark>[/.-])", r"(?P<mark>[/.-])"
        full_year, one = r"(?P<year>[12][0-9]{3})", r"(?P<one>[0-3]?[0-9])"
        numeric_lead = rf"(?P<lead>{any_of(cues['day_lead'])}\s)"
        day_lead = rf"(?:{any_of(cues['monthday_lead'])})\s"
        named_day = rf"(?P<weekday>{any_of(self._weekdays)})"
        coming = rf"(?:(?P<ahead>{ahead})\s)?"
        week = rf"(?P<week>{any_of(self._weeks)})"
        of_week = rf"(?:(?:{any_of(cues['week_link'])})\s)?"
        before, behind = any_of(cues["ago_before"]), any_of(cues["ago_behind"])
        soon, later = any_of(cues["from_now_before"]), any_of(cues["from_now_behind"])
        perhaps = any_of(cues["from_now_if_future"])
        monthday = rf"(?P<day>[0-3]?[0-9]{marks})"
        day_month = (
            rf"{weekday}(?:{day_lead})?{day}\s?[-/]?\s?{link}{month}(?:[-/]{year}|{then})"
        )
        led = rf"(?P<lead>{any_of(cues['month_lead'])}\s)?"
        month_day = rf"{led}{weekday}{month}[\s/-]?{day}(?:[-/]{year}|{then})"
        numeric = (
            rf"{weekday}{numeric_lead}?{one}{mark}(?P<two>[0-3]?[0-9]){mark_2}"
            r"(?P<year>(?:1[5-9]|20)[0-9][0-9]|[0-9][0-9])"
        )
        holiday = rf"(?P<holiday>{any_of(cues['holiday'])})(?:,?\s{link}{year})?"
        return [
            (rf"{full_year}{mark}(?P<one>[0-9]{{1,2}}){mark_2}(?P<two>[0-9]{{1,2}})", self._iso),
            (rf"{full_year}[/-](?:{month}[/-]{day}|{day}[/-]{month})", self._day_and_month),
            (rf"(?:{month}-{full_year}-{day}|{day}-{full_year}-{month})", self._day_and_month),
            (rf"{led}{month}\s?,?\s{link}(?P<year>(?:1[5-9]|20)[0-9][0-9])", self._month),
            (numeric, self._numeric),
            (day_month, self._day_and_month),
            (month_day, self._day_and_month),
            (rf"(?:(?:{before})\s{count}\s{unit}|{count}\s{unit}\s(?:{behind}))", self._ago),
            (rf"(?:(?:{soon})\s{count}\s{unit}|{count}\s{unit}\s(?:{later}))", self._from_now),
            (rf"(?P<if_future>{perhaps})\s{count}\s{unit}", self._from_now),
            (
                rf"{coming}{named_day}\.?,?\s?\(?{numeric_lead}?{one}[/.-](?P<two>[01]?[0-9])\)?",
                self._numeric,
            ),
            (rf"{named_day}\.?,?\s(?:{monthday}|{day_lead}{day})", self._day_of_month),
            (rf"{week},?\s{of_week}{named_day}|{named_day}\s{of_week}{week}", self._day_of_week),
            (rf"{numeric_lead}{one}\.(?P<two>[01]?[0-9])\.", self._numeric),
            (rf"{numeric_lead}?{one}/(?P<two>[0-3]?[0-9])", self._numeric),
            (rf"(?P<lead>{day_lead}){monthday}", self._day_of_month),
            (rf"(?P<lead>(?:{lead})\s?)(?P<year>(?:1[5-9]|20)[0-9][0-9])", self._year),
            (r"(?P<lead>\()(?P<year>(?:1[5-9]|20)[0-9][0-9])\)", self._year),
            (holiday, self._holiday),
            (rf"(?:{any_of(cues['relative_day'])})", self._relative_day),
            (
                rf"(?:(?P<habit>{any_of(cues['habit'])})\s)?{coming}"
                rf"(?P<weekday>{any_of(cues['weekday'])})(?:\s(?P<ahead_behind>{ahead}))?",
                self._weekday,
            ),
            (
                rf"(?P<lead>(?:{any_of(cues['month_lead'])})\s)"
                rf"(?P<month>{any_of(cues['month'])})",
                self._named_month,
            ),
        ]

    # -- readers ---------------------------------------------------------------------------

    def _day_and_month(self, match: re.Match[str]) -> _Expression | None:
        day = self._day(_said(match, "day"))
        month = self._number(self._months, _said(match, "month"))
        if not 1 <= day <= _DAYS:
            return None
        found = _on(match, self._year_of(_said(match, "year")), month, day, _FULL)
        return _without_lead(found, match) if found and _said(match, "lead") else found

    def _iso(self, match: re.Match[str]) -> _Expression | None:
        month, day = int(_said(match, "one")), int(_said(match, "two"))
        return _on(match, int(match["year"]), month, day, _FULL)

    def _numeric(self, match: re.Match[str]) -> _Expression | None:
        """Read numbers; which of two is the month a language says, or the size of the other."""
        one, two = int(_said(match, "one")), int(_said(match, "two"))
        month_first = self._language in _MONTH_FIRST
        if (one if month_first else two) > _MONTHS:
            month_first = not month_first
        month, day = (one, two) if month_first else (two, one)
        year = self._year_of(_said(match, "year"))
        alone = year is None and not _said(match, "lead") and not _said(match, "weekday")
        if alone and not _could_be_day(_said(match, "one"), _said(match, "two")):
            return None
        either_way = self._language in _MONTH_FIRST and one != two <= _MONTHS
        confidence = _GUESS if year is None or either_way else _FULL
        found = _on(match, year, month, day, confidence)
        return _without_lead(found, match) if found and _said(match, "lead") else found

    def _month(self, match: re.Match[str]) -> _Expression | None:
        year, month = int(match["year"]), self._number(self._months, _said(match, "month"))
        last = calendar.monthrange(year, month)[1]
        days = (date(year, month, 1), date(year, month, last))
        found = _Expression(0, match.end(), "absolute", "month", *days, None, _FULL)
        return _without_lead(found, match) if _said(match, "lead") else found

    def _year(self, match: re.Match[str]) -> _Expression | None:
        year = int(match["year"])
        days = (date(year, 1, 1), date(year, 12, 31))
        start, end = match.span("year")
        return _Expression(start, end - start, "absolute", "year", *days, None, _YEAR)

    def _ago(self, match: re.Match[str]) -> _Expression | None:
        return self._counted(match, -1)

    def _from_now(self, match: re.Match[str]) -> _Expression | None:
        found = self._counted(match, 1)
        if found is None or not _said(match, "if_future"):
            return found
        return found._replace(kind=_IF_FUTURE)

    def _counted(self, match: re.Match[str], direction: int) -> _Expression | None:
        count = self._count(_said(match, "count"))
        said = " ".join(_said(match, "unit").lower().split())
        unit, _, times = self._cues["time_unit"][said].partition(":")
        if not count:
            return None
        amount = direction * count * int(times or 1)
        return _relative(0, match.end(), unit, f"{unit}:{amount}")

    def _relative_day(self, match: re.Match[str]) -> _Expression | None:
        offset = self._cues["relative_day"][" ".join(match[0].lower().split())]
        unit = offset.partition(":")[0]
        return _relative(0, match.end(), "day" if unit in ("day", "weekday") else unit, offset)

    def _weekday(self, match: re.Match[str]) -> _Expression | None:
        """Read a day of the week; behind "every" it is a habit, behind "next" it lies ahead."""
        if _said(match, "habit"):
            return None
        ahead = "+" if _said(match, "ahead") or _said(match, "ahead_behind") else ""
        offset = f"weekday:{ahead}{self._number(self._weekdays, match['weekday'])}"
        start, end = match.span("weekday")
        return _relative(start, end - start, "day", offset)

    def _day_of_month(self, match: re.Match[str]) -> _Expression | None:
        day = self._day(_said(match, "day"))
        if not 1 <= day <= _DAYS:
            return None
        named = _said(match, "weekday")
        weekday = f"/{self._number(self._weekdays, named)}" if named else ""
        found = _relative(0, match.end(), "day", f"monthday:{day}{weekday}")
        return _without_lead(found, match) if _said(match, "lead") else found

    def _day_of_week(self, match: re.Match[str]) -> _Expression | None:
        week = self._weeks[" ".join(_said(match, "week").lower().split())].partition(":")[2]
        weekday = self._number(self._weekdays, _said(match, "weekday"))
        return _relative(0, match.end(), "day", f"weekday_of_week:{week}/{weekday}")

    def _shifted(self, text: str, at: int, base: _Expression) -> _Expression | None:
        """Read days or weeks counted from another day."""
        match = self._shift_before.search(text, max(0, at - _SHIFT), at)
        if match is None:
            return None
        said = " ".join(match["unit"].lower().split())
        unit, _, times = self._cues["time_unit"][said].partition(":")
        count = self._count(match["count"]) * int(times or 1)
        if not count or unit not in ("day", "week"):
            return None
        sign = int(self._cues["shift"][" ".join(match["shift"].lower().split())])
        by = timedelta(days=sign * count * (_WEEK if unit == "week" else 1))
        before = at - match.start()
        moved = base._replace(start=base.start - before, length=base.length + before)
        if base.date_from is not None:
            return moved._replace(date_from=base.date_from + by, date_to=base.date_from + by)
        kind, _, amount = str(base.offset).partition(":")
        if kind == "day":
            return moved._replace(offset=f"day:{int(amount) + by.days}")
        if kind != "date":
            return None
        month, day = map(int, amount.split("-"))
        on = date(_COMMON_YEAR, month, min(day, calendar.monthrange(_COMMON_YEAR, month)[1])) + by
        return moved._replace(offset=f"date:{on.month:02d}-{on.day:02d}")

    def _holiday(self, match: re.Match[str]) -> _Expression | None:
        month, day = map(int, self._cues["holiday"][_said(match, "holiday").lower()].split("-"))
        return _on(match, self._year_of(_said(match, "year")), month, day, _RELATIVE)

    def _named_month(self, match: re.Match[str]) -> _Expression | None:
        start, end = match.span("month")
        month = self._number(self._months, _said(match, "month"))
        return _relative(start, end - start, "month", f"named_month:{month}")

    def _number(self, values: Mapping[str, str], said: str) -> int:
        return int(values[said.lower()])

    def _day(self, said: str) -> int:
        digits = re.match(r"[0-9]+", said)
        if digits:
            return int(digits[0])
        known = self._cues["day_ordinal"].get(" ".join(said.lower().split()))
        return int(known) if known else self._count(said)

    def _count(self, said: str) -> int:
        if said.isdigit():
            return int(said)
        if said.lower() in self._cues["number_article"]:
            return 1
        read = self._numbers.numbers(said)
        return int(read[0].value) if len(read) == 1 else 0

    def _year_of(self, said: str) -> int | None:
        if not said:
            return None
        digits = said.lstrip("'")
        if not digits.isdigit():
            return self._numbers.year(said)
        year = int(digits)
        if len(digits) > 2:
            return year
        return year + (2000 if year < _PIVOT else 1900)


def _on(
    match: re.Match[str], year: int | None, month: int, day: int, confidence: float
) -> _Expression | None:
    """Return the day of a year, or of whichever year is nearest to the anchor."""
    if year is None:
        if not 1 <= month <= _MONTHS or not 1 <= day <= calendar.monthrange(2000, month)[1]:
            return None
        offset = f"date:{month:02d}-{day:02d}"
        return _Expression(0, match.end(), "relative", "day", None, None, offset, confidence)
    try:
        on = date(year, month, day)
    except ValueError:
        return None
    return _Expression(0, match.end(), "absolute", "day", on, on, None, confidence)


def _relative(start: int, length: int, precision: str, offset: str) -> _Expression:
    return _Expression(start, length, "relative", precision, None, None, offset, _RELATIVE)


def _without_lead(found: _Expression, match: re.Match[str]) -> _Expression:
    start = match.end("lead")
    return found._replace(start=start, length=match.end() - start)


def _could_be_day(one: str, two: str) -> bool:
    """Say whether two numbers parted by a slash are a day and a month rather than a share.

    Two digits each are; so is a day beyond the twelfth, but "24/7" is round the clock.
    """
    if len(one) == len(two) == 2:
        return int(one) <= _DAYS and int(two) <= _DAYS
    return _MONTHS < int(one) <= _DAYS and (one, two) != ("24", "7")


def _ungrouped(form: str) -> str:
    return re.sub(r"\?P<\w+>", "?:", form)


def _told_apart(form: str) -> str:
    """Number the groups of one name, of which Python allows one: year, year_2."""
    seen: Counter[str] = Counter()

    def numbered(match: re.Match[str]) -> str:
        seen[match[1]] += 1
        return match[0] if seen[match[1]] == 1 else f"(?P<{match[1]}_{seen[match[1]]}>"

    return re.sub(r"\(\?P<(\w+)>", numbered, form)


def _said(match: re.Match[str], name: str) -> str:
    """Return what a group, or another of its name, holds; nothing if it took no part."""
    groups = match.groupdict().items()
    return next((text for group, text in groups if text and group.rstrip("_2345") == name), "")
