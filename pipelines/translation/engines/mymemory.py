"""MyMemory through deep-translator: translations of people and machines, some thousand words a
day without a key.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from pipelines.services.exchange import Exchange
from pipelines.services.faults import Fault, ServiceError
from pipelines.services.guard import Budget, Limits
from pipelines.translation.deep import DeepTranslator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deep_translator.base import BaseTranslator

#: It writes its refusals where the translation should be; all begin or are so.
_USED_UP = "MYMEMORY WARNING"
_REFUSALS = ("QUERY LENGTH LIMIT", "INVALID LANGUAGE PAIR", "PLEASE SELECT TWO DISTINCT")
#: The region meant by a bare language code, where its own capitals are not a region's.
_REGIONS = {"en": "GB", "da": "DK", "sv": "SE", "cs": "CZ", "el": "GR", "uk": "UA", "ja": "JP",
            "zh": "CN", "ko": "KR", "he": "IL", "hi": "IN", "sl": "SI", "et": "EE", "vi": "VN",
            "ar": "SA", "fa": "IR", "ca": "ES", "eu": "ES", "gl": "ES", "nb": "NO", "sq": "AL",
            "pt": "PT"}  # fmt: skip


class MyMemory(DeepTranslator):
    """Translates over the network, one text a call."""

    name = "mymemory"
    module = "mymemory"
    #: 500 bytes of UTF-8, as its own documentation has it; deep-translator counts characters.
    most_characters = 499

    def __init__(
        self,
        address: str = "https://api.mymemory.translated.net/get",
        budget: Budget | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Take another address than the public one, for a proxy or a test."""
        super().__init__(address, budget, limits)

    def size(self, text: str) -> int:
        """Return the bytes of a text."""
        return len(text.encode())

    def code(self, language: str) -> str | None:
        """Return a code with its region (``it-IT``), as MyMemory wants it."""
        return _codes().get(language)

    def translator(self, source: str, target: str) -> "BaseTranslator":
        """Return a new MyMemoryTranslator."""
        from deep_translator import MyMemoryTranslator

        return MyMemoryTranslator(source=source, target=target)

    def ask(
        self, texts: "Sequence[str]", source: str, target: str, exchange: Exchange
    ) -> list[str | None]:
        """Return the answers; what it says of its limits is no translation."""
        told = super().ask(texts, source, target, exchange)
        for one in told:
            if isinstance(one, str) and one.startswith(_USED_UP):
                raise ServiceError(Fault.PERMANENT, "today's free words are used up", whole=True)
            if isinstance(one, str) and one.startswith(_REFUSALS):
                raise ServiceError(Fault.PERMANENT, "refused the text")
        return told


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    from deep_translator.constants import MY_MEMORY_LANGUAGES_TO_CODES

    known = set(MY_MEMORY_LANGUAGES_TO_CODES.values())
    languages = {code.split("-")[0] for code in known}
    wanted = {one: f"{one}-{_REGIONS.get(one, one.upper())}" for one in languages}
    return {one: code for one, code in wanted.items() if code in known}
