"""Which words a language has besides names, and which are parts of names in any language.

Words are the inflected forms of simplemma's dictionaries (MIT). Parts of names lie beside this file
in ``name_parts.csv``, written by ``python -m benchmarks.name_parts``: cities and towns of GeoNames
(CC BY 4.0), given names and surnames of Faker (MIT).
"""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.extraction.corpus import folded

_NAME_PARTS = Path(__file__).with_name("name_parts.csv")


class Words:
    """A set of a million words in eight megabytes: only their hashes are kept, in order.

    Two of 64 bits fall together once in ten billion words looked up.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._hashes = np.sort(_hashes(words))

    def __contains__(self, word: object) -> bool:
        """Say of one word whether it is one of these; of many ``hold`` says it sooner."""
        wanted = hash(word)
        place = self._hashes.searchsorted(wanted)
        return bool(place < len(self._hashes) and self._hashes[place] == wanted)

    def hold(self, words: Iterable[str]) -> NDArray[np.bool_]:
        """Say of each word whether it is one of these."""
        wanted = _hashes(words)
        if not len(self._hashes):
            return np.zeros(len(wanted), dtype=np.bool_)
        places = np.minimum(self._hashes.searchsorted(wanted), len(self._hashes) - 1)
        held: NDArray[np.bool_] = self._hashes[places] == wanted
        return held


def _hashes(words: Iterable[str]) -> NDArray[np.int64]:
    return np.fromiter(map(hash, words), dtype=np.int64)


@lru_cache(maxsize=16)
def common_words(language: str) -> Words:
    """Return the inflected forms of a language; none if it is not known."""
    from simplemma.strategies.dictionaries.dictionary_factory import (
        SUPPORTED_LANGUAGES,
        DefaultDictionaryFactory,
    )

    if language not in SUPPORTED_LANGUAGES:
        return Words(())
    return Words(DefaultDictionaryFactory(cache_max_size=1).get_dictionary(language))


#: A word that is read once in so many is frequent: 4.5 on Zipf's scale, some 4,000 words.
_FREQUENT = 10**-4.5


@lru_cache(maxsize=16)
def frequency_bands(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the frequent words of a language, and all that are read once in a million (wordfreq).

    Both hold names too, in small letters; they are empty for a language that is not known.
    """
    from wordfreq import available_languages, get_frequency_dict

    if language not in available_languages("small"):
        return frozenset(), frozenset()
    read = get_frequency_dict(language, wordlist="small")
    return frozenset(word for word, share in read.items() if share >= _FREQUENT), frozenset(read)


@lru_cache(maxsize=1)
def name_parts() -> dict[str, frozenset[str]]:
    """Return names by kind: given_name, surname, city (large), town, and place, which is both."""
    table = pl.read_csv(_NAME_PARTS)
    kinds = {
        str(kind): frozenset(folded(rows["name"]))
        for (kind,), rows in table.partition_by("kind", as_dict=True).items()
    }
    return {**kinds, "place": kinds["city"] | kinds["town"]}


@lru_cache(maxsize=32)
def given_names(further: frozenset[str]) -> frozenset[str]:
    """Return the given names of all languages, and further ones."""
    return name_parts()["given_name"] | further


#: Fewer names of an ending say nothing; so much more often a typical one is a kind's.
_FEWEST_OF_ENDING, _TYPICAL = 5, 2.0


@lru_cache(maxsize=1)
def typical_endings() -> dict[str, frozenset[str]]:
    """Return, for place, surname and given name, the three letters that names of it end with.

    An ending is typical of a kind that has it twice as often as the others together.
    """
    shares: dict[str, dict[str, float]] = {}
    for kind in ("place", "surname", "given_name"):
        names = name_parts()[kind]
        counts = Counter(name[-3:] for name in names)
        shares[kind] = {
            ending: count / len(names)
            for ending, count in counts.items()
            if count >= _FEWEST_OF_ENDING
        }
    return {
        kind: frozenset(
            ending
            for ending, share in own.items()
            if share
            >= _TYPICAL
            * sum(others.get(ending, 0.0) for other, others in shares.items() if other != kind)
        )
        for kind, own in shares.items()
    }
