"""Repairs: letters that were decoded wrongly are put right where that is certain, and recorded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import polars as pl

#: What a stretch may turn into: letters of European languages, the marks their press sets
#: (quotation marks, dashes, ellipsis, euro, trade mark), pictographs and what joins them. Other
#: writing only by whole words: three letters and more are no accident.
_LIKELY = re.compile(
    r"[\u00a0-\u017f\u0300-\u036f\u2000-\u2044\u20ac\u2122\ufe0f\ufffd\U0001f000-\U0001faff]+"
)
_WORD = 3
#: What may close a quotation or break off after a word: ``«AMANHû`` ends in a letter and a mark,
#: though the two would also be the bytes of another letter.
_AFTER_A_WORD = frozenset("”’“‘»›«‹…–—\u00a0\u00ad°®©")
#: Characters on either side by which ftfy sees that a stretch cannot be: a word's length.
_AROUND = 12
#: First halves of a wrongly decoded letter that end no word but one in capitals.
_ENDS_NO_WORD = frozenset("ÂÃ")
_REPAIRS = {
    "number": pl.UInt32, "start": pl.Int64, "end": pl.Int64, "raw_start": pl.Int64,
    "raw": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Repair:
    """What stands at start:end of the repaired text stood as ``raw`` at ``raw_start``."""

    start: int
    end: int
    raw_start: int
    raw: str


def repaired(texts: pl.Series, starts: pl.Series) -> pl.DataFrame:
    """Return texts put right, and where: columns ``text`` and ``repairs``.

    Offsets are code points; each text begins at one of ``starts`` of what ``raw_start`` is counted
    in. Only stretches of wrongly decoded letters are touched; quotation marks, accents and white
    space stay as they are.
    """
    mended, repairs = [], []
    suspects = texts.str.contains(_suspicious()).fill_null(False).arg_true()
    for number in suspects:
        text, made = repair(texts[number])
        mended.append(text)
        repairs += [
            (number, one.start, one.end, starts[number] + one.raw_start, one.raw) for one in made
        ]
    if mended:
        texts = texts.scatter(suspects, mended)
    by_text = (
        pl.DataFrame(repairs, schema=_REPAIRS, orient="row")
        .group_by("number", maintain_order=True)
        .agg(repairs=pl.struct(pl.exclude("number")))
    )
    return (
        pl.DataFrame({"text": texts})
        .with_row_index("number")
        .join(by_text, on="number", how="left", maintain_order="left")
        .select("text", pl.col("repairs").fill_null([]))
    )


def repair(text: str) -> tuple[str, list[Repair]]:
    """Return a text put right, and its repairs in order.

    One stretch that ftfy finds impossible shows that the text was decoded wrongly; then all of
    its stretches are put right which nothing else explains.
    """
    stretches = list(_stretches(text))
    if not any(_is_impossible(text, stretch) for stretch, _ in stretches):
        return text, []
    pieces: list[str] = []
    repairs: list[Repair] = []
    end = length = 0
    for stretch, meant in stretches:
        before = text[end : stretch.start()]
        start = length + len(before)
        end, length = stretch.end(), start + len(meant)
        pieces += (before, meant)
        repairs.append(Repair(start, length, stretch.start(), stretch.group()))
    return "".join((*pieces, text[end:])), repairs


def _stretches(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield stretches that may be wrongly decoded, and what they would be."""
    from ftfy.chardata import UTF8_DETECTOR_RE

    for stretch in UTF8_DETECTOR_RE.finditer(text):
        meant = _decoded(stretch.group())
        likely = _LIKELY.fullmatch(meant) or (len(meant) >= _WORD and meant.isalpha())
        if meant != stretch.group() and likely and not _may_be_right(text, stretch):
            yield stretch, meant


def _decoded(stretch: str) -> str:
    """Return what the bytes of a stretch are as UTF-8, also where they were decoded twice."""
    try:
        meant = stretch.translate(_bytes()).encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return stretch
    return _decoded(meant) if len(meant) > 1 else meant


@cache
def _bytes() -> dict[int, int]:
    """Return the bytes of what Windows-1252 has and Latin-1 has not."""
    halves = (bytes([byte]) for byte in range(0x80, 0xA0))
    return {ord(half.decode("cp1252", "ignore") or chr(half[0])): half[0] for half in halves}


def _is_impossible(text: str, stretch: re.Match[str]) -> bool:
    from ftfy.badness import is_bad

    around = text[max(0, stretch.start() - _AROUND) : stretch.end() + _AROUND]
    return bool(is_bad(around))


@cache
def _suspicious() -> str:
    """Return a pattern that finds all ftfy would look at, and little else."""
    from ftfy.chardata import UTF8_CLUES

    follows = UTF8_CLUES["utf8_continuation"].replace(" ", "")
    return "|".join(
        f"[{UTF8_CLUES[f'utf8_first_of_{length}']}][{follows}]{{{length - 1}}}"
        for length in (2, 3, 4)
    )


def _may_be_right(text: str, stretch: re.Match[str]) -> bool:
    """Say whether a stretch may be the end of a word and a mark after it."""
    start, end = stretch.span()
    if text[start + 1 : end] not in _AFTER_A_WORD or text[end : end + 1].isalpha():
        return False
    return text[start] not in _ENDS_NO_WORD or text[max(0, start - 1) : start].isupper()
