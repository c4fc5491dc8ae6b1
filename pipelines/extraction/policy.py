"""How the mentions of several extractors become one table: the policy, and nothing else."""

from collections.abc import Iterator, Sequence
from math import inf

import polars as pl

from pipelines.extraction.extractor import PROPOSED, Proposal
from warehouse.contracts.frames import schema

#: Names and what is none are parted best, by F1, at half of the F1 that is reached (Lipton, Elkan
#: and Narayanaswamy, *Optimal Thresholding of Classifiers to Maximize F1 Measure*, 2014): 0.34 to
#: 0.43 here.
_FEWEST = 0.4
#: Extractors err on the same texts, so that no agreement of theirs is certainty.
_MOST = 0.99
#: What silence is worth: a name that another extractor read over has half the odds. Chosen on one
#: half of an Italian set, looked at on the other (docs/extraction.md).
_SILENCE = 2.0
_SPAN = ("article_id", "start", "end")


def merged(proposals: Sequence[Proposal]) -> pl.DataFrame:
    """Return the rows of ``core_mentions`` of proposals, in the order of the setting.

    Extractors are heard as independent witnesses, by their odds, ``confidence / (1 - confidence)``:

    1. **Agreement.** The same span with the same type by several is one row, by the most confident
       of them, or whose extractor is named first in the setting; ``evidence`` names the others.
       Their odds multiply; who is unsure makes nobody less sure.
    2. **Silence.** An extractor that read the segment and has nothing there halves the odds.
    3. **Conflict.** Where one has another span or type there, this is true, or that, or neither:
       ``odds / (odds + other odds + 1)``; and of them the likelier stands, at equal odds the one
       named first. What one extractor nests in its own, is no conflict.
    4. **Known names** are beyond silence and conflict, and no guess stands against them: those that
       the reference tables have, and that are no ordinary words.

    What is then below two fifths is no mention.
    """
    if len(proposals) == 1:
        return _keyed(proposals[0].rows)
    rows = _agreed(
        pl.concat(one.rows.with_columns(rank=pl.lit(rank)) for rank, one in enumerate(proposals))
    )
    doubted = pl.Series(list(_doubted(rows, proposals)), dtype=pl.Float64)
    judged = rows.with_columns(confidence=pl.when("known").then("confidence").otherwise(doubted))
    return _keyed(judged.filter(pl.col("confidence") >= _FEWEST))


def _agreed(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each span and type: the most confident, with the odds of all."""
    own = [*_SPAN, "type"]
    sure = pl.col("confidence").clip(1 - _MOST, _MOST)
    together = pl.min_horizontal(pl.col("right") / (pl.col("right") + pl.col("wrong")), _MOST)
    others = pl.col("makers").list.slice(1).list.join(", ")
    is_shared = pl.col("makers").list.len() > 1
    return (
        rows.sort("known", "confidence", "rank", descending=[True, True, False])
        .group_by(own, maintain_order=True)
        .agg(
            pl.exclude(own, "confidence").first(),
            pl.col("confidence").max(),
            makers="extractor",
            ranks="rank",
            right=sure.product(),
            wrong=(1 - sure).product(),
        )
        .with_columns(
            confidence=pl.when(is_shared)
            .then(pl.max_horizontal("confidence", together))
            .otherwise("confidence"),
            evidence=pl.when(is_shared)
            .then(pl.format("{}; also {}", "evidence", others))
            .otherwise("evidence"),
        )
    )


def _doubted(rows: pl.DataFrame, proposals: Sequence[Proposal]) -> Iterator[float]:
    """Yield the confidence of rows once the others are heard who say otherwise, or nothing; of one
    that is less likely than another in its place, none.
    """
    read = [None if one.read is None else frozenset(one.read) for one in proposals]
    placed = rows.select(*_SPAN, "segment_id", "confidence", "known", "ranks").rows()
    said: dict[str, list[tuple[int, int, float, frozenset[int]]]] = {}
    for article, start, end, _, confidence, known, ranks in placed:
        odds = inf if known else _odds(confidence)
        said.setdefault(article, []).append((start, end, odds, frozenset(ranks)))
    for article, start, end, segment, confidence, _, ranks in placed:
        own = frozenset(ranks)
        there = [one for one in said[article] if one[0] < end and start < one[1]]
        others = [(odds, -min(makers)) for _, _, odds, makers in there if not makers & own]
        heard = own.union(*(makers for _, _, _, makers in there))
        silent = sum(
            rank not in heard and (segments is None or segment in segments)
            for rank, segments in enumerate(read)
        )
        against, odds = max(others, default=(0.0, -inf)), _odds(confidence)
        if (odds, -min(own)) < against:
            yield 0.0
        else:
            odds /= _SILENCE**silent
            yield odds / (odds + against[0] + 1)


def _odds(confidence: float) -> float:
    return confidence / max(1 - confidence, 1 - _MOST)


def _keyed(rows: pl.DataFrame) -> pl.DataFrame:
    mint = pl.format("{}/m{}-{}", "article_id", "start", "end")
    return (
        rows.select(*PROPOSED)
        .with_columns(mention_id=mint)
        .unique("mention_id", keep="first", maintain_order=True)
        .select(list(schema("core_mentions")))
        .sort(*_SPAN, "mention_id")
    )
