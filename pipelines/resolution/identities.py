"""Which names are one entity over all articles: forms looked up, judged, and joined.

Two names are one if they are spelt or translated alike, if the one is the other without a place, a
maker or a descriptor beside it, or if articles use the one as short for the other. What fits
several entities is joined to none and listed for review. A reviewer's judgement comes before all.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

import polars as pl
from rapidfuzz.distance import Indel

from pipelines.resolution.judgements import Judged
from pipelines.resolution.names import ATTESTED, BESIDE, MUTUAL, SCORES
from pipelines.resolution.namings import kind_of_bearer
from warehouse.contracts.frames import made_by

#: Likeness of two spellings that sound the same in all but one word.
_MISSPELT = 0.84
#: A form that so many names have is nobody's own, and trying all of them would cost its square.
_MOST_NAMES = 30
#: Share of the articles that use a short form for somebody in which it is the same one.
_UNANIMOUS = 0.9
#: Score and reason of a name that is joined to no other.
_OWN = (1.0, "its own name")


def core_names(
    core_name_uses: pl.DataFrame,
    core_shared_forms: pl.DataFrame,
    seed_entities: pl.DataFrame,
    seed_judgements: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_names``: names that are joined to others, or have rivals.

    Every other name is an entity of its own.
    """
    known = frozenset(seed_entities["entity_id"])
    pairs = _pairs(core_name_uses, core_shared_forms, known)
    joining = _Joining(known, Judged.of("entity", seed_judgements))
    joining.judged()
    joining.mutual(pairs.filter(pl.col("kind").is_in(MUTUAL)))
    joining.beside(pairs.filter(pl.col("kind").is_in(BESIDE)))
    joining.shorter(pairs.filter(~pl.col("kind").is_in([*MUTUAL, *BESIDE])))
    return joining.told().with_columns(**made_by("core_names", "resolver"))


