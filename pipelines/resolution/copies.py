"""Which of the articles that may have one origin have it: copies, near copies, translations.

An article is a copy if its text is; a near copy if most of the words of both, or of the shorter
one, stand in the same order; and a translation of one in another language if names and figures
stand in both at the same places of the text, as they do in no independent account.
"""

import re
import unicodedata
from bisect import bisect_left
from functools import lru_cache
from statistics import fmean
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.contracts.core import CONTENT_KINDS
from warehouse.contracts.frames import made_by

#: Jaccard of word 4-grams from which a text is another's near copy; and the share of the shorter
#: one's, and their number, from which it is one with another lead or cut short.
_NEAR_COPY, _CONTAINED, _FEWEST_SHINGLES = 0.6, 0.8, 40
#: A translation: at most this much shorter; so many of the names and figures in common near the
#: same place; and in place so large a part of all that the text with fewer has, less where they are
#: many. Of 1,323 pairs of versions of one text (NTREX-128) all but 3 % reach the figures, and none
#: of two texts; accounts of one event that are independent reach two thirds of the second.
_SHORTER, _IN_PLACE = 0.7, 0.75
_COVERED, _MANY, _MANY_COVERED = 0.35, 12, 0.22
#: How far apart, as a share of the text, is still the same place.
_NEAR = 0.08
_ANCHOR_LETTERS = 5
_ANCHOR = re.compile(
    r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d.,])|\d+(?:[.,]\d+)*|[^\W\d_a-zà-öø-ÿ][^\W\d_]{2,}"
)
_NO_DIGIT = re.compile(r"\D")
_WORDS = re.compile(r"\w+")

#: Texts whose shingles and anchors are remembered: 4 KB and some 15 KB each.
_TEXTS = 8_000

#: Hashes, in order: two of 64 bits fall together once in ten billion.
_Shingles = NDArray[np.int64]


def core_copy_candidates(
    core_articles: pl.DataFrame, core_duplicates: pl.DataFrame
) -> pl.DataFrame:
    """Return the rows of ``core_copy_candidates``: each article with the first of its text, and of
    its duplicates.
    """
    first = pl.col("article_id").min().over("body_hash")
    return (
        pl.concat(
            [
                core_articles.select(left_id=first, right_id="article_id"),
                core_duplicates.select(left_id="group_id", right_id="article_id"),
            ]
        )
        .filter(pl.col("left_id") != pl.col("right_id"))
        .unique()
        .with_columns(**made_by("core_copy_candidates", "resolver"))
        .sort("left_id", "right_id")
    )


