"""Every judgement of a reviewer as a case: what the machine finds where it is not told."""

from collections.abc import Mapping

import polars as pl

from pipelines.evaluation.tally import Fault, Tally, share

_SCHEMA = {
    "kind": pl.String, "left": pl.String, "right": pl.String, "judgement": pl.String,
    "found": pl.String, "right_so": pl.Boolean,
}  # fmt: skip


def replayed(
    judgements: pl.DataFrame, groups: Mapping[str, Mapping[str, str]]
) -> pl.DataFrame:
    """Return kind, left, right, judgement, found, right_so: a row a judgement that stands.

    ``groups`` maps things of each kind to their groups as they are without any judgement; a name
    that has no row is its own group. What a reviewer was unsure of is right if it stays apart.
    """
    standing = (
        judgements.filter(pl.col("withdrawn_at").is_null())
        .sort("judged_at", "judgement")
        .unique(["kind", "left", "right"], keep="last", maintain_order=True)
        .sort("kind", "left", "right")
    )
    rows = []
    for kind, left, right, judgement in standing.select(
        "kind", "left", "right", "judgement"
    ).rows():
        of_kind = groups.get(kind, {})
        found = "same" if of_kind.get(left, left) == of_kind.get(right, right) else "different"
        wanted = "same" if judgement == "same" else "different"
        rows.append((kind, left, right, judgement, found, found == wanted))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def judgements(cases: pl.DataFrame) -> Tally:
    """Judgements that stand: share that the machine finds by itself."""
    faults: list[Fault] = [
        ("miss", None, f"{kind} {left} and {right}: {judgement}", f"the machine finds {found}")
        for kind, left, right, judgement, found in cases.filter(~pl.col("right_so"))
        .select("kind", "left", "right", "judgement", "found")
        .rows()
    ]
    return share(cases.height, faults)
