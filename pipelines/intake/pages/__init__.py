"""Pages: from markup to the text a reader sees, with what each stretch of it is."""

import re
from collections.abc import Sequence

from pipelines.intake.pages.content import article_lines, held, is_prose
from pipelines.intake.pages.declarations import declared_body, inferred, statements
from pipelines.intake.pages.markup import decoded
from pipelines.intake.pages.visible import Line, parse, view
from pipelines.intake.reader import Declaration, FoundArticle, Mark, UnreadableError

__all__ = ["decoded", "fragment", "page"]

#: Places whose titles tell which line is the headline, the surest first.
_TITLE_PLACES = ("json_ld", "heading", "opengraph", "meta", "title_element")
_NO_LETTERS = re.compile(r"[\W_]+")
#: Letters from which on a line that a longer title holds is the headline: <title> adds the outlet
#: and the section, which are shorter.
_TELLING = 20
#: Lines before and behind the article among which its credits and captions stand.
_NEAR = 8
#: Letters of a declared body below which it is a summary.
_LEAST_BODY = 250
_MARKUP = re.compile(r"<[a-zA-Z/]|&(?:#\d+|#x[\da-fA-F]+|\w+);")
#: Letters of a line that gives the day of an article: outlet, author and day fit in.
_LONGEST_DATED = 120
#: A day as lines under headlines have it: 12 marzo 2004, March 12, 2004, 12/03/2004, 2004-03-12.
_DAY = re.compile(
    r"(?<!\d)(?:\d{1,2}(?:\.|er|º|°|st|nd|rd|th)?\s(?:de\s|of\s)?[^\W\d]{3,10}\.?,?\s(?:de\s|del\s)?"
    r"|[^\W\d]{3,10}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s|\d{1,2}([./-])\d{1,2}\1)(?:19|20)\d\d(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)"
)


def fragment(markup: str) -> tuple[str, tuple[Mark, ...]]:
    """Return the visible text of a piece of HTML, and marks on stretches of it.

    Blocks, ``<br>`` and rows of tables are a line each, entities are decoded once, white space is
    as a browser shows it. A piece without text is ``("", ())``.
    """
    tree = parse(markup)
    if tree is None:
        return "", ()
    lines = view(tree).lines
    kinds = ["heading" if line.kind == "title" else line.kind for line in lines]
    return _text(lines), _marks(lines, kinds)


def page(markup: str, encoding: str | None = None, address: str | None = None) -> FoundArticle:
    """Return the article of a page: all its visible text, and marks on what is not its prose.

    ``encoding`` is what the markup was decoded from, ``address`` where it was fetched. A body that
    only JSON-LD holds, because scripts draw it, follows the visible text. Raises UnreadableError
    where a reader would see nothing.
    """
    tree = parse(markup)
    if tree is None:
        raise UnreadableError("the page has no elements; save it again once it has loaded")
    seen, body = view(tree), declared_body(tree)
    drawn = _drawn(seen.lines, body)
    if not seen.lines and not drawn:
        raise UnreadableError(_why_empty(markup))
    declared = statements(tree, address)
    title = _title_line(seen.lines, declared)
    dated = _dated_line(seen.lines, title)
    if title is None and dated:
        title = _line_above(seen.lines, dated)
    declared += _told_by_lines(seen.lines, title, dated, declared)
    found = [False] * len(seen.lines) if drawn else article_lines(tree, seen, body, title)
    declared += inferred(tree, address, {one.field for one in declared})
    lines = [*seen.lines, *drawn]
    text = _text(lines)
    return FoundArticle(
        text,
        0,
        len(text),
        tuple(dict.fromkeys(declared)),
        _marks(lines, _kinds(lines, found + [True] * len(drawn), title, dated)),
        key=address,
        encoding=encoding,
    )


def _why_empty(markup: str) -> str:
    if re.search(r"<frameset\b", markup, re.IGNORECASE):
        return "the page is a frameset, its text is in other files; save the frame of the article"
    if re.search(r"<script\b", markup, re.IGNORECASE):
        return "the page has no text, it is drawn by scripts; save it as rendered by a browser"
    return "the page has no text; save it again once it has loaded"


