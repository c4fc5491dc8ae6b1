"""Where sentences end, in the languages read: one pass over the stops, and a look around each."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

_OPENS = r"«»‹›“”„\"‘’‚'`(\[¿¡–—-"
#: Where a sentence may end: a full stop and its like (dots in a row are one stop), whatever closes
#: right after it (» also behind a space, and the figure of a footnote), white space, whatever
#: opens, and a word.
_STOP = re.compile(
    r"(?P<stop>[.!?…](?<![.!?…].)[.!?…]*+)"
    r"(?P<close>(?:[ \u00a0\u202f]?[»›]|[”“\"’‘'«)\]]|\[\d{1,3}\])*)\s+"
    rf"(?=(?:[{_OPENS}]\s?)*(?P<next>\w+))"
)
_BETWEEN = r"\s«»‹›“”„\"‚()\[\]¿¡–—/-"
_TOKEN = re.compile(rf"(?:\A|[{_BETWEEN}])([^{_BETWEEN}]{{1,20}})\Z")
#: What is looked at before a stop: abbreviations are shorter, and so are ordinals.
_LOOK_BACK = 21
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")
#: ``20 h.``, ``300 m.``: one letter, and no initial.
_UNIT = re.compile(r"\d[ \u00a0\u202f]?[a-z]\Z")
_ROMAN = re.compile(r"[IVXLC]+")
#: A name that begins small: iPhone, eBay.
_BRAND = re.compile(r"[a-z]{1,2}[A-Z]")
#: ``'s Avonds``, ``'t Is``: the capital stands behind a clipped word.
_CLIPPED = re.compile(r"['’][stn] [A-Z]")
#: Where ordinals are written with a full stop, and ``und``, where they may be.
_ORDINAL_LANGUAGES = ("de", "und")
#: Ordinals in figures are days, leagues, centuries: two figures.
_ORDINAL = 2
#: Words between a question in quotation marks and the verb that says whose it is: a name, a title.
_TO_VERB = 4
#: Letters of what follows a time of day in capitals: EST, GMT.
_ZONE = 4
#: Letters from which on a small word before a stop is hardly an abbreviation.
_WHOLE_WORD = 4
#: Languages that may share a word that tells them from others.
_MOST_SPEAKERS = 2
#: Fewer words of grammar do not tell a language.
_LEAST_VOTES = 3
#: Characters of a text that tell its language: over a hundred words, every other one grammar.
_OPENING = 800


@dataclass(frozen=True)
class Rules:
    """What is known of stops in one language, or in all of them where ``language`` is ``und``.

    Abbreviations are without their last full stop: behind ``within`` ones a sentence goes on,
    behind ``numbering`` ones it does with a figure, behind ``ending`` ones a capital begins a new
    sentence, and behind ``doubtful`` ones only a word that begins sentences (``starters``) does.
    """

    language: str
    within: frozenset[str]
    numbering: frozenset[str]
    ending: frozenset[str]
    doubtful: frozenset[str]
    calendar: frozenset[str]
    starters: frozenset[str]
    particles: frozenset[str]
    speech: frozenset[str]

    @cached_property
    def abbreviations(self) -> frozenset[str]:
        """All abbreviations, whatever may follow them."""
        return self.within | self.numbering | self.ending | self.doubtful


class Splitter:
    """Splits text into sentences by the rules of its language, which it tells by words of grammar.

    ``cues`` are rows of ``seed_cue_words``: language, kind, cue, value. The value of an
    abbreviation says what may stand behind it: ``figure``, ``end``, ``either``; none: the sentence
    goes on.
    """

    def __init__(self, cues: Iterable[tuple[str, str, str, str | None]]) -> None:
        rows = list(cues)
        languages = sorted({language for language, *_ in rows} - {"mul"})
        speakers: dict[str, list[str]] = {}
        for language, kind, cue, _ in rows:
            if kind == "function_word":
                speakers.setdefault(cue.lower(), []).append(language)
        # A word that several languages have says less of each, and of three nothing.
        self._votes = {
            word: [(language, 1 / len(of)) for language in of]
            for word, of in speakers.items()
            if len(of) <= _MOST_SPEAKERS
        }
        self._rules = {language: _rules(language, rows) for language in languages}
        self._any = _rules("und", rows)

    def rules(self, text: str) -> Rules:
        """Return the rules of the language that most words of grammar at its beginning are of."""
        counted = dict.fromkeys(self._rules, 0.0)
        for voices in map(self._votes.get, text[:_OPENING].lower().split()):
            for language, weight in voices or ():
                counted[language] += weight
        votes, best = max(zip(counted.values(), counted, strict=True), default=(0.0, "und"))
        return self._rules[best] if votes >= _LEAST_VOTES else self._any


def spans(text: str, start: int, end: int, rules: Rules) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sentences between two offsets; only white space lies between them."""
    begin = start
    for stop in _STOP.finditer(text, start, end):
        if _ends(text, begin, stop, rules):
            yield begin, stop.end("close")
            begin = stop.end()
    if begin < end:
        yield begin, end


