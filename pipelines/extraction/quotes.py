"""Who said what: what stands in quotation marks, and who the text says said it.

A quotation has a speaker, found behind it ("...", said X), before it (X said that "..."), or in the
quotation it goes on from. What is marked for other reasons (a name, a title, a word held at arm's
length) is none.
"""

import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.extraction.corpus import GAP, MARKS, MENTION, marked
from pipelines.extraction.cues import pattern
from pipelines.extraction.facts import facts
from pipelines.extraction.masking import Masked, masked_segments
from pipelines.quotation import quoted as quoted_spans

#: Fewer words are a name, a title or a word held at arm's length, unless a verb of speech governs.
_FEWEST_WORDS = 3
#: How many sentences a quotation may stand behind the one it goes on from.
_SENTENCES_APART = 1
#: Code points around a quotation in which its attribution is looked for.
_NEAR = 140
_BEHIND, _BEFORE, _CONTINUED, _AIM, _UNSAID = 0.93, 0.88, 0.85, 0.75, 0.5
_SPEAKERS = ("PERSON", "ORG", "GROUP", "GPE")



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
    found = [
        _attributed(masked, quoted)
        for masked in masked_segments(core_segments, core_languages, core_mentions, seed_cue_words)
    ]
    roles = (
        core_roles.filter(pl.col("status") == "current")
        .unique("person_mention_id", maintain_order=True)
        .select(speaker_mention_id="person_mention_id", speaker_role="role")
    )
    said = [rows.join(roles, on="speaker_mention_id", how="left") for rows in found]
    mint = pl.format("{}/q{}-{}", "article_id", "start", "end")
    return facts("core_quotes", said, core_articles, core_segments, mint)


def _quoted(core_articles: pl.DataFrame, core_segments: pl.DataFrame) -> pl.DataFrame:
    """Return what stands in quotation marks: article_id, segment_id, start, end, text, ...

    ``outer_start`` and ``outer_end`` include the marks; nested quotations belong to the outer one.
    """
    spans = [
        (article_id, *span)
        for article_id, body in core_articles.select("article_id", "body").rows()
        for span in quoted_spans(body)
    ]
    names = ("article_id", "start", "end", "outer_start", "outer_end")
    schema = {name: pl.String if name == "article_id" else pl.Int64 for name in names}
    content = core_segments.select(
        "article_id", "segment_id", "kind", segment_start="start", segment_end="end"
    ).sort("article_id", "segment_start")
    last = content.select("article_id", "segment_start", last_segment_id="segment_id")
    quoted = (
        pl.DataFrame(spans, schema=schema, orient="row")
        .join(core_articles.select("article_id", "body"), on="article_id")
        .with_columns(text=pl.col("body").str.slice("start", pl.col("end") - pl.col("start")))
    )
    begun = _at_segments(quoted.sort("article_id", "start"), content, "start")
    ended = _at_segments(begun.sort("article_id", "end"), last, "end")
    return ended.filter(pl.col("kind").is_in(["sentence", "list_item"]))


def _at_segments(spans: pl.DataFrame, segments: pl.DataFrame, edge: str) -> pl.DataFrame:
    """Add to spans the segment in which one of their edges lies."""
    return spans.join_asof(
        segments,
        left_on=edge,
        right_on="segment_start",
        by="article_id",
        suffix="_of_end",
        check_sortedness=False,
    )


@dataclass(frozen=True, slots=True)
class _Attribution:
    speaker_at: int | None
    cue: str | None
    confidence: float


def _attributed(masked: Masked, quoted: pl.DataFrame) -> pl.DataFrame:
    """Return the quotations of one language with their speakers."""
    places = masked.corpus.segments.select("segment_id", "position", "ordinal")
    ends = places.select(
        last_segment_id="segment_id", last_position="position", last_ordinal="ordinal"
    )
    own = (
        quoted.join(places, on="segment_id")
        .join(ends, on="last_segment_id")
        .sort("article_id", "start")
    )
    search = _Search(masked)
    rows: list[dict[str, Any]] = []
    previous: dict[str, Any] | None = None
    for quote in own.iter_rows(named=True):
        at = quote["outer_start"] + quote["position"] - quote["segment_start"]
        to = quote["outer_end"] + quote["last_position"] - quote["segment_start_of_end"]
        parts, found = search.parted(at, to, quote)
        found = found or search.attribution(at, to)
        if found is None and previous is not None and _goes_on(previous, quote):
            found = _Attribution(previous["speaker_at"], previous["cue"], _CONTINUED)
        if _is_quotation(quote["text"], found, search.is_name(at, to)):
            rows += [{**part, **_fields(found)} for part in parts]
            previous = rows[-1]
    frame = pl.DataFrame(
        rows,
        schema={
            **own.schema,
            "speaker_at": pl.Int64,
            "cue": pl.String,
            "confidence": pl.Float64,
        },
    )
    speakers = masked.mention_at(frame, "speaker_at", "speaker_mention_id")
    return speakers.select(
        "article_id",
        "segment_id",
        "start",
        "end",
        "text",
        "speaker_mention_id",
        "cue",
        "confidence",
        language=pl.lit(masked.corpus.language),
        kind=pl.when(
            pl.col("text").str.contains(r"^[\p{Lu}¿¡\d]")
            & (pl.col("text").str.count_matches(r"\S+") > _FEWEST_WORDS)
        )
        .then(pl.lit("direct"))
        .otherwise(pl.lit("partial")),
    )


