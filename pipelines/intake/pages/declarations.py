"""What a page declares of its article: JSON-LD, OpenGraph, other meta, time, headings, address."""

import json
import re
from collections.abc import Container, Iterable, Iterator
from copy import deepcopy
from datetime import date
from itertools import islice

from lxml import html

from pipelines.intake.pages.visible import AROUND, view
from pipelines.intake.reader import Declaration

_OPENGRAPH = {
    "og:title": "title",
    "og:site_name": "outlet",
    "og:url": "address",
    "og:locale": "language",
    "og:article:author": "author",
    "article:author": "author",
    "og:article:published_time": "published",
    "article:published_time": "published",
    "article:published": "published",
    "og:published_time": "published",
    "og:article:modified_time": "modified",
    "article:modified_time": "modified",
    "article:modified": "modified",
    "og:modified_time": "modified",
    "og:updated_time": "modified",
}
_META = {
    "title": "title headline citation_title dc.title dcterms.title parsely-title sailthru.title "
    "twitter:title",
    "author": "author byl citation_author dc.creator dcterms.creator parsely-author "
    "sailthru.author",
    "outlet": "application-name citation_journal_title dc.publisher dcterms.publisher publisher",
    "address": "parsely-link twitter:url",
    "language": "content-language dc.language dcterms.language inlanguage language",
    "published": "article.created article.published article_date_original bt:pubdate "
    "citation_date citation_online_date citation_publication_date creation_date "
    "cxenseparse:publishtime cxenseparse:recs:publishtime date date.created date_published "
    "datepublished dc.date dc.date.created dc.date.issued dcterms.created dcterms.date "
    "dcterms.issued originalpublicationdate parsely-pub-date pubdate publication_date "
    "publish-date publish_date publishdate published published_date publisheddate "
    "rnews:datepublished sailthru.date timestamp",
    "modified": "article.updated datemodified date_modified dc.date.modified dcterms.modified "
    "last-modified last_modified lastmod modified revised rnews:datemodified updated",
}
_META_FIELDS = {name: field for field, names in _META.items() for name in names.split()}
#: Types of schema.org that are an article; others on a page are its site, its breadcrumbs, its
#: pictures.
_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report|Review)$")
_PAGE_TYPES = frozenset(("WebPage", "ItemPage"))
_COMMA_BEFORE_END = re.compile(r",(?=\s*[}\]])")
_BROKEN_PAIR = re.compile(
    r'"(headline|datePublished|dateModified)"\s*:\s*("(?:[^"\\\n]|\\.)*")'
)
#: A day in a path: /2023/12/05/, /2023-12-05-, /20231205/; not before the web, not two digits.
_PATH_DAY = re.compile(
    r"(?<!\d)((?:19[89]|20\d)\d)(?:([/._-])(\d{1,2})\2(\d{1,2})|(\d{2})(\d{2}))(?!\d)"
)
_TO_THE_START = re.compile(r"(?:https?:)?(?://[^/]+)?/?(?:index\.\w+)?")
#: Letters of the names of some authors; what is longer tells their lives.
_LONGEST_AUTHOR = 120
#: Elements above a ``<time>`` looked at for the name of what it belongs to.
_ABOVE = 12
#: Latest day an inference may come to: a fixed one, because the day of reading must not matter.
_LATEST = "2099-12-31"


def statements(tree: html.HtmlElement, address: str | None) -> tuple[Declaration, ...]:
    """Return what a page says of its article, each value as it stands, in the order of the page."""
    said = [
        *_of_json_ld(tree),
        *_of_meta(tree),
        *_of_times(tree),
        *_of_headings(tree),
        *_of_the_rest(tree),
    ]
    said += _of_address([address, *(one.value for one in said if one.field == "address")])
    return tuple(
        Declaration(one.field, value, one.source) for one in said if (value := _storable(one.value))
    )


