"""What a reader sees of a page: its lines, in document order, and where each of them stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree, html

#: Never shown by a browser that runs scripts, or shown in another window.
_HIDDEN = frozenset((
    "applet", "audio", "base", "canvas", "datalist", "dialog", "embed", "frame", "frameset",
    "head", "iframe", "link", "map", "meta", "noembed", "noframes", "noscript", "object", "param",
    "rp", "script", "source", "style", "svg", "template", "title", "track", "video",
))  # fmt: skip
#: Begin and end a line.
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd",
    "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li",
    "listing", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "search", "section",
    "select", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "tr", "ul",
    "xmp",
))  # fmt: skip
#: Parted by styles where the markup has no space between them: entries of menus, days.
_PARTED = frozenset(("a", "time"))
#: Parts of a table whose rows are lines.
_OF_TABLES = frozenset(
    ("caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr")
)
#: Tags that are let go in a page that lies too deep: all but those that hide, and paragraphs.
_NESTING = re.compile(
    rb"</?(?!(?:html|head|body|title|script|style|noscript|template|textarea|p)\b)([a-z][a-z0-9-]*)"
    rb"(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*>",
    re.IGNORECASE,
)
_SAME = re.compile(rb"<br>(?:\s*<br>)+")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")
_AS_TYPED = frozenset(("listing", "pre", "textarea", "xmp"))
_HIDING_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.I)
#: White space that a browser collapses; a non-breaking space is none.
_WHITE_SPACE = re.compile(r"[ \t\n\r\f]+")
_LINE_END = re.compile(r"\r\n|[\n\r\f]")
#: Names a page gives what is around its article, in the seven languages. They stand as words of
#: a class, an id or a role: ``related-posts``, ``box_correlati``.
AROUND = re.compile(
    r"(?<![a-z])(?:"
    r"nav(?:bar|igation)?|menu|breadcrumbs?|sidebar|site-?footer|footer|site-?header|"
    r"related|recommend(?:ed|ations?)|read-?(?:also|more|next)|see-?also|more-?(?:on|from|stories)|"
    r"correlat[ie]|leggi-?anche|articoli-?correlati|a-?lire(?:-?aussi)?|lire-?aussi|"
    r"lesen-?sie-?auch|mehr-?zum-?thema|relacionad[oa]s?|lea-?tambien|leia-?(?:tambem|mais)|"
    r"lees-?(?:ook|meer)|gerelateerd|"
    r"cookies?|consent|gdpr|newsletter|subscri(?:be|ption)|paywall|"
    r"share|sharing|social|addthis|advert(?:isement)?s?|werbung|publicidad|pubblicita|"
    r"comments?|commenti|commentaires?|kommentare?|comentarios?|reacties|disqus|"
    r"most-?(?:read|popular)|trending|teasers?|promo"
    r")(?![a-z])",
    re.I,
)
_KINDS_BY_TAG = {
    "caption": "caption", "figcaption": "caption", "h1": "title", "h2": "heading",
    "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading", "time": "dateline",
}  # fmt: skip
#: Names of what belongs to an article without being its prose.
_KINDS_BY_NAME = {
    kind: re.compile(rf"(?<![a-z])(?:{names})(?![a-z])", re.I)
    for kind, names in (
        ("caption", "caption|didascalia|bildunterschrift|legende|legenda|pie-?de-?foto"),
        ("byline", "by-?line|authors?|autor[ei]?s?|auteurs?|firma|signature"),
        ("dateline", "dateline|(?:pub(?:lish(?:ed)?)?|post|entry)-?date"),
    )
}
#: Letters of a line that names authors or a day; a longer one only stands in such a class.
_LONGEST_CREDIT = 160
#: Wrap whole articles, whatever their classes say (``single-post comments-open author-anna``).
_WRAPPERS = frozenset(("article", "body", "html", "main"))


class Place(NamedTuple):
    """Where a piece of text stands: what that is called, whether it is a link, or set as typed."""

    kind: str = ""
    linked: bool = False
    typed: bool = False


@dataclass(frozen=True)
class Line:
    """A line a reader sees.

    ``kind`` is what most of it is called by the page: ``title`` (a first-rank heading),
    ``heading``, ``list_item``, ``caption``, ``byline``, ``dateline``, ``boilerplate``, or nothing.
    ``linked`` is the share of it that is a link.
    """

    text: str
    kind: str
    linked: float


def parse(markup: str) -> html.HtmlElement | None:
    """Return the tree of a page or a piece of one, None where there is no element in it.

    Left out are comments, processing instructions, and characters that nobody sees and no XML
    may hold (most of the control characters), on which trafilatura fails.
    """
    content = _NOT_XML.sub("", markup).encode("utf-8", "replace")
    tree, is_whole = _parsed(content)
    # The parser stops where elements lie more than 2,048 deep: such a page is read as lines.
    return tree if is_whole else _parsed(_SAME.sub(b"<br>", _NESTING.sub(_as_line, content)))[0]


def _parsed(content: bytes) -> tuple[html.HtmlElement | None, bool]:
    parser = html.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
        huge_tree=True,
    )
    try:
        tree = html.document_fromstring(content, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = None
    fault = parser.error_log.last_error
    return tree, fault is None or fault.type != etree.ErrorTypes.ERR_RESOURCE_LIMIT


def _as_line(tag: re.Match[bytes]) -> bytes:
    return b"<br>" if tag[1].decode("ascii").lower() in _BLOCKS else b""


@dataclass(frozen=True)
class View:
    """What is seen of a page.

    That is its lines, how deep its elements lie in each other, and the outermost elements that
    are named as what is around an article.
    """

    lines: tuple[Line, ...]
    depth: int
    around: tuple[html.HtmlElement, ...]


def view(tree: html.HtmlElement) -> View:
    """Return what a reader sees of a tree: blocks, ``<br>`` and rows of a table end a line."""
    writer = _Writer()
    places = [Place()]
    depth = 0
    around = []
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if _is_hidden(element, tag):
                walk.skip_subtree()
                places.append(places[-1])
                continue
            places.append(_place(element, tag, places[-1]))
            if places[-1].kind == "boilerplate" != places[-2].kind:
                around.append(element)
            depth = max(depth, len(places))
            if tag in _BLOCKS:
                writer.enter(element, tag)
            elif tag == "br":
                writer.end_line()
            if element.text:
                writer.write(element.text, places[-1])
        else:
            places.pop()
            if tag in _BLOCKS:
                writer.leave(element, tag)
            elif tag in _PARTED and _is_beside_another(element):
                writer.write(" ", places[-1])
            if element.tail and element is not tree:
                writer.write(element.tail, places[-1])
    writer.end_line()
    return View(tuple(writer.lines), depth, tuple(around))


def _is_hidden(element: html.HtmlElement, tag: str) -> bool:
    if tag in _HIDDEN:
        return not (tag == "dialog" and element.get("open") is not None)
    if tag in ("html", "body"):  # hidden until a script has run
        return False
    attributes = element.attrib
    return bool(attributes) and (
        "hidden" in attributes
        or attributes.get("aria-hidden", "").lower() == "true"
        or _HIDING_STYLE.search(attributes.get("style", "")) is not None
    )


def _is_beside_another(element: html.HtmlElement) -> bool:
    following = element.getnext()
    return not element.tail and following is not None and following.tag in _PARTED


def _place(element: html.HtmlElement, tag: str, around: Place) -> Place:
    kind = _kind(element, tag, around.kind)
    linked = around.linked or (tag == "a" and element.get("href") is not None)
    typed = around.typed or tag in _AS_TYPED
    if (kind, linked, typed) == around:
        return around
    return Place(kind, linked, typed)


def _kind(element: html.HtmlElement, tag: str, around: str) -> str:
    if around == "boilerplate" or tag in _WRAPPERS:
        return around
    named = _named(element)
    if tag == "nav" or AROUND.search(named):
        return "boilerplate"
    if around in _KINDS_BY_NAME:
        return around
    by_name = (kind for kind, names in _KINDS_BY_NAME.items() if named and names.search(named))
    kind = _KINDS_BY_TAG.get(tag) or next(by_name, around)
    return "list_item" if tag in ("dd", "dt", "li") and kind == around else kind


def _named(element: html.HtmlElement) -> str:
    attributes = element.attrib
    if not attributes:
        return ""
    return " ".join(
        attributes[name]
        for name in ("class", "id", "role", "rel", "itemprop")
        if name in attributes
    )


@dataclass
class _Writer:
    """Gathers pieces of text into lines."""

    lines: list[Line] = field(default_factory=list)
    pieces: list[tuple[str, Place]] = field(default_factory=list)
    #: Of each table that is open, whether its rows are lines and its cells parts of them.
    tables: list[bool] = field(default_factory=list)

    def enter(self, element: html.HtmlElement, tag: str) -> None:
        if tag == "table":
            self.tables.append(_is_of_data(element))
        if not self._is_cell(tag):
            self.end_line()

    def leave(self, element: html.HtmlElement, tag: str) -> None:
        if not self._is_cell(tag):
            self.end_line()
        elif element.getnext() is not None:
            self.pieces.append(("\t", Place(typed=True)))
        if tag == "table" and self.tables:
            self.tables.pop()

    def _is_cell(self, tag: str) -> bool:
        return tag in ("td", "th") and bool(self.tables) and self.tables[-1]

    def write(self, text: str, place: Place) -> None:
        if not place.typed:
            self.pieces.append((_WHITE_SPACE.sub(" ", text), place))
            return
        first, *following = _LINE_END.split(text)
        self.pieces.append((first, place))
        for line in following:
            self.end_line()
            self.pieces.append((line, place))

    def end_line(self) -> None:
        if self.pieces:
            line = _line(self.pieces)
            if line:
                self.lines.append(line)
            self.pieces = []


def _is_of_data(table: html.HtmlElement) -> bool:
    """Say whether a table is one, and not the layout of a page: no cell holds a block."""
    if table.get("role") in ("none", "presentation"):
        return False
    return not any(
        element.tag == "br" or (element.tag in _BLOCKS and element.tag not in _OF_TABLES)
        for element in table.iterdescendants(etree.Element)
    )


def _line(pieces: list[tuple[str, Place]]) -> Line | None:
    text = "".join(_collapsed(pieces)).strip(" \t")
    if not text.strip():
        return None
    seen: dict[str, int] = {}
    linked = 0
    for piece, place in pieces:
        letters = len(piece.strip())
        seen[place.kind] = seen.get(place.kind, 0) + letters
        linked += letters if place.linked else 0
    every = sum(seen.values()) or 1
    kind = max(seen, key=lambda one: seen[one])
    if 2 * seen[kind] <= every or (kind in ("byline", "dateline") and len(text) > _LONGEST_CREDIT):
        kind = ""
    return Line(text, kind, linked / every)


def _collapsed(pieces: list[tuple[str, Place]]) -> Iterator[str]:
    """Yield pieces with one space where several meet; text as typed keeps its own."""
    spaced = True
    for piece, place in pieces:
        shown = piece.removeprefix(" ") if spaced and not place.typed else piece
        if shown:
            yield shown
            spaced = shown[-1] in " \t"