def _fields(found: _Attribution | None) -> dict[str, Any]:
    if found is None:
        return {"speaker_at": None, "cue": None, "confidence": _UNSAID}
    return {"speaker_at": found.speaker_at, "cue": found.cue, "confidence": found.confidence}


def _goes_on(previous: dict[str, Any], quote: dict[str, Any]) -> bool:
    """Say whether a quotation takes up where the one before it ended, in the same paragraph."""
    if previous["article_id"] != quote["article_id"] or previous["speaker_at"] is None:
        return False
    between = quote["body"][previous["outer_end"] : quote["outer_start"]]
    if "\n" in between:
        return False
    same_sentence = quote["ordinal"] == previous["ordinal"] and len(between) < _NEAR
    if same_sentence and previous["confidence"] >= _BEFORE and not quote["text"][:1].isupper():
        return pattern(r"^[^.!?:;]*,\s$").search(between) is not None
    sentences_apart = quote["ordinal"] - previous["last_ordinal"]
    return bool(sentences_apart <= _SENTENCES_APART and quote["text"][:1].isupper())


def _is_quotation(text: str, found: _Attribution | None, is_name: bool) -> bool:
    """Say whether marked words are a quotation, given its attribution."""
    words = text.split()
    if is_name or all(word[:1].isupper() for word in words):
        return False
    if found is not None and found.confidence == _BEHIND:
        return len(words) >= _FEWEST_WORDS or (len(words) > 1 and text[:1].isupper())
    if found is None:
        return len(words) > 2 * _FEWEST_WORDS and text[:1].isupper() and text[-1] in ".!?…"
    return len(words) >= _FEWEST_WORDS


