"""Twelve invented articles in three languages: what the rules found once, they still find."""

from pathlib import Path

import pytest
from journey import Journey, babelwire

GOLD = Path(__file__).parents[1] / "gold"


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    home = tmp_path_factory.mktemp("invented")
    articles = GOLD / "invented_articles"
    return Journey(home, babelwire("run", "--articles", articles, "--home", home))


# A little under what was measured when the set was taken in (docs/quality.md).
@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("entities", 0.94),
        ("links", 0.95),
        ("memberships", 0.94),
        ("roles", 0.80),
        ("quotes", 0.96),
        ("speakers", 0.96),
        ("origins", 1.0),
        ("claims", 1.0),
        ("languages", 1.0),
    ],
)
def test_what_was_found_is_still_found(invented: Journey, kind: str, least: float) -> None:
    scores = invented.evaluation(str(GOLD / "invented_articles.json"))["scores"]
    assert next(score["f1"] for score in scores if score["kind"] == kind) >= least


def test_without_translations_segments_say_why(invented: Journey) -> None:
    untold = invented.rows(
        "SELECT DISTINCT fallback_reason FROM mart_segments WHERE origin = 'untranslated'"
    )
    assert untold and all(reason["fallback_reason"] for reason in untold)
