"""Which names of big open sets are not to be trusted alone."""

import polars as pl

#: Letters a name must have to stand alone; with fewer it is an acronym of many things.
_FEWEST = 5
#: Zipf frequency (wordfreq; Speer 2022) from which a word is one of every day: once in a million
#: words of its language.
_COMMON = 3.0
_READ = frozenset({"de", "en", "es", "fr", "it", "nl", "pt"})


def flagged(names: pl.DataFrame, is_short: pl.Expr | None = None) -> pl.DataFrame:
    """Return the rows of ``seed_entity_names`` for names (entity_id, language, value).

    ``ambiguous`` are short forms (``is_short``), names of fewer than five letters, single words
    that are common in any language they are a name in, and names that several entities bear.
    """
    bearers = pl.col("entity_id").n_unique().over("name")
    is_few = pl.col("name").str.count_matches(r"\p{L}") < _FEWEST
    told = names.with_columns(
        name=pl.col("value"), short=is_short if is_short is not None else pl.lit(value=False)
    )
    return (
        told.with_columns(common=_is_common(told))
        .with_columns(ambiguous=pl.any_horizontal("short", "common", is_few, bearers > 1))
        .group_by("entity_id", "language", "name", maintain_order=True)
        .agg(pl.col("ambiguous").any())
    )


def _is_common(names: pl.DataFrame) -> pl.Series:
    """Say of each name whether it is one word of every day, in its language or, where it goes
    everywhere, in any.
    """
    from wordfreq import zipf_frequency

    words = names.select("name", "language").rows()
    return pl.Series(
        [
            " " not in name
            and any(
                zipf_frequency(name, one) >= _COMMON
                for one in ({language} & _READ if language != "mul" else _READ)
            )
            for name, language in words
        ],
        dtype=pl.Boolean,
    )
