from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from newsroom import SEEN, digest

from warehouse import contracts
from warehouse.contracts.frames import schema
from warehouse.store import Batch, Store, StoreLockedError, open_store

CUES = pl.DataFrame(
    [("it", "abbreviation", "sig.", None), ("it", "hedge", "circa", "~")],
    schema=["language", "kind", "cue", "value"],
    orient="row",
)

#: An article as it is compared: its id and its words.
FEATURE = "INSERT INTO core_story_features VALUES ($1, 'it', NULL, NULL, $2, [1.0], 1, '', '')"


def in_twos(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a table be made two units a batch."""
    table = contracts.table(name)
    assert table.derivation is not None
    small = replace(table, derivation=replace(table.derivation, batch=2))
    monkeypatch.setitem(contracts._BY_NAME, name, small)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two articles a batch, so that five articles are three batches."""
    for name in ("core_articles", "core_segments", "core_languages"):
        in_twos(name, monkeypatch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.duckdb"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path) as opened:
        opened.load_seed("seed_cue_words", CUES)
        land(opened, "abcde")
        yield opened


def land(store: Store, names: str, status: str = "read", modified_ns: int = 1) -> int:
    """Land one file with one article for each letter, that declares nothing of itself."""
    files = pl.DataFrame(
        [
            {
                "file_id": f"file_{name}", "root": "/in", "path": f"{name}.txt", "sha256": name,
                "size": 1, "modified_ns": modified_ns, "media_type": "text/plain",
                "landed_at": SEEN, "status": status, "reason": None, "reader": "1",
                "articles": int(status == "read"), "rejects": 0,
            }
            for name in names
        ],
        schema_overrides={"reason": pl.String},
    )  # fmt: skip
    articles = pl.DataFrame(
        [
            {
                "article_id": name, "file_id": f"file_{name}", "source_path": f"{name}.txt",
                "first_seen_at": SEEN, "ordinal": 0, "place": None, "encoding": "utf-8",
                "text": f"{name}.", "body_start": 0, "body_end": 2, "declared": [], "marked": [],
            }
            for name in (names if status == "read" else "")
        ],
        schema=schema("raw_articles"),
    )  # fmt: skip
    landed = store.land(files, pl.DataFrame(schema=schema("raw_rejects")), articles)
    for batch in store.pending("core_metadata"):
        store.put(batch, pl.DataFrame(schema=schema("core_metadata")))
    return landed


def as_in(table: str, told: pl.DataFrame) -> pl.DataFrame:
    """What is told of rows, and nothing in the other columns of their table."""
    return pl.concat([pl.DataFrame(schema=schema(table)), told], how="diagonal")


def articles_of(batch: Batch) -> pl.DataFrame:
    articles = batch.frames["raw_articles"].select(
        "article_id",
        source_path="file_id",
        first_seen_at=pl.lit(SEEN),
        body="text",
        body_hash="text",
        repairs=pl.lit([]),
        marked="marked",
        published_precision=pl.lit("unknown"),
    )
    return as_in("core_articles", articles.cast({"repairs": schema("core_articles")["repairs"]}))


def segments_of(batch: Batch) -> pl.DataFrame:
    segments = batch.frames["core_articles"].select(
        "article_id",
        segment_id="article_id",
        ordinal=pl.lit(0, pl.Int32),
        kind=pl.lit("sentence"),
        start=pl.lit(0),
        end=pl.lit(2),
        text="body",
        text_hash="body",
    )
    return as_in("core_segments", segments.cast({"start": pl.Int64, "end": pl.Int64}))


def languages_of(batch: Batch) -> pl.DataFrame:
    return batch.frames["core_segments"].select(
        "segment_id", "article_id", language=pl.lit("it"), confidence=pl.lit(1.0),
        detector=pl.lit("by hand"), detector_version=pl.lit("1"),
    )  # fmt: skip


VERBS = {
    "core_articles": articles_of, "core_segments": segments_of, "core_languages": languages_of,
}  # fmt: skip


def make(store: Store, *tables: str) -> dict[str, list[str]]:
    """Make what is pending; return the articles that were made anew, by table."""
    done: dict[str, list[str]] = {}
    for table in tables or VERBS:
        for batch in store.pending(table):
            store.put(batch, VERBS[table](batch))
            done.setdefault(table, []).extend(batch.keys["article_id"])
    return done


def test_a_second_run_does_nothing(store: Store) -> None:
    assert make(store) == {table: list("abcde") for table in VERBS}
    fingerprint = store.fingerprint()
    assert make(store) == {}
    assert store.fingerprint() == fingerprint


def test_batches_are_bounded_and_count_their_progress(store: Store) -> None:
    seen = []
    for batch in store.pending("core_articles"):
        seen.append((batch.keys.height, batch.done_before, batch.total))
        assert set(batch.frames["raw_articles"]["article_id"]) == set(batch.keys["article_id"])
        store.put(batch, articles_of(batch))
    assert seen == [(2, 0, 5), (2, 2, 5), (1, 4, 5)]


def test_putting_a_batch_twice_writes_it_once(store: Store) -> None:
    batch = next(store.pending("core_articles"))
    for _ in range(2):
        assert store.put(batch, articles_of(batch)) == 2
    assert store.count("core_articles") == 2


def test_a_key_without_rows_is_done_too(store: Store) -> None:
    for batch in store.pending("core_articles"):
        store.put(batch, articles_of(batch).clear())
    assert store.count("core_articles") == 0
    assert list(store.pending("core_articles")) == []


def test_a_run_that_breaks_in_the_middle_goes_on_where_it_stopped(path: Path, store: Store) -> None:
    with pytest.raises(RuntimeError, match="in the middle"):
        for number, batch in enumerate(store.pending("core_articles")):
            if number == 1:
                raise RuntimeError("in the middle")
            store.put(batch, articles_of(batch))
    store.connection.close()
    with open_store(path) as again:
        assert again.count("core_articles") == 2
        assert make(again, "core_articles") == {"core_articles": list("cde")}
        assert again.count("core_articles") == 5


def test_rows_and_marks_are_written_together_or_not_at_all(store: Store) -> None:
    batch = next(store.pending("core_articles"))
    broken = articles_of(batch).with_columns(body=pl.lit(None, pl.String))
    with pytest.raises(duckdb.Error):
        store.put(batch, broken)
    assert store.count("core_articles") == 0
    assert make(store, "core_articles") == {"core_articles": list("abcde")}


def test_what_is_not_made_yet_makes_nothing_pending_downstream(store: Store) -> None:
    batch = next(store.pending("core_articles"))
    store.put(batch, articles_of(batch))
    assert make(store, "core_segments") == {"core_segments": ["a", "b"]}


def test_new_articles_are_all_that_is_made(store: Store) -> None:
    make(store)
    assert land(store, "ef") == 1
    assert make(store) == {table: ["f"] for table in VERBS}


def test_a_new_version_redoes_only_what_depends_on_it(path: Path, store: Store) -> None:
    make(store)
    store.connection.close()
    with open_store(path, {"core_segments": "another rule"}) as later:
        assert make(later) == {
            "core_segments": list("abcde"), "core_languages": list("abcde"),
        }
        assert later.count("core_segments") == 5


def test_another_seed_redoes_only_who_reads_its_kind(store: Store) -> None:
    make(store)
    hedges = CUES.with_columns(
        cue=pl.when(kind="hedge").then(pl.lit("quasi")).otherwise("cue")
    )
    assert store.load_seed("seed_cue_words", hedges)
    assert make(store) == {}
    abbreviations = CUES.with_columns(
        cue=pl.when(kind="abbreviation").then(pl.lit("dott.")).otherwise("cue")
    )
    assert store.load_seed("seed_cue_words", abbreviations)
    assert sorted(make(store)) == ["core_languages", "core_segments"]


def test_the_same_seed_changes_nothing(store: Store) -> None:
    before = store.revision("seed_cue_words")
    assert not store.load_seed("seed_cue_words", CUES.reverse())
    assert store.revision("seed_cue_words") == before


def test_a_whole_table_that_comes_out_the_same_keeps_its_revision(store: Store) -> None:
    make(store)

    def paired(batch: Batch) -> pl.DataFrame:
        return batch.frames["core_articles"].select(
            left_id=pl.lit("the first of all"),
            right_id="article_id",
            resolver=pl.lit("by hand"),
            resolver_version=pl.lit("1"),
        )

    (batch,) = store.pending("core_copy_candidates")
    assert batch.frames["core_articles"].columns == ["article_id", "body_hash"]
    store.put(batch, paired(batch))
    revision = store.revision("core_copy_candidates")
    assert list(store.pending("core_copy_candidates")) == []
    store._bump("core_duplicates")
    (batch,) = store.pending("core_copy_candidates")
    store.put(batch, paired(batch).reverse())
    assert store.revision("core_copy_candidates") == revision
    assert list(store.pending("core_copy_candidates")) == []


def mark_compared(store: Store, articles: str) -> None:
    """Mark what pairs are made of as made."""
    for table in ("core_story_features", "core_embeddings"):
        store.connection.execute(
            "INSERT INTO work_marks SELECT $1, unnest(split($2, '')), $3, 0",
            [table, articles, store.version(table)],
        )


def compare(store: Store) -> list[tuple[str, str]]:
    """Pair what is pending with all that the batch sees; return the pairs made, in order."""
    made = []
    for batch in store.pending("core_story_pairs"):
        seen = batch.frames["core_story_features"].select(other="article_id")
        pairs = (
            batch.frames["pending"].join(seen, how="cross")
            .filter(pl.col("article_id") != pl.col("other"))
            .select(
                left_id=pl.min_horizontal("article_id", "other"),
                right_id=pl.max_horizontal("article_id", "other"),
                score=pl.lit(1.0), meaning=pl.lit(None, dtype=pl.Float64),
                resolver=pl.lit("by hand"), resolver_version=pl.lit("1"),
            )
            .unique()
        )  # fmt: skip
        store.put(batch, pairs)
        made += pairs.select("left_id", "right_id").rows()
    return sorted(made)


def test_a_pair_is_made_once_and_again_when_either_of_the_two_has_changed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_twos("core_story_pairs", monkeypatch)
    for name, word in zip("abcde", ("x", "x", "x", "x", "y"), strict=True):
        store.connection.execute(FEATURE, [name, [word]])
    mark_compared(store, "abcde")
    alike = [(one, other) for one in "abcd" for other in "abcd" if one < other]
    assert compare(store) == alike
    assert compare(store) == []
    pairs = "SELECT left_id, right_id FROM core_story_pairs ORDER BY ALL"
    assert store.connection.sql(pairs).fetchall() == alike
    store.connection.execute(
        "UPDATE core_story_features SET features = ['y'] WHERE article_id = 'b'"
    )
    assert compare(store) == [("b", "e")]
    kept = [pair for pair in alike if "b" not in pair]
    assert store.connection.sql(pairs).fetchall() == sorted([*kept, ("b", "e")])
    store.connection.execute("DELETE FROM core_story_features WHERE article_id = 'e'")
    assert compare(store) == []
    assert store.connection.sql(pairs).fetchall() == kept


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    nights=st.lists(
        st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["x", "y", None])), max_size=6
    )
)
def test_what_differs_from_when_it_was_made_is_all_that_is_pending(
    store: Store, nights: list[dict[str, str | None]]
) -> None:
    run, put = store.connection.execute, store.put
    run("DELETE FROM core_story_features; DELETE FROM work_marks")
    mark_compared(store, "abcdef")
    held: dict[str, str] = {}
    made: dict[str, str] = {}
    marks = "SELECT key FROM work_marks WHERE table_name = 'core_story_pairs'"
    for night in nights:
        for name, word in night.items():
            run("DELETE FROM core_story_features WHERE article_id = $1", [name])
            held.pop(name, None)
            if word:
                run(FEATURE, [name, [word]])
                held[name] = word
        pending: list[str] = []
        for batch in store.pending("core_story_pairs"):
            pending.extend(batch.keys["article_id"])
            put(batch, pl.DataFrame(schema=schema("core_story_pairs")))
        assert pending == sorted(one for one in held if made.get(one) != held[one])
        made = dict(held)
        assert {key for (key,) in store.connection.sql(marks).fetchall()} == set(made)


