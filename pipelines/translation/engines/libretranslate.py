"""A LibreTranslate server, one's own or another's, over its JSON API in batches."""

from collections.abc import Sequence

from pipelines.services.exchange import Exchange
from pipelines.services.faults import Fault, ServiceError
from pipelines.services.guard import Budget, Limits
from pipelines.translation.remote import Remote


class LibreTranslate(Remote):
    """Translates over the network, many texts a call.

    deep-translator's client wants a key, sends the text in the address and rejects Dutch; a server
    of one's own has no key, takes batches, and tells which languages it has.
    """

    name = "libretranslate"
    keyed = True
    #: A server of one's own translates some hundred words a second: a call ends in a few seconds.
    most_characters = 5_000
    most_texts = 25

    def __init__(
        self,
        address: str,
        key: str = "",
        budget: Budget | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Take the server's address, and a key where it asks for one."""
        super().__init__(address.rstrip("/"), budget, limits)
        self._key = key
        self._pairs: dict[str, set[str]] | None = None

    def missing(self) -> str | None:
        """Return that the address is missing, where it is."""
        return None if self.address else "no server: set BABELWIRE_LIBRETRANSLATE_URL"

    def version(self, language: str, target: str) -> str:
        """Return the version of its API's client: the server does not name its models."""
        return "1"

    def code(self, language: str) -> str | None:
        """Return the server's code; Norwegian and Chinese bear other names in other versions."""
        if self._pairs is None:
            return language
        known = {*self._pairs, *(one for targets in self._pairs.values() for one in targets)}
        for code in (language, *_OTHERWISE.get(language, ())):
            if code in known:
                return code
        return None

    def probe(self, exchange: Exchange) -> None:
        """Ask which languages the server has."""
        told = exchange.get(f"{self.address}/languages").json()
        self._pairs = {one["code"]: set(one.get("targets", ())) for one in told}

    def ask(
        self, texts: Sequence[str], source: str, target: str, exchange: Exchange
    ) -> list[str | None]:
        """Return the server's answers to a batch."""
        body = {"q": list(texts), "source": source, "target": target, "format": "text"}
        if self._key:
            body["api_key"] = self._key
        told = exchange.post(f"{self.address}/translate", json=body).json()
        translated = told["translatedText"]
        if not isinstance(translated, list):
            raise ServiceError(Fault.GARBAGE, "one answer to a batch of texts")
        return translated


_OTHERWISE = {
    "zh": ("zh-Hans",),
    "nb": ("no",),
    "no": ("nb",),
    "pt": ("pt-PT", "pb", "pt-BR"),
}
