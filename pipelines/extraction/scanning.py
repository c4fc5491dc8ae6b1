"""Where words, phrases and an expression stand in a long text, found without a loop in Python.

Polars' engines run in time linear in the text, some ten times as fast as Python's regular
expressions: words by Aho-Corasick, however many, and expressions as long as they are small. Phrases
of the reference tables, of which there are many thousands, are found by their hashes. So they find
what a rule cannot do without, and Python reads on from there.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import polars as pl

#: Stands around each match; a private-use character that no text scanned holds.
EDGE = "\ue0ff"
#: The most words of which the automaton that finds them becomes a table of states.
_TABLE = 100
#: Matches nothing, in either engine.
NEVER = r"[^\s\S]"


def hits(text: str, expression: str) -> list[tuple[int, int]]:
    """Return start and end of each match, in order; matches do not overlap.

    The expression has no lookaround and no empty match.
    """
    at, to = hit_arrays(text, expression)
    return list(zip(at.tolist(), to.tolist(), strict=True))


def hit_arrays(text: str, expression: str) -> tuple[np.ndarray, np.ndarray]:
    """Return starts and ends of the same matches."""
    marked = pl.Series([text]).str.replace_all(expression, f"{EDGE}${{0}}{EDGE}")[0]
    edges = np.flatnonzero(points(marked) == ord(EDGE))
    edges -= np.arange(len(edges))
    return edges[::2], edges[1::2]


def points(text: str) -> np.ndarray:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


def words_at(text: str, words: pl.Series) -> np.ndarray:
    """Return the positions at which one of the words begins a word of the text, in order.

    The words are the one row of a series of lists; ``beginnings`` are enough. They are looked for
    in passes of as many as polars makes a table of states for, which it reads three times as fast
    (Aho-Corasick).
    """
    told = pl.Series([text])
    found = [
        told.str.find_many(words.list.slice(first, _TABLE), overlapping=True)[0].to_numpy()
        for first in range(0, max(words.list.len()[0], 1), _TABLE)
    ]
    at = code_points(text, np.unique(np.concatenate(found)))
    before = points(f" {text}")[at]
    is_begun = ~_alphanumeric()[np.minimum(before, _PLANE)]
    return np.compress(is_begun, at)


#: An odd number of 64 bits: the code points of a text are weighed by its powers and summed up, so
#: that the difference of two sums tells a stretch (Rabin and Karp).
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
#: Bits of a hash by which most words are told to begin no phrase.
_TOLD_BY = 20


class _Stretches:
    """The words of a text, each other sign one too, and the hash of every stretch of it.

    Two of 64 bits fall together once in ten billion phrases looked for in a billion words.
    """

    def __init__(self, points: np.ndarray, letters: np.ndarray) -> None:
        self.is_edge = ~(letters & np.append(False, letters[:-1]))
        self.begins = np.flatnonzero(self.is_edge[:-1])
        self.ends = np.append(self.begins[1:], len(points))
        self._sums = _powers(_BASE, len(points) + 1)
        self._sums[1:] *= points
        self._sums[0] = 0
        self._sums.cumsum(out=self._sums)
        self._scale = _powers(_INVERSE, len(points))

    def hashes(self, at: np.ndarray, to: np.ndarray) -> np.ndarray:
        """Return the hash of each stretch between two positions."""
        hashes: np.ndarray = (self._sums[to] - self._sums[at]) * self._scale[at]
        return hashes


def _powers(base: int, count: int) -> np.ndarray:
    """Return the first powers of a number, from the 0th on, as far as 64 bits go."""
    powers = np.full(count, base, dtype=np.uint64)
    powers[:1] = 1
    return powers.cumprod(out=powers)


def occurrences(
    text: np.ndarray, letters: np.ndarray, phrases: pl.Series
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where phrases stand as whole words in a text of code points: start, end, which phrase.

    ``letters`` are what is ``alphanumeric`` in the text. The occurrences are in order of their
    start, and may overlap. The time is that of reading text and phrases once: no automaton is
    built, which would take longer than to use it.
    """
    listed = points("\0".join(phrases.to_list()))
    held, told = _Stretches(text, letters), _Stretches(listed, alphanumeric(listed))
    lengths = phrases.str.len_chars().to_numpy().astype(np.int64)
    at = np.cumsum(lengths + 1) - lengths - 1
    first = told.hashes(at, told.ends[np.searchsorted(told.begins, at)])
    whole = told.hashes(at, at + lengths)
    order = np.argsort(first)
    first = first[order]
    words, shift = held.hashes(held.begins, held.ends), np.uint64(64 - _TOLD_BY)
    begins_one = np.zeros(1 << _TOLD_BY, dtype=np.bool_)
    begins_one[first >> shift] = True
    rows = np.flatnonzero(begins_one[words >> shift])
    low, high = (np.searchsorted(first, words[rows], side) for side in ("left", "right"))
    counts = high - low
    behind = np.cumsum(counts)
    which = order[np.repeat(high - behind, counts) + np.arange(behind[-1] if len(behind) else 0)]
    starts = held.begins[np.repeat(rows, counts)]
    stops = starts + lengths[which]
    inside = np.flatnonzero(stops <= len(text))
    starts, stops, which = starts[inside], stops[inside], which[inside]
    same = held.is_edge[stops] & (held.hashes(starts, stops) == whole[which])
    return starts[same], stops[same], which[same]


