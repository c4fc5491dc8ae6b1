"""Stories and origins against labelled articles: ``python -m benchmarks.stories FILE``.

FILE holds one JSON object a line with ``story`` and ``text`` (or ``sents``, its sentences), and
maybe ``ts``, seconds since 1970. Prints B-cubed (Bagga and Baldwin 1998) and pairwise precision,
recall and F1 of Babelwire's stories, without an embedding model and with it where one is installed;
of its origins where the articles of a story are versions of one text (``sents``); and of two
baselines: articles that share a story if they name the same entity most often, by its exact name,
and TF-IDF of words at the cosine threshold that suits it best. Of all articles, and of each half by
the hash of topic or story.
"""

import json
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from benchmarks.clusters import agreement, by_threshold, cosines, is_first_half
from pipelines.extraction.mentions import core_mentions
from pipelines.identity import text_hash
from pipelines.intake.segments import core_segments
from pipelines.language.detection import core_languages
from pipelines.reference.tables import Reference, read_reference
from pipelines.resolution.copies import core_copy_candidates, core_story_copies
from pipelines.resolution.embeddings import Encoder, core_embeddings, installed_encoder
from pipelines.resolution.identities import core_names
from pipelines.resolution.links import core_links
from pipelines.resolution.namings import (
    core_name_forms,
    core_name_uses,
    core_namings,
    core_shared_forms,
)
from pipelines.resolution.stories import (
    components,
    core_story_articles,
    core_story_components,
    core_story_features,
    core_story_pairs,
)
from warehouse.contracts.frames import empty, schema

_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
_REFERENCE = Path(__file__).resolve().parent.parent / "seeds" / "reference"


@dataclass(frozen=True)
class Read:
    """The articles of a file as extraction leaves them, and the reference tables."""

    articles: pl.DataFrame
    segments: pl.DataFrame
    languages: pl.DataFrame
    mentions: pl.DataFrame
    reference: Reference

    @classmethod
    def of(cls, rows: list[dict[str, object]]) -> "Read":
        """Read articles: rows with ``text`` or ``sents``, and maybe ``ts``."""
        articles = _articles(rows)
        reference = read_reference(_REFERENCE, _LANGUAGES)
        segments = core_segments(articles, reference.seed_cue_words)
        languages = core_languages(segments, empty("core_metadata"), _LANGUAGES)
        known = (reference.seed_entities, reference.seed_entity_names, reference.seed_cue_words)
        mentions = core_mentions(articles, segments, languages, *known)
        return cls(articles, segments, languages, mentions, reference)

    def links(self) -> pl.DataFrame:
        """Return ``core_links``: whom each mention names."""
        reference = self.reference
        known = (reference.seed_entities, reference.seed_entity_names, reference.seed_cue_words)
        namings = core_namings(self.mentions, self.segments, self.languages, *known)
        forms = core_name_forms(namings.select("name_id", "name", "type", "key").unique(), *known)
        uses, shared = core_name_uses(namings), core_shared_forms(forms)
        names = core_names(uses, shared, reference.seed_entities, empty("seed_judgements"))
        return core_links(namings, names)


