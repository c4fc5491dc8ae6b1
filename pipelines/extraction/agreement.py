"""What the mentions of one article say about each other's types.

The strongest evidence for a name anywhere in an article counts for that name everywhere in it;
weak names take the type of those they stand beside or are part of.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipelines.extraction.cues import Cues, pattern
from pipelines.extraction.evidence import (
    ACRONYM_OF,
    COORDINATED,
    HEAD_WORD,
    PLACE,
    SHORT_FORM,
    SIBLINGS,
    SPEAKS,
    SURNAME,
)

#: Code points between two items of an enumeration.
_NEAR = 20
#: A single word that only opens sentences needs as much to be a name.
UNPROVEN = 0.5


def agreed(found: pl.DataFrame) -> pl.DataFrame:
    """Let the best evidence for a name in an article decide for all its mentions there.

    ``settled`` are those that a rule or the reference table decides: before any that is weighed.
    """
    found = _short_forms(_surnames(_acronyms(_siblings(found))))
    names = found.select(pl.struct("article_id", "text").rank("dense")).to_series()
    decided = found.with_columns(_best_of(names, found), name=names)
    return decided.filter(~_capital_proves_nothing()).drop("name")


def _best_of(names: pl.Series, found: pl.DataFrame) -> list[pl.Series]:
    """Return type, evidence and confidence of the best mention of each one's name."""
    strength = (found["confidence"] + found["settled"]).to_numpy()
    order = np.lexsort((-strength, names.to_numpy()))
    _, first = np.unique(names.to_numpy()[order], return_index=True)
    best = pl.Series(order[first])[names - 1]
    return found.select("type", "evidence", "confidence")[best].get_columns()


def coordinated(found: pl.DataFrame, told: Mapping[str, Cues]) -> pl.DataFrame:
    """Give weak names of an enumeration the type most of its sure ones have.

    ``found`` is in order of language and position; ``told`` are the cues of each language.
    """
    chains = found.with_columns(chain=(~_linked(found, told)).cum_sum())
    sure = (
        chains.filter(pl.len().over("chain") > 1)
        .filter(pl.col("confidence") >= SPEAKS)
        .group_by("chain")
        .agg(chain_type=pl.col("type").mode().sort().first())
    )
    return (
        chains.join(sure, on="chain", how="left", maintain_order="left")
        .with_columns(_better("chain_type", "enumeration", COORDINATED))
        .drop("chain", "chain_type")
    )


def _linked(found: pl.DataFrame, told: Mapping[str, Cues]) -> pl.Series:
    """Say of each span whether it is joined to the one before by a comma or a conjunction."""
    joined = {
        language: pattern(rf"(?:,\s?|,?\s{cues.any('conjunction')}\s){cues.determiner()}", False)
        for language, cues in told.items()
    }
    placed = found.select(
        "language",
        behind=pl.col("after").shift(1),
        gap=pl.when(pl.col("language") == pl.col("language").shift(1)).then(
            pl.col("at") - pl.col("to").shift(1)
        ),
    )
    near = placed.with_row_index("row").filter(pl.col("gap").is_between(1, _NEAR))
    linked = np.zeros(found.height, dtype=np.bool_)
    for row, language, behind, gap in near.iter_rows():
        linked[row] = joined[language].fullmatch(behind, 0, gap) is not None
    return pl.Series(linked)


def _capital_proves_nothing() -> pl.Expr:
    """A single word seen only where a sentence opens, with no evidence but its shape."""
    only_opening = pl.col("opens").all().over("name")
    weak = pl.col("confidence") < UNPROVEN
    return only_opening & (pl.col("words") == 1) & weak


def _siblings(found: pl.DataFrame) -> pl.DataFrame:
    """Give items of a list the type most of its known items have."""
    sure = pl.col("in_list") & (pl.col("confidence") >= HEAD_WORD)
    siblings = (
        found.filter(sure)
        .group_by("segment_id")
        .agg(sibling_type=pl.col("type").mode().sort().first())
    )
    return (
        found.join(siblings, on="segment_id", how="left", maintain_order="left")
        .with_columns(
            sibling_type=pl.when("in_list").then("sibling_type"),
        )
        .with_columns(_better("sibling_type", "items of one list", SIBLINGS))
        .drop("sibling_type")
    )


def _acronyms(found: pl.DataFrame) -> pl.DataFrame:
    """Give an acronym in brackets the type of the name it stands behind."""
    defined = (
        found.filter(pl.col("confidence") >= HEAD_WORD)
        .select(
            "article_id",
            text=pl.col("after").str.extract(r"^\s\(([\p{Lu}][\w*-]{1,9})\)"),
            long_type="type",
        )
        .drop_nulls()
        .unique(["article_id", "text"], maintain_order=True)
    )
    return _typed_by(found, defined, "long_type", "acronym", ACRONYM_OF)


def _surnames(found: pl.DataFrame) -> pl.DataFrame:
    """Give a lone surname the type of the full name it belongs to."""
    people = (
        found.filter((pl.col("type") == "PERSON") & (pl.col("words") > 1))
        .filter(pl.col("confidence") >= SPEAKS)
        .select("article_id", text=pl.col("text").str.extract(r"(\S+)$"), person=pl.lit("PERSON"))
        .unique()
    )
    return _typed_by(found, people, "person", "surname", SURNAME)


def _short_forms(found: pl.DataFrame) -> pl.DataFrame:
    """Give the first or last word of an organisation's longer name its type."""
    long = found.filter(
        (pl.col("type") == "ORG")
        & pl.col("words").is_between(2, 3)
        & (pl.col("confidence") > PLACE)
    )
    parts = (
        pl.concat(
            long.select("article_id", text=pl.col("text").str.extract(end), organisation="type")
            for end in (r"^(\S+)", r"(\S+)$")
        )
        .drop_nulls()
        .unique()
    )
    return _typed_by(found, parts, "organisation", "short form", SHORT_FORM)


def _typed_by(
    found: pl.DataFrame, names: pl.DataFrame, type_: str, evidence: str, weight: float
) -> pl.DataFrame:
    """Let the types of ``names`` (article_id, text, a type) replace weaker ones."""
    return (
        found.join(names, on=["article_id", "text"], how="left", maintain_order="left")
        .with_columns(_better(type_, evidence, weight))
        .drop(type_)
    )


def _better(type_: str, evidence: str, weight: float) -> list[pl.Expr]:
    better = pl.col(type_).is_not_null() & (pl.col("confidence") < weight)
    return [
        pl.when(better).then(pl.col(type_)).otherwise("type").alias("type"),
        pl.when(better).then(pl.lit(evidence)).otherwise("evidence").alias("evidence"),
        pl.when(better).then(weight).otherwise("confidence").alias("confidence"),
        pl.when(better).then(weight >= SHORT_FORM).otherwise("settled").alias("settled"),
    ]
