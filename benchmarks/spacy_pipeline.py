"""A small pipeline of spaCy trained on annotated sentences, to see what a model adds to the rules.

``python -m benchmarks.spacy_pipeline LANGUAGE FILE FOLDER`` trains on FILE (as
:mod:`benchmarks.ner` reads them), installs the pipeline as ``spacy-LANGUAGE`` in FOLDER, and prints
one JSON line: its precision by label on a tenth that it was not trained on, which are its
confidences. Then ``BABELWIRE_MODELS=FOLDER python -m benchmarks.ner OTHER_FILE --extractors
rules,spacy`` scores both together on texts of another kind.
"""

import argparse
import gzip
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch

from pipelines.extraction.models import install

#: Of ten sentences one is kept for its figures.
_KEPT = 10
_BATCH = 64


def trained(
    language: str, file: Path, sentences: int, epochs: int
) -> tuple[Language, dict[str, Any]]:
    """Return a pipeline trained on the first sentences of a file, with its figures."""
    fix_random_seed(1)
    pipeline = spacy.blank(language)
    pipeline.add_pipe("ner")
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line, _ in zip(lines, range(sentences), strict=False)]
    examples = []
    for row in rows:
        text = Doc(pipeline.vocab, words=row["tokens"])
        truth = Doc(pipeline.vocab, words=row["tokens"])
        truth.ents = [Span(truth, *span) for span in _spans(row["tags"])]
        examples.append(Example(text, truth))
    training = [one for place, one in enumerate(examples) if place % _KEPT]
    optimizer = pipeline.initialize(lambda: training[:2_000])
    shuffle = random.Random(1)
    for _ in range(epochs):
        shuffle.shuffle(training)
        for batch in minibatch(training, _BATCH):
            pipeline.update(batch, sgd=optimizer, drop=0.2)
    figures = pipeline.evaluate(examples[::_KEPT])
    by_label = {"ents_per_type": figures["ents_per_type"]}
    pipeline.meta.update({"name": "small", "version": "0.1", "performance": by_label})
    return pipeline, figures


def _spans(tags: list[str]) -> list[tuple[int, int, str]]:
    spans: list[tuple[int, int, str]] = []
    for place, tag in enumerate(tags):
        if tag.startswith("B-"):
            spans.append((place, place + 1, tag[2:]))
        elif tag.startswith("I-") and spans and spans[-1][1] == place:
            spans[-1] = (spans[-1][0], place + 1, spans[-1][2])
    return spans


def main(arguments: list[str]) -> None:
    """Train, install and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spacy_pipeline")
    parser.add_argument("language")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--sentences", type=int, default=8_000)
    parser.add_argument("--epochs", type=int, default=4)
    given = parser.parse_args(arguments)
    started = time.process_time()
    pipeline, figures = trained(given.language, given.file, given.sentences, given.epochs)
    with tempfile.TemporaryDirectory() as folder:
        pipeline.to_disk(folder)
        install(Path(folder), given.folder, f"spacy-{given.language}", str(given.file.name))
    result = {
        "sentences": given.sentences,
        "processor_seconds": round(time.process_time() - started),
        "F1": round(figures["ents_f"], 3),
        "precision": {
            label: round(one["p"], 3) for label, one in sorted(figures["ents_per_type"].items())
        },
    }
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
