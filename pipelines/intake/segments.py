"""From bodies to segments: headline, headings, sentences, list items, and what is not the article.

Every character of a body that is not white space lies in one segment; segments are in order and do
not overlap.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import polars as pl

from pipelines.identity import text_hash
from pipelines.intake import lines, sentences
from pipelines.intake.lines import Kinds, Line
from pipelines.intake.sentences import Rules, Splitter
from pipelines.quotation import quotations
from warehouse.contracts.core import CONTENT_KINDS, SEGMENT_CUES
from warehouse.contracts.frames import schema

#: A link put into the text: ``(Leggi anche: Un altro titolo)``.
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]\n]{4,300})[)\]](?=\s|\Z)")
_NO_LETTERS = re.compile(r"[\W_]+")
#: Letters of a list item that are more than one sentence has: it is split.
_LONGEST_ITEM = 300
#: Lines among which a headline stands that nothing marks: a kicker and a date may be above it.
_HEADLINE_AMONG = 6
#: Paragraphs among which that of an agency's dateline is: a summary may be above it.
_DATELINE_AMONG = 3

_Span = tuple[str, int, int]
_Cues = tuple[tuple[str, str, str, str | None], ...]


def core_segments(core_articles: pl.DataFrame, seed_cue_words: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``core_segments`` for articles, by the cue words of all languages.

    Stretches that are ``marked`` keep their kind; of the rest it is told from how it is written.
    """
    cues = seed_cue_words.filter(pl.col("kind").is_in(SEGMENT_CUES))
    segmenter = _segmenter(tuple(cues.select("language", "kind", "cue", "value").rows()))
    columns: dict[str, list[object]] = {
        name: [] for name in ("article_id", "ordinal", "kind", "start", "end", "text", "quotation")
    }
    for article_id, body, title, marked in core_articles.select(
        "article_id", "body", "title", "marked"
    ).iter_rows():
        spans = segmenter.segments(body, title, marked)
        columns["article_id"] += [article_id] * len(spans)
        columns["ordinal"] += range(len(spans))
        for name, values in zip(("kind", "start", "end"), zip(*spans, strict=True), strict=False):
            columns[name] += values
        columns["text"] += [body[start:end] for _, start, end in spans]
        columns["quotation"] += _numbered(spans, quotations(body))
    types = schema("core_segments")
    segments = pl.DataFrame(columns, schema={name: types[name] for name in columns})
    return segments.with_columns(
        pl.format("{}/s{}-{}", "article_id", "start", "end").alias("segment_id"),
        text_hash(segments["text"]),
    ).select(*types)


@lru_cache(maxsize=4)
def _segmenter(cues: _Cues) -> "_Segmenter":
    return _Segmenter(Kinds(cues), Splitter(cues))


class _Segmenter:
    """Cuts bodies into segments."""

    def __init__(self, kinds: Kinds, splitter: Splitter) -> None:
        self._kinds, self._splitter = kinds, splitter

    def segments(
        self, body: str, title: str | None, marked: Sequence[Mapping[str, Any]]
    ) -> list[_Span]:
        """Return kind, start and end of the segments of a body."""
        found = _lines(body, marked)
        if title and not any(line.kind == "title" for line in found):
            found = _with_title(found, title)
        self._kinds.tell(found)
        rules = self._splitter.rules(body)
        prose = [line for line in found if not line.kind]
        opening, closing = prose[:_DATELINE_AMONG], prose[-1:]
        spans: list[_Span] = []
        for line in found:
            if not line.kind:
                spans += self._prose(body, line, line in opening, line in closing, rules)
            elif line.kind == "list_item" and len(line.text) > _LONGEST_ITEM:
                for span in sentences.spans(body, line.start, line.end, rules):
                    spans.append(("list_item", *span))
            else:
                spans.append((line.kind, line.start, line.end))
        return spans

    def _prose(
        self, body: str, line: Line, opens: bool, closes: bool, rules: Rules
    ) -> Iterator[_Span]:
        """Yield the sentences of a line, and what stands before, between and behind them."""
        begin, end = line.start, line.end
        if opens and (dateline := self._kinds.dateline(line.text)):
            yield "dateline", begin, begin + len(line.text[:dateline].rstrip())
            begin += dateline
        signed = end
        if closes:
            end = line.start + self._kinds.ending(line.text)
        for kind, start, stop in self._pieces(body, begin, end):
            if kind:
                yield kind, start, stop
                continue
            for span in sentences.spans(body, start, stop, rules):
                is_notice = self._kinds.is_notice(body[span[0] : span[1]])
                yield ("boilerplate" if is_notice else "sentence"), *span
        if end < signed:
            yield "boilerplate", *_stripped(body, end, signed)

    def _pieces(self, body: str, start: int, end: int) -> Iterator[_Span]:
        """Yield what lies between links in brackets, as kind "", and these."""
        for bracket in _IN_BRACKETS.finditer(body, start, end):
            if body[bracket.start() - 1].isspace() and self._kinds.is_notice(bracket[1]):
                before = _stripped(body, start, bracket.start())
                if before[0] < before[1]:
                    yield "", *before
                yield "boilerplate", *bracket.span()
                start = bracket.end()
        behind = _stripped(body, start, end)
        if behind[0] < behind[1]:
            yield "", *behind


def _lines(body: str, marked: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Return the lines of a body: of marked stretches with their kind, which the first one has."""
    found: list[Line] = []
    end = 0
    titled = False
    for mark in marked:
        start, stop, kind = max(end, mark["start"]), min(mark["end"], len(body)), mark["kind"]
        if start >= stop:
            continue
        found += lines.lines(body, end, start)
        if kind == "title" and titled:
            kind = "heading"
        titled = titled or kind == "title"
        found += lines.marked(body, start, stop, kind)
        end = stop
    return found + lines.lines(body, end, len(body))


def _with_title(found: list[Line], title: str) -> list[Line]:
    """Set which line is the headline, and part it from text that stands right behind it."""
    letters = _letters(title)
    for number, line in enumerate(found[:_HEADLINE_AMONG]):
        if line.kind or not letters:
            continue
        if _letters(line.text) == letters:
            line.kind = "title"
            break
        if line.text.startswith(f"{title} ") and " " in title.strip():
            at = line.start + len(title)
            behind = line.text[len(title) :].lstrip()
            parts = [
                Line(line.start, at, title, "title", line.is_apart),
                Line(line.end - len(behind), line.end, behind),
            ]
            return [*found[:number], *parts, *found[number + 1 :]]
    return found


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text).lower()


def _stripped(body: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without the white space at its edges."""
    text = body[start:end]
    return end - len(text.lstrip()), start + len(text.rstrip())


def _numbered(spans: Sequence[_Span], quoted: Sequence[tuple[int, int]]) -> list[int | None]:
    """Return the number of the quotation that each segment of the article takes part in.

    Quotations that share a segment (``"Yes," she said. "No."``) are one.
    """
    numbers: list[int | None] = [None] * len(spans)
    starts, ends = [span[1] for span in spans], [span[2] for span in spans]
    number = -1
    for start, end in quoted:
        first, last = bisect_right(ends, start), bisect_left(starts, end)
        inside = [at for at in range(first, last) if spans[at][0] in CONTENT_KINDS]
        if inside and numbers[inside[0]] is None:
            number += 1
        for at in inside:
            numbers[at] = number
    return numbers
