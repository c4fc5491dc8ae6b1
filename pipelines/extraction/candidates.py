"""Which spans may be mentions: one sweep over names, capitalised spans and items of lists.

Where spans overlap the longest wins, and a known name before a mere shape.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from pipelines.extraction.corpus import GAP, Corpus
from pipelines.extraction.cues import Cues, pattern
from pipelines.extraction.spans import list_items, name_spans


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may be a mention.

    ``known_type`` is the type the reference table gives the name; ``shape`` the rule that found
    it; ``opens`` says that a segment
    or quotation begins here, so that the capital proves nothing; ``nested`` that it lies inside a
    longer one; ``in_list`` that it is a whole item of a list of names.
    """

    at: int
    to: int
    known_type: str | None = None
    ambiguous: bool = False
    shape: str = "known"
    opens: bool = False
    nested: bool = False
    in_list: bool = False

    @property
    def rank(self) -> tuple[int, int, bool]:
        """Sort key: leftmost, longest, known first."""
        return self.at, -self.to, self.known_type is None


def candidates(corpus: Corpus, cues: Cues, names: pl.DataFrame) -> pl.DataFrame:
    """Return the fields of :class:`Candidate` as columns, with ``text``, in order of position.

    ``names`` has name, known_type, ambiguous.
    """
    known = [
        Candidate(at, to, known_type, ambiguous)
        for at, to, known_type, ambiguous in corpus.find_names(names["name"])
        .join(names, on="name")
        .select("at", "to", "known_type", "ambiguous")
        .rows()
    ]
    top_known = list(_longest(known))
    no_names = cues.words("stop_name") | cues.words("month") | cues.words("weekday")
    spans = [
        Candidate(at, to, shape=shape, opens=opens)
        for at, to, shape, opens in name_spans(corpus, cues).rows()
        if corpus.text[at:to].lower() not in no_names
    ]
    chosen = list(_longest([*known, *_not_merely_known(spans, top_known)]))
    items = dict(list_items(corpus, cues, [(one.at, one.to) for one in chosen]))
    opening = {span.at for span in spans if span.opens}
    every = list(_completed(corpus, chosen, known, items))
    every = [
        replace(one, opens=one.at in opening or _begins_segment(corpus.text, one.at))
        for one in every
    ]
    return pl.DataFrame(
        [(*_fields(one), corpus.text[one.at : one.to]) for one in every],
        schema=_SCHEMA,
        orient="row",
    )


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


def _fields(one: Candidate) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in _SCHEMA if name != "text")


def _begins_segment(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == GAP


def _longest(spans: list[Candidate]) -> Iterator[Candidate]:
    reached = 0
    for span in sorted(spans, key=lambda one: one.rank):
        if span.at >= reached:
            reached = span.to
            yield span


def _not_merely_known(spans: list[Candidate], known: list[Candidate]) -> Iterator[Candidate]:
    """Leave out capitalised spans that are only several known names in a row."""
    position = 0
    for span in sorted(spans, key=lambda one: one.rank):
        while position < len(known) and known[position].at < span.at:
            position += 1
        inside = 0
        while position + inside < len(known) and known[position + inside].to <= span.to:
            inside += 1
        if inside < 2 or span.shape != "plain":
            yield span


_PLACE_BEHIND = pattern(
    r"\s(?:de|di|of|von|van)\s(?:la\s|l')?(?P<place>[A-ZÀ-Þ][\w-]+)(?=\s*(?:[.,;:)\x00]|$))",
    ignore_case=False,
)
_ACRONYM = pattern(r"\s*\([\w*-]{2,10}\)", ignore_case=False)


def _completed(
    corpus: Corpus, chosen: list[Candidate], known: list[Candidate], items: dict[int, int]
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
        yield from _without_noun(corpus.text, one)
        place = _place_behind(corpus.text, one, starting)
        if place:
            yield replace(place, nested=True)
        for maker in starting.get(one.at, []):
            if one.known_type == "PRODUCT" and maker.known_type == "ORG" and maker.to < one.to:
                yield replace(maker, nested=True)
        whole = replace(one, to=max(one.to, place.to)) if place else one
        index = bisect_right(item_starts, one.at) - 1
        if index >= 0 and one.to <= items[item_starts[index]]:
            touched.add(item_starts[index])
            whole = _whole_item(corpus.text, whole, item_starts[index], items[item_starts[index]])
        yield whole
    for at in item_starts:
        if at not in touched:
            yield Candidate(at, items[at], in_list=True)


def _without_noun(text: str, one: Candidate) -> Iterator[Candidate]:
    """Yield the name alone where a common noun is taken in with it: "progetto ATOM"."""
    noun = re.match(r"[a-zà-ÿ]+\s(?=[A-ZÀ-Þ])", text[one.at : one.to])
    if noun and one.shape == "organisation":
        yield replace(one, at=one.at + noun.end(), shape="plain", nested=True)


def _place_behind(
    text: str, one: Candidate, starting: dict[int, list[Candidate]]
) -> Candidate | None:
    """Return the known place that says where a known organisation is, behind its name.

    The place may be part of a longer known name, if the name is known without it too.
    """
    for name in starting.get(one.at, []):
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
    return replace(one, at=item_at, to=to, in_list=True)
