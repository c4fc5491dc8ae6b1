"""Who is or was what, where: role phrases, and the person each is said of.

A role phrase names a role and mostly where it is held: "president of the Alliance", "the agency's
deputy director", "sa directrice". It is said of the person it stands beside, or of the person the
phrase before it is said of, or of the "he" or "she" it introduces.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.extraction.corpus import GAP, MARKS, marked
from pipelines.extraction.cues import pattern
from pipelines.extraction.facts import facts
from pipelines.extraction.masking import Masked, masked_segments
from pipelines.extraction.spans import adjective_of

#: Said in so many words; by a possessive or noun whose owner had to be found; of a pronoun.
_STATED, _OWNED, _OF_PRONOUN = 0.92, 0.8, 0.75
#: Code points before a role phrase in which its person is looked for.
_NEAR = 80
#: Words before a role's noun that its phrase may begin with: whose it is, that it is over, what
#: qualifies it; each has four at most.
_LEAD = 12
#: The first character of a word or mention.
_WORD = re.compile(rf"(?<!\w)[\w{MARKS['PERSON']}-{MARKS['GROUP']}]")

_FOUND = {
    "article_id": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "role_start": pl.Int64,
    "role_end": pl.Int64,
    "person_mention_id": pl.String,
    "organization_mention_id": pl.String,
    "role_en": pl.String,
    "status": pl.String,
    "confidence": pl.Float64,
}


def core_roles(
    core_articles: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_mentions: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_roles`` for whole articles."""
    rows = [
        row
        for masked in masked_segments(
            core_segments, core_languages, core_mentions, seed_cue_words, groups=False
        )
        for row in _roles(masked)
    ]
    length = pl.col("role_end") - pl.col("role_start")
    found = (
        pl.DataFrame(rows, schema=_FOUND, orient="row")
        .unique(
            ["person_mention_id", "organization_mention_id", "status"],
            keep="first",
            maintain_order=True,
        )
        .join(core_articles.select("article_id", "body"), on="article_id", maintain_order="left")
        .with_columns(role=pl.col("body").str.slice("role_start", length))
        .drop("body")
    )
    mint = pl.format("{}/r{}-{}-{}", "article_id", "role_start", "role_end", "status")
    return facts("core_roles", [found], core_articles, core_segments, mint)


def _roles(masked: Masked) -> Iterator[tuple[object, ...]]:
    """Yield the roles of one language, with positions turned into offsets of the bodies."""
    for at, to, role_at, role_to, person, org, *said in sorted(
        _Finder(masked).found(), key=lambda row: row[0]
    ):
        person_id = masked.mention_at(person)
        if person_id is not None:
            place = masked.corpus.place(at)
            spans = (one + place.offset for one in (at, to, role_at, role_to))
            yield place.article_id, *spans, person_id, masked.mention_at(org), *said


