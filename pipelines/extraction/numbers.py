"""Numbers as they are written: digits with each language's marks, words, fractions, mixtures.

A number in words is a sum of parts, each smaller than the room the part before it leaves (behind a
hundred there is room for less than a hundred), in which a scale multiplies what is smaller and
stands before it: "two hundred thousand", "zweihunderttausend", "doscientos mil". German, Dutch and
Italian write the parts as one word.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize, numeric

from pipelines.extraction.cues import Cues
from pipelines.extraction.scanning import NEVER, either, hits, lowered

#: Languages that part thousands with a full stop and decimals with a comma.
COMMA_DECIMAL = frozenset({"it", "fr", "de", "es", "pt", "nl"})
#: Languages in which a single space parts thousands; elsewhere it takes two of them to tell.
_SPACED = COMMA_DECIMAL
_TEN, _HUNDRED, _THOUSAND, _DOZEN = 10, 100, 1000, 12
#: A score and more than 15 digits are no counts, and a float could not hold them.
_LONGEST = 24
#: Phrases kept in memory, some 20 MB.
_REMEMBERED = 100_000
_KINDS = (
    "number_word",
    "scale",
    "year_word",
    "currency_code",
    *(
        f"number_{kind}"
        for kind in (
            "part", "fraction", "fraction_ending", "share", "article", "dozen", "and", "point",
            "over", "of", "minus",
        )
    ),
)
#: Behind a word; an elision runs into the next one.
_END = r"(?:\b|(?<='))"
_LIST = re.compile(r"[0-9]{1,2}(?:,[0-9]{1,2}){2,}")
_VULGAR = "¼½¾⅐-⅞"


class Number(NamedTuple):
    """A number in a text: where it stands and what it says.

    ``scale`` is the word it ends with, if that multiplies: 1e6 of "10 million". ``worded`` is one
    without digits; ``article`` one that is but the word "one", in most languages also the article;
    ``glued`` one that runs into letters: 29km.
    """

    at: int
    to: int
    value: float
    scale: float = 1.0
    worded: bool = False
    article: bool = False
    glued: bool = False

    def moved(self, by: int) -> "Number":
        """Return the number as it stands in a text it is part of."""
        at, to, value, scale, worded, article, glued = self
        return Number(at + by, to + by, value, scale, worded, article, glued)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    at: int
    to: int
    value: Fraction = Fraction(0)
    #: Parts of a compound: two hundred, three and twenty.
    parts: tuple[Fraction, ...] = ()


@lru_cache(maxsize=32)
def number_grammar(cues: Cues) -> "NumberGrammar":
    """Return the grammar of a language's numbers, from its cue words."""
    return NumberGrammar(cues.language, {kind: cues.values(kind) for kind in _KINDS})


