"""Resolution night by night in a real store, over real articles."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from newsroom import Newsroom, Told

from benchmarks.resolution import GIVEN, VERBS, as_given, as_in_store
from pipelines.identity import text_hash
from pipelines.intake.segments import core_segments
from pipelines.reference.tables import Reference, read_reference
from pipelines.resolution import stories
from warehouse import contracts
from warehouse.contracts.frames import schema
from warehouse.store import Store, open_store

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = (ROOT / "seeds" / "articles", ROOT / "tests" / "gold" / "invented_articles")
#: Languages of the files, by the ends of their names; the detector is not what is tested here.
LANGUAGES = {"it": "it", "en": "en", "fr": "fr", "6": "it", "2": "fr"}

Tables = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(ROOT / "seeds" / "reference", ("en", "fr", "it"))


@pytest.fixture(scope="module")
def told(reference: Reference) -> Tables:
    """What the seeds and the invented articles tell; their translations stand in their words."""
    files = [file for folder in FOLDERS for file in sorted(folder.glob("*.txt"))]
    bodies = [file.read_text("utf-8") for file in files]
    articles = as_in_store("core_articles", pl.DataFrame({
        "article_id": [file.stem[:3] for file in files], "body": bodies,
        "body_hash": text_hash(pl.Series(bodies)),
        "published_from": [datetime(2023, 12, 1 + at) for at in range(len(files))],
        "published_to": [datetime(2023, 12, 1 + at) for at in range(len(files))],
    }))  # fmt: skip
    segments = core_segments(articles, reference.seed_cue_words)
    language = pl.col("article_id").replace_strict(
        {file.stem[:3]: LANGUAGES.get(file.stem[-2:], "en") for file in files}
    )
    languages = as_in_store(
        "core_languages", segments.select("segment_id", "article_id", language=language)
    )
    translated = segments.join(languages.select("segment_id", "language"), on="segment_id").select(
        "article_id", "text_hash", "language", "text", target=pl.lit("en"), translated="text",
        origin=pl.lit("machine"),
    )  # fmt: skip
    return as_given(articles, segments, languages, reference) | {"translated": translated}


@pytest.fixture
def opened(tmp_path: Path, reference: Reference) -> Iterator[Callable[[], Store]]:
    """Opens a new store with the reference tables."""
    managers = []

    def store() -> Store:
        managers.append(open_store(tmp_path / f"{len(managers)}.duckdb"))
        made = managers[-1].__enter__()
        for name in ("seed_entities", "seed_entity_names", "seed_cue_words", "seed_judgements"):
            made.load_seed(name, getattr(reference, name))
        return made

    yield store
    for manager in managers:
        manager.__exit__(None, None, None)


def night(store: Store, told: Tables, articles: Sequence[str]) -> dict[str, list[str]]:
    """Land articles as the stages before would, resolve, and return the units made a table."""
    for name in GIVEN if articles else ():
        rows = told[name].filter(pl.col("article_id").is_in(articles))
        store._insert(contracts.table(name), rows)
        store.connection.execute(
            "INSERT INTO work_marks SELECT $1, unnest($2::VARCHAR[]), $3, 0",
            [name, list(articles), store.version(name)],
        )
        store._bump(name)
    if articles:
        texts = told["translated"].filter(pl.col("article_id").is_in(articles))
        known = store.read("core_translations").select("text_hash", "language")
        new = texts.unique(["text_hash", "language"]).join(
            known, on=["text_hash", "language"], how="anti"
        )
        store._insert(contracts.table("core_translations"), as_in_store("core_translations", new))
    made: dict[str, list[str]] = {}
    for table, verb in VERBS.items():
        for batch in store.pending(table):
            store.put(batch, verb(**batch.frames))
            units = batch.keys["mark"].to_list() if batch.keys.height else ["*"]
            made.setdefault(table, []).extend(units)
    return made


def resolved(store: Store) -> dict[str, pl.DataFrame]:
    return {
        table: store.read(table).sort(contracts.table(table).key)
        for table in VERBS
        if table != "core_name_forms"
    }


def same(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> None:
    for table, rows in one.items():
        assert rows.equals(other[table]), table


@pytest.mark.parametrize(("seed", "nights"), [(1, 4), (2, 2)])
def test_many_nights_in_any_order_end_like_one_run(
    opened: Callable[[], Store], told: Tables, seed: int, nights: int
) -> None:
    ids = told["core_articles"]["article_id"].to_list()
    at_once, by_night = opened(), opened()
    night(at_once, told, ids)
    random.Random(seed).shuffle(ids)
    for start in range(nights):
        night(by_night, told, ids[start::nights])
    same(resolved(by_night), resolved(at_once))
    assert resolved(at_once)["core_story_articles"]["article_id"].to_list() == sorted(ids)
    quotes = told["core_quotes"]["quote_id"].sort()
    assert resolved(at_once)["core_statements"]["quote_id"].equals(quotes)


def test_a_night_makes_again_only_what_is_new_and_what_it_touches(
    opened: Callable[[], Store], told: Tables
) -> None:
    ids = told["core_articles"]["article_id"].to_list()
    store = opened()
    night(store, told, ids[:-1])
    assert night(store, told, []) == {}
    made = night(store, told, ids[-1:])
    assert made["core_namings"] == ids[-1:]
    assert set(ids[-1:]) <= set(made["core_links"])
    assert len(made["core_links"]) < len(ids) / 2
    assert len(made["core_entities"]) < store.count("core_entities") / 2
    assert set(ids[-1:]) <= set(made["core_story_features"])
    assert len(made["core_story_pairs"]) < len(ids) / 2
    assert len(made["core_story_articles"]) < store.count("core_stories") / 2
    assert len(made.get("core_statements", [])) < store.count("core_stories") / 2


def test_taking_a_judgement_back_restores_all_tables(
    opened: Callable[[], Store], told: Tables
) -> None:
    store = opened()
    night(store, told, told["core_articles"]["article_id"].to_list())
    before = resolved(store)
    one, other = store.read("core_entities").filter(origin="minted")["entity_id"].sort()[:2]
    stories_of = store.read("core_story_articles").sort("article_id").unique(
        "story_id", keep="first", maintain_order=True
    )["article_id"]
    quotes_of = store.read("core_statements").sort("quote_id").unique(
        "story_id", keep="first", maintain_order=True
    )["quote_id"]
    pairs = {"entity": (one, other), "story": stories_of[:2], "statement": quotes_of[-2:]}
    rows = [
        (kind, *pair, "same", "Ada", "2026-01-01T00:00:00", None, None)
        for kind, pair in pairs.items()
    ]
    judged = pl.DataFrame(rows, schema=schema("seed_judgements"), orient="row")
    store.load_seed("seed_judgements", judged)
    night(store, told, [])
    assert other not in set(store.read("core_entities")["entity_id"])
    assert resolved(store)["core_links"].height == before["core_links"].height
    for table, group, pair in (
        ("core_story_articles", "story_id", stories_of[:2]),
        ("core_statements", "statement_id", quotes_of[-2:]),
    ):
        rows_of = store.read(table).filter(pl.col(contracts.table(table).key[0]).is_in(pair))
        assert rows_of.height == 2
        assert rows_of[group].n_unique() == 1
    store.load_seed("seed_judgements", judged.with_columns(withdrawn_at=pl.lit("2026-01-02")))
    night(store, told, [])
    same(resolved(store), before)


def test_a_story_is_called_by_its_earliest_headline_in_english_else_by_whom_it_is_about(
    tmp_path: Path,
) -> None:
    late, early = ((datetime(2023, 12, day),) * 2 for day in (6, 5))
    title = Told("Nasce l’alleanza", "An alliance is born", "title")
    other = Told("IBM e Meta insieme", None, "title")
    text = Told("Oggi IBM, Meta e di nuovo Meta con Oracle.", None)
    with open_store(tmp_path / "told.duckdb") as store:
        news = Newsroom(store)
        news.article("a", [title, text], published=(*late, "day"))
        news.article("b", [other, text], published=(*early, "day"))
        news.article("c", [text], story="story_without_headline")
        for surface, after in (("IBM", 0), ("Meta", 0), ("Meta", 20), ("Oracle", 0)):
            news.mention("c", surface, after=after)
        (batch,) = store.pending("core_stories")
        made = stories.core_stories(**batch.frames)
    assert dict(made.select("story_id", "title_en").rows()) == {
        "story_alliance": "An alliance is born", "story_without_headline": "Meta, IBM",
    }  # fmt: skip


def test_a_headline_that_a_person_wrote_in_english_goes_before_a_machines_earlier_one(
    tmp_path: Path,
) -> None:
    late, early = ((datetime(2023, 12, day),) * 2 for day in (6, 5))
    by_machine = Told("Nasce l’alleanza", "Is born the alliance", "title")
    by_a_person = Told("An alliance is born", "An alliance is born", "title", "en", "identity")
    with open_store(tmp_path / "told.duckdb") as store:
        news = Newsroom(store)
        news.article("a", [by_machine], published=(*early, "day"))
        news.article("b", [by_a_person], published=(*late, "day"))
        (batch,) = store.pending("core_stories")
        made = stories.core_stories(**batch.frames)
    assert made["title_en"].to_list() == ["An alliance is born"]


def test_what_reads_a_table_made_whole_batch_by_batch_says_what_of_it_matters() -> None:
    for table in contracts.TABLES:
        work = table.derivation
        if work is None or not work.key or work.state:
            continue
        for name, _ in work.inputs:
            read = contracts.table(name)
            assert read.derivation is None or read.derivation.key or read.view, (table.name, name)
