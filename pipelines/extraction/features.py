"""Signs by which a span shows whether it is a name, and of what: one Boolean column each.

The signs mean the same in every language, so that what annotated news of some languages teaches
about them holds in the others.
"""

from collections.abc import Mapping
from functools import cache

import polars as pl

from pipelines.extraction.corpus import ALPHABET, CAPITALS, LETTERS, SMALL
from pipelines.extraction.cues import Cues
from pipelines.extraction.lexicon import (
    common_words,
    frequency_bands,
    given_names,
    name_parts,
    typical_endings,
)
from pipelines.extraction.neighbours import NOUNS, ahead, behind, cue

_TEXT, _WORDS, _OPENS = pl.col("text"), pl.col("words"), pl.col("opens")
#: Spans of letters, and what stands between those of a person's name.
ALPHABETIC = _TEXT.str.contains(rf"^[{ALPHABET}'’. -]+$")


def signs(beside: pl.DataFrame) -> pl.DataFrame:
    """Return the signs of each span, in the order of spans.

    Spans have opens, shape, heading, shouted, known_type, and what ``with_longer``,
    ``with_lexicon`` and ``with_neighbours`` tell.
    """
    return beside.select(sign.fill_null(value=False).alias(name) for name, sign in _signs().items())


#: What says of which of several a noun speaks.
_OF = ("of", "di", "de", "d'", "von", "van")
_QUOTES = "«“„\"‘'"


def with_lexicon(spans: pl.DataFrame, told: Mapping[str, Cues]) -> pl.DataFrame:
    """Add of spans whether their first and last word are common, frequent, or parts of names, and
    whether they are a city or town.

    Spans have language, text, first and last (their words); ``told`` are the cues of each language.
    """
    own, parts = ["language", "word"], name_parts()
    asked = pl.concat(spans.select("language", word=end) for end in ("first", "last")).unique(own)
    words = pl.concat(
        _of_words(asked.filter(language=language), cues) for language, cues in told.items()
    )
    names = spans.select("text").unique()
    places = names.with_columns(
        text_city=_among(names["text"], parts["city"]),
        text_town=_among(names["text"], parts["town"]),
    )
    for end in ("first", "last"):
        known = words.select("language", pl.exclude("language").name.prefix(f"{end}_"))
        spans = spans.join(
            known.rename({f"{end}_word": end}),
            on=["language", end],
            how="left",
            maintain_order="left",
        )
    return spans.join(places, on="text", how="left", maintain_order="left")


def _of_words(asked: pl.DataFrame, cues: Cues) -> pl.DataFrame:
    """Say of words whether their language has them small, or with a capital, how often it reads
    them, and of which names they are parts.
    """
    common, parts = common_words(cues.language), name_parts()
    frequent, read = frequency_bands(cues.language)
    lower = asked["word"].str.to_lowercase()
    return asked.with_columns(
        small=pl.Series(common.hold(lower.to_list())),
        capital=pl.Series(common.hold(asked["word"].to_list())),
        frequent=_among(lower, frequent),
        read=_among(lower, read),
        given=_among(asked["word"], given_names(cues.forms("given_name"))),
        surname=_among(asked["word"], parts["surname"]),
        place=_among(asked["word"], parts["place"]),
    )


def _among(words: pl.Series, known: frozenset[str]) -> pl.Series:
    """Look up words in a long list, which Polars would hash anew each time."""
    return pl.Series([word in known for word in words.to_list()], dtype=pl.Boolean)


def with_longer(spans: pl.DataFrame) -> pl.DataFrame:
    """Say of each span whether longer ones in its article begin or end with it, and how often it
    is named there.
    """
    own = ["article_id", "text"]
    longer = spans.filter(_WORDS > 1)
    ends = longer.select(
        "article_id", text=_TEXT.str.extract(r"([^ '’]+)$"), last_of_longer=pl.lit(value=True)
    )
    begins = longer.select(
        "article_id", text=_TEXT.str.extract(r"^([^ '’]+)"), first_of_longer=pl.lit(value=True)
    )
    return (
        spans.join(ends.unique(), on=own, how="left", maintain_order="left")
        .join(begins.unique(), on=own, how="left", maintain_order="left")
        .with_columns(
            pl.col("last_of_longer", "first_of_longer").fill_null(value=False),
            mentions=pl.len().over("name"),
        )
    )


