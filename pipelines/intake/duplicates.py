"""Which articles have the same or nearly the same text, and which revise another.

Content alone is compared: tails of links that an outlet sets under all its articles make no two
of them alike. Each article is fingerprinted once; the groups are made from the fingerprints alone.

Articles of the same content count as one. Texts that share enough word 4-grams, estimated by
MinHash (Broder 1997) and found by banding (Leskovec et al., Mining of Massive Datasets, chapter 3),
and texts of one address are then grouped as stars (Aslam et al. 2004): the text with most texts
like it takes them all, then the next. So every text of a group is like the group's centre, and no
chain of small edits makes one group of texts that have nothing in common. A text that is like the
centres of two groups joins the one it is most like, and joins no groups.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.identity import digest, text_hash
from pipelines.intake.metadata import page_address
from warehouse.contracts.core import CONTENT_KINDS
from warehouse.contracts.frames import made_by, schema

#: Words of a shingle: news agencies' phrases of three words are everybody's.
_SHINGLE = 4
#: Positions of a signature: the estimate's standard error at 0.6 is 0.043, in half a kilobyte.
_POSITIONS, _SEED = 128, 1
#: Jaccard similarity from which texts are near-duplicates: one word in fifteen changed, or a
#: quarter of the text left out. Among 2,000 news articles (ECB+, MEANTIME, NTREX) reports rewritten
#: from one dispatch lie below 0.5, edited copies above 0.6, and hardly a pair between.
_NEAR = 0.6
#: Rows of a band. 32 bands of 4 find 0.988 of the pairs at 0.6, and look at 0.05 of those at 0.2.
_BAND = 4
#: Words from which near-duplicates are sought: what is shorter is mostly a template (results,
#: weather, prices) that differs in what matters.
_FEWEST_WORDS = 20
#: Similarity from which two texts of one address are one article revised. Unrelated texts of one
#: language share less than 0.02; an address whose texts are unrelated is that of a page of news.
_REVISED = 0.1
#: Texts a bucket compares each of its own with: those next in order of content, and the first.
#: A phrase that thousands of articles share puts them in one bucket, and must not square them.
_NEIGHBOURS = 8
#: Texts found alike from which no more are sought: so many place a text in its group, and a text
#: that thousands repeat with small changes must not be compared with each of them in each band.
_ENOUGH = 32
#: Texts of one address each is compared with: more than are ever shown of one article.
_VERSIONS = 32
#: Pairs estimated at once: 64 MB of signatures.
_PAIRS_AT_ONCE = 65_536

#: Kinds of duplicates in the order in which they are preferred.
_SAYING_MOST = {"same_bytes": 0, "same_text": 1, "revision": 2, "near_duplicate": 3}
_Numbers = npt.NDArray[np.int64]


def core_fingerprints(
    raw_articles: pl.DataFrame, core_articles: pl.DataFrame, core_segments: pl.DataFrame
) -> pl.DataFrame:
    """Return the rows of ``core_fingerprints``: what each article is compared by.

    For an article without words of content all its text stands.
    """
    contents = (
        core_segments.filter(pl.col("kind").is_in(CONTENT_KINDS))
        .sort("article_id", "ordinal")
        .group_by("article_id", maintain_order=True)
        .agg(content=pl.col("text").str.join("\n"))
    )
    articles = (
        core_articles.select("article_id", "first_seen_at", address=page_address(pl.col("address")))
        .join(raw_articles.select("article_id", raw="text"), on="article_id")
        .join(contents, on="article_id", how="left")
        .with_columns(words=_words(pl.col("content").fill_null("")))
    )
    compared = pl.when(pl.col("words").list.len() > 0).then("content").otherwise("raw")
    return (
        articles.select(
            "article_id",
            "first_seen_at",
            "address",
            raw_hash=pl.Series([digest(text) for text in articles["raw"]], dtype=pl.String),
            content_hash=text_hash(articles.select(compared).to_series()),
            words=pl.col("words").list.len(),
            signature=_signatures(articles["words"]),
        )
        .cast(schema("core_fingerprints"))  # type: ignore[arg-type]
        .sort("article_id")
    )


def _words(text: pl.Expr) -> pl.Expr:
    return text.str.normalize("NFC").str.to_lowercase().str.extract_all(r"\w+")


def _signatures(words: pl.Series) -> pl.Series:
    """Return the MinHash of each text's shingles; without a shingle it is empty."""
    from rensa import RMinHash

    shingles = (
        words.to_frame("word")
        .with_row_index("text")
        .explode("word", empty_as_null=False)
        .with_columns(
            shingle=pl.concat_str(
                [pl.col("word").shift(-offset) for offset in range(_SHINGLE)], separator=" "
            ),
            ends_in=pl.col("text").shift(1 - _SHINGLE),
        )
        .filter(pl.col("text") == pl.col("ends_in"))
        .group_by("text", maintain_order=True)
        .agg("shingle")
    )
    hashed = RMinHash.digest_matrix_from_token_sets(
        shingles["shingle"].to_list(), _POSITIONS, _SEED
    ).to_rows()
    signed = shingles.select("text").with_columns(
        signature=pl.Series(hashed, dtype=pl.List(pl.UInt32)).list.eval(
            pl.element().reinterpret(signed=True)
        )
    )
    every = pl.DataFrame({"text": pl.int_range(len(words), dtype=pl.UInt32, eager=True)})
    return every.join(signed, on="text", how="left", maintain_order="left")["signature"].fill_null(
        []
    )