class NumberGrammar:
    """Reads the numbers of one language; ``number_grammar`` makes it."""

    def __init__(self, language: str, cues: dict[str, dict[str, str]]) -> None:
        self._language = language
        self._values = _valued(cues["number_word"] | cues["scale"])
        self._parts = self._values | _valued(cues["number_part"])
        self.words = frozenset(self._values)
        self._fractions = _valued(cues["number_fraction"])
        self._endings = _valued(cues["number_fraction_ending"])
        self._articles = _all_forms(cues["number_article"])
        self._read: dict[tuple[str, str, str], list[Number]] = {}
        self._split: dict[str, tuple[Fraction, ...]] = {}
        dozens = _all_forms(cues["number_dozen"])
        links = {
            kind: either(_all_forms(cues[f"number_{kind}"]))
            for kind in ("and", "point", "over", "of", "minus")
        }
        written_as_one = cues["number_part"] and not self._endings
        self._compound = compound = _compound(self._parts) if written_as_one else NEVER
        self._and = links["and"]
        #: Abbreviations whose full stop is part of the number: Mrd.
        self._dotted = {cue.rstrip(".") for cue in cues["scale"] if cue.endswith(".")}
        self._codes = frozenset(cues["currency_code"])
        self._years = _all_forms(cues["year_word"])
        word = rf"(?:{either(self._values)}|{compound})"
        digits = _digits(language)
        named = {
            # A minus behind a letter or digit is a hyphen; a date's slashes make no fraction.
            "digits": rf"(?<![\w)])[-−]?{digits}(?!/?\d)|(?<!\d/){digits}(?!/\d)",
            "fraction": f"(?:{either(self._fractions)}|{self._compound_fraction()})",
            "share": either(_all_forms(cues["number_share"])),
            "dozen": either(dozens),
            "word": word,
            **links,
            "article": either(self._articles),
        }
        self._token = re.compile(
            "|".join(
                f"(?P<{kind}>{one}{'' if kind == 'digits' else _END})"
                for kind, one in named.items()
            )
        )
        linked = (*(links[kind] for kind in ("and", "point", "over", "of")), named["article"])
        link = rf"(?:{'|'.join(linked)})"
        worded = "|".join((word, *(named[kind] for kind in ("fraction", "dozen", "share"))))
        one = rf"(?:[-−]?{digits}|\b(?:{worded})\b)"
        lead = rf"(?:\b(?:{links['minus']})\s)?(?:\b{either(self._articles)}[\s-])?"
        phrase = rf"{lead}{one}(?:[\s-]{{1,3}}(?:{link}[\s-]{{1,3}}){{0,2}}{one})*"
        # In bytes, not Unicode classes, the automaton stays small; edges are looked at afterwards.
        for unicode, plain in ((r"\b", r"(?-u:\b)"), (r"\d", "[0-9]"), (r"[\s-]", "[ -]")):
            phrase = phrase.replace(unicode, plain)
        self._phrase = phrase.replace(r"\s", " ")

    def numbers(self, text: str) -> list[Number]:
        """Return the numbers of a text in order."""
        return self.numbers_in(lowered(text))

    def numbers_in(self, text: str) -> list[Number]:
        """Return the numbers of a text in small letters in order."""
        found: list[Number] = []
        known = self._read
        for at, to in hits(text, self._phrase):
            key = (text[max(0, at - 2) : at], text[at:to], text[to : to + 2])
            if key[0][-1:].isalnum() and not self._is_code(text, at):
                continue
            found.extend(one.moved(at) for one in known.get(key) or self._remembered(key))
        return found

    def _is_code(self, text: str, at: int) -> bool:
        """Say whether the code of a currency runs into the digits at a position: USD115."""
        letters = re.search(r"(?:^|[^\w])(\w{3})$", text[max(0, at - 4) : at])
        return letters is not None and letters[1] in self._codes and text[at].isdigit()

    def words_up_to(self, most: int) -> str:
        """Return an expression for the numbers in words that do not exceed a number."""
        simple = [word for word, value in self._values.items() if 0 < value <= most]
        ones = [word for word, value in self._values.items() if 0 < value < _TEN]
        tens = [word for word in simple if self._values[word] % _TEN == 0]
        joined = rf"(?:{either(tens)})[ -](?:{self._and} )?{either(ones)}"
        return rf"(?:{joined}|{either({*simple, *self._compounds(most)})})"

    def _compounds(self, most: int) -> list[str]:
        """Return the number words of two parts, or three with "und", up to a number."""
        if self._compound == NEVER:
            return []
        small = [word for word, value in self._parts.items() if 0 < value <= most]
        links = ["", *(word for word, value in self._parts.items() if value < 0)]
        words = (one + link + two for one in small for link in links for two in small)
        return [word for word in words if 0 < self._worth(word) <= most]

    def _worth(self, word: str) -> Fraction:
        token = _Token("word", 0, len(word), parts=self._decomposed(word))
        read = _Reading([token], self._language).number(0) if token.parts else None
        return read[0] if read else Fraction(0)

    def year_words(self) -> str:
        """Return an expression for years in words: nineteen eighty-six, dos mil veinte."""
        further = rf"(?:[ -](?:{self._and} )?{either(self._values)}){{0,4}}"
        return rf"(?:{either(self._years)}(?:{self._compound})?{further})"

    def year(self, said: str) -> int | None:
        """Return the year that words say, two numbers of two digits included."""
        values = [int(one.value) for one in self.numbers(said)]
        if len(values) == 2 and values[0] < _HUNDRED > values[1]:
            return values[0] * _HUNDRED + values[1]
        return values[0] if len(values) == 1 and values[0] >= _THOUSAND else None

    def _remembered(self, key: tuple[str, str, str]) -> list[Number]:
        """Return the numbers of a phrase, read but once: news counts the same things in the same
        words.
        """
        before, phrase, behind = key
        known = self._read.get(key)
        if known is None:
            if len(self._read) > _REMEMBERED:
                self._read.clear()
            before = before if not before[-1:].isalnum() else ""
            text, at = f"{before}{phrase}{behind}", len(before)
            read = self._listed if _LIST.fullmatch(phrase) else self._phrase_numbers
            known = [
                one.moved(-at)
                for one in read(text, at, at + len(phrase))
                if read == self._listed or _stands_alone(text, one)
            ]
            self._read[key] = known
        return known

    def _listed(self, text: str, at: int, to: int) -> Iterator[Number]:
        """Yield the numbers of a list without spaces: 22,24,26."""
        for match in re.finditer(r"[0-9]+", text[at:to]):
            begin, end = at + match.start(), at + match.end()
            yield self._number(text, begin, end, Fraction(int(match[0])), worded=False)

    def _number(self, text: str, at: int, to: int, value: Fraction, *, worded: bool) -> Number:
        glued = not worded and text[to : to + 1].isalpha()
        article = worded and text[at:to].lower() in self._articles
        return Number(at, to, float(value), 1.0, worded, article, glued)

    def _phrase_numbers(self, text: str, at: int, to: int) -> Iterator[Number]:
        tokens = list(self._tokens(text, at, to))
        index = 0
        while index < len(tokens):
            read = _Reading(tokens, self._language).number(index)
            if read is None:
                index += 1
                continue
            value, end = read
            first, last = tokens[index], tokens[end - 1]
            worded = all(one.kind != "digits" for one in tokens[index:end])
            scale = last.value if last.kind == "word" and _is_scale(last.value) else 1
            if abs(value) < 10**_LONGEST:
                dot = text[last.to : last.to + 1] == "." and text[last.at : last.to] in self._dotted
                found = self._number(text, first.at, last.to + dot, value, worded=worded)
                yield found._replace(scale=float(scale))
            index = end

    def _tokens(self, text: str, at: int, to: int) -> Iterator[_Token]:
        for match in self._token.finditer(text, at, to):
            kind, said = str(match.lastgroup), " ".join(match[0].lower().split())
            if kind == "digits":
                value = _digits_value(said, self._language)
                if value is not None:
                    yield _Token(kind, *match.span(), value, (value,))
            elif kind == "word":
                parts = self._decomposed(said)
                if parts:
                    yield _Token(kind, *match.span(), parts[0], parts)
            elif kind == "fraction":
                yield _Token(kind, *match.span(), self._fraction(said))
            else:
                yield _Token(kind, *match.span(), Fraction(1))

    def _compound_fraction(self) -> str:
        """Return an expression for Spanish fractions of one word: treintaicincoavos."""
        return f"{either(self._parts)}{{1,4}}{either(self._endings)}" if self._endings else NEVER

    def _fraction(self, word: str) -> Fraction:
        if word in self._fractions:
            return self._fractions[word]
        ending = max((one for one in self._endings if word.endswith(one)), key=len)
        return (self._worth(word.removesuffix(ending)) or Fraction(1)) * self._endings[ending]

    def _decomposed(self, word: str) -> tuple[Fraction, ...]:
        """Return the parts of a number word, () if it cannot be parted."""
        if word not in self._split:
            whole = self._parts.get(word)
            self._split[word] = (whole,) if whole is not None else self._parted(word)
        return self._split[word]

    def _parted(self, word: str) -> tuple[Fraction, ...]:
        for length in range(len(word) - 1, 0, -1):
            head = self._parts.get(word[:length])
            tail = self._decomposed(word[length:]) if head is not None else ()
            if head is not None and tail:
                return (head, *tail)
        return ()


