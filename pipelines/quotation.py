"""Quotation marks: where a text quotes, in the marks of all languages read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

#: A mark, or the end of a line.
_MARK = re.compile(r"``|''|[«»‹›“”„‟\"‘‚‛'’\r\n\u2028\u2029]")
_MAY_OPEN = re.compile(r"``|[«»‹›“”„‟\"‘‚‛']")
_BLANK = re.compile(r"\s*")
_FAMILY = {
    **dict.fromkeys("«»", "guillemets"),
    **dict.fromkeys("‹›", "small guillemets"),
    **dict.fromkeys((*"“”„‟\"", "``"), "double"),
    "''": "two apostrophes",
    **dict.fromkeys("‘’‚‛'", "single"),
}
#: Marks that two apostrophes close, where two did not open the quotation.
_TYPED = frozenset(('"', "``"))
#: What a quotation may stand right behind, and what right before, beside white space.
_BEFORE = frozenset("([{-–—/¿¡«»‹›“„‟\"‘‚‛'")
_AFTER = frozenset(".,;:!?…)]}-–—/«»‹›”“\"’'‘")
#: Paragraphs that a quotation may run over, and how many of them without a mark at their head:
#: what is longer is a mark that was never closed.
_MOST_LINES, _MOST_BARE = 12, 2
#: One letter alone is clipped, not quoted: rock 'n' roll.
_LEAST = 2
#: Marks open at once: quotations within quotations within quotations, and some never closed.
_DEEPEST = 6


def quoted(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield start and end of what is quoted, then start and end with the marks.

    Of nested quotations the outer one is yielded. Of one over several paragraphs, each of which
    opens with the mark again, every paragraph is yielded, and only the last one is closed.
    """
    for begin, end in quotations(text):
        is_one_line = text.find("\n", begin, end) < 0
        again = () if is_one_line else _again(text[begin]).finditer(text, begin + 1, end - 1)
        gaps = [gap.span() for gap in again]
        opened = [begin, *(to for _, to in gaps)]
        closed = [*(at for at, _ in gaps), end]
        for start, stop in zip(opened, closed, strict=True):
            last = stop - _length(text, stop - 2) if stop == end else stop
            inside = _trimmed(text, start + _length(text, start), last)
            if inside[1] - inside[0] >= _LEAST:
                yield (*inside, start, stop)


def _length(text: str, at: int) -> int:
    """Return how many code points a mark takes of the two behind a position."""
    return 2 if text[at : at + 2] in ("``", "''") else 1


@cache
def _again(mark: str) -> re.Pattern[str]:
    """Match what parts two paragraphs of which the second opens with a mark."""
    return re.compile(rf"\s*\n\s*(?={re.escape(mark)})")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inside = text[start:end]
    left = len(inside) - len(inside.lstrip())
    return start + left, max(start + left, start + len(inside.rstrip()))


def quotations(text: str) -> list[tuple[int, int]]:
    """Return the spans of quotations with their marks, over sentences and paragraphs, in order.

    Of nested quotations the outer one is returned. Paragraphs that go on with a quotation may
    begin with a mark or without. A mark that is never closed quotes nothing.
    """
    first = _MAY_OPEN.search(text)
    if first is None:
        return []
    scan = _Scan(text)
    for mark in _MARK.finditer(text, first.start()):
        at = mark.start()
        if mark[0] not in _FAMILY:
            if scan.is_open:
                scan.end_line(at + 1)
        elif mark[0] not in ("'", "’", "''") or not _is_within_word(text, *mark.span()):
            scan.read(at, mark[0])
    return _outer(scan.closed)


@dataclass
class _Open:
    """A mark that is open, and what the paragraphs since then begin with."""

    at: int
    mark: str
    line: int
    continued: int
    bare: int = 0


class _Scan:
    """The state of one pass over the marks of a text."""

    def __init__(self, text: str) -> None:
        self.closed: list[tuple[int, int]] = []
        self._text = text
        self._open: list[_Open] = []
        self._line, self._line_start = 0, len(text) - len(text.lstrip())

    def read(self, at: int, mark: str) -> None:
        """Take a mark: it opens a quotation, closes one, goes on with one, or is none."""
        inner = self._innermost(mark)
        if at == self._line_start and inner is not None and inner.line < self._line:
            inner.continued = self._line
        elif self._opens(at, mark, inner):
            self._begin(at, mark, inner)
        elif inner is not None and self._closes(at, mark, inner):
            del self._open[self._open.index(inner) :]
            if at - inner.at > _LEAST:
                self.closed.append((inner.at, at + len(mark)))

    @property
    def is_open(self) -> bool:
        """Whether a mark is open; where none is, lines mean nothing."""
        return bool(self._open)

    def end_line(self, next_start: int) -> None:
        """Take the end of a line; marks that have been open for too long are forgotten."""
        if next_start <= self._line_start:
            return  # a blank line
        for one in self._open:
            one.bare += one.continued < self._line
        blank = _BLANK.match(self._text, next_start)
        self._line, self._line_start = self._line + 1, blank.end() if blank else next_start
        self._open = [
            one
            for one in self._open
            if one.mark != "'"
            and one.bare <= _MOST_BARE
            and self._line - one.line <= _MOST_LINES
        ]

    def _begin(self, at: int, mark: str, inner: _Open | None) -> None:
        """Open a mark; one that is open from an earlier paragraph has been left unclosed."""
        if inner is not None and (mark in ('"', "'") or inner.continued < self._line):
            self._open.remove(inner)
        self._open.append(_Open(at, mark, self._line, self._line))
        del self._open[:-_DEEPEST]

    def _innermost(self, mark: str) -> _Open | None:
        """Return the innermost open mark that another may close."""
        family = _FAMILY[mark]
        same = (one for one in reversed(self._open) if _FAMILY[one.mark] == family)
        typed = (one for one in reversed(self._open) if mark == "''" and one.mark in _TYPED)
        return next(same, None) or next(typed, None)

    def _opens(self, at: int, mark: str, inner: _Open | None) -> bool:
        before, after = self._around(at, mark)
        behind_gap = before.isspace() or before in _BEFORE
        if mark in ("„", "‟", "``"):
            return True
        if mark in "«‹":  # closes in »...«
            return behind_gap or not (after.isspace() or after in _AFTER)
        if mark == "“":  # closes in „...“
            return behind_gap and (not after.isspace() or inner is None)
        if mark == '"':
            return behind_gap and (inner is None or after.isalnum())
        if mark in "»›”":  # opens in »...« and ”...”
            return behind_gap and inner is None and after.isalnum()
        return mark != "’" and behind_gap and after.isalnum()

    def _closes(self, at: int, mark: str, inner: _Open) -> bool:
        before, after = self._around(at, mark)
        if mark == "''" and inner.mark != mark:
            return not before.isdigit()  # inches
        if _FAMILY[mark] != "single":
            return True
        # ``the workers' rights``: an apostrophe.
        is_possessive = before == "s" and after == " " and self._text[at + 2 : at + 3].islower()
        return mark != "‚" and not before.isspace() and not is_possessive

    def _around(self, at: int, mark: str) -> tuple[str, str]:
        behind = at + len(mark)
        return self._text[at - 1 : at] or " ", self._text[behind : behind + 1] or " "


def _is_within_word(text: str, at: int, to: int) -> bool:
    return at > 0 and text[at - 1].isalnum() and text[to : to + 1].isalnum()


def _outer(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans that lie in no other."""
    outer: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not outer or start >= outer[-1][1]:
            outer.append((start, end))
    return outer
