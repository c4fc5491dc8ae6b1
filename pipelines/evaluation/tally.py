"""What is counted: units the gold holds, units published, and which of them are the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

import polars as pl

#: ``miss``: the gold has it, the marts do not. ``extra``: the reverse. ``beyond``: published, but
#: the gold lists only a choice of that kind, so it counts for nothing and is shown for reading.
FAULT = {"problem": pl.String, "article": pl.String, "item": pl.String, "note": pl.String}
Fault = tuple[str, str | None, str, str | None]


@dataclass(frozen=True)
class Tally:
    """Counts of one kind, and what went wrong one by one."""

    gold: int
    found: int
    right: int
    faults: Sequence[Fault] = ()

    @property
    def precision(self) -> float | None:
        """Share of what is published that is right; None where nothing is."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of the gold that is published; None where the gold has nothing."""
        return self.right / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None where there is nothing to judge."""
        units = self.gold + self.found
        return 2 * self.right / units if units else None


def share(checked: int, faults: Sequence[Fault]) -> Tally:
    """Tally questions that have one answer each: precision, recall and F1 are the share right."""
    return Tally(checked, checked, checked - len(faults), faults)


def same_units(gold: pl.DataFrame, published: pl.DataFrame, told_by: str) -> Tally:
    """Tally units that are the same if all their columns are; each counts once.

    ``told_by`` is the column a fault's note tells of: under which other value it is on the other
    side.
    """
    gold, published = (
        units.select(gold.columns).unique(maintain_order=True).sort(gold.columns, nulls_last=True)
        for units in (gold, published)
    )
    faults = [
        *_faults("miss", gold, published, told_by),
        *_faults("extra", published, gold, told_by),
    ]
    missed = sum(problem == "miss" for problem, *_ in faults)
    return Tally(gold.height, published.height, gold.height - missed, faults)


def _faults(problem: str, here: pl.DataFrame, there: pl.DataFrame, told_by: str) -> list[Fault]:
    near = [name for name in here.columns if name != told_by]
    side = {"miss": "published", "extra": "in the gold"}[problem]
    others = there.group_by(near).agg(pl.col(told_by).sort().alias("others"))
    alone = here.join(there, on=here.columns, how="anti", nulls_equal=True).join(
        others, on=near, how="left", nulls_equal=True
    )
    return [
        (
            problem,
            row.get("article"),
            " · ".join(str(row[name]) for name in here.columns if name != "article"),
            f"{side} as {', '.join(row['others'])}" if row["others"] else None,
        )
        for row in alone.iter_rows(named=True)
    ]


def same_pairs(gold: pl.DataFrame, published: pl.DataFrame) -> Tally:
    """Tally pairs of things in one group; both frames have thing and group, of the same things."""
    in_gold, in_marts = _pairs(gold), _pairs(published)
    faults: list[Fault] = [
        *(("miss", None, f"{a} = {b}", None) for a, b in sorted(in_gold - in_marts)),
        *(("extra", None, f"{a} = {b}", None) for a, b in sorted(in_marts - in_gold)),
    ]
    return Tally(len(in_gold), len(in_marts), len(in_gold & in_marts), faults)


def _pairs(grouped: pl.DataFrame) -> set[tuple[str, str]]:
    things = grouped.group_by("group").agg(pl.col("thing").unique().sort())["thing"]
    return {pair for group in things for pair in combinations(group.to_list(), 2)}


def overlap(one: str, other: str) -> int:
    """Return the length of the longest stretch that stands in both texts."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.find_longest_match().size


def one_to_one(weights: dict[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Return pairs in which nobody is twice, the heaviest first."""
    taken: list[tuple[int, int]] = []
    for left, right in sorted(weights, key=lambda pair: (-weights[pair], pair)):
        if all(left != one and right != other for one, other in taken):
            taken.append((left, right))
    return taken