@cache
def _signs() -> dict[str, pl.Expr]:
    one, two, three = _WORDS == 1, _WORDS == 2, _WORDS == 3
    inside = ~_OPENS
    given, surname = pl.col("first_given"), pl.col("last_surname")
    capital = rf"^[{CAPITALS}]"
    heading, of = pl.col("heading"), pl.col("p1").str.to_lowercase().is_in(_OF)
    by_itself = (pl.col("n1") == "") & (pl.col("p1") == "")
    capitals = _TEXT.str.contains(rf"^[{CAPITALS}&.*-]+$")
    small, listed = pl.col("last_small"), pl.col("last_capital")
    first_small = pl.col("first_small")
    determined = behind("determiner")
    found = {
        "one word": one,
        "two words": two,
        "three words": three,
        "more words": _WORDS > 3,
        "opens": _OPENS,
        "opens, one word": _OPENS & one,
        "one word, a common word": one & small,
        "one word, a common word, opens": one & small & _OPENS,
        "one word, a listed capital": one & listed & ~small,
        "one word, a frequent word": one & small & pl.col("last_frequent"),
        "one word, a frequent word, inside": one & small & pl.col("last_frequent") & inside,
        "one word, a rare word": one & small & ~pl.col("last_read"),
        "one word, unlisted but read": one & ~small & pl.col("last_read"),
        "one word, unlisted but frequent": one & ~small & pl.col("last_frequent"),
        "first word frequent": ~one & pl.col("first_frequent") & first_small,
        "last word frequent": ~one & pl.col("last_frequent") & small,
        "all words frequent": ~one & pl.col("last_frequent") & pl.col("first_frequent") & small,
        "no word read": ~one & ~pl.col("last_read") & ~pl.col("first_read"),
        "capitals, a word": capitals & one & small,
        "capitals, read": capitals & one & pl.col("last_read"),
        "heading": heading,
        "heading, all words common": heading & ~one & small & first_small,
        "heading, one common word": heading & one & small,
        "running text, all words common": ~heading & ~one & small & first_small & inside,
        "running text, one common word": ~heading & one & small & inside,
        "shouted text": pl.col("shouted"),
        "given name, stands alone": one & given & by_itself,
        "given name, comma behind": one & given & (pl.col("n1") == ","),
        "one word, unlisted": one & ~small & ~listed,
        "one word, unlisted, inside": one & ~small & ~listed & inside,
        "all words common": ~one & small & first_small,
        "all words common, inside": ~one & small & first_small & inside,
        "no word common": ~one & ~small & ~first_small,
        "first word common": ~one & first_small & ~small,
        "last word common": ~one & small & ~first_small,
        "capitals, short": capitals & (_TEXT.str.len_chars() <= 5) & one,
        "capitals, long": capitals & (_TEXT.str.len_chars() > 5),
        "capitals, several": ~one & _TEXT.str.contains(rf"^[{CAPITALS}\s&.*'-]+$"),
        "camel case": one & _TEXT.str.contains(rf"[{SMALL}][{CAPITALS}]"),
        "digits": _TEXT.str.contains(r"\d"),
        "single letter": _TEXT.str.contains(rf"^[{CAPITALS}]\.?$"),
        "ampersand": _TEXT.str.contains("&"),
        "an initial": ~one & _TEXT.str.contains(rf"(?:^|\s)[{CAPITALS}]\.?(?:\s|$|[{CAPITALS}]\.)"),
        "small word inside": _TEXT.str.contains(rf"\s[{SMALL}]+['\s]"),
        "hyphen": _TEXT.str.contains(rf"[{ALPHABET}]-[{CAPITALS}]"),
        "odd signs": ~ALPHABETIC,
        "address": _TEXT.str.contains(rf"@|_|://|\.[{SMALL}]{{2,4}}$|[{LETTERS}]/[{LETTERS}]"),
        "person's name parts": ~one & given & surname,
        "given name first": ~one & given,
        "given name first, unlisted last": ~one & given & ~small,
        "given name alone": one & given,
        "given name alone, common": one & given & small,
        "surname last": ~one & surname,
        "surname alone": one & surname,
        "surname alone, unlisted": one & surname & ~small & ~listed,
        "large city": pl.col("text_city"),
        "large city, not common": pl.col("text_city") & ~small,
        "town": pl.col("text_town"),
        "town, not common": pl.col("text_town") & ~small,
        "place inside": ~one & (pl.col("first_place") | pl.col("last_place")),
        "determined": determined,
        "determined, one word": determined & one,
        "determined, capitals": determined & capitals,
        "place preposition": behind("place_preposition"),
        "place preposition, one word": behind("place_preposition") & one,
        "place preposition, common": behind("place_preposition") & small,
        "honorific": behind("honorific"),
        "role before": behind("role"),
        "speech verb before": behind("speech_verb"),
        "speech verb behind": ahead("speech_verb"),
        "speech verb further behind": cue("n2", "speech_verb") & ~ahead("speech_verb"),
        "role behind": (pl.col("n1") == ",") & (cue("n2", "role") | cue("n3", "role")),
        "role of it": (cue("p2", "role") & (of | determined))
        | (cue("p3", "role") & pl.col("p2").str.to_lowercase().is_in(_OF) & determined),
        "comma before": pl.col("p1") == ",",
        "comma behind": pl.col("n1") == ",",
        "ends the segment": pl.col("n1") == "",
        "stop behind": pl.col("n1").is_in([".", "!", "?"]),
        "stands alone": by_itself,
        "in brackets": (pl.col("p1") == "(") & (pl.col("n1") == ")"),
        "bracket before": pl.col("p1") == "(",
        "brackets behind": pl.col("n1") == "(",
        "quoted": pl.col("before").str.contains(f"[{_QUOTES}] ?$"),
        "a name before, comma": (pl.col("p1") == ",") & pl.col("p2").str.contains(capital),
        "a name behind, comma": (pl.col("n1") == ",") & pl.col("n2").str.contains(capital),
        "number behind": pl.col("n1").str.contains(r"^\d"),
        "number before": pl.col("p1").str.contains(r"\d"),
        "hyphen behind": pl.col("after").str.contains(r"^-"),
        "possessive": pl.col("after").str.contains(r"^['’]s[^a-z]"),
        "verb form behind": ahead("is", "auxiliary"),
        "and before": behind("conjunction"),
        "and behind": ahead("conjunction"),
        "of before": of,
        "of, the before": behind("connector") & determined,
        "member noun before": behind("members_noun", "group_noun", "org_noun"),
        "colon behind": pl.col("n1") == ":",
        "colon before": pl.col("p1") == ":",
        "dash before": pl.col("p1").is_in(["-", "–", "—"]),
        "month beside": ahead("month") | behind("month"),
        "organisation shape": pl.col("shape") == "organisation",
        "headed shape": pl.col("shape") == "headed",
        "expansion shape": pl.col("shape") == "expansion",
        "legal form": cue("last", "org_suffix") & ~one,
        "acronym behind": pl.col("after").str.contains(rf"^ \([{CAPITALS}]{{2,7}}\)"),
        "article word first": cue("first", "determiner"),
    }
    for kind, endings in typical_endings().items():
        alike = one & _TEXT.str.slice(-3).is_in(sorted(endings))
        found[f"ends like a {kind.replace('_', ' ')}"] = alike
        found[f"ends like a {kind.replace('_', ' ')}, unlisted"] = alike & ~small & ~listed
    longer = {
        "ends a longer name": pl.col("last_of_longer"),
        "begins a longer name": pl.col("first_of_longer"),
        "repeated, in no longer name": (pl.col("mentions") > 1)
        & ~pl.col("last_of_longer")
        & ~pl.col("first_of_longer"),
        "alone in its article": ~pl.col("last_of_longer") & ~pl.col("first_of_longer"),
    }
    for name, held in longer.items():
        found[name] = one & held
        found[f"{name}, unlisted"] = one & held & ~small & ~listed
    for noun in NOUNS.values():
        found[f"{noun} before"] = behind(noun)
        found[f"{noun} behind"] = ahead(noun)
        appended = cue("n2", noun) | cue("n3", noun)
        found[f"{noun} appended"] = (pl.col("n1") == ",") & appended
    for type_ in ("PERSON", "ORG", "GPE", "LOC", "PRODUCT", "EVENT"):
        found[f"perhaps a known {type_}"] = pl.col("known_type") == type_
        found[f"perhaps a known {type_}, common"] = (pl.col("known_type") == type_) & one & small
    return found
