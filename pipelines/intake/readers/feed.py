"""RSS, Atom and JSON Feed: one article an entry."""

import io
import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import urljoin

from pipelines.intake.decoding import without_edges
from pipelines.intake.pages import decoded, fragment
from pipelines.intake.reader import (
    Declaration,
    FoundArticle,
    Mark,
    RawFile,
    Reject,
    UnreadableError,
)
from pipelines.intake.readers.json_document import JsonDocument

#: Bytes of a feed, which is held whole while its entries are read: a thousand articles in full.
MOST_BYTES = 20_000_000

#: Bytes of a page within which it names its feeds.
_HEAD = 1 << 16

_BEGINS = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!doctype[^>]*>\s*)*"
    rb"<(?:rss|(?:\w+:)?feed|(?:\w+:)?RDF)\b",
    re.IGNORECASE | re.DOTALL,
)
_PAGE = re.compile(r"\A\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_FEED_OF_PAGE = re.compile(
    r"<link\b[^<>]*\btype=[\"']?application/(?:rss|atom)\+xml\b[^<>]*>", re.IGNORECASE
)
_HREF = re.compile(r"\bhref=[\"']?([^\"'\s>]+)", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*>")
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
#: What is no markup, to the end where it is not closed: sought anew from each beginning, one that
#: is never closed would cost the square of the feed's size.
_UNSEEN = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_OPENING = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>\s*\Z", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!]")
_IN_HTML = ("text/html", "application/xhtml+xml")
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_MEND = "whoever makes the feed must mend it"
#: What feedparser takes for an entry's own title, text or change, and is of its pictures, of a
#: podcast's player, or of an event that is not named.
_KEPT_APART = (
    "media_title", "media_description", "itunes_summary", "itunes_subtitle", "dc_description",
    "dc_date",
)  # fmt: skip

Entry = Mapping[str, Any]


class Feed:
    """Reads RSS 0.9 to 2.0, Atom and JSON Feed: of an entry the full text, else its summary.

    Of a feed that is not well-formed every entry is read that is whole; the rest is a reject. An
    entry without text is one too. Nothing is fetched, and no entity of the feed's own is expanded
    beyond a character.
    """

    name = "feed"
    version = "1"
    suffixes = (".feed", ".rss", ".atom", ".rdf", ".xml")
    media_type = "application/xml"

    def recognises(self, head: bytes) -> bool:
        """Say whether bytes begin like RSS or Atom."""
        return bool(_BEGINS.match(head))

    def read(self, file: RawFile) -> Iterator[FoundArticle | Reject]:
        """Yield the article of each entry; UnreadableError where there is no feed, or no entry."""
        markup, encoding = decoded(_content(file))
        if markup.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
            yield from JsonDocument().read(file)
            return
        feed = _parsed(markup)
        for number, entry in enumerate(feed.entries, 1):
            place = f"entry {number}"
            try:
                yield _article(feed, entry, place, encoding, file.settings.most_bytes)
            except UnreadableError as error:
                excerpt = _one_line(_title(entry)) or _address(feed, entry)
                yield Reject(place, str(error), excerpt and excerpt[:200])
        if feed.lost:
            yield Reject("the rest of the feed", feed.lost)


def page_instead(content: bytes) -> str | None:
    """Return what to say of bytes that are a web page (a notice, a wall) where a feed should be."""
    markup = _XML_DECLARATION.sub("", content[:_HEAD].decode("utf-8-sig", "replace"))
    return _is_a_page(markup) if _PAGE.match(markup) else None


def _content(file: RawFile) -> bytes:
    file.stream.seek(0)
    content = file.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UnreadableError(
            f"it has more than the {MOST_BYTES:,} bytes a feed may have; split it, or save its "
            "articles as pages or as JSON Lines"
        )
    return content


# -- the feed ------------------------------------------------------------------------------


class _Parsed(NamedTuple):
    """A feed: what it says of itself, its whole entries, and what of it could not be read."""

    about: Entry
    entries: list[Entry]
    version: str
    lost: str | None

    @property
    def base(self) -> str:
        """The address that links without a base of their own are meant from."""
        links = self.about.get("links", ())
        own = [link.get("href", "") for link in links if link.get("rel") == "self"]
        site = [link.get("href", "") for link in links if link.get("rel") == "alternate"]
        return next((link for link in (*own, *site) if _ADDRESS.match(link)), "")


