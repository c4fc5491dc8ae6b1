"""How likely a span with its signs is a person, an organisation, a place, or nothing.

A multinomial logistic regression over the signs (``weights``), fitted by ``python -m
benchmarks.evidence`` to annotated sentences under open licences: English and Portuguese ones of
Universal NER (CC BY-SA 4.0), German ones of GermEval 2014 (CC BY 4.0).
"""

from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.extraction.weights import CONSTANT, WEIGHTS

TYPES = ("PERSON", "ORG", "LOC")
#: What was stated, by rules and weights together, and the share that was right of English, German
#: and Portuguese sentences to which the weights had not been fitted.
_STATED, _RIGHT = (
    (0.0, 0.2, 0.3, 0.4, 0.55, 0.65, 0.72, 0.77, 0.82, 0.85, 1.0),
    (0.0, 0.1, 0.17, 0.25, 0.42, 0.47, 0.53, 0.65, 0.83, 0.86, 0.88),
)
#: Signs by which a place is one of nature or of buildings; any other is one that is governed.
_NATURAL = (
    "perhaps a known LOC",
    "LOC noun before",
    "LOC noun behind",
    "rule, place word: LOC",
    "rule, class noun: LOC",
    "rule, class noun follows: LOC",
    "rule, class noun behind: LOC",
)


#: Signs of a person, of which a lone name needs one.
_PERSONAL = (
    "surname alone",
    "given name alone",
    "honorific",
    "role before",
    "speech verb before",
    "speech verb behind",
    "perhaps a known PERSON",
)
#: Log-odds; lone names of the invented articles then come out as organisations.
LONE = 0.9


def judged(signs: pl.DataFrame) -> pl.DataFrame:
    """Return the share of each type and of ``nothing``; and what is the likeliest type.

    Columns are nothing, PERSON, ORG, LOC, likely_type, likelihood and sign, the one that speaks
    most for the type.
    """
    weights = _matrix(tuple(signs.columns))
    held = signs.to_numpy()
    known = held @ weights + np.asarray(CONSTANT) + _prior(signs)
    scores = np.hstack([np.zeros((len(held), 1)), known])
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    best = shares[:, 1:].argmax(axis=1)
    speaking = (held * weights.T[best]).argmax(axis=1)
    natural = signs.select(
        pl.max_horizontal(pl.col(name) for name in _NATURAL if name in signs.columns)
    ).to_series()
    likely = pl.Series(TYPES)[best]
    return pl.DataFrame(shares, schema=["nothing", *TYPES], orient="row").with_columns(
        pl.Series("likelihood", shares[np.arange(len(held)), best + 1]),
        pl.Series(signs.columns)[speaking].alias("sign"),
        likely_type=pl.when((likely == "LOC") & (natural == 0))
        .then(pl.lit("GPE"))
        .otherwise(likely),
    )


def _prior(signs: pl.DataFrame) -> NDArray[np.float64]:
    """Return what whole articles say beyond the weights, which were fitted to loose sentences.

    An article gives a person's full name before the surname; a name of one word that no longer
    one holds, and no table of names, is mostly an organisation's.
    """
    lone = signs.select(
        pl.col("alone in its article, unlisted") * (1 - pl.max_horizontal(*_PERSONAL))
    ).to_numpy()
    prior: NDArray[np.float64] = lone * np.array([-LONE, LONE, -LONE / 3])
    return prior


def calibrated(stated: pl.Series) -> pl.Series:
    """Return the share of right answers to expect where a confidence is stated."""
    return pl.Series(stated.name, np.interp(stated.to_numpy(), _STATED, _RIGHT))


@lru_cache(maxsize=32)
def _matrix(signs: tuple[str, ...]) -> NDArray[np.float32]:
    return np.array([WEIGHTS.get(sign, (0.0, 0.0, 0.0)) for sign in signs], dtype=np.float32)
