"""A small truth, and marts that tell it exactly: a test changes one thing and sees the cost."""

import json
from copy import deepcopy
from datetime import date, datetime
from typing import Any

import polars as pl

from pipelines.evaluation.gold import Gold, parsed_gold
from pipelines.evaluation.published import Marts
from pipelines.evaluation.scores import Evaluation, evaluate

Rows = list[dict[str, Any]]

TRUTH: dict[str, Any] = {
    "about": "Two accounts of one harbour league, the second translated from the first.",
    "files": {"a": "a.txt", "b": "b.txt", "c": "c.txt"},
    "articles": {
        "a": {
            "language": "en",
            "published": "2024-03",
            "precision": "month",
            "title": "Harbours unite",
            "boilerplate": ["from “Read also” to the end"],
        },
        "b": {
            "language": "fr",
            "published": None,
            "precision": None,
            "title": None,
            "boilerplate": [],
            "inferred_event_date": "2024-03-12",
        },
        "c": {
            "language": "en",
            "published": None,
            "precision": None,
            "title": None,
            "boilerplate": [],
        },
    },
    "entities": [
        {
            "name": "Harbour League",
            "type": "ORG",
            "surfaces": {"a": ["Harbour League", "League"], "b": ["Ligue d’Azur"]},
        },
        {"name": "Oslo", "type": "GPE", "surfaces": {"a": ["Oslo"], "b": ["Oslo"]}},
        {"name": "Ada Krog", "type": "PERSON", "surfaces": {"a": ["Ada Krog"]}},
        {"name": "Comet", "type": "PRODUCT", "surfaces": {"c": ["Comet"]}},
    ],
    "memberships": [
        {"group": "Harbour League", "member": "Oslo", "status": "founder", "articles": ["a"]}
    ],
    "roles": [
        {
            "person": "Ada Krog",
            "role": "CEO",
            "organization": "Harbour League",
            "article": article,
            "status": "current",
        }
        for article in ("a", "b")
    ],
    "quotes": [
        {"article": "a", "speaker": "Ada Krog", "text": "the sea is rising faster than our walls"},
        {"article": "b", "speaker": "Ada Krog", "text": "la mer monte plus vite que nos murs"},
    ],
    "not_quotes": [{"article": "a", "text": "smart quay", "why": "a term"}],
    "quantities": [
        {
            "article": article,
            "text": text,
            "subject": "Harbour League",
            "property": "size",
            "unit": "organizations",
            "relation": ">",
            "value": value,
        }
        for article, text, value in (("a", "more than 20 ports", 20), ("b", "plus de 25 ports", 25))
    ],
    "stories": [
        {"story": "the league", "articles": ["a", "b"]},
        {"story": "the comet", "articles": ["c"]},
    ],
    "translations_of_each_other": [["a", "b"]],
    "disagreements": [
        {
            "subject": "Harbour League",
            "property": "size",
            "values": ["> 20", "> 25"],
            "verdict": "different lower bounds, not a logical conflict",
        }
    ],
    "evidence_of_same_statement": [{"what": "the sea is rising", "articles": ["a", "b"]}],
}

BODIES = {
    "a": "Harbours unite\nOslo joined. It has more than 20 ports. Read also: Mars",
    "b": "La ligue compte plus  de 25 ports.",
    "c": "Comet.",
}


def truth(**changes: Any) -> Gold:
    """The small truth, with whole sections replaced."""
    return parsed_gold(json.dumps({**deepcopy(TRUTH), **changes}))


def told(**changes: Rows) -> Marts:
    """Marts that tell the truth, with whole marts replaced by the rows given."""
    rows = {**exact_rows(), **changes}
    return Marts(**{mart: _frame(rows[mart], exact_rows()[mart]) for mart in rows})


def evaluated(**changes: Rows) -> Evaluation:
    """How marts with these rows score against the small truth."""
    return evaluate(truth(), told(**changes))


def score(evaluation: Evaluation, kind: str) -> tuple[int, int, int]:
    """Gold, found and right of a kind."""
    (row,) = evaluation.scores.filter(pl.col("kind") == kind).to_dicts()
    return row["gold"], row["found"], row["right"]


def faults(evaluation: Evaluation, kind: str) -> list[tuple[Any, ...]]:
    """Problem, article, item and note of a kind's faults."""
    return evaluation.faults.filter(pl.col("kind") == kind).drop("kind").rows()


