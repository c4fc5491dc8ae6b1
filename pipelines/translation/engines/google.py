"""Google Translate through deep-translator: no key, and no promise either."""

from typing import TYPE_CHECKING, ClassVar

from pipelines.services.guard import Budget, Limits
from pipelines.translation.deep import DeepTranslator

if TYPE_CHECKING:
    from deep_translator.base import BaseTranslator


class Google(DeepTranslator):
    """Translates over the network, one text a call."""

    name = "google"
    module = "google"
    #: The text travels in the address, which takes fewer than 5,000 characters.
    most_characters = 4_999
    codes: ClassVar = {"zh": "zh-CN", "he": "iw", "nb": "no", "nn": "no", "jv": "jw"}

    def __init__(
        self,
        address: str = "https://translate.google.com/m",
        budget: Budget | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Take another address than the public one, for a proxy or a test."""
        super().__init__(address, budget, limits)

    def code(self, language: str) -> str | None:
        """Return Google's code, or None where deep-translator knows no such language."""
        from deep_translator.constants import GOOGLE_LANGUAGES_TO_CODES

        code = self.codes.get(language, language)
        return code if code in GOOGLE_LANGUAGES_TO_CODES.values() else None

    def translator(self, source: str, target: str) -> "BaseTranslator":
        """Return a new GoogleTranslator."""
        from deep_translator import GoogleTranslator

        return GoogleTranslator(source=source, target=target)
