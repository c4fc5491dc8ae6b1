from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from alliance import ROME_BODY, tell_of_the_alliance
from conftest import Rows, rows, told_marts
from newsroom import SEEN, Newsroom, Told, digest

from warehouse import contracts
from warehouse.marts import making


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with told_marts(tmp_path_factory.mktemp("alliance"), tell_of_the_alliance) as connection:
        yield connection


def one(marts: duckdb.DuckDBPyConnection, sql: str) -> dict[str, object]:
    found: Rows = rows(marts, sql)
    assert len(found) == 1, found
    return found[0]


def test_every_mart_but_the_runs_has_its_file_and_says_its_grain() -> None:
    files = sorted(Path(making.__file__).parent.glob("*.sql"))
    assert [file.stem for file in files] == sorted(table.name for table in making.MARTS)
    assert all(file.read_text("utf-8").startswith("-- Grain: ") for file in files)


def test_columns_carry_their_meaning(marts: duckdb.DuckDBPyConnection) -> None:
    comments = dict(
        marts.sql(
            "SELECT column_name, comment FROM duckdb_columns() "
            "WHERE table_name = 'mart_claims' AND database_name = 'marts'"
        ).fetchall()
    )
    claims = contracts.table("mart_claims")
    assert comments == {column.name: column.meaning for column in claims.columns}


def test_a_translation_counts_once_as_origin(marts: duckdb.DuckDBPyConnection) -> None:
    story = one(marts, "FROM mart_stories WHERE story_id = 'story_alliance'")
    assert (story["articles"], story["origins"]) == (3, 2)
    assert (story["languages"], story["outlets"]) == (["en", "fr", "it"], ["Corriere", "Le Soir"])
    assert story["top_entities"] == ["AI Alliance", "IBM"]
    member = one(marts, "FROM mart_memberships")
    assert (member["group_name"], member["member_name"]) == ("AI Alliance", "IBM")
    assert (member["articles"], member["origins"]) == (3, 2)
    assert [item["article_id"] for item in member["evidence"]] == ["london", "paris", "rome"]