def core_duplicates(core_fingerprints: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``core_duplicates``: the articles that are in a group.

    Which articles make a group depends on their texts, addresses and ids, not on when they came;
    which of the group is an article's nearest depends on which were seen before it. An article's
    nearest is looked for among those it was compared with, and the first seen of its group.
    """
    articles = _numbered(core_fingerprints)
    signatures = _Signatures.of(articles)
    articles = articles.drop("signature")
    alike = pl.concat([_revisions(articles, signatures), _near_duplicates(articles, signatures)])
    stars = _joined(_stars(alike), alike, signatures)
    grouped = articles.join(stars, on="text", how="left").with_columns(
        pl.col("star").fill_null(pl.col("text"))
    )
    pairs = pl.concat([_exact(grouped), _within(grouped, alike), _with_first(grouped, signatures)])
    return (
        _nearest(pairs, grouped)
        .with_columns(group_id=pl.col("article_id").min().over("star"))
        .select(
            "article_id",
            "group_id",
            "nearest_article_id",
            "kind",
            "similarity",
            **made_by("core_duplicates", "resolver"),
        )
        .sort("article_id")
    )


def _numbered(core_fingerprints: pl.DataFrame) -> pl.DataFrame:
    """Number articles by their id (``article``), and those of one content by its first (``text``).

    ``seen`` is the rank in order of arrival.
    """
    return (
        core_fingerprints.sort("article_id")
        .with_columns(article=pl.int_range(pl.len()), seen=pl.col("first_seen_at").rank("ordinal"))
        .with_columns(text=pl.col("article").min().over("content_hash"))
    )


@dataclass(frozen=True)
class _Signatures:
    """The signatures of those texts that have one: a row of ``matrix`` each, in order of text."""

    texts: _Numbers
    matrix: npt.NDArray[np.int32]

    @classmethod
    def of(cls, articles: pl.DataFrame) -> Self:
        signed = articles.filter(
            (pl.col("article") == pl.col("text")) & (pl.col("signature").list.len() > 0)
        )
        values = signed["signature"].explode().to_numpy()
        return cls(signed["text"].to_numpy(), values.reshape(-1, _POSITIONS))

    def alike(self, pairs: pl.DataFrame, threshold: float) -> pl.DataFrame:
        """Add the estimated similarity of pairs of signed texts; drop those below the threshold."""
        found = [pairs.clear().with_columns(similarity=pl.lit(0.0))]
        for some in pairs.iter_slices(_PAIRS_AT_ONCE):
            left, right = (
                self.matrix[np.searchsorted(self.texts, some[side].to_numpy())]
                for side in ("left_text", "right_text")
            )
            similarity = pl.Series("similarity", (left == right).mean(axis=1))
            found.append(some.with_columns(similarity).filter(similarity >= threshold))
        return pl.concat(found)


def _no_pairs() -> pl.DataFrame:
    return pl.DataFrame(
        schema={"left_text": pl.Int64, "right_text": pl.Int64, "similarity": pl.Float64}
    )


# -- which texts are alike -----------------------------------------------------------------


def _revisions(articles: pl.DataFrame, signatures: _Signatures) -> pl.DataFrame:
    """Return left_text, right_text, similarity of texts that one address showed."""
    signed = pl.Series(signatures.texts).implode()
    versions = (
        articles.filter(pl.col("address").is_not_null() & pl.col("text").is_in(signed))
        .select("address", "text")
        .unique()
        .sort("address", "text")
        .select(pl.col("text"), bucket=pl.col("address").rle_id())
    )
    return signatures.alike(_neighbours(versions, _VERSIONS), _REVISED)


def _near_duplicates(articles: pl.DataFrame, signatures: _Signatures) -> pl.DataFrame:
    """Return left_text, right_text, similarity of texts that share a band, and are alike."""
    long = articles["words"].to_numpy()[signatures.texts] >= _FEWEST_WORDS
    alike_to = np.zeros(articles.height, dtype=np.int64)
    found = [_no_pairs()]
    for bucket in _bands(signatures.texts[long], signatures.matrix[long]):
        pairs = _neighbours(bucket, _NEIGHBOURS)
        sides = [pairs[side].to_numpy() for side in ("left_text", "right_text")]
        unsettled = (alike_to[sides[0]] < _ENOUGH) | (alike_to[sides[1]] < _ENOUGH)
        found.append(signatures.alike(pairs.filter(pl.Series(unsettled)), _NEAR))
        for side in ("left_text", "right_text"):
            np.add.at(alike_to, found[-1][side].to_numpy(), 1)
    return pl.concat(found).unique()


def _bands(texts: _Numbers, matrix: npt.NDArray[np.int32]) -> Iterator[pl.DataFrame]:
    """Yield for each band the texts that share its rows with another, and their bucket.

    Within a bucket they are in order of the rows that follow, so that the more of those two texts
    share, the nearer they stand (Bawa et al., LSH Forest, 2005).
    """
    for first in range(0, _POSITIONS, _BAND):
        rows = np.take(matrix, range(first, first + 2 * _BAND), axis=1, mode="wrap")
        names = [f"row_{row}" for row in range(2 * _BAND)]
        frame = pl.DataFrame(rows, schema=names).with_columns(text=texts)
        band = pl.struct(names[:_BAND])
        shared = frame.filter(band.is_duplicated())
        if shared.height:
            yield shared.sort(*names, "text").select("text", bucket=band.rle_id())


def _neighbours(buckets: pl.DataFrame, reach: int) -> pl.DataFrame:
    """Return left_text < right_text: texts within reach in their bucket, or with its first."""
    bucket, text = pl.col("bucket"), pl.col("text")
    near = [
        buckets.select(
            left="text", right=pl.when(bucket == bucket.shift(offset)).then(text.shift(offset))
        )
        for offset in range(1, reach + 1)
    ]
    with_first = buckets.select(left="text", right=text.min().over("bucket"))
    return (
        pl.concat([*near, with_first])
        .filter(pl.col("left") != pl.col("right"))
        .select(
            left_text=pl.min_horizontal("left", "right"),
            right_text=pl.max_horizontal("left", "right"),
        )
        .unique()
    )


# -- which texts are one group -------------------------------------------------------------


def _stars(alike: pl.DataFrame) -> pl.DataFrame:
    """Return text, star: for each text that has one like it, the centre of its group.

    A centre all of whose texts are more like other centres joins the text it is most like.
    """
    likeness = (
        pl.concat(
            [
                alike.select(text=one, other=another, similarity="similarity")
                for one, another in (("left_text", "right_text"), ("right_text", "left_text"))
            ]
        )
        .group_by("text", "other")
        .agg(pl.col("similarity").max())
    )
    centres = _centres(likeness)
    best = (
        likeness.with_columns(other_is_centre=pl.col("other").is_in(centres.implode()))
        .sort("other_is_centre", "similarity", "other", descending=[True, True, False])
        .unique("text", keep="first", maintain_order=True)
        .select("text", "other")
    )
    followed = best.filter(~pl.col("text").is_in(centres.implode()))
    lone = best.filter(
        pl.col("text").is_in(centres.implode())
        & ~pl.col("text").is_in(followed["other"].unique().implode())
    ).join(followed, left_on="other", right_on="text")
    return pl.concat(
        [
            followed.select("text", star="other"),
            lone.select("text", star="other_right"),
            followed.select(text="other", star="other").unique(),
        ]
    )


def _joined(stars: pl.DataFrame, alike: pl.DataFrame, signatures: _Signatures) -> pl.DataFrame:
    """Make one group of stars whose centres are alike, and were not compared: see ``_ENOUGH``."""
    crossing = (
        alike.join(stars, left_on="left_text", right_on="text")
        .join(stars, left_on="right_text", right_on="text", suffix="_right")
        .filter(pl.col("star") != pl.col("star_right"))
        .select(
            left_text=pl.min_horizontal("star", "star_right"),
            right_text=pl.max_horizontal("star", "star_right"),
        )
        .unique()
    )
    larger = _stars(signatures.alike(crossing, _NEAR)).rename({"text": "star", "star": "larger"})
    return stars.join(larger, on="star", how="left").select(
        "text", star=pl.coalesce("larger", "star")
    )


def _centres(likeness: pl.DataFrame) -> pl.Series:
    """Return the centres: by likeness to all others, each that is not like one before it."""
    order = (
        likeness.group_by("text")
        .agg(weight=pl.col("similarity").sum())
        .sort("weight", "text", descending=[True, False])["text"]
    )
    rank = {"return_dtype": pl.Int64}
    numbers = pl.int_range(len(order), eager=True)
    one, other = (
        likeness[side].replace_strict(order, numbers, **rank).to_numpy()  # type: ignore[arg-type]
        for side in ("text", "other")
    )
    open_, centre = np.full(len(order), True), np.full(len(order), False)
    # All that come before whatever is like them are centres at once, and settle what is like them.
    while open_.any():
        live = open_[one] & open_[other]
        one, other = one[live], other[live]
        first = np.full(len(order), len(order))
        np.minimum.at(first, one, other)
        found = open_ & (np.arange(len(order)) < first)
        centre |= found
        open_ &= ~found
        open_[other[found[one]]] = False
    return order.filter(pl.Series(centre))


# -- which of the group is nearest ---------------------------------------------------------


def _exact(grouped: pl.DataFrame) -> pl.DataFrame:
    """Return left, right, similarity: each article with the first seen of its bytes and text."""
    by_arrival = grouped.sort("seen")
    return pl.concat(
        [
            by_arrival.select(
                left=pl.col("article").first().over(same), right="article", similarity=pl.lit(1.0)
            )
            for same in (["text"], ["text", "raw_hash"])
        ]
    ).filter(pl.col("left") != pl.col("right"))


def _within(grouped: pl.DataFrame, alike: pl.DataFrame) -> pl.DataFrame:
    """Return left, right, similarity of articles whose texts are alike, and of one group.

    Of each text the first seen stands for all, and the first seen at each address.
    """
    by_arrival = grouped.sort("seen").select("article", "text", "address", "star")
    first = by_arrival.unique("text", keep="first", maintain_order=True)
    told = by_arrival.drop_nulls("address").unique(
        ["text", "address"], keep="first", maintain_order=True
    )
    firsts = alike.join(first, left_on="left_text", right_on="text").join(
        first, left_on=["right_text", "star"], right_on=["text", "star"], suffix="_right"
    )
    versions = alike.join(told, left_on="left_text", right_on="text").join(
        told,
        left_on=["right_text", "star", "address"],
        right_on=["text", "star", "address"],
        suffix="_right",
    )
    return pl.concat(
        [
            pairs.select(left="article", right="article_right", similarity="similarity")
            for pairs in (firsts, versions)
        ]
    )


def _with_first(grouped: pl.DataFrame, signatures: _Signatures) -> pl.DataFrame:
    """Return left, right, similarity: the first seen of each text with the first of its group."""
    first = grouped.sort("seen").unique("text", keep="first", maintain_order=True)
    return signatures.alike(
        first.select(
            left=pl.col("article").first().over("star"),
            left_text=pl.col("text").first().over("star"),
            right="article",
            right_text="text",
        ).filter(pl.col("left") != pl.col("right")),
        0.0,
    ).select("left", "right", "similarity")


def _nearest(pairs: pl.DataFrame, grouped: pl.DataFrame) -> pl.DataFrame:
    """Add to each article of a pair the most alike seen before it, else after it; and its kind.

    Of several equally alike the one that says more is nearest (the same bytes rather than the same
    text), then the one first seen.
    """
    about = grouped.select("article", "article_id", "seen", "text", "raw_hash", "address", "star")
    both = pl.concat([pairs, pairs.select(left="right", right="left", similarity="similarity")])
    same_text = pl.col("text") == pl.col("text_right")
    kind = (
        pl.when(same_text & (pl.col("raw_hash") == pl.col("raw_hash_right")))
        .then(pl.lit("same_bytes"))
        .when(same_text)
        .then(pl.lit("same_text"))
        .when(pl.col("address") == pl.col("address_right"))
        .then(pl.lit("revision"))
        .otherwise(pl.lit("near_duplicate"))
    )
    return (
        both.join(about, left_on="left", right_on="article")
        .join(about, left_on="right", right_on="article", suffix="_right")
        .with_columns(kind=kind, after=pl.col("seen_right") > pl.col("seen"))
        .sort(
            "after",
            "similarity",
            pl.col("kind").replace_strict(_SAYING_MOST, return_dtype=pl.Int8),
            "seen_right",
            descending=[False, True, False, False],
        )
        .unique("left", keep="first", maintain_order=True)
        .rename({"article_id_right": "nearest_article_id"})
    )
