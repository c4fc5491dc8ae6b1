"""Names compared: one key for all spellings of a name, over languages, cases and diacritics."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from pipelines.identity import normalised

_WORD = re.compile(r"[^\W_]+(?:[&*+][^\W_]+)*")
_BEHIND = re.compile(r"\s*\([^()]{2,12}\)$")


@dataclass(frozen=True)
class NameGrammar:
    """What a name is made of besides its own words.

    ``heads`` turns head words of any language into English (università -> university); ``loose``
    are legal forms, articles and prepositions, which a name may have or not.
    """

    heads: dict[str, str] = field(repr=False)
    loose: frozenset[str] = field(repr=False)
    projects: dict[str, str] = field(repr=False)

    def key(self, name: str) -> str:
        """Return the key of a name: its words without diacritics, heads in English, in order of
        the alphabet, so that Fondazione Simons and Simons Foundation have the same.
        """
        words = [_plain(word) for word in _WORD.findall(_BEHIND.sub("", normalised(name)))]
        own = [self.heads.get(word, word) for word in words if word not in self.loose]
        return " ".join(sorted(own or words))

    def english(self, name: str) -> str:
        """Return a name whose head word stands before a bare proper name in English order.

        progetto ATOM becomes ATOM Project; names with connectors stay as they are.
        """
        first, _, rest = normalised(name).partition(" ")
        head = self.projects.get(first.lower())
        if head is None or not rest or any(_plain(word) in self.loose for word in rest.split()):
            return normalised(name)
        return f"{rest} {head.title()}"


def name_grammar(seed_cue_words: pl.DataFrame) -> NameGrammar:
    """Return the grammar from cue words of the kinds that make names."""
    rows = seed_cue_words.select("kind", "cue", "value").sort("kind", "cue").rows()
    return _name_grammar(tuple(rows))


@lru_cache(maxsize=4)
def _name_grammar(rows: tuple[tuple[str, str, str | None], ...]) -> NameGrammar:
    heads: dict[str, str] = {}
    projects: dict[str, str] = {}
    loose: set[str] = set()
    for kind, cue, value in rows:
        word = _plain(cue.rstrip("'"))
        if kind in ("org_head", "project_head") and value:
            heads[word] = value.lower()
        if kind == "project_head" and value:
            projects[cue.lower()] = value
        elif kind in ("org_suffix", "determiner", "connector", "honorific"):
            loose.update(_plain(part) for part in _WORD.findall(cue))
    return NameGrammar(heads, frozenset(loose), projects)


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
