import gzip
import socket
import ssl
import time
import tracemalloc
from collections.abc import Iterator
from ipaddress import ip_address

import misbehaving_site as plays
import pytest
from misbehaving_site import (
    CERTIFICATE,
    Handler,
    Page,
    Site,
    answering,
    first,
    marked,
    misbehaving_site,
    redirecting,
)

from pipelines.intake import web
from pipelines.intake.source import shown
from pipelines.intake.web import Web, WebError, is_public

QUICK = {
    "allow_private": True,
    "most_bytes": 1_000_000,
    "delay": 0.0,
    "tries": 2,
    "backoff": 0.01,
    "tls": ssl.create_default_context(),
}
#: Bounds that a server which does its best keeps, and a silent or a slow one does not.
SILENT, SLOW = {"silence": 0.25}, {"most_seconds": 0.6}
FEED = b"<rss/>"


def quick(**other: object) -> Web:
    return Web(**(QUICK | other))  # type: ignore[arg-type]


@pytest.fixture
def site() -> Iterator[Site]:
    with misbehaving_site() as served:
        yield served


def fails(client: Web, address: str) -> WebError:
    with pytest.raises(WebError) as raised:
        client.get(address)
    return raised.value


# -- what is served ------------------------------------------------------------------------


def test_what_is_served_comes_with_its_marks(site: Site) -> None:
    site.pages["/feed"] = marked(FEED)
    answer = quick().get(site.at("/feed"))
    assert (answer.status, answer.content, answer.etag) == (200, FEED, '"1"')
    assert answer.last_modified == "Tue, 05 Dec 2023 10:00:00 GMT"
    assert answer.moved_to is None


def test_what_is_as_it_was_comes_without_a_body(site: Site) -> None:
    site.pages["/feed"] = marked(FEED)
    answer = quick().get(site.at("/feed"), '"1"', "Tue, 05 Dec 2023 10:00:00 GMT")
    assert (answer.status, answer.content) == (304, b"")
    _, headers = site.asked[-1]
    assert headers["If-None-Match"] == '"1"'
    assert headers["If-Modified-Since"] == "Tue, 05 Dec 2023 10:00:00 GMT"


def test_a_server_that_says_304_to_who_has_nothing_is_not_believed(site: Site) -> None:
    site.pages["/feed"] = answering(304)
    assert "304" in str(fails(quick(), site.at("/feed")))


def test_a_client_says_who_it_is(site: Site) -> None:
    site.pages["/feed"] = FEED
    quick().get(site.at("/feed"))
    assert all(headers["User-Agent"].startswith("Babelwire/") for _, headers in site.asked)


def test_how_long_an_answer_stays_fresh_is_told(site: Site) -> None:
    site.pages["/feed"] = answering(200, FEED, Cache_Control="public, max-age=600")
    assert quick().get(site.at("/feed")).max_age == 600


def test_a_packed_answer_is_unpacked(site: Site) -> None:
    site.pages["/feed"] = answering(200, gzip.compress(FEED), Content_Encoding="gzip")
    assert quick().get(site.at("/feed")).content == FEED


def test_an_answer_packed_in_a_way_nobody_asked_for_is_refused(site: Site) -> None:
    site.pages["/feed"] = answering(200, FEED, Content_Encoding="br")
    assert "packed as br" in str(fails(quick(), site.at("/feed")))


def test_a_proxy_of_the_environment_is_not_used(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    site.pages["/feed"] = FEED
    assert quick().get(site.at("/feed")).content == FEED


def test_tls_wants_a_certificate_that_is_trusted() -> None:
    with misbehaving_site(tls=True) as site:
        site.pages["/feed"] = FEED
        assert "SSL_CERT_FILE" in str(fails(quick(), site.at("/feed")))
        trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
        assert quick(tls=trusting).get(site.at("/feed")).content == FEED
        by_number = site.at("/feed").replace("localhost", "127.0.0.1")
        assert "not trusted" in str(fails(quick(tls=trusting), by_number))


# -- redirects -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "moved"), [(301, True), (308, True), (302, False), (307, False)]
)
def test_a_redirect_is_followed_and_told_where_it_is_for_good(
    site: Site, status: int, moved: bool
) -> None:
    site.pages |= {"/old": redirecting("/new", status), "/new": FEED}
    answer = quick().get(site.at("/old"))
    assert answer.content == FEED
    assert answer.moved_to == (site.at("/new") if moved else None)


