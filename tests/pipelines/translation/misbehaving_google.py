"""A real server on the loopback that plays Google's page, and misbehaves on command."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PAGE = '<html><body><div class="result-container">{}</div></body></html>'
ERROR_PAGE = "Error 500 (Server Error)!!1500.That’s an error.There was an error. Please try again."


class MisbehavingGoogle(ThreadingHTTPServer):
    """Answers as ``manner`` says; remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.manner = "good"
        self.asked: list[dict[str, str]] = []
        self.closing = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/m"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: MisbehavingGoogle

    def do_GET(self) -> None:
        query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        self.server.asked.append(query)
        with suppress(OSError):
            getattr(self, f"_{self.server.manner}")(query.get("q", ""))

    def _page(self, content: str, status: int = 200) -> None:
        page = content.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=UTF-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def _good(self, text: str) -> None:
        self._page(PAGE.format(f"“{text}” &amp; in English"))

    def _hangs(self, _text: str) -> None:
        self.server.closing.wait(20)

    def _trickles(self, _text: str) -> None:
        self.send_response(200)
        self.end_headers()
        self._drip(b"<div class='result-container'>")

    def _trickles_headers(self, _text: str) -> None:
        self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: ")

    def _drip(self, content: bytes) -> None:
        self.wfile.write(content)
        while not self.server.closing.wait(0.05):
            self.wfile.write(b".")
            self.wfile.flush()

    def _never_ends(self, _text: str) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.closing.is_set():
            self.wfile.write(b"<p>more</p>" * 10_000)

    def _busy(self, _text: str) -> None:
        self._page("Too many requests", 429)

    def _fails(self, _text: str) -> None:
        self._page("Internal error", 500)

    def _error_as_text(self, _text: str) -> None:
        self._page(PAGE.format(ERROR_PAGE))

    def _error_page(self, _text: str) -> None:
        self._page(f"<html><body><p>{ERROR_PAGE}</p></body></html>")

    def _empty(self, _text: str) -> None:
        self._page(PAGE.format(""))

    def _nothing(self, _text: str) -> None:
        self._page("")

    def _echoes(self, text: str) -> None:
        self._page(PAGE.format(text))

    def _cuts_short(self, text: str) -> None:
        self._page(PAGE.format(text[: len(text) // 5]))

    def _closes(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(PAGE.format(text).encode())
        self.close_connection = True

    def _hangs_up(self, _text: str) -> None:
        self.close_connection = True

    def _talks_nonsense(self, _text: str) -> None:
        self.wfile.write(b"\x00\xff nonsense\r\n\r\n")

    def _sends_round(self, _text: str) -> None:
        time.sleep(0.2)
        self.send_response(302)
        self.send_header("Location", self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def misbehaving_google() -> Iterator[MisbehavingGoogle]:
    with MisbehavingGoogle() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()
        thread.join()
