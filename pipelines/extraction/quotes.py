"""Who said what: what stands in quotation marks, and who the text says said it.

A quotation has a speaker, found behind it ("...", said X), before it (X said that "..."), or in the
quotation it goes on from. What is marked for other reasons (a name, a title, a word held at arm's
length) is none. What is reported without marks is a kind of its own, ``indirect``.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import NamedTuple

import polars as pl

from pipelines.extraction.corpus import GAP, MARKS, MENTION, marked
from pipelines.extraction.cues import pattern
from pipelines.extraction.facts import facts
from pipelines.extraction.masking import Masked, masked_segments
from pipelines.extraction.reported import reported
from pipelines.quotation import quoted as quoted_spans

#: Fewer words are a name, a title or a word held at arm's length, unless a verb of speech governs.
_FEWEST_WORDS = 3
#: More words are no set phrase; of a title's words more than this share have a capital.
_PHRASE, _TITLE = 5, 0.6
#: Letters of the words that titles write small: and, of, sur.
_SMALL = 3
#: Code points before a quotation that tell whether a clause begins with it.
_LEAD = 3
#: Code points before a mark in which "so-called" may stand.
_CALLED = 20
#: How many sentences a quotation may stand behind the one it goes on from.
_SENTENCES_APART = 1
#: Code points around a quotation in which its attribution is looked for.
_NEAR = 140
#: Code points before a quotation in which it is looked for within a segment: a thousand are more
#: than sentences have, fewer than a table without line ends.
_FAR = 1000
#: Code points that may stand between a quotation and the clause behind it: ". - ".
_OPENED = 6
_CLAUSE_END = re.compile(rf"[!?;:«»“”\"{GAP}]")
_BEHIND, _BEFORE, _CONTINUED, _AIM, _UNSAID = 0.93, 0.88, 0.85, 0.75, 0.5
_SPEAKERS = ("PERSON", "ORG", "GROUP", "GPE")



_FOUND = {
    "article_id": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "speaker_mention_id": pl.String,
    "cue": pl.String,
    "confidence": pl.Float64,
    "speaker_start": pl.Int64,
    "speaker_end": pl.Int64,
    "language": pl.String,
    "quoted": pl.String,
}


def core_quotes(
    core_articles: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_mentions: pl.DataFrame,
    core_roles: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_quotes`` for whole articles."""
    quoted = _quoted(core_articles, core_segments)
    rows = [
        row
        for masked in masked_segments(
            core_segments, core_languages, core_mentions, seed_cue_words, groups=False
        )
        for row in (*_attributed(masked, quoted), *_indirect(masked))
    ]
    roles = (
        core_roles.filter(pl.col("status") == "current")
        .unique("person_mention_id", keep="first", maintain_order=True)
        .select(speaker_mention_id="person_mention_id", speaker_role="role")
    )
    opens = pl.col("quoted").str.contains(r"^[\p{Lu}¿¡\d]")
    kind = (
        pl.when(pl.col("quoted").is_null())
        .then(pl.lit("indirect"))
        .when(opens & (pl.col("quoted").str.count_matches(r"\S+") > _FEWEST_WORDS))
        .then(pl.lit("direct"))
        .otherwise(pl.lit("partial"))
    )
    said = (
        pl.DataFrame(rows, schema=_FOUND, orient="row")
        .with_columns(kind=kind)
        .join(roles, on="speaker_mention_id", how="left", maintain_order="left")
    )
    mint = pl.format("{}/q{}-{}", "article_id", "start", "end")
    return facts("core_quotes", [said], core_articles, core_segments, mint)


class _Quoted(NamedTuple):
    """What stands in quotation marks; ``outer_start`` and ``outer_end`` include the marks.

    A quotation begins in one segment and ends in another, or in the same.
    """

    article_id: str
    body: str
    start: int
    end: int
    outer_start: int
    outer_end: int
    segment_id: str
    segment_start: int
    last_segment_id: str
    last_segment_start: int

    @property
    def text(self) -> str:
        """What stands between the marks."""
        return self.body[self.start : self.end]


