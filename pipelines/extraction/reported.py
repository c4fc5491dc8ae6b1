"""Reported speech without marks: who said that what, and according to whom.

Only what is said by somebody named, meant or referred to by a pronoun is told, and only in
sentences without quotation marks: there the quotation is told instead.
"""

import re
from typing import NamedTuple

from pipelines.extraction.corpus import GAP, marked
from pipelines.extraction.cues import pattern
from pipelines.extraction.masking import Masked
from pipelines.extraction.scanning import NEVER, either, hits

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
    """What is reported from a position to another, where who says so is named, and in what words."""

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


def _said_that(masked: Masked) -> list[Reported]:
    """Return what stands behind "said that" and its like, up to the sentence's end."""
    cues, text = masked.cues, masked.small
    verbs, that = either(cues.words("speech_verb")), either(cues.words("reporting_that"))
    if that == NEVER:
        return []
    subject = pattern(
        rf"(?P<speaker>{marked(*_SPEAKERS)})"
        rf"|(?<!\w)(?P<pronoun>{cues.any('speaker_pronoun', 'he_or_she')})(?!\w)"
    )
    negated = pattern(rf"(?<!\w){cues.any('negation')}")
    verb = pattern(rf"(?P<cue>{verbs})(?!\w)")
    rows = []
    for at, to in hits(text, rf"{verbs} (?:[^ .,;:\x00]+ ){{0,2}}?{that} ?"):
        begin, end = text.rfind(GAP, 0, at) + 1, _end(text, to)
        if text[at - 1 : at].isalnum() or end - to < _SHORTEST or _MARKS.search(text, begin, end):
            continue
        found = [*subject.finditer(text, max(begin, at - _NEAR), at)]
        cue = verb.match(text, at)
        between = text[found[-1].end() : at] if found else ""
        if not found or cue is None or any(mark in between for mark in ".;:("):
            continue
        if negated.search(f"{between} {text[at:to]}"):
            continue
        rows.append(_row(masked, found[-1], cue["cue"], to, end))
    return [row for row in rows if row is not None]


def _according_to(masked: Masked) -> list[Reported]:
    """Return the rest of sentences that begin with "according to" somebody."""
    text = masked.small
    sources = [cue for cue in masked.cues.words("attribution") if len(cue) >= _LONG]
    if not sources:
        return []
    rule = pattern(
        rf"(?P<cue>{either(sources)})\s?{masked.cues.determiner()}"
        rf"(?P<speaker>{marked(*_SPEAKERS)})(?P<pronoun>)\s?,\s?"
    )
    rows = []
    for at, _ in hits(GAP + text, rf"\x00{either(sources)}"):
        match, end = rule.match(text, at), _end(text, at)
        if match is None or end - match.end() < _SHORTEST or _MARKS.search(text, at, end):
            continue
        rows.append(_row(masked, match, match["cue"], match.end(), end))
    return [row for row in rows if row is not None]


def _row(
    masked: Masked, subject: re.Match[str], cue: str, at: int, to: int
) -> Reported | None:
    is_pronoun = bool(subject["pronoun"])
    words = subject.span("pronoun" if is_pronoun else "speaker")
    speaker = masked.last_before(words[0], "PERSON") if is_pronoun else words[0]
    if speaker is None:
        return None
    confidence = _REFERRED if is_pronoun else _NAMED
    return Reported(at, to, speaker, words, " ".join(cue.split()), confidence)


def _end(text: str, at: int) -> int:
    end = text.find(GAP, at)
    return len(text) if end < 0 else end
