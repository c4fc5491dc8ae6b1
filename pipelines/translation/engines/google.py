"""Google Translate through deep-translator, guarded.

deep-translator sets no timeouts, lets error pages through as translations and keeps parameters on
the instance; so it gets a session that ends in bounded time, a fresh translator a text, and its
answers are judged before they are believed.
"""

import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import polars as pl
import requests

from pipelines.translation.engine import ANSWER, Origin
from pipelines.translation.quality import estimated_quality, is_error_page, rejection

if TYPE_CHECKING:
    from deep_translator import GoogleTranslator

#: Seconds to connect, between two reads, and for a whole answer.
_CONNECT, _READ, _WHOLE = 3, 10, 20
#: Seconds the probe may take in all, name resolution included.
_PROBE = 4
#: An answer is a page of some kilobytes; more is not an answer.
_MOST_BYTES = 1_000_000
#: The address takes at most 5,000 characters.
_MOST_CHARACTERS = 4_999
#: After so many failures in a row the engine rests until the next run: each costs seconds.
_FAILURES_IN_A_ROW = 3
_CODES = {"zh": "zh-CN", "he": "iw", "nb": "no"}


class _NoAnswerError(Exception):
    """The network or the server gave no answer; the message says how."""


class Google:
    """Translates over the network, one text a call."""

    name = "google"
    version = "deep-translator 1.11.4"
    origin: Origin = "machine"

    def __init__(self, base_url: str | None = None) -> None:
        """Take another address than the public one, for a proxy or a test."""
        self._base_url = base_url
        self._state: str | None = None
        self._probed = False
        self._failures_in_a_row = 0
        self._unsteady = False

    def unavailable(self) -> str | None:
        """Return why the network does not answer: a probe of at most four seconds failed, or three
        texts in a row.
        """
        if not self._probed:
            self._probed = True
            self._state = self._translated("Bonjour tout le monde", "fr", "en", _PROBE)[1]
        return self._state

    def conditions(self) -> str:
        """Return whether the network answers.

        After any failure that is no longer just ``online``, as the next run will find it: so what
        failed is tried again then.
        """
        if self.unavailable():
            return "offline"
        return "unsteady" if self._unsteady else "online"

    def translate(self, texts: pl.DataFrame, target: str) -> pl.DataFrame:
        """Return translations; after three failures in a row the rest are not tried."""
        rows: list[tuple[str, str, str | None, float | None, str | None]] = []
        for text_hash, language, text in texts.select("text_hash", "language", "text").rows():
            translated, reason = self._translated(text, language, target, _WHOLE)
            quality = estimated_quality(text, translated) if translated else None
            rows.append((text_hash, language, translated, quality, reason))
        return pl.DataFrame(rows, schema=ANSWER, orient="row")

    def _translated(
        self, text: str, source: str, target: str, seconds: float
    ) -> tuple[str | None, str | None]:
        """Return the translation, or the reason why there is none."""
        if self._state:
            return None, self._state
        if len(text) > _MOST_CHARACTERS:
            return None, f"longer than {_MOST_CHARACTERS:,} characters"
        if source == "und":
            return None, "language unknown"
        from deep_translator import GoogleTranslator
        from deep_translator.exceptions import BaseError

        try:
            translator = GoogleTranslator(
                source=_CODES.get(source, source), target=_CODES.get(target, target)
            )
        except BaseError as error:
            return None, f"refused ({type(error).__name__})"
        if self._base_url:
            translator._base_url = self._base_url
        try:
            translated = _answer(translator, text, seconds)
        except _NoAnswerError as error:
            self._failed()
            return None, str(error)
        self._failures_in_a_row = 0
        refused = rejection(text, translated)
        return (None, refused) if refused else (translated, None)

    def _failed(self) -> None:
        self._unsteady = True
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= _FAILURES_IN_A_ROW:
            self._state = f"gave up after {self._failures_in_a_row} failures in a row"


def _answer(translator: "GoogleTranslator", text: str, seconds: float) -> str | None:
    """Return what the server says; raises _NoAnswerError after ``seconds`` at the latest.

    No timeout of a socket bounds the resolution of a name, or headers that trickle; so a thread
    asks, and is left to itself when the time is over.
    """
    said: SimpleQueue[str | _NoAnswerError | None] = SimpleQueue()
    threading.Thread(target=lambda: said.put(_said(translator, text)), daemon=True).start()
    try:
        answer = said.get(timeout=seconds)
    except Empty:
        raise _NoAnswerError("no answer from the network (too slow)") from None
    if isinstance(answer, _NoAnswerError):
        raise answer
    return answer


def _said(translator: "GoogleTranslator", text: str) -> str | _NoAnswerError | None:
    _bound_requests()
    try:
        answer: str | None = translator.translate(text)
    except requests.RequestException as error:
        return _NoAnswerError(f"no answer from the network ({type(error).__name__})")
    except Exception as error:  # its refusals share no base class, and a page fails in any way
        return _NoAnswerError(f"refused ({type(error).__name__})")
    if answer and is_error_page(answer):
        return _NoAnswerError("an error page instead of a translation")
    return answer


class _BoundedSession(requests.Session):
    """A session whose every answer ends within its time and size."""

    def get(self, url: str | bytes, **kwargs: Any) -> requests.Response:
        deadline = time.monotonic() + _WHOLE
        kwargs |= {"timeout": (_CONNECT, _READ), "stream": True}
        response = super().get(url, **kwargs)
        content = b""
        for chunk in response.iter_content(8_192):
            content += chunk
            if time.monotonic() > deadline or len(content) > _MOST_BYTES:
                response.close()
                raise requests.Timeout("the answer does not end")
        response._content = content
        return response


def _bound_requests() -> None:
    """Put a bounded session where deep-translator's Google module looks for ``requests``."""
    from deep_translator import google

    if not isinstance(google.requests, _BoundedSession):
        google.requests = _BoundedSession()
