"""When: time expressions, absolute or counted from an anchor, never more precise than said."""

import calendar
import re
from collections.abc import Iterator
from datetime import date

import polars as pl

from pipelines.extraction.corpus import Corpus
from pipelines.extraction.cues import Cues, pattern
from pipelines.extraction.facts import facts
from pipelines.extraction.masking import masked_segments

#: A full date is one; a bare year could be a number; a weekday could be a habit.
_FULL, _YEAR, _RELATIVE = 0.97, 0.85, 0.85

_Row = tuple[int, int, str, str, date | None, date | None, str | None, float]
_FOUND = {
    "at": pl.Int64,
    "to": pl.Int64,
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
    found = [
        masked.corpus.spans(_dates(masked.corpus, masked.cues))
        for masked in masked_segments(core_segments, core_languages, core_mentions, seed_cue_words)
    ]
    mint = pl.format("{}/d{}-{}", "article_id", "start", "end")
    return facts("core_dates", found, core_articles, core_segments, mint)


def _dates(corpus: Corpus, cues: Cues) -> pl.DataFrame:
    """Return the longest expressions, those of the surer kinds first."""
    rows: list[_Row] = []
    taken: set[int] = set()
    for finder in (_full_dates, _months, _years, _offsets, _weekdays):
        for row in finder(corpus.text, cues):
            if not taken.intersection(range(row[0], row[1])):
                taken.update(range(row[0], row[1]))
                rows.append(row)
    return pl.DataFrame(rows, schema=_FOUND, orient="row")


def _full_dates(text: str, cues: Cues) -> Iterator[_Row]:
    month, year = rf"(?P<month>{cues.any('month')})", r"(?P<year>(?:1[5-9]|20)\d\d)"
    day = r"(?P<day>[0-3]?\d)(?:er|º|°|st|nd|rd|th|\.)?"
    weekday = rf"(?:{cues.any('weekday')},?\s)?"
    link = r"(?:de\s|of\s)?"
    written = (
        rf"{weekday}\b{day}\s{link}{month}(?:,?\s{link}{year})?\b(?!\s\d)",
        rf"{weekday}{month}\s{day}(?:,?\s{year})?\b(?![\w:])",
        rf"\b{year}-(?P<number>[01]\d)-(?P<day>[0-3]\d)\b",
        rf"\b(?P<day>[0-3]?\d)[/.](?P<number>[01]?\d)[/.]{year}\b",
    )
    for expression in written:
        for match in pattern(expression).finditer(text):
            number = _month_number(match, cues)
            if not number or not 1 <= int(match["day"]) <= 31:
                continue
            if match["year"] is None:
                offset = f"date:{number:02d}-{int(match['day']):02d}"
                yield (*match.span(), "relative", "day", None, None, offset, _FULL)
                continue
            try:
                day_of = date(int(match["year"]), number, int(match["day"]))
            except ValueError:
                continue
            yield (*match.span(), "absolute", "day", day_of, day_of, None, _FULL)


def _month_number(match: re.Match[str], cues: Cues) -> int:
    groups = match.groupdict()
    if groups.get("number"):
        number = int(groups["number"])
        return number if 1 <= number <= 12 else 0
    return int(cues.value("month", groups["month"]) or 0)


def _months(text: str, cues: Cues) -> Iterator[_Row]:
    expression = rf"(?P<month>{cues.any('month')}),?\s(?:de\s|of\s)?(?P<year>(?:1[5-9]|20)\d\d)\b"
    for match in pattern(expression).finditer(text):
        year, month = int(match["year"]), int(cues.value("month", match["month"]) or 0)
        last = calendar.monthrange(year, month)[1]
        first_day, last_day = date(year, month, 1), date(year, month, last)
        yield (*match.span(), "absolute", "month", first_day, last_day, None, _FULL)


def _years(text: str, cues: Cues) -> Iterator[_Row]:
    """Find years behind a word that leads to one; a bare number of four digits is a number."""
    leads = cues.any("year_lead")
    for match in pattern(rf"{leads}\s?(?P<year>(?:1[5-9]|20)\d\d)(?![\w%]|[.,]\d)").finditer(text):
        year = int(match["year"])
        bounds = (date(year, 1, 1), date(year, 12, 31))
        yield (*match.span("year"), "absolute", "year", *bounds, None, _YEAR)


def _offsets(text: str, cues: Cues) -> Iterator[_Row]:
    for match in pattern(cues.any("relative_day")).finditer(text):
        offset = cues.value("relative_day", match[0]) or "day:0"
        precision = {"day": "day", "week": "day", "month": "month", "year": "year"}
        unit = offset.partition(":")[0]
        yield (*match.span(), "relative", precision[unit], None, None, offset, _RELATIVE)


def _weekdays(text: str, cues: Cues) -> Iterator[_Row]:
    """Find days of the week; behind "every" they are a habit, behind "next" they lie ahead."""
    expression = (
        rf"(?P<habit>{cues.any('habit')}\s)?(?P<ahead>{cues.any('ahead')}\s)?"
        rf"(?P<day>{cues.any('weekday')})(?P<ahead_behind>\s{cues.any('ahead')})?"
    )
    for match in pattern(expression).finditer(text):
        if match["habit"]:
            continue
        ahead = "+" if match["ahead"] or match["ahead_behind"] else ""
        offset = f"weekday:{ahead}{cues.value('weekday', match['day'])}"
        yield (*match.span("day"), "relative", "day", None, None, offset, _RELATIVE)