_Row = tuple[int, int, int, int, int, int | None, str | None, str, float]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A role phrase: where it stands, its role, where it is held, and whether it is over."""

    at: int
    to: int
    role: tuple[int, int]
    at_org: int | None
    former: bool
    confidence: float


class _Finder:
    """Finds role phrases in one language's masked text, and whom they are said of."""

    def __init__(self, masked: Masked) -> None:
        cues = masked.cues
        self._masked, self._cues, self._text = masked, cues, masked.corpus.text
        person, determiner = marked("PERSON"), cues.determiner()
        now = rf"(?:{cues.any('now')}\s)?"
        self._phrase = pattern(self._expression())
        self._person_before = pattern(
            rf"(?P<person>{person})(?:\s\([^()]{{1,20}}\))?\s?(?:,\s(?P<was>{cues.any('was')}"
            rf"(?:[\s\w]{{0,14}}?\d{{4}})?\s)?|\s(?P<is>{cues.any('is')})\s|,\s)"
            rf"{now}{determiner}(?:(?!{cues.any('auxiliary')}(?!\w))[\w-]+\s)?$"
        )
        self._person_behind = pattern(
            rf"[»”\"’']?\s?,?\s{determiner}(?:[\w-]+\s){{0,2}}(?P<person>{person})"
        )
        self._pronoun_behind = pattern(rf",\s{cues.any('he_or_she')}")
        self._goes_on = pattern(
            rf"(?:\s?,?\s(?:{cues.any('conjunction')}\s)?{now}|\s?,\s){determiner}$"
        )
        link = rf"(?:{cues.any('role_link')}\s?)?"
        self._moved = pattern(
            rf"[\s,]+(?:{cues.any('conjunction')}\s)?{cues.any('now')}\s?{link}{determiner}"
            rf"(?P<org>{marked('ORG', 'GROUP')})"
        )
        leads = rf"(?P<leads>{cues.any('leads')})|(?P<led>{cues.any('led')})"
        self._leads = pattern(
            rf"(?P<person>{person})\s?,\s{cues.any('who')}\s?(?:{leads})\s{determiner}"
            rf"(?P<org>{marked('ORG', 'GROUP')})"
        )

    def _expression(self) -> str:
        """Return the pattern of a role phrase: "X's role", "role of X", "its role", a bare role."""
        cues, determiner = self._cues, self._cues.determiner()
        org = marked("ORG", "GROUP", "PRODUCT", "GPE")
        meant = rf"(?:{cues.any('determiner')}\s?(?:[\w-]+\s)?{cues.any('org_noun', 'group_noun')})"
        former = rf"(?:{cues.any('former')}[\s-]*)"
        small = rf"(?:(?!{cues.any('function_word')}(?!\w))[a-zà-ÿ][\w-]*\s)"
        # Of "the paper's editor" the s is no word.
        lead = rf"(?:(?!s\s|{cues.any('speech_verb')}(?!\w)){small})"
        before = rf"(?:{lead}{{0,3}}?)" if cues.language == "en" else ""
        tail = rf"(?:\s(?:{cues.any('role_adjective')}|{adjective_of(cues)})){{0,2}}"
        field = rf"(?:\s{cues.any('role_link')}\s?{determiner}(?P<field>{cues.any('role_field')}))?"
        link = rf"{cues.any('role_link')}\s?{determiner}"
        owner = rf"(?P<owner>{marked('ORG', 'GROUP', 'GPE')})'s?\s|(?P<owned>{meant})'s?\s"
        # "Siemens president X", in English only; of "Boston lawyer X" it says no more than whence.
        beside = marked("ORG", "GROUP") if cues.language == "en" else "(?!)"
        possessed = rf"(?P<possessed>{cues.any('possessive')})\s"
        noun = cues.any("role")
        if cues.language == "en":  # head coach, executive chairman
            noun = rf"(?:{noun}\s)?{noun}"
        return (
            rf"(?<!\w)(?:{owner}|(?P<beside>{beside})\s|{possessed})?(?P<former>{former})?"
            rf"(?P<role>{before}(?P<noun>{noun}){tail}{field})(?!\w)"
            rf"(?:(?P<more>(?:\s[\w'-]+){{0,4}}?)\s{link}{small}{{0,3}}?[«“\"‘]?"
            rf"(?:(?P<org>{org})|(?P<meant>{meant})))?"
        )

    def found(self) -> Iterator[_Row]:
        """Yield the rows of all role phrases that are said of a named person."""
        last: tuple[int, int] | None = None
        for match in self._phrases():
            phrase = self._read(match)
            person, is_over, confidence = self._person_of(phrase, last)
            if person is None:
                continue
            last = (person, phrase.to)
            status = "former" if phrase.former or is_over else "current"
            at, to = phrase.at, phrase.to
            if confidence != _OF_PRONOUN:
                at, to = min(at, person), max(to, self._end_of(person))
            said = (*phrase.role, person)
            sure = min(confidence, phrase.confidence)
            role_en = self._role_en(match)
            yield at, to, *said, phrase.at_org, role_en, status, sure
            moved = self._moved.match(self._text, phrase.to)
            if moved:
                yield at, moved.end(), *said, moved.start("org"), role_en, "current", sure
        yield from self._leaders()

    def _phrases(self) -> Iterator[re.Match[str]]:
        """Yield the role phrases, each read from the first word that may belong to its noun."""
        done = 0
        for noun in self._masked.cues_at("role"):
            if noun < done:
                continue
            begin, end = self._masked.corpus.segment(noun)
            if not self._names_somebody(begin, end):
                continue
            for word in _WORD.finditer(self._text, max(done, self._lead(begin, noun)), noun + 1):
                match = self._phrase.match(self._text, word.start(), end)
                if match and self._is_led(match):
                    done = match.end()
                    yield match
                    break

    def _is_led(self, match: re.Match[str]) -> bool:
        """Say whether what stands before a role's noun belongs to it.

        Before a capital only a word with one does ("Acting President", not "outset President"), or
        one that qualifies roles ("deputy Prime Minister"); initials (CEO) are always written so.
        """
        noun = match["noun"]
        if not noun[0].isupper() or noun.isupper():
            return True
        leads = match["role"][: match.start("noun") - match.start("role")].split()
        qualifiers = self._cues.words("role_qualifier")
        return all(word[0].isupper() or word in qualifiers for word in leads)

    def _names_somebody(self, begin: int, end: int) -> bool:
        """Say whether a segment has a person, by name or pronoun, of whom a role may be said."""
        named = self._text.find(MARKS["PERSON"], begin, end) >= 0
        return named or self._pronoun_behind.search(self._text, begin, end) is not None

    def _lead(self, begin: int, noun: int) -> int:
        """Return where the words begin that may belong to the role phrase of a noun."""
        at = noun
        for _ in range(_LEAD):
            at = self._text.rfind(" ", begin, at)
            if at < 0:
                return begin
        return at

    def _read(self, match: re.Match[str]) -> _Phrase:
        """Return a match as a phrase, the organisation it only means found."""
        at_org: int | None = None
        confidence = _STATED
        said = next((name for name in ("owner", "beside", "org") if match[name]), None)
        if said is not None:
            at_org = match.start(said)
        elif match["possessed"] or match["owned"] or match["meant"]:
            at_org = self._masked.last_before(match.start("noun"), "GROUP", "ORG")
            noun = match["owned"] or match["meant"] or ""
            if not pattern(self._cues.any("group_noun")).search(noun):
                last_named = self._masked.last_before(match.start("noun"), "ORG")
                at_org = last_named if noun and last_named is not None else at_org
            confidence = _OWNED
        return _Phrase(
            match.start(),
            match.end(),
            match.span("role"),
            at_org,
            bool(match["former"]),
            confidence,
        )

    def _person_of(
        self, phrase: _Phrase, last: tuple[int, int] | None
    ) -> tuple[int | None, bool, float]:
        """Return where the person is named, whether the role is over, and how sure that is."""
        begin = max(self._text.rfind(GAP, 0, phrase.at) + 1, phrase.at - _NEAR)
        before = self._person_before.search(self._text, begin, phrase.at)
        if before:
            return before.start("person"), bool(before["was"]), _STATED
        if (
            last
            and last[1] <= phrase.at
            and self._goes_on.fullmatch(self._text, last[1], phrase.at)
        ):
            return last[0], False, _STATED
        behind = self._person_behind.match(self._text, phrase.to)
        if behind:
            return behind.start("person"), False, _STATED
        if self._pronoun_behind.match(self._text, phrase.to):
            return self._masked.last_before(phrase.at, "PERSON"), False, _OF_PRONOUN
        return None, False, 0.0

    def _end_of(self, at: int) -> int:
        match = pattern(marked("PERSON")).match(self._text, at)
        return match.end() if match else at

    def _leaders(self) -> Iterator[_Row]:
        """Yield who is said to lead, or to have led: "X, who leads Y"."""
        for match in self._leads.finditer(self._text):
            over = match["led"] is not None
            kind = "led" if over else "leads"
            yield (
                *match.span(),
                *match.span(kind),
                match.start("person"),
                match.start("org"),
                self._cues.value(kind, match[kind]),
                "former" if over else "current",
                _STATED,
            )

    def _role_en(self, match: re.Match[str]) -> str | None:
        """Return a role in English: its noun, what qualifies it, the field it is in charge of."""
        if self._cues.language == "en":
            return match["role"]
        role = self._cues.value("role", match["noun"])
        if not role:
            return None
        qualified = match["role"][len(match["noun"]) :].split(match["field"] or "\0")[0].split()
        adjectives = [self._cues.value("role_adjective", word) for word in qualified]
        role = " ".join([*(one for one in adjectives if one), role])
        field = self._cues.value("role_field", match["field"]) if match["field"] else None
        return f"{role} of {field}" if field else role