class _Reading:
    """Reads one number off the tokens of a phrase."""

    def __init__(self, tokens: list[_Token], language: str) -> None:
        self._tokens, self._language = tokens, language
        self.last_part = Fraction(0)

    def number(self, first: int) -> tuple[Fraction, int] | None:
        """Return the value of the number that begins with a token, and where it ends."""
        if self._kind(first) == "minus":
            read = self._positive(first + 1)
            return (-read[0], read[1]) if read else None
        return self._positive(first)

    def _positive(self, first: int) -> tuple[Fraction, int] | None:
        start = first + 1 if self._kind(first) == "article" else first
        if self._kind(start) == "fraction":
            return self._scaled_fraction(Fraction(1), start, alone=start == first)
        whole = self._sum(start)
        if whole is None:
            is_dozen = start > first and self._kind(start) == "dozen"
            return (Fraction(_DOZEN), start + 1) if is_dozen else None
        return self._further(*whole)

    def _further(self, value: Fraction, end: int) -> tuple[Fraction, int]:
        """Return what a sum becomes by what stands behind it: a share, a dozen, decimals."""
        if self._kind(end) == "fraction":
            # "12 centesimi" are cents, "100 millionths" a unit.
            if self._kind(end - 1) == "digits" and self._tokens[end].value > _TEN:
                return value, end
            return self._scaled_fraction(value, end, alone=False) or (value, end)
        last = self.last_part if self.last_part < _HUNDRED else value
        below = self._sum(end)
        if below is not None and self._kind(below[1]) == "share":
            return value / below[0], below[1] + 1
        if self._kind(end) == "dozen":
            return value + last * (_DOZEN - 1), end + 1
        if self._kind(end) == "point":
            value, end = self._decimals(value, end)
        elif self._kind(end) == "over":
            value, end = self._over(value, end)
        return self._and_fraction(value, end)

    def _kind(self, index: int) -> str:
        return self._tokens[index].kind if index < len(self._tokens) else ""

    def _sum(self, first: int) -> tuple[Fraction, int] | None:
        """Return the sum of the parts from a token on, and where it ends."""
        total = _Sum(self._language)
        index = end = first
        while self._kind(index) in ("digits", "word", "and"):
            token = self._tokens[index]
            if token.kind == "and":
                if index == first or index > end or self._parts_fraction(total, index + 1):
                    break
                index += 1
                continue
            begun = len(total.parts)
            is_digits = token.kind == "digits"
            hundreds = token.value == _HUNDRED and self._kind(index - 1) == "digits" and index
            if hundreds and self._language != "en":
                break  # "20 cents" in French are no two thousand
            if token.kind == "digits" and token.value < 0 and index > first:
                break
            if not all(total.add(part, index, digits=is_digits) for part in token.parts):
                cut = total.cut
                if cut is not None and cut > first:
                    return self._sum_until(first, cut)
                total.parts[begun:] = []
                break
            index += 1
            end = index
        self.last_part = total.parts[-1][0] if total.parts else Fraction(0)
        return (total.value, end) if end > first else None

    def _parts_fraction(self, total: "_Sum", index: int) -> bool:
        """Say whether "and" parts a whole from its fraction: three and two thirds.

        In Spanish and Portuguese it rather joins the parts of the fraction's count.
        """
        joins = self._language in ("es", "pt") and self._kind(index) == "word"
        fits = joins and 0 < self._tokens[index].value < total.room
        return self._opens_fraction(index) and not fits

    def _sum_until(self, first: int, cut: int) -> tuple[Fraction, int] | None:
        """Return the sum up to a token that begins the next number ("a thousand and | two
        thousand").
        """
        shorter = self._tokens[:cut]
        while shorter and shorter[-1].kind == "and":
            shorter.pop()
        return _Reading(shorter, self._language)._sum(first)

    def _opens_fraction(self, index: int) -> bool:
        """Say whether tokens behind "and" are a fraction: a half, three fifths."""
        index += self._kind(index) == "article"
        if self._kind(index) == "fraction":
            return True
        behind = self._sum(index)
        return behind is not None and self._kind(behind[1]) == "fraction"

    def _scaled_fraction(
        self, count: Fraction, index: int, *, alone: bool
    ) -> tuple[Fraction, int] | None:
        """Return "two thirds", "half a million"; a fraction alone is no number."""
        value, end = count / self._tokens[index].value, index + 1
        at = end
        while self._kind(at) in ("article", "of"):
            at += 1
        if self._kind(at) == "word" and _is_scale(self._tokens[at].value):
            return value * self._tokens[at].value, at + 1
        if self._kind(at) == "dozen":
            return value * _DOZEN, at + 1
        return None if alone else (value, end)

    def _and_fraction(self, value: Fraction, end: int) -> tuple[Fraction, int]:
        """Add "and a half" to a number: of the scale it ends with, or of one."""
        if self._kind(end) == "and" and self._kind(end + 1) == "digits":
            share = self._tokens[end + 1].value
            if 0 < share < 1 and value.denominator == 1 and share.denominator < _TEN:
                return value + share, end + 2
        if self._kind(end) not in ("and", "point") or not self._opens_fraction(end + 1):
            return value, end
        index = end + 1
        index += self._kind(index) == "article"
        count, at = (Fraction(1), index)
        if self._kind(index) != "fraction":
            behind = self._sum(index)
            if behind is None:
                return value, end
            count, at = behind
        share, to = count / self._tokens[at].value, at + 1
        last = self._tokens[end - 1]
        if self._kind(to) == "word" and _is_scale(self._tokens[to].value):
            scale = self._tokens[to].value
            grown = value + share * scale if value >= _THOUSAND else (value + share) * scale
            return grown, to + 1
        of = last.value if last.kind == "word" and last.value >= _THOUSAND else Fraction(1)
        return value + share * of, to

    def _decimals(self, value: Fraction, index: int) -> tuple[Fraction, int]:
        """Add what stands behind "point": digits one by one, or a number read as digits."""
        digits, at = "", index + 1
        while self._kind(at) == "word" and self._tokens[at].value == 0:
            digits, at = digits + "0", at + 1
        behind = self._sum(at)
        whole = behind is not None and behind[0].denominator == 1
        if behind is not None and whole and self._kind(behind[1]) != "fraction":
            scaled = [one for one in self._tokens[at : behind[1]] if _is_scale(one.value)]
            cut = at + 1 if scaled and behind[1] - at > 1 else behind[1]
            read = self._sum_until(at, cut)
            if read is not None:
                digits, at = digits + str(int(read[0])), read[1]
        if not digits:
            return value, index
        value += Fraction(int(digits), _TEN ** len(digits))
        while self._kind(at) == "word" and self._tokens[at].value >= _THOUSAND:
            value, at = value * self._tokens[at].value, at + 1
        return value, at

    def _over(self, value: Fraction, index: int) -> tuple[Fraction, int]:
        """Return "one over three"; what is not less than one is no share of another number."""
        behind = self._sum(index + 1)
        if behind is None or not 0 < value < behind[0]:
            return value, index
        return value / behind[0], behind[1]


