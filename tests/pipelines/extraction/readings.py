"""Passages as extractors read them: articles of one sentence a line, in one language."""

from pathlib import Path

import polars as pl

from pipelines.extraction.extractor import Reading
from warehouse.contracts.frames import schema

GIVEN = pl.DataFrame(
    {"entity_id": ["ibm", "meta"], "type": ["ORG", "ORG"], "kind": ["company"] * 2,
     "name": ["IBM", "Meta"], "wikidata_id": [None, None]}
)  # fmt: skip
NAMES = pl.DataFrame(
    {"entity_id": ["ibm", "meta"], "language": ["mul"] * 2, "name": ["IBM", "Meta"],
     "ambiguous": [False, True]}
)  # fmt: skip
CUES = pl.read_csv(
    Path(__file__).parents[3] / "seeds" / "reference" / "cue_words.csv",
    schema_overrides=schema("seed_cue_words"),
)


def reading(*bodies: str, language: str = "en") -> Reading:
    """Return articles ``a0``, ``a1``, … whose lines are their sentences."""
    segments = []
    for number, body in enumerate(bodies):
        start = 0
        for ordinal, line in enumerate(body.split("\n")):
            article, end = f"a{number}", start + len(line)
            segments.append(
                (f"{article}/{ordinal}", article, ordinal, "sentence", start, end, line)
            )
            start = end + 1
    core_segments = pl.DataFrame(
        segments,
        schema=["segment_id", "article_id", "ordinal", "kind", "start", "end", "text"],
        orient="row",
    )
    return Reading(
        pl.DataFrame({"article_id": [f"a{n}" for n in range(len(bodies))], "body": bodies}),
        core_segments,
        core_segments.select("segment_id", "article_id", language=pl.lit(language)),
        GIVEN,
        NAMES,
        CUES,
    )


def named(rows: pl.DataFrame) -> list[tuple[str, str, int]]:
    """Return surface, type and start of rows, in order."""
    return sorted(rows.select("surface", "type", "start").rows(), key=lambda one: one[2])
