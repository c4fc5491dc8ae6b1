"""Google Translate through deep-translator, guarded.

deep-translator sets no timeouts, lets error pages through as translations and keeps parameters on
the instance; so it gets a session that ends in bounded time, a fresh translator a text, and its
answers are judged before they are believed.
"""

import threading
import time
from typing import Any

import polars as pl
import requests

from pipelines.translation.engine import ANSWER, Origin
from pipelines.translation.quality import estimated_quality, rejection

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

    def unavailable(self) -> str | None:
        """Return why the network does not answer, after one probe of at most four seconds."""
        if not self._probed:
            self._state, self._probed = self._probe(), True
        return self._state

    def conditions(self) -> str:
        """Return whether the network answers."""
        return "offline" if self.unavailable() else "online"

    def translate(self, texts: pl.DataFrame, target: str) -> pl.DataFrame:
        """Return translations; after three failures in a row the rest are not tried."""
        rows: list[tuple[str, str, str | None, float | None, str | None]] = []
        failures = 0
        for text_hash, language, text in texts.select("text_hash", "language", "text").rows():
            if failures >= _FAILURES_IN_A_ROW:
                reason: str | None = f"gave up after {failures} failures in a row"
                translated: str | None = None
            else:
                translated, reason = self._translated(text, language, target)
                failures = failures + 1 if translated is None else 0
            quality = estimated_quality(text, translated) if translated else None
            rows.append((text_hash, language, translated, quality, reason))
        return pl.DataFrame(rows, schema=ANSWER, orient="row")

    def _probe(self) -> str | None:
        answer: list[str | None] = ["no answer from the network"]

        def ask() -> None:
            answer[0] = self._translated("Bonjour tout le monde", "fr", "en")[1]

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(_PROBE)
        return answer[0]

    def _translated(self, text: str, source: str, target: str) -> tuple[str | None, str | None]:
        """Return the translation, or the reason why there is none."""
        if len(text) > _MOST_CHARACTERS:
            return None, f"longer than {_MOST_CHARACTERS:,} characters"
        if source == "und":
            return None, "language unknown"
        from deep_translator import GoogleTranslator
        from deep_translator.exceptions import BaseError

        _bound_requests()
        translator = GoogleTranslator(
            source=_CODES.get(source, source), target=_CODES.get(target, target)
        )
        if self._base_url:
            translator._base_url = self._base_url
        try:
            translated = translator.translate(text)
        except requests.RequestException as error:
            return None, f"no answer from the network ({type(error).__name__})"
        except (BaseError, ValueError, KeyError, AttributeError, TypeError) as error:
            return None, f"refused ({type(error).__name__})"
        refused = rejection(text, translated)
        return (None, refused) if refused else (translated, None)


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
