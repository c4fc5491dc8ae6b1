"""Resolution: one entity, one story, one statement, one day, over languages and sources."""

from collections.abc import Callable, Collection, Mapping
from functools import partial

import dagster as dg
import polars as pl

from assets.derivation import Verb, Work, derived, followed
from assets.resources import Newsroom
from pipelines.resolution import (
    claims,
    copies,
    embeddings,
    entities,
    happenings,
    identities,
    links,
    namings,
    statements,
    stories,
)
from pipelines.resolution.events import core_resolution_events as what_became
from warehouse.contracts.frames import empty
from warehouse.store import Batch, Store

GROUP = "resolution"
_NO_ENCODER = "switched off, or not installed: pip install 'babelwire[embeddings]'"

#: Of a batch and what was made of it: members and their groups, before and after.
Groups = Callable[[Store, pl.DataFrame], tuple[pl.DataFrame, pl.DataFrame]]


def _logged(kind: str, groups: Groups) -> Callable[[Newsroom, Store, Verb], Work]:
    """Return the work of a table of groups: what becomes of known ones is written down."""

    def work(newsroom: Newsroom, _: Store, verb: Verb) -> Work:
        def log(store: Store, _: Batch, made: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
            before, after = groups(store, made)
            events = what_became(kind, before, after, newsroom.now())
            return {"core_resolution_events": events}

        return Work(verb, log=log)

    return work


def _encoded(newsroom: Newsroom, _: Store, verb: Verb) -> Work:
    """Return the work of the embedding model of this machine, if there is one."""
    encoder = newsroom.settings.encoder
    told = f"{encoder.name} {encoder.version}" if encoder else _NO_ENCODER
    return Work(
        partial(verb, encoder=encoder),
        report=lambda _: {"embedding model": dg.MetadataValue.text(told)},
    )


def _names(store: Store, made: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return names and entities; a name that has no row is its own entity."""
    return identities.borne(store.read("core_names"), made, store.read("core_entities"))


def _members(table: str, member: str, group: str) -> Groups:
    def groups(store: Store, made: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        before = store.rows_of(table, made.select(member)).select(member=member, group=group)
        return before, made.select(member=member, group=group)

    return groups


def without_judgements(store: Store, kinds: Collection[str]) -> dict[str, dict[str, str]]:
    """Return, for each kind of thing, members and groups as they are where nothing is judged."""
    made = {}
    for kind, (tables, verb, member, group) in _JUDGED.items():
        if kind in kinds:
            frames = {name: rows for one in tables for name, rows in store.frames(one).items()}
            frames["seed_judgements"] = empty("seed_judgements")
            made[kind] = dict(verb(**frames).select(member, group).rows())
    return made


def _stories(
    core_copy_candidates: pl.DataFrame, seed_judgements: pl.DataFrame, **frames: pl.DataFrame
) -> pl.DataFrame:
    """Return the stories of all articles; their components too follow the judgements given."""
    together = stories.core_story_components(
        frames["core_story_pairs"], core_copy_candidates, seed_judgements
    )
    pending = stories.components(frames["core_articles"], together).select("component_id").unique()
    return stories.core_story_articles(
        pending=pending,
        seed_judgements=seed_judgements,
        **frames | {"core_story_components": together},
    )


def _statements(**frames: pl.DataFrame) -> pl.DataFrame:
    """Return the statements of all stories."""
    pending = frames["core_story_articles"].select("story_id").unique()
    return statements.core_statements(pending=pending, **frames)


#: What judgements shape: the tables to make, how all of them is made, the member and its group.
_JUDGED: dict[str, tuple[tuple[str, ...], Verb, str, str]] = {
    "entity": (("core_names",), identities.core_names, "name_id", "entity_id"),
    "story": (
        ("core_story_components", "core_story_articles"), _stories, "article_id", "story_id",
    ),
    "statement": (("core_statements",), _statements, "quote_id", "statement_id"),
}  # fmt: skip


core_namings = derived("core_namings", namings.core_namings, GROUP)
core_name_forms = derived("core_name_forms", namings.core_name_forms, GROUP)
core_name_uses = followed("core_name_uses", GROUP)
core_shared_forms = followed("core_shared_forms", GROUP)
core_names = derived("core_names", identities.core_names, GROUP, _logged("entity", _names))
core_links = derived("core_links", links.core_links, GROUP)
core_entities = derived("core_entities", entities.core_entities, GROUP)
core_entity_names = derived("core_entity_names", entities.core_entity_names, GROUP)
core_story_features = derived("core_story_features", stories.core_story_features, GROUP)
core_embeddings = derived("core_embeddings", embeddings.core_embeddings, GROUP, _encoded)
core_story_pairs = derived("core_story_pairs", stories.core_story_pairs, GROUP)
core_copy_candidates = derived("core_copy_candidates", copies.core_copy_candidates, GROUP)
core_story_components = derived(
    "core_story_components", stories.core_story_components, GROUP
)
core_story_copies = derived("core_story_copies", copies.core_story_copies, GROUP)
core_story_articles = derived(
    "core_story_articles",
    stories.core_story_articles,
    GROUP,
    _logged("story", _members("core_story_articles", "article_id", "story_id")),
)
core_stories = derived("core_stories", stories.core_stories, GROUP)
core_quote_embeddings = derived(
    "core_quote_embeddings", embeddings.core_quote_embeddings, GROUP, _encoded
)
core_statements = derived(
    "core_statements",
    statements.core_statements,
    GROUP,
    _logged("statement", _members("core_statements", "quote_id", "statement_id")),
)
core_resolution_events = followed("core_resolution_events", GROUP)
core_happenings = derived("core_happenings", happenings.core_happenings, GROUP)
core_circumstances = derived("core_circumstances", claims.core_circumstances, GROUP)
