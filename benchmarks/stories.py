"""Story clustering against labelled articles: ``python -m benchmarks.stories FILE``.

FILE holds one JSON object a line with ``text`` and ``story``. Prints B-cubed precision, recall and
F1 (Bagga and Baldwin 1998) of Babelwire's stories, and of two baselines: articles that share a
story if they name the same most frequent entity, and every article alone.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

import polars as pl

from pipelines.extraction.mentions import core_mentions
from pipelines.identity import text_hash
from pipelines.intake.segments import core_segments
from pipelines.language.detection import core_languages
from pipelines.reference.tables import Reference, read_reference
from pipelines.resolution.links import core_links
from pipelines.resolution.stories import core_story_articles
from warehouse.contracts.frames import empty, schema

_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
_REFERENCE = Path(__file__).resolve().parent.parent / "seeds" / "reference"


def main(file: Path) -> None:
    """Print the figures of one file."""
    labelled = pl.DataFrame(
        [(row["text"], str(row["story"])) for row in map(json.loads, file.open(encoding="utf-8"))],
        schema=["body", "label"],
        orient="row",
    ).with_row_index("article_id")
    articles = labelled.with_columns(
        pl.format("art_{}", pl.col("article_id").cast(pl.String).str.zfill(7)),
        text_hash(labelled["body"]).alias("body_hash"),
        title=pl.lit(None, dtype=pl.String),
        marked=pl.lit([], dtype=schema("core_articles")["marked"]),
        published_from=pl.lit(None, dtype=pl.Datetime("us")),
        published_to=pl.lit(None, dtype=pl.Datetime("us")),
    )
    started = time.perf_counter()
    stories, links = _resolved(articles, read_reference(_REFERENCE, _LANGUAGES))
    seconds = time.perf_counter() - started
    labels = dict(articles.select("article_id", "label").rows())
    chief = (
        links.group_by("article_id", "entity_id")
        .agg(named=pl.len())
        .sort("named", "entity_id", descending=[True, False])
        .unique("article_id", keep="first", maintain_order=True)
    )
    figures = {
        "file": file.name,
        "articles": articles.height,
        "seconds": round(seconds, 1),
        "stories": _b_cubed(dict(stories.select("article_id", "story_id").rows()), labels),
        "same chief entity": _b_cubed(
            dict.fromkeys(labels, "") | dict(chief.select("article_id", "entity_id").rows()), labels
        ),
        "each alone": _b_cubed({article: article for article in labels}, labels),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _resolved(articles: pl.DataFrame, reference: Reference) -> tuple[pl.DataFrame, pl.DataFrame]:
    cues = reference.seed_cue_words
    segments = core_segments(articles, cues)
    languages = core_languages(segments, empty("core_metadata"), _LANGUAGES)
    known = (reference.seed_entities, reference.seed_entity_names, cues)
    mentions = core_mentions(articles, segments, languages, *known)
    links = core_links(mentions, segments, languages, *known)
    return core_story_articles(articles, segments, languages, mentions, links), links


def _b_cubed(found: dict[str, str], labels: dict[str, str]) -> dict[str, float]:
    together = Counter((found[article], label) for article, label in labels.items())
    clusters, stories = Counter(found[article] for article in labels), Counter(labels.values())
    shares = [
        (count / clusters[cluster], count / stories[label], count)
        for (cluster, label), count in together.items()
    ]
    precision = sum(share * count for share, _, count in shares) / len(labels)
    recall = sum(share * count for _, share, count in shares) / len(labels)
    f1 = 2 * precision * recall / (precision + recall)
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
