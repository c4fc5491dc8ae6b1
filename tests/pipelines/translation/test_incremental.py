"""Only distinct new texts are paid for, and what is paid for is kept."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import shelf
from misbehaving_services import ENGLISH, MisbehavingServices, lines
from shelf import fill, translate, translating
from texts import memory

from pipelines.translation.engines.memory import Memory
from pipelines.translation.router import Router
from warehouse.memory import TranslationMemory
from warehouse.store import Store, open_store

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def server() -> Iterator[MisbehavingServices]:
    with MisbehavingServices().running() as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.duckdb"


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = store.connection.sql(sql).fetchall()
    return found


def test_of_ten_thousand_segments_with_repeats_each_text_is_asked_once_and_never_again(
    server: MisbehavingServices, path: Path
) -> None:
    distinct = lines(6_000)
    fill(path, [*distinct, *distinct[:4_000]])
    with translating(path, server.address, "libretranslate", 2) as (store, router):
        assert translate(store, router) == 6_000
        assert rows(store, "SELECT count(*) FROM core_translations WHERE origin = 'machine'") == [
            (6_000,)
        ]
    assert sorted(server.texts) == sorted(text for _, text in distinct)
    server.asked.clear()
    with translating(path, server.address, "libretranslate", 2) as (store, router):
        assert translate(store, router) == 0
    assert server.texts == []


def test_after_kill_9_no_text_is_paid_for_twice(server: MisbehavingServices, path: Path) -> None:
    """The service kills its client when it asks for one text too many, which goes unanswered."""
    after = 30
    fill(path, lines(50))
    command = [sys.executable, shelf.__file__, str(path), server.address]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    with subprocess.Popen(command, env=environment) as client:

        def kill() -> None:
            if len(server.answered) >= after:
                client.send_signal(signal.SIGKILL)
                client.wait()
                raise ConnectionAbortedError

        server.before_answer = kill
        assert client.wait(60) == -signal.SIGKILL
    assert len(server.answered) == after
    server.before_answer = lambda: None
    with translating(path, server.address, "google", 1) as (store, router):
        assert translate(store, router) == 50
        assert rows(store, "SELECT DISTINCT engine FROM core_translations") == [("google",)]
    assert sorted(server.answered) == sorted(text for _, text in lines(50))


def test_answers_outlive_the_table(server: MisbehavingServices, path: Path) -> None:
    """A changed contract drops the table and its marks; what was paid for stays."""
    fill(path, lines(30))
    with translating(path, server.address, "libretranslate", 2) as (store, router):
        translate(store, router)
        store.connection.execute("DELETE FROM core_translations")
        store.connection.execute("DELETE FROM work_marks")
    server.asked.clear()
    with translating(path, server.address, "libretranslate", 2) as (store, router):
        assert translate(store, router) == 30
        assert rows(store, "SELECT DISTINCT engine, origin FROM core_translations") == [
            ("libretranslate", "machine")
        ]
    assert server.texts == []


def remembered(store: Store, entries: pl.DataFrame) -> int:
    """Translate again after the memory has changed; return how many texts that were."""
    kept = TranslationMemory(store)
    store.load_seed("seed_memory", entries)
    kept.reopen_overruled()
    return translate(store, Router([Memory(store.read("seed_memory"))], "en", kept=kept))


def test_a_changed_memory_touches_the_texts_it_speaks_of_and_no_others(
    server: MisbehavingServices, path: Path
) -> None:
    fill(path, lines(20))
    (_, first), (_, second) = lines(2)
    translated = f"SELECT translated, origin FROM core_translations WHERE text = '{first}'"
    with translating(path, server.address, "libretranslate", 2) as (store, router):
        translate(store, router)
        assert remembered(store, memory(("it", first, "Reviewed."))) == 1
        assert rows(store, translated) == [("Reviewed.", "memory")]
        corrected = memory(("it", first, "Better."), ("it", "Altro.", "Other."))
        assert remembered(store, corrected) == 1
        assert rows(store, translated) == [("Better.", "memory")]
        assert remembered(store, corrected) == 0
        assert remembered(store, corrected.clear()) == 1
        assert rows(store, translated) == [(ENGLISH.format(0), "machine")]
        unreviewed = memory(("it", second, "Nobody looked.")).with_columns(reviewed=pl.lit(False))
        assert remembered(store, unreviewed) == 0


def test_the_doubtful_come_first_to_a_reviewer(server: MisbehavingServices, path: Path) -> None:
    fill(path, [*lines(2), ("xx", "Ignota lingua est haec.")])
    with translating(path, server.address, "libretranslate", 2) as (store, router):
        translate(store, router)
        told = TranslationMemory(store).doubtful(2)
    assert told["text"].to_list()[0] == "Ignota lingua est haec."
    assert told.height == 2


def test_the_statistics_tell_who_stands_behind_the_entries(
    server: MisbehavingServices, path: Path
) -> None:
    fill(path, lines(3))
    with translating(path, server.address, "libretranslate", 2) as (store, router):
        translate(store, router)
        store.load_seed("seed_memory", memory(("it", "Ciao.", "Hello.")))
        kept = TranslationMemory(store)
        assert kept.statistics().select("language", "target", "origin", "entries").rows() == [
            ("it", "en", "libretranslate", 3),
            ("it", "en", "reviewed", 1),
        ]
        assert kept.machine_entries()["reviewed"].to_list() == [False] * 3
        assert kept.machine_entries(1.1).is_empty()


def test_a_store_without_a_shelf_gets_one(path: Path) -> None:
    with open_store(path) as store:
        assert TranslationMemory(store).statistics().is_empty()
        assert TranslationMemory(store).reopen_overruled() == 0
