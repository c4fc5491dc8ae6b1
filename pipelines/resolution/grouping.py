"""Groups from pairs: what is joined by any chain of pairs is one group."""

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
