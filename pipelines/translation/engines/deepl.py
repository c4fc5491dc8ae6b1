"""DeepL through deep-translator; needs a key."""

from typing import TYPE_CHECKING, Any, ClassVar

import requests

from pipelines.services.exchange import Exchange
from pipelines.services.guard import Budget, Limits
from pipelines.translation.deep import DeepTranslator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deep_translator.base import BaseTranslator

_ADDRESS = "https://api{free}.deepl.com/v2/"


class DeepL(DeepTranslator):
    """Translates over the network, one text a call."""

    name = "deepl"
    module = "deepl"
    keyed = True
    #: It takes 128 KiB a request.
    most_characters = 100_000
    codes: ClassVar = {"no": "nb"}

    def __init__(
        self,
        key: str,
        address: str | None = None,
        budget: Budget | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Take the key; one that ends in ``:fx`` belongs to the free API, as DeepL marks them."""
        free = "-free" if key.endswith(":fx") else ""
        super().__init__(address or _ADDRESS.format(free=free), budget, limits)
        self._key = key

    def missing(self) -> str | None:
        """Return that the key is missing, where it is."""
        return None if self._key else "no key: set BABELWIRE_DEEPL_KEY"

    def code(self, language: str) -> str | None:
        """Return DeepL's code, or None where deep-translator knows no such language."""
        from deep_translator.constants import DEEPL_LANGUAGE_TO_CODE

        known = DEEPL_LANGUAGE_TO_CODE.values()
        return language if language in known else None

    def translator(self, source: str, target: str) -> "BaseTranslator":
        """Return a new DeeplTranslator; the key goes where :class:`_KeyInHeader` puts it."""
        from deep_translator import DeeplTranslator

        return DeeplTranslator(source=source, target=target, api_key=self._key)

    def ask(
        self, texts: "Sequence[str]", source: str, target: str, exchange: Exchange
    ) -> list[str | None]:
        """Return the answers to the texts."""
        return super().ask(texts, source, target, _KeyInHeader(exchange))  # type: ignore[arg-type]


class _KeyInHeader:
    """deep-translator sends key and text in the address, which proxies log and DeepL is about to
    refuse; here the key goes in the header and the text in the body.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def get(self, url: str, params: dict[str, Any], **kwargs: Any) -> requests.Response:
        fields = dict(params)
        headers = {"Authorization": f"DeepL-Auth-Key {fields.pop('auth_key')}"}
        fields["source_lang"] = fields["source_lang"].upper()
        return self._exchange.post(url, data=fields, headers=headers, **kwargs)
