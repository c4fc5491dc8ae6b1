"""Where a name may stand: capitalised spans, names of organisations, items of a list of names."""

import re
from bisect import bisect_left

import polars as pl

from pipelines.extraction.corpus import FILL, GAP, Corpus
from pipelines.extraction.cues import Cues, pattern

_UPPER = "A-ZÀ-ÖØ-ÞĀ-ŐŒ-ŠŸ-ŽÇ"
#: A capitalised word, with what may stand inside it: Fast.ai, A*STAR, Urbana-Champaign, AT&T,
#: O'Brien; or one that begins with small letters and goes on with capitals: iPhone, xAI.
_WORD = (
    rf"(?:[OD]'[{_UPPER}]\w+|[{_UPPER}][\w*+]*(?:[&./+*-][\w*]*\w)*|\b[a-z]{{1,2}}[A-Z]\w+)"
)
#: A version behind a name (LLaMA 2, Python 3.12); not the number of a counted noun.
_VERSION = r"(?:\s\d{1,2}(?:\.\d{1,2})?(?![\w%.,]*\d)(?!\s?%))"
#: Languages that put adjectives behind nouns, so that one may part a head word from its "of".
_ADJECTIVE_BEHIND = ("it", "fr", "es", "pt")
#: Items of a list of names: so many, so many of them capitalised.
_FEWEST_ITEMS, _FEWEST_CAPITALISED = 7, 0.8


def name_spans(corpus: Corpus, cues: Cues) -> pl.DataFrame:
    """Return candidate spans: at, to, shape (``organisation`` where a head word made it).

    Leading grammatical words, roles and honorifics are cut off; ``opens`` says whether a segment,
    a quotation or a clause after a colon begins with the span, so that its capital proves nothing.
    """
    plain = corpus.find(_plain(cues)).with_columns(shape=pl.lit("plain"))
    organisations = corpus.find(_organisation(cues)).with_columns(shape=pl.lit("organisation"))
    spans = pl.concat([organisations, plain])
    rows = [
        (*_without_openers(corpus.text, at, to, cues), at, shape)
        for at, to, shape in spans.rows()
    ]
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
        items = [
            _bare_item(masked, *match.span("item"), cues) for match in item.finditer(masked)
        ]
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
        pieces, done = [], start
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
    particles = cues.any("particle")
    suffix = cues.any("org_suffix")
    return pattern(
        rf"(?<![\w'])(?<![\w]['.-])(?:{_WORD})"
        rf"(?:(?:\s(?:{particles}\s?){{1,2}}|\s&\s|\s){_WORD})*(?:{_VERSION}|,?\s{suffix})?"
        rf"|(?<=')(?:{_WORD})(?:(?:\s(?:{particles}\s?){{1,2}}|\s&\s|\s){_WORD})*{_VERSION}?",
        ignore_case=False,
    )


def _organisation(cues: Cues) -> re.Pattern[str]:
    """Head word, what stands before it, and the chain of connectors and names behind it."""
    head = cues.any("org_head")
    links = cues.any("connector")
    small = r"(?:[a-zà-ÿ][\w-]{2,}\s)"
    adjective = rf"{small}?" if cues.language in _ADJECTIVE_BEHIND else ""
    link = rf"{links}\s?(?:{cues.any('determiner')}\s?|the\s)?"
    fields = cues.any("field_of_study")
    joined = rf"(?:,?\s(?:{cues.any('conjunction')}\s)?{fields})*"
    return pattern(
        rf"(?<![\w])(?:{_WORD}\s){{0,4}}{head}(?:\s{_WORD})*"
        rf"(?:\s{adjective}{link}{small}{{0,2}}{_WORD}(?:\s(?:{cues.any('particle')}\s)?{_WORD})*"
        rf"{joined}){{0,3}}"
        rf"|{cues.any('project_head')}\s(?:{_WORD})(?:\s{_WORD})*"
        rf"|(?<![\w])(?:{_WORD}\s)+(?i:{cues.any('project_head')})",
        ignore_case=False,
    )


def _without_openers(text: str, at: int, to: int, cues: Cues) -> tuple[int, int]:
    """Cut leading words that are no part of a name: grammar, roles, honorifics."""
    grammar = cues.words("function_word")
    titles = cues.words("role") | cues.words("honorific") | cues.words("stop_name")
    titles |= cues.words("month") | cues.words("weekday")
    while at < to:
        word = re.match(r"[\w.'-]+?(?=[\s']|$)'?", text[at:to])
        if word is None:
            break
        bare = word[0].rstrip("'").lower()
        alone = at + word.end() == to
        if bare in titles and not alone:
            pass
        elif bare in grammar and (alone or not word[0].isupper() or word[0].endswith("'")):
            pass
        else:
            break
        at += word.end()
        at += len(text[at:to]) - len(text[at:to].lstrip())
    return at, to


def _opens(text: str, at: int) -> bool:
    before = text[max(0, at - 3) : at].rstrip(" ")
    return not before or before[-1] in f"{GAP}«“„\"‘:•*(" or before.endswith(("- ", "\n-"))
