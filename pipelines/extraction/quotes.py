"""Who said what: what stands in quotation marks, and who the text says said it.

A quotation has a speaker, found behind it ("...", said X), before it (X said that "..."), or in the
quotation it goes on from. What is marked for other reasons (a name, a title, a word held at arm's
length) is none.
"""

import re
from dataclasses import dataclass

import polars as pl

from pipelines.extraction.corpus import GAP, MARKS, MENTION, marked
from pipelines.extraction.cues import pattern
from pipelines.extraction.masking import Masked, masked_segments
from warehouse.contracts import table

EXTRACTOR = "quotation_marks"

#: Opening and closing marks; a single quotation mark that could be an apostrophe must open behind
#: white space and close before none-letters.
_MARKS = (
    r"«\s?(?P<a>[^«»\n]{2,3000}?)\s?»"
    r"|“(?P<b>[^“”\n]{2,3000}?)”"
    r"|„(?P<c>[^„“”\n]{2,3000}?)[“”]"
    r"|(?<!\w)\"(?P<d>[^\"\n]{2,3000}?)\"(?!\w)"
    r"|(?<!\w)‘(?P<e>[^‘\n]{2,3000}?)’(?!\w)"
)
_QUOTED = re.compile(_MARKS)
#: Fewer words are a name, a title or a word held at arm's length, unless a verb of speech governs.
_FEWEST_WORDS = 3
#: Code points around a quotation in which its attribution is looked for.
_NEAR = 140
_BEHIND, _BEFORE, _CONTINUED, _AIM, _UNSAID = 0.93, 0.88, 0.85, 0.75, 0.5
_SPEAKERS = ("PERSON", "ORG", "GROUP", "GPE")

