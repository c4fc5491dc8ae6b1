"""Publication dates: what was stated becomes an interval, never more precise than it was stated."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

import polars as pl

#: Languages whose month names are read; Austria and Peru have a name of their own for one month.
_LOCALES = ("de", "de_AT", "en", "es", "es_PE", "fr", "it", "nl", "pt")

#: Years of which there are, or may be, documents: 0001 and 9999 are what a machine writes for none.
_YEAR = r"(?P<year>[12][0-9]{3})"
_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_DAY = r"(?P<day>0?[1-9]|[12][0-9]|3[01])"
#: Offsets of names that mean one offset everywhere they are written: those of RFC 822 and the
#: European ones. Others (IST, BST, ET) mean several, and the moment stays as written.
_OFFSETS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "mez": 1, "cest": 2,
    "mesz": 2, "eet": 2, "eest": 3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
#: No clock is further from UTC than 14 hours.
_NUMERIC_ZONE = r"[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?"
_ZONE = (
    rf"(?P<zone>{_NUMERIC_ZONE}|(?:gmt|utc) ?[+-](?:0?[0-9]|1[0-4])(?::?[0-5][0-9])?"
    rf"|{'|'.join(sorted(_OFFSETS, key=len, reverse=True))}|[a-z]{{1,4}}t)"
    r"(?: ?[\[(][^\])]*[\])])?"
)
_TIME = (
    r"(?P<hour>[01]?[0-9]|2[0-3])"
    r"(?:(?:[:.h]| h )(?P<minute>[0-5][0-9])"
    r"(?:[:.](?P<second>[0-5][0-9]|60)(?:[.,:][0-9]+)?)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?"
    r"(?: ?(?P<unit>uhr|uur|heures?|horas?|hrs?|hs|h|min)\b\.?)?"
    rf"(?:,? ?{_ZONE})?"
)
#: Between a day and its time.
_AT = r"(?:t|,? (?:(?:at|um|alle ore|alle|ore|a las|a la|a|as|om|-|\||·) )?)"
#: Before a date: that it is one of publication, never of a change.
_LEAD = (
    r"(?:(?:published|posted|pubblicato|publi[eé]|ver[oö]ffentlicht|publicado|gepubliceerd):? )?"
    r"(?:(?:on|il|le|am|den|el|em|op) )?"
)
#: Of a dateline, the place before the date: short, not a sentence, and set off by a comma, a
#: parenthesis or a dash. Lines before it are headline, kicker, byline and blank ones between.
_PLACE = r"\p{Lu}[^\n.!?:;0-9]{1,40}?(?:,|\)|\s[-–—]) ?"
_LINES_BEFORE = r"\A(?:[^\n]*\n){0,6}?[ \t]*"
_COMPACT = (
    rf"{_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})"
    rf"(?:t?(?P<hour>[0-9]{{2}})(?P<minute>[0-9]{{2}})(?P<second>[0-9]{{2}})?(?:\.[0-9]+)?{_ZONE}?)?"
)
#: Seconds since 1970 of ten digits, from 2001 to 2033, or as many milliseconds: shorter and longer
#: numbers may be anything.
_EPOCH = r"(?P<epoch>1[0-9]{9})(?:[0-9]{3})?(?:\.[0-9]+)?"
_PARTS = (
    "year", "month", "day", "hour", "minute", "second", "half", "unit", "zone", "name", "first",
    "separator", "other", "epoch",
)  # fmt: skip


def publication_intervals(stated: pl.Series, languages: pl.Series) -> pl.DataFrame:
    """Return published_from, published_to, published_precision and published_zone of dates.

    Both bounds stand at the start of their unit: month precision of 2023-12 is 2023-12-01 to
    2023-12-31, day precision has the same day twice, an hour ends at its last minute. Moments are
    UTC where a zone is stated, else as written. What is no date is ``unknown``. ``languages`` tell
    which of two numbers is the day; where neither they nor the numbers do, only the year is sure.
    """
    parts = _read(stated).with_columns(day_first=_day_first(languages))
    return (
        parts.with_columns(**_day_and_month())
        # Of a day that is not sure no hour is.
        .with_columns(pl.when(pl.col("day").is_not_null()).then(pl.col("hour", "minute", "second")))
        .with_columns(start=_start(), zone=_zone())
        .select(**_interval())
    )


@cache
def datelines() -> tuple[str, str]:
    """Return patterns whose first group is the day that the opening of a text is dated by.

    It stands in a line of its own, or before a dash: ``ROMA, 5 dicembre 2023 -``.
    """
    names, weekdays = _alternatives((*_months(), *_names("months"))), _alternatives(_names("days"))
    day, year = r"(?:[12][0-9]|3[01]|0?[1-9])", r"[12][0-9]{3}"
    date = (
        rf"({day}(?:st|nd|rd|th|er|º|\.)? (?:de |of )?(?:{names})\.?,? (?:de |del |of )?{year}"
        rf"|(?:{names})\.? {day}(?:st|nd|rd|th)?,? {year}|{day}[/.]{day}[/.]{year})"
    )
    dated = rf"(?i:{_LEAD}(?:(?:{weekdays})\.?,? )?{date})"
    time = r"(?:,? (?:[-–—] )?(?:\p{L}+ ){0,2}[0-9]{1,2}[:.h][0-9]{2}[^\n]{0,12})?"
    agency = r"(?: ?\([^)\n]{1,30}\))?"
    return (
        rf"{_LINES_BEFORE}{dated}{time}[ \t]*(?:\n|\z)",
        rf"{_LINES_BEFORE}(?:{_PLACE})?{dated}{agency}(?:\s[-–—]|[-–—]\s)",
    )


def _read(stated: pl.Series) -> pl.DataFrame:
    """Return the parts of dates, as text; none of what fits no shape."""
    shapes = _shapes()
    read = pl.DataFrame({"text": _folded(stated)}).select(
        pl.col("text").str.extract_groups(shape).alias(str(number))
        for number, shape in enumerate(shapes)
    )
    return read.select(
        pl.coalesce(
            pl.col(str(number)).struct.field(part)
            for number, shape in enumerate(shapes)
            if f"(?P<{part}>" in shape
        ).alias(part)
        for part in _PARTS
    )


@cache
def _shapes() -> tuple[str, ...]:
    """Return the shapes in which dates are written, of which a text fits one at most."""
    name = rf"(?P<name>{_alternatives(_months())})"
    weekday = rf"(?:(?:{_alternatives(map(_fold, _names('days')))})\.?,? )?"
    ordinal = r"(?:st|nd|rd|th|er|o|\.)?"
    days = (
        rf"{_YEAR}[-/._]{_MONTH}[-/._]{_DAY}",
        rf"{_DAY}{ordinal}[ -]?(?:de |di |of )?{name}\.?,?[ -]?(?:de |del |of )?{_YEAR}",
        rf"{name}\.? {_DAY}{ordinal},? {_YEAR}",
        rf"(?P<first>[0-9]{{1,2}})(?P<separator>[-/.])(?P<other>[0-9]{{1,2}})[-/.]{_YEAR}",
    )
    before = _LEAD + weekday
    shapes = (
        *(rf"{before}{day}(?:{_AT}{_TIME}|z|{_NUMERIC_ZONE})?" for day in days),
        *(rf"{_TIME},?(?: -)? {before}{day}" for day in days),
        rf"{weekday}{name} {_DAY} {_TIME} {_YEAR}",
        rf"{_LEAD}{_YEAR}(?:[-/]{_MONTH})?",
        rf"{_LEAD}(?:{name}\.?,? (?:de |del |of )?|{_MONTH}/){_YEAR}",
        _COMPACT,
        _EPOCH,
    )
    return tuple(f"^(?:{shape})$" for shape in shapes)


def _day_and_month() -> dict[str, pl.Expr]:
    """Return day and month as text: of two numbers, in their order; of names, by their number."""
    first, other = (pl.col(name).cast(pl.Int8) for name in ("first", "other"))
    day_first = (
        pl.when(first > 12)
        .then(True)
        .when(other > 12)
        .then(False)
        # Nobody writes 12.5.2023 for the fifth of December; and 5/5 is the same either way.
        .when((pl.col("separator") == ".") | (first == other))
        .then(True)
        .otherwise("day_first")
    )
    named = pl.col("name").replace_strict(_months(), default=None, return_dtype=pl.Int64)
    return {
        "day": pl.coalesce("day", pl.when(day_first).then("first").when(~day_first).then("other")),
        "month": pl.coalesce(
            "month",
            named.cast(pl.String),
            pl.when(day_first).then("other").when(~day_first).then("first"),
        ),
        "hour": _hour(),
    }


def _hour() -> pl.Expr:
    """Return the hour of a day of 24 as text; an hour alone needs a word that makes it one.

    What is no hour becomes a word that no calendar reads.
    """
    hour = pl.col("hour").cast(pl.Int8)
    afternoon = pl.when(pl.col("half") == "p").then(12).otherwise(0)
    return (
        pl.when(pl.col("half").is_null() & pl.col("minute").is_null() & pl.col("unit").is_null())
        .then(pl.when(hour.is_not_null()).then(pl.lit("none")))
        .when(pl.col("half").is_null())
        .then("hour")
        .when(hour.is_between(1, 12))
        .then((hour % 12 + afternoon).cast(pl.String))
        .otherwise(pl.lit("none"))
    )


def _start() -> pl.Expr:
    """Return the first moment as written; null for what no calendar has.

    Parsed as text, because pl.datetime raises for 30 February, and with it the whole batch.
    """
    written = pl.format(
        "{}-{}-{} {}:{}:{}",
        "year",
        pl.col("month").fill_null("1"),
        pl.col("day").fill_null("1"),
        pl.col("hour").fill_null("0"),
        pl.col("minute").fill_null("0"),
        pl.col("second").fill_null("0"),
    ).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
    counted = pl.from_epoch(pl.col("epoch").cast(pl.Int64), time_unit="s").cast(pl.Datetime("us"))
    return pl.coalesce(written, counted)


def _zone() -> pl.Expr:
    """Return the offset from UTC as ``+01:00``; null where none stands, or none is certain."""
    zone = pl.col("zone")
    names = {name: f"{hours:+03d}:00" for name, hours in _OFFSETS.items()}
    numeric = pl.format(
        "{}{}:{}",
        zone.str.extract(r"([+-])"),
        zone.str.extract(r"[+-]([0-9]{1,2})").str.zfill(2),
        zone.str.extract(r"[+-][0-9]{1,2}:?([0-9]{2})$").fill_null("00"),
    )
    counted = pl.when(pl.col("epoch").is_not_null()).then(pl.lit("+00:00"))
    return pl.coalesce(
        zone.replace_strict(names, default=None, return_dtype=pl.String), numeric, counted
    ).replace("-00:00", "+00:00")


def _interval() -> dict[str, pl.Expr]:
    start, zone = pl.col("start"), pl.col("zone")
    known = start.is_not_null()
    is_moment = known & (pl.col("hour").is_not_null() | pl.col("epoch").is_not_null())
    hours, minutes = zone.str.slice(1, 2).cast(pl.Int64), zone.str.slice(4, 2).cast(pl.Int64)
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    moment = start - pl.duration(minutes=(sign * (hours * 60 + minutes)).fill_null(0))
    only_hour = pl.col("minute").is_null() & pl.col("epoch").is_null()
    last_day = (
        pl.when(pl.col("month").is_null()).then(start.dt.offset_by("11mo")).otherwise(start)
    ).dt.month_end()
    return {
        "published_from": pl.when(is_moment).then(moment).otherwise(start),
        "published_to": pl.when(is_moment & only_hour)
        .then(moment + pl.duration(minutes=59))
        .when(is_moment)
        .then(moment)
        .when(pl.col("day").is_not_null())
        .then(start)
        .otherwise(last_day),
        "published_precision": pl.when(~known)
        .then(pl.lit("unknown"))
        .when(is_moment)
        .then(pl.lit("second"))
        .when(pl.col("month").is_null())
        .then(pl.lit("year"))
        .when(pl.col("day").is_null())
        .then(pl.lit("month"))
        .otherwise(pl.lit("day")),
        "published_zone": pl.when(is_moment).then(zone),
    }


def _folded(texts: pl.Series) -> pl.Series:
    """Return texts as they are compared: lower case, no accents, one kind of hyphen and space."""
    return (
        texts.str.normalize("NFKD")
        .str.replace_all(r"\p{Mn}", "")
        .str.to_lowercase()
        .str.replace_all(r"[‐-―−]", "-")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )


def _fold(name: str) -> str:
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name).lower()
        if not unicodedata.combining(letter)
    )


@cache
def _months() -> dict[str, int]:
    """Return the names of months, folded, with their numbers; no two languages disagree."""
    return {
        _fold(name): number
        for locale in _LOCALES
        for number, names in _calendar(locale, "months").items()
        for name in names
    }


@cache
def _names(kind: str) -> tuple[str, ...]:
    """Return the names of all months or days, as they are written."""
    return tuple(
        name
        for locale in _LOCALES
        for names in _calendar(locale, kind).values()
        for name in names
    )


@cache
def _calendar(locale: str, kind: str) -> dict[int, list[str]]:
    """Return the names of a locale's months or days by their number, whole and abbreviated."""
    from babel import Locale

    contexts = getattr(Locale.parse(locale), kind)
    widths = [contexts[context][width] for context in contexts for width in ("wide", "abbreviated")]
    return {
        number: [str(names[number]).rstrip(".") for names in widths] for number in widths[0]
    }


def _alternatives(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(set(names), key=lambda name: (-len(name), name))))


def _day_first(languages: pl.Series) -> pl.Series:
    """Return whether the day stands before the month; null where a language does not tell."""
    known = {one: _puts_day_first(one) for one in languages.drop_nulls().unique()}
    return languages.replace_strict(known, default=None, return_dtype=pl.Boolean)


@cache
def _puts_day_first(language: str) -> bool | None:
    from babel import Locale, UnknownLocaleError

    tag = language.strip().replace("_", "-")
    if tag.lower() == "en":  # Britain and America differ
        return None
    try:
        order = re.findall("[dMy]", Locale.parse(tag, sep="-").date_formats["short"].pattern)
    except (UnknownLocaleError, ValueError):
        return None
    return order[0] == "d" if order[0] in "dM" else None