class _Sum:
    """Parts of a number in words, added from left to right."""

    def __init__(self, language: str) -> None:
        self._language = language
        #: value, room left for what follows, index of the token it began with
        self.parts: list[tuple[Fraction, Fraction, int]] = []
        #: Where a next number begins, if a scale could not be added.
        self.cut: int | None = None

    @property
    def room(self) -> Fraction:
        """What a part added next must be smaller than."""
        return self.parts[-1][1] if self.parts else Fraction(0)

    @property
    def value(self) -> Fraction:
        return Fraction(sum(value for value, _, _ in self.parts))

    def add(self, part: Fraction, index: int, *, digits: bool) -> bool:
        """Add a part; False where it begins another number. Digits leave room for a scale only."""
        if _is_scale(part) and not digits:
            return self._scale(part, index)
        if not self.parts:
            self.parts.append((part, Fraction(0) if digits else self._room(part), index))
            return True
        if part < 0:  # "und", "en": the tens follow their ones
            return self.parts[-1][0] < _TEN
        if part == 0 and self._language == "es":  # treinta-i-cinco
            return True
        return self._behind(part, index)

    def _behind(self, part: Fraction, index: int) -> bool:
        value, room, begun = self.parts[-1]
        if part == 2 * _TEN and value == 4 and self._language == "fr":
            self.parts[-1] = (Fraction(80), Fraction(20), begun)
            return True
        if 0 < value < _TEN and part >= 2 * _TEN and part < _HUNDRED and self._inverted:
            self.parts[-1] = (value + part, Fraction(0), begun)
            return True
        if not 0 < part < room:
            return False
        self.parts.append((part, min(self._room(part), room), index))
        return True

    @property
    def _inverted(self) -> bool:
        return self._language in ("de", "nl")

    def _scale(self, scale: Fraction, index: int) -> bool:
        taken: list[tuple[Fraction, Fraction, int]] = []
        rest = list(self.parts)
        while rest and (rest[-1][0] < scale):
            taken.insert(0, rest.pop())
        factor = sum((value for value, _, _ in taken), Fraction(0)) or Fraction(1)
        grown = factor * scale
        begun = taken[0][2] if taken else index
        if rest and not grown < rest[-1][1]:
            self.cut = begun
            return False
        self.parts = [*rest, (grown, scale, begun)]
        return True

    def _room(self, part: Fraction) -> Fraction:
        """Return what the number behind a part must be smaller than."""
        if part.denominator != 1 or part <= 0:
            return Fraction(0)
        if part % _HUNDRED == 0:
            return Fraction(_THOUSAND if part % _THOUSAND == 0 else _HUNDRED)
        if part % _TEN == 0 and part < _HUNDRED:
            twenties = self._language == "fr" and part in (60, 80)
            ten = self._language == "fr" and part == _TEN
            return Fraction(20 if twenties else _TEN if part > _TEN or ten else 0)
        return Fraction(0)


