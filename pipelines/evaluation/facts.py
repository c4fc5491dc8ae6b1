"""Facts: memberships, roles, quantities and what accounts make of each other.

An annotator lists all memberships and roles, but of quantities and disagreements those that matter:
of these two only what touches the gold is judged, and what is beyond it is shown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose

import polars as pl
from rapidfuzz import fuzz, utils

from pipelines.evaluation.gold import Gold
from pipelines.evaluation.published import Published
from pipelines.evaluation.tally import Fault, Tally, one_to_one, same_units

#: Token set ratio from which two wordings are one role: "president" and "the president" are.
_ONE_ROLE = 80
#: Initials and their words have no token in common.
_INITIALS = {
    "ceo": "chief executive officer",
    "cfo": "chief financial officer",
    "coo": "chief operating officer",
    "cto": "chief technology officer",
}


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
    """Article × subject × relation × value, where a passage overlaps the gold's.

    Found is a gold quantity whose passage some claim rests on: precision is the share of these that
    are right, and recall is what counts. Passages that touch none of the gold are beyond it.
    """
    bodies = dict(published.articles.select("article", "body").iter_rows())
    passages = _passages(published)
    found, touched, faults = 0, set(), []
    for truth in gold.quantities.iter_rows(named=True):
        article, text = truth["article"], truth["text"]
        spans = list(_spans(text, bodies.get(article, "")))
        here = [
            one
            for one in passages
            if one.article == article
            and any(one.start < end and start < one.end for start, end in spans)
        ]
        touched.update(here)
        found += bool(here)
        # The marts do not say which account a passage is of: any account of its claim will do.
        if not any(
            one.subject == truth["subject"] and one.says(truth["relation"], truth["value"])
            for one in here
        ):
            item = f"“{text}” · {truth['subject']} {truth['relation']} {truth['value']:.15g}"
            others = "; ".join(sorted({one.account for one in here}))
            faults.append(("miss", article, item, f"published: {others}" if others else None))
    right = gold.quantities.height - len(faults)
    beyond = [
        ("beyond", one.article, f"“{one.text}” · {one.account}", None)
        for one in passages
        if one not in touched
    ]
    return Tally(gold.quantities.height, found, right, [*faults, *beyond])


@dataclass(frozen=True)
class _Passage:
    """A passage that a claim rests on."""

    article: str
    start: int
    end: int
    text: str
    subject: str
    accounts: tuple[tuple[str, float], ...]

    def says(self, relation: str, value: float) -> bool:
        """Say whether one of the claim's accounts is this."""
        return any(one == relation and isclose(figure, value) for one, figure in self.accounts)

    @property
    def account(self) -> str:
        """The claim in short."""
        figures = " or ".join(f"{relation} {value:.15g}" for relation, value in self.accounts)
        return f"{self.subject} {figures}"


def _passages(published: Published) -> list[_Passage]:
    accounts: dict[str, list[tuple[str, float]]] = {}
    for claim, relation, value in published.accounts.iter_rows():
        accounts.setdefault(claim, []).append((relation, value))
    rows = (
        published.passages.join(published.claims, on="claim")
        .sort("article", "start", "claim")
        .select("article", "start", "end", "text", "subject", "claim")
    )
    return [
        _Passage(article, start, end, text, subject, tuple(accounts[claim]))
        for article, start, end, text, subject, claim in rows.iter_rows()
    ]


def _spans(text: str, body: str) -> Iterator[tuple[int, int]]:
    """Yield where a text that is as compared stands in a body that is as published."""
    words = (re.escape(word).replace("'", "['’ʼ`]") for word in text.split())
    return (match.span() for match in re.finditer(r"\s+".join(words), body))


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
    right = gold.disagreements.height - len(faults)
    return Tally(gold.disagreements.height, found, right, [*faults, *beyond])
