"""Translation: memory first, then engines in order, then honestly untranslated."""

import time

import dagster as dg
import polars as pl

from assets.checks import check_spec
from assets.derivation import POOL, Metadata, Verb, Work, columns, derived, description, shelved
from assets.resources import Newsroom
from pipelines.translation.memory import read_memory
from pipelines.translation.router import Router
from warehouse import contracts
from warehouse.store import Batch, Store

GROUP = "translation"


@dg.asset(
    description=description(contracts.table("seed_memory")),
    metadata=columns(contracts.table("seed_memory")),
    group_name=GROUP,
    kinds={"file", "duckdb"},
    pool=POOL,
    check_specs=[check_spec("seed_memory")],
    required_resource_keys={"newsroom"},
)
def seed_memory(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Load the reviewed translations; a file that is no TMX is left out and named."""
    newsroom: Newsroom = context.resources.newsroom
    started = time.monotonic()
    memory = read_memory(newsroom.settings.memory, newsroom.settings.target_language)
    for problem in memory.problems:
        context.log.warning(problem)
    with newsroom.store() as store:
        changed = store.load_seed("seed_memory", memory.seed_memory)
        extra: Metadata = {
            "changed": dg.MetadataValue.bool(changed),
            "problems": dg.MetadataValue.md("\n".join(memory.problems) or "none"),
        }
        return shelved(newsroom, store, "seed_memory", time.monotonic() - started, extra)


def _routed(newsroom: Newsroom, store: Store, verb: Verb) -> Work:
    router = newsroom.router(store.read("seed_memory"))

    def translate(pending: pl.DataFrame, seed_memory: pl.DataFrame) -> pl.DataFrame:
        return verb(router, pending)

    return Work(translate, router.done, _marks, _fallbacks)


def _translated(router: Router, pending: pl.DataFrame) -> pl.DataFrame:
    return router.translate(pending)


def _marks(batch: Batch, made: pl.DataFrame) -> pl.Series:
    key = ["text_hash", "language"]
    given = made.select(*key, given="mark")
    return batch.keys.join(given, on=key, how="left", maintain_order="left")["given"]


def _fallbacks(store: Store) -> Metadata:
    """Return how many texts each engine did, and why better ones did not."""
    by_engine = store.connection.sql(
        "SELECT origin, engine, count(*) FROM core_translations GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    reasons = store.connection.sql(
        "SELECT fallback_reason, count(*) FROM core_translations "
        "WHERE fallback_reason IS NOT NULL GROUP BY ALL ORDER BY 2 DESC LIMIT 10"
    ).fetchall()
    return {
        "texts by engine": dg.MetadataValue.md(
            "\n".join(f"- {origin} ({engine}): {count}" for origin, engine, count in by_engine)
        ),
        "what fell back": dg.MetadataValue.md(
            "\n".join(f"- {count} × {reason}" for reason, count in reasons) or "nothing"
        ),
    }


core_translations = derived("core_translations", _translated, GROUP, _routed)
