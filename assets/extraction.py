"""Extraction: who is named, what is said, counted, dated, and who belongs to what."""

import time
from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.checks import check_spec
from assets.derivation import POOL, Metadata, Verb, Work, asset_spec, derived, shelved
from assets.resources import Newsroom
from pipelines.extraction import dates, memberships, quantities, quotes, roles
from pipelines.extraction.panel import Panel
from pipelines.reference.tables import read_reference
from warehouse.store import Batch, Store

GROUP = "extraction"
_REFERENCE = (
    "seed_entities",
    "seed_entity_names",
    "seed_cue_words",
    "seed_units",
    "seed_judgements",
)


@dg.multi_asset(
    specs=[asset_spec(name, "reference", {"file", "duckdb"}) for name in _REFERENCE],
    check_specs=[check_spec(name) for name in _REFERENCE],
    required_resource_keys={"newsroom"},
    pool=POOL,
)
def reference(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """Load the reference tables; only a change of them makes anything pending."""
    newsroom: Newsroom = context.resources.newsroom
    started = time.monotonic()
    settings = newsroom.settings
    tables = read_reference(settings.reference, settings.languages, newsroom.home.reference)
    with newsroom.store() as store:
        for name in _REFERENCE:
            changed = store.load_seed(name, getattr(tables, name))
            yield shelved(
                newsroom,
                store,
                name,
                time.monotonic() - started,
                {"changed": dg.MetadataValue.bool(changed)},
            )


def _asked(newsroom: Newsroom, store: Store, verb: Verb) -> Work:
    """Return the work of all extractors that are switched on.

    An article that one of them could not read whole is done, and marked with its name: it is read
    again in the next run that finds it working. Until then what the others found stands.
    """
    panel = newsroom.panel(store)
    today = store.version("core_mentions")
    working = [one.name for one in panel.extractors if one.unavailable() is None]
    store.reopen_marked(
        "core_mentions", lambda mark: mark in [f"{today} without {name}" for name in working]
    )

    def extract(**frames: pl.DataFrame) -> pl.DataFrame:
        return verb(panel, **frames)

    def marks(batch: Batch, _made: pl.DataFrame) -> pl.Series:
        without = {article: f" without {name}" for article, name in panel.unread.items()}
        articles = batch.keys["article_id"]
        return pl.Series([batch.version + without.get(one, "") for one in articles])

    return Work(extract, lambda mark: mark.startswith(today), marks, lambda _: _report(panel))


def _report(panel: Panel) -> Metadata:
    """Return what each extractor did, and why articles were not read."""
    lines = ["| extractor | version | proposed | stand | articles not read | s |", "|-|-|-|-|-|-|"]
    for one in panel.extractors:
        did = panel.figures[one.name]
        lines.append(
            f"| {one.name} | {one.version()} | {did.proposed} | {did.stand} | {did.unread} "
            f"| {did.seconds:.1f} |"
        )
    why = [f"- {one.name}: {one.unavailable()}" for one in panel.extractors if one.unavailable()]
    why += [f"- {count} × {reason}" for reason, count in panel.reasons.items()]
    return {
        "extractors": dg.MetadataValue.md("\n".join(lines)),
        "what was not read": dg.MetadataValue.md("\n".join(why) or "nothing"),
    }


core_mentions = derived("core_mentions", Panel.core_mentions, GROUP, _asked)
core_dates = derived("core_dates", dates.core_dates, GROUP)
core_roles = derived("core_roles", roles.core_roles, GROUP)
core_quotes = derived("core_quotes", quotes.core_quotes, GROUP)
core_quantities = derived("core_quantities", quantities.core_quantities, GROUP)
core_memberships = derived("core_memberships", memberships.core_memberships, GROUP)
