"""A real server on the loopback that plays each translation service, and misbehaves on command."""

import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from loopback import Loopback, Peer

from pipelines.services.guard import Budget, Limits
from pipelines.translation.engines.chatgpt import ChatGpt
from pipelines.translation.engines.deepl import DeepL
from pipelines.translation.engines.google import Google
from pipelines.translation.engines.libretranslate import LibreTranslate
from pipelines.translation.engines.microsoft import Microsoft
from pipelines.translation.engines.mymemory import MyMemory
from pipelines.translation.remote import Remote

KEY = "secret-key-0815"
ERROR_PAGE = (
    "<html><head><title>502 Bad Gateway</title></head><body>Error 502 (Bad Gateway)</body></html>"
)
#: Enough for the loopback on a busy machine, and no pauses.
IMPATIENT = Limits(
    connect=3, read=3, whole=3, probe=0.6, pause=0.01, patience=1, failures=3, rest=60,
    calls_a_second=10_000, workers=2,
)  # fmt: skip
LINE = "La riga numero {} di una lunga lista di notizie da tutto il mondo."
ENGLISH = "The line number {} of a long list of news from all over the world."
GERMAN = "Die Zeile mit der Nummer {} aus einer langen Liste von Nachrichten aus aller Welt."
_LINE = LINE.replace(".", r"\.").format(r"(\d+)")


def lines(count: int, start: int = 0) -> list[tuple[str, str]]:
    """Texts to translate, each with its number."""
    return [("it", LINE.format(number)) for number in range(start, start + count)]


def english(text: str) -> str:
    """Lines in English; what is none, in brackets."""
    told, lines_found = re.subn(_LINE, lambda found: ENGLISH.format(found[1]), text)
    return told if lines_found else f"[{text}]"


@dataclass
class Asked:
    """One request as it came, read as its service reads it."""

    service: str
    texts: list[str]
    source: str
    target: str
    address: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


def _google(query: dict[str, str], _body: str) -> tuple[list[str], str, str]:
    return [query["q"]], query["sl"], query["tl"]


def _mymemory(query: dict[str, str], _body: str) -> tuple[list[str], str, str]:
    source, _, target = query["langpair"].partition("|")
    return [query["q"]], source, target


def _deepl(_query: dict[str, str], body: str) -> tuple[list[str], str, str]:
    fields = {key: values[0] for key, values in parse_qs(body).items()}
    return [fields["text"]], fields["source_lang"], fields["target_lang"]


def _microsoft(query: dict[str, str], body: str) -> tuple[list[str], str, str]:
    return [one["text"] for one in json.loads(body)], query["from"], query["to"]


def _libretranslate(_query: dict[str, str], body: str) -> tuple[list[str], str, str]:
    told = json.loads(body)
    return told["q"], told["source"], told["target"]


def _chatgpt(_query: dict[str, str], body: str) -> tuple[list[str], str, str]:
    system, user = json.loads(body)["messages"]
    found = re.search(r"from (\w+) into (\w+)", system["content"])
    assert found
    return [user["content"]], found[1], found[2]


@dataclass(frozen=True)
class Service:
    """How a service is asked and how it answers, and the engine that asks it."""

    read: Callable[[dict[str, str], str], tuple[list[str], str, str]]
    answer: Callable[[list[object]], object]
    engine: Callable[[str, Limits, Budget | None], Remote]


SERVICES = {
    "google": Service(
        _google,
        lambda told: f'<html><div class="result-container">{told[0]}</div></html>',
        lambda at, limits, budget: Google(f"{at}/google", budget, limits),
    ),
    "mymemory": Service(
        _mymemory,
        lambda told: {"responseData": {"translatedText": told[0]}, "matches": []},
        lambda at, limits, budget: MyMemory(f"{at}/mymemory", budget, limits),
    ),
    "deepl": Service(
        _deepl,
        lambda told: {"translations": [{"text": one} for one in told]},
        lambda at, limits, budget: DeepL(KEY, f"{at}/deepl/", budget, limits),
    ),
    "microsoft": Service(
        _microsoft,
        lambda told: [{"translations": [{"text": one, "to": "en"}]} for one in told],
        lambda at, limits, budget: Microsoft(KEY, "here", f"{at}/microsoft", budget, limits),
    ),
    "libretranslate": Service(
        _libretranslate,
        lambda told: {"translatedText": told},
        lambda at, limits, budget: LibreTranslate(f"{at}/libretranslate", KEY, budget, limits),
    ),
    "chatgpt": Service(
        _chatgpt,
        lambda told: {"choices": [{"message": {"content": told[0]}, "finish_reason": "stop"}]},
        lambda at, limits, budget: ChatGpt(KEY, "some-model", f"{at}/chatgpt", budget, limits),
    ),
}


