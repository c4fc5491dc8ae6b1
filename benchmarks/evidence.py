"""The weights of the signs of names: ``python -m benchmarks.evidence [--odd | --even] FILE ...``.

Fits ``pipelines/extraction/weights.py`` to annotated sentences (the format of ``benchmarks.ner``)
and prints it. Only files under open licences may be given. Training and judging on the same text
flatters: with ``--odd`` fit to every other block, and judge the even ones by ``benchmarks.ner``.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.ner import LANGUAGES, REFERENCE, Annotated, read
from pipelines.extraction import mentions
from pipelines.extraction.evidence import signs_of, uncertain
from pipelines.extraction.likelihood import TYPES
from pipelines.reference.tables import Reference, read_reference

#: Strength of the prior that a sign says nothing (L2).
_PRIOR = 1.0
#: Newton's method needs about eight steps; weights are written with two digits.
_MOST_STEPS, _SETTLED = 30, 1e-4
_CLASSES = ("", *TYPES)
_NAMES = {"PER": "PERSON", "ORG": "ORG", "LOC": "LOC"}
#: Weights smaller than this say nothing.
_LEAST = 0.05


def examples(annotated: Annotated, reference: Reference) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """Return the signs of each candidate, and what it is."""
    known = mentions.known_names(reference.seed_entities, reference.seed_entity_names)
    told = mentions.cues_by_language(reference.seed_cue_words, annotated.languages)
    found = mentions.candidate_spans(annotated.segments, annotated.languages, known, told)
    spans = uncertain(found)
    columns = spans.select(
        "article_id", pl.col("at") + pl.col("offset"), pl.col("to") + pl.col("offset")
    )
    answers = [
        _CLASSES.index(_NAMES.get(annotated.names.get(span, ""), "")) for span in columns.rows()
    ]
    seen = signs_of(spans, told, known.filter(known_type="GPE")["name"])
    return seen.shown[pl.Series(seen.names)], np.array(answers)


def fitted(signs: pl.DataFrame, answers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the weight of each sign, and last of none, for each type against no name.

    Newton's method for a multinomial logistic regression, to its one optimum.
    """
    held = np.hstack([signs.to_numpy().astype(np.float64), np.ones((signs.height, 1))])
    wanted = np.eye(len(_CLASSES))[answers][:, 1:]
    size, types = held.shape[1], len(TYPES)
    prior = np.full(size, _PRIOR)
    prior[-1] = 1e-6
    weights = np.zeros((size, types))
    for _ in range(_MOST_STEPS):
        scores = np.hstack([np.zeros((len(held), 1)), held @ weights])
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares = (shares / shares.sum(axis=1, keepdims=True))[:, 1:]
        slope = held.T @ (shares - wanted) + prior[:, None] * weights
        bend = np.zeros((types, size, types, size))
        for one in range(types):
            for other in range(types):
                spread = shares[:, one] * ((one == other) - shares[:, other])
                bend[one, :, other, :] = held.T @ (held * spread[:, None])
            bend[one, :, one, :] += np.diag(prior)
        flat = bend.reshape(types * size, types * size)
        step = np.linalg.solve(flat, slope.T.ravel()).reshape(types, size).T
        weights -= step
        if abs(step).max() < _SETTLED:
            break
    return weights


def main(arguments: list[str]) -> None:
    """Print the module of the weights fitted to files."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evidence")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    half = parser.add_mutually_exclusive_group()
    half.add_argument("--even", dest="half", action="store_const", const=0)
    half.add_argument("--odd", dest="half", action="store_const", const=1)
    given = parser.parse_args(arguments)
    reference = read_reference(REFERENCE, LANGUAGES)
    shown = [examples(read(file, given.half), reference) for file in given.files]
    signs = pl.concat([signs for signs, _ in shown], how="diagonal").fill_null(0)
    weights = fitted(signs, np.concatenate([answers for _, answers in shown]))
    sys.stdout.write(module(signs.columns, weights, [file.name for file in given.files]))


def module(signs: list[str], weights: NDArray[np.float64], files: list[str]) -> str:
    """Return the text of ``pipelines/extraction/weights.py``."""
    rows = [
        f'    "{sign}": ({", ".join(f"{weight:.2f}" for weight in row)}),'
        for sign, row in zip(signs, weights, strict=False)
        if abs(row).max() >= _LEAST
    ]
    constant = ", ".join(f"{weight:.2f}" for weight in weights[-1])
    return "\n".join(
        [
            '"""What each sign of a name adds to the log-odds of each type against no name.',
            "",
            "Written by ``python -m benchmarks.evidence``, fitted to",
            *(f"{file}{',' if file != files[-1] else '.'}" for file in files),
            '"""',
            "",
            f"#: {', '.join(TYPES)}, where no sign is seen.",
            f"CONSTANT = ({constant})",
            "WEIGHTS = {",
            *sorted(rows),
            "}",
            "",
        ]
    )


if __name__ == "__main__":
    main(sys.argv[1:])
