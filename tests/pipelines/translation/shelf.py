"""A store with segments to translate, and the loop an asset runs over it; also as a process."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl
from misbehaving_services import IMPATIENT, SERVICES

from pipelines.identity import text_hash
from pipelines.translation.router import Router
from warehouse.contracts.frames import schema
from warehouse.memory import TranslationMemory
from warehouse.store import Store, open_store


def fill(path: Path, segments: list[tuple[str, str]]) -> None:
    """Put segments (language, text) into a new store, each in an article of its own."""
    told = pl.DataFrame(segments, schema=["language", "text"], orient="row").with_row_index("n")
    told = told.with_columns(
        text_hash(told["text"]),
        kind=pl.lit("sentence"),
        segment_id=pl.format("seg_{}", "n"),
        article_id=pl.format("art_{}", "n"),
    )
    with open_store(path) as store:
        for name in ("core_segments", "core_languages"):
            insert(store, name, told)


def insert(store: Store, name: str, rows: pl.DataFrame) -> None:
    """Insert rows; columns they lack are zero, empty or false."""
    empty = {pl.String: "", pl.Float64: 0.0, pl.Boolean: False}
    columns = [
        pl.col(column) if column in rows.columns else pl.lit(empty.get(kind, 0)).alias(column)
        for column, kind in schema(name).items()
    ]
    frame = rows.select(columns).cast(schema(name))  # type: ignore[arg-type]
    store.connection.register("inserted", frame)
    store.connection.execute(f"INSERT INTO {name} SELECT * FROM inserted")
    store.connection.unregister("inserted")


def translate(store: Store, router: Router) -> int:
    """Translate what is pending, as the asset does; return how many texts that were."""
    count = 0
    for batch in store.pending("core_translations", router.done):
        pending = batch.frames["pending"]
        made = router.translate(pending)
        key = ["text_hash", "language"]
        given = made.select(*key, given="mark")
        marks = batch.keys.join(given, on=key, how="left", maintain_order="left")
        store.put(batch, made, marks["given"])
        count += pending.height
    return count


@contextmanager
def translating(
    path: Path, address: str, service: str, workers: int
) -> Iterator[tuple[Store, Router]]:
    """Open a store, and a router that asks one service and keeps what it answers."""
    engine = SERVICES[service].engine(address, replace(IMPATIENT, workers=workers), None)
    if engine.most_texts > 1:
        engine.most_texts, engine.most_characters = 250, 50_000
    with open_store(path) as store:
        yield store, Router([engine], "en", kept=TranslationMemory(store), languages=("de", "it"))


if __name__ == "__main__":
    with translating(Path(sys.argv[1]), sys.argv[2], "google", 1) as (opened, asking):
        translate(opened, asking)