def _quoted(core_articles: pl.DataFrame, core_segments: pl.DataFrame) -> list[_Quoted]:
    """Return what stands in quotation marks in running text, in order.

    Nested quotations belong to the outer one.
    """
    segments = core_segments.select("article_id", "start", "segment_id", "kind").sort(
        "article_id", "start"
    )
    starts, ids, kinds = (segments[name].to_list() for name in ("start", "segment_id", "kind"))
    counts = segments.group_by("article_id", maintain_order=True).len().rows()
    ends = accumulate(count for _, count in counts)
    own = {article: (end - count, end) for (article, count), end in zip(counts, ends, strict=True)}
    found = []
    for article_id, body in sorted(core_articles.select("article_id", "body").rows()):
        low, high = own.get(article_id, (0, 0))
        for span in quoted_spans(body):
            first, last = (bisect_right(starts, at, low, high) - 1 for at in span[:2])
            if first >= low and kinds[first] in ("sentence", "list_item"):
                places = (ids[first], starts[first], ids[last], starts[last])
                found.append(_Quoted(article_id, body, *span, *places))
    return found


@dataclass(frozen=True, slots=True)
class _Attribution:
    """Who said it: where the mention of them begins, and the words that stand for them here."""

    speaker_at: int | None
    words: tuple[int, int] | None
    cue: str | None
    confidence: float


_NOBODY = _Attribution(None, None, None, _UNSAID)
_Said = tuple[_Quoted, _Attribution]


def _attributed(masked: Masked, quoted: list[_Quoted]) -> Iterator[tuple[object, ...]]:
    """Yield the quotations of one language with their speakers."""
    for quote, of in _said(masked, quoted):
        spoken = _spoken(masked, of.speaker_at, of.words, of.cue, of.confidence)
        yield quote.article_id, quote.start, quote.end, *spoken, quote.text


def _indirect(masked: Masked) -> Iterator[tuple[object, ...]]:
    """Yield what is reported in one language without marks."""
    for at, to, speaker_at, words, cue, confidence in reported(masked):
        place = masked.corpus.place(at)
        if place.kind in ("sentence", "list_item"):
            spoken = _spoken(masked, speaker_at, words, cue, confidence)
            yield place.article_id, at + place.offset, to + place.offset, *spoken, None


def _spoken(
    masked: Masked,
    speaker_at: int | None,
    words: tuple[int, int] | None,
    cue: str | None,
    confidence: float,
) -> tuple[object, ...]:
    """Return what all kinds of quotation have in common, positions turned into places."""
    offset = masked.corpus.place(words[0]).offset if words else 0
    begin, end = (at + offset for at in words) if words else (None, None)
    mention = masked.mention_at(speaker_at)
    return mention, cue, confidence, begin, end, masked.corpus.language


def _said(masked: Masked, quoted: list[_Quoted]) -> list[_Said]:
    positions = masked.corpus.positions
    ids, ordinals = (masked.corpus.segments[name].to_list() for name in ("segment_id", "ordinal"))
    indices = {segment_id: index for index, segment_id in enumerate(ids)}
    search = _Search(masked)
    said: list[_Said] = []
    previous: tuple[_Quoted, _Attribution, int, int] | None = None
    unsaid: list[_Quoted] = []
    for quote in quoted:
        first = indices.get(quote.segment_id)
        last = None if first is None else indices.get(quote.last_segment_id)
        if first is None or last is None:
            continue
        at = quote.outer_start + positions[first] - quote.segment_start
        to = quote.outer_end + positions[last] - quote.last_segment_start
        parts, found = search.parted(at, to, quote)
        found = found or search.attribution(at, to)
        if found is None and _is_open(quote):
            unsaid.append(quote)  # whoever says the paragraph that closes it
            continue
        if found is None and previous is not None and _goes_on(
            *previous, quote, ordinals[first]
        ):
            of = previous[1]
            found = _Attribution(of.speaker_at, of.words, of.cue, _CONTINUED)
        before = quote.body[max(0, quote.outer_start - _LEAD) : quote.outer_start].rstrip(" ")
        opens = not before or before[-1] in ".,:!?…”\"»\n"
        if _is_quotation(quote.text, found, is_name=search.is_name(at, to), opens=opens):
            of = found or _NOBODY
            said += [(part, of) for part in parts]
            previous = (parts or [quote])[-1], of, ordinals[first], ordinals[last]
            said += _continued(unsaid, quote, of)
        unsaid = []
    return said