def _is_scale(value: Fraction) -> bool:
    """Say whether a number multiplies what stands before it: a hundred, a million."""
    if value.denominator != 1:
        return False
    whole = int(value)
    if whole == _HUNDRED:
        return True
    while whole >= _THOUSAND and whole % _THOUSAND == 0:
        whole //= _THOUSAND
    return whole == 1 and value >= _THOUSAND


def _valued(cues: dict[str, str]) -> dict[str, Fraction]:
    return {form: Fraction(value) for cue, value in cues.items() if value for form in forms(cue)}


def forms(cue: str) -> tuple[str, ...]:
    """Return a cue, lower case, with and without its accents."""
    plain = "".join(one for one in normalize("NFD", cue.lower()) if not 0x300 <= ord(one) < 0x370)
    return (cue.lower(), plain)


def _all_forms(cues: Iterable[str]) -> frozenset[str]:
    return frozenset(form for cue in cues for form in forms(cue))


def _compound(parts: Iterable[str]) -> str:
    single = [part for part in parts if " " not in part and "." not in part]
    return rf"{either(single)}{{2,}}"


def _digits(language: str) -> str:
    """Match a number in digits, without lookaround."""
    marks = ".,'" if language in COMMA_DECIMAL else ",.'"
    grouped = "|".join(rf"(?:{re.escape(mark)}\d{{3}})+" for mark in marks)
    lakhs = r"(?:,\d{2})+,\d{3}"
    listed = r"\d{1,2}(?:,\d{1,2}){2,}"
    spaced = r"(?: \d{3})+" if language in _SPACED else r"(?: \d{3}){2,}"
    decimals = r"(?:[.,]\d+)?"
    power = r"(?:\^[+-]{0,2}\d+|e[+-]?\d+)?"
    whole = rf"\d{{1,3}}(?:{grouped}|{spaced}|{lakhs})\b"
    part = rf"(?:{listed}\b|{whole}{decimals}|\d+{decimals}|[.,]\d+){power}"
    return (
        rf"(?:(?:\d+\s{{1,2}}\d{{1,2}}/\d{{1,2}}\b|\d{{1,3}}/\d{{1,3}}\b|{part}"
        rf"|\d*[{_VULGAR}])(?:k\b)?)"
    )