class MisbehavingServices(Loopback):
    """Answers as ``manner`` says; remembers what it was asked to translate."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.manner = "good"
        self.asked: list[Asked] = []
        self.answered: list[str] = []
        self.before_answer: Callable[[], None] = lambda: None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def engine(
        self, service: str, limits: Limits = IMPATIENT, budget: Budget | None = None
    ) -> Remote:
        """The engine that asks this server instead of the real service."""
        return SERVICES[service].engine(self.address, limits, budget)

    @property
    def texts(self) -> list[str]:
        """All texts it was asked to translate, in order."""
        return [text for one in self.asked for text in one.texts]


class _Handler(Peer, BaseHTTPRequestHandler):
    server: MisbehavingServices
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve("")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _serve(self, body: str) -> None:
        split = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        self.name = split.path.split("/")[1]
        with suppress(OSError):
            if not query and not body:
                self._probed(split.path)
                return
            texts, source, target = SERVICES[self.name].read(query, body)
            self.server.asked.append(
                Asked(self.name, texts, source, target, self.path, dict(self.headers), body)
            )
            self.server.before_answer()
            getattr(self, f"_{self.server.manner}")(texts)

    def _probed(self, path: str) -> None:
        if self.server.manner in ("hangs", "trickles", "hangs_up"):
            getattr(self, f"_{self.server.manner}")([])
        elif path.endswith("/languages"):
            codes = ["de", "en", "es", "fr", "it", "nl", "pt"]
            self._send(json.dumps([{"code": code, "targets": codes} for code in codes]))
        else:
            self._send("ready")

    def _send(self, content: str, status: int = 200, **headers: str) -> None:
        page = content.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=UTF-8")
        self.send_header("Content-Length", str(len(page)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(page)

    def _tell(self, told: list[object]) -> None:
        answer = SERVICES[self.name].answer(told)
        self._send(answer if isinstance(answer, str) else json.dumps(answer))

    def _good(self, texts: list[str]) -> None:
        self.server.answered += texts
        self._tell([english(text) for text in texts])

    def _trickles_headers(self, _texts: list[str]) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.server.closing.wait(0.1):
            self.wfile.write(b".")
            self.wfile.flush()

    def _never_ends(self, _texts: list[str]) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.closing.is_set():
            self.wfile.write(b"<p>more</p>" * 10_000)

    def _busy(self, _texts: list[str]) -> None:
        self._send("Too many requests", 429)

    def _busy_for_long(self, _texts: list[str]) -> None:
        self._send("Too many requests", 429, Retry_After="3600")

    def _busy_until(self, _texts: list[str]) -> None:
        self._send("Later", 503, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT")

    def _busy_once(self, texts: list[str]) -> None:
        self.server.manner = "good"
        self._send("Too many requests", 429, Retry_After="0")

    def _fails(self, _texts: list[str]) -> None:
        self._send("Internal error", 500)

    def _fails_once(self, texts: list[str]) -> None:
        self.server.manner = "good"
        self._fails(texts)

    def _refuses_key(self, _texts: list[str]) -> None:
        self._send(f"the key {KEY} is unknown", 403)

    def _quota(self, _texts: list[str]) -> None:
        self._send("Quota exceeded", 456)

    def _error_page(self, _texts: list[str]) -> None:
        self._send(ERROR_PAGE)

    def _error_as_text(self, texts: list[str]) -> None:
        escaped = ERROR_PAGE.replace("<", "&lt;") if self.name == "google" else ERROR_PAGE
        self._tell([escaped] * len(texts))

    def _empty(self, texts: list[str]) -> None:
        self._tell([""] * len(texts))

    def _nothing(self, _texts: list[str]) -> None:
        self._send("")

    def _null(self, _texts: list[str]) -> None:
        self._send("null")

    def _null_as_text(self, texts: list[str]) -> None:
        self._tell(["null" if self.name == "google" else None] * len(texts))

    def _number_as_text(self, texts: list[str]) -> None:
        self._tell([5] * len(texts))

    def _echoes(self, texts: list[str]) -> None:
        self._tell(list(texts))

    def _wrong_language(self, texts: list[str]) -> None:
        self._tell([GERMAN.format(re.findall(r"\d+", text)[0]) for text in texts])

    def _cuts_short(self, texts: list[str]) -> None:
        self._tell([text[: len(text) // 5] for text in texts])

    def _loops(self, texts: list[str]) -> None:
        self._tell(["the line of the line " * 8] * len(texts))

    def _closes(self, texts: list[str]) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(json.dumps(texts).encode())
        self.close_connection = True

    def _talks_nonsense(self, _texts: list[str]) -> None:
        self.wfile.write(b"\x00\xff nonsense\r\n\r\n")
        self.close_connection = True

    def _sends_round(self, _texts: list[str]) -> None:
        time.sleep(0.05)
        self._send("", 302, Location=self.path)