def _parsed(markup: str) -> _Parsed:
    """Return a feed as read by the rules of XML, and from where it breaks them without."""
    from feedparser.sanitizer import replace_doctype  # type: ignore[import-untyped]

    if _PAGE.match(_XML_DECLARATION.sub("", markup)):
        raise UnreadableError(_is_a_page(markup))
    # As UTF-8, and without the entities of its own that are more than a character.
    version, content, entities = replace_doctype(_XML_DECLARATION.sub("", markup).encode())
    strict, fault = _by_the_rules(content)
    if not fault:
        return _whole(strict, markup, version, strict.entries, "")
    # The same entry is read the same way as long as the feed is sound up to its end.
    sound = strict.entries[: len(strict.entries) - bool(strict.inentry)]
    loose = _without_rules(content, entities)
    rest = loose.entries[len(sound) :]
    if loose.inentry and not _CLOSED.search(markup):
        del rest[-1:]
    return _whole(loose, markup, version, [*sound, *rest], fault)


def _whole(
    parser: Any, markup: str, version: str | None, entries: list[Entry], fault: str
) -> _Parsed:
    version = version or parser.version
    seen = _UNSEEN.sub("", markup)
    broken = f"it is not well-formed XML ({fault})"
    if not version and fault:
        raise UnreadableError(f"{broken}, and no feed; save it again")
    if not version:
        root = _ROOT.search(seen)
        named = f"its root is <{root[1]}>" if root else "it has no root"
        raise UnreadableError(f"it is XML, but no feed ({named}); RSS and Atom are read")
    if not entries and fault:
        raise UnreadableError(f"{broken}, and no entry in it can be read; {_MEND}")
    if not entries:
        raise UnreadableError("the feed has no entries; nothing to read until it has some")
    there = len(_OPENING.findall(seen)) if fault else len(entries)
    lost = max(there - len(entries), 0)
    broken = f"{broken}, and {lost} of {there} entries cannot be read; {_MEND}"
    return _Parsed(parser.feeddata, entries, version, broken if lost else None)


def _is_a_page(markup: str) -> str:
    links = (_HREF.search(link) for link in _FEED_OF_PAGE.findall(markup))
    named = ", ".join(unescape(link[1]) for link in links if link)
    return (
        f"it is a web page, not a feed; it names as its feed: {named}" if named else
        "it is a web page, not a feed; give the address of the feed, or save it as .html"
    )  # fmt: skip


