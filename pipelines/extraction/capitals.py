"""Capitalised spans that may be names, cut to what belongs to a name.

A run of capitalised words is often more than one name, or a name behind words that a sentence, a
title or a heading capitalises: "Prime Minister Iyad Allawi", "Boston Edward Davis", "Yesterday
Bush". What is cut off follows from what the words are: grammar, titles, common words, name parts.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.extraction.corpus import CAPITALS, GAP, LETTERS, Corpus
from pipelines.extraction.cues import NOUNS_CAPITALISED, Cues
from pipelines.extraction.lexicon import common_words, given_names, name_parts

#: What a class noun that is part of no name is a class of: "Model Brindle", but "River Thames".
_TITLING = frozenset({"ORG", "PRODUCT", "PERSON"})
#: Small words that begin an Arabic name: al-Sadr, el-Sisi.
_ARTICLE = r"(?:(?:al|el|as|az|ad|ar|an|at|ash|bin|ibn)-)?"
#: A capitalised word, with what may stand inside it: Fast.ai, A*STAR, Urbana-Champaign, AT&T,
#: O'Brien; or one that begins with small letters and goes on with capitals: iPhone, xAI.
_WORD = (
    rf"(?:{_ARTICLE}(?:(?:[DMNO]|Dell|Dall)'[{CAPITALS}][{LETTERS}]+"
    rf"|[{CAPITALS}][{LETTERS}*+]*(?:[&./+*][{LETTERS}*]*[{LETTERS}]|-[{CAPITALS}0-9][{LETTERS}*]*)*)"
    rf"|[a-z]{{1,2}}[{CAPITALS}][{LETTERS}]+)"
)
#: Initials and "St.", each with a stop, before a word; several may be a name of their own: M.M.
_INITIALS = rf"(?:(?:[{CAPITALS}]|(?:St|Ste|Mt|Ft|Sto|Sta|Jr|Sr))\.[ -]?)"
_ROMAN = re.compile(r"[IVX]+\.?")
_VERSION = re.compile(r"\s\d{1,2}(?:\.\d{1,2})?(?![\w%.,]*\d)(?!\s?%)")
_OPENERS = frozenset(f'{GAP}«“„"‘`:•*(–—¿¡')
_OPENING = [ord(sign) for sign in _OPENERS]
#: A word glued to what stands before it is a part of that: anti-Bush, user@Example.
_GLUE = [ord(sign) for sign in "-.@_/#&"]
#: Titles that make names of places and schools more often than they stand before a person.
SAINTS = frozenset({"san", "santo", "santa", "saint", "são", "sankt", "st.", "sainte"})
#: Code points of the longest article, with its preposition: delle, dell', nella.
_LONGEST_ARTICLE = 6
#: Longer words of grammar have a capital inside a sentence only in names: Trieste Insieme.
_LONGEST_IN_HEADINGS = 4
#: Behind it a place may stand that is no part of the name.
_OF_PLACES = frozenset({"di", "de", "von"})
#: Particles that hold an article, which stands before few surnames and many organisations.
_WITH_ARTICLE = frozenset({"del", "della"})
#: Words of a person's whole name.
_WHOLE = 2
_SPLIT = re.compile(r"d'|[^\s]+")


class Word(NamedTuple):
    """A word of a span: where it stands in it, as it is written and in small letters."""

    at: int
    to: int
    form: str
    lower: str


_KIND = ["language", "text", "opens", "determined"]


def capitalised_spans(corpus: Corpus, told: Mapping[str, Cues]) -> pl.DataFrame:
    """Return the capitalised spans of a corpus, cut, in order: at, to, opens.

    ``opens`` says that the capital proves nothing. ``told`` are the cues of each language.
    """
    runs = _runs(corpus, told)
    #: The same runs come again, and are cut in the same way.
    kinds = runs.select(_KIND).unique(_KIND, maintain_order=True)
    ways = {language: _cut(cues) for language, cues in told.items()}
    parts = [
        (kind, *part)
        for kind, (language, *run) in enumerate(kinds.iter_rows())
        for part in ways[language].parts(*run)
    ]
    cuts = pl.DataFrame(
        parts, {"kind": pl.UInt32, "first": pl.Int64, "last": pl.Int64}, orient="row"
    )
    spans = runs.join(kinds.with_row_index("kind"), on=_KIND, maintain_order="left").join(
        cuts, on="kind", maintain_order="left_right"
    )
    at, to = ((spans["at"] + spans[end]).to_numpy() for end in ("first", "last"))
    stop, going_on = to.copy(), np.flatnonzero(_may_go_on(corpus, to))
    for row, language in zip(going_on, spans["language"].gather(going_on), strict=True):
        stop[row] = ways[language].end(corpus.text, int(at[row]), int(to[row]))
    opens = pl.col("opens") & (pl.col("first") == 0)
    return spans.select(pl.Series("at", at), pl.Series("to", stop), opens)


def _may_go_on(corpus: Corpus, stop: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say where a stop, or a blank and a digit, stands behind a name."""
    points = np.append(corpus.points, [0, 0])
    is_digit = (points >= ord("0")) & (points <= ord("9"))
    blank = (points[stop] == ord(" ")) & is_digit[stop + 1]
    goes_on: NDArray[np.bool_] = (points[stop] == ord(".")) | blank
    return goes_on


