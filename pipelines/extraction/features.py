"""Signs by which a span shows whether it is a name, and of what: one Boolean column each.

The signs mean the same in every language, so that what annotated news of some languages teaches
about them holds in the others.
"""

from collections.abc import Iterator
from functools import lru_cache

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

_TEXT, _WORDS, _OPENS = pl.col("text"), pl.col("words"), pl.col("opens")
_TOKEN = rf"[{LETTERS}]+['’.]?|[^ {LETTERS}]"
#: Code points beside a span in which its neighbouring words are looked for.
_NEAR = 45


def signs(beside: pl.DataFrame, cues: Cues) -> pl.DataFrame:
    """Return the signs of each span, in the order of spans (``with_neighbours``)."""
    return beside.select(
        sign.fill_null(value=False).alias(name) for name, sign in _signs(cues).items()
    )


#: Neighbouring words that are looked at on either side.
_REACH = 5
#: What says of which of several a noun speaks.
_OF = frozenset({"of", "di", "de", "d'", "von", "van"})
_QUOTES = "«“„\"‘'"


def with_neighbours(spans: pl.DataFrame, cues: Cues) -> pl.DataFrame:
    """Add what signs and rules look at: the words beside a span, its own words, longer names.

    Spans have article_id, text, words, opens, known_type, ambiguous, shape, and before and after
    (what stands around them in their segment). Words beside are n1, n2, ... behind and p1, p2, ...
    before, nearest first, quotation marks at the span left out; nl1 and pl1 in small letters.
    """
    before = pl.col("before").str.slice(-_NEAR).str.strip_chars_end(f" {_QUOTES}")
    after = pl.col("after").str.slice(0, _NEAR)
    placed = spans.with_columns(
        _p=before.str.extract_all(_TOKEN).list.reverse(), _n=after.str.extract_all(_TOKEN)
    ).with_columns(
        pl.col(f"_{side}").list.get(n - 1, null_on_oob=True).fill_null("").alias(f"{side}{n}")
        for side in "pn"
        for n in range(1, _REACH + 1)
    )
    placed = placed.with_columns(
        first=_TEXT.str.extract(r"^([^ '’]+)").fill_null(""),
        last=_TEXT.str.extract(r"([^ '’]+)$").fill_null(""),
        ending=_TEXT.str.slice(-3),
    ).with_columns(
        pl.col(f"{side}{n}").str.to_lowercase().alias(f"{side}l{n}")
        for side in "pn"
        for n in range(1, _REACH + 1)
    )
    listing = pl.Series(sorted(cues.forms("enumeration")), dtype=pl.String).implode()
    parts = name_parts()
    given = given_names(cues.forms("given_name"))
    return placed.with_columns(
        *_common(placed, cues.language),
        first_given=_among(placed, "first", given),
        last_surname=_among(placed, "last", parts["surname"]),
        first_place=_among(placed, "first", parts["place"]),
        last_place=_among(placed, "last", parts["place"]),
        text_city=_among(placed, "text", parts["city"]),
        text_town=_among(placed, "text", parts["town"]),
        lists=pl.col("before").str.contains_any(listing),
    )


def _common(placed: pl.DataFrame, language: str) -> Iterator[pl.Series]:
    """Say of the first and last word whether the language has it small, or with a capital, and how
    often it is read.
    """
    words = common_words(language)
    frequent, read = frequency_bands(language)
    for end in ("first", "last"):
        lower = placed[end].str.to_lowercase().to_list()
        yield pl.Series(f"{end}_small", words.hold(lower))
        yield pl.Series(f"{end}_capital", words.hold(placed[end]))
        yield pl.Series(f"{end}_frequent", [word in frequent for word in lower], dtype=pl.Boolean)
        yield pl.Series(f"{end}_read", [word in read for word in lower], dtype=pl.Boolean)


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


def within(column: str | pl.Expr, words: frozenset[str]) -> pl.Expr:
    """Say whether a column holds one of the words."""
    return (pl.col(column) if isinstance(column, str) else column).is_in(_listed(words))


@lru_cache(maxsize=512)
def _listed(words: frozenset[str]) -> pl.Series:
    return pl.Series(sorted(words), dtype=pl.String).implode()


def _among(placed: pl.DataFrame, column: str, names: frozenset[str]) -> pl.Series:
    """Look up words in a long list of names, which Polars would hash anew each time."""
    return pl.Series([word in names for word in placed[column]], dtype=pl.Boolean)


def behind(words: frozenset[str]) -> pl.Expr:
    """Say whether one of the cues, of up to three words, stands right before the span."""
    return _phrases(words, "pl1", ("pl2", "pl1"), ("pl3", "pl2", "pl1"))


