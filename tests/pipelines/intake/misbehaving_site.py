"""A real server on the loopback that serves feeds, and misbehaves on command."""

import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from loopback import Loopback

#: A certificate of localhost, signed by itself, valid for a hundred years.
CERTIFICATE = Path(__file__).with_name("loopback.pem")

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Il Corriere</title><link>https://corriere.example/</link>
<language>it</language>{}</channel></rss>"""
ITEM = """<item><title>{title}</title><link>https://corriere.example/{id}</link><guid>{id}</guid>
<pubDate>Tue, 05 Dec 2023 10:00:00 GMT</pubDate><description>{text}</description></item>"""


def rss(**texts: str) -> bytes:
    """A feed with an item a text, each called by its id."""
    items = (ITEM.format(id=id_, title=f"Di {id_}", text=text) for id_, text in texts.items())
    return RSS.format("".join(items)).encode()


class Site(Loopback):
    """Serves what ``pages`` has under a path: bytes, or what a function does with the request."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.pages: dict[str, bytes | Callable[[Handler], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.times: list[float] = []
        self.scheme = "http"

    def at(self, path: str) -> str:
        host = "localhost" if self.scheme == "https" else "127.0.0.1"
        return f"{self.scheme}://{host}:{self.server_port}{path}"

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order, without robots.txt."""
        return [path for path, _ in self.asked if path != "/robots.txt"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        headers = {name.title(): value for name, value in self.headers.items()}
        self.server.asked.append((self.path, headers))
        self.server.times.append(time.monotonic())
        page = self.server.pages.get(self.path)
        if page is None:
            self.answers(404)
        elif isinstance(page, bytes):
            self.answers(200, page)
        else:
            page(self)

    def answers(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def writes(self, *pieces: bytes, every: float = 0.0) -> None:
        """Write until the client hangs up or the server closes."""
        with suppress(OSError):
            for piece in pieces:
                self.wfile.write(piece)
                if self.server.closing.wait(every):
                    break
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


Page = Callable[[Handler], None]


def answering(status: int, body: bytes = b"", **headers: str) -> Page:
    return lambda handler: handler.answers(status, body, **headers)


def redirecting(to: str, status: int = 302) -> Page:
    return answering(status, Location=to)


def marked(body: bytes, etag: str = '"1"', modified: str = "Tue, 05 Dec 2023 10:00:00 GMT") -> Page:
    """A page with its marks: 304 for whoever has it."""

    def page(handler: Handler) -> None:
        has = handler.headers.get("If-None-Match") == etag
        marks = {"ETag": etag, "Last_Modified": modified}
        handler.answers(304 if has else 200, b"" if has else body, **marks)

    return page


def first(*answers: Page | bytes) -> Page:
    """Each answer once, then the last for ever."""
    left = list(answers)

    def page(handler: Handler) -> None:
        one = left.pop(0) if len(left) > 1 else left[0]
        handler.answers(200, one) if isinstance(one, bytes) else one(handler)

    return page


def silent(handler: Handler) -> None:
    handler.server.closing.wait(10)


def trickling(handler: Handler) -> None:
    """A byte at a time, each in time, and no end."""
    handler.send_response(200)
    handler.end_headers()
    handler.writes(*[b"<"] * 1_000, every=0.05)


def trickling_headers(handler: Handler) -> None:
    handler.writes(b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n"] * 1_000, every=0.05)


def huge(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.writes(*[b"x" * 100_000] * 1_000)


@cache
def packed() -> bytes:
    """A hundred megabytes, packed to a hundred kilobytes."""
    packer = zlib.compressobj(wbits=31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()


def bomb(handler: Handler) -> None:
    handler.answers(200, packed(), Content_Encoding="gzip")


def breaking_off(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.writes(b"<rss>")


def breaking_off_in_chunks(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.writes(b"5\r\n<rss>\r\n", b"ff\r\n<cha")


def hanging_up(handler: Handler) -> None:
    handler.close_connection = True


def talking_nonsense(handler: Handler) -> None:
    handler.writes(b"\x00\xff nonsense\r\n\r\n")


@contextmanager
def misbehaving_site(tls: bool = False) -> Iterator[Site]:
    site = Site()
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        site.socket = context.wrap_socket(site.socket, server_side=True)
        site.scheme = "https"
    with site.running():
        yield site