def _runs(corpus: Corpus, told: Mapping[str, Cues]) -> pl.DataFrame:
    """Return the runs of capitalised words: at, to, language, text, opens (their capital proves
    nothing), and determined (an article stands before).
    """
    text, points = corpus.text, np.append(corpus.points, 0)
    letters = corpus.alphanumeric
    at, to = _matches(corpus, told)
    at = at + ~letters[at]
    for run in np.flatnonzero(letters[to]):
        # It ended as a legal form, but a longer word stands there; or it ended within a word that
        # goes on in another script.
        to[run] = text.rfind(",", at[run], to[run])
    is_glued = (at > 1) & np.isin(points[at - 1], _GLUE) & letters[at - 2]
    at, to = (ends[(to >= 0) & ~is_glued] for ends in (at, to))
    texts = [text[begin:end] for begin, end in zip(at.tolist(), to.tolist(), strict=True)]
    blanks = np.cumsum(points == ord(" "))
    # Only of three words and more may the last two be a person's.
    is_long = blanks[to - 1] - blanks[at] > 1
    languages = corpus.languages_at(at)
    determined = is_long.copy()
    determiners = {language: cues.words("determiner") for language, cues in told.items()}
    determined[is_long] = [
        _is_determined(text, begin, determiners[language])
        for begin, language in zip(
            at[is_long].tolist(), languages.filter(pl.Series(is_long)), strict=True
        )
    ]
    return pl.DataFrame(
        {
            "at": at,
            "to": to,
            "language": languages,
            "text": pl.Series(texts, dtype=pl.String),
            "opens": _openings(text, points, letters, at),
            "determined": determined,
        }
    )