def _is_open(quote: _Quoted) -> bool:
    """Say whether a paragraph's quotation goes on in the next: its mark is not closed."""
    return quote.body[quote.outer_end : quote.outer_end + 1] == "\n" and (
        quote.body[quote.outer_end - 1] not in "»”\"’“«'"
    )


def _continued(unsaid: list[_Quoted], quote: _Quoted, of: _Attribution) -> Iterator[_Said]:
    """Yield the paragraphs of which a quotation is the last, said by whoever says that."""
    for one in unsaid:
        if one.article_id == quote.article_id:
            yield one, replace(of, confidence=min(of.confidence, _CONTINUED))


def _goes_on(
    previous: _Quoted,
    of: _Attribution,
    first_ordinal: int,
    last_ordinal: int,
    quote: _Quoted,
    ordinal: int,
) -> bool:
    """Say whether a quotation takes up where the one before it ended.

    In the same paragraph, or as the next one: a paragraph that opens with a quotation goes on with
    the speaker of the one that ended the paragraph before.
    """
    if previous.article_id != quote.article_id or of.words is None:
        return False
    between = quote.body[previous.outer_end : quote.outer_start]
    if "\n" in between:
        return not between.strip()
    opens_large = quote.body[quote.start].isupper()
    same_sentence = ordinal == first_ordinal and len(between) < _NEAR
    if same_sentence and of.confidence >= _BEFORE and not opens_large:
        return pattern(r"^[^.!?:;]*,\s$|^\s(?:\w+\s){1,6}$").search(between) is not None
    return ordinal - last_ordinal <= _SENTENCES_APART and opens_large


def _is_quotation(
    text: str, found: _Attribution | None, *, is_name: bool, opens: bool
) -> bool:
    """Say whether marked words are a quotation, given its attribution.

    ``opens`` says that a sentence or clause begins with them; a title rather follows a preposition.
    """
    is_said = text[-1] in "!?" or (opens and found is not None and text[-1] in ",.")
    words = text.split()
    if is_name or (not is_said and _is_titled(words)):
        return False
    if found is None:
        # Nobody says it: a sentence, or more words than a title or a phrase has.
        fewest = _FEWEST_WORDS + 1 if _is_sentence(text) else _PHRASE
        return len(words) >= fewest and _capitals(words) <= _TITLE * len(words)
    if found.confidence == _BEHIND and (text[-1] == "," or (text[:1].isupper() and len(words) > 1)):
        return True
    return len(words) >= _FEWEST_WORDS or (_is_sentence(text) and found.confidence >= _BEFORE)


def _capitals(words: list[str]) -> int:
    return sum(word[0].isupper() and len(word) > 1 for word in words)


def _is_titled(words: list[str]) -> bool:
    """Say whether words are written as a title is: all but small ones with a capital."""
    if not all(word[0].isupper() or len(word) <= _SMALL for word in words):
        return False
    lone = any(word[0].isupper() and len(word) == 1 for word in words)
    return not lone and (_capitals(words) > 1 or len(words) == 1)


def _is_sentence(text: str) -> bool:
    return text[:1].isupper() and text[-1] in ".,!?…"


