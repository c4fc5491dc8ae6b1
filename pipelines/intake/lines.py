"""What a line of a body is: prose, heading, list item, credit, or none of the article's."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_LINE = re.compile(r"[^\n\r\u2028\u2029\x0b\x0c\x85]+")
_STOPPED = re.compile(r"[.!?…:;,](?:\s?[»”\"’'“‘)\]])*\Z")
_BULLET = re.compile(
    r"(?:[-*•‣◦▪·●■►▸–—]|\(?(?P<figure>\d{1,2})[.)]|\(?[a-z]\))[ \t\u00a0]+(?=\S)"
)
_MARKDOWN_HEADING = re.compile(r"#{1,6}[ \t]+\S")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})\Z")
#: A stop within a line, behind a word: it has more than one sentence.
_INNER_STOP = re.compile(r"(?<=\w{3})[.!?…]+[”\"»“’)]*\s")
_WORD = re.compile(r"\w")
_FIRST_WORD = re.compile(r"\W*\w+")
_ARROWS = re.compile(r"[\s»›>→▶►▸•*#_|(\[/-]*")
#: Between a label and what it labels.
_COLON = re.compile(r"\s*(?:[:：|>»›→▶►]|\.{3}|…|[-–—]\s)")
_CREDITED = re.compile(r"\s*(?:[:：|/©]|\(c\))", re.IGNORECASE)
#: What stands around a label that is a line of its own: ``[12 Comments]``.
_TRIMMED = " \t\u00a0.:…|>»›→▶►-–—()[]*#_0123456789"
_COPYRIGHT = re.compile(r"(?:copyright\s*)?(?:©|\(c\)\s)|copyright\s+(?:by\s|\d{4})", re.IGNORECASE)
_AND = frozenset(("and", "e", "et", "und", "y", "en", "&", "con", "mit", "with", "in", "a", "à"))
#: What dates have beside figures, months and days of the week.
_TIME_WORDS = frozenset((
    "at", "on", "of", "um", "uhr", "am", "pm", "a.m", "p.m", "a", "à", "às", "as", "alle", "ore",
    "ora", "h", "il", "le", "les", "de", "del", "den", "der", "el", "los", "las", "la", "em", "op",
    "om", "uur", "the", "gmt", "utc", "cet", "cest", "est", "edt", "et", "bst", "ist", "pst", "pdt",
    "mez", "mesz", "hrs", "hs", "horas", "heures", "and", "e", "y", "und", "-", "–", "—", "|", "·",
    "•", "/", ",", ":",
))
_TIME = re.compile(r"\d{1,4}(?:[./:h-]\d{1,4}){0,2}(?:st|nd|rd|th|er|º|°|h|am|pm|e)?Z?")
_ASIDE = re.compile(r"[,;]")
_FIGURE = re.compile(r"\d")
_DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")
#: Between the dateline of an agency and the news: ``ROME, Dec 5 (Reuters) - ``, ``(EFE).- ``.
_DASH = re.compile(r"(?:(?<=\))\.?|[ \u00a0])[ \u00a0]?[-–—]{1,2}[ \u00a0]?(?=\S)")
_BRACKETED = re.compile(r"\(([^()\n]{2,40})\)")
_SIGN_OFF = re.compile(r"[ \u00a0]*\(([^()\n]{2,40})\)\.?\Z")
_DOUBLED_LAST_WORD = re.compile(r"\b(\w+[.!?])\s+(\1)\Z")
_BETWEEN_AGENCIES = re.compile(r"\s*[/,;&+-]\s*|\s+(?:and|e|et|und|y|en)\s+")
_INITIALS_OF_DESK = re.compile(r"[a-z]{2,4}(?:/[a-z]{2,4})*\Z")
_LAST_CREDIT = re.compile(r"[\[(|–—-]\s?([^\W\d_][^\[(|:：/©]{1,24}?)\s?[:：/©][^\n:]{1,80}\Z")
_PICTURE_BY = re.compile(r"(?:©|REUTERS/|AP Photo|Getty Images|\(AP Photo)[^.!?\n]{0,60}[.)\]]*\Z")

#: Letters and words of a heading: the longest headlines of agencies stay under 160 letters.
_LONGEST_HEADING, _MOST_HEADING_WORDS = 160, 24
#: Letters from which on a line without a stop is prose all the same.
_PROSE = 160
#: Headings in a row: kicker, headline, subtitle.
_MOST_HEADINGS = 3
#: Words of a line that names who wrote, or when; of one that tells of a picture; of a line that
#: may hold ``all rights reserved`` and nothing of the news.
_MOST_BYLINE, _MOST_DATELINE, _MOST_CAPTION, _MOST_NOTICE = 16, 16, 70, 40
#: Characters of a label that is a line of its own, with its figures; of several agencies.
_LONGEST_LABEL, _MOST_AGENCIES = 60, 60
#: Characters in which a sign-off or a doubled word is looked for at the end of an article.
_ENDING = 60
#: Lines at the head and at the foot of an article where bylines and dates stand.
_HEAD, _FOOT = 10, 4
#: Characters in which an agency's dateline ends.
_LONGEST_DATELINE = 110
#: Letters of a place in capitals that a dash alone makes a dateline; shorter ones are acronyms.
_PLACE = 4
#: Columns at which mail and plain text are wrapped, and the shortest line in share of the longest
#: that a wrapped paragraph has: a word of 20 letters is left over at most.
_COLUMNS, _SHORTEST, _FEWEST_WRAPPED = range(50, 101), 0.7, 2


@dataclass
class Line:
    """A line, or a paragraph wrapped into several: its span without white space around it.

    ``kind`` is a kind of segment once it is known. ``is_apart`` says that a blank line is above.
    """

    start: int
    end: int
    text: str
    kind: str = ""
    is_apart: bool = False
    is_marked: bool = False
    words: int = field(init=False)

    def __post_init__(self) -> None:
        self.words = self.text.count(" ") + 1

    @property
    def is_stopped(self) -> bool:
        """Whether it ends as a sentence or a clause does."""
        return _STOPPED.search(self.text, max(0, len(self.text) - 6)) is not None


def lines(body: str, start: int, end: int) -> list[Line]:
    """Return the lines between two offsets; paragraphs wrapped at a column are one line."""
    found: list[Line] = []
    last = start
    paragraph: list[Line] = []
    for match in _LINE.finditer(body, start, end):
        text = match[0].strip()
        if not text:
            continue
        at = match.start() + len(match[0]) - len(match[0].lstrip())
        is_apart = _line_ends(body, last, at) > 1
        if is_apart:
            found += _unwrapped(body, paragraph)
            paragraph = []
        paragraph.append(Line(at, at + len(text), text, is_apart=is_apart))
        last = at + len(text)
    return found + _unwrapped(body, paragraph)


def marked(body: str, start: int, end: int, kind: str) -> list[Line]:
    """Return a stretch of a known kind line by line; a headline is one, also over two lines."""
    if kind == "title":
        text = body[start:end]
        at = end - len(text.lstrip())
        text = text.strip()
        return [Line(at, at + len(text), text, kind, is_marked=True)] if text else []
    found = []
    for match in _LINE.finditer(body, start, end):
        if text := match[0].strip():
            at = match.start() + len(match[0]) - len(match[0].lstrip())
            found.append(Line(at, at + len(text), text, kind, is_marked=True))
    return found


def _line_ends(body: str, start: int, end: int) -> int:
    gap = body[start:end]
    return max(gap.count("\n"), gap.count("\r"), gap.count("\u2029") * 2)


def _unwrapped(body: str, paragraph: list[Line]) -> list[Line]:
    """Return a paragraph as one line, if its lines were cut at a column and not at their ends.

    A headline may stand right above it.
    """
    for first in (0, 1):
        wrapped = paragraph[first:]
        if _is_wrapped(wrapped):
            start, end = wrapped[0].start, wrapped[-1].end
            whole = Line(start, end, body[start:end], is_apart=wrapped[0].is_apart)
            return [*paragraph[:first], whole]
    return paragraph


def _is_wrapped(paragraph: Sequence[Line]) -> bool:
    if len(paragraph) < _FEWEST_WRAPPED:
        return False
    *above, last = paragraph
    lengths = [len(line.text) for line in above]
    longest = max(lengths)
    if longest not in _COLUMNS or min(lengths) < _SHORTEST * longest or len(last.text) > longest:
        return False
    cuts = [not line.is_stopped for line in above]
    small = sum(
        cut and line.text[0].islower() for cut, line in zip(cuts, paragraph[1:], strict=True)
    )
    return (
        2 * sum(cuts) >= len(cuts)
        and 3 * small >= sum(cuts)
        and not any(_BULLET.match(line.text) for line in paragraph)
    )


class Phrases:
    """Cue words that a text may begin with, found by its first word; case counts for nothing."""

    def __init__(self, cues: Iterable[tuple[str, str]]) -> None:
        self._by_word: dict[str, list[tuple[str, str]]] = {}
        for cue, value in sorted(set(cues), key=lambda one: (-len(one[0]), one)):
            folded = _folded(cue)
            self._by_word.setdefault(_first_word(folded), []).append((folded, value))

    def at(self, text: str, at: int = 0) -> Sequence[tuple[int, str]]:
        """Return where phrases end that stand at an offset, and their values, longest first."""
        begun = self._by_word.get(_first_word(text, at))
        if begun is None:
            return ()
        head = _folded(text[at : at + 80])
        return [
            (at + len(cue), value)
            for cue, value in begun
            if head.startswith(cue)
            and not (head[len(cue) : len(cue) + 1].isalnum() and cue[-1].isalnum())
        ]

    def whole(self, text: str) -> bool:
        """Say whether a text is a phrase, but for figures and marks around it."""
        core = _folded(text.strip(_TRIMMED))
        return any(cue == core for cue, _ in self._by_word.get(_first_word(core), ()))


def _behind_arrows(text: str) -> int:
    """Return where a text begins behind bullets, arrows and brackets."""
    if text[0].isalnum():
        return 0
    arrows = _ARROWS.match(text)
    return arrows.end() if arrows else 0


def _folded(text: str) -> str:
    """Return a text as it is compared; no letter becomes two, so that offsets stay true."""
    lower = text.lower().replace("’", "'").replace("\u00a0", " ")
    return lower if len(lower) == len(text) else text


def _first_word(text: str, at: int = 0) -> str:
    word = _FIRST_WORD.match(text, at)
    return word[0].lower() if word else ""


class Kinds:
    """Tells the kinds of lines by cue words, in all languages at once.

    ``cues`` are rows of ``seed_cue_words``: language, kind, cue, value.
    Values of boilerplate: none, a label that opens a list of links; ``alone``, one that does not;
    ``begins``, a line that begins with it is none of the article's; ``holds``, a short line that
    has it anywhere. Of captions: none, what comes before a colon; ``by``, before a name;
    ``begins``, what needs neither. Of bylines: none, what comes before names; ``alone``, what needs
    none.
    """

    def __init__(self, cues: Iterable[tuple[str, str, str, str | None]]) -> None:
        of: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for _, kind, cue, value in cues:
            of[kind].append((cue, value or ""))
        self._notices = Phrases(cue for cue in of["boilerplate"] if cue[1] != "holds")
        self._held = [_folded(cue) for cue, value in of["boilerplate"] if value == "holds"]
        self._captions = Phrases(of["caption"])
        self._credits = frozenset(_folded(cue) for cue, _ in of["caption"])
        self._bylines = Phrases(of["byline"])
        self._datelines = Phrases(of["dateline"])
        self._agencies = frozenset(_folded(cue) for cue, _ in of["agency"])
        self._particles = frozenset(cue for cue, _ in of["particle"])
        names = {cue.lower() for cue, _ in (*of["month"], *of["weekday"])}
        self._months = frozenset(cue.lower() for cue, _ in of["month"])
        self._calendar = frozenset(name[:size] for name in names for size in range(3, 12))

    def tell(self, found: Sequence[Line]) -> None:
        """Set the kind of each line whose kind is not known yet; none for prose."""
        tail = ""
        for number, line in enumerate(found):
            if line.kind:
                tail = tail if line.kind == "list_item" else ""
                continue
            line.kind, tail = self._kind(line, number, len(found), tail)
        _tell_headings(found)

    def is_notice(self, text: str) -> bool:
        """Say whether a sentence is none of the article's: a label and a link, or a notice."""
        at = _behind_arrows(text)
        return (text[at : at + 1] in "©(Cc" and bool(_COPYRIGHT.match(text, at))) or any(
            value == "begins" or (not value and " " in text[at:end] and _COLON.match(text, end))
            for end, value in self._notices.at(text, at)
        )

    def dateline(self, text: str) -> int:
        """Return where the dateline ends that a paragraph begins with, 0 if it has none."""
        end = 0
        for dash in _DASH.finditer(text, 0, _LONGEST_DATELINE):
            if self._is_dateline(text[end : dash.start()], text[dash.end() :]):
                end = dash.end()
            elif end or dash.start() > _LONGEST_DATELINE // 2:
                break
        return end

    def ending(self, text: str) -> int:
        """Return where a last paragraph ends: before the agency it is signed with, ``(ANSA)``.

        A last word that stands there twice is a slip of copying, and once no part of the article.
        """
        signed = _SIGN_OFF.search(text, max(0, len(text) - _ENDING))
        if signed is not None and self._names_agencies(signed[1]):
            return signed.start()
        doubled = _DOUBLED_LAST_WORD.search(text, max(0, len(text) - _ENDING))
        return doubled.start(2) if doubled else len(text)

    def _kind(self, line: Line, number: int, count: int, tail: str) -> tuple[str, str]:
        """Return the kind of a line, and what tail goes on behind it: ``lines`` or ``items``."""
        text = line.text
        if label := self._label(text):
            return "boilerplate", label
        is_item = self._is_item(text)
        if tail and (is_item or (tail == "lines" and not self._is_prose(line))):
            return "boilerplate", tail
        if self.is_notice(text) or self._holds_notice(line) or not _WORD.search(text):
            return "boilerplate", ""
        if self._is_caption(line):
            return "caption", ""
        if is_item:
            return "list_item", ""
        at_edge = number < _HEAD or number >= count - _FOOT
        return (self._credit(line, number < _HEAD < count) if at_edge else ""), ""

    def _credit(self, line: Line, is_head: bool) -> str:
        """Return what a line at the head or foot of an article is, if it says who or when."""
        if self._is_byline(line):
            return "byline"
        if self._is_date(line):
            return "dateline"
        if self._names_agencies(line.text.strip(" ()[].-–—")):
            return "byline" if is_head else "boilerplate"
        return ""

    def _is_prose(self, line: Line) -> bool:
        return line.text[-1] in ".!?…»”" or len(line.text) > _PROSE

    def _label(self, text: str) -> str:
        """Return the tail that a label opens: ``lines``, only ``items`` where a link follows it."""
        at = _behind_arrows(text)
        for end, value in self._notices.at(text, at):
            if value != "begins" and not text[end:].strip(_TRIMMED):
                return "items" if value else "lines"
            if not value and _COLON.match(text, end):
                return "items"
        return "items" if len(text) <= _LONGEST_LABEL and self._notices.whole(text) else ""

    def _holds_notice(self, line: Line) -> bool:
        if line.words > _MOST_NOTICE or _INNER_STOP.search(line.text):
            return False
        folded = _folded(line.text)
        return any(cue in folded for cue in self._held)

    def _is_caption(self, line: Line) -> bool:
        text = line.text
        if line.words > _MOST_CAPTION:
            return False
        at = _behind_arrows(text)
        for end, value in self._captions.at(text, at):
            if value == "by" and text[end + 1 : end + 2].isupper() and line.words < _MOST_BYLINE:
                return True
            if value == "begins" or (not value and _CREDITED.match(text, end)):
                return True
        if last := _LAST_CREDIT.search(text, max(0, len(text) - 120)):
            return _folded(last[1].strip()) in self._credits
        return _PICTURE_BY.search(text, max(0, len(text) - 80)) is not None

    def _is_byline(self, line: Line) -> bool:
        """Say whether a line names who wrote, and nothing else."""
        text = line.text
        most = _MOST_NOTICE if ";" in text else _MOST_BYLINE
        if line.words > most or (text[-1] in ".!?…:" and ";" not in text):
            return False
        for end, value in self._bylines.at(text, _behind_arrows(text)):
            if value == "alone":
                return line.words <= _MOST_BYLINE // 2
            if self._is_names(text[end:].lstrip(" :\u00a0")):
                return True
        return False

    def _is_names(self, text: str) -> bool:
        """Say whether a text is names: behind a comma may stand what they are, or where."""
        names = _ASIDE.split(text)[0].split()
        return (
            len(names) > 1
            and names[0][0].isupper()
            and names[-1][0].isupper()
            and all(
                name[0].isupper() or name in self._particles or name in _AND for name in names
            )
        )

    def _is_date(self, line: Line) -> bool:
        """Say whether a line tells a day, perhaps of a place, and nothing else."""
        text = line.text
        if line.words > _MOST_DATELINE or text[-1] in "!?:" or not _FIGURE.search(text):
            return False
        for end, _ in self._datelines.at(text):
            is_short = line.words <= _MOST_DATELINE // 2 and text[-1] != "."
            if (is_short and _COLON.match(text, end)) or self._is_day_and_time(text[end:]):
                return True
        place, comma, rest = text.partition(",")
        is_place = bool(comma) and len(place.split()) < _PLACE and place[:1].isupper()
        return self._is_day_and_time(text) or (is_place and self._is_day_and_time(rest))

    def _is_day_and_time(self, text: str) -> bool:
        words = [word.strip(".,;()|") for word in _folded(text).split()]
        return (
            (_DAY.search(text) is not None or any(word in self._calendar for word in words))
            and any(_FIGURE.match(word) for word in words)
            and all(
                not word
                or word in self._calendar
                or word in _TIME_WORDS
                or _TIME.fullmatch(word) is not None
                for word in words
            )
        )

    def _is_item(self, text: str) -> bool:
        """Say whether a bullet or a number begins a line, and no day does: ``12. März``."""
        bullet = _BULLET.match(text)
        if bullet is None or bullet["figure"] is None:
            return bullet is not None
        behind = text[bullet.end() : bullet.end() + 20].lower().split(maxsplit=1)
        return behind[0].strip(".,;:") not in self._months

    def _is_dateline(self, head: str, behind: str) -> bool:
        """Say whether a text before a dash is a place, a day, an agency, or some of them."""
        agency = _BRACKETED.search(head)
        bare = _BRACKETED.sub("", head).strip(" .,\u00a0")
        words = bare.split()
        places = [word for word in words if not self._is_of_a_day(word)]
        if (
            behind[:1].islower()
            or (agency is not None and not self._names_agencies(agency[1]))
            or not all(word[0].isupper() or word in self._particles for word in places)
        ):
            return False
        if agency is not None:
            return len(places) < 2 * _PLACE
        if any(self._names_day(word) for word in words):
            return len(places) < _PLACE and ("," in head or not places)
        is_place = len(bare) >= _PLACE and len(places) <= _PLACE
        return is_place and bare.isupper() and not _FIGURE.search(bare)

    def _names_day(self, word: str) -> bool:
        return _folded(word).strip(".,;") in self._calendar or bool(_DAY.match(word))

    def _is_of_a_day(self, word: str) -> bool:
        word = _folded(word).strip(".,;")
        return word in self._calendar or word in _TIME_WORDS or bool(_TIME.fullmatch(word))

    def _names_agencies(self, text: str) -> bool:
        """Say whether a text is names of agencies, perhaps with the initials of their desks."""
        if len(text) > _MOST_AGENCIES:
            return False
        names = [name for name in _BETWEEN_AGENCIES.split(text) if name]
        known = [_folded(name.strip(" .©")) in self._agencies for name in names]
        return any(known) and all(
            one or _INITIALS_OF_DESK.match(name) for one, name in zip(known, names, strict=True)
        )