class _Search:
    """Looks for the speaker of a quotation around it, in masked text."""

    def __init__(self, masked: Masked) -> None:
        cues = masked.cues
        self._masked, self._text = masked, masked.corpus.text
        determiner, mark = cues.determiner(), marked(*_SPEAKERS)
        person, speech = marked("PERSON"), cues.any("speech_verb")
        group = rf"{cues.any('determiner')}\s?(?:[\w-]+\s)?{cues.any('group_noun', 'org_noun')}"
        meant = rf"{group}(?!\s{MENTION})"
        gap = r"[^.!?;:«»“”\"\x00\ue001-\ue010]"
        role = rf"{determiner}(?:[\w-]+\s){{0,3}}?{cues.any('role')}[^.!?;:«»“”\"\x00]{{0,100}}?\s"
        opened = r"\s?[,.!?]?\s?[-–—]?\s?"
        self._behind_role = pattern(
            rf"{opened}(?P<cue>{speech}){gap}{{0,20}}?\s{role}(?P<speaker>{person})"
        )
        whom = rf"(?:{determiner}(?P<speaker>{mark})|(?P<meant>{meant}))"
        said_by = rf"(?P<cue>{speech}){gap}{{0,40}}?{whom}"
        by = rf"(?P<cue2>{cues.any('attribution')})\s{determiner}(?P<speaker2>{mark})"
        says = (
            rf"(?:{determiner}(?P<speaker3>{mark})|(?P<meant3>{meant}))"
            rf"(?P<between>[^.!?;:\x00]{{0,90}}?)(?P<cue3>{speech})"
        )
        self._behind = pattern(rf"{opened}(?:{said_by}|{by}|{says})")
        grammar = rf"(?!(?:{cues.any('function_word')})(?!\w))"
        verb = rf"(?:{cues.any('auxiliary')}\s)?{grammar}[a-zà-ÿ]{{3,}}(?:\s{grammar}[a-zà-ÿ]+)?"
        self._inverted = pattern(rf"\s?[,.!?]?\s(?P<cue>{verb})\s(?P<speaker>{person})")
        pronoun = rf"(?:{cues.any('he_or_she')}\s)?"
        self._unnamed = pattern(rf"{opened}{pronoun}(?:{cues.any('also')}\s)?(?P<cue>{speech})")
        self._inside = pattern(
            rf",\s(?P<cue>{speech})\s{determiner}(?P<speaker>{mark})[^.!?]*(?:[.!?]+[\s\x00]|$)"
        )
        self._verb, self._aim = pattern(speech), pattern(cues.any("aim_verb"))
        attributed = rf"{cues.any('attribution')}\s?{determiner}"
        self._by = pattern(rf"{attributed}(?P<speaker>{mark})")
        self._by_role = pattern(rf"{cues.any('attribution')}\s?{role}(?P<speaker>{person})")
        self._subject = pattern(rf"(?P<speaker>{mark})|(?P<meant>{meant})")
        self._opener = pattern(rf"{cues.any('enumeration')}\s{masked.enumeration(*MARKS)}")
        self._name = pattern(rf"[«“„\"‘]\s?{MENTION}\s?[»”“\"’]")
        self._apposition = pattern(
            rf",\s{determiner}(?:{cues.any('former')}[\s-]?)?(?:[\w-]+\s){{0,2}}?"
            rf"{cues.any('role')}[^,.\x00]{{0,120}}?,"
        )

    def is_name(self, at: int, to: int) -> bool:
        """Say whether the marks hold just a mention."""
        return bool(self._name.fullmatch(self._text, at, to))

    def parted(
        self, at: int, to: int, quote: dict[str, Any]
    ) -> tuple[list[dict[str, Any]], _Attribution | None]:
        """Part a quotation that names its speaker inside its marks, and say who that is."""
        inside = self._inside.search(self._text, at, to)
        if inside is None:
            return [quote], None
        first_end = self._masked.corpus.in_body(inside.start())
        second_start = self._masked.corpus.in_body(inside.end())
        spans = [(quote["start"], first_end), (second_start, quote["end"])]
        parts = [
            {**quote, "start": start, "end": end, "text": quote["body"][start:end]}
            for start, end in spans
            if end - start >= _FEWEST_WORDS
        ]
        speaker = _Attribution(inside.start("speaker"), _one_line(inside["cue"]), _BEHIND)
        return parts, speaker

    def attribution(self, at: int, to: int) -> _Attribution | None:
        """Return who says what stands between two positions, quotation marks included."""
        return self._named_behind(to) or self._found_before(at) or self._meant_behind(at, to)

    def _named_behind(self, to: int) -> _Attribution | None:
        limit = to + _NEAR
        role = self._behind_role.match(self._text, to, limit)
        if role:
            return _Attribution(role.start("speaker"), _one_line(role["cue"]), _BEHIND)
        match = self._behind.match(self._text, to, limit)
        if match is None:
            inverted = self._inverted.match(self._text, to, limit)
            if inverted is None:
                return None
            return _Attribution(inverted.start("speaker"), _one_line(inverted["cue"]), _BEHIND)
        for speaker, cue in (("speaker", "cue"), ("speaker2", "cue2"), ("speaker3", "cue3")):
            if match[speaker]:
                return _Attribution(match.start(speaker), _one_line(match[cue]), _BEHIND)
        meant = "meant" if match["meant"] else "meant3"
        cue = "cue" if match["cue"] else "cue3"
        said = _one_line(f"{match[cue]} {match[meant]}")
        return _Attribution(self._whom(match.start(meant), match[meant]), said, _BEHIND)

    def _meant_behind(self, at: int, to: int) -> _Attribution | None:
        """Return the person last named, where a verb of speech behind leaves its subject out."""
        match = self._unnamed.match(self._text, to, to + _NEAR)
        if match is None:
            return None
        speaker = self._masked.last_before(at, "PERSON")
        if speaker is None:
            return None
        return _Attribution(speaker, _one_line(match["cue"]), _BEHIND)

    def _found_before(self, at: int) -> _Attribution | None:
        begin = self._text.rfind(GAP, 0, at) + 1
        role = list(self._by_role.finditer(self._text, begin, at))
        if role:
            return _Attribution(
                role[-1].start("speaker"), _one_line(role[-1][0].split()[0]), _BEFORE
            )
        clause = self._without_asides(self._text[begin:at])
        verbs = list(self._verb.finditer(clause))
        aims = list(self._aim.finditer(clause))
        source = list(self._by.finditer(clause))
        if verbs and (not source or source[-1].start() < verbs[-1].start()):
            return self._subject_of(clause, begin, verbs[-1], _BEFORE)
        if source:
            last = source[-1]
            cue = _one_line(last[0][: -len(last["speaker"])])
            return _Attribution(begin + last.start("speaker"), cue, _BEFORE)
        return self._subject_of(clause, begin, aims[-1], _AIM) if aims else None

    def _subject_of(
        self, clause: str, begin: int, verb: re.Match[str], confidence: float
    ) -> _Attribution | None:
        subjects = list(self._subject.finditer(clause, 0, verb.start()))
        if not subjects:
            behind = self._subject.match(clause, verb.end() + 1)
            subjects = [behind] if behind else []
        if not subjects:
            return None
        subject = subjects[-1]
        if subject["speaker"]:
            return _Attribution(begin + subject.start(), _one_line(verb[0]), confidence)
        whom = self._whom(begin + subject.start(), subject[0])
        return _Attribution(whom, _one_line(f"{subject[0]} {verb[0]}"), confidence)

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