def _digits_value(said: str, language: str) -> Fraction | None:
    """Return what digits say, or None for none that a float could hold."""
    sign, said = (-1, said[1:]) if said[:1] in "-−" else (1, said)
    factor = _THOUSAND if said.endswith("k") else 1
    said = said.removesuffix("k")
    if said[-1:] and not said[-1].isdigit():
        whole = said[:-1] or "0"
        return sign * (int(whole) + Fraction(numeric(said[-1])).limit_denominator(_HUNDRED))
    if "/" in said:
        whole, _, share = said.rpartition(" ")
        above, below = share.split("/")
        if int(below) == 0:
            return None
        return sign * (int(whole or 0) + Fraction(int(above), int(below)))
    base, mark, power = re.match(r"([^\^e]*)(\^|e)?(.*)", said).groups()  # type: ignore[union-attr]
    value = sign * factor * _plain_value(base, language)
    if mark is None:
        return value
    exponent = int(re.sub(r"^[+-]*(?=[+-])", "", power))
    if abs(exponent) > 2 * _LONGEST or (mark == "^" and value == 0):
        return None
    raised = float(abs(value)) ** exponent if mark == "^" else float(value) * 10.0**exponent
    return Fraction(raised if mark == "e" or sign > 0 else -raised)


def _plain_value(said: str, language: str) -> Fraction:
    """Read digits: three of them behind the thousands mark are no decimals, unless 0 or more than
    three stand before it; any other mark is the decimal's.
    """
    thousands, decimal = (".", ",") if language in COMMA_DECIMAL else (",", ".")
    said = re.sub(r"(?<=\d)[' ](?=\d)", "", said)
    groups = re.fullmatch(
        rf"([1-9]\d{{0,2}}(?:{re.escape(thousands)}\d{{3}})+)({re.escape(decimal)}\d*)?", said
    )
    other = re.fullmatch(
        rf"([1-9]\d{{0,2}}(?:{re.escape(decimal)}\d{{3}}){{2,}})({re.escape(thousands)}\d*)?", said
    ) or re.fullmatch(
        rf"([1-9]\d{{0,2}}(?:{re.escape(decimal)}\d{{3}})+)({re.escape(thousands)}\d{{1,2}})", said
    )
    lakhs = re.fullmatch(r"([1-9]\d?(?:,\d{2})+,\d{3})(\.\d*)?", said)
    chosen = groups or other or lakhs
    if chosen:
        whole = re.sub(r"[.,]", "", chosen[1])
        said = whole + (chosen[2] or "").replace(",", ".")
    else:
        said = said.replace(",", ".")
        head, dot, tail = said.rpartition(".")
        said = head.replace(".", "") + dot + tail
    return Fraction(said if not said.startswith(".") else "0" + said) if said.strip(".") else (
        Fraction(0)
    )


def _stands_alone(text: str, number: Number) -> bool:
    """Say whether no letter or digit runs into a number from before, nor into a word behind."""
    before = text[number.at - 1] if number.at else " "
    if before.isalnum() or (before in ".,/:" and text[max(0, number.at - 2)].isdigit()):
        return False
    elided = text[number.to - 1] == "'"
    return not (number.worded and not elided and text[number.to : number.to + 1].isalnum())
