"""Translation: memory first, then engines in order, then honestly untranslated."""

import time

import dagster as dg
import polars as pl

from assets.checks import check_spec
from assets.derivation import POOL, Metadata, Verb, Work, columns, derived, description, shelved
from assets.resources import Newsroom
from pipelines.translation.glossary import read_glossary
from pipelines.translation.memory import read_memory
from pipelines.translation.router import Figures, Router
from warehouse import contracts
from warehouse.memory import TranslationMemory
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
    router = newsroom.router(store)
    if "memory" in newsroom.settings.engines:
        TranslationMemory(store).reopen_overruled()

    def translate(
        pending: pl.DataFrame, seed_memory: pl.DataFrame, seed_entity_names: pl.DataFrame
    ) -> pl.DataFrame:
        return verb(router, pending)

    def report(store: Store) -> Metadata:
        return {**_engines(store, router), **_fallbacks(store), **_glossary(newsroom)}

    return Work(translate, router.done, _marks, report)


def _translated(router: Router, pending: pl.DataFrame) -> pl.DataFrame:
    return router.translate(pending)


def _marks(batch: Batch, made: pl.DataFrame) -> pl.Series:
    key = ["text_hash", "language"]
    given = made.select(*key, given="mark")
    return batch.keys.join(given, on=key, how="left", maintain_order="left")["given"]


def _engines(store: Store, router: Router) -> Metadata:
    """Return what each engine stands behind, and what it did in this run."""
    rows = store.connection.sql(
        "SELECT engine, count(*), avg(quality), count(*) FILTER (WHERE len(missed) > 0) "
        "FROM core_translations GROUP BY engine ORDER BY 2 DESC, 1"
    ).fetchall()
    known = {engine: row for engine, *row in rows}
    lines = ["| engine | texts | quality | with misses | asked | answered | again | recalled | s |",
             "|-|-|-|-|-|-|-|-|-|"]  # fmt: skip
    for engine in dict.fromkeys([*known, *router.figures]):
        texts, quality, missed = known.get(engine, (0, None, 0))
        did = router.figures.get(engine, Figures())
        shown = "" if quality is None else f"{quality:.2f}"
        lines.append(
            f"| {engine} | {texts} | {shown} | {missed} | {did.asked} | {did.answered} "
            f"| {did.again} | {did.recalled} | {did.seconds:.1f} |"
        )
    return {"engines": dg.MetadataValue.md("\n".join(lines))}


def _fallbacks(store: Store) -> Metadata:
    """Return why better engines did not translate what they did not."""
    reasons = store.connection.sql(
        "SELECT fallback_reason, count(*) FROM core_translations "
        "WHERE fallback_reason IS NOT NULL GROUP BY ALL ORDER BY 2 DESC LIMIT 10"
    ).fetchall()
    missed = store.connection.sql(
        "SELECT missing, count(*) FROM (SELECT unnest(missed) AS missing FROM core_translations) "
        "GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT 10"
    ).fetchall()
    return {
        "what fell back": dg.MetadataValue.md(
            "\n".join(f"- {count} × {reason}" for reason, count in reasons) or "nothing"
        ),
        "what was missed": dg.MetadataValue.md(
            "\n".join(f"- {count} × {missing}" for missing, count in missed) or "nothing"
        ),
    }


def _glossary(newsroom: Newsroom) -> Metadata:
    """Return what of the glossaries could not be read."""
    settings = newsroom.settings
    problems = read_glossary(settings.glossary, settings.target_language).problems
    return {"glossary problems": dg.MetadataValue.md("\n".join(problems) or "none")}


core_translations = derived("core_translations", _translated, GROUP, _routed)
