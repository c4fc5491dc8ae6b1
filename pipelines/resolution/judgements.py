"""What reviewers have decided, and what follows from it.

Judgements beat the machine and are transitive: what is the same as the same is the same, what is
different from it is different. Nothing here remembers a former result: a judgement that is taken
back leaves no trace in what is made without it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from pipelines.resolution.grouping import groups


class ContradictionError(ValueError):
    """Two judgements cannot both hold; the message names both and the remedy."""


@dataclass(frozen=True)
class Judged:
    """Judgements on things of one kind: ``same`` maps a thing to its group, ``apart`` a group to
    those it is different from.
    """

    same: dict[str, str] = field(default_factory=dict)
    apart: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: str, seed_judgements: pl.DataFrame) -> "Judged":
        """Return what holds of a kind of thing: of a pair judged several times, the last judgement
        that was not taken back.

        Raises ContradictionError where things judged different are the same by other judgements.
        """
        standing = _standing(seed_judgements.filter(pl.col("kind") == kind))
        same = standing.filter(pl.col("judgement") == "same")
        things = pl.concat([standing["left"], standing["right"]]).unique().sort()
        group = dict(zip(things, groups(things, same), strict=True))
        apart: dict[str, set[str]] = defaultdict(set)
        for left, right in (
            standing.filter(pl.col("judgement") == "different").select("left", "right").rows()
        ):
            one, other = group[left], group[right]
            if one == other:
                raise ContradictionError(
                    f"{left} and {right} ({kind}) are judged different, and the same by a chain of "
                    "other judgements; take one of them back: babelwire review --undo"
                )
            apart[one].add(other)
            apart[other].add(one)
        return cls(group, {one: frozenset(others) for one, others in apart.items()})

    def groups(self) -> list[set[str]]:
        """Return the groups of two or more things that are judged the same."""
        found: dict[str, set[str]] = defaultdict(set)
        for thing, group in self.same.items():
            found[group].add(thing)
        return [members for _, members in sorted(found.items()) if len(members) > 1]

    def pairs(self) -> pl.DataFrame:
        """Return left and right of things judged the same."""
        return pl.DataFrame(
            [(group, thing) for thing, group in sorted(self.same.items()) if thing != group],
            schema={"left": pl.String, "right": pl.String},
            orient="row",
        )

    def different(self) -> dict[str, set[str]]:
        """Return the things that each thing is judged to be different from, also by a chain."""
        members: dict[str, set[str]] = defaultdict(set)
        for thing, group in self.same.items():
            members[group].add(thing)
        return {
            thing: set().union(*(members[other] for other in self.apart[group]))
            for thing, group in self.same.items()
            if group in self.apart
        }

    def allows(self, ours: Iterable[str], theirs: Iterable[str]) -> bool:
        """Say whether two groups of things may be joined."""
        if not self.apart:
            return True
        forbidden = {
            other
            for thing in ours
            if thing in self.same
            for other in self.apart.get(self.same[thing], ())
        }
        return not any(self.same.get(thing) in forbidden for thing in theirs)


def _standing(judgements: pl.DataFrame) -> pl.DataFrame:
    """Return of each pair the last judgement that stands; unsure stands for none."""
    ordered = judgements.filter(pl.col("withdrawn_at").is_null()).with_columns(
        left=pl.min_horizontal("left", "right"), right=pl.max_horizontal("left", "right")
    )
    return (
        ordered.sort("judged_at", "judgement")
        .unique(["left", "right"], keep="last", maintain_order=True)
        .filter(pl.col("judgement") != "unsure")
        .sort("left", "right")
    )
