"""Intake: landed files become articles and segments; what cannot be read is quarantined."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import dagster as dg
import polars as pl

from assets.checks import check_spec
from assets.derivation import POOL, Metadata, asset_spec, derived, shelved
from assets.resources import Newsroom
from pipelines.intake import articles, duplicates, feeds, landing, metadata, readers, segments
from pipelines.intake.source import Source, SourceError, shown
from pipelines.intake.sources import source_of
from warehouse.contracts.frames import schema
from warehouse.store import Store

GROUP = "intake"
_TABLES = ("raw_sources", "raw_files", "raw_rejects", "raw_articles")
#: Quarantined files named in the graph; all stand in ``mart_quarantine``.
_NAMED = 50


@dg.multi_asset(
    specs=[asset_spec(name, GROUP, {"file", "duckdb"}) for name in _TABLES],
    check_specs=[check_spec(name) for name in _TABLES],
    required_resource_keys={"newsroom"},
    pool=POOL,
)
def raw(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """Read what is new in all sources."""
    newsroom: Newsroom = context.resources.newsroom
    started = time.monotonic()
    with newsroom.store() as store:
        intake = _Intake(newsroom, store)
        intake.take()
        for failure in intake.failures:
            context.log.warning(failure)
        newsroom.progress("raw_articles", intake.found, intake.found)
        seconds = time.monotonic() - started
        counts: Metadata = {
            "files listed": dg.MetadataValue.int(intake.listed),
            "files read": dg.MetadataValue.int(intake.read),
            "articles found": dg.MetadataValue.int(intake.found),
            "feeds asked": dg.MetadataValue.int(intake.asked),
            "sources that failed": dg.MetadataValue.md("\n".join(intake.failures) or "none"),
            **_quarantined(store),
        }
        for name in _TABLES:
            yield shelved(newsroom, store, name, seconds, counts if name == "raw_files" else {})


@dataclass
class _Intake:
    """One run's reading: sources one after the other, so that a failed one stops no other."""

    newsroom: Newsroom
    store: Store
    listed: int = 0
    read: int = 0
    found: int = 0
    asked: int = 0
    failures: list[str] = field(default_factory=list)

    def take(self) -> None:
        """Read all that is new; raises SourceError where every source failed."""
        addresses = self.newsroom.settings.articles
        subscribed = feeds.subscriptions(addresses)
        if subscribed:
            # What an earlier run fetched and did not read goes first: a fetch replaces it.
            self.newsroom.home.feeds.mkdir(parents=True, exist_ok=True)
            self._read(self.newsroom.snapshots)
            self._poll(subscribed)
            self._read(self.newsroom.snapshots)
        others = [one for one in addresses if not feeds.is_feed(one)]
        for address in others:
            self._read_listed(address)
        self.store.keep_sources([*map(shown, others), *(one.name for one in subscribed)])
        if self.failures and len(self.failures) == self.asked + len(others):
            raise SourceError("; ".join(self.failures))

    def _poll(self, subscribed: Sequence[feeds.Subscription]) -> None:
        newsroom = self.newsroom
        known = self.store.read("raw_sources").filter(pl.col("kind") == "feed")
        asked = feeds.poll(
            subscribed, known, newsroom.home.feeds, newsroom.web(), newsroom.now()
        )
        self.asked = asked.height
        self.store.renew_sources(asked)
        self.failures += asked.filter(pl.col("status") == "failed").select(
            pl.format("{}: {}", "address", "reason")
        ).to_series().to_list()

    def _read_listed(self, address: str) -> None:
        """Read a source of files, and remember how it was found."""
        before, reason = self.listed, None
        try:
            self._read(source_of(address))
        except SourceError as error:
            reason = str(error)
            self.failures.append(reason)
        self.store.renew_sources(
            pl.DataFrame(
                [
                    {
                        "address": shown(address),
                        "kind": "files",
                        "status": "failed" if reason else "listed",
                        "reason": reason,
                        "files": self.listed - before,
                        "fetched_at": self.newsroom.now(),
                        "failures": int(reason is not None),
                    }
                ],
                schema=schema("raw_sources"),
            )
        )

    def _read(self, source: Source) -> None:
        settings = self.newsroom.settings
        for listed in source.listing():
            new = self.store.unseen(listed, readers.VERSION)
            self.listed += listed.height
            pieces = landing.read_files(
                source, new, self.newsroom.now(), settings.reading, settings.workers
            )
            for landed in pieces:
                self.found += self.store.land(
                    landed.raw_files, landed.raw_rejects, landed.raw_articles
                )
                self.newsroom.progress("raw_articles", self.found, self.found + 1)
            self.read += new.height


def _quarantined(store: Store) -> Metadata:
    files, parts = (
        store.connection.sql(sql)
        for sql in (
            "SELECT path, reason FROM raw_files WHERE status = 'quarantined' ORDER BY path",
            "SELECT path || ', ' || place, r.reason FROM raw_rejects r "
            "JOIN raw_files f USING (file_id) WHERE f.status = 'read' ORDER BY ALL",
        )
    )
    lines = [
        f"- `{where}`: {reason}"
        for relation in (files, parts)
        for where, reason in relation.limit(_NAMED).fetchall()
    ]
    return {
        "quarantined": dg.MetadataValue.int(len(files)),
        "parts rejected": dg.MetadataValue.int(len(parts)),
        "why": dg.MetadataValue.md("\n".join(lines) or "nothing is"),
    }


core_metadata = derived("core_metadata", metadata.core_metadata, GROUP)
core_articles = derived("core_articles", articles.core_articles, GROUP)
core_segments = derived("core_segments", segments.core_segments, GROUP)
core_fingerprints = derived("core_fingerprints", duplicates.core_fingerprints, GROUP)
core_duplicates = derived("core_duplicates", duplicates.core_duplicates, GROUP)
