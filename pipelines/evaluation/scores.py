"""The register of what is measured, and the measuring."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pipelines.evaluation import articles, facts, names, speech
from pipelines.evaluation.gold import Gold
from pipelines.evaluation.judgements import judgements
from pipelines.evaluation.published import Marts, Published, known_articles, seen
from pipelines.evaluation.tally import FAULT, Tally

_SCORES = {
    "kind": pl.String,
    "unit": pl.String,
    "gold": pl.Int64,
    "found": pl.Int64,
    "right": pl.Int64,
    "precision": pl.Float64,
    "recall": pl.Float64,
    "f1": pl.Float64,
}


@dataclass(frozen=True)
class Kind:
    """One thing that is measured, and what counts as one of it."""

    name: str
    unit: str
    tally: Callable[[Gold, Published], Tally]


KINDS = (
    Kind("entities", "article × surface × type", names.entities),
    Kind("links", "pair of surfaces of one entity", names.links),
    Kind("memberships", "group × member × status", facts.memberships),
    Kind("roles", "person × role × organisation × status", facts.roles),
    Kind("quotes", "article × text", speech.quotes),
    Kind("speakers", "quote found", speech.speakers),
    Kind("not_quotes", "text nobody said", speech.not_quotes),
    Kind("statements", "statement in several articles", speech.statements),
    Kind("quantities", "article × subject × relation × value", facts.quantities),
    Kind("claims", "disagreement × verdict", facts.claims),
    Kind("stories", "pair of articles of one story", articles.stories),
    Kind("partition", "story, exactly its articles", articles.partition),
    Kind("origins", "pair of articles of one origin", articles.origins),
    Kind("dates", "inferred day of an article", articles.dates),
    Kind("languages", "article", articles.languages),
    Kind("publication", "article × date × precision", articles.publication),
    Kind("titles", "article", articles.titles),
    Kind("boilerplate", "article that has some", articles.boilerplate),
)
#: What reviewers decided is asked beside the gold: of the machine, where it is not told.
JUDGEMENTS = "judgements"


@dataclass(frozen=True)
class Evaluation:
    """How the published marts compare with the gold."""

    #: kind, unit, gold, found, right, precision, recall, f1: a row a kind
    scores: pl.DataFrame
    #: kind, problem, article, item, note: a row for each miss, extra, or item beyond the gold
    faults: pl.DataFrame
    #: Files of the gold that are not published; all that is true of them is missed.
    absent: tuple[str, ...]


def evaluate(gold: Gold, marts: Marts, cases: pl.DataFrame | None = None) -> Evaluation:
    """Score the marts, kind by kind; ``cases`` are judgements that were replayed."""
    published = seen(gold, marts)
    tallies = [(kind.name, kind.unit, kind.tally(gold, published)) for kind in KINDS]
    if cases is not None:
        tallies.append((JUDGEMENTS, "judgement found by the machine alone", judgements(cases)))
    scores = [
        (kind, unit, one.gold, one.found, one.right, one.precision, one.recall, one.f1)
        for kind, unit, one in tallies
    ]
    faults = [(kind, *fault) for kind, _, one in tallies for fault in one.faults]
    absent = gold.articles.join(known_articles(gold, marts.articles), on="article", how="anti")
    return Evaluation(
        pl.DataFrame(scores, schema=_SCORES, orient="row"),
        pl.DataFrame(faults, schema={"kind": pl.String, **FAULT}, orient="row"),
        tuple(absent["file"].sort()),
    )


def below(evaluation: Evaluation, least: float) -> pl.DataFrame:
    """Return the scores whose F1 is lower; what there was nothing to judge of is not.

    Nor are judgements: reviewers decide where the machine is wrong, and what is published follows
    them.
    """
    return evaluation.scores.filter(pl.col("f1") < least, pl.col("kind") != JUDGEMENTS)
