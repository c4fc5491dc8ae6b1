"""Segments with their mentions masked, so that rules speak of mentions and not of names."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from pipelines.extraction.corpus import GAP, Corpus, all_languages, marked
from pipelines.extraction.cues import NOUNS_CAPITALISED, Cues, cues_of, pattern
from pipelines.extraction.scanning import NEVER, lowered, words_at

_CONTEXT = 60
#: The columns of a ``Mention``.
_MENTION = ("at", "to", "mention_id", "masked_as", "surface")


class Mention(NamedTuple):
    """A mention at the top level; ``mark`` is what it is masked as."""

    at: int
    to: int
    mention_id: str
    mark: str
    surface: str


@dataclass(frozen=True)
class Masked:
    """One language's segments, masked, with the mentions that lie at the top level.

    ``mentions`` has mention_id, article_id, segment_id, surface, type, masked_as, at, to in order
    of position; ``masked_as`` is GROUP for organisations that have members. Where these are not
    marked, ``unmasked`` is the text by which ``last_before`` tells them.
    """

    corpus: Corpus
    cues: Cues
    mentions: pl.DataFrame
    unmasked: str | None = None
    _groups: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    _begun: dict[tuple[str, ...], list[int]] = field(default_factory=dict, repr=False)
    _anchored: dict[str, set[int]] = field(default_factory=dict, repr=False)
    _cued: dict[str, set[int]] = field(default_factory=dict, repr=False)

    @property
    def group(self) -> str:
        """Match a group by name or as "the alliance", in the regex group ``group``."""
        anaphor = (
            rf"{self.cues.any('determiner')}\s?(?:[\w-]+\s){{0,2}}?{self.cues.any('group_noun')}"
            rf"(?!\s[{chr(0xE001)}-{chr(0xE007)}])"
        )
        return rf"(?P<group>{marked('GROUP')}|{anaphor})"

    def enumeration(self, *types: str) -> str:
        """Match one or several mentions of the types, joined by commas and conjunctions."""
        cues = self.cues
        conjunction = rf"{cues.any('conjunction')}\s?(?:{cues.any('by')}\s?)?"
        endings = "|".join(sorted(cues.words("adjective_ending"), key=len, reverse=True)) or NEVER
        what = rf"(?:{cues.any('org_noun', 'type_cue')}\s|[a-zà-ÿ]{{2,}}(?:{endings})\s)"
        based = rf"(?:{marked('GPE')}-[a-z]+\s)?"
        item = (
            rf"{cues.determiner()}{based}{what}{{0,2}}[«“\"‘]?{marked(*types)}[»”\"’]?"
            rf"(?:\s\([^()]{{1,20}}\))?"
        )
        return rf"(?<!\w){item}(?:(?:\s?,\s?(?:{conjunction})?|\s{conjunction}){item})*"

    def mention_at(self, at: int | None) -> str | None:
        """Return the mention that begins at a position."""
        begins, _, ids, *_ = self._columns
        index = len(ids) if at is None else bisect_left(begins, at)
        return ids[index] if index < len(ids) and begins[index] == at else None

    def mentions_within(self, at: int, to: int) -> list["Mention"]:
        """Return the mentions between two positions, in order."""
        begins, *_ = self._columns
        first, last = bisect_left(begins, at), bisect_left(begins, to)
        rows = zip(*(column[first:last] for column in self._columns), strict=True)
        return [one for one in map(Mention._make, rows) if one.to <= to]

    @cached_property
    def _columns(self) -> list[list[Any]]:
        return [self.mentions[name].to_list() for name in _MENTION]

    @cached_property
    def small(self) -> str:
        """The masked text in small letters."""
        return lowered(self.corpus.text)

    @cached_property
    def _edges(self) -> np.ndarray:
        """Where segments begin, and where one behind the last would."""
        return np.array([*self.corpus.positions, len(self.corpus.text) + len(GAP)])

    @cached_property
    def _starts(self) -> dict[str, list[int]]:
        """Where mentions of each mark begin, in order."""
        starts = self.mentions.group_by("masked_as").agg("at")
        return dict(starts.rows())

    def naming_groups(self) -> "Masked":
        """Return what is masked of the articles that name a group."""
        wanted = pl.col("article_id").is_in(
            self.mentions.filter(masked_as="GROUP")["article_id"].unique().implode()
        )
        lengths = pl.Series(np.diff(self._edges))
        kept = self.corpus.segments.with_columns(length=lengths).filter(wanted)
        placed = kept.with_columns(position=pl.col("length").cum_sum() - pl.col("length"))
        was, now = kept["position"].to_numpy(), placed["position"].to_numpy()
        text = self.corpus.text
        ends = (was + kept["length"].to_numpy() - len(GAP)).tolist()
        pieces = [text[at:to] for at, to in zip(was.tolist(), ends, strict=True)]
        mentions = self.mentions.filter(wanted)
        index = np.searchsorted(was, mentions["at"].to_numpy(), side="right") - 1
        by = pl.Series((now - was)[index], dtype=pl.Int64)
        return Masked(
            Corpus(self.corpus.language, GAP.join(pieces), placed.drop("length")),
            self.cues,
            mentions.with_columns(pl.col("at") + by, pl.col("to") + by),
        )

    def cues_at(self, *kinds: str) -> list[int]:
        """Return where cues of the kinds begin, in order."""
        cue, text = pattern(self.cues.any(*kinds)), self.corpus.text
        return [at for at in self.begun(*kinds) if cue.match(text, at)]

    def begun(self, *kinds: str) -> list[int]:
        """Return where the first words of cues of the kinds stand, in order."""
        if kinds not in self._begun:
            self._begun[kinds] = words_at(self.small, self.cues.openers(*kinds)).tolist()
        return self._begun[kinds]

    def look_for(self, *kinds: str) -> None:
        """Look for the cues of all kinds that ``stretches`` will be asked for, in one scan."""
        self._anchored.update({kind: set() for kind in kinds})
        anchors = self.cues.anchored(*kinds)
        at = words_at(self.small, anchors.words)
        segments = np.searchsorted(self._edges, at, side="right") - 1
        for position, segment in zip(at.tolist(), segments.tolist(), strict=True):
            for kind in anchors.kinds_at(self.small, position):
                self._anchored[kind].add(segment)

    def stretches(self, *kinds: str) -> list[tuple[int, int]]:
        """Return the segments in which a cue of the kinds stands, as positions, in order.

        Each begins with the gap before it.
        """
        inside = sorted(set().union(*map(self._holding, kinds)))
        edges = self._edges[inside], self._edges[[one + 1 for one in inside]]
        return [
            (max(start - len(GAP), 0), behind - len(GAP))
            for start, behind in zip(*(edge.tolist() for edge in edges), strict=True)
        ]

    def _holding(self, kind: str) -> set[int]:
        """Return which segments hold a cue of a kind."""
        if kind not in self._cued:
            if kind not in self._anchored:
                self.look_for(kind)
            cue, edges = pattern(self.cues.any(kind)), self._edges
            self._cued[kind] = {
                one
                for one in self._anchored[kind]
                if cue.search(self.corpus.text, int(edges[one]), int(edges[one + 1]) - len(GAP))
            }
        return self._cued[kind]

    def last_before(self, at: int, *types: str) -> int | None:
        """Return where the last mention before a position, in its article, begins.

        The first of the types that has one decides; GROUP is one of them, marked or not.
        """
        for type_ in types:
            told_apart = type_ in ("ORG", "GROUP") and self.unmasked is not None
            starts = self._starts.get("ORG" if told_apart else type_, [])
            index = bisect_left(starts, at) - 1
            while index >= 0 and self._is_one_article(starts[index], at):
                if not told_apart or self.is_group(starts[index]) == (type_ == "GROUP"):
                    return starts[index]
                index -= 1
        return None

    def is_group(self, at: int) -> bool:
        """Say whether the organisation whose mention begins at a position has members; for text in
        which groups are not marked.
        """
        place, surface = self.corpus.place(at), self._columns[-1][bisect_left(self._columns[0], at)]
        if place.article_id not in self._groups:
            rules, text = _group_rules(self.cues), self.unmasked or ""
            self._groups[place.article_id] = frozenset(
                one.surface
                for one in self.mentions_within(*self.corpus.article(place))
                if one.mark == "ORG" and rules.tell(text, one.at, one.to, one.surface)
            )
        return surface in self._groups[place.article_id]

    def _is_one_article(self, at: int, other: int) -> bool:
        return self.corpus.place(at).article_id == self.corpus.place(other).article_id

    def antecedent(self, at: int, type_: str) -> int | None:
        """Return where the last mention of a type before a position, in its article, begins.

        Where none stands before, the first of the article is taken.
        """
        before = self.last_before(at + 1, type_)
        starts = self._starts.get(type_, [])
        behind = bisect_right(starts, at)
        if before is None and behind < len(starts) and self._is_one_article(starts[behind], at):
            return starts[behind]
        return before


def masked_segments(
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_mentions: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
    *,
    groups: bool = True,
) -> Iterator[Masked]:
    """Yield the masked segments of each language of a batch.

    Without ``groups`` no organisation is masked as one, which takes half the time.
    """
    corpus = all_languages(core_segments, core_languages)
    if not corpus.stretches:
        return
    known = cues_of(seed_cue_words, [language for language, _, _ in corpus.stretches])
    mentions = _top_level(corpus, core_mentions).with_columns(masked_as="type")
    if groups:
        mentions = _with_groups(corpus, known, mentions)
    for part, words, (language, begin, _) in zip(
        corpus.parts(), known, corpus.stretches, strict=True
    ):
        own = mentions.filter(language=language).with_columns(pl.col("at", "to") - begin)
        yield Masked(part.masked(own), words, own, None if groups else part.text)


def _top_level(corpus: Corpus, mentions: pl.DataFrame) -> pl.DataFrame:
    """Return mentions with their positions, in order, without those nested in longer ones."""
    by = pl.col("position") - pl.col("start")
    placed = (
        mentions.join(corpus.segments.select("segment_id", "language", by=by), on="segment_id")
        .select(
            *("mention_id", "article_id", "segment_id", "surface", "type", "language"),
            at=pl.col("start") + pl.col("by"),
            to=pl.col("end") + pl.col("by"),
        )
        .sort("at", "to", descending=[False, True])
    )
    return placed.filter(pl.col("at") >= pl.col("to").cum_max().shift(1, fill_value=0))


def _with_groups(corpus: Corpus, known: list[Cues], mentions: pl.DataFrame) -> pl.DataFrame:
    """Mark organisations that have members: by name, or because the text says so.

    ``known`` are the cues of each language, in order.
    """
    whose = pl.concat_str("language", "article_id", "surface", separator=GAP)
    organisations = mentions.filter(type="ORG")
    told = [
        _told_as_group(part.text, words, organisations.filter(language=part.language), begin)
        for part, words, (_, begin, _) in zip(
            corpus.parts(), known, corpus.stretches, strict=True
        )
    ]
    groups = organisations.filter(np.concatenate(told)).select(whose)
    is_group = (pl.col("type") == "ORG") & whose.is_in(groups.to_series().implode())
    mark = pl.when(is_group).then(pl.lit("GROUP")).otherwise("type")
    return mentions.with_columns(masked_as=mark)


def _told_as_group(text: str, words: Cues, named: pl.DataFrame, begin: int) -> np.ndarray:
    """Say of each organisation whether it is named or called a group where it stands.

    ``begin`` is where the text of their language begins.
    """
    kinds = ("group_name", "group_noun", "founded", "member_of", "not_member")
    anchors = words_at(lowered(text), words.anchors(*kinds))
    at, to = (named[end].to_numpy() - begin for end in ("at", "to"))
    edges = (at - _CONTEXT, to + _CONTEXT)
    is_near = np.less(*(np.searchsorted(anchors, edge) for edge in edges))
    rules, told = _group_rules(words), np.zeros(named.height, dtype=np.bool_)
    near = (at[is_near].tolist(), to[is_near].tolist(), named["surface"].filter(is_near))
    told[is_near] = [rules.tell(text, *one) for one in zip(*near, strict=True)]
    return told


class _GroupRules(NamedTuple):
    """What a group's name holds, what calls it one before its name, and what behind it."""

    name: re.Pattern[str]
    before: re.Pattern[str]
    behind: re.Pattern[str]

    def tell(self, text: str, at: int, to: int, surface: str) -> bool:
        """Say whether a text names or calls the organisation between two positions a group."""
        return bool(
            self.name.search(surface)
            or self.behind.match(text, to, to + _CONTEXT)
            or self.before.search(text, max(0, at - _CONTEXT), at)
        )


@lru_cache(maxsize=32)
def _group_rules(words: Cues) -> _GroupRules:
    no_alliances = ("group", "community", "organization", "agreement")
    alliances = "|".join(
        cue for cue, value in words.values("group_noun").items() if value not in no_alliances
    )
    case = "(?i:" if words.language in NOUNS_CAPITALISED else "(?-i:"
    noun = rf"\b{case}{alliances or NEVER})\b"
    between = rf"(?:\s(?:{words.any('called')}|[^\W\d_]+(?:al|ale|le|an|no|na|ne|nal)))?"
    founded = rf"{words.any('founded')}(?:\s\w+\s\d{{4}})?\s{words.any('by')}"
    determiner = words.any("determiner")
    return _GroupRules(
        pattern(words.any("group_name"), ignore_case=False),
        pattern(
            rf"{noun}{between}\s[«“\"‘']?\Z"
            rf"|{words.any('member_of', 'not_member')}\s?{words.determiner()}\Z"
        ),
        pattern(
            rf"[»”\"’']?\s?,?\s{determiner}\s?(?:[\w-]+\s){{0,2}}{noun}"
            rf"|[^.;\x00]{{0,25}}\b{founded}"
        ),
    )
