"""The extractors of mentions there are, by the names they are switched on with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.extraction.extractor import Extractor
from pipelines.extraction.extractors.gliner import Gliner
from pipelines.extraction.extractors.llm import Answers, Forgetful, LanguageModel
from pipelines.extraction.extractors.rules import Rules
from pipelines.extraction.extractors.spacy import Spacy
from pipelines.services.guard import Budget

#: What works on every machine; models are switched on by who has them.
DEFAULT = ("rules",)


@dataclass(frozen=True)
class Configuration:
    """What extractors are told."""

    #: Folder of local models, and threads that may use them.
    models: Path = Path("models")
    threads: int = 1
    #: Address of a server with OpenAI's API, its model, and its key where it asks for one.
    llm_url: str = ""
    llm_model: str = "gpt-4o-mini"
    llm_key: str = field(default="", repr=False)
    #: Most characters sent to it in one run, and what it answered before.
    budget: Budget = field(default_factory=Budget)
    answers: Answers = field(default_factory=Forgetful)


EXTRACTORS: Mapping[str, Callable[[Configuration], Extractor]] = {
    "rules": lambda told: Rules(),
    "spacy": lambda told: Spacy(told.models),
    "gliner": lambda told: Gliner(told.models, told.threads),
    "llm": lambda told: LanguageModel(
        told.llm_url, told.llm_model, told.llm_key, told.budget, told.answers
    ),
}


def extractors(names: Sequence[str], configuration: Configuration) -> list[Extractor]:
    """Return the named extractors in their order; ValueError names those there are."""
    unknown = [name for name in names if name not in EXTRACTORS]
    if unknown:
        raise ValueError(f"no extractor {', '.join(unknown)}; there are: {', '.join(EXTRACTORS)}")
    if "llm" in names and not configuration.llm_url:
        raise ValueError("the extractor llm has no address: set BABELWIRE_LLM_URL, or leave it out")
    return [EXTRACTORS[name](configuration) for name in names]


#: Of what is made of the answers of models: bounds, confidences, the policy.
_MERGING = "2"


def versions(extractors: Sequence[Extractor]) -> str:
    """Return what mentions depend on besides their texts: who finds them, in which order, and how
    that is put together.
    """
    told = [f"{one.name} {one.version()}".strip() for one in extractors]
    if any(one.name != "rules" for one in extractors):
        told.append(f"merging {_MERGING}")
    return ", ".join(told)