def _title_line(lines: Sequence[Line], declared: Sequence[Declaration]) -> int | None:
    """Return which line is the headline: one that a declared title repeats, best a heading."""
    letters = [_NO_LETTERS.sub("", line.text).lower() for line in lines]
    for place in _TITLE_PLACES:
        for one in declared:
            if one.field != "title" or one.source != place:
                continue
            wanted = _NO_LETTERS.sub("", one.value).lower()
            same = [
                number
                for number, line in enumerate(letters)
                if line and (line == wanted or (len(line) >= _TELLING and line in wanted))
            ]
            if same:
                return max(same, key=lambda number: _headline_rank(lines[number], number))
    return None


def _headline_rank(line: Line, number: int) -> tuple[bool, bool, bool, int]:
    """Rank lines that say the same: headings first, what is around the article last."""
    return (
        line.kind == "title",
        line.kind == "heading",
        line.linked < 1 and line.kind != "boilerplate",
        -number,
    )


def _dated_line(lines: Sequence[Line], title: int | None) -> int | None:
    """Return which line tells the day of the article: short, with a date, before the prose.

    It is the first under the headline, or where there is none the last: a banner may show today.
    """
    begin = 0 if title is None else title + 1
    dated = []
    for number, line in enumerate(lines[begin:], begin):
        if line.kind == "boilerplate":
            continue
        if is_prose(line):
            break
        if len(line.text) <= _LONGEST_DATED and _DAY.search(line.text):
            dated.append(number)
    if not dated:
        return None
    return dated[-1] if title is None else dated[0]


def _line_above(lines: Sequence[Line], dated: int) -> int | None:
    """Return the line above the one that tells the day, where it can be a headline."""
    line = lines[dated - 1]
    is_label = len(line.text) < _TELLING or line.linked or line.kind in ("boilerplate", "caption")
    return None if is_label or is_prose(line) else dated - 1


def _told_by_lines(
    lines: Sequence[Line], title: int | None, dated: int | None, declared: Sequence[Declaration]
) -> tuple[Declaration, ...]:
    """Return the headline as its line has it, and the day of the line that tells one."""
    told = []
    if title is not None:
        is_heading = lines[title].kind in ("heading", "title")
        source = "heading" if is_heading else "page_text"
        if not any(one.field == "title" and one.source == "heading" for one in declared):
            told.append(Declaration("title", lines[title].text, source))
    if dated is not None and (day := _DAY.search(lines[dated].text)):
        told.append(Declaration("published", day[0], "page_text"))
    return tuple(told)


def _drawn(lines: Sequence[Line], body: str) -> list[Line]:
    """Return the lines of a declared body of which the page itself shows less than half."""
    if not body or (lines and len(body) < _LEAST_BODY):
        return []
    tree = parse(body) if _MARKUP.search(body) else None
    own = (
        list(view(tree).lines)
        if tree is not None
        else [Line(line.strip(), "", 0.0) for line in body.splitlines() if line.strip()]
    )
    shown = sum(len(line.text) for line, one in zip(lines, held(lines, body), strict=True) if one)
    return own if 2 * shown < sum(len(line.text) for line in own) else []


def _kinds(
    lines: Sequence[Line], found: Sequence[bool], title: int | None, dated: int | None
) -> list[str]:
    """Return the kind of each line; none for prose."""
    numbers = [number for number, one in enumerate(found) if one] or [0, len(lines)]
    begin = min(numbers[0], numbers[0] if title is None else title) - _NEAR
    end = numbers[-1] + _NEAR
    kinds = []
    for number, (line, one) in enumerate(zip(lines, found, strict=True)):
        if number == title:
            kinds.append("title")
        elif one and number != dated:
            kinds.append(_kind_within(line))
        elif begin <= number <= end and line.kind in ("byline", "caption", "dateline"):
            kinds.append(line.kind)
        else:
            kinds.append("dateline" if number == dated else "boilerplate")
    return kinds


def _kind_within(line: Line) -> str:
    if line.kind in ("heading", "title"):
        return "heading"
    return "list_item" if line.kind == "list_item" else ""


def _text(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines)


def _marks(lines: Sequence[Line], kinds: Sequence[str]) -> tuple[Mark, ...]:
    marks, start = [], 0
    for line, kind in zip(lines, kinds, strict=True):
        end = start + len(line.text)
        if kind:
            marks.append(Mark(kind, start, end))
        start = end + 1
    return tuple(marks)
