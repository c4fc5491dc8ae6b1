"""Groups from pairs: by any chain of pairs, or by likeness on average."""

import heapq

import polars as pl


def groups(items: pl.Series, pairs: pl.DataFrame) -> pl.Series:
    """Return for each item the smallest member of its group (union-find over left, right).

    The result does not depend on the order of items or pairs.
    """
    parent = {item: item for item in items}

    def root(item: str) -> str:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for left, right in pairs.select("left", "right").rows():
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    return pl.Series("group", [root(item) for item in items], dtype=pl.String)


def alike_groups(items: pl.Series, pairs: pl.DataFrame, threshold: float) -> pl.Series:
    """Return for each item the smallest member of its group, by average linkage.

    ``pairs`` has left, right, score; a pair that is missing scores 0. The two groups that are most
    alike on average over all their pairs are joined first, while that average reaches the
    threshold; between equals the smaller names go first, so that no order of arrival matters.
    The cost grows with the pairs, not with the square of the items (Müllner 2011, section 2).
    """
    likeness: dict[str, dict[str, float]] = {item: {} for item in items}
    for left, right, score in pairs.select("left", "right", "score").rows():
        likeness[left][right] = likeness[right][left] = score
    members = {item: [item] for item in likeness}
    queue: list[tuple[float, str, str, int, int]] = [
        (-score, one, other, 1, 1)
        for one, others in likeness.items()
        for other, score in others.items()
        if one < other and score >= threshold
    ]
    heapq.heapify(queue)
    while queue:
        _, left, right, left_size, right_size = heapq.heappop(queue)
        if not (
            len(members.get(left, ())) == left_size and len(members.get(right, ())) == right_size
        ):
            continue
        members[left] += members.pop(right)
        _join(likeness, left, right)
        for other, total in likeness[left].items():
            average = total / (len(members[left]) * len(members[other]))
            if average >= threshold:
                low, high = sorted((left, other))
                heapq.heappush(queue, (-average, low, high, len(members[low]), len(members[high])))
    group = {item: min(group) for group in members.values() for item in group}
    return pl.Series("group", [group[item] for item in items], dtype=pl.String)


def _join(likeness: dict[str, dict[str, float]], left: str, right: str) -> None:
    """Add a group's summed likenesses to another's."""
    for other, total in likeness.pop(right).items():
        del likeness[other][right]
        if other != left:
            likeness[left][other] = likeness[left].get(other, 0.0) + total
            likeness[other][left] = likeness[left][other]
