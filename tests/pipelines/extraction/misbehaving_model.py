"""A real server on the loopback that speaks OpenAI's API, and misbehaves on command."""

import json
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from loopback import Loopback, Peer

#: What a well-behaved model sees, wherever it is written.
SEEN = {"IBM": "ORG", "Meta": "ORG", "Paris": "GPE", "Ada Lovelace": "PERSON"}
KEY = "secret-key-0815"


@dataclass
class Asked:
    """One request for names as it came."""

    path: str
    body: dict[str, Any]
    authorization: str | None

    @property
    def passages(self) -> dict[str, str]:
        """The passages it was asked about, by number."""
        passages: dict[str, str] = json.loads(self.body["messages"][1]["content"])
        return passages


class MisbehavingModel(Loopback):
    """Answers as ``manner`` says."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.manner = "good"
        self.asked: list[Asked] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(Peer, BaseHTTPRequestHandler):
    server: MisbehavingModel
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        with suppress(OSError):
            if self.server.manner == "hangs":
                self.server.closing.wait(20)
            self._send('{"data": []}')

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = Asked(self.path, body, self.headers.get("Authorization"))
        self.server.asked.append(asked)
        with suppress(OSError):
            getattr(self, f"_{self.server.manner}")(asked)

    def _send(self, content: str, status: int = 200, **headers: str) -> None:
        page = content.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(page)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(page)

    def _say(self, content: object, finish: str = "stop") -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        self._send(
            json.dumps({"choices": [{"message": {"content": text}, "finish_reason": finish}]})
        )

    def _good(self, asked: Asked) -> None:
        self._say(
            {
                "names": [
                    {"passage": int(number), "text": name, "type": type_}
                    for number, passage in asked.passages.items()
                    for name, type_ in SEEN.items()
                    if name in passage
                ]
            }
        )

    def _invents(self, _asked: Asked) -> None:
        names = [("Napoleon", "PERSON"), ("IB", "ORG"), ("", "ORG"), ("ibm", "ORG")]
        self._say({"names": [{"passage": 1, "text": t, "type": k} for t, k in names]})

    def _mistakes_types(self, _asked: Asked) -> None:
        types = ["COMPANY", "", "Org"]
        self._say({"names": [{"passage": 1, "text": "IBM", "type": one} for one in types]})

    def _mistakes_passages(self, _asked: Asked) -> None:
        told = [{"passage": one, "text": "IBM", "type": "ORG"} for one in (0, 99, "1", None)]
        self._say({"names": told})

    def _says_no_names(self, _asked: Asked) -> None:
        self._say({"names": []})

    def _html(self, _asked: Asked) -> None:
        self._send("<html><body>502 Bad Gateway</body></html>")

    def _prose(self, _asked: Asked) -> None:
        self._say("Sure! The names are IBM and Meta.")

    def _other_json(self, _asked: Asked) -> None:
        self._say({"entities": ["IBM"]})

    def _lists(self, _asked: Asked) -> None:
        self._say([["IBM", "ORG"]])

    def _bare_names(self, _asked: Asked) -> None:
        self._say({"names": ["IBM"]})

    def _cut_off(self, _asked: Asked) -> None:
        self._say('{"names": [', finish="length")

    def _no_choices(self, _asked: Asked) -> None:
        self._send('{"choices": []}')

    def _null(self, _asked: Asked) -> None:
        self._send("null")

    def _busy(self, _asked: Asked) -> None:
        self._send("slow down", 429)

    def _busy_for_long(self, _asked: Asked) -> None:
        self._send("slow down", 429, Retry_After="3600")

    def _busy_once(self, _asked: Asked) -> None:
        self.server.manner = "good"
        self._send("slow down", 429, Retry_After="0")

    def _fails(self, _asked: Asked) -> None:
        self._send("internal error", 500)

    def _refuses_key(self, _asked: Asked) -> None:
        self._send(f"the key {KEY} is unknown", 401)

    def _refuses_paris(self, asked: Asked) -> None:
        if any("Paris" in passage for passage in asked.passages.values()):
            self._send("content policy", 400)
        else:
            self._good(asked)

    def _sends_away(self, _asked: Asked) -> None:
        self._send("", 302, Location="http://127.0.0.1:9/elsewhere")

    def _hangs_when_asked(self, _asked: Asked) -> None:
        self.server.closing.wait(20)