def borne(
    before: pl.DataFrame, after: pl.DataFrame, core_entities: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return member and group of names that were known, before and after ``core_names`` changed.

    A name without a row is its own entity; it was known if ``core_entities``, as it was before,
    has it.
    """
    rows = pl.concat([before, after])
    ids = pl.concat([rows["name_id"], rows["entity_id"]]).unique().sort()
    names = pl.DataFrame({"member": ids})

    def groups(table: pl.DataFrame) -> pl.DataFrame:
        return names.join(
            table.select(member="name_id", group="entity_id"), on="member", how="left"
        ).with_columns(pl.col("group").fill_null(pl.col("member")))

    was_known = pl.col("member").is_in(before["name_id"].implode()) | pl.col("member").is_in(
        core_entities["entity_id"].implode()
    )
    return groups(before).filter(was_known), groups(after)


# -- which names could be one --------------------------------------------------------------


def _pairs(uses: pl.DataFrame, forms: pl.DataFrame, known: frozenset[str]) -> pl.DataFrame:
    """Return short_id, long_id, kind, beside, score, articles: names one of which is a form of the
    other; ``articles`` counts those that use the short for the long.
    """
    named = forms.with_columns(bearer=kind_of_bearer(pl.col("type")))
    own = (
        named.filter(pl.col("kind") == "name")
        .select("form", "bearer", "is_generic", short_id="name_id")
        .unique()
    )
    attested = (
        uses.filter(pl.col("name_id") != pl.col("full_id"))
        .group_by(short_id="name_id", long_id="full_id")
        .agg(articles=pl.col("articles").sum())
    )
    is_short = pl.col("kind").is_in(ATTESTED)
    one_sided = (
        named.filter(~pl.col("kind").is_in([*MUTUAL, "name"]))
        .select("form", "bearer", "kind", "beside", long_id="name_id")
        .join(own, on=["form", "bearer"])
        .filter(
            (pl.col("long_id") != pl.col("short_id"))
            & (
                ~pl.col("kind").is_in(BESIDE)
                | ~pl.col("is_generic")
                | pl.col("short_id").is_in(list(known))
            )
        )
        .join(attested, on=["short_id", "long_id"], how="left")
        .filter(
            ~is_short
            | (pl.col("bearer") == "person")
            | pl.col("articles").is_not_null()
        )
        .select("short_id", "long_id", "kind", "beside", "articles")
    )
    unexplained = attested.join(one_sided, on=["short_id", "long_id"], how="anti")
    pairs = pl.concat(
        [
            one_sided,
            _mutual(named.filter(pl.col("kind").is_in(MUTUAL))),
            unexplained.with_columns(kind=pl.lit("short form")),
        ],
        how="diagonal_relaxed",
    )
    return (
        pairs.with_columns(
            pl.col("articles").fill_null(0),
            pl.col("beside").fill_null(""),
            score=pl.col("kind").replace_strict(SCORES, return_dtype=pl.Float64),
        )
        .sort(
            ["short_id", "long_id", "score", "beside", "kind"],
            descending=[False, False, True, False, False],
        )
        .unique(["short_id", "long_id"], keep="first", maintain_order=True)
    )


def _mutual(forms: pl.DataFrame) -> pl.DataFrame:
    """Return pairs of names with one form; of misspellings only those that are alike."""
    shared = forms.filter(
        (pl.col("name_id").n_unique().over("form", "kind", "bearer") <= _MOST_NAMES)
        & (pl.col("name_id").n_unique().over("form", "kind", "bearer") > 1)
    )
    pairs = (
        shared.join(shared, on=["form", "kind", "bearer"], suffix="_right")
        .filter(pl.col("name_id") < pl.col("name_id_right"))
        .select("kind", "name", "name_right", short_id="name_id", long_id="name_id_right")
        .unique()
    )
    alike = [
        kind != "misspelling"
        or Indel.normalized_similarity(one.casefold(), other.casefold()) >= _MISSPELT
        for kind, one, other in pairs.select("kind", "name", "name_right").rows()
    ]
    return pairs.filter(pl.Series(alike, dtype=pl.Boolean)).select("kind", "short_id", "long_id")


# -- joining -------------------------------------------------------------------------------


@dataclass
class _Joining:
    """Groups of names that grow by pairs, the surest first, within what a reviewer has judged.

    ``entity`` is the group's id: its reference id, else that of its fullest name.
    """

    known: frozenset[str]
    judgements: Judged
    parent: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    reasons: dict[str, tuple[float, str]] = field(default_factory=dict)
    rivals: dict[str, list[str]] = field(default_factory=dict)

    def entity(self, name: str) -> str:
        while name in self.parent:
            name = self.parent[name]
        return name

    def told(self) -> pl.DataFrame:
        """Return name_id, entity_id, score, why, rivals and apart of all names that are not plainly
        their own.
        """
        apart = self.judgements.different()
        names = sorted({*self.parent, *self.rivals, *apart})
        reasons = [self.reasons.get(name, _OWN) for name in names]
        told = pl.DataFrame(
            {
                "name_id": pl.Series(names, dtype=pl.String),
                "entity_id": pl.Series([self.entity(name) for name in names], dtype=pl.String),
                "score": pl.Series([score for score, _ in reasons], dtype=pl.Float64),
                "why": pl.Series([why for _, why in reasons], dtype=pl.String),
            }
        )
        own = told.select("name_id", other="entity_id")
        for column, others in (
            ("rivals", self._entities(self.rivals).join(own, on=own.columns, how="anti")),
            ("apart", self._entities(apart)),
        ):
            listed = others.group_by("name_id").agg(pl.col("other").unique().sort().alias(column))
            told = told.join(listed, on="name_id", how="left", maintain_order="left").with_columns(
                pl.col(column).fill_null([])
            )
        return told

    def _entities(self, others: Mapping[str, Iterable[str]]) -> pl.DataFrame:
        pairs = [(name, self.entity(other)) for name, found in others.items() for other in found]
        return pl.DataFrame(pairs, schema=["name_id", "other"], orient="row").cast(pl.String)

    def judged(self) -> None:
        """Join what a reviewer called the same."""
        for group in self.judgements.groups():
            first = min(group, key=lambda name: (name not in self.known, name))
            for name in sorted(group - {first}):
                self._join(name, first, 1.0, "judged the same", by_judgement=True)

    def mutual(self, pairs: pl.DataFrame) -> None:
        """Join names that are spelt or translated alike, unless that would make two known one."""
        surest = pairs.sort(["score", "short_id", "long_id"], descending=[True, False, False])
        for left, right, kind, score in surest.select(
            "short_id", "long_id", "kind", "score"
        ).rows():
            one, other = self.entity(left), self.entity(right)
            if one != other:
                low, high = sorted((one, other), key=lambda name: (name in self.known, name))
                if low in self.known:
                    self._rival(left, right)
                else:
                    self._join(low, high, score, f"{kind} of {high}")

    def beside(self, pairs: pl.DataFrame) -> None:
        """Join names that say more of the same to it, unless what they say tells several apart."""
        longer: dict[str, list[tuple[str, str, str, float]]] = defaultdict(list)
        for short, long, kind, beside, score in pairs.sort("short_id", "long_id").select(
            "short_id", "long_id", "kind", "beside", "score"
        ).rows():
            longer[short].append((long, kind, beside, score))
        for short, found in sorted(longer.items()):
            if not _tell_apart({beside for _, _, beside, _ in found}):
                for long, kind, _, score in found:
                    self._aside(short, long, kind, score)
            else:
                self.rivals.setdefault(short, []).extend(long for long, *_ in found)

    def _aside(self, short: str, long: str, kind: str, score: float) -> None:
        one, other = self.entity(long), self.entity(short)
        if one == other:
            return
        if one in self.known and other in self.known:
            self._rival(short, long)
        elif one in self.known:
            self._join(other, one, score, f"{kind} beside the name in {long}")
        else:
            self._join(one, other, score, f"{kind} beside the name {short}")

    def shorter(self, pairs: pl.DataFrame) -> None:
        """Join each name to the one entity it is a form of, the longest names first."""
        longer: dict[str, list[tuple[str, str, float, int]]] = defaultdict(list)
        for short, long, kind, score, articles in pairs.select(
            "short_id", "long_id", "kind", "score", "articles"
        ).rows():
            longer[short].append((long, kind, score, articles))
        apart = self.judgements.different()
        for short in _longest_first(longer):
            self._shorter(short, longer[short], apart.get(short, ()))

    def _shorter(
        self, short: str, candidates: Iterable[tuple[str, str, float, int]], apart: Container[str]
    ) -> None:
        fits: dict[str, list[tuple[str, float, int]]] = defaultdict(list)
        for long, kind, score, articles in candidates:
            if long not in apart:
                fits[self.entity(long)].append((kind, score, articles))
        fits.pop(self.entity(short), None)
        chosen = _chosen(fits)
        if chosen is None:
            self.rivals.setdefault(short, []).extend(fits if len(fits) > 1 else ())
            return
        kind, score, _ = max(fits[chosen], key=itemgetter(1))
        own = self.entity(short)
        if own in self.known and chosen in self.known:
            self._rival(short, chosen)
        elif own in self.known:
            self._join(chosen, own, score, f"{kind}: fuller name of {own}")
        else:
            self._join(own, chosen, score, f"{kind} of {chosen}")

    def _rival(self, one: str, other: str) -> None:
        self.rivals.setdefault(one, []).append(other)

    def _join(
        self, name: str, into: str, score: float, why: str, *, by_judgement: bool = False
    ) -> None:
        ours = self.members.get(name, [name])
        theirs = self.members.setdefault(into, [into])
        if not by_judgement and not self.judgements.allows(ours, theirs):
            return
        self.parent[name] = into
        theirs.extend(ours)
        self.members.pop(name, None)
        self.reasons[name] = (score, why)


def _longest_first(longer: Mapping[str, list[tuple[str, str, float, int]]]) -> list[str]:
    """Return short names so that what is itself short for another comes after that one."""
    done: dict[str, int] = {}

    def depth(name: str, above: frozenset[str]) -> int:
        if name not in done:
            deeper = [
                depth(long, above | {name}) + 1
                for long, *_ in longer.get(name, ())
                if long not in above
            ]
            done[name] = max(deeper, default=0)
        return done[name]

    # Most are short for names that are short for none: there is no chain to follow.
    chained = [
        name
        for name, found in longer.items()
        if not longer.keys().isdisjoint([long for long, *_ in found])
    ]
    for name in sorted(chained):
        depth(name, frozenset({name}))
    return sorted(longer, key=lambda name: (done.get(name, 1), name))


def _chosen(fits: Mapping[str, list[tuple[str, float, int]]]) -> str | None:
    """Return the one entity a name fits: by what articles say, else by its form alone."""
    if not fits:
        return None
    said = {entity: sum(fit[2] for fit in found) for entity, found in fits.items()}
    total = sum(said.values())
    if total:
        # Of persons, also who bears the family name without an article that says so.
        if not all(said.values()):
            return None
        best = max(said, key=said.__getitem__)
        return best if said[best] >= _UNANIMOUS * total else None
    believed = {
        entity for entity, found in fits.items() if any(fit[0] not in ATTESTED for fit in found)
    }
    return believed.pop() if len(fits) == 1 and believed else None


def _tell_apart(beside: set[str]) -> bool:
    """Say whether places or makers are of several: two countries, two cities, two companies."""
    countries = {one for one in beside if one.startswith("territory-")}
    return len(countries) > 1 or len(beside - countries - {""}) > 1
