"""How the mentions of several extractors become one table: the policy, and nothing else."""

from collections.abc import Sequence

import polars as pl

from pipelines.extraction.extractor import PROPOSED
from warehouse.contracts.frames import schema

#: Below one half a span is rather no mention.
_FEWEST = 0.5
#: Extractors err on the same texts, so that no agreement of theirs is certainty.
_MOST = 0.99
_SPAN = ("article_id", "start", "end")


def merged(proposals: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the rows of ``core_mentions`` of PROPOSED rows, in the order of the setting.

    1. Where extractors name the same span with the same type they agree: one row, by the most
       confident of them, with the chance that not all of them are wrong as if they erred
       independently (``1 - product(1 - confidence)``, at most 0.99). ``evidence`` names the others.
    2. What is then below one half is no mention.
    3. Of rows of different extractors that overlap, one stands: a known name of the reference
       tables before any model's guess, then the more confident, then the longer, then whose
       extractor is named first in the setting. What one extractor nests in its own, stays nested.
    """
    if len(proposals) == 1:
        return _keyed(proposals[0])
    rows = _agreed(
        pl.concat(rows.with_columns(rank=pl.lit(rank)) for rank, rows in enumerate(proposals))
    ).filter(pl.col("confidence") >= _FEWEST)
    length = pl.col("end") - pl.col("start")
    best_first = rows.sort(
        "known", "confidence", length, "rank", *_SPAN, "type",
        descending=[True, True, True, False, False, False, False, False],
    )  # fmt: skip
    return _keyed(best_first.filter(pl.Series(_standing(best_first), dtype=pl.Boolean)))


def _agreed(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each span and type: the most confident, raised by those that agree."""
    own = [*_SPAN, "type"]
    wrong = (1 - pl.col("confidence")).product()
    together = pl.max_horizontal("confidence", pl.min_horizontal(1 - pl.col("wrong"), _MOST))
    others = pl.col("makers").list.slice(1).list.join(", ")
    is_shared = pl.col("makers").list.len() > 1
    return (
        rows.sort("known", "confidence", "rank", descending=[True, True, False])
        .group_by(own, maintain_order=True)
        .agg(
            pl.exclude(own, "confidence").first(),
            pl.col("confidence").first(),
            makers="extractor",
            ranks="rank",
            wrong=wrong,
        )
        .with_columns(
            confidence=pl.when(is_shared).then(together).otherwise("confidence"),
            evidence=pl.when(is_shared)
            .then(pl.format("{}; also {}", "evidence", others))
            .otherwise("evidence"),
        )
    )


def _standing(rows: pl.DataFrame) -> list[bool]:
    """Say of rows, best first, which stand: those that overlap no better one of others alone."""
    standing: dict[str, list[tuple[int, int, frozenset[int]]]] = {}
    verdicts: list[bool] = []
    for article, start, end, ranks in rows.select(*_SPAN, "ranks").rows():
        better, makers = standing.setdefault(article, []), frozenset(ranks)
        stands = not any(
            start < to and at < end and not makers & others for at, to, others in better
        )
        if stands:
            better.append((start, end, makers))
        verdicts.append(stands)
    return verdicts


def _keyed(rows: pl.DataFrame) -> pl.DataFrame:
    mint = pl.format("{}/m{}-{}", "article_id", "start", "end")
    return (
        rows.select(*PROPOSED)
        .with_columns(mention_id=mint)
        .unique("mention_id", keep="first", maintain_order=True)
        .select(list(schema("core_mentions")))
        .sort(*_SPAN, "mention_id")
    )
