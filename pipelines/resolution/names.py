"""Names compared: one key for all spellings of a name, and the shorter forms it is used in.

A name is compared by its words without case, diacritics, script, legal forms and connectors, head
words in English. What else two names may differ by (a place or a maker named beside them, initials,
a dropped word, another transliteration) are forms: two names can be one if one is a form of the
other, which is looked up, never tried pair by pair, so that the cost grows with the names.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl
from anyascii import anyascii

from pipelines.identity import normalised

_WORD = re.compile(r"[^\W_]+(?:[&*+][^\W_]+)*")
_BEHIND = re.compile(r"\s*\([^()]{2,12}\)$")
#: "U.S.", "J. K.": letters that stand for words, with or without spaces.
_DOTTED = re.compile(r"\b(?:\w\.\s?){2,}")
_POSSESSIVE = re.compile(r"\s?'\s?s\b", re.IGNORECASE)
_LETTER_AND_LETTER = re.compile(r"\b(\w) ?& ?(\w)\b")
#: A German or Dutch compound of a name and a common noun: Airbus-Flugzeuge, Dow Jones-index.
_COMPOUND = re.compile(r"(?<=\w)-[a-zà-ÿ]{4,}$")
#: What transliterations and spellings of one name differ by, longest first.
_SOUNDS = (
    ("tsch", "c"), ("tch", "c"), ("sch", "s"), ("shch", "s"), ("ch", "c"), ("sh", "s"),
    ("kh", "k"), ("gh", "g"), ("th", "t"), ("ph", "f"), ("ck", "k"), ("ij", "i"), ("ie", "i"),
    ("ou", "u"), ("oe", "o"), ("ae", "a"), ("ue", "u"), ("y", "i"), ("j", "i"), ("w", "v"),
    ("z", "s"), ("q", "k"), ("x", "ks"),
)  # fmt: skip
_DOUBLE = re.compile(r"(.)\1+")

#: How sure each kind of form is, where nothing but the two names speaks. A place, a maker or a
#: descriptor beside a name seldom changes who is meant; a short form or an acronym fits many.
SCORES = {
    "spelling": 0.95,
    "translation": 0.9,
    "initials": 0.85,
    "middle name": 0.85,
    "maker": 0.85,
    "descriptor": 0.82,
    "place": 0.82,
    "misspelling": 0.8,
    "acronym": 0.75,
    "short form": 0.7,
}
#: Kinds that hold of both names alike; of the others, the form is the shorter of the two.
MUTUAL = ("spelling", "translation", "misspelling")
#: Kinds by which the longer name only says more of the same: where it is, who makes it.
BESIDE = ("place", "maker", "descriptor")
#: Kinds that are believed only where an article uses both.
ATTESTED = ("acronym", "short form")


@dataclass(frozen=True, order=True)
class Form:
    """Another key a name may go by, the kind of its difference, and which place or maker stands
    beside it in the name.
    """

    key: str
    kind: str
    beside: str = ""


#: Words that say no more than that it is a company, or an index of a stock exchange.
_COMPANY = frozenset({"company", "composite", "corporation", "group", "holdings", "index"})
#: Letters of a word behind a product's name that tells a variant of it: nano, Pro, XL, 4.
_VARIANT = 4


@dataclass(frozen=True, eq=False)
class NameGrammar:
    """What a name is made of besides its own words.

    ``heads`` turns head words of any language into English (università -> university); ``loose``
    are legal forms, articles and prepositions, which a name may have or not; ``translations`` turns
    other words of names into English; ``places`` and ``makers`` are the words of known places,
    their people and organisations, and what they name.
    """

    heads: dict[str, str] = field(repr=False)
    loose: frozenset[str] = field(repr=False)
    projects: dict[str, str] = field(repr=False)
    translations: dict[str, str] = field(repr=False, default_factory=dict)
    places: dict[tuple[str, ...], str] = field(repr=False, default_factory=dict)
    demonyms: dict[tuple[str, ...], str] = field(repr=False, default_factory=dict)
    makers: dict[tuple[str, ...], str] = field(repr=False, default_factory=dict)
    common: frozenset[str] = field(repr=False, default=frozenset())

    def words(self, name: str) -> tuple[str, ...]:
        """Return the words a name is compared by, in its order, head words in English."""
        return self._own(_written(name))

    def _own(self, written: Sequence[str]) -> tuple[str, ...]:
        own = tuple(self.heads.get(word, word) for word in written if word not in self.loose)
        return own or tuple(written)

    def key(self, name: str) -> str:
        """Return the key of a name: its words in order of the alphabet, so that Fondazione Simons
        and Simons Foundation have the same.
        """
        return _key(self.words(name))

    def english(self, name: str) -> str:
        """Return a name whose head word stands before a bare proper name in English order.

        progetto ATOM becomes ATOM Project; names with connectors stay as they are.
        """
        first, _, rest = normalised(name).partition(" ")
        head = self.projects.get(first.lower())
        if head is None or not rest or any(_plain(word) in self.loose for word in rest.split()):
            return normalised(name)
        return f"{rest} {head.title()}"

    def is_generic(self, words: Sequence[str]) -> bool:
        """Say whether words could be said of many: heads, places, numbers, a lone letter."""
        return all(word in self.common or word.isdigit() or len(word) < 2 for word in words)

    def forms(self, name: str, type_: str) -> frozenset[Form]:
        """Return the forms of a name; a shorter form that equals its own key is left out."""
        words = self.words(name)
        mutual = set(_spellings(words))
        if type_ != "PERSON" and len(words) > 1:
            english = [self.translations.get(word, word) for word in words]
            mutual.add(Form(_key(english), "translation"))
        return self.shorter(name, type_) | mutual

    def shorter(self, name: str, type_: str) -> frozenset[Form]:
        """Return the forms of a name that say less than it does."""
        words = self.words(name)
        found = self._of_person(words) if type_ == "PERSON" else self._of_thing(name, words, type_)
        own = _key(words)
        return frozenset(form for form in found if form.key not in (own, ""))

    def _of_person(self, words: tuple[str, ...]) -> Iterator[Form]:
        if len(words) < 2:
            return
        *given, family = words
        yield Form(_key((*(name[0] for name in given), family)), "initials")
        if len(given) > 1:
            yield Form(_key((given[0][0], family)), "initials")
            yield Form(_key((given[0], family)), "middle name")
        yield Form(family, "short form")

    def _of_thing(self, name: str, words: tuple[str, ...], type_: str) -> Iterator[Form]:
        written = _written(name)
        if len(words) > 1:
            for said in (written, [word for word in written if word not in self.loose], words):
                yield from _initials(said)
        yield from self._without(written, "place", self.demonyms, anywhere=True)
        yield from self._without(written, "place", self.places, anywhere=False)
        if type_ == "PRODUCT":
            yield from self._without(written, "maker", self.makers, anywhere=False)
        rest = [word for word in words if word not in _COMPANY]
        if len(rest) < len(words) and not self.is_generic(rest):
            yield Form(_key(rest), "descriptor")
        for length in range(1, len(words)):
            if type_ != "PRODUCT" or not _is_variant(words[length]):
                yield Form(_key(words[:length]), "short form")
            yield Form(_key(words[-length:]), "short form")
        for word in words[1:]:
            yield Form(_key((words[0], word)), "short form")
            yield Form(word, "short form")

    def _without(
        self,
        written: tuple[str, ...],
        kind: str,
        known: dict[tuple[str, ...], str],
        *,
        anywhere: bool,
    ) -> Iterator[Form]:
        """Yield what is left without a place or a maker that stands beside a name.

        A bare one behind (Ford Australia) makes another name; one before, or behind a preposition
        (FTSE 100 di Londra), does not.
        """
        for start in range(len(written)):
            for end in range(start + 1, min(start + 4, len(written) + 1)):
                beside = known.get(written[start:end])
                before = written[:start]
                if beside is None or not (
                    anywhere or not self._own_words(before) or before[-1] in self.loose
                ):
                    continue
                rest = self._own([*before, *written[end:]]) if before or written[end:] else ()
                if rest and self._own_words([*before, *written[end:]]):
                    yield Form(_key(rest), kind, beside)

    def _own_words(self, written: Sequence[str]) -> bool:
        return any(word not in self.loose for word in written)


def name_grammar(
    seed_cue_words: pl.DataFrame,
    seed_entities: pl.DataFrame | None = None,
    seed_entity_names: pl.DataFrame | None = None,
) -> NameGrammar:
    """Return the grammar from cue words of the kinds that make names, and from the names of known
    places and organisations.
    """
    rows = seed_cue_words.select("kind", "cue", "value").sort("kind", "cue", "value").rows()
    known: list[tuple[str, str, str]] = []
    if seed_entities is not None and seed_entity_names is not None:
        known = (
            seed_entity_names.filter(~pl.col("ambiguous") | (pl.col("language") == "mul"))
            .join(seed_entities.select("entity_id", "type"), on="entity_id")
            .filter(pl.col("type").is_in(["GPE", "ORG"]))
            .select("type", "name", "entity_id")
            .unique()
            .sort("type", "name", "entity_id", descending=True)
            .rows()
        )
    return _name_grammar(tuple(rows), tuple(known))


@lru_cache(maxsize=4)
def _name_grammar(
    rows: tuple[tuple[str, str, str | None], ...], known: tuple[tuple[str, str, str], ...]
) -> NameGrammar:
    heads: dict[str, str] = {}
    projects: dict[str, str] = {}
    translations: dict[str, str] = {}
    loose: set[str] = set()
    places, makers = (
        {_written(name): entity for type_, name, entity in known if type_ == wanted}
        for wanted in ("GPE", "ORG")
    )
    demonyms = {}
    for kind, cue, value in rows:
        word = _plain(cue.rstrip("'"))
        if kind in ("org_head", "project_head") and value:
            heads[word] = value.lower()
        if kind == "project_head" and value:
            projects[cue.lower()] = value
        elif kind in ("org_suffix", "determiner", "connector", "honorific"):
            loose.update(_plain(part) for part in _WORD.findall(cue))
        elif kind == "demonym" and value:
            demonyms[_written(cue)] = places.get(_written(value), value)
        elif kind == "name_word" and value:
            translations[word] = value
    common = {*heads, *heads.values(), *translations, *translations.values()}
    common.update(word for words in (*places, *demonyms) for word in words)
    return NameGrammar(
        heads, frozenset(loose), projects, translations, places, demonyms, makers,
        frozenset(common),
    )  # fmt: skip


@lru_cache(maxsize=100_000)
def _written(name: str) -> tuple[str, ...]:
    """Return the plain words of a name, without what stands behind it, dots of abbreviations,
    possessives, and common nouns compounded with it.
    """
    text = _BEHIND.sub("", normalised(name))
    text = _DOTTED.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", text)
    text = _LETTER_AND_LETTER.sub(r"\1\2", text)
    text = _COMPOUND.sub("", _POSSESSIVE.sub(" ", text).strip(" -"))
    return tuple(_plain(word) for word in _WORD.findall(text))


def _initials(words: Sequence[str]) -> Iterator[Form]:
    """Yield the acronym of words; with a number behind it (S&P 500) it can hardly be another's."""
    numbers = [word for word in words if word.isdigit()]
    spelt = "".join(word[0] for word in words if not word.isdigit() and word not in _COMPANY)
    if len(spelt) > 1:
        yield Form(_key([spelt, *numbers]), "initials" if numbers else "acronym")


