"""What the signs of a name weigh, and how it is learned."""

import numpy as np
import polars as pl
import pytest

from benchmarks import evidence
from benchmarks.ner import read as annotated
from pipelines.extraction.likelihood import TYPES, calibrated, judged
from pipelines.extraction.weights import CONSTANT, WEIGHTS

_SENTENCES = """\
{"lang": "en", "tokens": ["Anna", "Velli", "met", "Siemens", "in", "Turin", "."], \
"tags": ["B-PER", "I-PER", "O", "B-ORG", "O", "B-LOC", "O"]}
{"lang": "en", "tokens": ["Later", "Carla", "Brandt", "said", "that", "Zorbal", "grew", "."], \
"tags": ["O", "B-PER", "I-PER", "O", "O", "B-ORG", "O", "O"]}
"""


def test_weights_are_written_of_signs_that_spans_show(reference, tmp_path):
    file = tmp_path / "few.jsonl"
    file.write_text(_SENTENCES)
    signs, answers = evidence.examples(annotated(file), reference)
    assert set(WEIGHTS) <= set(signs.columns) | _OF_OTHER_LANGUAGES
    assert sorted(answers) == [1, 1, 2]  # the known names need no weights
    assert {len(weights) for weights in WEIGHTS.values()} == {len(CONSTANT)} == {len(TYPES)}


#: Rules and nouns that English cue words have none of.
_OF_OTHER_LANGUAGES = {sign for sign in WEIGHTS if "noun" in sign}


def test_what_is_fitted_tells_the_types_apart(tmp_path):
    signs = pl.DataFrame({"titled": [1.0, 1.0, 0.0, 0.0] * 20, "firm": [0.0, 0.0, 1.0, 0.0] * 20})
    answers = np.array([1, 1, 2, 0] * 20)
    weights = evidence.fitted(signs, answers)
    titled, firm, none = weights
    assert titled.argmax() == TYPES.index("PERSON") and titled.max() > 0
    assert firm.argmax() == TYPES.index("ORG") and firm.max() > 0
    assert (none < 0).all()
    module = evidence.module(signs.columns, weights, ["few.jsonl"])
    written: dict[str, object] = {}
    exec(module, written)
    assert written["WEIGHTS"]["titled"] == tuple(np.round(titled, 2))
    assert "few.jsonl" in module


def test_signs_of_a_person_make_a_person(read):
    shown = {sign: [0.0] for sign in WEIGHTS}
    shares = judged(
        pl.DataFrame({**shown, "honorific": [1.0], "given name first": [1.0], "two words": [1.0]})
    )
    assert shares["likely_type"].item() == "PERSON"
    assert shares.select(pl.sum_horizontal("nothing", *TYPES)).item() == pytest.approx(1)


def test_confidence_stays_in_order_when_it_is_calibrated():
    stated = pl.Series("confidence", [0.0, 0.3, 0.6, 0.9, 1.0])
    right = calibrated(stated)
    assert right.is_sorted() and right[0] == 0 and right[-1] < 1
