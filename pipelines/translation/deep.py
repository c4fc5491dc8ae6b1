"""deep-translator, guarded: a fresh translator a call, over an exchange that ends.

Its translators keep a call's parameters on the instance and call the module's ``requests``, which
sets no timeout, and read most refusals as answers; its own loop over texts loses all of them with
one.
"""

import importlib
import threading
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests

from pipelines.services.exchange import Exchange
from pipelines.translation.remote import Remote

if TYPE_CHECKING:
    from deep_translator.base import BaseTranslator

_VERSION = "deep-translator 1.11.4"


class _Here:
    """The exchange of the thread that asks: what stands in a client library for ``requests``."""

    exceptions = requests.exceptions

    def __init__(self) -> None:
        self._thread = threading.local()

    @contextmanager
    def using(self, exchange: Exchange) -> Iterator[None]:
        """Have this thread's requests sent through an exchange."""
        self._thread.exchange = exchange
        try:
            yield
        finally:
            del self._thread.exchange

    def get(self, url: str, **kwargs: Any) -> requests.Response:
        response: requests.Response = self._thread.exchange.get(url, **kwargs)
        return response

    def post(self, url: str, **kwargs: Any) -> requests.Response:
        response: requests.Response = self._thread.exchange.post(url, **kwargs)
        return response


HERE = _Here()


class DeepTranslator(Remote):
    """A service that deep-translator knows how to ask; ``module`` is where it does."""

    module: str

    @abstractmethod
    def translator(self, source: str, target: str) -> "BaseTranslator":
        """Return a new translator; it is used for one call."""

    def version(self, language: str, target: str) -> str:
        """Return the version of the client: the services do not name theirs."""
        return _VERSION

    def ask(
        self, texts: Sequence[str], source: str, target: str, exchange: Exchange
    ) -> list[str | None]:
        """Return the answers to the texts, asked one by one."""
        module = importlib.import_module(f"deep_translator.{self.module}")
        if getattr(module, "requests", HERE) is not HERE:
            module.requests = HERE  # type: ignore[attr-defined]
        with HERE.using(exchange):
            return [self._asked(text, source, target) for text in texts]

    def _asked(self, text: str, source: str, target: str) -> str | None:
        translator = self.translator(source, target)
        translator._base_url = self.address
        answer: str | None = translator.translate(text)
        return answer