def test_the_english_body_keeps_what_lies_between_segments(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    rome = one(marts, "FROM mart_articles WHERE article_id = 'rome'")
    assert rome["body"] == ROME_BODY
    assert rome["body_en"] == (
        "The AI Alliance is born\n\nOver 40 companies joined.  IBM speaks of “a pivotal "
        "moment”. Il 5 dicembre 2023 è nato il gruppo.\nLeggi anche: nonne\n"
    )
    assert rome["title_en"] == "The AI Alliance is born"
    assert (rome["segments"], rome["segments_translated"]) == (5, 3)
    assert (rome["language"], rome["language_confidence"]) == ("it", pytest.approx(0.9))


def test_engines_are_those_that_translated(marts: duckdb.DuckDBPyConnection) -> None:
    engines = dict(
        marts.sql("SELECT article_id, translation_engines FROM mart_articles").fetchall()
    )
    assert engines == {
        "rome": ["tinymt"], "atom": ["tinymt"], "london": [], "paris": ["memory", "opus"],
    }


def test_english_is_left_untouched(marts: duckdb.DuckDBPyConnection) -> None:
    london = one(marts, "FROM mart_articles WHERE article_id = 'london'")
    assert london["body_en"] == london["body"]
    assert (london["copy_kind"], london["origin_article_id"]) == ("translation", "rome")


def test_untranslated_segments_say_why(marts: duckdb.DuckDBPyConnection) -> None:
    segment = one(marts, "FROM mart_segments WHERE text LIKE 'Il 5 dicembre%'")
    assert segment["text_en"] is None
    assert segment["fallback_reason"] == "no engine reads this"


def test_an_undated_article_of_a_past_tuesday_is_of_that_week(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    paris = one(marts, "FROM mart_articles WHERE article_id = 'paris'")
    assert paris["published_from"] == datetime(2023, 12, 5)
    assert paris["published_to"] == datetime(2023, 12, 11)
    assert paris["published_precision"] == "unknown"
    assert paris["published_inferred_from"] == "the last Tuesday told in rome"
    rome = one(marts, "FROM mart_articles WHERE article_id = 'rome'")
    assert rome["published_inferred_from"] is None


def test_several_relative_days_must_hold_at_once(tmp_path: Path) -> None:
    def tell(news: Newsroom) -> None:
        for article, text in (
            ("both", "martedì e ieri"), ("never", "lunedì e oggi"), ("day", "ieri")
        ):
            news.article(article, [Told(text)])
        tuesday, monday = date(2023, 12, 5), date(2023, 12, 4)
        seventh = date(2023, 12, 7)
        for article, text, day, offset in (
            ("both", "martedì", tuesday, "weekday:2"),
            ("both", "ieri", seventh, "day:-1"),
            ("never", "lunedì", monday, "weekday:1"),
            ("never", "oggi", date(2023, 12, 20), "day:0"),
            ("day", "ieri", seventh, "day:-1"),
        ):
            news.happening(
                article, text, (day, day), offset=offset, inferred_from=f"{text} in the story"
            )

    with told_marts(tmp_path, tell) as marts:
        found = marts.sql(
            "SELECT article_id, published_from, published_to, published_inferred_from "
            "FROM mart_articles ORDER BY article_id"
        ).fetchall()
    eighth = datetime(2023, 12, 8)
    assert found == [
        ("both", eighth, eighth, "martedì in the story"),
        ("day", eighth, eighth, "ieri in the story"),
        ("never", None, None, None),
    ]


def test_the_language_of_an_article_is_that_of_most_of_its_words(tmp_path: Path) -> None:
    def tell(news: Newsroom) -> None:
        news.article(
            "mixed",
            [
                Told("AMD, Dell, IBM, Intel, Meta, NASA, Oracle", language="und"),
                Told("Una frase italiana.", "x"),
                Told("Eine deutsche Zeile", "x", language="de"),
                Told("Read also: a very long English tail", language="en", kind="boilerplate"),
            ],
        )
        news.article("only", [Told("AMD", language="und")])

    with told_marts(tmp_path, tell) as marts:
        languages = marts.sql("SELECT article_id, language FROM mart_articles").fetchall()
    assert dict(languages) == {"mixed": "de", "only": "und"}


def test_a_reviewed_translation_of_one_kind_of_segment_holds_for_that_kind_only(
    tmp_path: Path,
) -> None:
    def tell(news: Newsroom) -> None:
        def remembered(text: str, translated: str, **other: object) -> None:
            told = {"language": "it", "target": "en", "context": "title", "reviewed": True}
            news.put(
                "seed_memory", text_hash=digest(text), text=text, translated=translated,
                file="reviewed.tmx", **(told | other),
            )  # fmt: skip

        both = [Told("Economia", "Economy", kind=kind) for kind in ("title", "sentence")]
        news.article("home", both)
        news.article("sport", [Told("Calcio", kind="title"), Told("Tennis", "x", kind="title")])
        news.article("english", [Told("Sport", language="en", kind="title")])
        remembered("Economia", "Business")
        remembered("Calcio", "Football", reviewed=False)
        remembered("Tennis", "Tennis", target="fr")
        remembered("Sport", "Sports", language="en")

    with told_marts(tmp_path, tell) as marts:
        found = rows(
            marts,
            "SELECT text, kind, text_en, engine, origin, quality, fallback_reason "
            "FROM mart_segments ORDER BY text, kind",
        )
    assert [tuple(row.values()) for row in found] == [
        ("Calcio", "title", "Football", "memory", "memory", 0.5, None),
        ("Economia", "sentence", "Economy", "tinymt", "machine", 1.0, None),
        ("Economia", "title", "Business", "memory", "memory", 1.0, None),
        ("Sport", "title", "Sport", "identity", "identity", 1.0, None),
        ("Tennis", "title", "x", "tinymt", "machine", 1.0, None),
    ]


def test_a_statement_is_one_in_two_languages(marts: duckdb.DuckDBPyConnection) -> None:
    quotes = rows(marts, "FROM mart_quotes ORDER BY article_id")
    assert [(quote["article_id"], quote["text"]) for quote in quotes] == [
        ("london", "a pivotal moment"), ("rome", "un momento fondamentale"),
    ]
    assert {quote["statement_id"] for quote in quotes} == {"moment"}
    assert {quote["origins"] for quote in quotes} == {1}
    assert [quote["speaker_name"] for quote in quotes] == [None, "IBM"]


def test_copies_of_a_sentence_are_one_happening(marts: duckdb.DuckDBPyConnection) -> None:
    timeline = rows(marts, "FROM mart_timeline ORDER BY len(evidence)")
    assert [[item["article_id"] for item in row["evidence"]] for row in timeline] == [
        ["paris"], ["london", "rome"],
    ]
    paris, rome = timeline
    assert paris["text_en"] == "On Tuesday, IBM announced an alliance of over 50 members."
    assert paris["entities"] == ["AI Alliance", "IBM"]
    # Rome's sentence has no English of its own, its translation has.
    assert rome["text_en"] == "The group was born on December 5, 2023."
    assert rome["evidence"][1]["text"] == "Il 5 dicembre 2023 è nato il gruppo."


def test_wordings_of_one_role_are_one_role(marts: duckdb.DuckDBPyConnection) -> None:
    role = one(marts, "FROM mart_roles")
    assert (role["person_name"], role["role_en"]) == ("Nathan Lambert", "leader")
    assert role["role"] == "capo"  # used as often as "leader", and shorter
    assert [item["text"] for item in role["evidence"]] == ["leader", "capo"]


def test_pairs_are_those_of_one_segment(marts: duckdb.DuckDBPyConnection) -> None:
    pair = one(marts, "FROM mart_cooccurrences WHERE entity_b_id = 'ibm'")
    assert pair["entity_a_name"] == "AI Alliance"
    assert (pair["articles"], pair["origins"], pair["stories"]) == (2, 2, 1)


def test_articles_without_outlet_have_their_row(marts: duckdb.DuckDBPyConnection) -> None:
    outlets = rows(marts, "FROM mart_outlets ORDER BY outlet NULLS LAST")
    assert [
        (row["outlet"], row["articles"], row["originals"], row["copies"]) for row in outlets
    ] == [("Corriere", 1, 1, 0), ("Le Soir", 1, 1, 0), (None, 2, 1, 1)]


def test_a_mended_file_leaves_quarantine(tmp_path: Path) -> None:
    def tell(news: Newsroom) -> None:
        tell_of_the_alliance(news)
        landed = {
            "root": "/in", "sha256": "", "size": 3, "modified_ns": 1, "landed_at": SEEN,
            "media_type": "text/plain", "status": "quarantined", "reason": "not text; mend it",
            "articles": 0, "rejects": 0,
        }
        news.put("raw_files", file_id="file_bad", path="bad.txt", **landed)
        news.put("raw_files", file_id="file_old", path="mended.txt", **landed)
        mended = {**landed, "landed_at": datetime(2026, 11, 23), "status": "read", "reason": None}
        news.put("raw_files", file_id="file_new", path="mended.txt", **mended)

    with told_marts(tmp_path, tell) as marts:
        assert [row["source_path"] for row in rows(marts, "FROM mart_quarantine")] == ["bad.txt"]


Account = tuple[str, str, float, float | None]

#: What origins say, and the verdict over them. A name after a dot is a copy of that origin.
VERDICTS: dict[str, tuple[str, list[Account]]] = {
    "one origin": ("single", [("a", "=", 40, None)]),
    "one origin, its copy corrected": (
        "single", [("a", "=", 40, None), ("a.1", "=", 60, None)],
    ),
    "two say the same": ("agreed", [("a", "=", 40, None), ("b", "=", 40, None)]),
    "two give the same range": ("agreed", [("a", "range", 40, 50), ("b", "range", 40, 50)]),
    "more than 40, more than 50": ("compatible", [("a", ">", 40, None), ("b", ">", 50, None)]),
    "over 40 is not 40": ("conflicting", [("a", ">", 40, None), ("b", "=", 40, None)]),
    "at least 40 may be 40": ("compatible", [("a", ">=", 40, None), ("b", "=", 40, None)]),
    "over 40, under 41": ("compatible", [("a", ">", 40, None), ("b", "<", 41, None)]),
    "over 40, under 40": ("conflicting", [("a", ">", 40, None), ("b", "<", 40, None)]),
    "in the range": ("compatible", [("a", "range", 40, 50), ("b", "=", 45, None)]),
    "a little out of the range": ("compatible", [("a", "range", 40, 50), ("b", "=", 51, None)]),
    "far out of the range": ("conflicting", [("a", "range", 40, 50), ("b", "=", 80, None)]),
    "about 50 may be 45": ("compatible", [("a", "~", 50, None), ("b", "=", 45, None)]),
    "about 50 may be 34": ("compatible", [("a", "~", 50, None), ("b", "=", 34, None)]),
    "about 50 is not 33": ("conflicting", [("a", "~", 50, None), ("b", "=", 33, None)]),
    "about 50, about 100": ("compatible", [("a", "~", 50, None), ("b", "~", 100, None)]),
    "about -50 may be -52": ("compatible", [("a", "~", -50, None), ("b", "=", -52, None)]),
    "two figures": ("conflicting", [("a", "=", 40, None), ("b", "=", 50, None)]),
    "each pair meets, all three never": (
        "conflicting",
        [("a", "range", 1, 5), ("b", "range", 4, 9), ("c", "<", 2, None), ("c", ">", 0, None)],
    ),
    "one contradicts itself but not the other": (
        "compatible", [("a", "=", 40, None), ("a.1", "=", 50, None), ("b", "=", 50, None)],
    ),
    "one contradicts itself and the other": (
        "conflicting", [("a", "=", 40, None), ("a.1", "=", 50, None), ("b", "=", 45, None)],
    ),
}


def test_verdicts_compare_independent_origins(tmp_path: Path) -> None:
    def tell(news: Newsroom) -> None:
        for number, (_, accounts) in enumerate(VERDICTS.values()):
            group = f"Group {number}"
            for serial, (teller, relation, value, value_to) in enumerate(accounts):
                origin = teller.partition(".")[0]
                article = f"{number}{teller}{serial}"
                original = next(
                    f"{number}{origin}{earlier}"
                    for earlier, account in enumerate(accounts)
                    if account[0] == origin
                )
                is_original = article == original
                news.article(
                    article,
                    [Told(f"{group} ne ha tanti.", "…")],
                    origin=original,
                    copy_kind="original" if is_original else "copy",
                )
                subject = news.mention(article, group)
                news.quantity(article, "tanti", subject, relation, value, value_to=value_to)

    with told_marts(tmp_path, tell) as marts:
        found = dict(marts.sql("SELECT subject_name, verdict FROM mart_claims").fetchall())
    assert {
        case: found[f"Group {number}"] for number, case in enumerate(VERDICTS)
    } == {case: verdict for case, (verdict, _) in VERDICTS.items()}


def test_accounts_say_who_stands_behind_each_figure(marts: duckdb.DuckDBPyConnection) -> None:
    claim = one(marts, "FROM mart_claims")
    assert (claim["verdict"], claim["origins"]) == ("compatible", 2)
    assert claim["accounts"] == [
        {"relation": ">", "value": 40.0, "origins": 1, "articles": 2},
        {"relation": ">", "value": 50.0, "origins": 1, "articles": 1},
    ]
    assert [item["text"] for item in claim["evidence"]] == [
        "More than 40", "plus de 50", "Oltre 40",
    ]


def test_a_store_without_articles_makes_empty_marts(tmp_path: Path) -> None:
    with told_marts(tmp_path, lambda news: None) as marts:
        assert all(
            marts.sql(f"SELECT count(*) FROM {table.name}").fetchall() == [(0,)]
            for table in making.MARTS
        )
