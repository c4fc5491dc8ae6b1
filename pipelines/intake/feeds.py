"""Feeds: which sources are feeds, and what of each is new since it was last asked."""

import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import polars as pl

from pipelines.identity import digest
from pipelines.intake.containers import is_container
from pipelines.intake.readers import READERS
from pipelines.intake.readers.feed import Feed, page_instead
from pipelines.intake.source import shown
from pipelines.intake.web import Answer, Web, WebError
from warehouse.contracts.frames import schema

#: What says outright that an address is of a feed.
_STATED = re.compile(r"feed(?:\+(?=https?://)|:(?=https?://)|(?=://))", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
#: Endings of lists of feeds: OPML, as every reader of feeds exports it, and one address a line.
_OPML, _LINES = ".opml", ".feeds"
#: Hosts asked at once: most of the time is spent waiting for them.
_AT_ONCE = 16
#: Seconds after which no further feed is asked in this run; those left come first in the next.
_MOST_SECONDS = 900.0
#: A feed that fails is asked again after this, then after twice as long, up to a day: it may be
#: mended any hour, and one that is gone for good costs a request a day.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(days=1)
#: The longest that a feed which answers is left alone because its server says it stays as it is:
#: less than the hour between two polls.
_LONGEST_FRESH = timedelta(minutes=30)
#: Characters of an address that the name of its snapshot shows.
_LONGEST_NAME = 120

#: What is known of a feed also while it fails.
_REMEMBERED = ("etag", "last_modified", "final_address", "changed_at")

Row = dict[str, Any]


@dataclass(frozen=True)
class Subscription:
    """A feed that is to be polled.

    ``name`` is its address as tables may have it, without what is secret; ``address`` has all.
    ``wrong`` says why it cannot be polled, and the remedy.
    """

    name: str
    address: str = field(repr=False)
    wrong: str | None = None

    @property
    def file(self) -> str:
        """The name of the file that holds its last snapshot: the same as long as the feed is."""
        readable = re.sub(r"[^A-Za-z0-9.-]+", "_", self.name.partition("://")[2].partition("?")[0])
        return f"{readable[:_LONGEST_NAME].strip('._')}-{digest(self.name)}.feed"


def is_feed(source: str) -> bool:
    """Say whether a source is a feed, or a list of feeds, and not files.

    A feed is ``feed+https://…``, ``feed:https://…``, and any ``http(s)://`` address whose path does
    not end like a file that another reader reads (``.jsonl``, ``.csv.gz``) and has no ``*``. A list
    is a file of this machine that ends in ``.opml``, or in ``.feeds``, with an address a line.
    """
    if _STATED.match(source) or _is_list(source):
        return True
    if not _ADDRESS.match(source):
        return False
    path = urlsplit(source).path
    others = tuple(
        suffix for reader in READERS if reader.name != Feed.name for suffix in reader.suffixes
    )
    return not (path.lower().endswith(others) or is_container(path, b"") or "*" in path)


def subscriptions(sources: Iterable[str]) -> tuple[Subscription, ...]:
    """Return the feeds among sources, those of lists with them, each once.

    A list that cannot be read, and an entry of it that is no address, is a feed that is wrong.
    """
    found: dict[str, Subscription] = {}
    for one in _subscribed(sources):
        before = found.setdefault(one.name, one)
        if before.address != one.address:
            other = f"{one.name} ({digest(one.address)[:8]})"
            found[other] = Subscription(
                other,
                one.address,
                "it differs from another feed in nothing but what is secret in its address; leave "
                "one of the two out",
            )
    return tuple(found.values())


def poll(
    feeds: Sequence[Subscription], known: pl.DataFrame, folder: Path, web: Web, now: datetime
) -> pl.DataFrame:
    """Ask feeds for what is new, and return rows of ``raw_sources`` for those that were asked.

    ``known`` are the rows of before. A feed that must wait (``next_at``) is not asked. What is new
    is written to the folder as a whole file, in place of the last snapshot. Hosts are asked side by
    side, the feeds of one in turn, those first that have waited longest. Raises OSError where the
    folder cannot be written.
    """
    before: dict[str, Row] = {str(row["address"]): row for row in known.iter_rows(named=True)}
    due = [one for one in feeds if _is_due(before.get(one.name, {}), now)]
    due.sort(key=lambda one: before.get(one.name, {}).get("fetched_at") or datetime.min)
    by_host: dict[str, list[Subscription]] = {}
    for one in due:
        by_host.setdefault(_host(one.address), []).append(one)
    over = threading.Event()
    timer = threading.Timer(_MOST_SECONDS, over.set)
    timer.daemon = True
    polling = _Polling(before, folder, web, now, over)
    pool = ThreadPoolExecutor(_AT_ONCE, "feeds")
    timer.start()
    try:
        rows = [row for asked in pool.map(polling.of_host, by_host.values()) for row in asked]
    finally:
        # Where one fails as no feed may (a full disk), the others end with what they are at.
        over.set()
        timer.cancel()
        pool.shutdown(cancel_futures=True)
    return pl.DataFrame(rows, schema=schema("raw_sources"))


# -- which there are -----------------------------------------------------------------------


def _is_list(source: str) -> bool:
    return source.lower().endswith((_OPML, _LINES))


def _subscribed(sources: Iterable[str]) -> Iterator[Subscription]:
    for source in filter(is_feed, sources):
        if not _is_list(source):
            yield _subscription(source)
        elif "://" in source:
            yield Subscription(
                shown(source),
                source,
                "a list of feeds is read from this machine only; save it, and name the file",
            )
        else:
            try:
                yield from _listed(Path(source).expanduser())
            except (OSError, ValueError) as error:
                yield Subscription(source, source, f"the list of feeds cannot be read ({error})")


def _subscription(source: str, place: str = "") -> Subscription:
    """Return a feed by its address; ``feed://`` means http, as it always has."""
    stated = _STATED.match(source)
    address = source[stated.end() :] if stated else source
    address = f"http{address}" if address.startswith("://") else address
    if _ADDRESS.match(address):
        return Subscription(shown(address), address)
    wrong = f"it is no http or https address; correct it{place}"
    return Subscription(shown(source), source, wrong)


def _listed(path: Path) -> Iterator[Subscription]:
    """Yield the feeds of a list. Raises OSError, and ValueError where it is not what it says."""
    content = path.read_bytes()
    entries = _of_opml(content) if path.suffix.lower() == _OPML else _of_lines(content)
    found = 0
    for place, address in entries:
        found += 1
        yield _subscription(address, f" in {path}, {place}")
    if not found:
        raise ValueError("no feed is in it")


def _of_opml(content: bytes) -> Iterator[tuple[str, str]]:
    try:
        # Of entities, expat expands none from elsewhere, and no more than a bounded amount.
        outlines = list(ElementTree.fromstring(content).iter("outline"))
    except ElementTree.ParseError as error:
        raise ValueError(f"it is not OPML: {error}") from error
    for number, outline in enumerate(outlines, 1):
        said = {name.lower(): value.strip() for name, value in outline.attrib.items()}
        # An outline without an address is a folder, or a note.
        if said.get("xmlurl") or said.get("type", "").lower() in ("rss", "atom"):
            yield f"outline {number}", said.get("xmlurl") or said.get("text") or "no address"


def _of_lines(content: bytes) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(content.decode("utf-8-sig").splitlines(), 1):
        if (entry := line.strip()) and not entry.startswith("#"):
            yield f"line {number}", entry


# -- asking --------------------------------------------------------------------------------


def _is_due(before: Row, now: datetime) -> bool:
    return before.get("next_at") is None or before["next_at"] <= now


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


@dataclass(frozen=True)
class _Polling:
    """One poll: what was known before it, where snapshots go, and until when it goes on."""

    before: Mapping[str, Row]
    folder: Path
    web: Web
    now: datetime
    over: threading.Event

    def of_host(self, feeds: Sequence[Subscription]) -> list[Row]:
        """Return the rows of the feeds of one host, asked one after the other."""
        return [self._row(one) for one in feeds]

    def _row(self, feed: Subscription) -> Row:
        before = self.before.get(feed.name, {})
        row: Row = {
            "address": feed.name,
            "kind": "feed",
            "fetched_at": self.now,
            "failures": 0,
            **{name: before.get(name) for name in _REMEMBERED},
        }
        try:
            answer = self._asked(feed, before)
        except WebError as error:
            failures = 1 + int(before.get("failures") or 0)
            return row | {
                "status": "failed",
                "reason": str(error),
                "http_status": error.status,
                "failures": failures,
                "next_at": None if error.is_refused else _next_at(self.now, failures, error),
            }
        fresh = min(timedelta(seconds=answer.max_age or 0), _LONGEST_FRESH)
        row |= {
            "status": "unchanged",
            "http_status": answer.status,
            "etag": answer.etag or (row["etag"] if answer.status == 304 else None),
            "last_modified": answer.last_modified
            or (row["last_modified"] if answer.status == 304 else None),
            "final_address": answer.moved_to,
            "next_at": self.now + fresh if fresh else None,
        }
        if answer.status != 304 and self._kept(feed.file, answer.content):
            row |= {"status": "new", "changed_at": self.now}
        return row

    def _asked(self, feed: Subscription, before: Row) -> Answer:
        """Return what a feed serves. Raises WebError, whatever goes wrong."""
        if feed.wrong:
            raise WebError(feed.wrong, is_refused=True)
        if self.over.is_set():
            raise WebError(
                f"its turn did not come within {_MOST_SECONDS:g} seconds; it comes first in the "
                "next run",
                is_refused=True,
            )
        # What there is no snapshot of is fetched, whatever was known of it.
        is_kept = (self.folder / feed.file).exists()
        marks = [before.get(name) if is_kept else None for name in ("etag", "last_modified")]
        try:
            answer = self.web.get(feed.address, *marks)
        except WebError:
            raise
        except Exception as error:
            raise WebError(
                f"fetching it failed ({type(error).__name__}); that is a fault of Babelwire: "
                "report it with the address"
            ) from error
        # The snapshot before it stands: what a wall or a notice says is no article.
        if page := page_instead(answer.content):
            raise WebError(page, status=answer.status)
        return answer

    def _kept(self, name: str, content: bytes) -> bool:
        """Write a snapshot, whole or not at all; False where it is what was there."""
        snapshot, beside = self.folder / name, self.folder / f".{name}"
        if snapshot.exists() and snapshot.read_bytes() == content:
            return False
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(snapshot)
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        return True


def _next_at(now: datetime, failures: int, error: WebError) -> datetime:
    """Return when a feed that failed is asked again: when its server says, and not before ours."""
    # A minute doubled eleven times is more than a day.
    wait: timedelta = min(_FIRST_WAIT * (1 << min(failures - 1, 11)), _LONGEST_WAIT)
    return now + max(wait, min(_waiting(error.retry_after, now), _LONGEST_WAIT))


def _waiting(retry_after: str | None, now: datetime) -> timedelta:
    """Return what Retry-After says, in seconds or as a date; nothing where it is neither."""
    said = (retry_after or "").strip()
    if said.isascii() and said.isdigit():
        return timedelta(seconds=min(int(said[:9]), _LONGEST_WAIT.total_seconds()))
    try:
        at = parsedate_to_datetime(said)
    except (ValueError, TypeError):
        return timedelta()
    return (at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at) - now
