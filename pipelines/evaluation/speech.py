"""Speech: what was said, by whom, and which texts only look like speech."""

from collections.abc import Callable

import polars as pl

from pipelines.evaluation.gold import Gold
from pipelines.evaluation.published import Published
from pipelines.evaluation.tally import Fault, Tally, one_to_one, overlap, share

#: Share of the shorter text that must stand in the other: annotators differ about a first word.
_ONE_QUOTE = 0.8


def quotes(gold: Gold, published: Published) -> Tally:
    """Article × text; a text is the same if 0.8 of the shorter stands in the other, one to one."""
    pairs = _pairs(gold, published)
    told, made = gold.quotes.rows(named=True), published.quotes.rows(named=True)
    missed = set(range(len(told))) - {left for left, _ in pairs}
    added = set(range(len(made))) - {right for _, right in pairs}
    faults: list[Fault] = [
        *(("miss", told[one]["article"], f"“{told[one]['text']}”", None) for one in sorted(missed)),
        *(("extra", made[one]["article"], f"“{made[one]['text']}”", None) for one in sorted(added)),
    ]
    return Tally(len(told), len(made), len(pairs), faults)


def speakers(gold: Gold, published: Published) -> Tally:
    """Of the quotes that are found: share whose speaker is the gold's."""
    pairs = sorted(_pairs(gold, published))
    told, made = gold.quotes.rows(named=True), published.quotes.rows(named=True)
    faults: list[Fault] = [
        (
            "miss",
            told[left]["article"],
            f"{told[left]['speaker']} · “{told[left]['text']}”",
            f"published as {made[right]['speaker'] or 'nobody'}",
        )
        for left, right in pairs
        if told[left]["speaker"] != made[right]["speaker"]
    ]
    return share(len(pairs), faults)


def not_quotes(gold: Gold, published: Published) -> Tally:
    """Texts in quotation marks that nobody said: share not published as a quote.

    Within a longer quote they may stand, so it is 0.8 of the longer text that must be the same.
    """
    made = published.quotes.rows(named=True)
    faults: list[Fault] = [
        ("extra", row["article"], f"“{row['text']}”", None)
        for row in gold.not_quotes.iter_rows(named=True)
        if any(
            quote["article"] == row["article"] and _common(row["text"], quote["text"], max)
            for quote in made
        )
    ]
    return share(gold.not_quotes.height, faults)


def statements(gold: Gold, published: Published) -> Tally:
    """Statements told by several articles: share for which these articles have one in common."""
    faults: list[Fault] = []
    groups = gold.statements.group_by("statement", maintain_order=True).agg("article")
    for statement, articles in zip(groups["statement"], groups["article"].to_list(), strict=True):
        told = published.quotes.filter(pl.col("article").is_in(articles))
        widest = max(
            (len(set(one)) for one in told.group_by("statement").agg("article")["article"]),
            default=0,
        )
        if widest != len(set(articles)):
            note = f"at most {widest} of {len(articles)} articles have one statement in common"
            faults.append(("miss", ", ".join(articles), statement, note))
    return share(groups.height, faults)


def _pairs(gold: Gold, published: Published) -> list[tuple[int, int]]:
    """Return row numbers of gold and published quotes that are the same, one to one."""
    made = published.quotes.rows(named=True)
    return one_to_one(
        {
            (left, right): common
            for left, truth in enumerate(gold.quotes.iter_rows(named=True))
            for right, quote in enumerate(made)
            if truth["article"] == quote["article"]
            and (common := _common(truth["text"], quote["text"], min))
        }
    )


def _common(one: str, other: str, of: Callable[[int, int], int]) -> int:
    """Return how much of two texts is the same; 0 if too little of the shorter or longer one."""
    common = overlap(one, other)
    return common if common >= _ONE_QUOTE * of(len(one), len(other)) else 0
