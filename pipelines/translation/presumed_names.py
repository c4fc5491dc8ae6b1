"""Names nobody listed, that an engine of rules would take for words (*Felipe Massa*, *Red Lake*).

In most languages a capital within a sentence makes a name or an institution. An institution is
translated (*il Congresso*), a name is not; the engine's own dictionary tells which is likely: its
names of people, words that never are capitalised but in names (*Lo* Piccolo), words it lacks.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

#: Nouns have capitals there, so that a capital says nothing.
_CAPITAL_NOUNS = frozenset({"de", "lb"})
#: A line of which more words have one is a headline in capitals, and they say nothing either.
_MOST_CAPITALS = 0.6
_WORD = re.compile(r"[^\W\d_]+")
#: What ends where a sentence, a quotation or a clause of its own begins.
_BEGINNING = re.compile(r"(?:^|[.!?:…\"“«„(‘—–]|\s')\s*$")
#: What joins the words of one name; a mark of the engine may stand before each.
_JOINT = re.compile(r"[ '’-][*@#]?|-[a-z]{1,3}-")
_ANALYSIS = re.compile(r"\^([^/$]+)/([^$]*)\$")
#: Other letters than those of the placeholders that stand for known names.
_PLACEHOLDER = "Xk{}z"

Span = tuple[int, int]


class Reading(Enum):
    """What a dictionary takes a capitalised word for."""

    UNKNOWN = "unknown"
    PERSON = "person"
    #: Or another name that has one of its own in the target language.
    PLACE = "place"
    #: An adjective describes also what is translated: *America Latina*.
    ADJECTIVE = "adjective"
    NOUN = "noun"
    #: Articles, conjunctions, verbs: no institution is called by one alone.
    OTHER = "other"


def readings(analysed: str) -> dict[str, Reading]:
    """Return what each word is taken for, from the output of ``lt-proc``."""
    return {word: _reading(told.split("/")) for word, told in _ANALYSIS.findall(analysed)}


def _reading(analyses: list[str]) -> Reading:
    if analyses[0].startswith("*"):
        return Reading.UNKNOWN
    kinds = {kind for one in analyses for kind in re.findall(r"<([a-z]+)>", one)}
    people, places = kinds & {"ant", "cog"}, kinds & {"loc", "top"}
    if "np" in kinds and people and not places:
        return Reading.PERSON
    if "adj" in kinds:
        return Reading.ADJECTIVE
    if "np" in kinds:
        return Reading.PLACE
    return Reading.NOUN if kinds & {"n", "num"} else Reading.OTHER


def capitalised(line: str) -> Iterator[re.Match[str]]:
    """Yield the words of a line that begin with a capital."""
    return (found for found in _WORD.finditer(line) if found.group()[0].isupper())


def presumed(line: str, language: str, known: Mapping[str, Reading]) -> list[Span]:
    """Return where a source text has names that must stay as they are."""
    if language in _CAPITAL_NOUNS or _in_capitals(line):
        return []
    spans = [span for run in _runs(line, known) for span in _names(run, line, known)]
    return [span for span in spans if not _lacking(line, span, known)]


def _names(
    run: Sequence[re.Match[str]], line: str, known: Mapping[str, Reading]
) -> Iterator[Span]:
    """Yield the names within capitalised words that stand together."""
    read = [known.get(word.group(), Reading.UNKNOWN) for word in run]
    start: int | None = None
    for place, (word, reading) in enumerate(zip(run, read, strict=True)):
        after = read[place - 1] if place else None
        before = read[place + 1] if place + 1 < len(run) else None
        hyphened = "-" in (line[word.start() - 1 : word.start()], line[word.end() : word.end() + 1])
        name = (
            reading in (Reading.PERSON, Reading.OTHER, Reading.UNKNOWN)
            or (word.group().isupper() and reading is not Reading.PLACE)
            or (reading is Reading.ADJECTIVE and before in (Reading.UNKNOWN, Reading.PERSON))
            or (hyphened and Reading.UNKNOWN in (after, before))
        )
        # *America Latina*: what a dictionary lacks may be a place that its adjective describes.
        follows = not (reading is Reading.ADJECTIVE and after is Reading.UNKNOWN)
        if start is None and name:
            start = word.start()
        elif start is not None and not (name or follows):
            yield start, run[place - 1].end()
            start = None
    if start is not None:
        yield start, run[-1].end()


def _lacking(line: str, span: Span, known: Mapping[str, Reading]) -> bool:
    """Say whether the dictionary has no word of a span: it leaves them alone by itself, and a
    dictionary further on may know a place among them.
    """
    words = _WORD.findall(line[slice(*span)])
    return all(
        word[0].isupper() and known.get(word, Reading.UNKNOWN) is Reading.UNKNOWN
        for word in words
    )


def copied(before: str, after: str, known: Mapping[str, Reading]) -> list[Span]:
    """Return where a line still has names the step before left as they were, which the dictionary
    of the next one would take for words of its language (*Red Lake*, *Sul*).

    ``after`` carries the marks (``*``) of words the step before did not know.
    """
    if _in_capitals(after):
        return []
    words = set(_WORD.findall(before))
    spans = []
    for word in capitalised(after):
        unknown = after[: word.start()].endswith(("*", "@", "#"))
        within = word.group() in words and not _begins(after, word.start())
        if (unknown or within) and known.get(word.group()) is not Reading.PLACE:
            spans.append(word.span())
    return spans


def hidden(
    line: str, spans: list[Span], stands_for: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Return a line with placeholders for spans, and what they and earlier ones stand for.

    The newest come first, for they may stand for earlier ones.
    """
    told: dict[str, str] = {}
    parts, at = [], 0
    for number, (start, end) in enumerate(spans, len(stands_for)):
        placeholder = _PLACEHOLDER.format(_letters(number))
        told[placeholder] = line[start:end]
        parts += [line[at:start], placeholder]
        at = end
    return "".join([*parts, line[at:]]), {**told, **stands_for}


def _letters(number: int) -> str:
    tens, ones = divmod(number, 26)
    return (_letters(tens - 1) if tens else "") + "abcdefghijklmnopqrstuvwxyz"[ones]


def _runs(line: str, known: Mapping[str, Reading]) -> Iterator[list[re.Match[str]]]:
    """Yield capitalised words that stand together; a sentence's first one only where it is a name
    whatever its place.
    """
    run: list[re.Match[str]] = []
    for word in capitalised(line):
        reading = known.get(word.group(), Reading.UNKNOWN)
        if _begins(line, word.start()) and reading not in (Reading.PERSON, Reading.UNKNOWN):
            continue
        if run and not _JOINT.fullmatch(line[run[-1].end() : word.start()]):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _begins(line: str, at: int) -> bool:
    return bool(_BEGINNING.search(line[:at].rstrip("*@#")))


def _in_capitals(line: str) -> bool:
    words = _WORD.findall(line)
    return len(words) > 2 and sum(word[0].isupper() for word in words) > _MOST_CAPITALS * len(words)
