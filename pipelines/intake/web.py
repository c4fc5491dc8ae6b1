"""The guarded web client: fetches what others serve, in bounded time and space, and politely.

The law of this file: no connection is made but to an address that was checked. A name is resolved
once, what it resolves to is checked, and the connection goes to the very address that passed; so
neither a redirect nor a name that changes its mind leads into the network this machine stands in.
Proxies are not used: they resolve names themselves, behind the guard.
"""

import http.client
import random
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import unquote, urljoin

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Url, make_headers, parse_url

from pipelines.intake.source import shown

if TYPE_CHECKING:
    from protego import Protego

#: By what name robots.txt speaks to us, and what servers are told.
_NAME = "Babelwire"
_AGENT = f"{_NAME}/{version('babelwire')} (feed reader)"

#: Redirects followed, as many as RFC 9309 asks for.
_MOST_HOPS = 5
#: Addresses of one name that are tried.
_MOST_PLACES = 4
#: Bytes read at once.
_CHUNK = 1 << 16
#: What a client must read of robots.txt at least (RFC 9309).
_MOST_ROBOTS = 500 << 10
#: Seconds between two requests that robots.txt may ask for; more would hold up a run for hours.
_MOST_DELAY = 30.0
#: Hosts remembered at once; those forgotten are asked for robots.txt again.
_MOST_HOSTS = 1_000
#: Characters of a mark that is kept until the next request.
_LONGEST_MARK = 1_000
_PERMANENT, _REDIRECTS = (301, 308), (301, 302, 303, 307, 308)
#: What a server answers when it is at fault, for the moment.
_TRANSIENT = (408, 500, 502, 503, 504)
_PACKED = ("", "identity", "gzip", "x-gzip", "deflate")
_MAX_AGE = re.compile(r"\bmax-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
#: Where the last four bytes of an IPv6 address are one of IPv4: translated (RFC 6052), or as it was
#: once written (RFC 4291).
_HOLD_IPV4 = (ip_network("64:ff9b::/96"), ip_network("::/96"))

Headers = Mapping[str, str]


class WebError(RuntimeError):
    """What an address serves cannot be had; the message says why and what to do.

    ``status`` is what the server answered, if it did, and ``retry_after`` when it says to ask
    again. ``is_refused``: it may not be asked. ``is_transient``: it may do better in a moment.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: str | None = None,
        is_refused: bool = False,
        is_transient: bool = False,
    ) -> None:
        super().__init__(message)
        self.status, self.retry_after = status, retry_after
        self.is_refused, self.is_transient = is_refused, is_transient


class Answer(NamedTuple):
    """What an address serves.

    ``status`` is 200, or 304 where it is as it was. ``moved_to`` is where it has moved for good,
    ``max_age`` for how many seconds the server says it will stay as it is.
    """

    status: int
    content: bytes
    etag: str | None
    last_modified: str | None
    moved_to: str | None
    max_age: int | None


@dataclass
class Web:
    """A client for one run, for several threads; it knows whom it asked, and what robots.txt says.

    ``allow_private`` opens this machine and its private network. ``most_seconds`` bounds one try,
    from the name to the last byte, redirects included, however slowly the bytes come; ``silence``
    the wait for a single one. ``most_bytes`` bounds what is fetched, unpacked. ``delay`` seconds
    lie between two requests to a host. What fails for the moment is tried ``tries`` times, after
    about ``backoff`` seconds, and then twice as many.
    """

    allow_private: bool = False
    most_seconds: float = 60.0
    silence: float = 10.0
    most_bytes: int = 20_000_000
    delay: float = 1.0
    tries: int = 3
    backoff: float = 1.0
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)
    _sites: dict[str, "_Site"] = field(default_factory=dict, init=False, repr=False)
    _free_at: dict[str, float] = field(default_factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def get(
        self, address: str, etag: str | None = None, last_modified: str | None = None
    ) -> Answer:
        """Return what an address serves, unless it is as it was. Raises WebError."""
        marks = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: mark for name, mark in marks.items() if mark}
        answer = self._tried(lambda: self._followed(_url(address), headers))
        if answer.status == 304 and not headers:
            raise WebError(
                "the server answers 304 (as it was) to who never had it; try it in a browser",
                status=304,
            )
        return answer

    def _tried(self, fetch: Callable[[], Answer]) -> Answer:
        for earlier in range(self.tries - 1):
            try:
                return fetch()
            except WebError as error:
                if not error.is_transient:
                    raise
                # Not all clients of a server that was down come back in the same moment.
                time.sleep(self.backoff * 2**earlier * random.uniform(0.5, 1.5))
        return fetch()

    def _followed(self, url: Url, headers: Headers, for_robots: bool = False) -> Answer:
        """Return what an address serves, wherever it sends us, each hop checked as the first."""
        seconds, moved_to, is_permanent = self.most_seconds, None, True
        for _ in range(_MOST_HOPS + 1):
            delay = self.delay if for_robots else self._permitted(url)
            self._take_turn(url, delay)
            began = time.monotonic()
            hop = self._exchange(url, headers, seconds, for_robots)
            seconds -= time.monotonic() - began
            if isinstance(hop, Answer):
                return hop._replace(moved_to=moved_to)
            is_permanent = is_permanent and hop.is_permanent
            moved_to = shown(hop.url.url) if is_permanent else moved_to
            # Who has moved within a site still needs the name and password for it.
            stays = _origin(hop.url) == _origin(url) and not hop.url.auth
            url = hop.url._replace(auth=url.auth) if stays else hop.url
        raise WebError(
            f"it is redirected more than {_MOST_HOPS} times, or in a circle; give the address it "
            "leads to"
        )

    # -- manners ---------------------------------------------------------------------------

    def _permitted(self, url: Url) -> float:
        """Return the delay a site asks for; WebError where it forbids the address, or is silent."""
        with self._lock:
            site = self._sites.setdefault(_origin(url), _Site())
            while len(self._sites) > _MOST_HOSTS:
                self._sites.pop(next(iter(self._sites)))
        with site.lock:
            if not (site.rules or site.fault):
                try:
                    site.rules = self._robots(url)
                except WebError as error:
                    site.fault = error
        if site.rules is None:
            raise site.fault or WebError("its robots.txt cannot be had")
        if not site.rules.can_fetch(url._replace(auth=None).url, _NAME):
            raise WebError(
                f"robots.txt of {url.host} forbids it; ask its owner, or take it out of the sources"
            )
        rate = site.rules.request_rate(_NAME)
        asked = (site.rules.crawl_delay(_NAME), rate and rate.seconds / max(rate.requests, 1))
        return min(max(self.delay, *(one or 0 for one in asked)), _MOST_DELAY)

    def _robots(self, url: Url) -> "Protego":
        """Return the rules of a site (RFC 9309): all is allowed where it has none."""
        from protego import Protego

        address = url._replace(path="/robots.txt", query=None, fragment=None)
        try:
            content = self._tried(lambda: self._followed(address, {}, for_robots=True)).content
        except WebError as error:
            if error.status and 400 <= error.status < 500 and error.status != 429:
                content = b""
            elif error.is_refused:
                raise
            else:
                raise WebError(
                    f"its robots.txt cannot be had, and then nothing may be fetched: {error}",
                    status=error.status,
                    retry_after=error.retry_after,
                ) from error
        return Protego.parse(content.decode("utf-8-sig", "replace"))

    def _take_turn(self, url: Url, delay: float) -> None:
        """Wait until a host may be asked again."""
        host, now = str(url.host), time.monotonic()
        with self._lock:
            if len(self._free_at) > _MOST_HOSTS:
                self._free_at = {one: at for one, at in self._free_at.items() if at > now}
            turn = max(now, self._free_at.get(host, now))
            self._free_at[host] = turn + delay
        time.sleep(turn - now)

    # -- one request -----------------------------------------------------------------------

    def _exchange(
        self, url: Url, headers: Headers, seconds: float, for_robots: bool
    ) -> "Answer | _Hop":
        with _Watch(seconds) as watch:
            try:
                with closing(self._connection(url, watch)) as connection:
                    connection.request(
                        "GET",
                        url.request_uri,
                        headers={**_headers(url), **headers},
                        preload_content=False,
                    )
                    got = self._got(url, connection.getresponse(), for_robots)
                # Where a server tells no length, what was shut looks as if it had ended.
                if watch.is_over:
                    raise TimeoutError
                return got
            except (OSError, http.client.HTTPException, HTTPError, ValueError) as error:
                if watch.is_over:
                    raise WebError(
                        f"{url.host} took longer than {self.most_seconds:g} seconds; it is asked "
                        "again by a later run"
                    ) from error
                raise self._no_answer(url, error) from error

    def _got(self, url: Url, response: BaseHTTPResponse, for_robots: bool) -> "Answer | _Hop":
        """Return what a server gives, or where it sends us."""
        if response.status in _REDIRECTS and "Location" in response.headers:
            return _hop(url, response)
        _require_success(response)
        most = _MOST_ROBOTS if for_robots else self.most_bytes
        content = _content(response, most) if response.status == 200 else b""
        if len(content) > most and not for_robots:
            raise WebError(
                f"it has more than {most:,} bytes, which no feed has; take it out of the sources, "
                "or save it as a file",
                status=response.status,
            )
        marks = [response.headers.get(name) for name in ("ETag", "Last-Modified")]
        etag, last_modified = (one if one and len(one) < _LONGEST_MARK else None for one in marks)
        age = _MAX_AGE.search(response.headers.get("Cache-Control", ""))
        return Answer(
            response.status, content[:most], etag, last_modified, None, int(age[1]) if age else None
        )

    def _no_answer(self, url: Url, error: Exception) -> WebError:
        if isinstance(error, TimeoutError | ReadTimeoutError):
            why = f"{url.host} was silent for {self.silence:g} seconds"
        elif isinstance(error, ssl.SSLCertVerificationError):
            return WebError(
                f"the certificate of {url.host} is not trusted ({error.verify_message}); if it is "
                "your own, name the file of its authority in SSL_CERT_FILE"
            )
        elif isinstance(error, OSError):
            why = f"{url.host} cannot be reached ({error.strerror or error})"
        else:
            why = f"the answer of {url.host} breaks off or is no HTTP ({type(error).__name__})"
        return WebError(f"{why}; check the address and the network", is_transient=True)

    def _connection(self, url: Url, watch: "_Watch") -> HTTPConnection:
        """Return a connection to a checked address, which can make no other."""
        is_tls = url.scheme == "https"
        host, port = str(url.host).strip("[]"), url.port or (443 if is_tls else 80)
        plain = self._connected(host, port, watch)
        try:
            ready = self.tls.wrap_socket(plain, server_hostname=host) if is_tls else plain
        except BaseException:
            plain.close()
            raise
        kind = HTTPSConnection if is_tls else HTTPConnection
        connection = kind(host, port, timeout=self.silence)
        connection.sock, connection.auto_open = ready, 0
        return connection

    def _connected(self, host: str, port: int, watch: "_Watch") -> socket.socket:
        """Resolve a name once, and connect to the first address that may be and that answers."""
        places = _resolved(host, port, watch)
        allowed = [
            one for one in places if self.allow_private or is_public(ip_address(one.address[0]))
        ]
        if not allowed:
            raise WebError(
                f"{host} is an address of this machine or its private network "
                f"({places[0].address[0]}); to fetch from there, set BABELWIRE_ALLOW_PRIVATE=yes",
                is_refused=True,
            )
        fault: OSError = OSError(f"{host} has no address")
        for place in allowed[:_MOST_PLACES]:
            tried = socket.socket(place.family, socket.SOCK_STREAM)
            tried.settimeout(max(min(self.silence, watch.ends_at - time.monotonic()), 0.001))
            watch.over(tried)
            try:
                tried.connect(place.address)
            except OSError as error:
                tried.close()
                fault = error
            else:
                tried.settimeout(self.silence)
                return tried
        raise fault


@dataclass
class _Site:
    """What robots.txt of a site says, or why nobody knows."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    rules: "Protego | None" = None
    fault: WebError | None = None


class _Hop(NamedTuple):
    """Where a server sends us, and whether for good."""

    url: Url
    is_permanent: bool


class _Place(NamedTuple):
    family: socket.AddressFamily
    address: Any


class _Watch:
    """Ends an exchange when its time is over, whatever it is waiting for.

    A time-out of a socket begins anew with every byte; this one shuts the connection.
    """

    def __init__(self, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds
        self.is_over = False
        self._watched: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(max(seconds, 0), self._end)
        self._timer.daemon = True

    def over(self, connection: socket.socket) -> None:
        """Watch over a connection too. A copy, because TLS takes the socket out of its object."""
        with self._lock:
            self._watched.append(connection.dup())

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for one in self._watched:
                one.close()
            self._watched.clear()

    def _end(self) -> None:
        self.is_over = True
        with self._lock:
            for one in self._watched:
                # Not yet connected, or no longer.
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)


def _resolved(host: str, port: int, watch: _Watch) -> list[_Place]:
    """Return the addresses of a name. Apart, because the system's resolver knows no time-out."""
    found: list[_Place] = []
    faults: list[Exception] = []

    def resolve() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(_Place(family, address) for family, *_, address in answers)
        except (OSError, UnicodeError) as error:
            faults.append(error)

    thread = threading.Thread(target=resolve, daemon=True)
    thread.start()
    thread.join(max(watch.ends_at - time.monotonic(), 0))
    if not found:
        why = str(faults[0].args[-1]) if faults else "no answer in time"
        raise WebError(
            f"the name {host} cannot be resolved ({why}); check the address and the network"
        )
    return found


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Say whether an address is one of the public network, also within one of IPv6."""
    if isinstance(ip, IPv6Address):
        within = ip.ipv4_mapped or ip.sixtofour
        if any(ip in network for network in _HOLD_IPV4):
            within = IPv4Address(int(ip) & 0xFFFFFFFF)
        if within:
            return is_public(within)
        if ip.is_site_local or ip.teredo:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _url(address: str) -> Url:
    """Return the parts of an address. Raises WebError."""
    try:
        url = parse_url(address)
    except LocationParseError:
        url = Url()
    if url.scheme not in ("http", "https") or not url.host:
        raise WebError(
            f"{shown(address)} is no http or https address; correct it", is_refused=True
        )
    return url._replace(fragment=None)


def _origin(url: Url) -> str:
    return f"{url.scheme}://{url.host}:{url.port}"


def _headers(url: Url) -> dict[str, str]:
    """Return what every request says."""
    auth = unquote(url.auth) if url.auth else None
    return {
        **make_headers(basic_auth=auth),
        "User-Agent": _AGENT,
        "Accept": "application/rss+xml, application/atom+xml, application/feed+json, "
        "application/xml;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }


def _hop(url: Url, response: BaseHTTPResponse) -> _Hop:
    # Servers write what they like; browsers take bytes beyond ASCII for UTF-8.
    location = response.headers["Location"].encode("latin-1", "replace").decode("utf-8", "replace")
    target = location.strip()
    with suppress(ValueError):  # half of an IPv6 address; told of below
        target = urljoin(url._replace(auth=None).url, target)
    return _Hop(_url(target), response.status in _PERMANENT)


def _require_success(response: BaseHTTPResponse) -> None:
    """Raise WebError unless a server gives what was asked, or says that it is as it was."""
    status, retry_after = response.status, response.headers.get("Retry-After")
    if status in (200, 304):
        return
    if status == 429:
        what = "the server is asked too often (429); it is asked again later"
    elif status in (404, 410):
        what = f"there is nothing there ({status}); correct the address or take it out"
    elif status in (401, 403):
        what = (
            f"the server refuses it ({status}); give the name and password it wants in the "
            "address (https://NAME:PASSWORD@...), or take it out of the sources"
        )
    else:
        what = f"the server answers {status}; open the address in a browser, or wait"
    # Who says when to come back is not pressed before.
    is_transient = status in _TRANSIENT and not retry_after
    raise WebError(what, status=status, retry_after=retry_after, is_transient=is_transient)


def _content(response: BaseHTTPResponse, most_bytes: int) -> bytes:
    """Return what a server sends, unpacked; one byte and more too many where it has too many."""
    packed = response.headers.get("Content-Encoding", "").lower()
    if not all(one.strip() in _PACKED for one in packed.split(",")):
        raise WebError(f"the answer is packed as {packed[:40]}, which was not asked for; report it")
    chunks, length = list[bytes](), 0
    while length <= most_bytes and (chunk := response.read1(_CHUNK, decode_content=True)):
        chunks.append(chunk)
        length += len(chunk)
    return b"".join(chunks)
