"""Settings, and the plain object that assets work with. The only reader of the environment."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from pipelines.extraction import register as extraction
from pipelines.extraction.extractors.llm import Answers, Forgetful
from pipelines.extraction.panel import Panel
from pipelines.intake.reader import ReadSettings
from pipelines.intake.sources.folder import Folder
from pipelines.intake.web import Web
from pipelines.resolution.embeddings import Encoder, installed_encoder
from pipelines.services.guard import Budget
from pipelines.translation.glossary import read_glossary
from pipelines.translation.protection import Protection
from pipelines.translation.register import DEFAULT, ENGINES, Configuration, engines
from pipelines.translation.router import Router
from warehouse.answers import ExtractorAnswers
from warehouse.memory import TranslationMemory
from warehouse.publisher import Home
from warehouse.store import Store, open_store

ROOT = Path(__file__).resolve().parent.parent

#: Called while a table is made: its name, units of work done, units in all.
Progress = Callable[[str, int, int], None]


class SettingError(ValueError):
    """A setting has a value that cannot be used; the message says which do."""


@dataclass(frozen=True)
class Settings:
    """What can be set, each by ``BABELWIRE_`` and its name in capitals."""

    #: Sources of articles: folders, files, globs, addresses of fsspec, feeds, lists of feeds.
    articles: tuple[str, ...] = (str(ROOT / "seeds" / "articles"),)
    #: Where JSON, CSV and Parquet hold what: ``text=content.body,title=headline``.
    columns: Mapping[str, str] = field(default_factory=dict)
    #: Folder of the store, the versions and the published ``marts.duckdb``.
    home: Path = ROOT / "warehouse" / "data"
    #: Folder of the reference tables.
    reference: Path = ROOT / "seeds" / "reference"
    #: Folder of translation memories (``*.tmx``).
    memory: Path = ROOT / "seeds" / "memory"
    #: Translation engines in the order they are asked; one left out is switched off.
    engines: tuple[str, ...] = DEFAULT
    #: Engines that do again what an older version of theirs translated.
    retranslate: tuple[str, ...] = ()
    #: Folder of glossaries, one CSV a language pair.
    glossary: Path = ROOT / "seeds" / "glossary"
    #: Extractors of mentions; of those that agree the first may name itself. One left out is off.
    extractors: tuple[str, ...] = extraction.DEFAULT
    #: Address of a language model with OpenAI's API (up to ``/v1``), its model, and its key where
    #: it asks for one; without an address there is no extractor ``llm``.
    llm_url: str = ""
    llm_model: str = extraction.Configuration.llm_model
    llm_key: str = field(default="", repr=False)
    #: Characters one run may send to it. An article has some 3,000, so this is a night of 150.
    llm_characters: int = 500_000
    #: Folder of local models.
    models: Path = ROOT / "warehouse" / "data" / "models"
    #: Whether articles, and quotations of two languages, are also compared by what they mean, where
    #: an embedding model is installed.
    embeddings: bool = True
    #: Characters one run may send to services over the network. A month's news of one outlet has
    #: some 5 million; this is what DeepL gives away a month, and keeps a mistake from costing more.
    translation_characters: int = 500_000
    #: A LibreTranslate server, and its key where it asks for one.
    libretranslate_url: str = ""
    libretranslate_key: str = field(default="", repr=False)
    #: Keys of services that want one; DeepL tells its free keys by how they end.
    deepl_key: str = field(default="", repr=False)
    microsoft_key: str = field(default="", repr=False)
    microsoft_region: str = ""
    #: Key, model and address of ChatGPT, or of another server with its API.
    chatgpt_key: str = field(default="", repr=False)
    chatgpt_model: str = Configuration.chatgpt_model
    chatgpt_url: str = Configuration.chatgpt_url
    #: Language translated to.
    target_language: str = "en"
    #: Languages told apart.
    languages: tuple[str, ...] = ("de", "en", "es", "fr", "it", "nl", "pt")
    #: What a declared language is worth: settles doubtful segments, overrides all, or nothing.
    declared_language: str = "prior"
    #: Largest article in bytes, with the page it stands on; a larger one is quarantined. Articles
    #: stay under 200 kB, the pages of news sites under 5 MB.
    max_article_bytes: int = 5_000_000
    #: Whether feeds may lie at addresses of this machine and its private network.
    allow_private: bool = False
    #: Processes that read files.
    workers: int = os.cpu_count() or 1
    #: Published versions kept for rollback.
    keep_versions: int = 5
    #: Time zone of the nightly schedule.
    timezone: str = "UTC"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Return the settings; SettingError names the variable, its value and what is allowed."""
        settings = cls()
        given = {
            one.name: environment[f"BABELWIRE_{one.name.upper()}"]
            for one in fields(cls)
            if environment.get(f"BABELWIRE_{one.name.upper()}")
        }
        made = replace(settings, **{name: _parsed(name, text) for name, text in given.items()})
        if "llm" in made.extractors and not made.llm_url:
            raise SettingError(
                "BABELWIRE_EXTRACTORS names llm, which has no address; set BABELWIRE_LLM_URL"
            )
        return made

    @property
    def reading(self) -> ReadSettings:
        """What readers are told."""
        return ReadSettings(self.max_article_bytes, self.columns)

    @property
    def parameters(self) -> dict[str, str]:
        """The settings that shape a table, by table: a change makes it pending again."""
        encoder = self.encoder
        embedded_by = encoder.version if encoder else ""
        return {
            "core_embeddings": embedded_by,
            "core_languages": f"{','.join(sorted(self.languages))} {self.declared_language}",
            "core_mentions": extraction.versions(self.panel.extractors),
            "core_quote_embeddings": embedded_by,
            "core_translations": self.target_language,
        }

    @property
    def encoder(self) -> Encoder | None:
        """The embedding model, where one is installed and wanted."""
        return installed_encoder() if self.embeddings else None

    @property
    def panel(self) -> Panel:
        """The extractors of mentions that are switched on, without what they answered before."""
        return self.panel_with(Forgetful())

    def panel_with(self, answers: Answers) -> Panel:
        """Return the extractors of mentions that are switched on, with what they need."""
        told = extraction.Configuration(
            self.models,
            self.workers,
            self.llm_url,
            self.llm_model,
            self.llm_key,
            Budget(self.llm_characters),
            answers,
        )
        return Panel(extraction.extractors(self.extractors, told))