def declared_body(tree: html.HtmlElement) -> str:
    """Return the longest text that JSON-LD gives of an article of the page (``articleBody``)."""
    bodies = [node.get("articleBody") for node in _articles(_json_ld(tree))]
    return _storable(max((one for one in bodies if isinstance(one, str)), key=len, default=""))


def _storable(value: str) -> str:
    """Return a text without what JSON may say and no text may hold: NUL, and half a character."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode()


# -- JSON-LD -------------------------------------------------------------------------------


def _of_json_ld(tree: html.HtmlElement) -> Iterator[Declaration]:
    nodes = _json_ld(tree)
    ids = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
    for node in _articles(nodes):
        for field, key in (
            ("title", "headline"),
            ("published", "datePublished"),
            ("modified", "dateModified"),
            ("language", "inLanguage"),
            ("address", "url"),
            ("address", "mainEntityOfPage"),
        ):
            for value in _texts(node.get(key), ids, ("@id",) if field == "address" else ()):
                yield Declaration(field, value, "json_ld")
        for field, key in (("author", "author"), ("author", "creator"), ("outlet", "publisher")):
            for value in _texts(node.get(key), ids, ("name", "alternateName")):
                if not _is_address(value):
                    yield Declaration(field, value, "json_ld")


def _json_ld(tree: html.HtmlElement) -> list[dict[str, object]]:
    """Return the objects of a page's JSON-LD, those of graphs and lists each for itself."""
    nodes: list[dict[str, object]] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            waiting: list[object] = [_parsed(script.text)]
            while waiting:
                value = waiting.pop()
                if isinstance(value, list):
                    waiting += reversed(value)
                elif isinstance(value, dict):
                    nodes.append(value)
                    waiting += (value.get("mainEntity"), value.get("@graph"))
    return nodes