def ahead(words: frozenset[str]) -> pl.Expr:
    """Say whether one of the cues, of up to three words, stands right behind the span."""
    return _phrases(words, "nl1", ("nl1", "nl2"), ("nl1", "nl2", "nl3"))


def _phrases(
    words: frozenset[str], one: str, two: tuple[str, ...], three: tuple[str, ...]
) -> pl.Expr:
    sizes: dict[int, set[str]] = {1: set(), 2: set(), 3: set()}
    for word in words:
        count = len(word.split())
        if count in sizes:
            sizes[count].add(word)
    found = within(one, frozenset(sizes[1]))
    for columns, count in ((two, 2), (three, 3)):
        if sizes[count]:
            joined = pl.concat_str([pl.col(name) for name in columns], separator=" ")
            found = found | joined.is_in(_listed(frozenset(sizes[count])))
    return found


def _signs(cues: Cues) -> dict[str, pl.Expr]:
    one, two, three = _WORDS == 1, _WORDS == 2, _WORDS == 3
    inside = ~_OPENS
    given, surname = pl.col("first_given"), pl.col("last_surname")
    capital = rf"^[{CAPITALS}]"
    heading, of = pl.col("heading"), within("pl1", _OF)
    by_itself = (pl.col("n1") == "") & (pl.col("p1") == "")
    capitals = _TEXT.str.contains(rf"^[{CAPITALS}&.*-]+$")
    small, listed = pl.col("last_small"), pl.col("last_capital")
    first_small = pl.col("first_small")
    determined = behind(cues.words("determiner"))
    alphabetic = _TEXT.str.contains(rf"^[{ALPHABET}'’. -]+$")
    types: dict[str, set[str]] = {}
    for cue, type_ in cues.values("type_cue").items():
        types.setdefault(type_, set()).add(cue)
    verbs = cues.words("speech_verb")
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
        "odd signs": ~alphabetic,
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
        "place preposition": behind(cues.words("place_preposition")),
        "place preposition, one word": behind(cues.words("place_preposition")) & one,
        "place preposition, common": behind(cues.words("place_preposition")) & small,
        "honorific": behind(cues.words("honorific")),
        "role before": behind(cues.words("role")),
        "speech verb before": behind(verbs),
        "speech verb behind": ahead(verbs),
        "speech verb further behind": within("nl2", verbs) & ~ahead(verbs),
        "role behind": (pl.col("n1") == ",")
        & (within("nl2", cues.words("role")) | within("nl3", cues.words("role"))),
        "role of it": (within("pl2", cues.words("role")) & (of | determined))
        | (within("pl3", cues.words("role")) & within("pl2", _OF) & determined),
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
        "verb form behind": ahead(cues.words("is") | cues.words("auxiliary")),
        "and before": behind(cues.words("conjunction")),
        "and behind": ahead(cues.words("conjunction")),
        "of before": of,
        "of, the before": behind(cues.words("connector")) & determined,
        "member noun before": behind(
            cues.words("members_noun") | cues.words("group_noun") | cues.words("org_noun")
        ),
        "colon behind": pl.col("n1") == ":",
        "colon before": pl.col("p1") == ":",
        "dash before": pl.col("p1").is_in(["-", "–", "—"]),
        "month beside": ahead(cues.words("month")) | behind(cues.words("month")),
        "organisation shape": pl.col("shape") == "organisation",
        "headed shape": pl.col("shape") == "headed",
        "expansion shape": pl.col("shape") == "expansion",
        "legal form": _in_lower("last", cues.words("org_suffix")) & ~one,
        "acronym behind": pl.col("after").str.contains(rf"^ \([{CAPITALS}]{{2,7}}\)"),
        "article word first": _in_lower("first", cues.words("determiner")),
    }
    for kind, endings in typical_endings().items():
        alike = one & within("ending", endings)
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
    for type_, nouns in sorted(types.items()):
        found[f"{type_} noun before"] = behind(frozenset(nouns))
        found[f"{type_} noun behind"] = ahead(frozenset(nouns))
        found[f"{type_} noun appended"] = (pl.col("n1") == ",") & (
            within("nl2", frozenset(nouns)) | within("nl3", frozenset(nouns))
        )
    for type_ in ("PERSON", "ORG", "GPE", "LOC", "PRODUCT", "EVENT"):
        found[f"perhaps a known {type_}"] = pl.col("known_type") == type_
        found[f"perhaps a known {type_}, common"] = (pl.col("known_type") == type_) & one & small
    return found


def _in_lower(column: str, words: frozenset[str]) -> pl.Expr:
    return pl.col(column).str.to_lowercase().is_in(_listed(words))
