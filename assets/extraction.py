"""Extraction: who is named, what is said, counted, dated, and who belongs to what."""

import time
from collections.abc import Iterator

import dagster as dg

from assets.checks import check_spec
from assets.derivation import POOL, asset_spec, derived, shelved
from assets.resources import Newsroom
from pipelines.extraction import dates, memberships, mentions, quantities, quotes, roles
from pipelines.reference.tables import read_reference

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
    tables = read_reference(newsroom.settings.reference, newsroom.settings.languages)
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


core_mentions = derived("core_mentions", mentions.core_mentions, GROUP)
core_dates = derived("core_dates", dates.core_dates, GROUP)
core_roles = derived("core_roles", roles.core_roles, GROUP)
core_quotes = derived("core_quotes", quotes.core_quotes, GROUP)
core_quantities = derived("core_quantities", quantities.core_quantities, GROUP)
core_memberships = derived("core_memberships", memberships.core_memberships, GROUP)