def _by_the_rules(content: bytes) -> tuple[Any, str]:
    """Return the parser that has read a feed, and where it stopped."""
    from xml import sax
    from xml.sax import handler, xmlreader

    parser = _parsers()[0]("", None, _UNMENDED)
    reader = sax.make_parser()
    reader.setFeature(handler.feature_namespaces, True)
    reader.setFeature(handler.feature_external_ges, False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = xmlreader.InputSource()
    source.setByteStream(io.BytesIO(content))
    source.setEncoding("utf-8")
    try:
        reader.parse(source)
    except sax.SAXParseException as error:
        return parser, f"{error.getMessage()} in line {error.getLineNumber()}"
    except Exception as error:  # what feedparser makes of values it did not expect
        return parser, str(error) or type(error).__name__
    return parser, ""


def _without_rules(content: bytes, entities: dict[str, str]) -> Any:
    parser = _parsers()[1]("", None, _UNMENDED, entities)
    try:
        parser.feed(content.decode())
    except Exception:  # what was read before it stands, and what was not is counted
        parser.inentry = 1
    return parser


#: UTF-8 by a name that feedparser does not know: under the other it also decodes anew, unseen, what
#: looks decoded wrongly. Here that is repaired, and recorded, for all formats alike.
_UNMENDED = "utf8"


@cache
def _parsers() -> tuple[Any, Any]:
    """Return feedparser's two parsers, each taught to keep apart what is not of an entry itself."""
    from feedparser import api  # type: ignore[import-untyped]

    kept_apart: dict[str, Any] = {"resolve_relative_uris": False, "sanitize_html": False}
    for name in _KEPT_APART:
        kept_apart[f"_start_{name}"] = lambda parser, _attributes, name=name: parser.push(name, 1)
        kept_apart[f"_end_{name}"] = lambda parser, name=name: parser.pop(name)
    return tuple(
        type(one.__name__, (one,), dict(kept_apart))
        for one in (api.StrictFeedParser, api.LooseFeedParser)
    )  # type: ignore[return-value]


# -- an entry ------------------------------------------------------------------------------


def _article(
    feed: _Parsed, entry: Entry, place: str, encoding: str, most_bytes: int
) -> FoundArticle:
    address = _address(feed, entry)
    text, marked, language = _text(entry)
    if not text.strip():
        raise UnreadableError(_why_no_text(entry, address))
    if len(text.encode()) > most_bytes:
        raise UnreadableError(
            f"its text has more than the {most_bytes:,} bytes an article may have; raise "
            "BABELWIRE_MAX_ARTICLE_BYTES"
        )
    start, end = without_edges(text)
    declared = tuple(_declared(feed, entry, address, language))
    key = _said(entry, "id") or address
    return FoundArticle(text, start, end, declared, marked, key, place, encoding)


def _text(entry: Entry) -> tuple[str, tuple[Mark, ...], str]:
    """Return the first text that an entry has: in full, else as a summary; and its language."""
    others = ({"value": _said(entry, name)} for name in ("dc_description", "itunes_summary"))
    for detail in (*entry.get("content", ()), entry.get("summary_detail", {}), *others):
        kind = detail.get("type", "text/html")
        if not (kind in _IN_HTML or kind.startswith("text/") or kind.endswith("xml")):
            continue
        text, marked = _seen(detail.get("value") or "", kind)
        if text.strip():
            return text, marked, detail.get("language") or ""
    return "", (), ""


def _seen(value: str, kind: str) -> tuple[str, tuple[Mark, ...]]:
    """Return what a reader sees of a value."""
    if not kind.endswith(("html", "xml")):
        return value, ()
    # Without tags it was typed, and its lines are lines.
    return fragment(value) if _TAG.search(value) else (unescape(value), ())


def _why_no_text(entry: Entry, address: str | None) -> str:
    elsewhere = [one["src"] for one in entry.get("content", ()) if one.get("src")]
    at = next(iter(elsewhere), address)
    where = f"save the page at {at}" if at else "nothing to read until it has some"
    return f"it has no text, neither in full nor as a summary; {where}"


def _title(entry: Entry) -> str:
    detail = entry.get("title_detail", {})
    return _seen(detail.get("value") or "", detail.get("type", "text/html"))[0]


def _address(feed: _Parsed, entry: Entry) -> str | None:
    """Return the address of an entry's page; an id is one only where RSS says so."""
    links = [link.get("href") for link in entry.get("links", ()) if link.get("rel") == "alternate"]
    if not links and feed.version.startswith("rss") and entry.get("guidislink"):
        links = [link for link in [_said(entry, "id")] if link and _ADDRESS.match(link)]
    link = _said(entry, "feedburner_origlink") or next(filter(None, links), None)
    try:
        return urljoin(feed.base, link.strip()) if link and link.strip() else None
    except ValueError:  # half of an IPv6 address, and the like
        return link


def _declared(
    feed: _Parsed, entry: Entry, address: str | None, language: str
) -> Iterator[Declaration]:
    """Yield what an entry says of itself, then what the feed says of all."""
    about = feed.about
    source = entry.get("source")
    said: tuple[tuple[str, str | None, str], ...] = (
        ("title", _title(entry), "feed_entry"),
        *(("author", name, "feed_entry") for name in _names(entry)),
        # A feed's author is its entries' in Atom (RFC 4287, 4.2.1); in RSS whoever answers for it.
        *(
            ("author", name, "feed")
            for name in _names(about)
            if feed.version.startswith("atom") and not _names(entry)
        ),
        ("address", address, "feed_entry"),
        ("published", _said(entry, "published") or _said(entry, "dc_date"), "feed_entry"),
        ("modified", _said(entry, "updated"), "feed_entry"),
        ("language", _said(entry, "language"), "feed_entry"),
        ("language", language if language != about.get("language") else None, "feed_entry"),
        ("language", _said(about, "language"), "feed"),
        ("outlet", _said(source, "title") if isinstance(source, Mapping) else None, "feed_entry"),
        ("outlet", _said(entry, "publisher"), "feed_entry"),
        ("outlet", _said(about, "publisher") or _title(about), "feed"),
    )
    for field, value, place in said:
        if value and (line := _one_line(value)):
            yield Declaration(field, line, place)


def _names(entry: Entry) -> list[str]:
    names = (one.get("name") or one.get("email") for one in entry.get("authors", ()))
    return [name for name in names if name]


def _said(entry: Entry, name: str) -> str | None:
    """Return a value as it stands; where there is none, feedparser's look-up gives another."""
    value = entry[name] if name in entry.keys() else None  # noqa: SIM118
    return value if isinstance(value, str) and value.strip() else None


def _one_line(value: str) -> str:
    return " ".join(value.split())
