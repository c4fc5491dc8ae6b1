"""Cue words as the rules need them: alternations for patterns, and what each cue stands for."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from pipelines.extraction.corpus import fold
from pipelines.extraction.scanning import NEVER, beginnings, trie

#: Kinds that make names: a name keeps its own language in an article in another.
_OF_NAMES = ("org_head", "org_suffix", "group_name", "event_head", "loc_head")
#: Kinds whose words stand first in a name in Romance languages, last in Germanic ones.
_HEADS = ("org_head", "event_head", "loc_head")
HEAD_FIRST = frozenset({"it", "fr", "es", "pt", "mul"})


#: Languages whose cues are kept, with the hash of each row they were read from.
_REMEMBERED = 32
_KNOWN: dict[tuple[str, bytes], "Cues"] = {}

#: Languages that capitalise every noun, where a capital is no sign of a name.
NOUNS_CAPITALISED = frozenset({"de"})


class Anchors(NamedTuple):
    """Words to look for, as one row; what matches them; the kinds of cues each may stand for."""

    words: pl.Series
    word: re.Pattern[str]
    kinds: dict[str, tuple[str, ...]]

    def kinds_at(self, text: str, at: int) -> tuple[str, ...]:
        """Return of which kinds a cue may stand about the word that begins at a position."""
        match = self.word.match(text, at)
        return self.kinds[match[0]] if match else ()


def _anchors(told: dict[str, set[str]]) -> Anchors:
    words = beginnings(word for own in told.values() for word in own)
    sorted_words = {kind: sorted(own) for kind, own in told.items()}
    kinds = {
        word: tuple(kind for kind, own in sorted_words.items() if _is_begun(own, word))
        for word in words[0]
    }
    return Anchors(words, re.compile("|".join(map(re.escape, kinds)) or NEVER), kinds)


def _is_begun(words: list[str], beginning: str) -> bool:
    """Say whether one of sorted words begins so."""
    first = bisect_left(words, beginning)
    return first < len(words) and words[first].startswith(beginning)


@dataclass(frozen=True, eq=False)
class Cues:
    """The cue words of one language, those shared by all languages included.

    Those of the same rows are the same object, so that what is built of them is built once.
    """

    language: str
    _by_kind: dict[str, dict[str, str]] = field(repr=False)
    _lower: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    _lower_values: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    _built: dict[tuple[tuple[str, ...], bool], str] = field(default_factory=dict, repr=False)
    _anchors: dict[tuple[str, ...], "Anchors"] = field(default_factory=dict, repr=False)
    _openers: dict[tuple[str, ...], pl.Series] = field(default_factory=dict, repr=False)

    def words(self, kind: str) -> frozenset[str]:
        """Return the cues of a kind, lower case."""
        if kind not in self._lower:
            self._lower[kind] = frozenset(self._values(kind))
        return self._lower[kind]

    def forms(self, kind: str) -> frozenset[str]:
        """Return the cues of a kind, as they are written."""
        return frozenset(self._by_kind.get(kind, {}))

    def value(self, kind: str, cue: str) -> str | None:
        """Return what a cue stands for, whatever its case."""
        return self._values(kind).get(" ".join(cue.lower().split()))

    def values(self, kind: str) -> dict[str, str]:
        """Return what every cue of a kind stands for, by lower-case cue."""
        return dict(self._values(kind))

    def any(self, *kinds: str) -> str:
        """Return an alternation of all cues of the kinds, longest first; it never matches if none.

        A cue that ends with an apostrophe runs into the next word, any other ends at a word
        boundary. A preposition at the end also stands for its contractions, of which the article
        is left for a determiner that follows.
        """
        return self._alternation(kinds, _CONTRACTED)

    def seen(self, *kinds: str) -> str:
        """Return the same alternation without lookaround, for Polars' regular expressions."""
        return self._alternation(kinds, _CONTRACTED_AND_CONSUMED)

    def _alternation(self, kinds: tuple[str, ...], contracted: dict[str, str]) -> str:
        key = (kinds, contracted is _CONTRACTED)
        if key not in self._built:
            cues = {fold(cue) for kind in kinds for cue in self._by_kind.get(kind, {})}
            pieces = (_pieces(cue, contracted) for cue in sorted(cues))
            self._built[key] = rf"\b{trie(pieces)}" if cues else NEVER
        return self._built[key]

    def anchors(self, *kinds: str) -> pl.Series:
        """Return, as one row, a word of each cue of the kinds that no form of it lacks."""
        return self.anchored(*kinds).words

    def anchored(self, *kinds: str) -> "Anchors":
        """Return the same words, each long and so rare, with the kinds they stand for."""
        if kinds not in self._anchors:
            told = {
                kind: {max(_fixed(cue.split()), key=len) for cue in self._small((kind,))}
                for kind in kinds
            }
            self._anchors[kinds] = _anchors(told)
        return self._anchors[kinds]

    def openers(self, *kinds: str) -> pl.Series:
        """Return, as one row, the first word of each cue of the kinds."""
        if kinds not in self._openers:
            self._openers[kinds] = beginnings(cue.split()[0] for cue in self._small(kinds))
        return self._openers[kinds]

    def _small(self, kinds: tuple[str, ...]) -> set[str]:
        return {fold(cue.lower()) for kind in kinds for cue in self._by_kind.get(kind, {})}

    def determiner(self) -> str:
        """Return an optional determiner with its space or elision."""
        return rf"(?:{self.any('determiner')}\s*)?"

    def _values(self, kind: str) -> dict[str, str]:
        if kind not in self._lower_values:
            given = self._by_kind.get(kind, {})
            self._lower_values[kind] = {cue.lower(): value for cue, value in given.items()}
        return self._lower_values[kind]