def _is_variant(word: str) -> bool:
    return len(word) <= _VARIANT or any(letter.isdigit() for letter in word)


@lru_cache(maxsize=100_000)
def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return plain if plain.isascii() else anyascii(plain).lower() or plain


def _key(words: Sequence[str]) -> str:
    return " ".join(sorted(words))


@lru_cache(maxsize=100_000)
def sounds(word: str) -> str:
    """Return what spellings and transliterations of a word have in common."""
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    word = _DOUBLE.sub(r"\1", word)
    return word[:-1] if len(word) > 4 and word.endswith("s") else word


def _spellings(words: tuple[str, ...]) -> Iterator[Form]:
    """Yield what is equal for the same name spelt otherwise.

    A lone word must be long for that to be no accident, and misspellings are compared only between
    names that share all other words and how the odd one begins and ends.
    """
    heard = [sounds(word) for word in words if word not in _COMPANY] or list(words)
    if len("".join(heard)) >= (5 if len(words) > 1 else 7):
        yield Form("~" + _key(heard), "spelling")
    if len(heard) > 1:
        for place, word in enumerate(heard):
            if len(word) >= 5 and not any(letter.isdigit() for letter in word):
                others = (*heard[:place], *heard[place + 1 :])
                yield Form(f"~{_key(others)} {word[:2]}…{word[-1]}", "misspelling")