def main(file: Path) -> None:
    """Print the figures of one file."""
    rows = [json.loads(line) for line in file.open(encoding="utf-8")]
    read = Read.of(rows)
    articles = read.articles
    seconds, found = {}, {}
    encoder = installed_encoder()
    signals = {"": None} | ({" with embeddings": encoder} if encoder else {})
    for signal, used in signals.items():
        started = time.perf_counter()
        stories = _resolved(read, used)
        seconds[f"stories{signal}"] = round(time.perf_counter() - started, 1)
        found[f"stories{signal}"] = dict(stories.select("article_id", "story_id").rows())
        if all("sents" in row for row in rows):
            origins = stories.select("article_id", "origin_article_id")
            found[f"origins{signal}"] = dict(origins.rows())
    ids = articles["article_id"]
    gold = dict(zip(ids, (str(row["story"]) for row in rows), strict=True))
    topic = dict(zip(ids, (str(row.get("topic", row["story"])) for row in rows), strict=True))
    pairs = cosines(
        dict(articles.select("article_id", "body").rows()),
        pl.col("text").str.to_lowercase().str.extract_all(r"\w{2,}"),
    )
    threshold, found["tf-idf"] = by_threshold(
        ids.to_list(), pairs, gold, dict(zip(ids, ids, strict=True))
    )
    found["same chief name"] = dict(zip(ids, ids, strict=True)) | _chief_names(read.mentions)
    halves = {"all": set(gold), "first half": set(), "second half": set()}
    for article, one in topic.items():
        half = "first half" if is_first_half(one) else "second half"
        halves[half].add(article)
    figures = {
        "file": file.name,
        "articles": articles.height,
        "seconds": seconds,
        "threshold of tf-idf": threshold,
    } | {
        half: {
            name: agreement(groups, {article: gold[article] for article in sorted(chosen)})
            for name, groups in found.items()
        }
        for half, chosen in halves.items()
        if chosen
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _articles(rows: list[dict[str, object]]) -> pl.DataFrame:
    bodies = [
        str(row["text"]) if "text" in row else "\n".join(map(str, row["sents"]))  # type: ignore[call-overload]
        for row in rows
    ]
    published = [
        datetime.fromtimestamp(float(str(row["ts"])), UTC).replace(tzinfo=None)
        if "ts" in row
        else None
        for row in rows
    ]
    frame = pl.DataFrame({"body": bodies}, schema={"body": pl.String}).with_row_index("article_id")
    return frame.with_columns(
        pl.format("art_{}", pl.col("article_id").cast(pl.String).str.zfill(7)),
        text_hash(frame["body"]).alias("body_hash"),
        title=pl.lit(None, dtype=pl.String),
        marked=pl.lit([], dtype=schema("core_articles")["marked"]),
        published_from=pl.Series(published, dtype=pl.Datetime("us")),
        published_to=pl.Series(published, dtype=pl.Datetime("us")),
    )


def _resolved(read: Read, encoder: Encoder | None) -> pl.DataFrame:
    frames = (read.articles, read.segments, read.languages, read.mentions, read.links())
    nothing = (empty("core_duplicates"), empty("seed_judgements"))
    return story_articles(*frames, *nothing, encoder)


def story_articles(
    articles: pl.DataFrame,
    segments: pl.DataFrame,
    languages: pl.DataFrame,
    mentions: pl.DataFrame,
    links: pl.DataFrame,
    duplicates: pl.DataFrame,
    judgements: pl.DataFrame,
    encoder: Encoder | None = None,
) -> pl.DataFrame:
    """Return ``core_story_articles`` of all articles at once, as the store makes it in batches."""
    texts = articles.group_by("body_hash").agg(
        pl.col("article_id", "published_from").min(), pl.col("published_to").max()
    )
    features = core_story_features(
        texts.drop("body_hash"), segments, languages, mentions, links
    )
    embeddings = core_embeddings(
        segments.join(features, on="article_id", how="semi"), encoder
    )
    pairs = core_story_pairs(features.select("article_id"), features, embeddings)
    candidates = core_copy_candidates(articles, duplicates)
    tried = pl.concat([pairs, candidates], how="diagonal").select("left_id", "right_id").unique()
    copies = core_story_copies(tried, articles, segments, languages)
    together = core_story_components(pairs, candidates, judgements)
    pending = components(articles, together).select("component_id").unique()
    return core_story_articles(pending, articles, together, pairs, copies, judgements)


def _chief_names(mentions: pl.DataFrame) -> dict[str, str]:
    chief = (
        mentions.group_by("article_id", name=pl.col("surface").str.to_lowercase())
        .agg(named=pl.len())
        .sort("named", "name", descending=[True, False])
        .unique("article_id", keep="first", maintain_order=True)
    )
    return dict(chief.select("article_id", "name").rows())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
