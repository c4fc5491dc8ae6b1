"""Which spans may be mentions: one sweep over names, capitalised spans and items of lists.

Where spans overlap the longest wins, and a known name before a mere shape.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.extraction.corpus import SMALL, Corpus
from pipelines.extraction.cues import Cues, pattern
from pipelines.extraction.spans import list_items, name_spans


class Candidate(NamedTuple):
    """A span that may be a mention.

    ``known_type`` is the type the reference table gives the name; ``shape`` the rule that found
    it; ``nested`` says that it lies inside a longer one; ``in_list`` that it is a whole item of a
    list of names.
    """

    at: int
    to: int
    known_type: str | None
    ambiguous: bool | None
    shape: str = "known"
    nested: bool = False
    in_list: bool = False


_SCHEMA = {
    "at": pl.Int64,
    "to": pl.Int64,
    "known_type": pl.String,
    "ambiguous": pl.Boolean,
    "shape": pl.String,
    "nested": pl.Boolean,
    "in_list": pl.Boolean,
}
#: The columns of spans that lie neither in another nor in a list.
_PLAIN = list(Candidate._fields[:5])


#: Code points before the $ of a currency: Mex$, USD$.
_LONGEST_SIGN = 4
#: Words of these kinds are no names.
_NO_NAMES = ("stop_name", "month", "weekday", "demonym", "inhabitant")


def candidates(
    corpus: Corpus, told: Mapping[str, Cues], names: pl.DataFrame, heads: pl.DataFrame
) -> pl.DataFrame:
    """Return what :class:`Candidate` tells as columns, with ``to``, ``text`` and ``opens``, which
    says that a segment or quotation begins here, so that the capital proves nothing.

    ``told`` are the cues of each language; ``names`` the known names in the corpus: at, to, name,
    known_type, ambiguous; ``heads`` where words stand that head names: at, to, language.
    """
    names = names.filter(~_of_money(corpus, names))
    known = names.select(*_PLAIN[:4], shape=pl.lit("known"), text="name").sort(
        "at", "to", descending=[False, True]
    )
    spans = name_spans(corpus, told, heads)
    spans = spans.filter(~_of_money(corpus, spans))
    no_names = {
        language: frozenset().union(*map(cues.words, _NO_NAMES)) for language, cues in told.items()
    }
    languages = corpus.languages_at(spans["at"].to_numpy()).to_list()
    lower = spans["text"].str.to_lowercase().to_list()
    may_name = [
        text not in no_names[language] for text, language in zip(lower, languages, strict=True)
    ]
    spans = spans.filter(pl.Series(may_name, dtype=pl.Boolean))
    new = spans.filter(~_merely_known(spans, _longest(known))).select(
        "at", "to", pl.lit(None, pl.String).alias("known_type"), "shape", "text", ambiguous=False
    )
    chosen = _longest(
        pl.concat([known, new.select(known.columns)]).sort(
            "at", "to", pl.col("known_type").is_null(), "shape",
            descending=[False, True, False, False],
        )
    )  # fmt: skip
    whole = _completed(corpus, chosen, known, told)
    opening = np.union1d(spans.filter("opens")["at"].to_numpy(), corpus.positions)
    return whole.with_columns(pl.Series("opens", np.isin(whole["at"].to_numpy(), opening)))


def _of_money(corpus: Corpus, spans: pl.DataFrame) -> pl.Series:
    """Say of spans whether they are part of a currency's sign: HK$, US$."""
    behind = np.append(corpus.points, 0)[spans["to"].to_numpy()]
    is_short = spans["to"] - spans["at"] <= _LONGEST_SIGN
    return is_short & pl.Series(behind == ord("$"), dtype=pl.Boolean)


def _longest(spans: pl.DataFrame) -> pl.DataFrame:
    """Return the spans, sorted, that overlap none before them."""
    reached = 0
    kept = []
    for row, (at, to) in enumerate(zip(spans["at"].to_list(), spans["to"].to_list(), strict=True)):
        if at >= reached:
            reached = to
            kept.append(row)
    return spans[kept]


