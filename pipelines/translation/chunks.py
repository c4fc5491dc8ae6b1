"""Long texts in pieces that a service takes, cut where it harms least."""

import re
from collections.abc import Callable

#: Where a text may be cut, best first: paragraphs, sentences, clauses, words.
_CUTS = tuple(
    re.compile(pattern)
    for pattern in (r"\n\s*", r"[.!?…]+[\"”»’)\]]*\s+", r"[;:,–—)][\"”»’]?\s+", r"\s+")
)


def chunks(text: str, most: int, size: Callable[[str], int] = len) -> list[str]:
    """Return pieces of at most ``most``, as ``size`` counts; joined they are the text.

    Paragraphs are always pieces of their own, for services glue their lines.
    """
    pieces: list[str] = []
    for paragraph in _cut(text, _CUTS[0]):
        pieces.extend(_fitting(paragraph, most, size))
    return pieces


def _fitting(text: str, most: int, size: Callable[[str], int]) -> list[str]:
    if size(text) <= most:
        return [text]
    for cut in _CUTS[1:]:
        parts = _cut(text, cut)
        if len(parts) > 1:
            return [
                piece
                for part in _joined(parts, most, size)
                for piece in _fitting(part, most, size)
            ]
    return _characters(text, most, size)


def _cut(text: str, after: re.Pattern[str]) -> list[str]:
    """Return the parts between cuts, each with what closes it."""
    ends = [found.end() for found in after.finditer(text)]
    starts = [0, *ends]
    return [part for start, end in zip(starts, [*ends, len(text)], strict=True)
            if (part := text[start:end])]


def _joined(parts: list[str], most: int, size: Callable[[str], int]) -> list[str]:
    """Return neighbours joined as long as they fit."""
    joined = [parts[0]]
    for part in parts[1:]:
        if size(joined[-1] + part) <= most:
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def _characters(text: str, most: int, size: Callable[[str], int]) -> list[str]:
    """Return pieces of a stretch without any white space."""
    pieces = [""]
    for character in text:
        if pieces[-1] and size(pieces[-1] + character) > most:
            pieces.append("")
        pieces[-1] += character
    return pieces
