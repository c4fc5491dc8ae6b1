"""What a translation is worth, from checks that cost little.

The estimate is no measure of beauty: it says how much of what can be checked without knowing both
languages came through. Held against human references (``benchmarks/translation.py``) such checks
find broken sentences, and hardly tell a good one from a middling one of the same engine; so an
engine's own worth is part of the estimate.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector

#: Marks of a server's error page that came back as if it were a translation.
_ERROR_PAGE = re.compile(
    r"<\s*(?:html|head|body|div|title|!doctype)\b|Error \d{3} \(|That’s an error|unusual traffic"
    r"|\b50[0-4] (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)"
    r"|\b429 Too Many Requests|\b403 Forbidden",
    re.IGNORECASE,
)
#: Between two languages of Europe a translated sentence has 0.6 to 1.7 times the characters of
#: its source; beyond these wider bounds something is missing or made up.
_SHORTEST, _LONGEST = 0.35, 3.0
#: A shorter text (a word, a name) may rightly stay as it is, or change its length freely.
_TELLING_LENGTH = 25
#: Letters from which the language of a text is told with certainty.
_TELLING_LETTERS = 40
#: Of an answer in another language the detector is this sure; mixtures with names stay below.
_CERTAIN = 0.9
_WORD = re.compile(r"[^\W\d_]+")
#: A model that lost its way repeats three words more often than any author.
_LOOP, _MOST_REPEATS = 3, 4


def rejection(source: str, translated: str | None) -> str | None:
    """Return why an answer cannot be a translation of the source, or None."""
    if translated is None or translated.strip() in ("", "null"):
        return "empty answer"
    if is_error_page(translated) and not is_error_page(source):
        return "an error page instead of a translation"
    if _repeats(translated) > max(_MOST_REPEATS, 2 * _repeats(source)):
        return "it repeats itself"
    return None if len(source) < _TELLING_LENGTH else _implausible(source, translated)


def _implausible(source: str, translated: str) -> str | None:
    """Return what is wrong with the answer to a text long enough to tell."""
    if _folded(translated) == _folded(source):
        return "the source came back untranslated"
    ratio = len(translated) / len(source)
    if not _SHORTEST <= ratio <= _LONGEST:
        return f"implausible length ({ratio:.1f} times the source)"
    return None


def is_error_page(text: str) -> bool:
    """Say whether a text is what a server shows instead of an answer."""
    return bool(_ERROR_PAGE.search(text))


def in_other_language(
    translated: Sequence[str], target: str, languages: tuple[str, ...]
) -> list[str | None]:
    """Return for each translation the other language it certainly is in, or None.

    ``languages`` are those it might be in; short texts, and texts of which the detector is less
    sure, are given the benefit of the doubt.
    """
    telling = [
        place
        for place, text in enumerate(translated)
        if sum(map(len, _WORD.findall(text))) >= _TELLING_LETTERS
    ]
    found: list[str | None] = [None] * len(translated)
    detector = _detector(tuple(sorted({target, *languages}))) if telling else None
    if detector is None:
        return found
    judged = detector.compute_language_confidence_values_in_parallel(
        [translated[place] for place in telling]
    )
    for place, values in zip(telling, judged, strict=True):
        best = values[0].language.iso_code_639_1.name.lower()
        found[place] = best if values[0].value >= _CERTAIN and best != target else None
    return found


@lru_cache(maxsize=8)
def load_detector(target: str, languages: tuple[str, ...]) -> None:
    """Load what :func:`in_other_language` needs.

    That takes seconds in which no thread runs: not while answers are waited for, which would then
    be late.
    """
    in_other_language(["x" * _TELLING_LETTERS], target, languages)


@lru_cache(maxsize=8)
def _detector(languages: tuple[str, ...]) -> "LanguageDetector | None":
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    known = [getattr(IsoCode639_1, one.upper(), None) for one in languages]
    codes = [code for code in known if code is not None]
    if len(codes) < 2:
        return None
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()


def estimated_quality(
    source: str, translated: str, required: int = 0, missed: int = 0
) -> float:
    """Return an estimate from 0 to 1, before the worth of the engine.

    ``required`` is how many names, figures, addresses and terms had to come through, and
    ``missed`` how many did not. Losing all of them costs three quarters: a sentence with the wrong
    figures is worse than none. Untranslated words cost as much; a length that is no translation's
    costs up to a third.
    """
    kept = 1 - missed / required if required else 1.0 - 0.1 * min(missed, 1)
    ratio = len(translated) / max(len(source), 1)
    likely_length = min(1.0, min(ratio, 1 / ratio) / 0.6) if ratio else 0.0
    estimate = (
        (0.25 + 0.75 * max(kept, 0.0))
        * (0.25 + 0.75 * (1 - _residue(source, translated)))
        * (2 / 3 + likely_length / 3)
    )
    return round(estimate, 3)


def _residue(source: str, translated: str) -> float:
    """Return the share of the source's plain words that stand in the translation as they were.

    A fifth of them may: related languages share words, and quote each other's. Google leaves 4 in
    a hundred, Apertium 11.
    """
    words = {word for word in _WORD.findall(source)[1:] if len(word) > 3 and word.islower()}
    if len(words) < 4:
        return 0.0
    share = len(words & set(_WORD.findall(translated))) / len(words)
    return max(0.0, (share - 0.2) * 1.25)


def _repeats(text: str) -> int:
    """Return how often the most frequent three words in a row stand there."""
    words = _WORD.findall(text.lower())
    rows = Counter(zip(*(words[start:] for start in range(_LOOP)), strict=False))
    return max(rows.values(), default=0)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