_SCHEMA = {
    "quote_id": pl.String,
    "article_id": pl.String,
    "segment_id": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "text": pl.String,
    "language": pl.String,
    "speaker_mention_id": pl.String,
    "speaker_role": pl.String,
    "cue": pl.String,
    "kind": pl.String,
    "extractor": pl.String,
    "extractor_version": pl.String,
    "confidence": pl.Float64,
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
    found = [
        _attributed(masked, quoted, core_roles)
        for masked in masked_segments(
            core_segments, core_languages, core_mentions, seed_cue_words
        )
    ]
    if not found:
        return pl.DataFrame(schema=_SCHEMA)
    derivation = table("core_quotes").derivation
    assert derivation is not None
    roles = (
        core_roles.filter(pl.col("status") == "current")
        .unique("person_mention_id", maintain_order=True)
        .select(speaker_mention_id="person_mention_id", speaker_role="role")
    )
    return (
        pl.concat(found)
        .join(roles, on="speaker_mention_id", how="left")
        .with_columns(
            quote_id=pl.format("{}/q{}-{}", "article_id", "start", "end"),
            extractor=pl.lit(EXTRACTOR),
            extractor_version=pl.lit(derivation.version),
        )
        .select(list(_SCHEMA))
        .sort("article_id", "start")
    )


def _quoted(core_articles: pl.DataFrame, core_segments: pl.DataFrame) -> pl.DataFrame:
    """Return what stands in quotation marks: article_id, segment_id, start, end, text, ...

    ``outer_start`` and ``outer_end`` include the marks; nested quotations belong to the outer one.
    """
    spans = [
        (article_id, *match.span(match.lastgroup or 0), *match.span())
        for article_id, body in core_articles.select("article_id", "body").rows()
        for match in _QUOTED.finditer(body)
    ]
    names = ("article_id", "start", "end", "outer_start", "outer_end")
    schema = {name: pl.String if name == "article_id" else pl.Int64 for name in names}
    content = core_segments.select(
        "article_id", "segment_id", "kind", segment_start="start", segment_end="end"
    ).sort("article_id", "segment_start")
    return (
        pl.DataFrame(spans, schema=schema, orient="row")
        .join(core_articles.select("article_id", "body"), on="article_id")
        .with_columns(text=pl.col("body").str.slice("start", pl.col("end") - pl.col("start")))
        .sort("article_id", "start")
        .join_asof(
            content,
            left_on="start",
            right_on="segment_start",
            by="article_id",
            check_sortedness=False,
        )
        .filter(pl.col("kind").is_in(["sentence", "list_item"]))
    )


@dataclass(frozen=True, slots=True)
class _Attribution:
    speaker_at: int | None
    cue: str | None
    confidence: float


def _attributed(masked: Masked, quoted: pl.DataFrame, roles: pl.DataFrame) -> pl.DataFrame:
    """Return the quotations of one language with their speakers."""
    own = quoted.join(
        masked.corpus.segments.select("segment_id", "position", "ordinal"), on="segment_id"
    ).sort("article_id", "start")
    search = _Search(masked, roles)
    rows: list[dict[str, object]] = []
    previous: dict[str, object] | None = None
    for quote in own.iter_rows(named=True):
        shift = quote["position"] - quote["segment_start"]
        at, to = quote["outer_start"] + shift, quote["outer_end"] + shift
        found = search.attribution(at, to)
        if found is None and previous is not None and _goes_on(previous, quote):
            found = _Attribution(previous["speaker_at"], previous["cue"], _CONTINUED)  # type: ignore[arg-type]
        if _is_quotation(quote["text"], found, search.is_name(at, to)):
            previous = {**quote, **_fields(found)}
            rows.append(previous)
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


def _fields(found: _Attribution | None) -> dict[str, object]:
    if found is None:
        return {"speaker_at": None, "cue": None, "confidence": _UNSAID}
    return {"speaker_at": found.speaker_at, "cue": found.cue, "confidence": found.confidence}


def _goes_on(previous: dict[str, object], quote: dict[str, object]) -> bool:
    """Say whether a quotation takes up where the one before it ended, in the same paragraph."""
    if previous["article_id"] != quote["article_id"] or previous["speaker_at"] is None:
        return False
    between = str(quote["body"])[int(str(previous["outer_end"])) : int(str(quote["outer_start"]))]
    sentences_apart = int(str(quote["ordinal"])) - int(str(previous["ordinal"]))
    return "\n" not in between and sentences_apart <= 1 and str(quote["text"])[:1].isupper()


def _is_quotation(text: str, found: _Attribution | None, is_name: bool) -> bool:
    """Say whether marked words are a quotation, given its attribution."""
    words = text.split()
    if is_name or all(word[:1].isupper() for word in words):
        return False
    if found is None:
        return len(words) > 2 * _FEWEST_WORDS and text[:1].isupper() and text[-1] in ".!?…"
    return len(words) >= _FEWEST_WORDS


class _Search:
    """Looks for the speaker of a quotation around it, in masked text."""

    def __init__(self, masked: Masked, roles: pl.DataFrame) -> None:
        cues = masked.cues
        self._masked = masked
        self._text = masked.corpus.text
        speaker = rf"(?P<speaker>{marked(*_SPEAKERS)})"
        meant = rf"(?P<meant>{cues.any('determiner')}\s?{cues.any('group_noun')})"
        verb = rf"(?P<cue>{cues.any('speech_verb')})"
        gap = r"[^.!?;:«»“”\"\x00\ue001-\ue010]"
        said_by = rf"{verb}{gap}{{0,40}}?(?:{cues.determiner()}{speaker}|{meant})"
        by = rf"(?P<cue2>{cues.any('attribution')})\s{cues.determiner()}(?P<speaker2>{marked(*_SPEAKERS)})"
        says = rf"(?:{cues.determiner()}(?P<speaker3>{marked(*_SPEAKERS)})|(?P<meant3>{cues.any('determiner')}\s?{cues.any('group_noun')}))(?P<between>[^.!?;:\x00]{{0,90}}?)(?P<cue3>{cues.any('speech_verb')})"
        self._behind = pattern(rf"\s?[,.!?]?\s?[-–—]?\s?(?:{said_by}|{by}|{says})")
        self._verb = pattern(cues.any("speech_verb"))
        self._aim = pattern(cues.any("aim_verb"))
        self._by = pattern(rf"{cues.any('attribution')}\s{cues.determiner()}(?P<speaker>{marked(*_SPEAKERS)})")
        self._subject = pattern(
            rf"(?P<speaker>{marked(*_SPEAKERS)})|(?P<meant>{cues.any('determiner')}\s?{cues.any('group_noun')}(?!\s[{chr(0xE001)}-{chr(0xE007)}]))"
        )
        self._opener = pattern(rf"{cues.any('enumeration')}\s{masked.enumeration(*MARKS)}")
        self._name = pattern(rf"[«“„\"‘]\s?{MENTION}\s?[»”“\"’]")
        self._apposition = pattern(
            rf"(?<={re.escape('')}),\s{cues.determiner()}(?:{cues.any('former')}[\s-]?)?(?:[\w-]+\s){{0,2}}?{cues.any('role')}[^,.\x00]{{0,120}}?,"
        )

    def is_name(self, at: int, to: int) -> bool:
        """Say whether the marks hold just a mention."""
        return bool(self._name.fullmatch(self._text, at, to))

    def attribution(self, at: int, to: int) -> _Attribution | None:
        """Return who says what stands between two positions, quotation marks included."""
        return self._found_behind(to) or self._found_before(at)

    def _found_behind(self, to: int) -> _Attribution | None:
        match = self._behind.match(self._text, to, to + _NEAR)
        if match is None:
            return None
        for speaker, cue in (("speaker", "cue"), ("speaker2", "cue2"), ("speaker3", "cue3")):
            if match[speaker]:
                return _Attribution(match.start(speaker), _one_line(match[cue]), _BEHIND)
        meant = "meant" if match["meant"] else "meant3"
        cue = "cue" if match["cue"] else "cue3"
        said = _one_line(f"{match[cue]} {match[meant]}")
        return _Attribution(self._group_before(match.start(meant)), said, _BEHIND)

    def _found_before(self, at: int) -> _Attribution | None:
        begin = self._text.rfind(GAP, 0, at) + 1
        clause = self._without_asides(self._text[begin:at])
        verbs = list(self._verb.finditer(clause))
        aims = list(self._aim.finditer(clause))
        source = list(self._by.finditer(clause))
        if verbs and (not source or source[-1].start() < verbs[-1].start()):
            return self._subject_of(clause, begin, verbs[-1], _BEFORE)
        if source:
            last = source[-1]
            return _Attribution(begin + last.start("speaker"), _one_line(last[0][: -len(last["speaker"])]), _BEFORE)
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
        group = self._group_before(begin + subject.start())
        return _Attribution(group, _one_line(f"{subject[0]} {verb[0]}"), confidence)

    def _without_asides(self, clause: str) -> str:
        """Blank what stands between a subject and its verb: lists behind "such as", appositions."""
        for aside in (self._opener, self._apposition):
            clause = aside.sub(lambda match: " " * len(match[0]), clause)
        return clause

    def _group_before(self, at: int) -> int | None:
        """Return where the last group before a position is named, in the same article."""
        groups = self._masked.mentions.filter(
            (pl.col("masked_as") == "GROUP") & (pl.col("at") < at)
        )
        article = self._masked.corpus.at(pl.DataFrame({"at": [at]}))["article_id"][0]
        own = groups.filter(pl.col("article_id") == article)
        return int(own["at"].max()) if own.height else None  # type: ignore[arg-type]


def _one_line(text: str) -> str:
    return " ".join(pattern(MENTION).sub("", text).split()).strip(" ,")