def changed(mart: str, number: int, **columns: Any) -> dict[str, Rows]:
    """Rows of a mart with one of them changed."""
    rows = exact_rows()[mart]
    rows[number] |= columns
    return {mart: rows}


def added(mart: str, **columns: Any) -> dict[str, Rows]:
    """Rows of a mart with one more: a copy of the first, changed."""
    rows = exact_rows()[mart]
    return {mart: [*rows, {**rows[0], **columns}]}


def evidence(article: str, text: str = "") -> Rows:
    start = BODIES[article].find(text)
    span = {"start": start, "end": start + len(text)}
    return [{"article_id": f"art_{article}", **span, "text": text}]


def exact_rows() -> dict[str, Rows]:
    """Rows of marts that tell exactly the truth."""
    league = {"group_entity_id": "ent_1", "group_name": "The League"}
    return {
        "articles": [
            _article("a", "en", "Harbours unite", datetime(2024, 3, 1), "month"),
            _article("b", "fr", None, datetime(2024, 3, 12), "unknown", origin="art_a"),
            _article("c", "en", None, None, "unknown", story="story_2"),
        ],
        "segments": [{"article_id": "art_a", "kind": "boilerplate", "start": 52, "end": 66}],
        "mentions": [
            _mention("a", "Harbour League", "ORG", "ent_1"),
            _mention("a", "League", "ORG", "ent_1"),
            _mention("a", "League", "ORG", "ent_1"),
            _mention("a", "Oslo", "GPE", "ent_2"),
            _mention("a", "Ada Krog", "PERSON", "ent_3"),
            _mention("b", "Ligue d'Azur", "ORG", "ent_1"),
            _mention("b", "Oslo", "GPE", "ent_2"),
            _mention("c", "Comet", "PRODUCT", "ent_4"),
        ],
        "memberships": [
            {
                **league,
                "member_entity_id": "ent_2",
                "member_name": "Oslo",
                "status": "founder",
                "evidence": evidence("a"),
            }
        ],
        "roles": [
            {
                "person_entity_id": "ent_3",
                "person_name": "Ada Krog",
                "role": "chief executive",
                "role_en": None,
                "organization_entity_id": "ent_1",
                "organization_name": "The League",
                "status": "current",
                "evidence": evidence("a"),
            }
        ],
        "quotes": [
            _quote("a", "sea is rising faster than our walls"),
            _quote("b", "la mer monte plus vite que nos murs"),
        ],
        "claims": [
            {
                "claim_id": "claim_1",
                "subject_entity_id": "ent_1",
                "subject_name": "The League",
                "accounts": [{"relation": ">", "value": 20.0}, {"relation": ">", "value": 25.0}],
                "verdict": "compatible",
                "evidence": evidence("a", "20 ports") + evidence("b", "25 ports"),
            }
        ],
        "timeline": [
            {
                "date_from": date(2024, 3, 12),
                "date_to": date(2024, 3, 12),
                "inferred_from": "“mardi” counted from",
                "evidence": evidence("b"),
            }
        ],
    }


def _article(
    name: str,
    language: str,
    title: str | None,
    published: datetime | None,
    precision: str,
    *,
    story: str = "story_1",
    origin: str | None = None,
) -> dict[str, Any]:
    return {
        "article_id": f"art_{name}",
        "source_path": f"today/{name}.txt",
        "first_seen_at": datetime(2024, 4, 1),
        "body": BODIES[name],
        "language": language,
        "title": title,
        "published_from": published,
        "published_precision": precision,
        "story_id": story,
        "origin_article_id": origin or f"art_{name}",
    }


def _mention(article: str, surface: str, kind: str, entity: str, start: int = 15) -> dict[str, Any]:
    return {
        "article_id": f"art_{article}",
        "surface": surface,
        "type": kind,
        "entity_id": entity,
        "start": start,
    }


def _quote(article: str, text: str) -> dict[str, Any]:
    return {
        "kind": "direct",
        "article_id": f"art_{article}",
        "text": text,
        "start": 0,
        "speaker_entity_id": "ent_3",
        "speaker_name": "A. Krog",
        "statement_id": "stm_1",
    }


def _frame(rows: Rows, exact: Rows) -> pl.DataFrame:
    schema = pl.DataFrame(exact, infer_schema_length=None).schema
    strings = {name: pl.String if kind == pl.Null else kind for name, kind in schema.items()}
    return pl.DataFrame(rows, schema=strings)