def _tell_headings(found: Sequence[Line]) -> None:
    """Set headings: short lines without a stop, above prose or above another heading."""
    run = 0
    below: Line | None = None
    for number in range(len(found) - 1, -1, -1):
        line = found[number]
        is_above_prose = below is not None and (
            (not below.kind and (below.is_stopped or len(below.text) > _PROSE))
            or (below.kind == "heading" and run < _MOST_HEADINGS)
            or below.kind in ("title", "list_item", "byline", "dateline", "caption")
        )
        is_underlined = below is not None and bool(_UNDERLINE.fullmatch(below.text))
        if not line.kind and not line.is_marked and (
            _MARKDOWN_HEADING.match(line.text)
            or is_underlined
            or (is_above_prose and _is_heading(line, found[number - 1] if number else None))
        ):
            line.kind = "heading"
        run = run + 1 if line.kind == "heading" else 0
        below = line


def _is_heading(line: Line, above: Line | None) -> bool:
    """Say whether a line can be a heading: a sentence cut by a line break is none."""
    goes_on = above is not None and not above.kind and not above.is_stopped and not line.is_apart
    return (
        len(line.text) <= _LONGEST_HEADING
        and line.words <= _MOST_HEADING_WORDS
        and not line.is_stopped
        and not line.text[0].islower()
        and "\n" not in line.text
        and not _INNER_STOP.search(line.text)
        and not (goes_on and above is not None and len(above.text) > _LONGEST_HEADING // 2)
    )
