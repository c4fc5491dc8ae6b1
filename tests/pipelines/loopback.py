"""Real servers on the loopback: what all that play a peer have in common, good or bad."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Loopback(ThreadingHTTPServer):
    """A server on a port of its own, in threads; those that wait do so until it is ``closing``."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.closing = threading.Event()

    @contextmanager
    def running(self) -> Iterator[Self]:
        with self:
            thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            yield self
            self.closing.set()
            self.shutdown()
            thread.join()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are what the tests are about."""


class Peer(BaseHTTPRequestHandler):
    """Answers a client, or does what bad peers do."""

    server: Loopback

    def _hangs(self, _asked: object) -> None:
        self.server.closing.wait(20)

    def _trickles(self, _asked: object) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while not self.server.closing.wait(0.1):
            self.wfile.write(b" ")
            self.wfile.flush()

    def _hangs_up(self, _asked: object) -> None:
        self.close_connection = True

    def log_message(self, *_args: object) -> None:
        """Say nothing."""
