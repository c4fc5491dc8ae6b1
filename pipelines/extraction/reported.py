"""Reported speech without marks: who said that what, and according to whom.

Only what is said by somebody named, meant or referred to by a pronoun is told, and only in
sentences without quotation marks: there the quotation is told instead.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pipelines.extraction.corpus import GAP, marked
from pipelines.extraction.cues import Cues, pattern
from pipelines.extraction.masking import Masked
from pipelines.extraction.scanning import either

#: Named beside the verb; a pronoun could mean another.
_NAMED, _REFERRED = 0.8, 0.6
#: Code points before the verb in which its subject ends.
_NEAR = 60
_SHORTEST = 12
_SPEAKERS = ("PERSON", "ORG", "GROUP", "GPE")
_MARKS = pattern(r"[«»“”„\"]")
#: Shorter words that attribute ("for", "per") mostly do something else.
_LONG = 5


class Reported(NamedTuple):
    """What is reported between two positions, and how: by whom, called so, with which cue."""

    at: int
    to: int
    speaker_at: int
    words: tuple[int, int]
    cue: str
    confidence: float


def reported(masked: Masked) -> list[Reported]:
    """Return what is reported in one language's segments, in order."""
    taken: dict[int, Reported] = {}
    for row in (*_said_that(masked), *_according_to(masked)):
        taken.setdefault(row.to, row)
    return sorted(taken.values())


class _Rules(NamedTuple):
    """What one language says "said that" and "according to" with."""

    said_that: re.Pattern[str]
    subject: re.Pattern[str]
    negated: re.Pattern[str]
    sources: tuple[str, ...]
    according_to: re.Pattern[str]


@lru_cache(maxsize=32)
def _rules(cues: Cues) -> _Rules:
    speaker = rf"(?P<speaker>{marked(*_SPEAKERS)})"
    pronoun = rf"(?P<pronoun>{cues.any('speaker_pronoun', 'he_or_she')})"
    verbs, that = cues.words("speech_verb"), either(cues.words("reporting_that"))
    sources = [cue for cue in cues.words("attribution") if len(cue) >= _LONG]
    return _Rules(
        pattern(rf"(?P<cue>{either(verbs)})(?!\w) (?:[^ .,;:\x00]+ ){{0,2}}?{that} ?"),
        pattern(rf"{speaker}|(?<!\w){pronoun}(?!\w)"),
        pattern(rf"(?<!\w){cues.any('negation')}"),
        tuple(source.split()[0] for source in sources),
        pattern(
            rf"(?P<cue>{either(sources)})\s?{cues.determiner()}{speaker}(?P<pronoun>)\s?,\s?"
        ),
    )


def _said_that(masked: Masked) -> Iterator[Reported]:
    """Yield what stands behind "said that" and its like, up to the sentence's end."""
    text, rules = masked.small, _rules(masked.cues)
    done = 0
    for at in masked.begun("speech_verb"):
        said = rules.said_that.match(text, at) if at >= done else None
        if said is None:
            continue
        begin, done, end = text.rfind(GAP, 0, at) + 1, said.end(), _end(text, said.end())
        if end - done < _SHORTEST or _MARKS.search(text, begin, end):
            continue
        found = [*rules.subject.finditer(text, max(begin, at - _NEAR), at)]
        between = text[found[-1].end() : at] if found else ""
        if not found or any(mark in between for mark in ".;:("):
            continue
        if not rules.negated.search(f"{between} {said[0]}"):
            yield from _told(masked, found[-1], said["cue"], done, end)


def _according_to(masked: Masked) -> Iterator[Reported]:
    """Yield the rest of sentences that begin with "according to" somebody."""
    text, rules = masked.small, _rules(masked.cues)
    for at in masked.corpus.positions:
        match = rules.according_to.match(text, at) if text.startswith(rules.sources, at) else None
        end = _end(text, at) if match else at
        if match and end - match.end() >= _SHORTEST and not _MARKS.search(text, at, end):
            yield from _told(masked, match, match["cue"], match.end(), end)


def _told(
    masked: Masked, subject: re.Match[str], cue: str, at: int, to: int
) -> Iterator[Reported]:
    is_pronoun = bool(subject["pronoun"])
    words = subject.span("pronoun" if is_pronoun else "speaker")
    speaker = masked.last_before(words[0], "PERSON") if is_pronoun else words[0]
    if speaker is not None:
        confidence = _REFERRED if is_pronoun else _NAMED
        yield Reported(at, to, speaker, words, " ".join(cue.split()), confidence)


def _end(text: str, at: int) -> int:
    end = text.find(GAP, at)
    return len(text) if end < 0 else end