def test_units_that_read_the_same_come_together(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_twos("core_story_copies", monkeypatch)
    for member, component in (("a", "two"), ("b", "one"), ("c", "two"), ("d", "one")):
        store.connection.execute(
            "INSERT INTO core_story_components VALUES ($1, $2, 0, '', '')", [member, component]
        )
    for left, right in ("ac", "ad", "bd"):
        store.connection.execute(
            "INSERT INTO core_story_pairs VALUES ($1, $2, 1.0, NULL, '', '')", [left, right]
        )
    store.connection.execute("INSERT INTO core_copy_candidates VALUES ('b', 'd', '', '')")
    (batch,) = store.pending("core_story_copies")
    pending = [("b", "d", "one"), ("a", "c", "two")]  # of two components: never tried
    assert batch.frames["pending"].rows() == pending


def stored_marks(store: Store) -> int:
    """How many rows of marks the file holds, deleted ones among them."""
    size = "SELECT estimated_size FROM duckdb_tables() WHERE table_name = 'work_marks'"
    return int(store._value(size))


def test_replaced_rows_stay_in_the_file_until_they_are_a_tenth(path: Path, store: Store) -> None:
    marks = "INSERT INTO work_marks SELECT 'core_links', i::VARCHAR, '', 0 FROM range(250000) r(i)"
    store.connection.execute(marks)
    store.connection.close()
    for gone, is_removed in ((5_000, False), (30_000, False), (30_001, True)):
        with open_store(path) as again:
            again.connection.execute(
                "DELETE FROM work_marks WHERE table_name = 'core_links' AND key::BIGINT < $1",
                [gone],
            )
        with open_store(path) as after:
            live = after._value("SELECT count(*) FROM work_marks")
            assert (stored_marks(after) == live) == is_removed, gone


def test_a_file_listed_again_makes_no_article_twice(store: Store) -> None:
    assert land(store, "ab", modified_ns=2) == 0
    assert store.count("raw_articles") == 5
    listing = pl.DataFrame(
        [("/in", "a.txt", 1, 2), ("/in", "a.txt", 1, 3), ("/in", "new.txt", 1, 1)],
        schema=["root", "path", "size", "modified_ns"],
        orient="row",
    )
    assert store.unseen(listing, "1").rows() == [("/in", "a.txt", 1, 3), ("/in", "new.txt", 1, 1)]


def test_a_quarantined_file_is_read_again_by_new_readers_only(store: Store) -> None:
    land(store, "q", status="quarantined")
    listing = pl.DataFrame(
        [("/in", "q.txt", 1, 1)], schema=["root", "path", "size", "modified_ns"], orient="row"
    )
    assert store.unseen(listing, "1").is_empty()
    assert store.unseen(listing, "2").height == 1


def test_a_check_holds_for_the_rows_it_saw(store: Store) -> None:
    at = datetime(2026, 11, 22)
    store.record_check("raw_articles", digest("suite"), True, {"said": "well"}, at)
    assert store.passed_check("raw_articles", digest("suite")) == {"said": "well"}
    assert store.passed_check("raw_articles", digest("another suite")) is None
    land(store, "f")
    assert store.passed_check("raw_articles", digest("suite")) is None


def test_a_second_writer_is_told_to_wait(path: Path, store: Store) -> None:
    import subprocess
    import sys

    told = subprocess.run(
        [
            sys.executable, "-c",
            "import sys; from pathlib import Path; from warehouse.store import *\n"
            "try:\n  open_store(Path(sys.argv[1]), wait_seconds=0).__enter__()\n"
            "except StoreLockedError as error: print(error)",
            str(path),
        ],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert "in use by another run" in told.stdout
    assert StoreLockedError.__doc__


def test_keys_of_a_mark_are_made_again_with_what_hangs_on_them(store: Store) -> None:
    for batch in store.pending("core_articles"):
        store.put(batch, articles_of(batch))
    for batch in store.pending("core_segments"):
        is_part = batch.keys["article_id"].is_in(["b", "d"])
        marks = [batch.version + (" in part" if part else "") for part in is_part]
        store.put(batch, segments_of(batch), pl.Series(marks))
    make(store, "core_languages")
    assert make(store, "core_languages") == {}  # a mark with more behind it is of its version too
    in_part = store.version("core_segments") + " in part"
    assert store.reopen_marked("core_segments", lambda mark: mark == in_part) == 2
    assert store.count("core_segments") == 5
    assert make(store) == {"core_segments": ["b", "d"], "core_languages": ["b", "d"]}
    assert store.reopen_marked("core_segments", lambda mark: mark == in_part) == 0