def test_behind_a_redirect_for_a_while_nothing_is_for_good(site: Site) -> None:
    site.pages |= {"/a": redirecting("/b", 302), "/b": redirecting("/c", 301), "/c": FEED}
    assert quick().get(site.at("/a")).moved_to is None
    site.pages |= {"/a": redirecting("/b", 301), "/b": redirecting("/c", 302)}
    assert quick().get(site.at("/a")).moved_to == site.at("/b")


def test_a_circle_ends(site: Site) -> None:
    site.pages |= {"/a": redirecting("/b"), "/b": redirecting("/a")}
    assert "in a circle" in str(fails(quick(), site.at("/a")))
    assert len(site.paths) == 6


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://[", "gopher://x"])
def test_a_redirect_leads_to_http_or_nowhere(site: Site, to: str) -> None:
    site.pages["/a"] = redirecting(to)
    assert fails(quick(), site.at("/a")).is_refused


def test_a_redirect_into_the_private_network_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "is_public", lambda ip: str(ip) == "127.0.0.1")
    site.pages["/a"] = redirecting(f"http://127.0.0.2:{site.server_port}/b")
    error = fails(quick(allow_private=False), site.at("/a"))
    assert error.is_refused
    assert "127.0.0.2" in str(error)
    assert "BABELWIRE_ALLOW_PRIVATE" in str(error)


# -- the guard -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1",
        "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
        "2002:7f00:1::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_known(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_an_address_that_is_public_is_known(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "0.0.0.0"]
)
def test_this_machine_is_not_asked_unless_allowed(site: Site, host: str) -> None:
    site.pages["/feed"] = FEED
    error = fails(quick(allow_private=False), f"http://{host}:{site.server_port}/feed")
    assert error.is_refused
    assert "BABELWIRE_ALLOW_PRIVATE=yes" in str(error)
    assert site.asked == []