def _merely_known(spans: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Say of capitalised spans whether they are only several known names in a row."""
    first = known["at"].search_sorted(spans["at"], side="left")
    behind = known["to"].search_sorted(spans["to"], side="right")
    several = (behind.cast(pl.Int64) - first.cast(pl.Int64)) >= 2
    return (spans["shape"] == "plain") & spans["text"].str.contains(" ", literal=True) & several


_PLACE_BEHIND = pattern(
    r"\s(?:de|di|of|von|van)\s(?:la\s|l')?(?P<place>[A-ZÀ-Þ][\w-]+)(?=\s*(?:[.,;:)\x00]|$))",
    ignore_case=False,
)
_ACRONYM = pattern(r"\s*\([\w*-]{2,10}\)", ignore_case=False)
_SMALL_NOUN = re.compile(r"[a-zà-ÿ]+\s(?=[A-ZÀ-Þ])")


def _completed(
    corpus: Corpus, chosen: pl.DataFrame, known: pl.DataFrame, told: Mapping[str, Cues]
) -> pl.DataFrame:
    """Complete chosen spans, add what is nested in them, and items that no span has touched."""
    items = dict(list_items(corpus, told, chosen))
    starts, ends = np.array([*items, -1]), np.array([*items.values(), -1])
    place = starts[:-1].searchsorted(chosen["at"].to_numpy(), side="right") - 1
    in_item = chosen["to"].to_numpy() <= ends[place]
    is_changed = in_item | (chosen["shape"] == "organisation").to_numpy()
    is_changed |= _may_hold_another(corpus, chosen, known.filter(known_type="ORG"))
    of_item = pl.Series("item", np.where(in_item, starts[place], -1))
    changed = chosen.select(_PLAIN).hstack([of_item]).filter(is_changed)
    every = [*_changed(corpus.text, changed.rows(), known, items)]
    every += [
        Candidate(at, items[at], None, ambiguous=False, shape="known", in_list=True)
        for at in sorted(items.keys() - of_item.unique())
    ]
    texts = [corpus.text[one.at : one.to] for one in every]
    completed = pl.DataFrame(every, schema=_SCHEMA, orient="row").with_columns(
        pl.Series("text", texts, dtype=pl.String)
    )
    return pl.concat(
        [
            chosen.filter(~is_changed)
            .with_columns(nested=pl.lit(value=False), in_list=pl.lit(value=False))
            .select(completed.columns),
            completed,
        ]
    )


def _may_hold_another(
    corpus: Corpus, chosen: pl.DataFrame, organisations: pl.DataFrame
) -> NDArray[np.bool_]:
    """Say of spans whether a place may stand behind them, or they begin with their maker."""
    behind = np.append(corpus.of_class(SMALL), [False, False])[organisations["to"].to_numpy() + 1]
    at, starts = chosen["at"].to_numpy(), organisations["at"].to_numpy()
    made = (chosen["known_type"] == "PRODUCT").fill_null(value=False).to_numpy()
    held: NDArray[np.bool_] = np.isin(at, starts[behind]) | (made & np.isin(at, starts))
    return held


def _changed(
    text: str, rows: list[tuple[Any, ...]], known: pl.DataFrame, items: dict[int, int]
) -> Iterator[Candidate]:
    """Yield spans completed, and what is nested in them; each row says in which item it is last.

    A known organisation takes in the place behind it (``of Singapore``), and an item of a list
    its determiner and its acronym in brackets.
    """
    starting: dict[int, list[Candidate]] = {}
    parts = known.select(_PLAIN).filter(pl.col("known_type").is_in(["ORG", "GPE"])).get_columns()
    for name in map(Candidate, *map(pl.Series.to_list, parts)):
        starting.setdefault(name.at, []).append(name)
    for *columns, item in rows:
        whole = one = Candidate(*columns)
        if one.shape == "organisation":
            yield from _without_noun(text, one)
        place = _place_behind(text, one, starting)
        if place:
            yield place._replace(nested=True)
            whole = one._replace(to=max(one.to, place.to))
        for maker in starting.get(one.at, []):
            made = one.known_type == "PRODUCT" and maker.known_type == "ORG"
            if made and maker.to < one.to:
                yield maker._replace(nested=True)
        yield _whole_item(text, whole, item, items[item]) if item >= 0 else whole


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
    return one._replace(at=item_at, to=to, in_list=True)
