"""What must come through a translation unharmed: known names, figures, addresses, glossary terms.

It is asked for after translation; what came back harmed is translated once more with placeholders
in its place. Placeholders are second choice, for an engine that sees none of the words they stand
for puts the rest of the sentence together less well.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

Kind = Literal["name", "figure", "address", "term"]

_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>«»“”\"]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w@])@\w{2,}"
)
#: Digits in groups of three, or with a fraction, a time, a ratio; else a row of digits.
_FIGURE = re.compile(
    r"\d{1,3}(?:[.,' \u00a0\u2009\u202f’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,:/]\d+)*"
)
_QUOTATION_MARKS = re.compile(r"[«»“”„\"‹›]")
#: Up to here English prose writes numbers as words; a higher figure stays one.
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
          "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
          "nineteen", "twenty")  # fmt: skip
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
             "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth",
             "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth")  # fmt: skip
#: Letters alone, and none that any of the languages puts together: engines copy what they do not
#: know, and take digits or brackets apart.
_PLACEHOLDER = "Xq{}z"


@dataclass(frozen=True)
class Requirement:
    """One stretch of a source text that its translation must render by one of ``accepted``."""

    kind: Kind
    start: int
    surface: str
    accepted: tuple[str, ...]

    @property
    def end(self) -> int:
        """Where the stretch ends."""
        return self.start + len(self.surface)

    @property
    def rendering(self) -> str:
        """What a placeholder stands for: the name as it is where it may stay so."""
        if self.surface in self.accepted:
            return self.surface
        return min(self.accepted, key=lambda one: abs(len(one) - len(self.surface)))

    def met_by(self, translated: str, target: str) -> bool:
        """Say whether a translation renders it."""
        if self.kind == "figure":
            return _figure_in(self.surface, translated, target)
        if self.kind == "term":
            return any(one.casefold() in translated.casefold() for one in self.accepted)
        return any(one in translated for one in self.accepted)


class Protection:
    """Knows the names and terms of one target language."""

    def __init__(self, names: pl.DataFrame, glossary: pl.DataFrame, target: str) -> None:
        """Take rows of ``seed_entity_names``, and of a glossary (language, term, translation)."""
        self.target = target
        self._names = names.filter(~pl.col("ambiguous") & (pl.col("name").str.len_chars() > 1))
        self._glossary = glossary

    def required(self, texts: pl.DataFrame) -> dict[tuple[str, str], tuple[Requirement, ...]]:
        """Return what each text (text_hash, language, text) asks of its translation, in order."""
        found: dict[tuple[str, str], tuple[Requirement, ...]] = {}
        for (language,), rows in texts.group_by("language"):
            candidates = self._candidates(str(language), rows["text"])
            for text_hash, text, names in zip(
                rows["text_hash"], rows["text"], candidates, strict=True
            ):
                every = [
                    *_terms(text, self._terms.get(str(language), {})),
                    *_addresses(text),
                    *_named(text, names, self._accepted),
                    *_figures(text),
                ]
                found[text_hash, str(language)] = tuple(_apart(every))
        return found

    def _candidates(self, language: str, texts: pl.Series) -> Iterator[Sequence[str]]:
        """Yield the names whose letters occur in each text, the longest where several begin."""
        names = self._by_language.get(language, [])
        if not names:
            return iter([()] * len(texts))
        return iter(texts.str.extract_many(names, leftmost=True).to_list())

    @cached_property
    def _by_language(self) -> dict[str, list[str]]:
        own = self._names.filter(pl.col("language") != "mul")
        shared = self._names.filter(pl.col("language") == "mul")["name"].to_list()
        return {
            language: sorted({*names, *shared})
            for language, names in own.group_by("language").agg("name").rows()
        }

    @cached_property
    def _accepted(self) -> dict[str, tuple[str, ...]]:
        """What a name may be rendered by: its entity's names in the target language, or itself."""
        into = self._names.filter(pl.col("language").is_in([self.target, "mul"]))
        pairs = self._names.select("entity_id", "name").join(
            into.select("entity_id", rendered="name"), on="entity_id", how="left"
        )
        grouped = pairs.group_by("name").agg(pl.col("rendered").drop_nulls().unique().sort())
        return {name: tuple(rendered) or (name,) for name, rendered in grouped.rows()}

    @cached_property
    def _terms(self) -> dict[str, dict[str, str]]:
        terms: dict[str, dict[str, str]] = {}
        for language, term, translation in self._glossary.select(
            "language", "term", "translation"
        ).rows():
            terms.setdefault(language, {})[term] = translation
        return terms

    def missed(self, required: Sequence[Requirement], text: str, translated: str) -> list[str]:
        """Return what a translation lacks, as the source has it."""
        lacking = [one.surface for one in self.unmet(required, translated)]
        if quotations(translated) < quotations(text):
            lacking.append("quotation marks")
        return lacking

    def unmet(self, required: Sequence[Requirement], translated: str) -> list[Requirement]:
        """Return the requirements a translation does not meet."""
        return [one for one in required if not one.met_by(translated, self.target)]