def _parsed(name: str, text: str) -> Any:
    default = getattr(Settings(), name)
    if name in _PARSERS:
        return _PARSERS[name](name, text)
    if isinstance(default, Path):
        return Path(text).expanduser().resolve()
    if isinstance(default, tuple):
        return _one_of(name, _listed(name, text), default)
    return _count(name, text)


def _count(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise SettingError(f"BABELWIRE_{name.upper()} is {text!r}; give a whole number above 0")
    return int(text)


#: Settings that take one of a few words, with what they mean.
_WORDS: dict[str, dict[str, Any]] = {
    "allow_private": {"yes": True, "no": False},
    "embeddings": {"yes": True, "no": False},
    "declared_language": {word: word for word in ("prior", "override", "ignore")},
    "target_language": {language: language for language in Settings.languages},
}


def _word(name: str, text: str) -> Any:
    if text not in _WORDS[name]:
        raise SettingError(
            f"BABELWIRE_{name.upper()} is {text!r}; there are: {', '.join(_WORDS[name])}"
        )
    return _WORDS[name][text]


def _listed(_name: str, text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _columns(name: str, text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in _listed(name, text)]
    if any(not (field and column) for field, _, column in pairs):
        raise SettingError(
            f"BABELWIRE_COLUMNS is {text!r}; give pairs such as text=content,title=headline"
        )
    return {field.strip(): column.strip() for field, _, column in pairs}


def _timezone(_name: str, text: str) -> str:
    if text not in available_timezones():
        raise SettingError(f"BABELWIRE_TIMEZONE is {text!r}; give a name such as Europe/Rome")
    return text


def _engines(name: str, text: str) -> tuple[str, ...]:
    return _one_of(name, _listed(name, text), tuple(ENGINES))


def _extractors(name: str, text: str) -> tuple[str, ...]:
    return _one_of(name, _listed(name, text), tuple(extraction.EXTRACTORS))


def _text(_name: str, text: str) -> str:
    return text.strip()


#: Settings that stand as they are given: addresses, keys, names of others.
_TRANSLATION_TEXTS = (
    "libretranslate_url", "libretranslate_key", "deepl_key", "microsoft_key", "microsoft_region",
    "chatgpt_key", "chatgpt_model", "chatgpt_url",
)  # fmt: skip
_TEXTS = (*_TRANSLATION_TEXTS, "llm_url", "llm_model", "llm_key")

#: Settings whose text means more than a path, a number or names of a list.
_PARSERS: dict[str, Callable[[str, str], Any]] = {
    "articles": _listed,
    "columns": _columns,
    "engines": _engines,
    "extractors": _extractors,
    "retranslate": _engines,
    **dict.fromkeys(_TEXTS, _text),
    "timezone": _timezone,
    **dict.fromkeys(_WORDS, _word),
}


def _one_of(name: str, given: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [one for one in given if one not in allowed]
    if unknown or not given:
        raise SettingError(
            f"BABELWIRE_{name.upper()} names {', '.join(unknown) or 'nothing'}; "
            f"there are: {', '.join(allowed)}"
        )
    return given


@dataclass(frozen=True)
class Newsroom:
    """What an asset works with: settings, the home, the store, and somebody to tell of progress."""

    settings: Settings
    progress: Progress = lambda _table, _done, _total: None

    @property
    def home(self) -> Home:
        """The folder of the store and the published versions."""
        return Home(self.settings.home)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the store for one step of the work."""
        with open_store(self.home.store, self.settings.parameters) as store:
            yield store

    @property
    def snapshots(self) -> Folder:
        """The source of what was fetched from feeds."""
        return Folder(str(self.home.feeds))

    def web(self) -> Web:
        """Return the guarded client that fetches feeds."""
        return Web(allow_private=self.settings.allow_private)

    def panel(self, store: Store) -> Panel:
        """Return the extractors of mentions that are switched on, with what they need."""
        return self.settings.panel_with(ExtractorAnswers(store))

    def router(self, store: Store) -> Router:
        """Return the translation engines that are switched on, in order, with what they need."""
        settings, target = self.settings, self.settings.target_language
        told = {name: getattr(settings, name) for name in _TRANSLATION_TEXTS}
        configuration = Configuration(
            store.read("seed_memory"),
            settings.models,
            settings.workers,
            Budget(settings.translation_characters),
            **told,
        )
        glossary = read_glossary(settings.glossary, target).glossary
        return Router(
            engines(settings.engines, configuration),
            target,
            Protection(store.read("seed_entity_names"), glossary, target),
            TranslationMemory(store),
            settings.languages,
            settings.retranslate,
        )

    @staticmethod
    def moment(seconds: float) -> datetime:
        """Return a moment given in seconds since 1970 as tables hold it: UTC, without a zone."""
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)

    @staticmethod
    def now() -> datetime:
        """Return the present moment in UTC, without a zone, as tables hold it."""
        return datetime.now(UTC).replace(tzinfo=None)