def core_story_copies(
    pending: pl.DataFrame,
    core_articles: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_story_copies``: those pending pairs that have one origin.

    Pairs are tried in the order given: where those of one component follow each other, few texts
    are remembered.
    """
    told = _tellings(core_articles, core_segments, core_languages)
    about = {telling["article_id"]: telling for telling in told.iter_rows(named=True)}
    rows = [
        (left, right, *copy)
        for left, right in pending.select("left_id", "right_id").rows()
        if (copy := _copy(about[left], about[right]))
    ]
    names = ("left_id", "right_id", "copy_kind", "score", "why")
    columns = {name: pl.Float64 if name == "score" else pl.String for name in names}
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        **made_by("core_story_copies", "resolver")
    )


def _tellings(
    articles: pl.DataFrame, segments: pl.DataFrame, languages: pl.DataFrame
) -> pl.DataFrame:
    """Return what copies are judged by: article_id, body_hash, language, text without boilerplate.

    An article without content has neither language nor text.
    """
    content = segments.filter(pl.col("kind").is_in(CONTENT_KINDS)).join(
        languages.select("segment_id", "language"), on="segment_id"
    )
    sentences = (
        content.sort("article_id", "ordinal")
        .group_by("article_id", maintain_order=True)
        .agg(
            language=pl.col("language").mode().sort().first(),
            text=pl.col("text").str.join("\n"),
        )
    )
    return articles.select("article_id", "body_hash").join(sentences, on="article_id", how="left")


def _copy(left: dict[str, Any], right: dict[str, Any]) -> tuple[str, float, str] | None:
    """Return kind, score and reason if two articles have one origin."""
    if left["body_hash"] == right["body_hash"]:
        return "copy", 1.0, "the same text"
    if left["text"] is None or right["text"] is None:
        return None
    if left["language"] == right["language"]:
        return _near_copy(_shingles(left["text"]), _shingles(right["text"]))
    return _translation(left["text"], right["text"])


@lru_cache(maxsize=_TEXTS)
def _shingles(text: str) -> _Shingles:
    words = _WORDS.findall(text.lower())
    told = zip(*(words[offset:] for offset in range(4)), strict=False)
    return np.unique(np.fromiter(map(hash, told), dtype=np.int64))


def _near_copy(left: _Shingles, right: _Shingles) -> tuple[str, float, str] | None:
    fewest = min(len(left), len(right))
    shared = len(np.intersect1d(left, right, assume_unique=True))
    if not shared:
        return None
    overlap, contained = shared / (len(left) + len(right) - shared), shared / fewest
    if overlap >= _NEAR_COPY:
        return "near_copy", overlap, f"{overlap:.0%} of their word 4-grams shared"
    if contained >= _CONTAINED and fewest >= _FEWEST_SHINGLES:
        return "near_copy", contained, f"{contained:.0%} of the shorter one's word 4-grams shared"
    return None


def _translation(left: str, right: str) -> tuple[str, float, str] | None:
    shorter, longer = sorted((len(left), len(right)))
    if shorter < _SHORTER * longer:
        return None
    ours, theirs = _anchors(left), _anchors(right)
    apart = [
        distance
        for anchor in sorted(ours.keys() & theirs.keys())
        for distance in _distances(ours[anchor], theirs[anchor])
    ]
    near = sum(distance <= _NEAR for distance in apart)
    fewest = min(sum(map(len, ours.values())), sum(map(len, theirs.values())))
    covered = _MANY_COVERED if near >= _MANY else _COVERED
    if not near or near < _IN_PLACE * len(apart) or near < covered * fewest:
        return None
    if near < _MANY and _contradict(ours, theirs):
        return None
    share = near / len(apart)
    why = f"{near} of {len(apart)} common names and figures at the same places of the text"
    return "translation", share * (1 - fmean(apart)), why


def _contradict(ours: dict[str, list[float]], theirs: dict[str, list[float]]) -> bool:
    """Say whether each text has a figure that the other lacks, as long and near the same place.

    So an account with another figure is not taken for a translation, where little else tells them
    apart. Translations have such figures too, where they convert miles or pounds; of 1,590 pairs of
    them (NTREX-128, MEANTIME) none with fewer than ``_MANY`` names and figures in place.
    """
    alone, others = (
        [
            (len(anchor), place)
            for anchor, places in one.items()
            if anchor not in other and anchor[0].isdigit() and len(anchor) > 1
            for place in places
        ]
        for one, other in ((ours, theirs), (theirs, ours))
    )
    return any(
        length == other_length and abs(place - other) <= _NEAR
        for length, place in alone
        for other_length, other in others
    )


@lru_cache(maxsize=_TEXTS)
def _anchors(text: str) -> dict[str, list[float]]:
    """Return names and figures of a text and where they stand, as shares of its length."""
    found: dict[str, list[float]] = {}
    for match in _ANCHOR.finditer(text):
        found.setdefault(_anchor(match[0]), []).append(match.start() / len(text))
    return found


@lru_cache(maxsize=100_000)
def _anchor(word: str) -> str:
    """Return what of a name or figure is the same in all languages."""
    if word[0].isdigit():
        return _NO_DIGIT.sub("", word)
    plain = unicodedata.normalize("NFKD", word.casefold())
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    return "".join(letters)[:_ANCHOR_LETTERS]


def _distances(ours: list[float], theirs: list[float]) -> list[float]:
    """Return how far apart the uses of an anchor stand: one by one, or each of the fewer from the
    nearest of the more.
    """
    if len(ours) == len(theirs):
        return [abs(one - other) for one, other in zip(ours, theirs, strict=True)]
    few, many = sorted((ours, theirs), key=len)
    apart = []
    for place in few:
        at = bisect_left(many, place)
        apart.append(min(abs(place - other) for other in many[max(at - 1, 0) : at + 1]))
    return apart