def quotations(text: str) -> int:
    """Return how many quotations a text opens and closes."""
    return len(_QUOTATION_MARKS.findall(text)) // 2


def protected(text: str, required: Sequence[Requirement]) -> tuple[str, dict[str, str]]:
    """Return a text with placeholders for what is required, and what each stands for."""
    stands_for: dict[str, str] = {}
    parts, at = [], 0
    for number, one in enumerate(sorted(required, key=lambda one: one.start)):
        placeholder = _PLACEHOLDER.format(_letters(number))
        stands_for[placeholder] = one.rendering
        parts += [text[at : one.start], placeholder]
        at = one.end
    return "".join([*parts, text[at:]]), stands_for


def restored(translated: str, stands_for: Mapping[str, str]) -> str | None:
    """Return a translation with its placeholders resolved; None where one is lost or doubled."""
    for placeholder, rendering in stands_for.items():
        pattern = re.compile(placeholder, re.IGNORECASE)
        translated, count = pattern.subn(rendering.replace("\\", r"\\"), translated)
        if count != 1:
            return None
    return translated


def _letters(number: int) -> str:
    """Return a, b, … z, ba, bb, …"""
    tens, ones = divmod(number, 26)
    return (_letters(tens) if tens else "") + "abcdefghijklmnopqrstuvwxyz"[ones]


def _apart(every: Sequence[Requirement]) -> Iterator[Requirement]:
    """Yield requirements that do not overlap; what is named first wins."""
    taken: list[tuple[int, int]] = []
    for one in every:
        if all(one.end <= start or one.start >= end for start, end in taken):
            taken.append((one.start, one.end))
            yield one


def _terms(text: str, glossary: Mapping[str, str]) -> Iterator[Requirement]:
    for term, translation in glossary.items():
        flags = re.IGNORECASE if term.islower() else 0
        for found in re.finditer(rf"(?<!\w){re.escape(term)}(?!\w)", text, flags):
            yield Requirement("term", found.start(), found.group(), (translation,))


def _addresses(text: str) -> Iterator[Requirement]:
    for found in _ADDRESS.finditer(text):
        address = found.group().rstrip(".,;:!?)]’'")
        yield Requirement("address", found.start(), address, (address,))


def _named(
    text: str, names: Sequence[str], accepted: Mapping[str, tuple[str, ...]]
) -> Iterator[Requirement]:
    for name in dict.fromkeys(names):
        for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            yield Requirement("name", found.start(), name, accepted[name])


def _figures(text: str) -> Iterator[Requirement]:
    for found in _FIGURE.finditer(text):
        yield Requirement("figure", found.start(), found.group(), (found.group(),))


def _figure_in(figure: str, translated: str, target: str) -> bool:
    """Say whether a figure is there, whatever its separators; 40 may have become 40,000 where
    the source said *40 mila*, and a small one may be a word.
    """
    digits = re.sub(r"\D", "", figure)
    found = {re.sub(r"\D", "", one.group()) for one in _FIGURE.finditer(translated)}
    if digits in found or any(one in (f"{digits}000", f"{digits}000000") for one in found):
        return True
    if target != "en" or digits != figure or int(digits) >= len(_WORDS):
        return False
    words = set(re.findall(r"[a-z]+", translated.lower()))
    return _WORDS[int(digits)] in words or _ORDINALS[int(digits)] in words