class _Search:
    """Looks for the speaker of a quotation around it, in masked text."""

    def __init__(self, masked: Masked) -> None:
        cues = masked.cues
        self._masked, self._text = masked, masked.corpus.text
        self._verbs_at = masked.begun("speech_verb")
        determiner, mark = cues.determiner(), marked(*_SPEAKERS)
        person, speech = marked("PERSON"), cues.any("speech_verb")
        group = rf"{cues.any('determiner')}\s?(?:[\w-]+\s)?{cues.any('group_noun', 'org_noun')}"
        self._meant = rf"{group}(?!\s{MENTION})"
        role = rf"{determiner}(?:[\w-]+\s){{0,3}}?{cues.any('role')}[^.!?;:«»“”\"\x00]{{0,100}}?\s"
        # Behind "?”" and "!”" a sentence may seem to begin with who said it.
        opened = r"(?:\s?[,.!?;…]?\s?[-–—]?\s?|(?<=[?!…]..)\x00|(?<=[?!…].)\x00)"
        grammar = rf"(?!{cues.any('function_word')}(?!\w))"
        word = rf"(?:{cues.any('honorific')}(?!\w)|{grammar}[\w.'-]+)"
        lead = rf"{determiner}(?:(?:{word}|{MENTION})\s(?:&\s)?){{0,5}}?"
        pronoun = rf"(?P<pronoun>{cues.any('speaker_pronoun', 'he_or_she')})(?!\w)"
        nominal = rf"(?P<nominal>(?:{cues.any('determiner')}\s?)(?:{word}\s?){{1,4}})"
        self._whoever = pattern(
            rf"(?:{role}(?P<speaker>{person})|{lead}(?P<speaker2>{person})"
            rf"|{determiner}(?:{word}\s){{0,2}}?(?P<speaker3>{mark})|(?P<meant>{self._meant})"
            rf"|{pronoun}|{nominal})"
        )
        aside = r"(?:,[^,!?;:«»“”\"\x00]{1,100},)?"
        # The full stop of "Mr." and of "(R-Ohio.)" ends nothing.
        plain = r"(?:\w{1,5}\.\s(?=[\ue001-\ue010])|\([^()\x00]{1,20}\)|[^.!?;:,«»“”\"\x00])"
        adverb = rf"(?:{cues.any('auxiliary')}\s)?(?:[\w']+(?:ly|mente|ment)\s)?"
        self._verb_behind = pattern(
            rf"{opened}{adverb}(?P<cue>{speech})(?P<between>[^.!?;:,«»“”\"\x00\ue001-\ue010]{{0,40}}?)\s"
            rf"(?=(?:{role}{person}|{lead}{person}|{determiner}(?:{word}\s){{0,2}}?{mark}"
            rf"|{self._meant}|{cues.any('speaker_pronoun', 'he_or_she')}(?!\w)"
            rf"|{cues.any('determiner')}))"
        )
        self._subject_behind = pattern(
            rf"{opened}(?!\s?{speech}(?!\w))(?P<np>{plain}{{1,90}}?){aside}\s{adverb}"
            rf"(?P<cue>{speech})(?!\w)"
        )
        # "..., while Meta stressed that": somebody else says something else.
        self._next_clause = pattern(
            rf"(?!{cues.any('determiner', 'speaker_pronoun', 'he_or_she')})"
            rf"{cues.any('function_word', 'conjunction')}(?!\w)"
        )
        self._addressed = pattern(rf"(?<!\w){cues.any('addressed')}(?!\w)")
        self._by_behind = pattern(rf"{opened}(?P<cue>{cues.any('attribution')})\s?")
        verb = rf"(?:{cues.any('auxiliary')}\s)?{grammar}[a-zà-ÿ]{{3,}}(?:\s{grammar}[a-zà-ÿ]+)?"
        self._inverted = pattern(rf"\s?[,.!?]?\s(?P<cue>{verb})\s(?P<speaker>{person})")
        pronoun_cue = rf"(?:{cues.any('he_or_she')}\s)?"
        self._unnamed = pattern(
            rf"{opened}{pronoun_cue}(?:{cues.any('also')}\s)?(?P<cue>{speech})"
        )
        self._inside = pattern(
            rf",\s(?P<cue>{speech})\s{determiner}(?P<speaker>{mark})[^.!?]*(?:[.!?]+[\s\x00]|$)"
        )
        self._verb, self._aim = pattern(speech), pattern(cues.any("aim_verb"))
        attributed = rf"{cues.any('attribution')}\s?{determiner}"
        self._by = pattern(rf"{attributed}(?P<speaker>{mark})")
        self._by_role = pattern(rf"{cues.any('attribution')}\s?{role}(?P<speaker>{person})")
        self._subject = pattern(
            rf"(?P<speaker>{mark})|(?P<meant>{self._meant})|(?<!\w){pronoun}"
        )
        self._opener = pattern(rf"{cues.any('enumeration')}\s{masked.enumeration(*MARKS)}")
        self._name = pattern(rf"[«“„\"‘]\s?{MENTION}\s?[»”“\"’]")
        self._apposition = pattern(
            rf",\s{determiner}(?:{cues.any('former')}[\s-]?)?(?:[\w-]+\s){{0,2}}?"
            rf"{cues.any('role')}[^,.\x00]{{0,120}}?,"
        )
        self._so_called = pattern(rf"(?<!\w){cues.any('so_called')}\s$")
        self._colon = pattern(rf"(?P<speaker>{mark})[^.!?;:«»“”\"\x00]{{0,40}}:\s?$")

    def is_name(self, at: int, to: int) -> bool:
        """Say whether the marks hold just a mention, or what is only called so."""
        called = self._so_called.search(self._text, max(0, at - _CALLED), at)
        return called is not None or bool(self._name.fullmatch(self._text, at, to))

    def parted(
        self, at: int, to: int, quote: _Quoted
    ) -> tuple[list[_Quoted], _Attribution | None]:
        """Part a quotation that names its speaker inside its marks, and say who that is."""
        inside = self._inside.search(self._text, at, to)
        if inside is None:
            return [quote], None
        first_end = self._masked.corpus.in_body(inside.start())
        second_start = self._masked.corpus.in_body(inside.end())
        spans = [(quote.start, first_end), (second_start, quote.end)]
        parts = [
            quote._replace(start=start, end=end)
            for start, end in spans
            if end - start >= _FEWEST_WORDS
        ]
        words = inside.span("speaker")
        return parts, _Attribution(words[0], words, _one_line(inside["cue"]), _BEHIND)

    def attribution(self, at: int, to: int) -> _Attribution | None:
        """Return who says what stands between two positions, quotation marks included."""
        return self._named_behind(at, to) or self._said_before(at) or self._meant_behind(at, to)

    def _named_behind(self, at: int, to: int) -> _Attribution | None:
        limit = to + _NEAR
        speaks = self._speaks_behind(to)
        for rule in (self._verb_behind, self._by_behind) if speaks else (self._by_behind,):
            verb = rule.match(self._text, to, limit)
            whom = self._whoever.match(self._text, verb.end(), limit) if verb else None
            if verb and whom and whom["nominal"] and self._addresses(verb, whom):
                return self._meant_behind(at, to)
            if verb and whom:
                return self._attribution(whom, _one_line(verb["cue"]), at)
        subject = self._subject_behind.match(self._text, to, limit) if speaks else None
        if subject and not self._next_clause.match(subject["np"]):
            whom = self._whoever.match(self._text, subject.start("np"), subject.end("np"))
            cue = _one_line(subject["cue"])
            if whom:
                return self._attribution(whom, cue, at)
            return _Attribution(None, subject.span("np"), cue, _BEHIND)
        names = self._text.find(MARKS["PERSON"], to, limit) >= 0
        inverted = self._inverted.match(self._text, to, limit) if names else None
        if inverted is None:
            return None
        words = inverted.span("speaker")
        return _Attribution(words[0], words, _one_line(inverted["cue"]), _BEHIND)

    def _speaks_behind(self, to: int) -> bool:
        """Say whether a verb of speech may begin in the clause behind a quotation."""
        end = _CLAUSE_END.search(self._text, to + _OPENED, to + _NEAR)
        first = bisect_left(self._verbs_at, to)
        return first < len(self._verbs_at) and self._verbs_at[first] < (
            end.start() if end else to + _NEAR
        )

    def _last_verb(self, clause: str, begin: int) -> re.Match[str] | None:
        """Return the last verb of speech of a clause that begins at a position."""
        last, first = None, bisect_left(self._verbs_at, begin)
        for at in self._verbs_at[first : bisect_left(self._verbs_at, begin + len(clause))]:
            if last is None or at - begin >= last.end():
                last = self._verb.match(clause, at - begin) or last
        return last

    def _addresses(self, verb: re.Match[str], whom: re.Match[str]) -> bool:
        """Say whether words behind a verb are who is spoken to: "ha detto ai cronisti"."""
        return bool(self._addressed.search(self._text, verb.end("cue"), whom.end()))

    def _attribution(self, whom: re.Match[str], cue: str, at: int) -> _Attribution:
        """Return the attribution to whomever an expression names, means or describes."""
        for group in ("speaker", "speaker2", "speaker3"):
            if whom[group]:
                return _Attribution(whom.start(group), whom.span(), cue, _BEHIND)
        if whom["meant"]:
            meant = self._whom(whom.start("meant"), whom["meant"])
            return _Attribution(meant, whom.span(), _one_line(f"{cue} {whom['meant']}"), _BEHIND)
        named = self._person_before(at) if whom["pronoun"] else None
        return _Attribution(named, whom.span(), cue, _BEHIND)

    def _person_before(self, at: int) -> int | None:
        """Return the person a pronoun means: the one last named."""
        return self._masked.last_before(at, "PERSON")

    def _meant_behind(self, at: int, to: int) -> _Attribution | None:
        """Return the person last named, where a verb of speech behind leaves its subject out."""
        speaks = self._speaks_behind(to)
        match = self._unnamed.match(self._text, to, to + _NEAR) if speaks else None
        if match is None:
            return None
        speaker = self._masked.last_before(at, "PERSON")
        if speaker is None:
            return None
        return _Attribution(speaker, match.span("cue"), _one_line(match["cue"]), _BEHIND)

    def _said_before(self, at: int) -> _Attribution | None:
        begin = max(self._text.rfind(GAP, 0, at) + 1, at - _FAR)
        return self._found_before(begin, at) if self._text[begin:at].strip() else None

    def _found_before(self, begin: int, at: int) -> _Attribution | None:
        names = self._text.find(MARKS["PERSON"], begin, at) >= 0
        role = list(self._by_role.finditer(self._text, begin, at)) if names else []
        if role:
            words = role[-1].span("speaker")
            return _Attribution(words[0], words, _one_line(role[-1][0].split()[0]), _BEFORE)
        clause = self._without_asides(self._text[begin:at])
        verb = self._last_verb(clause, begin)
        source = list(self._by.finditer(clause))
        if verb and (not source or source[-1].start() < verb.start()):
            return self._subject_of(clause, begin, verb, _BEFORE)
        if source:
            last = source[-1]
            cue = _one_line(last[0][: -len(last["speaker"])])
            words = (begin + last.start("speaker"), begin + last.end("speaker"))
            return _Attribution(words[0], words, cue, _BEFORE)
        aims = list(self._aim.finditer(clause))
        if aims:
            return self._subject_of(clause, begin, aims[-1], _AIM)
        colon = self._colon.search(clause)
        if colon is None:
            return None
        words = (begin + colon.start("speaker"), begin + colon.end("speaker"))
        return _Attribution(words[0], words, ":", _AIM)

    def _subject_of(
        self, clause: str, begin: int, verb: re.Match[str], confidence: float
    ) -> _Attribution | None:
        subjects = list(self._subject.finditer(clause, 0, verb.start()))
        if not subjects:
            behind = self._subject.match(clause, verb.end() + 1)
            subjects = [behind] if behind else []
        cue = _one_line(verb[0])
        if not subjects:
            return self._described(clause, begin, verb, cue, confidence)
        subject = subjects[-1]
        words = (begin + subject.start(), begin + subject.end())
        if subject["speaker"]:
            return _Attribution(words[0], words, cue, confidence)
        if subject["pronoun"]:
            return _Attribution(self._person_before(words[0]), words, cue, confidence)
        whom = self._whom(words[0], subject[0])
        return _Attribution(whom, words, _one_line(f"{subject[0]} {verb[0]}"), confidence)

    def _described(
        self, clause: str, begin: int, verb: re.Match[str], cue: str, confidence: float
    ) -> _Attribution | None:
        """Return the attribution to somebody without a name: the words before the verb."""
        start = max(clause.rfind(mark, 0, verb.start()) for mark in ",;:«»“”\".") + 1
        words = clause[start : verb.start()]
        if not words.strip():
            return None
        start += len(words) - len(words.lstrip())
        end = start + len(words.strip())
        return _Attribution(None, (begin + start, begin + end), cue, confidence)

    def _without_asides(self, clause: str) -> str:
        """Blank what stands between a subject and its verb: lists behind "such as", appositions."""
        for aside in (self._opener, self._apposition):
            clause = aside.sub(lambda match: " " * len(match[0]), clause)
        return clause

    def _whom(self, at: int, noun: str) -> int | None:
        """Return where the group or organisation that a noun means was named last."""
        is_group = pattern(self._masked.cues.any("group_noun")).search(noun)
        return self._masked.last_before(at, *(("GROUP", "ORG") if is_group else ("ORG", "GROUP")))


def _one_line(text: str) -> str:
    return " ".join(pattern(MENTION).sub("", text).split()).strip(" ,")
