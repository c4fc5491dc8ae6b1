"""How common a word is in its language at large (wordfreq; Speer 2022)."""

from collections.abc import Mapping
from functools import cache, lru_cache
from math import log10


def zipf(word: str, language: str) -> float:
    """Return the Zipf frequency of a word: log10 of its uses in a billion words, 0 where it is
    unknown; of a language without figures that in English.

    Single words are looked up without being cut first.
    """
    if word.isalpha():
        frequency = _frequencies(language).get(word.casefold())
        return log10(frequency) + 9 if frequency else 0.0
    return _zipf_of_several(word, language)


@cache
def _frequencies(language: str) -> Mapping[str, float]:
    """Return the frequency of each word of a language; of English where it is not known."""
    from wordfreq import get_frequency_dict

    try:
        return get_frequency_dict(language)
    except LookupError:
        return get_frequency_dict("en")


@lru_cache(maxsize=100_000)
def _zipf_of_several(word: str, language: str) -> float:
    from wordfreq import zipf_frequency

    try:
        return zipf_frequency(word, language)
    except LookupError:
        return zipf_frequency(word, "en")
