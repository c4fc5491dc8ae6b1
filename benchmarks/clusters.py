"""How well groups agree with true ones, and the baselines they are measured against."""

from collections import Counter
from collections.abc import Mapping
from hashlib import sha256

import polars as pl

from pipelines.resolution.grouping import alike_groups

Groups = Mapping[str, str]


def agreement(found: Groups, gold: Groups) -> dict[str, dict[str, float]]:
    """Return B-cubed (Bagga and Baldwin 1998) and pairwise precision, recall and F1."""
    together = Counter((found[item], label) for item, label in gold.items())
    clusters = Counter(found[item] for item in gold)
    labels = Counter(gold.values())
    shares = [
        (count / clusters[cluster], count / labels[label], count)
        for (cluster, label), count in together.items()
    ]
    pairs = sum(map(_pairs, together.values()))
    return {
        "b_cubed": scores(
            sum(precise * count for precise, _, count in shares) / len(gold),
            sum(complete * count for _, complete, count in shares) / len(gold),
        ),
        "pairwise": scores(
            pairs / max(sum(map(_pairs, clusters.values())), 1),
            pairs / max(sum(map(_pairs, labels.values())), 1),
        ),
    }


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def is_first_half(topic: str) -> bool:
    """Say of a topic or story, by its hash, on which half of a set it is looked at."""
    return sha256(topic.encode()).digest()[0] < 128


def scores(precision: float, recall: float) -> dict[str, float]:
    """Return precision, recall and F1, rounded."""
    f1 = 2 * precision * recall / (precision + recall or 1)
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}


def cosines(texts: Mapping[str, str], terms: pl.Expr) -> pl.DataFrame:
    """Return left < right and the cosine of their TF-IDF, for texts that share a term.

    ``terms`` makes a list of terms of the column ``text``. Weights are (1 + ln tf) ln(1 + N / df).
    """
    frame = pl.DataFrame({"item": list(texts), "text": list(texts.values())})
    counted = (
        frame.select("item", term=terms)
        .explode("term", empty_as_null=False)
        .drop_nulls("term")
        .group_by("item", "term")
        .agg(uses=pl.len())
        .with_columns(
            weight=(1 + pl.col("uses").log())
            * (1 + frame.height / pl.len().over("term")).log()
        )
        .with_columns(pl.col("weight") / pl.col("weight").pow(2).sum().sqrt().over("item"))
        .select("item", "term", "weight")
    )
    return (
        counted.join(counted, on="term", suffix="_right")
        .filter(pl.col("item") < pl.col("item_right"))
        .group_by(left="item", right="item_right")
        .agg(score=(pl.col("weight") * pl.col("weight_right")).sum())
    )


def by_threshold(
    items: list[str], pairs: pl.DataFrame, gold: Groups, owner: Mapping[str, str]
) -> tuple[float, dict[str, str]]:
    """Return the threshold with the best B-cubed F1 on the gold itself, and the groups it makes:
    the most a baseline can reach. ``owner`` maps what the gold groups to one of the items.
    """
    best: tuple[float, float, dict[str, str]] = (-1.0, 0.0, {})
    for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        made = dict(
            zip(items, alike_groups(pl.Series(items), pairs, threshold), strict=True)
        )
        found = {thing: made[item] for thing, item in owner.items()}
        f1 = agreement(found, gold)["b_cubed"]["f1"]
        if f1 > best[0]:
            best = (f1, threshold, found)
    return best[1], best[2]
