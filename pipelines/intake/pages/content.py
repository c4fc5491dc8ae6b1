"""Which lines of a page are its article: what trafilatura extracts, found again line by line."""

import logging
import re
from array import array
from collections.abc import Sequence
from itertools import pairwise

from lxml import html

from pipelines.intake.pages.visible import Line, View

# It warns of each page it finds nothing in; here that only means to look another way.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_WORD = re.compile(r"\w+")
_ENDS_A_SENTENCE = re.compile(r"[.!?…。！？][»”\"’')\]\s]*\Z")
#: Share of the words of a line that an extraction must hold for the line to be part of it: what
#: is extracted is extracted whole, and chance agreement of common words stays far below.
_MOST_OF_IT = 0.5
#: Elements in each other beyond which trafilatura, which recurses, is not asked: real pages stay
#: below a hundred.
_DEEPEST = 400
#: Letters of a line of prose. Shorter ones are menus, buttons and teasers more often than not;
#: of those that end like a sentence, only very short ones are.
_PROSE, _SENTENCE = 80, 30
#: A line of which more than this is linked leads elsewhere.
_MOST_LINKED = 0.5
#: What a line that is no prose costs a stretch of it, in letters: a few headings or captions
#: stand within an article, a menu does not.
_GAP = 60
#: Kinds that are no part of the article, even where an extraction holds them.
_BESIDE = frozenset(("boilerplate", "byline", "caption", "dateline"))
#: The largest share of an extraction that names of classes may take out of it. A page on which
#: they would take out more uses the names for something else.
_MOST_BESIDE = 1 / 3
#: What an element that is around an article does not hold, whatever it is called.
_HOLDS_THE_ARTICLE = "boolean(.//h1 | .//main | .//*[@itemprop='articleBody'])"
#: What may be longer than the article it is around.
_COMMENTS = re.compile(r"comment|kommentar|comentario|reacties|disqus", re.IGNORECASE)


def article_lines(
    tree: html.HtmlElement, view: View, body: str, title: int | None
) -> list[bool]:
    """Say of each line of a page whether it is part of the article.

    ``body`` is the text of the article that the page declares, or empty: it holds what an
    extraction may have missed. ``title`` is the line of the headline. What is around the article
    is taken out of the tree.
    """
    lines = view.lines
    extracted = _extracted(tree, view)
    found = held(lines, extracted)
    if body:
        found = [one or other for one, other in zip(found, held(lines, body), strict=True)]
    if not any(found):
        found = _densest(lines)
    for step in (_without_beside, _without_links, _trimmed):
        found = step(lines, found)
    return _filled(lines, found, title)


def held(lines: Sequence[Line], text: str) -> list[bool]:
    """Say of each line whether a text holds most of its words, both in their order."""
    from rapidfuzz.distance import Levenshtein

    numbers: dict[str, int] = {}
    words, starts = array("Q"), [0]
    for line in lines:
        words.extend(numbers.setdefault(word, len(numbers)) for word in _WORD.findall(line.text))
        starts.append(len(words))
    wanted = array("Q", (numbers.setdefault(word, len(numbers)) for word in _WORD.findall(text)))
    same = bytearray(len(words))
    for block in Levenshtein.opcodes(words, wanted):
        if block.tag == "equal":
            same[block.src_start : block.src_end] = b"\1" * (block.src_end - block.src_start)
    return [
        start < end and sum(same[start:end]) >= _MOST_OF_IT * (end - start)
        for start, end in pairwise(starts)
    ]


def is_prose(line: Line) -> bool:
    """Say whether a line is long enough, and not a link, to be prose rather than a label."""
    least = _SENTENCE if _ENDS_A_SENTENCE.search(line.text) else _PROSE
    return len(line.text) >= least and line.linked <= _MOST_LINKED


def _extracted(tree: html.HtmlElement, view: View) -> str:
    """Return what trafilatura takes for the article, without what is named as around it."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    if view.depth > _DEEPEST:
        return ""
    half = sum(len(line.text) for line in view.lines) / 2
    for element in view.around:
        if _is_around(element, half):
            element.clear(keep_tail=True)
    try:
        document = bare_extraction(tree, include_comments=False)
    except Exception:  # whatever it stumbles over: the densest text is taken
        return ""
    return (document.text or "") if isinstance(document, Document) else ""


def _is_around(element: html.HtmlElement, half: float) -> bool:
    """Say whether an element that is named as around an article can be it, on a page of so much."""
    if element.getparent() is None or element.xpath(_HOLDS_THE_ARTICLE):
        return False
    named = f"{element.get('class', '')} {element.get('id', '')}"
    return len(element.text_content()) < half or _COMMENTS.search(named) is not None


def _densest(lines: Sequence[Line]) -> list[bool]:
    """Say which lines are in the stretch that has most prose; where none is, which may be."""
    candidates = [line.kind not in _BESIDE and line.linked <= _MOST_LINKED for line in lines]
    best, most, begin, sum_ = (0, len(lines)), 0, 0, 0
    for number, line in enumerate(lines):
        if sum_ <= 0:
            begin, sum_ = number, 0
        sum_ += len(line.text) if candidates[number] and is_prose(line) else -_GAP
        if sum_ > most:
            best, most = (begin, number + 1), sum_
    return [one and best[0] <= number < best[1] for number, one in enumerate(candidates)]


def _without_beside(lines: Sequence[Line], found: list[bool]) -> list[bool]:
    """Take out what the page itself calls something else, unless it calls most of it so."""
    kept = [one and line.kind not in _BESIDE for line, one in zip(lines, found, strict=True)]
    length, left = (
        sum(len(line.text) for line, one in zip(lines, marked, strict=True) if one)
        for marked in (found, kept)
    )
    return kept if length - left <= _MOST_BESIDE * length else found


def _without_links(lines: Sequence[Line], found: list[bool]) -> list[bool]:
    """Take out lines that lead elsewhere (read also: ...)."""
    return [
        one and (line.linked <= _MOST_LINKED or line.kind in ("heading", "list_item", "title"))
        for line, one in zip(lines, found, strict=True)
    ]


def _trimmed(lines: Sequence[Line], found: list[bool]) -> list[bool]:
    """Take off menus before the first prose; links, notices and their labels after the last."""
    prose = [number for number, one in enumerate(found) if one and is_prose(lines[number])]
    if not prose:
        return found
    elsewhere = [
        number
        for number, line in enumerate(lines)
        if line.kind != "list_item" and (line.linked > _MOST_LINKED or "©" in line.text)
    ]
    begin = max((number + 1 for number in elsewhere if number < prose[0]), default=0)
    end = min((number for number in elsewhere if number > prose[-1]), default=len(lines))
    while prose[-1] + 1 < end < len(lines) and not _ENDS_A_SENTENCE.search(lines[end - 1].text):
        end -= 1
    return [one and begin <= number < end for number, one in enumerate(found)]


def _filled(lines: Sequence[Line], found: list[bool], title: int | None) -> list[bool]:
    """Add what extractions leave out: the lead under the headline, and headings of the article."""
    numbers = [number for number, one in enumerate(found) if one]
    if not numbers:
        return found
    filled = list(found)
    for number in range(numbers[-1] - 1, numbers[0], -1):
        is_heading = lines[number].kind == "heading" and lines[number].linked <= _MOST_LINKED
        filled[number] = found[number] or (is_heading and filled[number + 1])
    if title is not None:
        for number in range(title + 1, numbers[0]):
            filled[number] = is_prose(lines[number]) and lines[number].kind not in _BESIDE
    return filled
