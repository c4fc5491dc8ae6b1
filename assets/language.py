"""Language: which language each segment is in."""

from assets.derivation import Verb, Work, derived, with_arguments
from assets.resources import Newsroom
from pipelines.language import detection
from warehouse.store import Store


def _configured(newsroom: Newsroom, _store: Store, verb: Verb) -> Work:
    settings = newsroom.settings
    return with_arguments(
        verb, languages=settings.languages, declared_language=settings.declared_language
    )


core_languages = derived("core_languages", detection.core_languages, "language", _configured)