def test_a_name_is_resolved_once_and_the_address_that_was_checked_is_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes its mind between check and connection leads nowhere else."""
    answers: list[str] = []

    def getaddrinfo(_host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        answers.append("127.0.0.1" if len(answers) % 2 == 0 else "127.0.0.2")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers[-1], port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(web, "is_public", lambda ip: str(ip) == "127.0.0.1")
    site.pages |= {"/robots.txt": b"", "/feed": FEED}
    client = quick(allow_private=False)
    address = f"http://rebinding.example:{site.server_port}/feed"
    # The second answer is refused by its own check, and never slips in behind the first.
    assert "127.0.0.2" in str(fails(client, address))
    assert answers == ["127.0.0.1", "127.0.0.2"]
    assert client.get(address).content == FEED


def test_of_several_addresses_only_those_that_are_public_are_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def getaddrinfo(_host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        places = [("127.0.0.2", port), ("127.0.0.1", port)]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(web, "is_public", lambda ip: str(ip) == "127.0.0.1")
    site.pages["/feed"] = FEED
    client = quick(allow_private=False)
    assert client.get(f"http://two.example:{site.server_port}/feed").content == FEED


def test_a_name_that_does_not_resolve_in_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: object, **__: object) -> list[object]:
        time.sleep(2)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    started = time.monotonic()
    assert "cannot be resolved" in str(fails(quick(**SLOW), "http://slow.example/feed"))
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize("address", ["http://", "ftp://x/y", "x", "http://a b/", "http://x:99999/"])
def test_what_is_no_address_is_refused_in_a_sentence(address: str) -> None:
    error = fails(quick(), address)
    assert error.is_refused
    assert "is no http or https address" in str(error)


# -- bounds --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "bounds", "said"),
    [
        (plays.silent, SILENT, "was silent for 0.25 seconds"),
        (plays.trickling, SLOW, "took longer than 0.6 seconds"),
        (plays.trickling_headers, SLOW, "took longer than 0.6 seconds"),
        (plays.huge, {}, "more than 1,000,000 bytes"),
        (plays.bomb, {}, "more than 1,000,000 bytes"),
        (plays.breaking_off, {}, "breaks off"),
        (plays.breaking_off_in_chunks, {}, "breaks off"),
        (plays.hanging_up, {}, "cannot be reached"),
        (plays.talking_nonsense, {}, "breaks off or is no HTTP"),
    ],
)
def test_whatever_a_server_does_it_ends_in_bounded_time(
    site: Site, page: Page, bounds: dict[str, float], said: str
) -> None:
    plays.packed()
    site.pages |= {"/robots.txt": b"", "/feed": page}
    started = time.monotonic()
    assert said in str(fails(quick(**bounds), site.at("/feed")))
    assert time.monotonic() - started < 8


def test_a_bomb_is_never_unpacked_whole(site: Site) -> None:
    site.pages["/feed"] = plays.bomb
    plays.packed()
    client = quick()
    tracemalloc.start()
    try:
        fails(client, site.at("/feed"))
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_port_where_nobody_listens_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/feed"
    assert "cannot be reached" in str(fails(quick(), address))


# -- trying again --------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [answering(500), answering(503), plays.hanging_up])
def test_a_fault_of_the_moment_is_tried_again(site: Site, fault: Page) -> None:
    site.pages["/feed"] = first(fault, FEED)
    assert quick().get(site.at("/feed")).content == FEED


def test_tries_are_bounded(site: Site) -> None:
    site.pages["/feed"] = answering(500)
    assert fails(quick(tries=3), site.at("/feed")).status == 500
    assert len(site.paths) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 429])
def test_what_will_not_be_otherwise_is_asked_once(site: Site, status: int) -> None:
    site.pages["/feed"] = answering(status)
    error = fails(quick(tries=3), site.at("/feed"))
    assert error.status == status
    assert str(status) in str(error)
    assert len(site.paths) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_who_says_when_to_come_back_is_not_pressed_before(site: Site, status: int) -> None:
    site.pages["/feed"] = answering(status, Retry_After="120")
    assert fails(quick(tries=3), site.at("/feed")).retry_after == "120"
    assert len(site.paths) == 1


# -- manners -------------------------------------------------------------------------------


def test_robots_is_asked_once_and_obeyed(site: Site) -> None:
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: babelwire\nDisallow: /private/\n"
    site.pages |= {"/robots.txt": rules, "/feed": FEED, "/private/feed": FEED}
    client = quick()
    assert client.get(site.at("/feed")).content == FEED
    assert "robots.txt" in str(fails(client, site.at("/private/feed")))
    assert [path for path, _ in site.asked] == ["/robots.txt", "/feed"]


def test_a_redirect_to_where_robots_forbids_is_not_followed(site: Site) -> None:
    site.pages |= {
        "/robots.txt": b"User-agent: *\nDisallow: /private/",
        "/feed": redirecting("/private/feed"),
        "/private/feed": FEED,
    }
    assert "forbids" in str(fails(quick(), site.at("/feed")))
    assert site.paths == ["/feed"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_site_without_robots_allows_all(site: Site, status: int) -> None:
    site.pages |= {"/robots.txt": answering(status), "/feed": FEED}
    assert quick().get(site.at("/feed")).content == FEED


@pytest.mark.parametrize("robots", [answering(500), answering(429), plays.silent, plays.hanging_up])
def test_while_robots_cannot_be_had_nothing_is_fetched(site: Site, robots: Page) -> None:
    site.pages |= {"/robots.txt": robots, "/feed": FEED}
    client = quick(**SILENT)
    assert "robots.txt cannot be had" in str(fails(client, site.at("/feed")))
    asked = len(site.asked)
    fails(client, site.at("/feed"))
    assert len(site.asked) == asked
    assert site.paths == []


def test_robots_that_moved_are_followed(site: Site) -> None:
    site.pages |= {
        "/robots.txt": redirecting("/rules"),
        "/rules": b"User-agent: *\nDisallow: /",
        "/feed": FEED,
    }
    assert "forbids" in str(fails(quick(), site.at("/feed")))


def test_of_robots_without_end_the_beginning_counts(site: Site) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.writes(b"User-agent: *\nDisallow: /\n", *[b"# more\n" * 10_000] * 1_000)

    site.pages |= {"/robots.txt": endless, "/feed": FEED}
    assert "forbids" in str(fails(quick(), site.at("/feed")))


def test_a_host_is_left_in_peace_between_two_requests(site: Site) -> None:
    site.pages["/feed"] = FEED
    client = quick(delay=0.2)
    for _ in range(2):
        client.get(site.at("/feed"))
    waits = [later - earlier for earlier, later in zip(site.times, site.times[1:], strict=False)]
    assert len(waits) == 2
    assert all(wait > 0.15 for wait in waits)


def test_a_delay_that_robots_asks_for_is_kept(site: Site) -> None:
    site.pages |= {"/robots.txt": b"User-agent: *\nCrawl-delay: 0.3", "/feed": FEED}
    client = quick()
    for _ in range(2):
        client.get(site.at("/feed"))
    assert site.times[2] - site.times[1] > 0.25


# -- secrets -------------------------------------------------------------------------------


def test_name_and_password_go_to_their_own_site_and_no_further(site: Site) -> None:
    with misbehaving_site() as other:
        site.pages |= {"/a": redirecting("/b"), "/b": redirecting(other.at("/c"))}
        other.pages["/c"] = FEED
        address = site.at("/a").replace("http://", "http://anna:s%40fe@")
        quick().get(address)
    assert [h.get("Authorization") for path, h in site.asked if path in ("/a", "/b")] == [
        "Basic YW5uYTpzQGZl"
    ] * 2
    assert all("Authorization" not in headers for _, headers in other.asked)


@pytest.mark.parametrize("page", [answering(401), answering(500), plays.hanging_up, plays.silent])
def test_no_error_tells_a_secret(site: Site, page: Page) -> None:
    site.pages |= {"/feed?api_key=hush": page}
    address = site.at("/feed?api_key=hush").replace("http://", "http://anna:hush@")
    error = fails(quick(**SILENT), address)
    assert "hush" not in str(error)
    assert "hush" not in repr(error.__cause__)


def test_where_a_feed_has_moved_tells_no_secret(site: Site) -> None:
    site.pages |= {"/a": redirecting("/b?token=hush", 301), "/b?token=hush": FEED}
    assert quick().get(site.at("/a")).moved_to == site.at("/b?token=…")


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("https://anna:pw@x.org/f?a=1", "https://x.org/f?a=1"),
        ("https://x.org/f?a=1&api_key=2&b=3", "https://x.org/f?a=1&api_key=…&b=3"),
        ("https://x.org/f?access_token=2#x", "https://x.org/f?access_token=…#x"),
        ("https://x.org/f?keyword=2", "https://x.org/f?keyword=2"),
        ("https://anna:p@w@x.org/@anna", "https://x.org/@anna"),
        ("https://anna:pw@x.org:99999/f", "https://x.org:99999/f"),
        ("https://anna:p/w@x.org/f", "https://x.org/f"),
        ("HTTPS://X.org/f", "HTTPS://X.org/f"),
        ("no address", "no address"),
    ],
)
def test_an_address_is_shown_without_what_is_secret(address: str, seen: str) -> None:
    assert shown(address) == seen
