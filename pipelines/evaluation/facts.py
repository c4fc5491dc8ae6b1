"""Facts: memberships, roles, quantities and what accounts make of each other.

An annotator lists all memberships and roles, but of quantities and disagreements those that matter:
of these two only what touches the gold is judged, and what is beyond it is shown.
"""

from math import isclose

import polars as pl
from rapidfuzz import fuzz, utils

from pipelines.evaluation.gold import Gold
from pipelines.evaluation.published import Published
from pipelines.evaluation.tally import Fault, Tally, one_to_one, overlap, same_units

#: Token set ratio from which two wordings are one role: "president" and "the president" are.
_ONE_ROLE = 80
#: Initials and their words have no token in common.
_INITIALS = {
    "ceo": "chief executive officer",
    "cfo": "chief financial officer",
    "coo": "chief operating officer",
    "cso": "chief scientific officer",
    "cto": "chief technology officer",
}
#: Share of the shorter passage that must stand in the other: a span may take in "more than" or not.
_ONE_PASSAGE = 0.8


def memberships(gold: Gold, published: Published) -> Tally:
    """Group × member × status."""
    return same_units(gold.memberships, published.memberships, "status")


def roles(gold: Gold, published: Published) -> Tally:
    """Person × organisation × status, with the role in English alike; one to one."""
    told, made = gold.roles.rows(named=True), published.roles.rows(named=True)
    who = ("person", "organization", "status")
    weights = {
        (left, right): likeness
        for left, truth in enumerate(told)
        for right, claim in enumerate(made)
        if all(truth[name] == claim[name] for name in who)
        and (likeness := _role_likeness(truth["role"], claim["role"])) >= _ONE_ROLE
    }
    pairs = one_to_one(weights)
    faults: list[Fault] = [
        ("miss", None, _role(truth), _other_roles(truth, made))
        for number, truth in enumerate(told)
        if number not in {left for left, _ in pairs}
    ]
    faults += [
        ("extra", None, _role(claim), None)
        for number, claim in enumerate(made)
        if number not in {right for _, right in pairs}
    ]
    return Tally(len(told), len(made), len(pairs), faults)


def _role_likeness(one: str, other: str) -> float:
    return fuzz.token_set_ratio(_role_words(one), _role_words(other))


def _role_words(role: str) -> str:
    return " ".join(_INITIALS.get(word, word) for word in utils.default_process(role).split())


def _role(row: dict[str, str]) -> str:
    return f"{row['person']} · {row['role']} · {row['organization']} · {row['status']}"


def _other_roles(truth: dict[str, str], made: list[dict[str, str]]) -> str | None:
    others = [_role(claim) for claim in made if claim["person"] == truth["person"]]
    return f"published: {'; '.join(others)}" if others else None


def quantities(gold: Gold, published: Published) -> Tally:
    """Article × value × relation × subject, where a passage overlaps the gold's.

    Found is a gold quantity whose passage some claim rests on: precision is the share of these that
    are right, and recall is what counts. Passages that touch none of the gold are beyond it.
    """
    passages = (
        published.passages.join(published.claims.select("claim", "subject"), on="claim")
        .join(published.accounts.group_by("claim").agg(accounts=pl.struct("relation", "value")), on="claim")
        .rows(named=True)
    )
    found, touched, faults = 0, set(), []
    for truth in gold.quantities.iter_rows(named=True):
        here = [number for number, passage in enumerate(passages) if _touch(truth, passage)]
        touched.update(here)
        found += bool(here)
        if not any(_says(passages[number], truth) for number in here):
            item = f"“{truth['text']}” · {truth['subject']} {truth['relation']} {truth['value']:g}"
            note = "; ".join(sorted({_account(passages[number]) for number in here}))
            faults.append(("miss", truth["article"], item, f"published: {note}" if note else None))
    right = gold.quantities.height - len(faults)
    beyond = [
        ("beyond", passage["article"], f"“{passage['text']}” · {_account(passage)}", None)
        for number, passage in enumerate(passages)
        if number not in touched
    ]
    return Tally(gold.quantities.height, found, right, [*faults, *beyond])


def _touch(truth: dict[str, str], passage: dict[str, str]) -> bool:
    one, other = truth["text"], passage["text"]
    shorter = min(len(one), len(other))
    return truth["article"] == passage["article"] and overlap(one, other) >= _ONE_PASSAGE * shorter


def _says(passage: dict[str, object], truth: dict[str, object]) -> bool:
    # The marts do not say which account a passage is of: any account of its claim will do.
    return passage["subject"] == truth["subject"] and any(
        account["relation"] == truth["relation"] and isclose(account["value"], truth["value"])
        for account in passage["accounts"]  # type: ignore[attr-defined]
    )


def _account(passage: dict[str, object]) -> str:
    accounts: list[dict[str, object]] = passage["accounts"]  # type: ignore[assignment]
    figures = " or ".join(f"{one['relation']} {one['value']:g}" for one in accounts)
    return f"{passage['subject']} {figures}"


def claims(gold: Gold, published: Published) -> Tally:
    """Subject × verdict, over the claims that hold a figure of the gold's disagreement.

    Which figures those are, the gold's quantities of that subject and property say. Found is a
    disagreement that some claim is about; claims of other disagreements are beyond the gold.
    """
    figures = published.accounts.group_by("claim").agg("value")
    made = published.claims.join(figures, on="claim").sort("claim").rows(named=True)
    found, about, faults = 0, set(), []
    for truth in gold.disagreements.iter_rows(named=True):
        values = gold.quantities.filter(
            pl.col("subject") == truth["subject"], pl.col("property") == truth["property"]
        )["value"].to_list()
        here = [
            number
            for number, claim in enumerate(made)
            if claim["subject"] == truth["subject"]
            and (not values or any(isclose(a, b) for a in values for b in claim["value"]))
        ]
        about.update(here)
        found += bool(here)
        verdicts = {made[number]["verdict"] for number in here}
        if truth["verdict"] not in verdicts:
            note = f"published as {', '.join(sorted(verdicts))}" if verdicts else None
            faults.append(("miss", None, " · ".join(truth.values()), note))
    beyond = [
        ("beyond", None, f"{claim['subject']} · {claim['value']} · {claim['verdict']}", None)
        for number, claim in enumerate(made)
        if number not in about and claim["verdict"] in ("compatible", "conflicting")
    ]
    return Tally(
        gold.disagreements.height, found, gold.disagreements.height - len(faults), [*faults, *beyond]
    )
