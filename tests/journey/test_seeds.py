"""The seed articles from raw text to the marts, by the commands a person types."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from journey import Journey, Outcome, babelwire

from warehouse.contracts.frames import schema
from warehouse.store import open_store

OFFSETS = {
    "mart_segments": 'SELECT article_id, start, "end", text FROM mart_segments',
    "mart_mentions": 'SELECT article_id, start, "end", surface AS text FROM mart_mentions',
    "mart_alignments": 'SELECT article_id, start, "end", text FROM mart_alignments',
    "mart_quotes": 'SELECT article_id, start, "end", text FROM mart_quotes',
} | {
    mart: f"SELECT unnest(passage) FROM (SELECT unnest(evidence) AS passage FROM {mart})"
    for mart in ("mart_memberships", "mart_roles", "mart_claims", "mart_timeline")
}


@pytest.fixture(scope="module")
def evaluation(seeds: Journey) -> dict[str, Any]:
    return seeds.evaluation("--misses")


@pytest.fixture(scope="module")
def scores(evaluation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {score["kind"]: score for score in evaluation["scores"]}


@pytest.fixture(scope="module")
def second_run(seeds: Journey) -> tuple[Path, Outcome]:
    """What was published before a second run over the same home, and what that run said."""
    return (seeds.home / "marts.duckdb").readlink(), babelwire("run", "--home", seeds.home)


@pytest.fixture(scope="module")
def without_memory(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    home = tmp_path_factory.mktemp("without_memory")
    with pytest.MonkeyPatch.context() as patch:
        # Whoever runs the tests may have engines of their own installed.
        patch.setenv("BABELWIRE_ENGINES", "identity,google")
        return Journey(home, babelwire("run", "--no-memory", "--home", home))


def test_the_run_ends_well_and_publishes_all_five(seeds: Journey) -> None:
    assert seeds.run.code == 0, seeds.run.errors
    assert len(seeds.rows("FROM mart_articles")) == 5
    assert seeds.rows("FROM mart_quarantine") == []


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("entities", 0.92),
        ("links", 0.95),
        ("memberships", 0.90),
        ("roles", 0.85),
        ("quotes", 0.90),
        ("speakers", 0.90),
        ("not_quotes", 1.0),
        ("statements", 1.0),
        ("stories", 1.0),
        ("partition", 1.0),
        ("origins", 1.0),
        ("dates", 1.0),
        ("languages", 1.0),
        ("publication", 1.0),
        ("titles", 1.0),
        ("boilerplate", 1.0),
        ("claims", 1.0),
    ],
)
def test_what_is_published_is_true(
    scores: dict[str, dict[str, Any]], kind: str, least: float, evaluation: dict[str, Any]
) -> None:
    faults = [fault for fault in evaluation["misses"] if fault["kind"] == kind]
    assert scores[kind]["f1"] >= least, faults


def test_all_six_quantities_are_found(scores: dict[str, dict[str, Any]]) -> None:
    assert scores["quantities"]["right"] == scores["quantities"]["gold"] == 6


def test_a_translation_is_known_as_one_and_is_no_second_origin(seeds: Journey) -> None:
    pair = seeds.rows(
        "SELECT source_path, origin_article_id, copy_kind FROM mart_articles "
        "WHERE source_path[:3] IN ('000', '001') ORDER BY source_path"
    )
    assert len({article["origin_article_id"] for article in pair}) == 1
    assert [article["copy_kind"] for article in pair] == ["original", "translation"]


def test_the_size_of_the_alliance_rests_on_three_origins_that_agree(seeds: Journey) -> None:
    (size,) = seeds.rows(
        "SELECT verdict, differ_by, origins, accounts, tellings FROM mart_claims "
        "WHERE subject_name = 'AI Alliance' AND property = 'size'"
    )
    assert (size["verdict"], size["origins"]) == ("compatible", 3)
    accounts = [(one["relation"], one["value"], one["origins"]) for one in size["accounts"]]
    assert sorted(accounts) == [(">", 40, 1), (">", 50, 2)]
    assert size["differ_by"] == ["bound"]
    told = {(one["sentence"][:5], one["sentence_en"][:5]) for one in size["tellings"]}
    assert {("Mardi", "On Tu"), ("Secon", "As re")} <= told


def test_one_statement_in_three_articles_has_the_finest_speaker_and_keeps_whom_each_credits(
    seeds: Journey,
) -> None:
    quotes = seeds.rows(
        "SELECT source_path[:3] AS article, speaker_name, statement_id, "
        "(SELECT name FROM mart_entities WHERE entity_id = statement_speaker_entity_id) AS finest, "
        "q.origins FROM mart_quotes q JOIN mart_articles USING (article_id) "
        "WHERE text LIKE '%accedere ai benefici%' OR text LIKE '%access benefits%' "
        "OR text LIKE '%accéder à ses avantages%' ORDER BY article"
    )
    assert [(quote["article"], quote["speaker_name"]) for quote in quotes] == [
        ("000", "Meta"), ("001", "Meta"), ("002", "Nick Clegg"),
    ]  # fmt: skip
    assert len({quote["statement_id"] for quote in quotes}) == 1
    assert {(quote["finest"], quote["origins"]) for quote in quotes} == {("Nick Clegg", 2)}


def test_a_weekday_is_resolved_by_the_other_articles_of_its_story(seeds: Journey) -> None:
    (tuesday,) = seeds.rows(
        "SELECT date_from, date_to, inferred_from FROM mart_timeline "
        "WHERE list_any_value(evidence).text LIKE 'Mardi%'"
    )
    assert tuesday["date_from"] == tuesday["date_to"] == date(2023, 12, 5)
    assert "Mardi" in tuesday["inferred_from"]


def test_nobody_named_in_boilerplate_is_an_entity(seeds: Journey) -> None:
    strangers = ("Kaha Aden", "Treyarch", "WinZO", "ZO TV", "India")
    assert seeds.rows(f"SELECT name FROM mart_entities WHERE name IN {strangers}") == []


@pytest.mark.parametrize("mart", OFFSETS)
def test_every_span_is_exact(seeds: Journey, mart: str) -> None:
    articles = seeds.rows("SELECT article_id, body FROM mart_articles")
    bodies = {article["article_id"]: article["body"] for article in articles}
    spans = seeds.rows(OFFSETS[mart])
    assert spans
    assert [
        span
        for span in spans
        if bodies[span["article_id"]][span["start"] : span["end"]] != span["text"]
    ] == []


def test_the_run_reconciles_with_what_it_published(seeds: Journey) -> None:
    run, *_ = seeds.rows("FROM mart_runs ORDER BY published_at")
    (counted,) = seeds.rows(
        """
        SELECT
            (SELECT count(*) FROM mart_articles) AS articles,
            (SELECT count(*) FROM mart_articles) AS new_articles,
            (SELECT count(*) FROM mart_quarantine) AS quarantined_files,
            (SELECT count(*) FROM mart_segments) AS segments,
            (SELECT count(*) FROM mart_segments WHERE text_en IS NULL) AS segments_untranslated
        """
    )
    assert {name: run[name] for name in counted} == counted
    assert run["checks_passed"] > 0
    (articles,) = seeds.rows("SELECT sum(segments)::BIGINT AS segments FROM mart_articles")
    assert articles["segments"] == counted["segments"]


def test_a_second_run_publishes_nothing_new_and_says_so(
    seeds: Journey, second_run: tuple[Path, Outcome]
) -> None:
    before, run = second_run
    assert run.code == 0, run.errors
    assert f"nothing new; {before.parent.name} stays" in run.said
    assert (seeds.home / "marts.duckdb").readlink() == before
    assert len(seeds.rows("FROM mart_runs")) == 1


def test_without_memory_and_network_each_foreign_segment_says_why_it_has_no_english(
    without_memory: Journey,
) -> None:
    assert without_memory.run.code == 0, without_memory.run.errors
    segments = without_memory.rows(
        "SELECT language = 'en' AS is_english, origin, text_en IS NULL AS is_foreign, "
        "any_value(fallback_reason) AS why, count(fallback_reason) = count(*) AS all_say_why "
        "FROM mart_segments WHERE content GROUP BY ALL ORDER BY is_english"
    )
    foreign, english = segments
    assert (foreign["origin"], english["origin"]) == ("untranslated", "identity")
    assert foreign["is_foreign"]
    assert not english["is_foreign"]
    assert foreign["all_say_why"]
    assert "no answer from the network" in foreign["why"]


def test_without_memory_stories_origins_and_names_still_hold(without_memory: Journey) -> None:
    scores = {score["kind"]: score["f1"] for score in without_memory.evaluation()["scores"]}
    assert (scores["stories"], scores["partition"], scores["origins"]) == (1, 1, 1)
    assert scores["entities"] >= 0.92


def test_a_score_below_what_is_asked_for_is_an_exit_code(seeds: Journey, tmp_path: Path) -> None:
    gold = tmp_path / "gold.json"
    gold.write_text(
        '{"files": {"004": "004_fb5e552c1956437d.txt"}, "entities": [], "articles": {"004": '
        '{"language": "it", "published": null, "precision": null, "title": null, '
        '"boilerplate": []}}}'
    )
    outcome = babelwire("evaluate", gold, "--home", seeds.home, "--at-least", "0.5")
    assert outcome.code == 1
    assert "languages 0.00" in outcome.errors
    assert babelwire("evaluate", "--home", seeds.home, "--at-least", "0.85").code == 0


def test_what_cannot_be_evaluated_is_said_in_a_sentence(seeds: Journey, tmp_path: Path) -> None:
    elsewhere = tmp_path / "gold.json"
    elsewhere.write_text('{"files": {}, "articles": {}, "entities": []}')
    broken = tmp_path / "broken.json"
    broken.write_text('{"files": {}, "articles": {}, "entities": [], "qoutes": []}')
    for words, sentence in (
        ((elsewhere, "--home", seeds.home), "none of the articles of"),
        ((broken, "--home", seeds.home), f"{broken}: qoutes: unknown"),
        ((tmp_path / "none.json", "--home", seeds.home), "cannot be read"),
        (("--home", tmp_path), "nothing is published yet"),
        (("--home", seeds.home, "--format", "xml"), "no format xml"),
    ):
        outcome = babelwire("evaluate", *words)
        assert outcome.code == 2
        assert sentence in outcome.errors


def test_every_judgement_of_the_store_is_a_case_that_the_evaluation_replays(
    seeds: Journey, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(seeds.home, home, symlinks=True)
    assert seeds.evaluation()["scores"][-1]["gold"] == 0
    article = {
        one["source_path"][:3]: one["article_id"] for one in seeds.rows("FROM mart_articles")
    }
    told = [
        ("story", article["000"], article["001"], "same", None),
        ("story", article["000"], article["003"], "same", None),
        ("entity", "ibm", "meta", "different", None),
        ("entity", "ibm", "nasa", "same", "2026-11-25T00:00:00"),  # taken back
    ]
    rows = [
        (kind, left, right, judgement, "Ada", "2026-11-24T00:00:00", withdrawn, None)
        for kind, left, right, judgement, withdrawn in told
    ]
    with open_store(home / "store.duckdb") as store:
        store.load_seed(
            "seed_judgements", pl.DataFrame(rows, schema=schema("seed_judgements"), orient="row")
        )
    before = (home / "store.duckdb").read_bytes()
    evaluation = Journey(home, seeds.run).evaluation("--misses")
    *_, judged = evaluation["scores"]
    assert (judged["kind"], judged["gold"], judged["right"]) == ("judgements", 3, 2)
    (missed,) = [fault for fault in evaluation["misses"] if fault["kind"] == "judgements"]
    assert missed["item"] == f"story {article['000']} and {article['003']}: same"
    assert missed["note"] == "the machine finds different"
    assert (home / "store.duckdb").read_bytes() == before
    assert babelwire("evaluate", "--home", home, "--at-least", "0.9").code == 0


def test_without_a_store_the_published_marts_are_scored_all_the_same(
    seeds: Journey, tmp_path: Path
) -> None:
    shutil.copytree(seeds.home / "versions", tmp_path / "versions")
    shutil.copy(seeds.home / "marts.duckdb", tmp_path, follow_symlinks=False)
    outcome = babelwire("evaluate", "--home", tmp_path)
    assert outcome.code == 0
    assert "judgements are not replayed: there is no store" in outcome.errors
