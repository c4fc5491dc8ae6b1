"""The words beside spans, and of which kinds of cue they are in their language.

Cues are looked up once, all kinds together: each kind is a bit. So signs and rules ask the same of
spans of all languages.
"""

from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from pipelines.extraction.corpus import LETTERS
from pipelines.extraction.cues import Cues
from warehouse.contracts.seed import ENTITY_TYPES

#: A noun that says of what type a name is: its kind of cue, by type.
NOUNS = {type_: f"{type_} noun" for type_ in sorted(ENTITY_TYPES)}
_KINDS = (
    "absence", "acronym", "auxiliary", "called", "conjunction", "connector", "determiner",
    "group_noun", "honorific", "is", "joins_it", "member_of", "members_noun", "month",
    "no_apposition", "not_member", "org_noun", "org_suffix", "place_preposition", "product_verb",
    "role", "speech_verb",
)  # fmt: skip
_BITS = {kind: 1 << place for place, kind in enumerate((*_KINDS, *NOUNS.values()))}

#: Words behind are n1, n2, ... and before p1, p2, ..., nearest first.
_REACH = 4
_WORDS = [f"{side}{nth}" for side in "pn" for nth in range(1, _REACH + 1)]
#: Several words that may be one cue.
_PHRASES = {
    "p21": ("p2", "p1"), "p321": ("p3", "p2", "p1"), "n12": ("n1", "n2"),
    "n123": ("n1", "n2", "n3"), "n23": ("n2", "n3"), "n34": ("n3", "n4"),
}  # fmt: skip
#: Code points beside a span in which its neighbouring words are looked for.
_NEAR = 45
_TOKEN = rf"[{LETTERS}]+['’.]?|[^ {LETTERS}]"
_QUOTES = "«“„\"‘'"


def with_neighbours(spans: pl.DataFrame, told: Mapping[str, Cues]) -> pl.DataFrame:
    """Add the words beside spans, their first and last word, and which cues these are.

    Spans have language, text, and before and after (what stands around them in their segment).
    Words beside are p1 to p4 and n1 to n4; quotation marks at the span are left out. What cues
    there are is asked by ``cue``, ``behind`` and ``ahead``; ``told`` are those of each language.
    """
    before = pl.col("before").str.slice(-_NEAR).str.strip_chars_end(f" {_QUOTES}")
    after = pl.col("after").str.slice(0, _NEAR)
    placed = (
        spans.with_columns(
            p=before.str.extract_all(_TOKEN).list.reverse(), n=after.str.extract_all(_TOKEN)
        )
        .with_columns(
            *(
                pl.col(word[0]).list.get(int(word[1]) - 1, null_on_oob=True).fill_null("")
                .alias(word)
                for word in _WORDS
            ),
            first=pl.col("text").str.extract(r"^([^ '’]+)").fill_null(""),
            last=pl.col("text").str.extract(r"([^ '’]+)$").fill_null(""),
        )
        .drop("p", "n")
    )  # fmt: skip
    return placed.hstack(_cues_of(placed, told))


def _cues_of(placed: pl.DataFrame, told: Mapping[str, Cues]) -> pl.DataFrame:
    """Return of which kinds of cue the words are at each place, one bit a kind."""
    lower = placed.select(pl.col(*_WORDS, "first", "last").str.to_lowercase()).with_columns(
        pl.concat_str(words, separator=" ").alias(phrase) for phrase, words in _PHRASES.items()
    )
    asked = pl.DataFrame(
        {
            "language": pl.concat([placed["language"]] * lower.width),
            "cue": pl.concat(lower.get_columns()),
        }
    )
    known = pl.concat(map(_vocabulary, told.values()))
    found = asked.join(known, on=["language", "cue"], how="left", maintain_order="left")["kinds"]
    by_place = found.fill_null(0).to_numpy().reshape(lower.width, placed.height)
    kinds = pl.DataFrame(dict(zip(lower.columns, by_place, strict=True)))
    return kinds.select(
        pl.all().name.prefix("cue_"),
        cue_behind=pl.col("p1") | pl.col("p21") | pl.col("p321"),
        cue_ahead=pl.col("n1") | pl.col("n12") | pl.col("n123"),
    )


@lru_cache(maxsize=32)
def _vocabulary(cues: Cues) -> pl.DataFrame:
    """Return language, cue and kinds: the bits of the kinds that a cue is of."""
    kinds: dict[str, int] = {}
    for kind in _KINDS:
        for cue in cues.words(kind):
            kinds[cue] = kinds.get(cue, 0) | _BITS[kind]
    for cue, type_ in cues.values("type_cue").items():
        kinds[cue] = kinds.get(cue, 0) | _BITS[NOUNS[type_]]
    return pl.DataFrame(
        {"cue": [*kinds], "kinds": [*kinds.values()]}, {"cue": pl.String, "kinds": pl.UInt64}
    ).select(pl.lit(cues.language).alias("language"), "cue", "kinds")


def cue(place: str, *kinds: str) -> pl.Expr:
    """Say whether a cue of one of the kinds stands at a place: a word, or several ("n12")."""
    bits = sum({_BITS[kind] for kind in kinds})
    return (pl.col(f"cue_{place}") & pl.lit(bits, pl.UInt64)) != 0


def behind(*kinds: str) -> pl.Expr:
    """Say whether a cue of the kinds, of up to three words, stands right before the span."""
    return cue("behind", *kinds)


def ahead(*kinds: str) -> pl.Expr:
    """Say whether a cue of the kinds, of up to three words, stands right behind the span."""
    return cue("ahead", *kinds)
