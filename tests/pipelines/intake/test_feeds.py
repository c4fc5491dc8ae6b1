import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import misbehaving_site as plays
import polars as pl
import pytest
from misbehaving_site import Page, Site, answering, marked, misbehaving_site, redirecting, rss

from assets.intake import raw
from assets.resources import Newsroom, Settings
from pipelines.intake import feeds
from pipelines.intake.feeds import Subscription, is_feed, poll, subscriptions
from pipelines.intake.web import Answer, Web
from warehouse.contracts.frames import schema

NOW = datetime(2026, 11, 25, 12, 30)
NOTHING = pl.DataFrame(schema=schema("raw_sources"))
ONE = rss(a="La prima notizia.")


@pytest.fixture
def site() -> Iterator[Site]:
    with misbehaving_site() as served:
        yield served


def quick(**other: object) -> Web:
    bounds = {"allow_private": True, "delay": 0.0, "tries": 1, "most_bytes": 1_000_000}
    return Web(**(bounds | other))  # type: ignore[arg-type]


def ask(
    folder: Path,
    *addresses: str,
    known: pl.DataFrame = NOTHING,
    now: datetime = NOW,
    web: Web | None = None,
) -> pl.DataFrame:
    return poll(subscriptions(addresses), known, folder, web or quick(), now)


def only(rows: pl.DataFrame) -> dict[str, object]:
    (row,) = rows.rows(named=True)
    return row


def snapshots(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.iterdir())]


# -- what a feed is ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "feed+https://x.org/news.jsonl",
        "feed:https://x.org/",
        "FEED+http://x.org/",
        "feed://x.org/rss",
        "https://x.org/rss.xml",
        "https://x.org/feed/",
        "https://x.org",
        "https://x.org/?feed=rss2",
        "https://x.org/index.rss",
        "http://x.org/index.php?type=100",
        "subscriptions.opml",
        "~/lists/Morning.OPML",
        "agencies.feeds",
        "https://x.org/list.opml",
    ],
)
def test_a_source_that_is_a_feed_is_known(source: str) -> None:
    assert is_feed(source)


@pytest.mark.parametrize(
    "source",
    [
        "articles",
        "articles/*.xml",
        "articles/feed.rss",
        "s3://bucket/feed.xml",
        "https://x.org/article.txt",
        "https://x.org/articles.tar.gz",
        "https://x.org/feed.xml.gz",
        "https://x.org/articles/*.xml",
        "feeds",
    ],
)
def test_a_source_of_files_is_none(source: str) -> None:
    assert not is_feed(source)


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("feed+https://x.org/f", "https://x.org/f"),
        ("feed:https://x.org/f", "https://x.org/f"),
        ("feed://x.org/f", "http://x.org/f"),
        ("https://x.org/f", "https://x.org/f"),
    ],
)
def test_what_says_that_it_is_a_feed_is_no_part_of_its_address(source: str, address: str) -> None:
    assert subscriptions([source]) == (Subscription(address, address),)


def test_sources_of_files_are_no_subscriptions() -> None:
    assert subscriptions(["articles", "s3://bucket/feed.xml"]) == ()


def test_a_secret_in_an_address_is_neither_in_its_name_nor_in_what_is_printed() -> None:
    (one,) = subscriptions(["https://anna:hush@x.org/f?token=hush"])
    assert one.address == "https://anna:hush@x.org/f?token=hush"
    assert one.name == "https://x.org/f?token=…"
    assert "hush" not in repr(one) + one.file


def test_a_snapshot_is_called_as_its_feed_whatever_its_secret_is_today() -> None:
    names = {
        subscriptions([f"https://x.org/rss/world.xml?key={key}"])[0].file for key in ("a", "b")
    }
    (name,) = names
    assert name.startswith("x.org_rss_world.xml-")
    assert name.endswith(".feed")


@pytest.mark.parametrize(
    "address", ["https://x.org/../../etc", "https://x.org/" + "é/" * 500, "http://[::1]/.hidden"]
)
def test_a_snapshot_stays_in_its_folder_and_can_be_seen(address: str) -> None:
    (one,) = subscriptions([address])
    assert "/" not in one.file
    assert not one.file.startswith(".")
    assert len(one.file.encode()) < 200


# -- lists ---------------------------------------------------------------------------------

OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Italy"><outline type="rss" text="A" xmlUrl="https://a.org/rss"/></outline>
<outline text="B" XMLURL=" feed://b.org/rss "/><outline text="A again" xmlUrl="https://a.org/rss"/>
</body></opml>"""


def test_the_feeds_of_an_opml_file_are_polled_each_once(tmp_path: Path) -> None:
    (tmp_path / "mine.opml").write_text(OPML)
    found = subscriptions([str(tmp_path / "mine.opml"), "https://b.org/other"])
    assert [one.name for one in found] == [
        "https://a.org/rss", "http://b.org/rss", "https://b.org/other",
    ]  # fmt: skip


def test_the_feeds_of_a_list_are_a_line_each(tmp_path: Path) -> None:
    (tmp_path / "mine.feeds").write_text("\ufeff# agencies\n\nhttps://a.org/rss\n  feed:http://b.org/\n")
    found = subscriptions([str(tmp_path / "mine.feeds")])
    assert [one.name for one in found] == ["https://a.org/rss", "http://b.org/"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.opml", b"", "it is not OPML"),
        ("a.opml", b"<opml><body>", "it is not OPML"),
        ("a.opml", b"<opml><body/></opml>", "no feed is in it"),
        ("a.feeds", b"# none\n", "no feed is in it"),
        ("a.feeds", b"\xff\xfe", "can't decode"),
        ("a.opml", None, "No such file"),
    ],
)
def test_a_list_that_cannot_be_read_is_a_feed_that_failed(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    row = only(ask(tmp_path, str(tmp_path / name)))
    assert (row["status"], row["address"]) == ("failed", str(tmp_path / name))
    assert said in str(row["reason"])
    assert row["next_at"] is None


def test_what_is_wrong_in_a_list_is_told_with_its_place_and_the_rest_is_polled(
    tmp_path: Path, site: Site
) -> None:
    site.pages["/feed"] = ONE
    (tmp_path / "mine.feeds").write_text(f"htp:/x.org\n{site.at('/feed')}\n")
    (tmp_path / "snapshots").mkdir()
    rows = ask(tmp_path / "snapshots", str(tmp_path / "mine.feeds"))
    assert dict(rows.select("address", "status").rows()) == {
        "htp:/x.org": "failed",
        site.at("/feed"): "new",
    }
    (reason,) = rows.filter(pl.col("status") == "failed")["reason"]
    assert f"correct it in {tmp_path / 'mine.feeds'}, line 1" in reason


def test_a_bomb_in_a_list_is_harmless(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><opml><outline xmlUrl="&l11;"/></opml>'
    (tmp_path / "a.opml").write_text(bomb)
    assert "it is not OPML" in str(only(ask(tmp_path, str(tmp_path / "a.opml")))["reason"])


def test_a_list_elsewhere_is_refused_with_what_to_do(tmp_path: Path) -> None:
    assert "save it" in str(only(ask(tmp_path, "https://x.org/list.opml"))["reason"])


def test_two_feeds_that_differ_in_a_secret_alone_are_not_taken_for_one(tmp_path: Path) -> None:
    found = subscriptions(["https://x.org/f?key=1", "https://x.org/f?key=2"])
    assert [one.wrong is None for one in found] == [True, False]


# -- one poll ------------------------------------------------------------------------------


def test_what_a_feed_serves_is_kept_byte_for_byte(tmp_path: Path, site: Site) -> None:
    site.pages["/feed"] = marked(ONE)
    row = only(ask(tmp_path, site.at("/feed")))
    assert snapshots(tmp_path) == [ONE]
    assert (row["kind"], row["status"], row["http_status"]) == ("feed", "new", 200)
    assert (row["etag"], row["changed_at"], row["fetched_at"]) == ('"1"', NOW, NOW)
    assert (row["reason"], row["failures"], row["next_at"]) == (None, 0, None)


def test_what_is_unchanged_is_neither_sent_nor_written_again(tmp_path: Path, site: Site) -> None:
    site.pages["/feed"] = marked(ONE)
    known = ask(tmp_path, site.at("/feed"))
    (snapshot,) = tmp_path.iterdir()
    before = snapshot.stat()
    row = only(ask(tmp_path, site.at("/feed"), known=known, now=NOW + timedelta(hours=1)))
    assert (row["status"], row["http_status"]) == ("unchanged", 304)
    assert (row["etag"], row["changed_at"]) == ('"1"', NOW)
    assert snapshot.stat().st_mtime_ns == before.st_mtime_ns


def test_a_server_that_knows_no_304_makes_nothing_new_either(tmp_path: Path, site: Site) -> None:
    site.pages["/feed"] = ONE
    known = ask(tmp_path, site.at("/feed"))
    (snapshot,) = tmp_path.iterdir()
    before = snapshot.stat()
    assert only(ask(tmp_path, site.at("/feed"), known=known))["status"] == "unchanged"
    assert snapshot.stat().st_mtime_ns == before.st_mtime_ns


def test_a_snapshot_that_was_removed_is_fetched_whatever_is_known_of_it(
    tmp_path: Path, site: Site
) -> None:
    site.pages["/feed"] = marked(ONE)
    known = ask(tmp_path, site.at("/feed"))
    for snapshot in tmp_path.iterdir():
        snapshot.unlink()
    assert only(ask(tmp_path, site.at("/feed"), known=known))["status"] == "new"
    assert snapshots(tmp_path) == [ONE]


def test_a_changed_feed_takes_the_place_of_its_last_snapshot(tmp_path: Path, site: Site) -> None:
    two = rss(a="La prima, corretta.", b="La seconda.")
    site.pages["/feed"] = marked(ONE)
    known = ask(tmp_path, site.at("/feed"))
    site.pages["/feed"] = marked(two, etag='"2"')
    later = NOW + timedelta(hours=1)
    row = only(ask(tmp_path, site.at("/feed"), known=known, now=later))
    assert (row["status"], row["etag"], row["changed_at"]) == ("new", '"2"', later)
    assert snapshots(tmp_path) == [two]


def test_a_write_that_is_killed_leaves_the_last_snapshot_whole(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/feed"] = ONE
    ask(tmp_path, site.at("/feed"))
    site.pages["/feed"] = rss(b="La seconda.")

    def killed(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", killed)
        with pytest.raises(OSError, match="No space"):
            ask(tmp_path, site.at("/feed"))
    seen = [path for path in tmp_path.iterdir() if not path.name.startswith(".")]
    assert [path.read_bytes() for path in seen] == [ONE]
    assert only(ask(tmp_path, site.at("/feed")))["status"] == "new"
    assert snapshots(tmp_path) == [rss(b="La seconda.")]


def test_where_a_feed_has_moved_for_good_is_told(tmp_path: Path, site: Site) -> None:
    site.pages |= {"/old": redirecting("/new", 301), "/new": ONE}
    row = only(ask(tmp_path, site.at("/old")))
    assert (row["address"], row["final_address"]) == (site.at("/old"), site.at("/new"))
    assert (row["status"], snapshots(tmp_path)) == ("new", [ONE])


@pytest.mark.parametrize(
    ("page", "status"),
    [
        (plays.silent, None),
        (plays.trickling, None),
        (plays.huge, 200),
        (plays.bomb, 200),
        (plays.breaking_off, None),
        (plays.hanging_up, None),
        (plays.talking_nonsense, None),
        (answering(404), 404),
        (answering(429), 429),
        (answering(500), 500),
        (redirecting("/feed"), None),
        (answering(200, b"<!DOCTYPE html><html><body>Log in.</body></html>"), 200),
    ],
)
def test_a_feed_that_fails_says_why_stops_no_other_and_loses_nothing(
    tmp_path: Path, site: Site, page: Page, status: int | None
) -> None:
    plays.packed()
    site.pages |= {"/robots.txt": b"", "/feed": marked(ONE), "/other": ONE}
    known = ask(tmp_path, site.at("/feed"))
    site.pages["/feed"] = page
    web = quick(silence=0.4, most_seconds=2)
    rows = ask(tmp_path, site.at("/feed"), site.at("/other"), known=known, web=web)
    by_address = {str(row["address"]): row for row in rows.rows(named=True)}
    failed = by_address[site.at("/feed")]
    assert (failed["status"], failed["http_status"]) == ("failed", status)
    assert failed["reason"]
    assert (failed["etag"], failed["changed_at"], failed["failures"]) == ('"1"', NOW, 1)
    assert by_address[site.at("/other")]["status"] == "new"
    assert snapshots(tmp_path) == [ONE, ONE]


def test_a_private_address_is_refused_and_asked_again_once_it_is_allowed(
    tmp_path: Path, site: Site
) -> None:
    site.pages["/feed"] = ONE
    refused = ask(tmp_path, site.at("/feed"), web=quick(allow_private=False))
    assert "BABELWIRE_ALLOW_PRIVATE" in str(only(refused)["reason"])
    assert site.asked == []
    assert only(ask(tmp_path, site.at("/feed"), known=refused))["status"] == "new"


def test_a_fault_of_ours_is_said_and_stops_no_other(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = Web.get

    def faulty(self: Web, address: str, *marks: str | None) -> Answer:
        return {}[address] if address.endswith("/a") else get(self, address, *marks)  # type: ignore[index]

    monkeypatch.setattr(Web, "get", faulty)
    site.pages["/b"] = ONE
    rows = ask(tmp_path, site.at("/a"), site.at("/b"))
    assert sorted(rows["status"]) == ["failed", "new"]
    assert "fault of Babelwire" in str(rows.filter(pl.col("status") == "failed")["reason"][0])


# -- when it is asked again ----------------------------------------------------------------


def test_a_feed_that_goes_on_failing_is_asked_less_and_less(tmp_path: Path, site: Site) -> None:
    site.pages["/feed"] = answering(404)
    known, now, waits = NOTHING, NOW, []
    for _ in range(13):
        known = ask(tmp_path, site.at("/feed"), known=known, now=now)
        row = only(known)
        assert isinstance(row["next_at"], datetime)
        waits.append(row["next_at"] - now)
        now = row["next_at"]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits[-2:] == [timedelta(days=1)] * 2
    assert row["failures"] == 13
    site.pages["/feed"] = ONE
    row = only(ask(tmp_path, site.at("/feed"), known=known, now=now))
    assert (row["status"], row["failures"], row["next_at"]) == ("new", 0, None)


def test_a_feed_that_must_wait_is_not_asked(tmp_path: Path, site: Site) -> None:
    site.pages["/feed"] = answering(500)
    known = ask(tmp_path, site.at("/feed"))
    asked = len(site.asked)
    assert ask(tmp_path, site.at("/feed"), known=known).is_empty()
    assert len(site.asked) == asked


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("600", timedelta(minutes=10)),
        ("5", timedelta(minutes=1)),
        ("Wed, 25 Nov 2026 13:30:00 GMT", timedelta(hours=1)),
        ("Wed, 25 Nov 2026 14:30:00 +0100", timedelta(hours=1)),
        ("Mon, 25 Nov 2030 13:30:00 GMT", timedelta(days=1)),
        ("999999999999999999999", timedelta(days=1)),
        ("soon", timedelta(minutes=1)),
        ("-5", timedelta(minutes=1)),
        ("²", timedelta(minutes=1)),
    ],
)
def test_a_server_that_says_when_is_asked_then(
    tmp_path: Path, site: Site, said: str, wait: timedelta
) -> None:
    as_bytes = said.encode().decode("latin-1")
    site.pages["/feed"] = answering(429, Retry_After=as_bytes)
    assert only(ask(tmp_path, site.at("/feed")))["next_at"] == NOW + wait


@pytest.mark.parametrize(
    ("said", "wait"), [("60", timedelta(minutes=1)), ("86400", timedelta(minutes=30))]
)
def test_a_feed_is_left_alone_while_its_server_says_it_stays_as_it_is(
    tmp_path: Path, site: Site, said: str, wait: timedelta
) -> None:
    site.pages["/feed"] = answering(200, ONE, Cache_Control=f"max-age={said}")
    assert only(ask(tmp_path, site.at("/feed")))["next_at"] == NOW + wait


# -- many ----------------------------------------------------------------------------------


def test_hosts_are_asked_side_by_side_and_the_feeds_of_one_in_turn(tmp_path: Path) -> None:
    running: dict[str, int] = {"127.0.0.1": 0, "localhost": 0}
    together = threading.Barrier(2, timeout=5)
    overlaps = []

    class Watched(Web):
        def get(self, address: str, *_: str | None) -> Answer:
            host = address.split("/")[2]
            running[host] += 1
            overlaps.append(running[host])
            if address.endswith("/1"):
                together.wait()
            time.sleep(0.01)
            running[host] -= 1
            return Answer(200, address.encode(), None, None, None, None)

    rows = ask(
        tmp_path,
        *(f"http://{host}/{number}" for host in running for number in range(1, 4)),
        web=Watched(),
    )
    assert rows["status"].to_list() == ["new"] * 6
    assert overlaps == [1] * 6


def test_a_poll_ends_and_who_has_waited_longest_comes_first(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "_MOST_SECONDS", 0.3)

    def slow(handler: plays.Handler) -> None:
        time.sleep(0.5)
        handler.answers(200, ONE)

    site.pages |= {"/a": slow, "/b": slow}
    rows = ask(tmp_path, site.at("/a"), site.at("/b"))
    assert dict(rows.select("address", "status").rows()) == {
        site.at("/a"): "new",
        site.at("/b"): "failed",
    }
    assert "its turn did not come" in rows.filter(pl.col("status") == "failed")["reason"][0]
    known = rows.with_columns(
        fetched_at=pl.when(pl.col("status") == "new").then(NOW).otherwise(NOW - timedelta(hours=1))
    )
    ask(tmp_path, site.at("/a"), site.at("/b"), known=known)
    assert site.paths == ["/a", "/b"]


# -- from the feed to raw articles ---------------------------------------------------------


@dataclass(frozen=True)
class Intake:
    """The first assets of the corridor over the given sources."""

    settings: Settings

    def run(self) -> bool:
        newsroom = Newsroom(self.settings)
        return dg.materialize(
            [raw],
            resources={"newsroom": newsroom},
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        ).success

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.settings.home / "store.duckdb")) as store:
            found: list[tuple[object, ...]] = store.sql(sql).fetchall()
            return found


BODIES = "SELECT text[body_start + 1 : body_end] FROM raw_articles ORDER BY first_seen_at, ordinal"


@pytest.fixture
def intake(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Intake:
    monkeypatch.setattr(Newsroom, "web", lambda self: quick(allow_private=True))
    return Intake(Settings(articles=(site.at("/feed"),), home=tmp_path / "home", workers=1))


def test_the_articles_of_a_feed_land_once_and_a_changed_one_anew(
    intake: Intake, site: Site
) -> None:
    site.pages["/feed"] = marked(rss(a="La prima.", b="La seconda."))
    assert intake.run()
    assert intake.rows(BODIES) == [("La prima.",), ("La seconda.",)]
    assert intake.run()
    assert intake.rows("SELECT status, http_status FROM raw_sources") == [("unchanged", 304)]
    assert intake.rows("SELECT count(*) FROM raw_files") == [(1,)]

    # The window has moved on: one is gone, one corrected, one is new.
    site.pages["/feed"] = marked(rss(b="La seconda, corretta.", c="La terza."), etag='"2"')
    assert intake.run()
    assert intake.rows(BODIES) == [
        ("La prima.",), ("La seconda.",), ("La seconda, corretta.",), ("La terza.",),
    ]  # fmt: skip
    titled = "SELECT count(*) FROM raw_articles WHERE declared[1].value = 'Di b'"
    assert intake.rows(titled) == [(2,)]
    assert intake.rows("SELECT status, failures FROM raw_sources") == [("new", 0)]


def test_what_was_fetched_and_not_read_is_read_before_it_is_replaced(
    intake: Intake, site: Site
) -> None:
    """A run that was killed between the two."""
    site.pages["/feed"] = rss(a="La prima.")
    folder = intake.settings.home / "feeds"
    folder.mkdir(parents=True)
    ask(folder, site.at("/feed"))
    site.pages["/feed"] = rss(b="La seconda.")
    assert intake.run()
    assert sorted(intake.rows(BODIES)) == [("La prima.",), ("La seconda.",)]


def test_a_malformed_feed_gives_what_is_whole_and_says_what_is_not(
    intake: Intake, site: Site
) -> None:
    site.pages["/feed"] = rss(a="La prima.", b="La seconda.")[:-60]
    assert intake.run()
    assert intake.rows(BODIES) == [("La prima.",)]
    ((reason,),) = intake.rows("SELECT reason FROM raw_rejects")
    assert "not well-formed XML" in str(reason)
    site.pages["/feed"] = b"<rss"
    assert intake.run()
    ((reason,),) = intake.rows("SELECT reason FROM raw_files WHERE status = 'quarantined'")
    assert "not well-formed XML" in str(reason)


def test_a_feed_that_fails_stops_no_other_source_and_all_that_fail_are_no_success(
    intake: Intake, site: Site, tmp_path: Path
) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "a.txt").write_text("Un testo.")
    both = (*intake.settings.articles, str(tmp_path / "landing"))
    beside = replace(intake, settings=replace(intake.settings, articles=both))
    site.pages["/feed"] = answering(500)
    assert not intake.run()
    assert beside.run()
    assert beside.rows(BODIES) == [("Un testo.",)]
    assert dict(beside.rows("SELECT kind, status FROM raw_sources")) == {
        "feed": "failed",
        "files": "listed",
    }


def test_a_private_feed_is_refused_unless_the_setting_allows_it(
    tmp_path: Path, site: Site
) -> None:
    site.pages["/feed"] = rss(a="La prima.")
    closed = Intake(Settings(articles=(site.at("/feed"),), home=tmp_path / "home", workers=1))
    assert not closed.run()
    ((reason,),) = closed.rows("SELECT reason FROM raw_sources")
    assert "BABELWIRE_ALLOW_PRIVATE=yes" in str(reason)
    assert site.asked == []
    assert replace(closed, settings=replace(closed.settings, allow_private=True)).run()
    assert closed.rows(BODIES) == [("La prima.",)]
