"""From bodies to segments: headline, sentences, list items, and what is not the article."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from pipelines.identity import text_hash

_LIST_ITEM = re.compile(r"[ \t]*(?:[-*•–—]|\d{1,2}[.)])[ \t]+")
#: Where a sentence may end: a full stop and its like, whatever closes right after it (» also behind
#: a space), white space, whatever opens, and a capital or figure. Dots in a row are one stop.
_BOUNDARY = re.compile(
    r"(?P<stop>[.!?…]+)(?P<close>(?:[ \u00a0\u202f]?»|[”\"’')\]])*)\s+"
    r"(?=(?:[«“„\"‘'(\[¿¡–—-]\s?)*(?:[A-ZÀ-ÖØ-Þ0-9]))"
)
#: Two figures and a full stop: the day of a month.
_ORDINAL = 3
_WORD_BEFORE = re.compile(r"[\w.]+\.\Z")
_INITIAL = re.compile(r"(?:\A|[\s.('’-])[A-ZÀ-ÖØ-Þ]\.\Z")
#: The last word again after the full stop: a slip of copying, not part of the article.
_DOUBLED_LAST_WORD = re.compile(r"\b(\w+[.!?])\s+(\1)\Z")


@dataclass(frozen=True)
class _Cues:
    abbreviations: frozenset[str]
    months: frozenset[str]
    boilerplate: re.Pattern[str]


def core_segments(core_articles: pl.DataFrame, seed_cue_words: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``core_segments`` for articles, given abbreviations and tail cues."""
    cues = _cues(tuple(seed_cue_words.select("kind", "cue").unique().sort("kind", "cue").rows()))
    spans = [
        (article_id, ordinal, kind, start, end, body[start:end])
        for article_id, body, title in core_articles.select("article_id", "body", "title").rows()
        for ordinal, (kind, start, end) in enumerate(_segments(body, title, cues))
    ]
    segments = pl.DataFrame(
        spans,
        schema={
            "article_id": pl.String,
            "ordinal": pl.Int32,
            "kind": pl.String,
            "start": pl.Int64,
            "end": pl.Int64,
            "text": pl.String,
        },
        orient="row",
    )
    return segments.with_columns(
        pl.format("{}/s{}-{}", "article_id", "start", "end").alias("segment_id"),
        text_hash(segments["text"]),
    )


@lru_cache(maxsize=4)
def _cues(rows: tuple[tuple[str, str], ...]) -> _Cues:
    tails = [re.escape(cue) for kind, cue in rows if kind == "boilerplate"]
    return _Cues(
        frozenset(cue.lower() for kind, cue in rows if kind == "abbreviation"),
        frozenset(cue.lower() for kind, cue in rows if kind == "month"),
        re.compile(rf"[ \t]*(?:{'|'.join(tails) or '(?!)'})[ \t]*(?::|[ \t]*$)", re.IGNORECASE),
    )


def _segments(body: str, title: str | None, cues: _Cues) -> Iterator[tuple[str, int, int]]:
    doubled = _DOUBLED_LAST_WORD.search(body)
    content_end = doubled.start(2) if doubled else len(body)
    in_tail = False
    for start, end in _lines(body, content_end):
        is_item = _LIST_ITEM.match(body, start, end)
        in_tail = _is_tail(body[start:end], bool(is_item), in_tail, cues)
        if in_tail:
            yield "boilerplate", start, end
        elif start == 0 and title is not None and body[start:end] == title:
            yield "title", start, end
        elif is_item:
            yield "list_item", start, end
        else:
            for span in _sentences(body, start, end, cues):
                yield "sentence", *span
    if doubled:
        yield "boilerplate", *doubled.span(2)


def _is_tail(line: str, is_item: bool, in_tail: bool, cues: _Cues) -> bool:
    """Say whether a line belongs to a tail of links: it opens one, or goes on with it.

    A tail goes on over list items and lines that do not end like a sentence.
    """
    if cues.boilerplate.match(line):
        return True
    return in_tail and (is_item or line[-1] not in ".!?…»”")


def _lines(body: str, end: int) -> Iterator[tuple[int, int]]:
    for line in re.finditer(r"[^\n\r\u2028]+", body[:end]):
        text = line[0]
        if text.strip():
            yield (
                line.start() + len(text) - len(text.lstrip()),
                line.end() - len(text) + len(text.rstrip()),
            )


def _sentences(body: str, start: int, end: int, cues: _Cues) -> Iterator[tuple[int, int]]:
    begin = start
    for boundary in _BOUNDARY.finditer(body, start, end):
        before = body[max(begin, boundary.start() - 24) : boundary.end("close")]
        if _goes_on(before, body[boundary.end() : boundary.end() + 24], cues):
            continue
        yield begin, boundary.end("close")
        begin = boundary.end()
    if begin < end:
        yield begin, end


def _goes_on(before: str, after: str, cues: _Cues) -> bool:
    """Say whether a full stop ends an abbreviation, an initial or an ordinal (12. März)."""
    word = _WORD_BEFORE.search(before)
    if word is None:
        return False
    if word[0][:-1].isdigit():
        following = after.split(maxsplit=1)[0].strip(".,;:").lower()
        return len(word[0]) <= _ORDINAL and following in cues.months
    return word[0].lower() in cues.abbreviations or _INITIAL.search(before) is not None
