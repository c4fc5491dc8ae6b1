from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from pipelines.evaluation.judgements import replayed
from pipelines.reference.judgements import judge, read_judgements, take_back

NOON = datetime(2026, 11, 25, 12)


def judgements(*told: tuple[str, str, str, str]) -> pl.DataFrame:
    rows = read_judgements(Path("/there/is/none"))
    for at, (kind, left, right, judgement) in enumerate(told):
        rows = judge(rows, kind, left, right, judgement, "Ada", NOON + timedelta(hours=at))
    return rows


def test_every_standing_judgement_is_a_case() -> None:
    made = replayed(
        judgements(
            ("entity", "a", "b", "same"),
            ("entity", "a", "c", "different"),
            ("entity", "a", "d", "unsure"),
            ("story", "x", "y", "same"),
        ),
        {"entity": {"b": "a", "d": "a"}, "story": {"x": "one", "y": "two"}},
    )
    assert made.select("left", "right", "found", "right_so").rows() == [
        ("a", "b", "same", True),
        ("a", "c", "different", True),
        ("a", "d", "same", False),
        ("x", "y", "different", False),
    ]


def test_what_was_taken_back_is_no_case_and_the_last_judgement_counts() -> None:
    rows = judgements(("entity", "a", "b", "same"), ("entity", "a", "b", "different"))
    assert replayed(rows, {})["judgement"].to_list() == ["different"]
    rows, _ = take_back(rows, "entity", "a", "b", NOON)
    assert replayed(rows, {}).is_empty()
