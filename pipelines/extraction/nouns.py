"""What a number counts where no table names it: the head of the noun phrase behind it.

Agreement tells it: behind a number a noun is in the plural, and German writes it with a capital.
English and the other Germanic languages have the head last ("protein structures"), Romance ones
first ("équipes chirurgicales"), behind a few adjectives at most. What shows no plural is no noun.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from pipelines.extraction.cues import Cues
from pipelines.extraction.scanning import either

#: Endings of nouns in the plural; words of grammar are told by the tables.
_PLURAL = {
    "de": r"[A-ZÄÖÜ][\w-]*[a-zäöüß]",
    "en": r"[a-z][\w-]*(?:[^su\W]s|us?es|men|ren|people|feet)",
    "es": r"[a-zà-ÿ][\w-]*[^\Ws]s",
    "fr": r"[a-zà-ÿ][\w-]*[^\Ws][sx]",
    "it": r"[a-zà-ÿ][\w-]*[^\W_](?:[ieà]|[^aeiouàèéìòù\W\d_])",
    "nl": r"[a-zà-ÿ][\w-]*(?:[^\W]en|[^\Ws]s)",
    "pt": r"[a-zà-ÿ][\w-]*[^\Ws]s",
}
#: Words that may stand before the head: any in English, where nouns are put before nouns; the
#: adjectives that agree in German and Dutch.
_LEADING = {
    "de": r"[a-zäöü][\w-]*(?:e|en|er)",
    "en": r"[a-z][\w-]*[^\Ws]",
    "nl": r"[a-zà-ÿ][\w-]*e",
}


#: Languages that write the parts of a compound apart: what stands before the head classifies it.
_COMPOUNDS_APART = frozenset({"en"})


class Noun(NamedTuple):
    """A counted noun: where it ends, and its words."""

    end: int
    words: str


class CountedNouns:
    """Reads the noun phrases behind the numbers of one language; ``counted_nouns`` makes it."""

    def __init__(self, cues: Cues) -> None:
        grammar = rf"(?!{either(cues.words('function_word'))}(?![\w'’-]))"
        before = rf"(?:{either(cues.words('adjective_before'))}\s)"
        of = rf"(?:{either(cues.words('number_of'))}(?:\s|(?<=')))?"
        leading = _LEADING.get(cues.language)
        words = rf"(?:{grammar}{leading}\s){{0,2}}?" if leading else ""
        plural = _PLURAL.get(cues.language)
        self._said = "noun" if cues.language in _COMPOUNDS_APART else "head"
        self._phrase = plural and re.compile(
            rf"\s{of}{before}{{0,2}}(?P<noun>{words}(?P<head>{grammar}{plural}))(?![\w'’-])"
        )

    def at(self, text: str, at: int) -> Noun | None:
        """Return the noun phrase that begins behind a position, where a number ends."""
        found = self._phrase.match(text, at) if self._phrase else None
        if found is None:
            return None
        return Noun(found.end(), found[self._said])


@lru_cache(maxsize=32)
def counted_nouns(cues: Cues) -> CountedNouns:
    """Return what reads the counted nouns of a language."""
    return CountedNouns(cues)
