"""Statements over languages: ``python -m benchmarks.statements FILE``.

FILE holds one JSON object a line with ``story`` and ``sents``: versions of one text in several
languages, sentence by sentence. Quotations are found in each; two of one story in two languages
render the same statement if they stand in the same sentence, each the only one in it. Nothing is
translated, as on a closed network. Prints precision, recall and F1 of pairs of quotations, without
an embedding model and with it where one is installed; of all stories, and of halves by their hash.
"""

import json
import sys
from pathlib import Path

import polars as pl

from benchmarks.clusters import is_first_half, scores
from benchmarks.stories import Read
from pipelines.extraction.quotes import core_quotes
from pipelines.extraction.roles import core_roles
from pipelines.resolution.embeddings import core_quote_embeddings, installed_encoder
from pipelines.resolution.statements import core_statements
from warehouse.contracts.frames import empty


def main(file: Path) -> None:
    """Print the figures of one file."""
    rows = [json.loads(line) for line in file.open(encoding="utf-8")]
    read = Read.of(rows)
    facts = (read.articles, read.segments, read.languages, read.mentions)
    cues = read.reference.seed_cue_words
    roles = core_roles(*facts, cues)
    quotes = core_quotes(*facts, roles, cues)
    story = pl.Series("story_id", [str(row["story"]) for row in rows])
    stories = read.articles.select("article_id", story)
    links = read.links()
    pairs = _pairs(_placed(quotes, read.articles).join(stories, on="article_id"))
    figures: dict[str, object] = {
        "file": file.name,
        "quotations": quotes.height,
        "pairs of one sentence": pairs["gold"].sum(),
    }
    encoder = installed_encoder()
    signals = {"statements": None} | ({"with embeddings": encoder} if encoder else {})
    for signal, used in signals.items():
        made = core_statements(
            stories.select("story_id").unique(), quotes, read.segments, read.languages,
            _untranslated(read), links, roles, stories, core_quote_embeddings(quotes, used),
            empty("seed_judgements"),
        )  # fmt: skip
        figures[signal] = {
            half: _scores(of_half, dict(made.select("quote_id", "statement_id").rows()))
            for half, of_half in _halves(pairs).items()
        }
    sys.stdout.write(json.dumps(figures) + "\n")


def _untranslated(read: Read) -> pl.DataFrame:
    """Return ``core_translations`` as a closed network leaves them: English is its own."""
    is_english = pl.col("language") == "en"
    return read.segments.join(
        read.languages.select("segment_id", "language"), on="segment_id"
    ).select(
        "text_hash",
        "language",
        translated=pl.when(is_english).then("text"),
        origin=pl.when(is_english).then(pl.lit("identity")).otherwise(pl.lit("untranslated")),
    ).unique()


def _placed(quotes: pl.DataFrame, articles: pl.DataFrame) -> pl.DataFrame:
    """Add to quotations the sentences they begin and end in, and whether they are alone there."""
    body = dict(articles.select("article_id", "body").rows())
    places = [
        (body[article].count("\n", 0, start), body[article].count("\n", 0, end))
        for article, start, end in quotes.select("article_id", "start", "end").rows()
    ]
    placed = quotes.select("quote_id", "article_id", "language").hstack(
        pl.DataFrame(places, schema=["first", "last"], orient="row")
    )
    return placed.with_columns(alone=pl.len().over("article_id", "first") == 1)


def _pairs(placed: pl.DataFrame) -> pl.DataFrame:
    """Return story_id, left, right, gold: pairs of quotations of a story in two languages.

    Where one sentence has several quotations, which of them render each other is not known.
    """
    return (
        placed.join(placed, on="story_id", suffix="_right")
        .filter(
            (pl.col("quote_id") < pl.col("quote_id_right"))
            & (pl.col("language") != pl.col("language_right"))
        )
        .with_columns(
            gold=(pl.col("first") <= pl.col("last_right"))
            & (pl.col("first_right") <= pl.col("last"))
        )
        .filter(~pl.col("gold") | (pl.col("alone") & pl.col("alone_right")))
        .select("story_id", "gold", left="quote_id", right="quote_id_right")
    )


def _halves(pairs: pl.DataFrame) -> dict[str, pl.DataFrame]:
    first = pl.Series(map(is_first_half, pairs["story_id"]), dtype=pl.Boolean)
    return {"all": pairs, "first half": pairs.filter(first), "second half": pairs.filter(~first)}


def _scores(pairs: pl.DataFrame, statement: dict[str, str]) -> dict[str, float]:
    found = pairs["left"].replace_strict(statement) == pairs["right"].replace_strict(statement)
    right = (found & pairs["gold"]).sum()
    return scores(right / max(found.sum(), 1), right / max(pairs["gold"].sum(), 1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
