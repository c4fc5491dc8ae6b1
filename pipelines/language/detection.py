"""The language of each segment, and `und` where the text does not tell.

lingua, restricted to the languages configured, is right on 0.9997 of whole sentences of the seven
languages and on 0.975 of their first six words; hence a short or doubtful segment takes the
language of its article, when that is sure.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from warehouse.contracts.frames import made_by

if TYPE_CHECKING:
    from lingua import LanguageDetector

#: Below this confidence a segment is doubtful: on seven-language sentences lingua's wrong answers
#: lie below it, and nearly all right ones above.
_SURE = 0.6
#: Below this many letters outside names a segment (a list item, a heading) is too short to tell.
_FEWEST_LETTERS = 24
#: Below this share of letters outside capitalised words a segment is a list of names, and names
#: are written alike in all languages. German, which capitalises its nouns, stays above it.
_FEWEST_LOWER = 0.4
_LOWER_WORD = r"(?:^|[^\p{L}])(\p{Ll}\p{L}*)"


def core_languages(
    core_segments: pl.DataFrame, languages: tuple[str, ...]
) -> pl.DataFrame:
    """Return the rows of ``core_languages`` for whole articles' segments.

    ``languages`` are ISO 639-1 codes to choose from. Boilerplate and names have no say in their
    article's language.
    """
    detected = core_segments.with_columns(_detected(core_segments["text"], languages)).with_columns(
        letters=pl.col("text").str.count_matches(r"\p{L}"),
        lower=pl.col("text").str.extract_all(_LOWER_WORD).list.join("").str.count_matches(r"\p{L}"),
    )
    articles = (
        detected.filter(pl.col("kind") != "boilerplate")
        .group_by("article_id", "language")
        .agg(weight=(pl.col("lower") * pl.col("confidence")).sum(), all=pl.col("lower").sum())
        .sort("weight", "language", descending=[True, False])
        .group_by("article_id", maintain_order=True)
        .agg(
            article_language=pl.col("language").first(),
            article_share=pl.col("weight").first() / pl.col("all").sum().clip(1),
        )
    )
    own = (
        (pl.col("confidence") >= _SURE)
        & (pl.col("lower") >= _FEWEST_LETTERS)
        & (pl.col("lower") >= _FEWEST_LOWER * pl.col("letters"))
    )
    shared = pl.col("article_share").fill_null(0) >= _SURE
    return detected.join(articles, on="article_id", how="left").select(
        "segment_id",
        "article_id",
        language=pl.when(own)
        .then("language")
        .when(shared)
        .then("article_language")
        .otherwise(pl.lit("und")),
        confidence=pl.when(own)
        .then("confidence")
        .when(shared)
        .then("article_share")
        .otherwise(0.0)
        .clip(0, 1),
        **made_by("core_languages", "detector"),
    )


def _detected(texts: pl.Series, languages: tuple[str, ...]) -> list[pl.Series]:
    """Return two series, the likeliest language of each text and its probability."""
    detector = _detector(languages)
    ranked = detector.compute_language_confidence_values_in_parallel(texts.to_list())
    best = [values[0] for values in ranked]
    return [
        pl.Series(
            "language", [value.language.iso_code_639_1.name.lower() for value in best], pl.String
        ),
        pl.Series("confidence", [value.value for value in best], pl.Float64),
    ]


@lru_cache(maxsize=1)
def _detector(languages: tuple[str, ...]) -> "LanguageDetector":
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, language.upper()) for language in languages]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()
