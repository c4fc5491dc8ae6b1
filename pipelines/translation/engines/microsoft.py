"""Microsoft Translator through deep-translator; needs a key, and a region where the key has one."""

from typing import TYPE_CHECKING, ClassVar

from pipelines.services.guard import Budget, Limits
from pipelines.translation.deep import DeepTranslator

if TYPE_CHECKING:
    from deep_translator.base import BaseTranslator


class Microsoft(DeepTranslator):
    """Translates over the network, one text a call."""

    name = "microsoft"
    module = "microsoft"
    keyed = True
    #: It takes 50,000 characters a request.
    most_characters = 50_000
    codes: ClassVar = {"zh": "zh-hans", "no": "nb", "sr": "sr-cyrl", "mn": "mn-cyrl"}

    def __init__(
        self,
        key: str,
        region: str = "",
        address: str = "https://api.cognitive.microsofttranslator.com/translate?api-version=3.0",
        budget: Budget | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Take the key, and the region it was made for."""
        super().__init__(address, budget, limits)
        self._key, self._region = key, region

    def missing(self) -> str | None:
        """Return that the key is missing, where it is."""
        return None if self._key else "no key: set BABELWIRE_MICROSOFT_KEY"

    def translator(self, source: str, target: str) -> "BaseTranslator":
        """Return a new MicrosoftTranslator.

        Its own asks the network for the languages each time one is made; the service itself refuses
        those it does not have.
        """
        from deep_translator import MicrosoftTranslator

        class Offhand(MicrosoftTranslator):  # type: ignore[misc]
            def _get_supported_languages(self) -> dict[str, str]:
                return {source: source, target: target}

        return Offhand(
            source=source, target=target, api_key=self._key, region=self._region or None
        )
