"""A real server on the loopback that serves a folder, and breaks off where it is told to."""

import hashlib
import re
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from loopback import Loopback, Peer


class Downloads(Loopback):
    """Serves a folder with ranges, and cuts answers short where it is told to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(_Handler)
        self.folder = folder
        self.cut: int | None = None
        self.ranges = True
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(Peer, BaseHTTPRequestHandler):
    server: Downloads

    def do_GET(self) -> None:
        told = self.headers.get("Range", "")
        self.server.asked.append(f"{self.path} {told}".strip())
        path = self.server.folder / self.path.lstrip("/")
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        tag = hashlib.sha256(content).hexdigest()[:8]
        start = 0
        if self.server.ranges and told and self.headers.get("If-Range", tag) == tag:
            start = int(re.findall(r"\d+", told)[0])
        if start and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.send_header("ETag", tag)
        self.end_headers()
        end = None if self.server.cut is None else start + self.server.cut
        self.wfile.write(content[start:end])
