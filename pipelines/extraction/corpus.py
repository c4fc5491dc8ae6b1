"""A batch's segments of one language, or of all, as one text, so that a rule is one scan.

The law of this file: the scanned text has the same length, code point for code point, as the
segments it was joined from, so that every match is an exact span of an article's body.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.extraction.scanning import EDGE, alphanumeric, hit_arrays, occurrences, points
from warehouse.contracts.core import CONTENT_KINDS

#: Between segments; a rule that does not name it cannot match across.
GAP = "\x00"
#: Typographic variants that rules and reference tables write in one way, each of one code point.
_FOLDED = {"’": "'", "ʼ": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "‑": "-"}

#: What stands in for a mention in masked text: one mark for its type, then filler.
MARKS = {
    "PERSON": "\ue001",
    "ORG": "\ue002",
    "GPE": "\ue003",
    "LOC": "\ue004",
    "PRODUCT": "\ue005",
    "EVENT": "\ue006",
    "GROUP": "\ue007",
}
FILL = "\ue010"
#: Characters with a meaning of their own in joined, masked or scanned text; where an article has
#: them they are read as what no rule knows.
_RESERVED, _UNKNOWN = rf"[{GAP}{MARKS['PERSON']}-{FILL}{EDGE}]", "\ufffd"
_MARK_POINTS = {type_: ord(mark) for type_, mark in MARKS.items()}
MENTION = rf"[{MARKS['PERSON']}-{MARKS['GROUP']}]{FILL}*"


#: The first code point behind ASCII, and behind the Latin blocks.
_ASCII, _LATIN = 0x80, 0x250


def _class(held: Callable[[str], bool]) -> str:
    """Return the Latin characters of a kind as the inside of a character class."""
    return "".join(re.escape(chr(code)) for code in range(_LATIN) if held(chr(code)))


#: Latin capitals, small letters, letters, and letters with digits. Polars' engine reads these
#: several times as fast as the classes of all scripts (\\p{Lu}, \\w), for which it has to leave its
#: table of states.
CAPITALS = _class(str.isupper)
SMALL = _class(str.islower)
ALPHABET = _class(str.isalpha)
LETTERS = _class(lambda one: one.isalnum() or one == "_")


#: Each class is a bit.
_BITS = {CAPITALS: 1, SMALL: 2, ALPHABET: 4, LETTERS: 8}


def _classes() -> NDArray[np.uint8]:
    """Return the bits of each Latin code point, and of the first behind them, which has none."""
    table = np.zeros(_LATIN + 1, dtype=np.uint8)
    for characters, bit in _BITS.items():
        of_class = re.compile(f"[{characters}]")
        is_held = [bool(of_class.match(chr(code))) for code in range(_LATIN)]
        table[:-1][is_held] |= bit
    return table


_CLASSES = _classes()


def _renumbered() -> NDArray[np.uint32]:
    """Return Latin code points so that capitals stand together behind ASCII, then other letters."""
    held = _CLASSES[_ASCII:_LATIN]
    order = np.argsort(np.where(held & _BITS[CAPITALS], 0, np.where(held, 1, 2)), kind="stable")
    table = np.arange(_LATIN, dtype=np.uint32)
    table[_ASCII + order] = np.arange(_ASCII, _LATIN)
    return table


_RENUMBERED = _renumbered()


def marked(*types: str) -> str:
    """Return the regular expression of a masked mention of one of the types."""
    return rf"[{''.join(MARKS[type_] for type_ in types)}]{FILL}*"


def fold(text: str) -> str:
    """Return the text with apostrophes, spaces and hyphens in one form, of the same length."""
    for variant, plain in _FOLDED.items():
        text = text.replace(variant, plain)
    return text


def folded(texts: pl.Series) -> pl.Series:
    """Return all texts of a column folded."""
    return texts.str.replace_many(_FOLDED)


class Stretch(NamedTuple):
    """Where the segments of a language begin and end."""

    language: str
    begin: int
    end: int


class Place(NamedTuple):
    """The segment in which a position lies; position + ``offset`` is a code point of the body."""

    article_id: str
    segment_id: str
    ordinal: int
    kind: str
    position: int
    offset: int


@dataclass(frozen=True)
class Corpus:
    """Content segments of one language, or of several (``mul``), joined.

    ``segments`` has segment_id, article_id, language, ordinal, kind, start, end (in the body) and
    ``position``, where the segment begins in ``text``.
    """

    language: str
    text: str
    segments: pl.DataFrame

    @cached_property
    def stretches(self) -> list[Stretch]:
        """Where the segments of each language lie, in order."""
        first = self.segments.group_by("language", maintain_order=True).agg(pl.first("position"))
        begins = first["position"].to_list()
        ends = [*(begin - len(GAP) for begin in begins[1:]), len(self.text)]
        return list(map(Stretch, first["language"], begins, ends))

    def parts(self) -> Iterator["Corpus"]:
        """Yield a corpus of each language by itself."""
        for language, begin, end in self.stretches:
            own = self.segments.filter(language=language)
            segments = own.with_columns(pl.col("position") - begin)
            yield Corpus(language, self.text[begin:end], segments)

    def languages_at(self, positions: NDArray[np.int64]) -> pl.Series:
        """Return the language of each position."""
        begins = [stretch.begin for stretch in self.stretches]
        index = np.searchsorted(begins, positions, side="right") - 1
        languages = pl.Series([stretch.language for stretch in self.stretches], dtype=pl.String)
        return languages.gather(index)

    @cached_property
    def points(self) -> NDArray[np.uint32]:
        """The code points of the text."""
        return points(self.text)

    @cached_property
    def alphanumeric(self) -> NDArray[np.bool_]:
        """Say of each code point, and of the end of the text, whether it is a letter or digit."""
        return alphanumeric(self.points)

    @cached_property
    def _classes(self) -> NDArray[np.uint8]:
        return _CLASSES[np.minimum(self.points, _LATIN)]

    def of_class(self, characters: str) -> NDArray[np.bool_]:
        """Say of each code point whether it is of a Latin class."""
        held: NDArray[np.bool_] = (self._classes & _BITS[characters]) != 0
        return held

    def hits(
        self, expression: str, begin: int, end: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return starts and ends of an expression's matches (``hit_arrays``) between two positions.

        Both are renumbered, so that the classes of Latin letters are a few ranges each, which an
        engine is built for in a quarter of the time. So the expression ignores no case, and has no
        classes of other letters than these.
        """
        points = self.points[begin:end].copy()
        moved = np.flatnonzero((points >= _ASCII) & (points < _LATIN))
        points[moved] = _RENUMBERED[points[moved]]
        text = str(points.data, "utf-32-le")
        at, to = hit_arrays(text, expression.translate(_RENUMBERED.tolist()))
        return at + begin, to + begin

    def counts(self, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how many code points are marked in each segment."""
        edges = np.array([*self.positions, len(self.text)])
        counted: NDArray[np.int64] = np.diff(np.searchsorted(np.flatnonzero(marked), edges))
        return counted

    @cached_property
    def positions(self) -> list[int]:
        """Where segments begin, in order."""
        return self.segments["position"].to_list()

    @cached_property
    def _places(self) -> list[list[Any]]:
        offset = pl.col("start") - pl.col("position")
        columns = ("article_id", "segment_id", "ordinal", "kind", "position")
        places = self.segments.select(*columns, offset=offset)
        return [column.to_list() for column in places]

    def place(self, at: int) -> Place:
        """Return the segment in which a position lies."""
        index = bisect_right(self.positions, at) - 1
        articles, segments, ordinals, kinds, positions, offsets = self._places
        return Place(
            articles[index],
            segments[index],
            ordinals[index],
            kinds[index],
            positions[index],
            offsets[index],
        )

    def segment(self, at: int) -> tuple[int, int]:
        """Return where the segment in which a position lies begins and ends."""
        index = bisect_right(self.positions, at)
        is_last = index == len(self.positions)
        end = len(self.text) if is_last else self.positions[index] - len(GAP)
        return self.positions[index - 1], end

    def article(self, place: Place) -> tuple[int, int]:
        """Return where the article of a segment begins and ends."""
        articles = self._places[0]
        index = bisect_right(self.positions, place.position)
        first, last = index - 1, index
        while first and articles[first - 1] == place.article_id:
            first -= 1
        while last < len(articles) and articles[last] == place.article_id:
            last += 1
        end = self.positions[last] - len(GAP) if last < len(self.positions) else len(self.text)
        return self.positions[first], end

    def in_body(self, at: int) -> int:
        """Return the code point of the body at which a position lies."""
        return at + self.place(at).offset

    def masked(self, mentions: pl.DataFrame) -> "Corpus":
        """Return the corpus with mentions (at, to, mark type ``masked_as``) masked.

        They do not overlap.
        """
        points = self.points.copy()
        at, to = mentions["at"].to_numpy(), mentions["to"].to_numpy()
        marks = mentions["masked_as"].replace_strict(_MARK_POINTS, return_dtype=pl.UInt32)
        behind = np.cumsum(to - at)
        inside = np.repeat(to - behind, to - at) + np.arange(behind[-1] if len(behind) else 0)
        points[inside] = ord(FILL)
        points[at] = marks.to_numpy()
        return Corpus(self.language, str(points.data, "utf-32-le"), self.segments)


def find_names(corpus: Corpus, names: pl.Series) -> pl.DataFrame:
    """Return every occurrence of the names at word boundaries, in order: at, to, name.

    Occurrences may overlap.
    """
    at, to, index = occurrences(corpus.points, corpus.alphanumeric, names)
    return pl.DataFrame({"at": at, "to": to, "name": names.gather(index)})


def all_languages(core_segments: pl.DataFrame, core_languages: pl.DataFrame) -> Corpus:
    """Return one corpus over the content segments, those of a language together.

    Others are no source of facts.
    """
    segments = (
        core_segments.filter(pl.col("kind").is_in(CONTENT_KINDS))
        .select("segment_id", "article_id", "ordinal", "kind", "start", "end", "text")
        .join(core_languages.select("segment_id", "language"), on="segment_id")
        .sort("language", "article_id", "ordinal")
        .with_columns(pl.col("text").str.replace_all(_RESERVED, _UNKNOWN))
    )
    lengths = segments["text"].str.len_chars().cast(pl.Int64) + len(GAP)
    return Corpus(
        "mul",
        fold(segments["text"].str.join(GAP).item()),
        segments.with_columns(position=lengths.cum_sum() - lengths).drop("text"),
    )
