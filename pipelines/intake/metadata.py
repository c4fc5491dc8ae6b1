"""Metadata: every statement about an article, ranked, with the one that is believed."""

from collections.abc import Mapping
from functools import cache

import polars as pl

from pipelines.intake.publication import datelines, publication_intervals
from pipelines.language_codes import language_code
from warehouse.contracts.core import METADATA_FIELDS
from warehouse.contracts.frames import schema

#: Places where a statement may stand, the most trusted first: its kind, and how often it is right.
#: The figures are estimates to weigh statements by; the order alone decides which is believed.
_SOURCES: Mapping[str, tuple[str, float]] = {
    # Whoever hands the article over says so of this article; an export fills in defaults.
    **dict.fromkeys(
        ("header", "front_matter", "column", "feed_entry", "email"), ("declared", 0.95)
    ),
    # There to say the address, and nothing else.
    "link": ("page", 0.9),
    # Made for machines by the system that keeps the article.
    "json_ld": ("page", 0.9),
    # What readers see above the text; titles for search engines and networks may be others.
    "heading": ("page", 0.85),
    # Told to browsers; og:locale, after it, is often the software's own.
    "html_lang": ("page", 0.85),
    "opengraph": ("page", 0.85),
    "meta": ("page", 0.8),
    # Made for readers; a page has other times beside those of its article.
    "time": ("page", 0.75),
    "title_element": ("page", 0.7),
    # Said of the whole feed, or of the transfer.
    "feed": ("page", 0.7),
    "warc": ("page", 0.7),
    # Inferred: the day an address was minted, what a page looks like.
    "address": ("inferred", 0.7),
    "page_text": ("inferred", 0.6),
    # Files are named by whoever saved them, on whichever day.
    "file_name": ("file_name", 0.55),
    # What the opening of a text looks like.
    "dateline": ("inferred", 0.5),
    "byline": ("inferred", 0.5),
    "first_line": ("inferred", 0.5),
}
#: A statement that cannot be read, or not be true, is kept, and not believed at all.
_UNBELIEVED = 0.0

#: A headline is the first of several lines, short, and does not end like a sentence. The longest
#: headlines of news agencies stay under 160 characters.
_HEADLINE = r"\A([^\n]{3,160}[^\s.!?…:;,»”\"])[ \t]*\n"
_NAME = (
    r"\p{Lu}[\p{L}'’.-]*"
    r"(?: (?:(?:de|del|della|di|da|das|do|dos|van|von|der|den|la|le|el|ter|ten|bin|al) ){0,2}"
    r"\p{Lu}[\p{L}'’.-]*){1,3}"
)
#: A line that says by whom the text is, and nothing else; lines before it are a headline, a
#: subtitle and blank ones.
_BYLINE = (
    r"\A((?:[^\n]*\n){0,6}?)[ \t]*"
    r"(?i:by|(?:a cura )?di|par|von|por|door) "
    rf"({_NAME}(?:(?:, | (?:and|e|et|und|y|en|&) ){_NAME})*)[ \t]*(?:\n|\z)"
)
#: Characters in which headline, byline and dateline stand: six lines of the longest headlines.
_OPENING = 1_000
#: A day in a name or a path, year first; years in which there are files and addresses of news.
_DAY_IN_PATH = (
    r"(?:^|[^0-9A-Za-z])((?:19|20)[0-9]{2}[-/._]?(?:0[1-9]|1[0-2])[-/._]?(?:0[1-9]|[12][0-9]|3[01]))"
    r"(?:[^0-9A-Za-z]|$)"
)
_MONTH_IN_PATH = r"(?:^|/)((?:19|20)[0-9]{2}/(?:0[1-9]|1[0-2]))/"

_DATES = ("published", "modified")
#: Older dates are no dates of news (the first newspaper is of 1605), and 1601 is where the clock
#: of Windows begins.
_FIRST_NEWS = pl.datetime(1605, 1, 1)
#: Where the clocks of Unix and of spreadsheets begin: systems write it for an absent date.
_ZERO_DATES = pl.Series([0, -2_208_988_800], dtype=pl.Int64) * 1_000_000
#: Clocks differ, and so do zones, by a day at most.
_AHEAD = pl.duration(days=1)
#: The last unit of an interval ends a day, or of a moment a minute, after it begins.
_A_DAY, _A_MINUTE = pl.duration(days=1), pl.duration(minutes=1)
#: No clock is further from UTC than 14 hours; systems stamp writing, releasing and indexing of one
#: article within an hour.
_ZONES_APART, _STAMPS_APART = pl.duration(hours=14), pl.duration(hours=1)
#: What sites add to an address to follow their readers.
_TRACKING = r"[?&](?:utm_\w+|fbclid|gclid|mc_cid|mc_eid|cmpid|ref|src)=[^&#]*"
#: A title's tail that names the outlet or the section.
_TAIL = r"\s+[|–—·-]\s+[^|–—]{1,40}$"