def _rules(language: str, cues: Iterable[tuple[str, str, str, str | None]]) -> Rules:
    own: defaultdict[str, set[str]] = defaultdict(set)
    abbreviations: dict[str, set[str]] = {"": set(), "figure": set(), "end": set(), "either": set()}
    for of, kind, cue, value in cues:
        if of not in (language, "mul") and language != "und":
            continue
        if kind == "abbreviation":
            *first, last = cue.split()
            abbreviations[""].update(first)
            abbreviations[value or ""].add(last)
        else:
            own[kind].add(cue.lower())
    starters = own["function_word"] | own["determiner"]
    # What is an abbreviation in one language is a word in another.
    words = starters if language == "und" else set()
    within, numbering, ending, doubtful = (
        frozenset(_forms(abbreviations[value]) - words) for value in ("", "figure", "end", "either")
    )
    return Rules(
        language,
        within - numbering - ending - doubtful,
        numbering - doubtful,
        ending - doubtful,
        doubtful,
        frozenset(own["month"] | own["weekday"]),
        frozenset(starters),
        frozenset(own["particle"]),
        frozenset(own["speech_verb"] | own["asking_verb"]),
    )


def _forms(abbreviations: Iterable[str]) -> set[str]:
    """Return abbreviations without their last full stop; small ones also with a capital."""
    bare = {abbreviation.removesuffix(".") for abbreviation in abbreviations}
    return bare | {word[:1].upper() + word[1:] for word in bare}


def _ends(text: str, begin: int, stop: re.Match[str], rules: Rules) -> bool:
    """Say whether a sentence ends at a stop."""
    following = stop["next"]
    if following[0].islower() and not _begins_small(text, stop, rules):
        return False
    if stop["stop"] != ".":
        return not (stop["close"] and _asked_by(text, stop, rules))
    token = _token(text, begin, stop)
    if token is None:
        return True
    word = _unelided(token[1])
    is_first = stop.start() - len(word) == begin
    if word.isdecimal():
        return _ends_at_figure(word, is_first, text, stop, rules)
    if word in rules.abbreviations or _is_initial(word, text, stop):
        return _ends_at_abbreviation(word, is_first, text, stop, rules)
    return rules.language != "de" or not _ROMAN.fullmatch(word) or _starts(following, rules)


def _unelided(word: str) -> str:
    """Return a word without what is clipped before it (l’on., d’A.); Korea's stays whole."""
    _, apostrophe, last = word.replace("’", "'").rpartition("'")
    return last if apostrophe and (len(last) > 1 or last.isupper()) else word


def _is_initial(word: str, text: str, stop: re.Match[str]) -> bool:
    at = stop.start()
    return bool(_INITIALS.fullmatch(word)) and not _UNIT.search(text, max(0, at - 3), at)


def _ends_at_abbreviation(
    word: str, is_first: bool, text: str, stop: re.Match[str], rules: Rules
) -> bool:
    """Say whether a sentence ends at an abbreviation or an initial."""
    following, to = stop["next"], stop.end("next")
    is_parted = len(following) == 1 and text[to : to + 1] == "."  # z. B., I. A.
    if following[0].isdecimal() or is_first or is_parted:
        return False
    if word in rules.ending:
        is_zone = following.isupper() and 1 < len(following) <= _ZONE
        return not is_zone and following.lower() not in rules.calendar
    if word in rules.numbering and len(word) > 1:
        return not _ROMAN.fullmatch(following) and following.lower() not in rules.calendar
    if word in rules.within:
        return bool(stop["close"]) and following.lower() in rules.starters
    # A name goes on with a particle behind an initial alone: J. De Niro.
    return following.lower() in rules.starters if "." in word else _starts(following, rules)


def _ends_at_figure(
    word: str, is_first: bool, text: str, stop: re.Match[str], rules: Rules
) -> bool:
    """Say whether a sentence ends at a number: it may be an ordinal, a date, or count a list."""
    following = stop["next"]
    if is_first or following.lower() in rules.calendar:
        return False
    if len(word) > _ORDINAL:
        return True
    if following[0].isdecimal():
        return text[stop.end("next") : stop.end("next") + 1] != "."
    return rules.language not in _ORDINAL_LANGUAGES or _starts(following, rules)


def _token(text: str, begin: int, stop: re.Match[str]) -> re.Match[str] | None:
    """Return what stands before a stop up to white space or a mark; none if it is long."""
    return _TOKEN.search(text, max(begin - 1, stop.start() - _LOOK_BACK, 0), stop.start())


def _starts(word: str, rules: Rules) -> bool:
    """Say whether a word begins sentences, and no name goes on with it (J. De Niro)."""
    lower = word.lower()
    return lower in rules.starters and (lower not in rules.particles or rules.language == "de")


def _begins_small(text: str, stop: re.Match[str], rules: Rules) -> bool:
    """Say whether a sentence may begin with a small letter: a brand, a particle before a name."""
    at, to = stop.span("next")
    if _BRAND.match(text, at) or (at and _CLIPPED.match(text, at - 1)):
        return True
    if stop["next"] not in rules.particles or stop["stop"] != ".":
        return False
    token = _token(text, 0, stop)
    is_word = (
        token is not None
        and len(token[1]) >= _WHOLE_WORD
        and token[1].islower()
        and token[1] not in rules.abbreviations
    )
    return is_word and text[to : to + 1] == " " and text[to + 1 : to + 2].isupper()


def _asked_by(text: str, stop: re.Match[str], rules: Rules) -> bool:
    """Say whether a name and a verb of speech follow: ``"Why?" Mr. Trump asked.``"""
    if stop["next"].lower() in rules.starters:
        return False
    at = stop.start("next")
    words = text[at : at + 80].split(maxsplit=_TO_VERB)[:_TO_VERB]
    return any(word.rstrip(".,:") in rules.speech for word in words[1:])
