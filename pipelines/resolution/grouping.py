"""Groups from pairs: by any chain of pairs, or by likeness on average."""

import heapq
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

_Numbers = npt.NDArray[np.int64]
#: Whether two groups of items may be in one.
Allows = Callable[[Iterable[str], Iterable[str]], bool]


def groups(items: pl.Series, pairs: pl.DataFrame) -> pl.Series:
    """Return for each item the smallest member of its group, over left, right.

    The result does not depend on the order of items or pairs. Groups are joined all at once, each
    to the smallest that a pair leads to, until none is left to join.
    """
    named = pl.concat([items, pairs["left"], pairs["right"]]).unique().sort()
    number = pl.DataFrame({"item": named, "number": pl.int_range(len(named), eager=True)})

    def numbers(asked: pl.Series) -> _Numbers:
        found = asked.alias("item").to_frame().join(number, on="item", maintain_order="left")
        return found["number"].to_numpy()

    left, right = numbers(pairs["left"]), numbers(pairs["right"])
    first = np.arange(len(named))
    while True:
        low, high = np.minimum(first[left], first[right]), np.maximum(first[left], first[right])
        apart = low < high
        if not apart.any():
            return named.gather(first[numbers(items)]).alias("group")
        left, right = left[apart], right[apart]
        np.minimum.at(first, high[apart], low[apart])
        while not np.array_equal(first, first[first]):
            first = first[first]


def alike_groups(
    items: pl.Series,
    pairs: pl.DataFrame,
    threshold: float,
    joined: pl.DataFrame | None = None,
    allows: Allows | None = None,
    uncounted: pl.Series | None = None,
) -> pl.Series:
    """Return for each item the smallest member of its group, by average linkage.

    ``pairs`` has left, right, score; a pair that is missing scores 0. The two groups that are most
    alike on average over all their pairs are joined first, while that average reaches the
    threshold; between equals the smaller names go first, so that no order of arrival matters.
    Pairs of ``joined`` are together from the start; what ``allows`` refuses is never joined by
    likeness; ``uncounted`` items, of which no pair is given, go along and weigh nothing. The cost
    grows with the pairs, not with the square of the items (Müllner 2011, section 2).
    """
    likeness: dict[str, dict[str, float]] = {item: {} for item in items}
    for left, right, score in pairs.select("left", "right", "score").rows():
        likeness[left][right] = likeness[right][left] = score
    members = {item: [item] for item in likeness}
    size = dict.fromkeys(likeness, 1) | dict.fromkeys(uncounted if uncounted is not None else (), 0)
    for item, group in _from_the_start(items, joined, allows):
        members[group] += members.pop(item)
        size[group] += size.pop(item)
        _join(likeness, group, item)
    queue: list[tuple[float, str, str, int, int]] = []
    for one, others in likeness.items():
        for other, total in others.items():
            average = total / (size[one] * size[other])
            if one < other and average >= threshold:
                queue.append((-average, one, other, size[one], size[other]))
    heapq.heapify(queue)
    while queue:
        _, left, right, left_size, right_size = heapq.heappop(queue)
        if (size.get(left), size.get(right)) != (left_size, right_size):
            continue
        if allows and not allows(members[left], members[right]):
            continue
        members[left] += members.pop(right)
        size[left] += size.pop(right)
        _join(likeness, left, right)
        for other, total in likeness[left].items():
            average = total / (size[left] * size[other])
            if average >= threshold:
                low, high = sorted((left, other))
                heapq.heappush(queue, (-average, low, high, size[low], size[high]))
    named = {item: min(group) for group in members.values() for item in group}
    return pl.Series("group", [named[item] for item in items], dtype=pl.String)


def _from_the_start(
    items: pl.Series, joined: pl.DataFrame | None, allows: Allows | None
) -> list[tuple[str, str]]:
    """Return item and group of all that are in a group of another from the start."""
    if joined is None or joined.is_empty():
        return []
    present = joined.filter(pl.col("left").is_in(items) & pl.col("right").is_in(items))
    if allows:
        apart = [not allows([left], [right]) for left, right in present.rows()]
        present = present.filter(~pl.Series(apart, dtype=pl.Boolean))
    ordered = items.sort()
    return [
        (item, group)
        for item, group in zip(ordered, groups(ordered, present), strict=True)
        if item != group
    ]


def _join(likeness: dict[str, dict[str, float]], left: str, right: str) -> None:
    """Add a group's summed likenesses to another's."""
    for other, total in likeness.pop(right).items():
        del likeness[other][right]
        if other != left:
            likeness[left][other] = likeness[left].get(other, 0.0) + total
            likeness[other][left] = likeness[left][other]
