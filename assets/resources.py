"""Settings, and the plain object that assets work with. The only reader of the environment."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import dagster as dg
import polars as pl

from pipelines.translation.router import ENGINES, Router, router
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

    #: Landing folder of article files.
    articles: Path = ROOT / "seeds" / "articles"
    #: Folder of the store, the versions and the published ``marts.duckdb``.
    home: Path = ROOT / "warehouse" / "data"
    #: Folder of the reference tables.
    reference: Path = ROOT / "seeds" / "reference"
    #: Folder of translation memories (``*.tmx``).
    memory: Path = ROOT / "seeds" / "memory"
    #: Translation engines in the order they are asked; one left out is switched off.
    engines: tuple[str, ...] = ENGINES
    #: Language translated to.
    target_language: str = "en"
    #: Languages told apart.
    languages: tuple[str, ...] = ("de", "en", "es", "fr", "it", "nl", "pt")
    #: Largest file read, in bytes; a larger one is quarantined. News articles stay under 200 kB.
    max_file_bytes: int = 2_000_000
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
        return replace(settings, **{name: _parsed(name, text) for name, text in given.items()})

    @property
    def parameters(self) -> dict[str, str]:
        """The settings that shape a table, by table: a change makes it pending again."""
        return {
            "core_languages": ",".join(sorted(self.languages)),
            "core_translations": self.target_language,
        }


def _parsed(name: str, text: str) -> Any:
    default = getattr(Settings(), name)
    if isinstance(default, Path):
        return Path(text).expanduser().resolve()
    if isinstance(default, tuple):
        return _one_of(name, tuple(part.strip() for part in text.split(",") if part.strip()))
    if isinstance(default, int):
        if not text.isdecimal() or int(text) == 0:
            raise SettingError(f"BABELWIRE_{name.upper()} is {text!r}; give a whole number above 0")
        return int(text)
    if name == "timezone" and text not in available_timezones():
        raise SettingError(f"BABELWIRE_TIMEZONE is {text!r}; give a name such as Europe/Rome")
    if name == "target_language" and text not in Settings().languages:
        raise SettingError(
            f"BABELWIRE_TARGET_LANGUAGE is {text!r}; there are: {', '.join(Settings().languages)}"
        )
    return text


def _one_of(name: str, given: tuple[str, ...]) -> tuple[str, ...]:
    allowed = getattr(Settings(), name)
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

    def router(self, seed_memory: pl.DataFrame) -> Router:
        """Return the translation engines that are switched on, in order."""
        return router(self.settings.engines, seed_memory, self.settings.target_language)

    @staticmethod
    def moment(seconds: float) -> datetime:
        """Return a moment given in seconds since 1970 as tables hold it: UTC, without a zone."""
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)

    @staticmethod
    def now() -> datetime:
        """Return the present moment in UTC, without a zone, as tables hold it."""
        return datetime.now(UTC).replace(tzinfo=None)


@dg.resource(description="Settings, the store and the home of published versions")
def newsroom(_context: dg.InitResourceContext) -> Newsroom:
    """Return a newsroom with the settings of the environment."""
    return Newsroom(Settings.from_environment())