def _matches(
    corpus: Corpus, told: Mapping[str, Cues]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where capitalised words begin, with the sign before, and end; languages side by side
    that have one expression are read together.
    """
    found = []
    for expression, stretches in groupby(
        corpus.stretches, key=lambda stretch: _expression(told[stretch.language])
    ):
        first, *others = stretches
        found.append(corpus.hits(expression, first.begin, [first, *others][-1].end))
    at, to = (np.concatenate(ends) for ends in zip(*found, strict=True))
    return at, to


def _openings(
    text: str, points: NDArray[np.uint32], letters: NDArray[np.bool_], at: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Say which positions are ``opening``; most follow a word, or show it by the sign before."""
    blank = points[at - 1] == ord(" ")
    is_inside = (at > 1) & blank & letters[at - 2]
    is_told = (at > 0) & ~blank & (points[at - 1] != ord("-"))
    opens: NDArray[np.bool_] = is_told & np.isin(points[at - 1], _OPENING)
    others = ~is_inside & ~is_told
    opens[others] = [opening(text, begin) for begin in at[others].tolist()]
    return opens


def _is_determined(text: str, at: int, determiners: frozenset[str]) -> bool:
    """Say whether an article stands before a run, as it does before no person's name."""
    before = text[max(0, at - _LONGEST_ARTICLE - 1) : at].split(" ")
    return before[-1].lower() in determiners or (
        len(before) > 1 and not before[-1] and before[-2].lower() in determiners
    )


def opening(text: str, at: int) -> bool:
    """Say whether a segment, a quotation or a clause behind a colon begins at a position."""
    if at > 1 and text[at - 1] == " " and text[at - 2].isalnum():
        return False
    before = text[max(0, at - 3) : at].rstrip(" ")
    return not before or before[-1] in _OPENERS or before.endswith((" -", f"{GAP}-"))


def _expression(cues: Cues) -> str:
    """Match a run of capitalised words, and the sign before it, which is no part of a word.

    To ask for the edge of a word instead would keep the engine from running in one pass.
    """
    particles = sorted(cues.words("particle"), key=len, reverse=True)
    if cues.language in NOUNS_CAPITALISED:
        particles = ["von", "van", "de", "da", "di", "zu"]
    particle = rf"(?:(?:{'|'.join(particles)}) ){{0,3}}"
    suffixes = sorted(cues.forms("org_suffix"), key=len, reverse=True)
    closed = [re.escape(one) for one in suffixes]
    further = rf"(?:(?: {particle}{_INITIALS}*| & | d'){_WORD})*"
    return (
        rf"(?:^|[^{LETTERS}])(?:{_INITIALS}*{_WORD}{further}(?:, (?:{'|'.join(closed)}))?"
        rf"|(?:[{CAPITALS}]\.){{2,}})"
    )


class _Cut:
    """What the words of a capitalised run are, and so where names begin and end in it."""

    def __init__(self, cues: Cues) -> None:
        parts = name_parts()
        self._grammar = cues.words("function_word") | cues.words("relative")
        self._roles = cues.words("role")
        self._titles = (self._roles | cues.words("honorific")) - SAINTS
        self._determiners = cues.words("determiner")
        self._nouns_capitalised = cues.language in NOUNS_CAPITALISED
        self._roman = cues.language != "en"  # where "I" is a word
        self._suffixes = cues.words("org_suffix")
        self._times = cues.words("month") | cues.words("weekday")
        self._classes = cues.values("type_cue")
        self._particles = cues.words("particle")
        self._heads = cues.words("org_head") | cues.words("loc_head") | cues.words("event_head")
        self._organisations = cues.words("org_head")
        self._groups = cues.words("group_noun")
        self._given = given_names(cues.forms("given_name"))
        self._surnames = parts["surname"]
        self._places = parts["city"]
        self._common = common_words(cues.language)
        #: Words that may have something cut off where they stand first, or last.
        self._alone = self._grammar | self._times
        self._first = self._alone | self._titles | self._particles | self._classes.keys()
        self._first |= {title.split()[0] for title in self._titles}
        self._last = self._alone | self._roles

    def parts(self, run: str, opens: bool, determined: bool) -> Iterator[tuple[int, int]]:
        """Yield where the stretches of words of a run begin and end that may be a name each."""
        if run.isalpha():
            if self._is_name_alone(run):
                yield 0, len(run)
            return
        if self._is_plain(run, opens):
            yield 0, len(run)
            return
        words = self._without_openers(_words(run), opens)
        while words:
            split = min(self._next_person(words, determined), self._sentence_end(words))
            part = self._without_closers(_without_stop(words[:split], words[split:]))
            if part:
                yield part[0].at, part[-1].to
            words = self._without_openers(words[split:], opens=False)

    def end(self, text: str, at: int, to: int) -> int:
        """Return where a name ends: with the stop of its legal form or initial, its version."""
        if text[to] == ".":
            words = _words(text[at:to])
            first, last = words[0], words[-1]
            initial = first.form in self._given and len(words) > 1 and len(last.form) == 1
            inside = text[to + 1 : to + 2] in (",", ")") or text[to + 2 : to + 3].islower()
            return to + 1 if f"{last.lower}." in self._suffixes or (initial and inside) else to
        if text[at:to] not in self._places:
            version = _VERSION.match(text, to)
            return version.end() if version else to
        return to

    def _is_name_alone(self, form: str) -> bool:
        """Say whether a single capitalised word may be a name: no grammar, month, German noun."""
        lower = form.lower()
        if lower in self._alone:
            return False
        return not self._nouns_capitalised or not self._is_noun(Word(0, len(form), form, lower))

    def _is_plain(self, run: str, opens: bool) -> bool:
        """Say whether a run holds no word at which it could be cut, as most hold none."""
        if self._nouns_capitalised or "'" in run or ". " in run:
            return False
        forms, lower = run.split(" "), run.lower().split(" ")
        return not (
            lower[0] in self._first
            or lower[-1] in self._last
            or forms[-1].islower()
            or (opens and lower[0] in self._common)
            or not self._titles.isdisjoint(lower[1:-1])
            or not self._given.isdisjoint(forms[1:-1])
            or not self._particles.isdisjoint(forms[1:-1])
        )

    def _without_openers(self, words: list[Word], opens: bool) -> list[Word]:
        while words:
            first, alone = words[0], len(words) == 1
            capital = first.form[0].isupper()
            bare = first.lower.rstrip("'")
            is_title = not alone and (
                bare in self._titles
                or bare in self._times
                or (self._nouns_capitalised and self._is_noun(first))
                or (self._classes.get(bare) in _TITLING and capital)
            )
            two = not alone and len(words) > 2 and f"{bare} {words[1].lower}" in self._titles
            is_grammar = bare in self._grammar and (
                alone or not capital or opens or bare not in self._determiners
            )
            if two:
                words = words[2:]
            elif (
                is_title
                or is_grammar
                or (not capital and bare in self._particles)
                or (opens and not alone and self._only_opens(words))
            ):
                words = words[1:]
            else:
                break
        return words

    def _only_opens(self, words: list[Word]) -> bool:
        """Say whether a common word opens a sentence, and a name stands behind it."""
        first = words[0]
        rest = [word for word in words[1:] if word.form[0].isupper()]
        if not rest or not self._is_common(first) or first.lower in self._heads:
            return False
        if self._is_person_part(first) or first.form in self._places:
            return False
        return (
            rest[0].form in self._given
            or rest[0].form in self._places
            or (len(words) == 2 and not self._is_common(rest[0]))
            or (len(rest) < len(words) - 1 and not self._is_common(rest[0]))
        )

    def _next_person(self, words: list[Word], determined: bool) -> int:
        """Return where the first name ends because a person's begins behind it."""
        for index in range(1, len(words)):
            word = words[index]
            named = words[index - 1].form in self._given
            if self._nouns_capitalised and not named and self._is_noun(word):
                return index
            if index + 1 == len(words):
                break
            if word.lower in self._titles:
                behind = words[index + 1]
                if behind.form in self._given or not self._is_common(behind):
                    return index
            if word.form in self._given and (
                self._ends_before_person(words[:index])
                or (determined and self._is_of_no_person(words[:index], words[index + 1]))
            ):
                return index
            if word.form in _OF_PLACES and self._is_place_behind(words, index):
                return index
            if word.form in self._particles and self._is_of_another(words, index):
                return index
        return len(words)

    def _is_place_behind(self, words: list[Word], index: int) -> bool:
        """Say whether a name ends because what stands behind it is where it is: "Krupp di Torino".

        People are named so too (Leonardo di Caprio), and towns themselves (Rio de Janeiro).
        """
        place = " ".join(word.form for word in words[index + 1 :])
        return index > 1 and words[0].form not in self._given and place in self._places

    def _is_of_another(self, words: list[Word], index: int) -> bool:
        """Say whether whom a whole person is of stands behind a particle: "Ann Roe van WSMV".

        A surname may hold a particle too (Ana Roe del Castillo); but no acronym, no word that heads
        names of organisations, and with an article only what is a surname or a common word.
        """
        person, behind = words[:index], words[index + 1]
        if index < _WHOLE or person[0].form not in self._given:
            return False
        if any(word.form.islower() or word.form.isupper() for word in person):
            return False
        if len(behind.form) > 1 and behind.form.isupper():
            return not _ROMAN.fullmatch(behind.form)
        if behind.lower in self._organisations:
            return True
        # Of two given names the surname is still to come: Juan Carlos del Bosque.
        whole = words[index].form in _WITH_ARTICLE and person[-1].form not in self._given
        part = self._is_person_part(behind) or self._is_common(behind)
        return whole and behind.form[0].isupper() and not part

    def _is_of_no_person(self, before: list[Word], behind: Word) -> bool:
        """Say whether a person's two names stand behind another: "della Coldiretti Ugo Neri"."""
        return not self._is_common(behind) and not any(map(self._is_person_part, before))

    def _ends_before_person(self, before: list[Word]) -> bool:
        """Say whether a place, a headed name or a mere common word stands before a person."""
        if len(before) > 1:
            first = before[0].lower
            place = " ".join(word.form for word in before)
            return first in self._heads or first in self._groups or place in self._places
        word = before[0]
        if self._is_person_part(word) or word.lower in self._heads:
            return False
        return word.form in self._places or self._is_common(word)

    def _without_closers(self, words: list[Word]) -> list[Word]:
        while len(words) > 1:
            last = words[-1]
            shouted = all(word.form.isupper() for word in words)
            roman = self._roman and _ROMAN.fullmatch(last.form)
            in_grammar = (
                last.lower in self._grammar
                and len(last.form) <= _LONGEST_IN_HEADINGS
                and not words[-2].form.islower()  # van der Meer
                and not shouted
                and not roman
            )
            named = words[-2].form in self._given
            german = self._nouns_capitalised and not named and self._is_noun(last)
            if not (
                last.form.islower()
                or in_grammar
                or german
                or last.lower in self._times
                or last.lower in self._roles
            ):
                break
            words = words[:-1]
        return words

    def _sentence_end(self, words: list[Word]) -> int:
        """Return where a single letter with a stop ends a sentence rather than being an initial."""
        for index in range(1, len(words) - 1):
            word = words[index]
            if len(word.form) == 2 and word.form[1] == ".":
                first = words[0].form
                if first not in self._given and not first.endswith("."):
                    return index + 1
        return len(words)

    def _is_person_part(self, word: Word) -> bool:
        return word.form in self._given or word.form in self._surnames

    def _is_noun(self, word: Word) -> bool:
        """Say whether a capitalised word is a common noun or adjective, simple or compound."""
        if self._is_person_part(word) or word.form in self._places:
            return False
        if word.lower in self._heads or word.lower in self._suffixes or word.form.isupper():
            return False
        last = word.form.rsplit("-", 1)[-1]
        return (
            word.form in self._common
            or word.lower in self._common
            or (last != word.form and (last in self._common or last.lower() in self._roles))
        )

    def _is_common(self, word: Word) -> bool:
        return word.lower in self._common


@lru_cache(maxsize=32)
def _cut(cues: Cues) -> _Cut:
    return _Cut(cues)


def _words(run: str) -> list[Word]:
    return [
        Word(match.start(), match.end(), match[0], match[0].lower())
        for match in _SPLIT.finditer(run)
    ]


def _without_stop(words: list[Word], behind: list[Word]) -> list[Word]:
    """Take from the last word the stop of a sentence that ends in a run: "Station F. Red Hat"."""
    last = words[-1]
    if not behind or not last.form.endswith(".") or len(last.form) != 2:
        return words
    return [*words[:-1], Word(last.at, last.to - 1, last.form[0], last.lower[0])]