_GROUP = ("article_id", "field")


def core_metadata(raw_articles: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``core_metadata``: what is declared, and what name and text plainly say.

    Raises ValueError where a declaration is of a field or a place that nobody knows.
    """
    articles = raw_articles.select(
        "article_id",
        "first_seen_at",
        path=_own_path(),
        opening=pl.col("text").str.slice(
            pl.col("body_start"),
            pl.min_horizontal(pl.col("body_end") - pl.col("body_start"), pl.lit(_OPENING)),
        ),
    )
    declared = _without_outlets(_keyed(_declared(raw_articles)))
    is_date = pl.col("field").is_in(_DATES)
    inferred = _keyed(_signed(articles, declared))
    said = _ranked(pl.concat([declared.filter(~is_date), inferred]))
    dates = pl.concat([declared.filter(is_date).drop("key"), _dated_elsewhere(articles, declared)])
    return (
        pl.concat([said, _ranked(_read(dates, articles, said))], how="diagonal")
        .with_columns(conflicting=pl.col("conflicting") & ~pl.col("chosen") & pl.col("believed"))
        .select(*schema("core_metadata"))
        .sort("article_id", "field", "ordinal")
        .cast(schema("core_metadata"))  # type: ignore[arg-type]
    )


# -- statements ----------------------------------------------------------------------------


def _declared(raw_articles: pl.DataFrame) -> pl.DataFrame:
    """Return declarations as statements, each once, with their position among the article's."""
    declared = (
        raw_articles.select("article_id", "declared")
        .explode("declared")
        .drop_nulls("declared")
        .unnest("declared")
        .with_columns(position=pl.int_range(pl.len()).over("article_id"))
        .unique(["article_id", "field", "value", "source"], keep="first", maintain_order=True)
    )
    known = pl.col("field").is_in(METADATA_FIELDS) & pl.col("source").is_in(list(_SOURCES))
    for strange in declared.filter(~known).head(1).iter_rows(named=True):
        raise ValueError(
            f"a reader declares {strange['field']} in {strange['source']}, and no such field or "
            "place is known; add it to METADATA_FIELDS, or to the places ranked here"
        )
    return declared


def _statements(articles: pl.DataFrame, field: str, source: str, value: pl.Expr) -> pl.DataFrame:
    return articles.select(
        "article_id",
        field=pl.lit(field),
        value=value,
        source=pl.lit(source),
        position=pl.lit(0, pl.Int64),
    ).drop_nulls("value")


def _signed(articles: pl.DataFrame, declared: pl.DataFrame) -> pl.DataFrame:
    """Return headlines and bylines in the text.

    The first line is taken for a headline only where nothing states one and it is no address, and
    a name in it for a byline only where something does: ``By Popular Demand`` may be either.
    """
    titled = declared.filter((pl.col("field") == "title") & pl.col("key").is_not_null())
    articles = articles.with_columns(
        titled=pl.col("article_id").is_in(titled["article_id"].implode()),
        headline=pl.col("opening").str.extract(_HEADLINE),
        lines_before=pl.col("opening").str.extract(_BYLINE),
        names=pl.col("opening").str.extract(_BYLINE, 2),
    )
    unknown = pl.repeat(None, articles.height, dtype=pl.String, eager=True)
    dated = publication_intervals(articles["headline"], unknown)["published_precision"] != "unknown"
    names_first = pl.col("lines_before").fill_null("-") == ""
    addressed = pl.col("headline").fill_null("").str.contains(r"^(?i:https?://|www\.)\S+$")
    headlines = articles.filter(~pl.col("titled") & ~names_first & ~dated & ~addressed)
    bylines = articles.filter(pl.col("titled") | ~names_first)
    return pl.concat(
        [
            _statements(headlines, "title", "first_line", pl.col("headline")),
            _statements(bylines, "author", "byline", pl.col("names")),
        ]
    )


def _dated_elsewhere(articles: pl.DataFrame, declared: pl.DataFrame) -> pl.DataFrame:
    """Return dates of publication in the file's name, the article's address and the text."""
    own_line, before_dash = datelines()
    minted = declared.filter(pl.col("source") == "address")["article_id"].implode()
    addresses = declared.filter(
        (pl.col("field") == "address")
        & pl.col("key").is_not_null()
        & ~pl.col("article_id").is_in(minted)
    ).with_columns(path=pl.col("key").str.replace(r"[?#].*$", ""))
    in_text = pl.coalesce(
        pl.col("opening").str.extract(own_line), pl.col("opening").str.extract(before_dash)
    )
    return pl.concat(
        [
            _statements(articles, "published", "file_name", _day_in("path")),
            _statements(addresses, "published", "address", _day_in("path")).unique(
                maintain_order=True
            ),
            _statements(articles, "published", "dateline", in_text),
        ]
    )


def _own_path() -> pl.Expr:
    """Return the path of the file, or of the archive's member, that holds one article alone."""
    member = pl.col("place").str.extract(r"(?:^|, )member ([^,]+)$")
    return pl.when(pl.col("place").is_null()).then("source_path").otherwise(member)


def _day_in(path: str) -> pl.Expr:
    """Return the one day that a path names, else the one month of its folders."""
    days = pl.col(path).str.extract_all(_DAY_IN_PATH).list.eval(
        pl.element().str.extract(_DAY_IN_PATH)
    ).list.unique()
    month = pl.when(days.list.len() == 0).then(pl.col(path).str.extract(_MONTH_IN_PATH))
    return pl.when(days.list.len() == 1).then(days.list.first()).otherwise(month)


# -- what a statement says -----------------------------------------------------------------


def _keyed(statements: pl.DataFrame) -> pl.DataFrame:
    """Add what statements are compared by; those that say nothing of their field have none."""
    value = pl.col("value")
    keys = {
        "title": _folded(value.str.replace(_TAIL, "")),
        "outlet": _folded(
            value.str.to_lowercase()
            .str.replace(r"^(?:https?://)?(?:www\.)?", "")
            .str.replace(r"(?:\.(?:com|org|net|info|news|[a-z]{2}))+/?$", "")
        ),
        # The address of an author's page is no name.
        "author": pl.when(~value.str.contains(r"^\s*(?:https?:)?//")).then(
            _words(value).list.join(" ")
        ),
        "address": page_address(value),
        "language": language_code(value),
    }
    key = pl.coalesce(
        pl.when(pl.col("field") == field).then(key.replace("", None)) for field, key in keys.items()
    )
    return statements.with_columns(key=key)


def _without_outlets(statements: pl.DataFrame) -> pl.DataFrame:
    """Drop the keys of titles that are the outlet's name: that is no headline."""
    names = statements.filter((pl.col("field") == "outlet") & pl.col("key").is_not_null()).select(
        "article_id", "key", field=pl.lit("title"), names_outlet=pl.lit(True)
    )
    return (
        statements.join(
            names.unique(), on=["article_id", "field", "key"], how="left", maintain_order="left"
        )
        .with_columns(key=pl.when(pl.col("names_outlet").is_null()).then("key"))
        .drop("names_outlet")
    )


def _folded(text: pl.Expr) -> pl.Expr:
    """Return letters and digits alone, in lower case and without accents."""
    return text.str.to_lowercase().str.normalize("NFKD").str.replace_all(r"[^\p{L}\p{N}]", "")


def _words(text: pl.Expr) -> pl.Expr:
    """Return the words of names, folded; initials are none."""
    return (
        text.str.to_lowercase()
        .str.normalize("NFKD")
        .str.replace_all(r"\p{Mn}", "")
        .str.extract_all(r"\p{L}{2,}")
    )


def page_address(value: pl.Expr) -> pl.Expr:
    """Return an address without what does not tell pages apart: scheme, www, tracking, anchor.

    A bare host, where all pages live, and what is no address are null.
    """
    address = (
        value.str.strip_chars()
        .str.replace(r"#.*$", "")
        .str.replace_all(_TRACKING, "")
        .str.replace(r"(?i)^(?:https?://(?:www\.|m\.|amp\.)?|www\.)", "//")
        .str.replace(r"/$", "")
    )
    return pl.when(address.str.contains(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:|//[^/?\s]+[/?])\S+$")).then(
        address
    )


def _read(dates: pl.DataFrame, articles: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Add what dates say, to those that can be dates of this article."""
    language = said.filter((pl.col("field") == "language") & pl.col("chosen")).select(
        "article_id",
        # A tag says more than its language: en-GB and en-US differ in what 05/12 is.
        tag=pl.when(pl.col("value").str.contains("[-_]")).then("value").otherwise("key"),
    )
    dates = dates.join(articles.select("article_id", "first_seen_at"), on="article_id").join(
        language, on="article_id", how="left", maintain_order="left"
    )
    read = publication_intervals(dates["value"], dates["tag"])
    first = pl.col("published_from")
    is_moment = pl.col("published_precision").is_in(("day", "second"))
    can_be = (
        first.is_between(_FIRST_NEWS, pl.col("first_seen_at") + _AHEAD)
        & ~(is_moment & first.cast(pl.Int64).is_in(_ZERO_DATES.implode()))
    ).fill_null(False)
    return (
        pl.concat([dates.drop("tag"), read], how="horizontal")
        .with_columns(pl.when(can_be).then(pl.col(read.columns)))
        .with_columns(pl.col("published_precision").fill_null("unknown"))
        .drop("first_seen_at")
    )


# -- which is believed ---------------------------------------------------------------------


def _ranked(statements: pl.DataFrame) -> pl.DataFrame:
    """Add rank, origin and confidence, what is chosen, and what conflicts with it."""
    known = statements.join(_ranks(), on="source", how="left")
    of_dates = "published_from" in known.columns
    believed = pl.col("published_from" if of_dates else "key").is_not_null()
    after = pl.lit(False) if of_dates else _has_kicker()
    # Authors that one place names together have written it together.
    together = (pl.col("field") == "author") & (
        pl.col("source") == pl.col("source").first().over(_GROUP)
    )
    ranked = (
        known.with_columns(believed=believed, after=after)
        .sort(*_GROUP, pl.col("believed").not_(), "after", "rank", "position", "value")
        .with_columns(ordinal=pl.int_range(pl.len()).over(_GROUP))
        .with_columns(
            chosen=pl.col("believed") & ((pl.col("ordinal") == 0) | together),
            confidence=pl.when("believed").then("confidence").otherwise(_UNBELIEVED),
        )
    )
    return ranked.with_columns(conflicting=_apart() if of_dates else _differ())


@cache
def _ranks() -> pl.DataFrame:
    """Return rank, origin and confidence of each place."""
    rows = [(source, rank, *_SOURCES[source]) for rank, source in enumerate(_SOURCES)]
    return pl.DataFrame(rows, schema=["source", "rank", "origin", "confidence"], orient="row")


def _has_kicker() -> pl.Expr:
    """Say whether a heading has more before the headline, which the page elsewhere has without."""
    key, source = pl.col("key"), pl.col("source")
    elsewhere = source.is_in(("opengraph", "meta", "title_element"))
    alone = key.filter(elsewhere).first().over(_GROUP)
    kicked = key.str.ends_with(alone) & (key != alone)
    return ((pl.col("field") == "title") & (source == "heading") & kicked).fill_null(False)


def _differ() -> pl.Expr:
    """Say whether a statement differs from the chosen one by more than its wording."""
    key, best = pl.col("key"), pl.col("key").first().over(_GROUP)
    within = key.str.contains(best, literal=True) | best.str.contains(key, literal=True)
    chosen = key.filter(pl.col("chosen")).str.join(" ").over(_GROUP)
    shared = key.str.split(" ").list.set_intersection(chosen.str.split(" ")).list.len() > 0
    same = (
        pl.when(pl.col("field").is_in(("title", "outlet")))
        .then(within)
        .when(pl.col("field") == "author")
        .then(shared)
        .otherwise(key == best)
    )
    return ~same.fill_null(True)


def _apart() -> pl.Expr:
    """Say whether a date of publication lies apart from the chosen one; of changes all may be true.

    Days are compared as written. A day and a moment, or moments of which one states no zone, may
    be the same and yet as far apart as clocks are.
    """
    precision, zone = pl.col("published_precision"), pl.col("published_zone")
    start = pl.col("published_from")
    is_day = precision != "second"
    end = pl.col("published_to") + pl.when(is_day).then(_A_DAY).otherwise(_A_MINUTE)
    allowed = (
        pl.when(is_day & is_day.first().over(_GROUP))
        .then(pl.duration())
        .when(zone.is_not_null() & zone.first().over(_GROUP).is_not_null())
        .then(_STAMPS_APART)
        .otherwise(_ZONES_APART)
    )
    later = start >= end.first().over(_GROUP) + allowed
    earlier = end + allowed <= start.first().over(_GROUP)
    return ((later | earlier) & (pl.col("field") == "published")).fill_null(False)
