"""Quotations and their speakers against annotated attributions: ``python -m benchmarks.quotes
FILE...``.

FILE holds one JSON object a line: ``text``; ``spans``, each a kind (Content, Cue, Source) with
pieces; and ``attributions``, each a list of ``kind:span``. Prints, over all files and for their odd
and even articles: the share of pieces of content that open with a quotation mark that are found
(half of the shorter of the two is common), the share of quotations found that lie in some content,
and of the pieces found whose source is annotated, the share in which the words that name the
speaker overlap it.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.extraction.mentions import core_mentions
from pipelines.extraction.quotes import core_quotes
from pipelines.extraction.roles import core_roles
from pipelines.intake.segments import core_segments
from pipelines.reference.tables import Reference, read_reference
from warehouse.contracts.frames import schema

_REFERENCE = Path(__file__).resolve().parent.parent / "seeds" / "reference"
_MARKS = "\"“„«»‘`"
#: Share of the shorter of two spans that the longer must hold.
_HALF = 0.5


def main(files: list[Path]) -> None:
    """Print the figures of the files together."""
    lines = [line for file in files for line in file.read_text("utf-8").splitlines() if line]
    cases = [json.loads(line) for line in lines]
    quotes = _quotes(cases, read_reference(_REFERENCE, ()))
    counts = [_counts(case, quotes.get(f"{at:06d}", [])) for at, case in enumerate(cases)]
    figures = {
        "articles": len(cases),
        **_figures(sum(counts, Counter())),
        "even": _figures(sum(counts[0::2], Counter())),
        "odd": _figures(sum(counts[1::2], Counter())),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _figures(counts: Counter[str]) -> dict[str, float | int]:
    return {
        "quotations": counts["told"],
        "recall": round(counts["found"] / max(1, counts["told"]), 3),
        "precision": round(counts["right"] / max(1, counts["made"]), 3),
        "speaker": round(counts["speaker"] / max(1, counts["sourced"]), 3),
    }


def _quotes(cases: list[dict[str, Any]], reference: Reference) -> dict[str, list[dict[str, Any]]]:
    """Return the quotations with marks that the extractor finds, by article."""
    names = [f"{at:06d}" for at in range(len(cases))]
    articles = pl.DataFrame(
        {"article_id": names, "body": [case["text"] for case in cases]}
    ).with_columns(
        title=pl.lit(None, dtype=pl.String),
        marked=pl.lit([], dtype=schema("core_articles")["marked"]),
    )
    cues = reference.seed_cue_words
    segments = core_segments(articles, cues)
    languages = segments.select("segment_id", "article_id", language=pl.lit("en"))
    frames = (articles, segments, languages)
    mentions = core_mentions(
        *frames, reference.seed_entities, reference.seed_entity_names, cues
    )
    roles = core_roles(*frames, mentions, cues)
    quotes = core_quotes(*frames, mentions, roles, cues).filter(pl.col("kind") != "indirect")
    by_article = quotes.partition_by("article_id", as_dict=True)
    return {str(article): rows.to_dicts() for (article,), rows in by_article.items()}


def _counts(case: dict[str, Any], quotes: list[dict[str, Any]]) -> Counter[str]:
    contents, text = [], case["text"]
    for attribution in case["attributions"]:
        pieces: dict[str, list[tuple[int, int]]] = {"Content": [], "Source": []}
        for kind, _, name in (part.partition(":") for part in attribution):
            if kind in pieces:
                pieces[kind] += [tuple(span) for span in case["spans"][name][1]]
        contents += [(span, pieces["Source"]) for span in pieces["Content"]]
    counts = Counter(made=len(quotes))
    counts["right"] = sum(
        any(_common((one["start"], one["end"]), span) for span, _ in contents) for one in quotes
    )
    for span, sources in contents:
        if text[span[0]] not in _MARKS:
            continue
        counts["told"] += 1
        here = [one for one in quotes if _common((one["start"], one["end"]), span)]
        counts["found"] += bool(here)
        if here and sources:
            counts["sourced"] += 1
            counts["speaker"] += any(_names(one, sources, text) for one in here)
    return counts


def _names(quote: dict[str, Any], sources: list[tuple[int, int]], text: str) -> bool:
    """Say whether a quotation's speaker is the source annotated: the words overlap."""
    start, end = quote["speaker_start"], quote["speaker_end"]
    return start is not None and any(start < to and end > at for at, to in sources)


def _common(one: tuple[int, int], other: tuple[int, int]) -> bool:
    common = min(one[1], other[1]) - max(one[0], other[0])
    return common >= _HALF * min(one[1] - one[0], other[1] - other[0])


if __name__ == "__main__":
    main([Path(file) for file in sys.argv[1:]])