def beginnings(words: Iterable[str]) -> pl.Series:
    """Return, as one row, the words but those that begin with another, and so where it does."""
    kept: list[str] = []
    for word in sorted(words):
        if not kept or not word.startswith(kept[-1]):
            kept.append(word)
    return pl.Series([kept], dtype=pl.List(pl.String))


def code_points(text: str, byte_offsets: np.ndarray) -> np.ndarray:
    """Turn byte offsets of a text's UTF-8 form into code points, all at once."""
    encoded = np.frombuffer(text.encode(), dtype=np.uint8)
    within = np.flatnonzero((encoded & 0xC0) == 0x80)
    offsets = byte_offsets.astype(np.int64)
    return offsets - np.searchsorted(within, offsets)


def alphanumeric(points: np.ndarray) -> np.ndarray:
    """Say of each code point whether it is a letter or digit; of the end of the text: it is not."""
    return np.append(_alphanumeric()[np.minimum(points, _PLANE)], False)


#: The last code point of the plane in which all letters of the languages read are.
_PLANE = 0xFFFF


@cache
def _alphanumeric() -> np.ndarray:
    """Say of each code point of the first plane whether it is a letter or digit."""
    return np.fromiter((chr(point).isalnum() for point in range(_PLANE + 1)), dtype=np.bool_)


def lowered(text: str) -> str:
    """Return the text in small letters, of the same length."""
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(one if len(one.lower()) > 1 else one.lower() for one in text)


def either(words: Iterable[str]) -> str:
    """Return an alternation of words, the longest first; white space in a word is any one
    character of it.
    """
    return trie([_escaped(letter) for letter in word] for word in sorted(words))


def trie(alternatives: Iterable[Sequence[str]]) -> str:
    """Return an alternation of expressions, given piece by piece, the longest tried first.

    Common beginnings are written once: piece by piece an engine leaves most alternatives at the
    first; as a plain list it tries all. The edge of a word counts as no piece that could go on.
    """
    root: _Node = {}
    for pieces in alternatives:
        node = root
        for piece in [*pieces, ""]:
            node = node.setdefault(piece, {})
    return _branches(root) if root else NEVER


_Node = dict[str, "_Node"]
_ENDS = (r"\b", "")


def _branches(node: _Node) -> str:
    branches = [piece + _branches(node[piece]) for piece in node if piece not in _ENDS]
    branches += [end for end in _ENDS if end in node]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def _escaped(letter: str) -> str:
    return r"\s" if letter.isspace() else re.escape(letter)
