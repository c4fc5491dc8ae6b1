"""What may stand around a number: units, currencies, hedges, verbs that tell what it counts.

One object a language, built of the cue words and the table of units, holds the expressions that
:mod:`pipelines.extraction.quantities` reads numbers with.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

import polars as pl

from pipelines.extraction.corpus import marked
from pipelines.extraction.cues import Cues
from pipelines.extraction.numbers import Number, forms
from pipelines.extraction.scanning import either

#: Code points before a number in which the verb that says what it counts may stand.
_BEFORE = 40
#: Years a person may have, and code points in which an apposition to a name tells them.
_OLDEST, _APPOSED = 120, 80
#: Currencies that are called by a verb, which before a number is one.
_VERBS = {"en": ("won",)}
#: Endings of the singular and the plural; those of German leave it open which of two is meant.
_PLURALS = {
    **dict.fromkeys(("en", "fr", "es", "pt"), (("", "s"), ("", "es"))),
    "it": (("o", "i"), ("a", "e"), ("a", "i")),
    "nl": (("", "s"), ("", "n"), ("", "en")),
}
#: Languages that put verbs last: more words stand between an auxiliary and its participle, and a
#: subject may stand right before what it has ("will Siemens 400 Stellen streichen").
_VERB_LAST = frozenset({"de", "nl"})

#: Noun, unit, property, types of subject, whether two of one subject must agree.
_Units = tuple[tuple[str, str, str, str, bool], ...]


class Measures:
    """What may stand around a number in one language, as expressions over small letters."""

    def __init__(self, language: str, kinds: Mapping[str, dict[str, str]], units: _Units) -> None:
        self.units = {
            noun.lower(): (unit, name, tuple(types.split("|")))
            for noun, unit, name, types, _ in units
        }
        self.compared = {name for _, _, name, _, compared in units if compared}
        self.kinds, self.verb_last = kinds, language in _VERB_LAST
        sign, code = either(kinds["currency_sign"]), either(kinds["currency_code"])
        link = rf"(?:{either(kinds['currency_link'])}\s?)?"
        short = rf"(?P<short>\s?{either(kinds['scale_short'])}(?![^\W\d_]))"
        money = rf"(?:{sign}|{code}\b|{either(kinds['currency'])}\b)"
        product = rf"(?:\s(?P<product>{marked('PRODUCT')}))?"
        behind = r"(?:\s|(?<='))"
        grammar = rf"(?!{either([*kinds['function_word'], *kinds['time_span']])}(?![\w'-]))"
        own = either([*kinds["adjective_before"], *kinds["possessive"]])
        of = (
            rf"(?:{either(kinds['number_of'])}{behind})?"
            rf"(?:(?:{own}|{grammar}[a-zà-ÿ][a-zà-ÿ-]*)\s){{0,2}}?"
        )
        summed = (
            rf"(?P<percent>\s?%|[\s-]{either(kinds['percent'])}\b)"
            rf"|{short}?\s?{link}(?P<currency>{money})(?:\s(?P<scale>{either(kinds['scale'])})\b)?"
            rf"|\s?(?P<part>{either(kinds['currency_part'])}\b)"
        )
        #: What may stand behind "one", which of most things is but an article.
        self.summed = re.compile(summed)
        singular = _singular(language, (noun for noun, *_ in units if not noun.isupper()))
        #: What may stand behind one, and behind any other number.
        self.behind_one, self.behind = (
            re.compile(
                rf"(?:{summed}|{behind}{of}(?P<noun>{either(nouns)}\b)"
                rf"(?:\s{either(kinds['conjunction'])}\s{either(nouns)}\b)*{product}"
                rf"|[\s-]?(?P<measure>{either(kinds['measure'])})(?!\w)"
                r"(?!(?<=\sha)\s\w+[dst][aeio]\b)"  # Italian and Spanish: has done
                rf"|[\s-](?P<span>{either(kinds['time_span'])})(?!\w))"
            )
            for nouns in (self.units, self.units.keys() - singular)
        )
        self.short = re.compile(short)
        self.hedge_behind = re.compile(
            rf"(?:\s{either(kinds['number_of'])}{behind}[^\W\d_]+)?"
            rf"\s(?P<hedge>{either(kinds['hedge_behind'])})\b"
        )
        # Who "won 13" got no money of Korea.
        names = [name for name in kinds["currency"] if name not in _VERBS.get(language, ())]
        self.money_before = re.compile(
            rf"(?<!\w)(?P<currency>{sign}|{code}|{either(names)})[\s-]?$"
        )
        signs = (*kinds["currency_sign"], *kinds["currency_code"], *names)
        self.money_ends = frozenset(cue.split()[-1] for cue in signs)
        self.hedge_before = re.compile(rf"(?<!\w)(?P<hedge>{either(kinds['hedge'])})\s?$")
        self.hedge_ends = frozenset(cue.rstrip("'").split()[-1] for cue in kinds["hedge"])
        self.to = re.compile(rf"\s?(?:[-–]|{either(kinds['range_to'])})\s?")
        self.and_ = re.compile(rf"\s{either(kinds['number_and'])}\s")
        self.between = re.compile(rf"(?<!\w){either(kinds['range_lead'])}\s?$")
        self.part = re.compile(rf"\s(?:{either(kinds['currency_part'])})\b")
        self.joins_part = re.compile(rf"\s(?:{either(kinds['number_and'])}\s)?")
        self.verbs, self.ages = Verbs(kinds, last=self.verb_last), Ages(kinds)
        genitive = either(cue for cue, value in kinds["preposition"].items() if value == "of")
        self.part_of = re.compile(
            rf"\s(?:out\s)?(?:{either(kinds['number_of'])}|{genitive}){behind}"
            rf"(?:{either(kinds['determiner'])}{behind})?"
        )

    def code(self, said: str) -> str | None:
        """Return the ISO 4217 code of what a currency is called; None where several are."""
        said = " ".join(said.lower().split())
        for kind in ("currency_sign", "currency_code", "currency"):
            if said in self.kinds[kind]:
                return self.kinds[kind][said] or None
        return None


class Verbs:
    """What the verb beside a number of people tells of them, in one language.

    The dead are "120 killed", "killed 120 people" and "120 people ... have been killed" alike.
    """

    def __init__(self, kinds: Mapping[str, dict[str, str]], *, last: bool) -> None:
        self._kinds = kinds
        hedge = rf"(?:\s{either(kinds['hedge'])})?\s?"
        self._before = re.compile(rf"(?<!\w)(?P<verb>{either(kinds['counting_verb'])}){hedge}$")
        self._behind = re.compile(rf"\s(?P<verb>{either(kinds['counted_verb'])})\b")
        ends = (cue.rstrip("'").split()[-1] for cue in (*kinds["hedge"], *kinds["counting_verb"]))
        self._ends, self._prepositions = frozenset(ends), frozenset(kinds["preposition"])
        aside = (
            r"(?:,[^,.;:\x00]{1,60},|\s\([^()\x00]{1,60}\)"
            rf"|\s{either(kinds['preposition'])}(?:\s|(?<='))(?:[^\s,.;:\x00]+\s){{0,2}}?"
            r"[^\s,.;:\x00]+"
            rf"|\s[^.;:\x00]{{1,45}}?{either(kinds['year_unit'])}\b,?)?"
        )
        self._passive = re.compile(
            rf"{aside}\s{either(kinds['counted_passive'])}"
            rf"(?:\s(?!{either(kinds['negation'])}\b)[^\s,.;:\x00]+){{0,{6 if last else 2}}}?"
            rf"\s(?P<verb>{either(kinds['counted_participle'])})\b"
        )

    def noun(self, text: str, at: int, to: int, word: str, *, of_people: bool) -> str | None:
        """Return the noun that the verb beside a number, behind a word, stands for.

        The number stands between two positions with what it counts, which must be said for the
        verb to stand further off.
        """
        found = None
        if word.rstrip("'").rpartition("'")[2] in self._ends:
            found, kind = self._before.search(text, max(0, at - _BEFORE), at), "counting_verb"
        if found is None and (of_people or word not in self._prepositions):
            found, kind = self._behind.match(text, to), "counted_verb"
        if found is None and of_people:
            found, kind = self._passive.match(text, to), "counted_participle"
        return self._kinds[kind].get(" ".join(found["verb"].split())) if found else None


class Ages:
    """Tells a person's age from the apposition a number stands in, in one language: "Jane Roe, 35,"
    and "Jane Roe, a mother of 35 years".
    """

    def __init__(self, kinds: Mapping[str, dict[str, str]]) -> None:
        genitive = either(cue for cue, value in kinds["preposition"].items() if value == "of")
        grammar = rf"(?!{either(kinds['function_word'])}(?![\w'-]))"
        kind = (
            rf"(?:{grammar}[^\W\d_][\w'-]*\s|{genitive}(?:\s|(?<='))"
            rf"|{either(kinds['determiner'])}\s?){{0,5}}{genitive}\s"
        )
        self._before = re.compile(rf"(?P<person>{marked('PERSON')})\s?,\s(?P<kind>{kind})?$")
        self._behind = re.compile(r"\s?(?:,|$|[.)\x00])|[\s-](?:old|alt|oud)\b")

    def of(self, text: str, number: Number, to: int, *, in_years: bool) -> int | None:
        """Return where the person is named whose age a number says, which ends with its unit."""
        if number.worded or not 0 < number.value < _OLDEST or number.value % 1:
            return None
        if not self._behind.match(text, to):
            return None
        person = self._before.search(text, max(0, number.at - _APPOSED), number.at)
        if person is None or (person["kind"] and not in_years):
            return None
        return person.start("person")


def _singular(language: str, nouns: Iterable[str]) -> frozenset[str]:
    """Return the nouns whose plural is known, which count nothing but one."""
    known = frozenset(noun.lower() for noun in nouns)
    plurals = _PLURALS.get(language, ())
    return frozenset(
        noun
        for noun in known
        if any(
            noun.endswith(end) and noun.removesuffix(end) + plural in known
            for end, plural in plurals
        )
    )


_KINDS = (
    "currency_sign", "currency_code", "currency", "currency_link", "currency_part", "scale_short",
    "scale", "conjunction", "percent", "measure", "hedge", "hedge_behind", "range_to",
    "range_lead", "number_and", "number_about", "number_of", "counting_verb", "counted_verb",
    "counted_passive", "counted_participle", "function_word", "adjective_before", "possessive",
    "preposition", "determiner", "negation", "time_span",
)


def measures_of(cues: Cues, units: pl.DataFrame) -> Measures:
    """Return what may stand around the numbers of a language, by its cues and ``seed_units``."""
    own = units.filter(pl.col("language").is_in([cues.language, "mul"]))
    columns = ("noun", "unit", "property", "subject_types", "compared")
    return _measures(cues, tuple(own.select(columns).rows()))


@lru_cache(maxsize=32)
def _measures(cues: Cues, units: _Units) -> Measures:
    kinds = {
        kind: {form: value for cue, value in cues.values(kind).items() for form in forms(cue)}
        for kind in _KINDS
    }
    kinds["year_unit"] = {
        cue: value for cue, value in kinds["time_span"].items() if value == "years"
    }
    return Measures(cues.language, kinds, units)
