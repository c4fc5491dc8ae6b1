"""Where a name may stand: capitalised spans, names of organisations, items of a list of names."""

import re
from bisect import bisect_left
from unicodedata import normalize

import polars as pl

from pipelines.extraction.corpus import FILL, GAP, Corpus
from pipelines.extraction.cues import NEVER, NOUNS_CAPITALISED, Cues, pattern

_UPPER = "A-ZÀ-ÖØ-ÞĀ-ŐŒ-ŠŸ-ŽÇ"
#: A capitalised word, with what may stand inside it: Fast.ai, A*STAR, Urbana-Champaign, AT&T,
#: O'Brien; or one that begins with small letters and goes on with capitals: iPhone, xAI.
_WORD = rf"(?:[OD]'[{_UPPER}]\w+|[{_UPPER}][\w*+]*(?:[&./+*-][\w*]*\w)*|\b[a-z]{{1,2}}[A-Z]\w+)"
#: A version behind a name (LLaMA 2, Python 3.12); not the number of a counted noun.
_VERSION = r"(?:\s\d{1,2}(?:\.\d{1,2})?(?![\w%.,]*\d)(?!\s?%))"
#: Items of a list of names: so many, so many of them capitalised.
_FEWEST_ITEMS, _FEWEST_CAPITALISED = 7, 0.8
#: Words an acronym may leave out: of, für, delle.
_LONGEST_SMALL_WORD = 5


def name_spans(corpus: Corpus, cues: Cues) -> pl.DataFrame:
    """Return candidate spans: at, to, shape (``organisation`` where a head word made it).

    Leading grammatical words, roles and honorifics are cut off; ``opens`` says whether a segment,
    a quotation or a clause after a colon begins with the span, so that its capital proves nothing.
    """
    plain = corpus.find(_plain(cues)).with_columns(shape=pl.lit("plain"))
    organisations = corpus.find(_organisation(cues)).with_columns(shape=pl.lit("organisation"))
    headed = corpus.find(_headed(cues)).with_columns(shape=pl.lit("headed"))
    spans = pl.concat([organisations, headed, plain])
    rows = [
        (*_without_openers(corpus.text, at, to, cues), at, shape) for at, to, shape in spans.rows()
    ] + [(at, to, at, "expansion") for at, to in _expansions(corpus)]
    schema = {"at": pl.Int64, "to": pl.Int64, "was_at": pl.Int64, "shape": pl.String}
    trimmed = pl.DataFrame(
        [row for row in rows if re.search(_WORD, corpus.text[row[0] : row[1]])],
        schema=schema,
        orient="row",
    )
    opens = [_opens(corpus.text, at) for at in trimmed["at"]]
    return trimmed.with_columns(
        opens=pl.Series(opens, dtype=pl.Boolean) & (pl.col("at") == pl.col("was_at"))
    ).drop("was_at")


def list_items(corpus: Corpus, cues: Cues, names: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the items of segments that are lists of names: at, to, in order.

    An item runs from comma to comma, without its determiner; commas and conjunctions inside
    ``names`` (spans found before) part nothing. In a list not the capitals but the commas say
    where a name ends, so a determiner in another language stays part of it.
    """
    item = pattern(rf"(?:^|[,;]|(?<=\s){cues.any('conjunction')})\s*(?P<item>[^,;]+)")
    parts = _ItemText(corpus.text, names)
    found: list[tuple[int, int]] = []
    for start, length in corpus.segments.select(
        "position", (pl.col("end") - pl.col("start")).alias("length")
    ).rows():
        text = corpus.text[start : start + length]
        if text.count(",") + 1 < _FEWEST_ITEMS:
            continue
        masked = parts.between(start, start + length)
        items = [_bare_item(masked, *match.span("item"), cues) for match in item.finditer(masked)]
        capitalised = [(at, to) for at, to in items if re.match(_WORD, text[at:to])]
        if len(capitalised) >= _FEWEST_CAPITALISED * len(items) >= _FEWEST_ITEMS * 0.8:
            found += [(start + at, start + to) for at, to in capitalised]
    return found


class _ItemText:
    """The text in which what lies inside a name parts no items."""

    def __init__(self, text: str, names: list[tuple[int, int]]) -> None:
        self._text, self._names = text, names
        self._starts = [at for at, _ in names]

    def between(self, start: int, end: int) -> str:
        pieces: list[str] = []
        done = start
        first = bisect_left(self._starts, start)
        for at, to in self._names[first : bisect_left(self._starts, end)]:
            pieces += (self._text[done:at], FILL * (to - at))
            done = to
        return "".join((*pieces, self._text[done:end]))


def _bare_item(text: str, at: int, to: int, cues: Cues) -> tuple[int, int]:
    opener = pattern(rf"(?:{cues.any('conjunction')}\s+)?{cues.determiner()}").match(text, at, to)
    end = at + len(text[at:to].rstrip(" ."))
    return (opener.end() if opener else at), end


def _plain(cues: Cues) -> re.Pattern[str]:
    word = _word(cues)
    particle = rf"(?:{cues.any('particle')}\s?){{1,2}}"
    if cues.language in NOUNS_CAPITALISED:
        particle = r"(?:von|van|de|da|di)\s"
    further = rf"(?:(?:\s{particle}|\s&\s|\sd'|\s){word})*"
    suffix = cues.any("org_suffix")
    return pattern(
        rf"(?<![\w'])(?<![\w]['.-]){word}{further}(?:{_VERSION}|,?\s{suffix})?"
        rf"|(?<=')(?<!\s'){word}{further}{_VERSION}?",
        ignore_case=False,
    )


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
    romance = cues.any("org_head_first")
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
    for match in _ACRONYM.finditer(corpus.text):
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
    left = [_bare(letter) for letter in letters]
    for word in reversed(words):
        if left and _bare(word["initial"]) == left[-1]:
            left.pop()
            if not left:
                return word.start("initial") if word["initial"].isupper() else None
        elif len(word[0]) > _LONGEST_SMALL_WORD or word["initial"].isupper():
            return None
    return None


def _bare(letter: str) -> str:
    return normalize("NFD", letter)[0].upper()


def _without_openers(text: str, at: int, to: int, cues: Cues) -> tuple[int, int]:
    """Cut leading words that are no part of a name: grammar, roles, honorifics."""
    grammar = cues.words("function_word")
    titles, classes = cues.words("role") | cues.words("honorific"), cues.words("type_cue")
    titles |= cues.words("month") | cues.words("weekday")
    while at < to:
        word = re.match(r"[\w.'-]+?(?=[\s']|$)'?", text[at:to])
        if word is None:
            break
        bare = word[0].rstrip("'").lower()
        alone = at + word.end() == to
        is_title = not alone and (bare in titles or (bare in classes and word[0].isupper()))
        small = not word[0][0].isupper() or word[0].endswith("'")
        is_grammar = bare in grammar and (alone or small or _opens(text, at))
        if not is_title and not is_grammar:
            break
        at += word.end()
        at += len(text[at:to]) - len(text[at:to].lstrip())
    return at, to


def _opens(text: str, at: int) -> bool:
    before = text[max(0, at - 3) : at].rstrip(" ")
    return not before or before[-1] in f'{GAP}«“„"‘:•*(–—' or before.endswith((" -", f"{GAP}-"))
