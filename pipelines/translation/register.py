"""The engines there are, by the names they are switched on with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.services.guard import Budget
from pipelines.translation.engine import Engine
from pipelines.translation.engines.apertium import Apertium
from pipelines.translation.engines.chatgpt import ChatGpt
from pipelines.translation.engines.ctranslate2 import CTranslate2
from pipelines.translation.engines.deepl import DeepL
from pipelines.translation.engines.google import Google
from pipelines.translation.engines.identity import Identity
from pipelines.translation.engines.libretranslate import LibreTranslate
from pipelines.translation.engines.memory import Memory
from pipelines.translation.engines.microsoft import Microsoft
from pipelines.translation.engines.mymemory import MyMemory

#: In the order they are asked, where nothing else is said: what costs nothing first, then what
#: leaves the texts on this machine or in this house, then the network, then what is better than
#: nothing.
DEFAULT = ("memory", "identity", "ctranslate2", "libretranslate", "google", "apertium")


@dataclass(frozen=True)
class Configuration:
    """What engines are told; what is not configured is reported by the engine that misses it."""

    #: Rows of ``seed_memory``.
    memory: pl.DataFrame
    #: Folder of local models, and threads that may use them.
    models: Path = Path("models")
    threads: int = 1
    #: Most characters sent over the network in one run.
    budget: Budget = field(default_factory=Budget)
    libretranslate_url: str = ""
    libretranslate_key: str = field(default="", repr=False)
    deepl_key: str = field(default="", repr=False)
    microsoft_key: str = field(default="", repr=False)
    microsoft_region: str = ""
    chatgpt_key: str = field(default="", repr=False)
    chatgpt_model: str = "gpt-4o-mini"
    chatgpt_url: str = "https://api.openai.com/v1"


ENGINES: Mapping[str, Callable[[Configuration], Engine]] = {
    "memory": lambda told: Memory(told.memory),
    "identity": lambda told: Identity(),
    "ctranslate2": lambda told: CTranslate2(told.models, told.threads),
    "libretranslate": lambda told: LibreTranslate(
        told.libretranslate_url, told.libretranslate_key, told.budget
    ),
    "google": lambda told: Google(budget=told.budget),
    "mymemory": lambda told: MyMemory(budget=told.budget),
    "deepl": lambda told: DeepL(told.deepl_key, budget=told.budget),
    "microsoft": lambda told: Microsoft(
        told.microsoft_key, told.microsoft_region, budget=told.budget
    ),
    "chatgpt": lambda told: ChatGpt(
        told.chatgpt_key, told.chatgpt_model, told.chatgpt_url, told.budget
    ),
    "apertium": lambda told: Apertium(),
}


def engines(names: Sequence[str], configuration: Configuration) -> list[Engine]:
    """Return the named engines in their order; ValueError names those there are."""
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise ValueError(
            f"no translation engine {', '.join(unknown)}; there are: {', '.join(ENGINES)}"
        )
    return [ENGINES[name](configuration) for name in names]