def _parsed(text: str) -> object:
    """Return what a script says; of one that is broken, the pairs that can still be read."""
    text = text.replace("<![CDATA[", "").replace("]]>", "")
    begin = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=0)
    text = text[begin : max(text.rfind("}"), text.rfind("]")) + 1] or text
    for attempt in (text, _COMMA_BEFORE_END.sub("", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    node: dict[str, object] = {"@type": "Article"}
    for key, value in _BROKEN_PAIR.findall(text):
        node.setdefault(key, json.loads(value, strict=False))
    return node


def _articles(nodes: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the objects that are articles; where none is, those that are the page."""
    articles = [node for node in nodes if any(map(_ARTICLE_TYPE.search, _types(node)))]
    return articles or [node for node in nodes if _PAGE_TYPES.intersection(_types(node))]


def _types(node: dict[str, object]) -> list[str]:
    types = node.get("@type")
    return [str(one) for one in (types if isinstance(types, list) else [types])]


def _texts(
    value: object, ids: dict[str, dict[str, object]], keys: tuple[str, ...]
) -> Iterator[str]:
    """Yield the texts of a value: itself, or of an object, named or given, what its keys hold."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str | int) and not isinstance(one, bool):
            yield str(one).strip()
        elif isinstance(one, dict):
            node = one if "name" in one else ids.get(str(one.get("@id")), one)
            found = next((node[key] for key in keys if isinstance(node.get(key), str | list)), None)
            names = found if isinstance(found, list) else [found]
            yield from (name.strip() for name in names if isinstance(name, str))


def _is_address(value: str) -> bool:
    return value.startswith(("http://", "https://", "//", "www."))


# -- elements ------------------------------------------------------------------------------


def _of_meta(tree: html.HtmlElement) -> Iterator[Declaration]:
    for element in tree.iter("meta"):
        value = (element.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            source, field = "opengraph", _OPENGRAPH.get(name)
            if field is None:
                source, field = "meta", _META_FIELDS.get(name)
            # The address of an author's page is no name.
            if field and value and not (field == "author" and _is_address(value)):
                yield Declaration(field, value, source)
                break


def _of_times(tree: html.HtmlElement) -> Iterator[Declaration]:
    """Yield the first time of the article, and those that say what they are times of."""
    first: html.HtmlElement | None = None
    for element in tree.iter("time", "span", "p", "div", "abbr"):
        named = f"{element.get('itemprop', '')} {element.get('class', '')}".lower()
        value = element.get("datetime") or ("date" in named and element.get("content"))
        if not value or _is_around(element):
            continue
        if "modif" in named or "updated" in named:
            yield Declaration("modified", value.strip(), "time")
        elif element.get("pubdate") is not None or "publish" in named:
            yield Declaration("published", value.strip(), "time")
        elif first is None and element.tag == "time":
            first = element
    if first is not None:
        yield Declaration("published", first.get("datetime", "").strip(), "time")


def _is_around(element: html.HtmlElement) -> bool:
    """Say whether an element belongs to a menu, a list of links, a comment."""
    return any(
        above.tag in ("nav", "aside", "footer")
        or (
            above.tag not in ("article", "body", "html", "main")
            and AROUND.search(f"{above.get('class', '')} {above.get('id', '')}")
        )
        for above in islice(element.iterancestors(), _ABOVE)
    )


def _of_headings(tree: html.HtmlElement) -> Iterator[Declaration]:
    """Yield the headings of first rank, but for the name of the site, which leads to its start."""
    for element in [*tree.xpath("//article//h1 | //main//h1"), *tree.iter("h1")]:
        if not any(_TO_THE_START.fullmatch(link.get("href", "")) for link in element.iter("a")):
            yield Declaration("title", _shown(element), "heading")


def _shown(element: html.HtmlElement) -> str:
    return " ".join(line.text for line in view(element).lines)


def _of_the_rest(tree: html.HtmlElement) -> Iterator[Declaration]:
    for element in tree.iter("title"):
        yield Declaration("title", " ".join((element.text or "").split()), "title_element")
        break  # the next is that of a drawing
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            yield Declaration("address", (element.get("href") or "").strip(), "link")
    for element in tree.xpath("//body//*[@rel='author' or @itemprop='author']"):
        author = _shown(element)
        if len(author) <= _LONGEST_AUTHOR and not _is_around(element):
            yield Declaration("author", author, "meta")
    root = tree.getroottree().getroot()
    language = root.get("lang") or root.get("xml:lang") or ""
    yield Declaration("language", language.strip(), "html_lang")


def _of_address(addresses: Iterable[str | None]) -> list[Declaration]:
    """Return the day that the first address with one tells in its path."""
    for address in addresses:
        for found in _PATH_DAY.finditer((address or "").partition("?")[0]):
            year, _, month, day, *short = found.groups()
            try:
                told = date(int(year), int(month or short[0]), int(day or short[1]))
            except ValueError:
                continue
            return [Declaration("published", told.isoformat(), "address")]
    return []


def inferred(
    tree: html.HtmlElement, address: str | None, known: Container[str]
) -> tuple[Declaration, ...]:
    """Return what trafilatura makes of a page's looks, of fields that are not known.

    It is asked only where title or date are missing. Its search of all text for dates stays off:
    that takes a year in a copyright line for its first day.
    """
    if "title" in known and "published" in known:
        return ()
    from trafilatura.metadata import extract_metadata

    limits = {"original_date": True, "extensive_search": False, "max_date": _LATEST}
    try:
        document = extract_metadata(deepcopy(tree), address, limits)
    except Exception:  # a page it stumbles over says nothing more
        return ()
    found = {
        "title": document.title,
        "author": document.author,
        "outlet": document.sitename,
        "published": _sure(document.date),
    }
    return tuple(
        Declaration(field, value, "page_text")
        for field, value in found.items()
        if value and field not in known
    )


def _sure(day: str | None) -> str | None:
    """Return a day, but not the first of a month: htmldate adds it where only a month is told."""
    return None if day and day.endswith("-01") else day
