"""Which spans may be mentions: one sweep over names, capitalised spans and items of lists.

Where spans overlap the longest wins, and a known name before a mere shape.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import polars as pl

from pipelines.extraction.corpus import GAP, Corpus
from pipelines.extraction.cues import Cues, pattern
from pipelines.extraction.spans import list_items, name_spans


class Candidate(NamedTuple):
    """A span that may be a mention; candidates sort leftmost, longest, known first.

    ``known_type`` is the type the reference table gives the name; ``shape`` the rule that found
    it; ``opens`` says that a segment
    or quotation begins here, so that the capital proves nothing; ``nested`` that it lies inside a
    longer one; ``in_list`` that it is a whole item of a list of names.
    """

    at: int
    minus_to: int
    unknown: bool
    known_type: str
    ambiguous: bool = False
    shape: str = "known"
    opens: bool = False
    nested: bool = False
    in_list: bool = False

    @property
    def to(self) -> int:
        """Where the span ends."""
        return -self.minus_to


_SCHEMA = {
    "at": pl.Int64,
    "to": pl.Int64,
    "known_type": pl.String,
    "ambiguous": pl.Boolean,
    "shape": pl.String,
    "opens": pl.Boolean,
    "nested": pl.Boolean,
    "in_list": pl.Boolean,
    "text": pl.String,
}


def candidates(
    corpus: Corpus, cues: Cues, names: pl.DataFrame, heads: list[tuple[int, int]]
) -> pl.DataFrame:
    """Return what :class:`Candidate` tells as columns, with ``to`` and ``text``, by position.

    ``names`` are the known names in the corpus: at, to, known_type, ambiguous; ``heads`` where
    words stand that head names: at, to.
    """
    text = corpus.text
    known = sorted(
        Candidate(at, -to, unknown=False, known_type=type_, ambiguous=ambiguous)
        for at, to, type_, ambiguous in zip(
            *names.select("at", "to", "known_type", "ambiguous").to_dict(as_series=False).values(),
            strict=True,
        )
    )
    kinds = ("stop_name", "month", "weekday", "demonym", "inhabitant")
    no_names = frozenset().union(*map(cues.words, kinds))
    spans = [
        Candidate(at, -to, unknown=True, known_type="", shape=shape, opens=opens)
        for at, to, shape, opens in name_spans(corpus, cues, heads)
        if text[at:to].lower() not in no_names
    ]
    top_known = [-one.minus_to for one in _longest(known)]
    top_starts = [one.at for one in _longest(known)]
    chosen = list(
        _longest(sorted([*known, *_not_merely_known(text, spans, top_starts, top_known)]))
    )
    items = dict(list_items(corpus, cues, [(one.at, one.to) for one in chosen]))
    opening = {span.at for span in spans if span.opens}
    every = list(_completed(text, chosen, known, items))
    columns = list(zip(*every, strict=True)) if every else [()] * len(Candidate._fields)
    at, minus_to, _, known_type, ambiguous, shape, _, nested, in_list = columns
    to = [-one for one in minus_to]
    opens = [one in opening or one == 0 or text[one - 1] == GAP for one in at]
    texts = [text[begin:end] for begin, end in zip(at, to, strict=True)]
    return pl.DataFrame(
        [at, to, known_type, ambiguous, shape, opens, nested, in_list, texts], schema=_SCHEMA
    ).with_columns(known_type=pl.col("known_type").replace("", None))


def _longest(spans: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield the spans, sorted, that overlap none before them."""
    reached = 0
    for span in spans:
        if span[0] >= reached:
            reached = -span[1]
            yield span


def _not_merely_known(
    text: str, spans: list[Candidate], starts: list[int], ends: list[int]
) -> Iterator[Candidate]:
    """Leave out capitalised spans that are only several known names in a row."""
    for span in spans:
        if span.shape == "plain" and " " in text[span.at : span.to]:
            first = bisect_left(starts, span.at)
            if bisect_right(ends, span.to, first) - first >= 2:
                continue
        yield span


_PLACE_BEHIND = pattern(
    r"\s(?:de|di|of|von|van)\s(?:la\s|l')?(?P<place>[A-ZÀ-Þ][\w-]+)(?=\s*(?:[.,;:)\x00]|$))",
    ignore_case=False,
)
_ACRONYM = pattern(r"\s*\([\w*-]{2,10}\)", ignore_case=False)
_SMALL_NOUN = re.compile(r"[a-zà-ÿ]+\s(?=[A-ZÀ-Þ])")


def _completed(
    text: str, chosen: list[Candidate], known: list[Candidate], items: dict[int, int]
) -> Iterator[Candidate]:
    """Complete chosen spans, add what is nested in them, and items that no span has touched.

    A known organisation takes in the place behind it (``of Singapore``), and an item of a list
    its determiner and its acronym in brackets.
    """
    starting: dict[int, list[Candidate]] = {}
    for one in known:
        starting.setdefault(one.at, []).append(one)
    item_starts = sorted(items)
    touched: set[int] = set()
    for one in chosen:
        whole = one
        if one.shape == "organisation":
            yield from _without_noun(text, one)
        if one.at in starting:
            place = _place_behind(text, one, starting)
            if place:
                yield place._replace(nested=True)
                whole = one._replace(minus_to=min(one.minus_to, place.minus_to))
            for maker in starting[one.at]:
                made = one.known_type == "PRODUCT" and maker.known_type == "ORG"
                if made and maker.to < one.to:
                    yield maker._replace(nested=True)
        index = bisect_right(item_starts, one.at) - 1 if item_starts else -1
        if index >= 0 and one.to <= items[item_starts[index]]:
            touched.add(item_starts[index])
            whole = _whole_item(text, whole, item_starts[index], items[item_starts[index]])
        yield whole
    for at in item_starts:
        if at not in touched:
            yield Candidate(at, -items[at], unknown=True, known_type="", in_list=True)


def _without_noun(text: str, one: Candidate) -> Iterator[Candidate]:
    """Yield the name alone where a common noun is taken in with it: "progetto ATOM"."""
    noun = _SMALL_NOUN.match(text, one.at, one.to)
    if noun:
        yield one._replace(at=noun.end(), shape="plain", nested=True)


def _place_behind(
    text: str, one: Candidate, starting: dict[int, list[Candidate]]
) -> Candidate | None:
    """Return the known place that says where a known organisation is, behind its name.

    The place may be part of a longer known name, if the name is known without it too.
    """
    for name in starting[one.at]:
        if name.known_type != "ORG" or " " not in text[name.at : name.to]:
            continue
        behind = _PLACE_BEHIND.match(text, name.to)
        for place in starting.get(behind.start("place"), []) if behind else []:
            if place.known_type == "GPE" and behind and place.to == behind.end() >= one.to:
                return place
    return None


def _whole_item(text: str, one: Candidate, item_at: int, item_to: int) -> Candidate:
    if one.at != item_at and text[item_at : one.at] != "The ":
        return one
    rest = text[one.to : item_to]
    to = item_to if not rest or _ACRONYM.fullmatch(rest) else one.to
    return one._replace(at=item_at, minus_to=-to, in_list=True)