#: A preposition at a cue's end may stand alone or run together with the article behind it, which
#: is then left for the determiner that follows.
_CONTRACTED = {
    "a": r"(?:ad?\b|ao\b|(?=al\b|allo\b|alla\b|all'|ai\b|agli\b|alle\b|à))",
    "di": r"(?:di\b|d'|(?=del\b|dello\b|della\b|dell'|dei\b|degli\b|delle\b))",
    "da": r"(?:da\b|(?=dal\b|dallo\b|dalla\b|dall'|dai\b|dagli\b|dalle\b))",
    "in": r"(?:in\b|(?=nel\b|nello\b|nella\b|nell'|nei\b|negli\b|nelle\b))",
    "de": r"(?:de\b|d'|(?=du\b|des\b|del\b|do\b|da\b|dos\b|das\b))",
    "à": r"(?:à\b|(?=au\b|aux\b))",
}


_CONTRACTED_AND_CONSUMED = {word: form.replace("(?=", "(?:") for word, form in _CONTRACTED.items()}


def _pieces(cue: str, contracted: dict[str, str]) -> list[str]:
    """Return the regular expression of a cue, piece by piece, each a node of the trie."""
    words = cue.split()
    last = contracted.get(words[-1]) if len(words) > 1 else None
    pieces = [re.escape(letter) for letter in " ".join(words[:-1] if last else words)]
    pieces = [r"\s+" if piece == r"\ " else piece for piece in pieces]
    if last:
        return [*pieces, r"\s+", last]
    return pieces if not words[-1][-1].isalnum() else [*pieces, r"\b"]


def _fixed(words: list[str]) -> list[str]:
    """Return the words of a cue but a preposition at its end, which may be contracted."""
    return words[:-1] if len(words) > 1 and words[-1] in _CONTRACTED else words


def cues(seed_cue_words: pl.DataFrame, language: str) -> Cues:
    """Return the cues of a language from the rows of ``seed_cue_words``."""
    return cues_of(seed_cue_words, [language])[0]


def cues_of(seed_cue_words: pl.DataFrame, languages: Iterable[str]) -> list[Cues]:
    """Return the cues of each language from the rows of ``seed_cue_words``."""
    rows = seed_cue_words.hash_rows().to_numpy().tobytes()
    found = []
    for language in languages:
        known = _KNOWN.get((language, rows))
        if known is None:
            if len(_KNOWN) >= _REMEMBERED:
                _KNOWN.clear()
            known = _KNOWN[language, rows] = _cues(seed_cue_words, language)
        found.append(known)
    return found


def _cues(seed_cue_words: pl.DataFrame, language: str) -> Cues:
    own = seed_cue_words.filter(
        pl.col("language").is_in([language, "mul"]) | pl.col("kind").is_in(_OF_NAMES)
    )
    heads = own.filter(pl.col("kind").is_in(_HEADS)).with_columns(
        kind=pl.when(pl.col("language").is_in(HEAD_FIRST))
        .then(pl.col("kind") + "_first")
        .otherwise(pl.col("kind") + "_last")
    )
    by_kind: dict[str, dict[str, str]] = {}
    rows = pl.concat([own, heads]).select("kind", "cue", "value").sort("kind", "cue").rows()
    for kind, cue, value in rows:
        by_kind.setdefault(kind, {})[fold(cue)] = value or ""
    return Cues(language, by_kind)


@lru_cache(maxsize=4096)
def pattern(expression: str, ignore_case: bool = True) -> re.Pattern[str]:
    """Compile a rule once."""
    return re.compile(expression, re.IGNORECASE if ignore_case else 0)
