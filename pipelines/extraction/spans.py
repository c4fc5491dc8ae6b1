"""Where a name may stand: capitalised spans, names of organisations, items of a list of names."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import lru_cache
from unicodedata import normalize

import numpy as np
import polars as pl

from pipelines.extraction.capitals import capitalised_spans, opening
from pipelines.extraction.corpus import CAPITALS, FILL, GAP, Corpus
from pipelines.extraction.cues import HEAD_FIRST, Cues, pattern
from pipelines.extraction.lexicon import given_names, name_parts
from pipelines.extraction.scanning import NEVER

#: A capitalised word, with what may stand inside it: Fast.ai, A*STAR, Urbana-Champaign, AT&T,
#: O'Brien; or one that begins with small letters and goes on with capitals: iPhone, xAI.
_WORD = rf"(?:[OD]'[{CAPITALS}]\w+|[{CAPITALS}][\w*+]*(?:[&./+*-][\w*]*\w)*|\b[a-z]{{1,2}}[A-Z]\w+)"
_CAPITALISED = re.compile(_WORD)
_WORD_BEFORE = re.compile(rf"(?<![\w])[{CAPITALS}][\w&./+*-]*$")
#: Items of a list of names: so many, so many of them capitalised.
_FEWEST_ITEMS, _FEWEST_CAPITALISED = 7, 0.8
#: Words an acronym may leave out: of, für, delle.
_LONGEST_SMALL_WORD = 5


def name_spans(corpus: Corpus, told: Mapping[str, Cues], heads: pl.DataFrame) -> pl.DataFrame:
    """Return the spans of a corpus that may be names.

    ``told`` are the cues of each language, ``heads`` where a head word stands: at, to, language.
    Columns are at, to, shape, opens and text. ``shape`` is ``plain``, ``organisation`` or
    ``headed`` (a head word made it) or ``expansion`` (the letters of an acronym behind it begin its
    words). Leading grammatical words, roles and honorifics are cut off; ``opens`` says whether a
    segment, a quotation or a clause after a colon begins with the span, so that its capital proves
    nothing.
    """
    schema = {"at": pl.Int64, "to": pl.Int64, "opens": pl.Boolean, "shape": pl.String}
    plain = capitalised_spans(corpus, told).with_columns(shape=pl.lit("plain"))
    found = list(_shaped(corpus, told, heads))
    shaped = pl.DataFrame(found, schema=schema, orient="row")
    spans = pl.concat([plain, shaped])
    ends = zip(spans["at"].to_list(), spans["to"].to_list(), strict=True)
    texts = [corpus.text[at:to] for at, to in ends]
    return spans.with_columns(pl.Series("text", texts, dtype=pl.String))


def _shaped(
    corpus: Corpus, told: Mapping[str, Cues], heads: pl.DataFrame
) -> Iterator[tuple[int, int, bool, str]]:
    """Yield the spans that a head word or an acronym makes a name: at, to, opens, shape."""
    expansions = _expansions(corpus)
    begins = [at for at, _ in expansions]
    by_language = heads.group_by("language").agg("at", "to")
    own_heads = {language: list(zip(*ends, strict=True)) for language, *ends in by_language.rows()}
    for language, begin, end in corpus.stretches:
        cues = told[language]
        found = [(_run_start(corpus.text, at), at, to) for at, to in own_heads.get(language, [])]
        shaped = [
            (at, to, shape)
            for shape, expression in (("organisation", _organisation), ("headed", _headed))
            for at, to in _around(corpus.text, found, expression(cues))
        ]
        own = slice(bisect_left(begins, begin), bisect_left(begins, end))
        shaped += [(at, to, "expansion") for at, to in expansions[own]]
        yield from _bare(corpus.text, shaped, cues)


def _bare(
    text: str, shaped: list[tuple[int, int, str]], cues: Cues
) -> Iterator[tuple[int, int, bool, str]]:
    """Yield shaped spans without what only stands before or behind the name."""
    given = given_names(cues.forms("given_name"))
    for begin, end, shape in shaped:
        at, to = _without_openers(text, begin, end, cues)
        to = _without_tail(text, at, to, given)
        # A small first word is a head in Romance languages alone: "place" is none in English.
        small = cues.language not in HEAD_FIRST and not text[at : at + 1].isupper()
        if _CAPITALISED.search(text, at, to) and not small:
            yield at, to, at == begin and opening(text, at), shape


def head_words(cues: Cues) -> frozenset[str]:
    """Return the words of which one stands in every name that is known by its head."""
    projects = cues.forms("project_head")
    heads = (cues.forms(kind) for kind in ("org_head", "loc_head", "event_head"))
    return projects.union((form.title() for form in projects), *heads)


#: A name this long is whole before the person or the town that stands behind it.
_WHOLE = 2
_WORDS = re.compile(r"\S+")
_LINKS = frozenset({"di", "de", "del", "do", "da", "von"})


def _without_tail(text: str, at: int, to: int, given: frozenset[str]) -> int:
    """Return where a headed name ends before a person ("Lega Nord Umberto Bossi") or town.

    A town stays where it alone says which of many is meant ("Corte di Roma").
    """
    words = [(match.start(), match[0]) for match in _WORDS.finditer(text[at:to])]
    end = next(
        (
            index
            for index in range(_WHOLE, len(words) - 1)
            if words[index][1] in given and _has_capital(words[index - 1][1])
        ),
        len(words),
    )
    links = [index for index in range(_WHOLE, end - 1) if words[index][1] in _LINKS]
    if links:
        town = " ".join(word for _, word in words[links[-1] + 1 : end])
        capitals = sum(_has_capital(word) for _, word in words[: links[-1]])
        if capitals >= _WHOLE and town in name_parts()["place"]:
            end = links[-1]
    if not words:
        return to
    start, last = words[end - 1]
    return at + start + len(last)


def _has_capital(word: str) -> bool:
    return word.lower() != word


#: Code points behind a head word in which its name ends.
_LONGEST_TAIL = 160
_BEGINNING = re.compile(r"(?<!\w)(?=\w)")


def _around(
    text: str, heads: list[tuple[int, int, int]], expression: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    """Yield the matches of an expression that hold a head word, capitalised words before it too.

    Of each head word is told where these begin, and where it begins and ends itself.
    """
    done = 0
    for run_at, at, to in heads:
        if at < done:
            continue
        begins = _BEGINNING.finditer(text, max(done, run_at), at + 1)
        tried = (expression.match(text, one.start(), to + _LONGEST_TAIL) for one in begins)
        if match := next(filter(None, tried), None):
            done = match.end()
            yield match.span()


def _run_start(text: str, at: int) -> int:
    """Return where the capitalised words begin that stand right before a position."""
    while at > 1 and text[at - 1] == " ":
        word = _WORD_BEFORE.search(text, max(0, at - 40), at - 1)
        if word is None:
            break
        at = word.start()
    return at


def list_items(
    corpus: Corpus, told: Mapping[str, Cues], names: pl.DataFrame
) -> list[tuple[int, int]]:
    """Return the items of segments that are lists of names: at, to, in order.

    An item runs from comma to comma, without its determiner; commas and conjunctions inside
    ``names`` (spans found before: at, to) part nothing. In a list not the capitals but the commas
    say where a name ends, so a determiner in another language stays part of it.
    """
    parts = _ItemText(corpus.text, names)
    found: list[tuple[int, int]] = []
    commas = pl.Series(corpus.counts(corpus.points == ord(",")))
    lists = corpus.segments.select("language", "position", pl.col("end") - pl.col("start"))
    for language, start, length in lists.filter(commas + 1 >= _FEWEST_ITEMS).rows():
        cues = told[language]
        item = pattern(rf"(?:^|[,;]|(?<=\s){cues.any('conjunction')})\s*(?P<item>[^,;]+)")
        text = corpus.text[start : start + length]
        masked = parts.between(start, start + length)
        items = [_bare_item(masked, *match.span("item"), cues) for match in item.finditer(masked)]
        capitalised = [(at, to) for at, to in items if re.match(_WORD, text[at:to])]
        if len(capitalised) >= _FEWEST_CAPITALISED * len(items) >= _FEWEST_ITEMS * 0.8:
            found += [(start + at, start + to) for at, to in capitalised]
    return found


class _ItemText:
    """The text in which what lies inside a name parts no items."""

    def __init__(self, text: str, names: pl.DataFrame) -> None:
        self._text = text
        self._starts, self._ends = names["at"].to_list(), names["to"].to_list()

    def between(self, start: int, end: int) -> str:
        pieces: list[str] = []
        done = start
        inside = slice(bisect_left(self._starts, start), bisect_left(self._starts, end))
        for at, to in zip(self._starts[inside], self._ends[inside], strict=True):
            pieces += (self._text[done:at], FILL * (to - at))
            done = to
        return "".join((*pieces, self._text[done:end]))


def _bare_item(text: str, at: int, to: int, cues: Cues) -> tuple[int, int]:
    opener = pattern(rf"(?:{cues.any('conjunction')}\s+)?{cues.determiner()}").match(text, at, to)
    end = at + len(text[at:to].rstrip(" ."))
    return (opener.end() if opener else at), end


def _word(cues: Cues) -> str:
    """Match a capitalised word, without what only relates it to another ("-based")."""
    tails = "|".join(sorted(cues.words("compound_tail"))) or NEVER
    return _WORD.replace("(?:[&", rf"(?:(?!-(?:{tails})(?!\w))[&")


def adjective_of(cues: Cues) -> str:
    """Match a word that looks like an adjective behind its noun; never if the language has none."""
    endings = "|".join(sorted(cues.words("adjective_ending"), key=len, reverse=True))
    others = "|".join(sorted(cues.words("no_adjective")))
    if not endings:
        return NEVER
    return rf"(?:(?!(?:{others or NEVER})(?!\w))[a-zà-ÿ]{{2,}}(?:{endings})(?!\w))"


def _organisation(cues: Cues) -> re.Pattern[str]:
    """Head word, what stands before it, and the chain of connectors and names behind it.

    Behind an adjective the chain may go on in small letters: Agence nationale de sécurité.
    """
    head, word, adjective = cues.any("org_head"), _word(cues), adjective_of(cues)
    romance, last = cues.any("org_head_first"), cues.any("org_head_last")
    link = rf"{cues.any('connector')}\s?(?:{cues.any('determiner')}\s?|the\s)?"
    small = r"(?:[a-zà-ÿ][\w-]{2,}\s)"
    joined = rf"(?:,?\s(?:{cues.any('conjunction')}\s)?{cues.any('field_of_study')})*"
    named = rf"{link}{small}{{0,2}}{word}(?:\s(?:{cues.any('particle')}\s)?{word})*{joined}"
    small_word = r"[a-zà-ÿ]{4,}"
    plain = rf"{link}{small_word}(?:\s{link}{small_word}|\s{adjective})?"
    projects = cues.any("project_head")
    titled = "(?:" + "|".join(sorted(cue.title() for cue in cues.words("project_head"))) + ")"
    return pattern(
        rf"(?<!\w){romance}(?:\s{word})*(?:(?:\s{adjective}){{1,2}}(?:\s(?:{named}|{plain}))?"
        rf"(?:\s{named}){{0,2}}|\s{link}{small_word}\s{adjective}|(?:\s{named}){{1,3}}\s{adjective})"
        rf"|(?<!\w)(?:{word}\s){{1,4}}{last}(?:\s{named}){{0,3}}"
        rf"|(?<!\w)(?:{word}\s){{0,4}}{head}(?:\s{word})*(?:\s{named}){{0,3}}"
        rf"|{projects}\s{word}(?:\s{word})*|(?<!\w)(?:{word}\s)+{titled}",
        ignore_case=False,
    )


def _headed(cues: Cues) -> re.Pattern[str]:
    """Places and events by their head: Coppa delle Dolomiti, vallée de Swat, Swat valley."""
    word = _word(cues)
    names = rf"{word}(?:\s(?:{cues.any('particle')}\s|d')?{word})*"
    link = rf"{cues.any('connector')}\s?(?:{cues.any('determiner')}\s?)?"
    first, last = (cues.any(f"loc_head_{end}", f"event_head_{end}") for end in ("first", "last"))
    adjective = rf"(?:\s{adjective_of(cues)})?"
    return pattern(
        rf"(?<!\w){first}{adjective}\s(?:{link})?{names}"
        rf"|(?<!\w)(?:{word}\s)+{last}(?!\w)|(?<!\w){last}\sof\s(?:the\s)?{names}",
        ignore_case=False,
    )


_ACRONYM = re.compile(r"\s\((?P<letters>[A-ZÀ-Þ]{2,9})\)")
_INITIAL = re.compile(r"(?<![\w-])(?:[dlDL]')?(?P<initial>\w)[\w-]*")


def _expansions(corpus: Corpus) -> list[tuple[int, int]]:
    """Return the names whose initials an acronym in brackets behind them gives."""
    found = []
    brackets = np.flatnonzero(corpus.points == ord("("))
    acronyms = (_ACRONYM.match(corpus.text, at - 1) for at in brackets[brackets > 0].tolist())
    for match in filter(None, acronyms):
        begin = max(0, match.start() - 120)
        before = re.split(rf"[.;:,{GAP}()«»“”\"]", corpus.text[begin : match.start()])[-1]
        at = match.start() - len(before)
        words = list(_INITIAL.finditer(before))
        start = _first_word(words, match["letters"])
        if start is not None:
            found.append((at + start, match.start()))
    return found


def _first_word(words: list[re.Match[str]], letters: str) -> int | None:
    """Return where the last words begin whose initials are the letters, small words left out."""
    left = [_plain(letter) for letter in letters]
    for word in reversed(words):
        if left and _plain(word["initial"]) == left[-1]:
            left.pop()
            if not left:
                return word.start("initial") if word["initial"].isupper() else None
        elif len(word[0]) > _LONGEST_SMALL_WORD or word["initial"].isupper():
            return None
    return None


def _plain(letter: str) -> str:
    return normalize("NFD", letter)[0].upper()


_FIRST_WORD = re.compile(r"[\w.'-]+?(?=[\s']|$)'?")


@lru_cache(maxsize=32)
def _titles(cues: Cues) -> frozenset[str]:
    return frozenset().union(*map(cues.words, ("role", "honorific", "month", "weekday")))


def _without_openers(text: str, at: int, to: int, cues: Cues) -> tuple[int, int]:
    """Cut leading words that are no part of a name: grammar, roles, honorifics."""
    grammar, titles = cues.words("function_word"), _titles(cues)
    classes = cues.words("type_cue")
    while at < to:
        word = _FIRST_WORD.match(text[at:to])
        if word is None:
            break
        bare = word[0].rstrip("'").lower()
        alone = at + word.end() == to
        is_title = not alone and (bare in titles or (bare in classes and word[0].isupper()))
        small = not word[0][0].isupper() or word[0].endswith("'")
        is_grammar = bare in grammar and (alone or small or opening(text, at))
        if not is_title and not is_grammar:
            break
        at += word.end()
        at += len(text[at:to]) - len(text[at:to].lstrip())
    return at, to
