"""How a name stands in its sentence, as the words around it tell: as subject, as owner, or aside.

Nothing is parsed. A name behind a preposition stands aside, behind a genitive one it owns what
stands before it, and any other is a subject; so are the heads of relative clauses. Names joined by
a comma or a conjunction stand as the first of them.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipelines.extraction.corpus import GAP
from pipelines.extraction.cues import pattern
from pipelines.extraction.masking import Masked, Mention

#: How a mention stands, the best first; of one that stands aside nothing is said.
SUBJECT, OWNER, ASIDE = range(3)
#: What happens in a place is said of it elsewhere.
PLACES = frozenset({"GPE", "LOC", "EVENT"})
#: Those who say things.
_SPEAKERS = frozenset({"PERSON", "ORG", "GPE"})
#: Code points before a mention in which is told how it stands, and those between joined ones.
_BEFORE, _JOINED = 40, 20
#: What stands behind a mention of which something follows; nothing behind the last of a text.
_GOING_ON = frozenset(" ,")
_WORD = re.compile(r"[^\W\d_]+'?|\S")
_OPENING = frozenset("«“\"‘'")
_PAUSES = frozenset(",;:")


class Standing(NamedTuple):
    """How a mention stands.

    It is ``joined`` to the one before it ("A and B"), ``leads`` where what follows is said of it
    ("X, which ..."), is ``cited`` where it is but whose words or deeds are told ("according to X",
    "by X"), and is a ``source`` where it says what follows ("X said that the market grew").
    """

    mention: Mention
    rank: int
    joined: bool
    leads: bool
    cited: bool
    source: bool


class Standings:
    """Tells how the mentions of a masked text stand."""

    def __init__(self, masked: Masked) -> None:
        cues = masked.cues
        self._masked, self._text, self._small = masked, masked.corpus.text, masked.small
        self._links, self._determiners = cues.values("preposition"), cues.words("determiner")
        self._kinds = frozenset(
            word for kind in ("org_noun", "group_noun", "type_cue") for word in cues.words(kind)
        )
        self._conjunctions, self._articles = cues.words("conjunction"), cues.words("number_article")
        self._pronouns = frozenset(word.lower() for word in cues.words("subject_pronoun"))
        self._function_words, self._agencies = cues.words("function_word"), cues.forms("agency")
        citing = [_WORD.findall(cue) for cue in cues.words("attribution") | cues.words("by")]
        self._citing = tuple(f" {' '.join(words)}" for words in citing)
        self._citing_ends = frozenset(words[-1] for words in citing)
        self._joins = pattern(rf"\s?,?\s?(?:{cues.any('conjunction')}\s)?{cues.determiner()}")
        comma = "," if cues.language in ("de", "nl") else ",?"
        self._leads = pattern(rf"(?:\s[a-zà-ÿ-]+,|{comma})\s{cues.any('relative')}")
        said = rf"(?:\s[^\s,.;:]+)?\s{cues.any('speech_verb')}"
        that, other = cues.any("reporting_that"), cues.any("determiner", "hedge")
        self._reports = pattern(rf"{said}(?:\s?[,:«“\"]|\s{that}\s?(?:{other}|\d))")
        self._tells = pattern(rf"{said}(?:\s?[,:«“\"]|\s{that})")
        self._owns = pattern(r"['’]s?\s")
        self._goes_on = pattern(r"[\s-][a-zà-ÿ]", ignore_case=False)
        self._dateline = pattern(r"[^.–—-]{3,50}\s[–—-]\s")
        self._start, self._known, self._unread = -1, list[Standing](), iter(list[Standing]())

    def in_segment(self, start: int) -> list[Standing]:
        """Return how the mentions of the segment that begins at a position stand, in order, but
        those of its dateline.
        """
        self._turn_to(start)
        self._known.extend(self._unread)
        return self._known

    def before(self, start: int, at: int) -> list[Standing]:
        """Return those of a segment's mentions that a number at a position may be said of: none of
        before a source, which but say who that is.
        """
        self._turn_to(start)
        known = self._known
        if not known or known[-1].mention.at < at:
            for one in self._unread:
                known.append(one)
                if one.mention.at >= at:
                    break
        standing: list[Standing] = []
        for one in known:
            if one.mention.to > at:
                break
            if one.source:
                standing.clear()
            else:
                standing.append(one)
        return standing

    def _turn_to(self, start: int) -> None:
        if self._start != start:
            end = self._text.find(GAP, start)
            self._unread = self._read(start, end if end >= 0 else len(self._text))
            self._start, self._known = start, []

    def _read(self, start: int, end: int) -> Iterator[Standing]:
        rank: int | None = None
        dateline = self._dateline.match(self._text, start, end)
        last = dateline.end() if dateline else start
        for one in self._masked.mentions_within(last, end):
            is_near = rank is not None and one.at - last <= _JOINED
            joins = is_near and self._joins.fullmatch(self._text, last, one.at)
            words = _WORD.findall(self._small, max(last, one.at - _BEFORE), one.at)
            head = self._head(words)
            goes_on = self._text[one.to : one.to + 1] in _GOING_ON
            leads = goes_on and self._leads.match(self._text, one.to) is not None
            source = one.surface in self._agencies or (goes_on and self._is_source(one))
            cited = self._is_cited(words, head)
            if source or (cited and not leads):
                rank = ASIDE
            elif leads:
                rank = SUBJECT
            elif rank is None or not joins:
                rank = self._rank(one, words, head)
            yield Standing(one, rank, bool(joins), leads and not source, cited, source)
            last = one.to

    def _is_source(self, one: Mention) -> bool:
        if one.mark not in _SPEAKERS:
            return False
        tells = self._tells if one.mark == "PERSON" else self._reports
        return tells.match(self._text, one.to) is not None

    def _is_cited(self, words: list[str], head: int) -> bool:
        if self._citing_ends.isdisjoint(words[max(head - 1, 0) :]):
            return False
        told, bare = f" {' '.join(words)}", f" {' '.join(words[:head])}"
        return told.endswith(self._citing) or bare.endswith(self._citing)

    def _head(self, words: list[str]) -> int:
        """Return how many words stand before what belongs to a name: its determiner and kind."""
        index = len(words)
        if index and words[index - 1] in _OPENING:
            index -= 1
        if index and words[index - 1] in self._kinds:
            index -= 1
        if index and words[index - 1] in self._determiners and words[index - 1] not in self._links:
            index -= 1
        return index

    def _rank(self, one: Mention, words: list[str], head: int) -> int:
        """Return how a mention behind some words stands, of which so many precede what is its."""
        if not words:
            return SUBJECT
        if words[-1] == "(" or self._is_object(words) or self._is_attribute(one, words):
            return ASIDE
        link = self._links.get(words[head - 1]) if head else None
        is_place = one.mark in PLACES
        if link is None:
            aside = is_place and self._is_linked(words, 4, 4)
            owns = OWNER if self._owns.match(self._text, one.to) else SUBJECT
        elif link == "of":
            aside, owns = self._is_linked(words[: head - 1], 2, 4), OWNER
        elif one.mark == "PERSON":
            aside, owns = not link, SUBJECT  # to whom something happens: "infligé à X"
        else:
            aside, owns = link != "in" or is_place, OWNER
        return ASIDE if aside else owns

    def _is_attribute(self, one: Mention, words: list[str]) -> bool:
        """Say whether a mention but tells what kind of thing another is: a Perth man."""
        is_indefinite = words[-1] in self._articles
        return is_indefinite and self._goes_on.match(self._text, one.to) is not None

    def _is_object(self, words: list[str]) -> bool:
        """Say whether a pronoun is the subject of what stands before a mention: it beat X."""
        for word in reversed(words[:-1]):
            if word in _PAUSES:
                return False
            if word in self._pronouns:
                return True
        return False

    def _is_linked(self, words: list[str], least: int, most: int) -> bool:
        """Say whether a preposition stands before the last words, of which but so many may have a
        meaning of their own: in the north of X.
        """
        own = 0
        for word in reversed(words[-most:]):
            if word in self._links:
                return True
            if not word[0].isalpha() or word in self._conjunctions:
                return False
            own += word not in self._determiners and word not in self._function_words
            if own > least:
                return False
        return False
