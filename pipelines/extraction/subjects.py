"""Of whom a number is said: the mention that stands where the subject of a quantity does.

What is counted tells the types its subject may have, best first. Among mentions of these types
the place in the sentence decides, the surest sign first: what the counted noun is bound to
("the members of X", "X's 40 plants"); of whom a number at the head of the sentence is said ("with
40 plants, X is ..."); the subject of the clause; whose that is ("the budget of X"); who did it
("sold by X"). The dead, the homeless and the inhabitants are those of a place, wherever in the
sentence it is named. Where two names stand in one place, neither is taken.
"""

import re

from pipelines.extraction.corpus import MENTION, Place
from pipelines.extraction.cues import pattern
from pipelines.extraction.masking import Masked, Mention
from pipelines.extraction.scanning import either
from pipelines.extraction.standing import OWNER, PLACES, SUBJECT, Standing, Standings

#: In place of types: a share, a measure or a number of what no table knows may be said of anything.
ANY = ("any",)
#: Those who have, get or pay a sum of money.
SUM_OF = ("ORG", "EVENT", "PRODUCT", "GPE")
#: Code points before a number in which its owner may stand, and those behind it in which "the
#: alliance" may that it is said of.
_BEFORE, _AHEAD = 40, 160


class Subjects:
    """Finds the mentions of a masked text that quantities are said of."""

    def __init__(self, masked: Masked) -> None:
        cues = masked.cues
        self._masked, self._text = masked, masked.corpus.text
        self._standings = Standings(masked)
        self._links = cues.values("preposition")
        bound = either(link for link, value in self._links.items() if value)
        kind = rf"(?:{cues.any('org_noun', 'group_noun', 'type_cue')}\s)?"
        word = rf"(?!{cues.any('function_word')}(?!\w))[a-zà-ÿ][\w-]*"
        named = rf"{cues.determiner()}{kind}[«“\"‘']?(?P<name>{MENTION})"
        self._complement = pattern(rf"(?:\s{word})?\s(?P<link>{bound})(?:\s|(?<=')){named}")
        self._agent = pattern(rf"(?:\s[^\s.;:,()\x00]+){{0,4}}?\s{cues.any('by')}\s?{named}")
        self._owner = pattern(rf"(?P<name>{MENTION})['’]s?\s(?:{word}\s){{0,2}}$")
        self._with = pattern(rf"{cues.any('sentence_with')}\s{cues.determiner()}")
        self._of_it = pattern(rf"[^,;:\x00]{{0,60}},\s{named}")
        self._clause = pattern(rf"[;:]|\s[–—]\s|[\s,]{cues.any('clause_lead')}\s")
        self._begins = pattern(rf",\s{cues.determiner()}$")
        self._says = pattern(rf"\s{cues.any('speech_verb')}")
        self._group = pattern(masked.group)
        self._uses: dict[str, list[list[Mention]]] = {}

    def of(
        self,
        place: Place,
        at: int,
        to: int,
        types: tuple[str, ...],
        since: int,
        *,
        only_bound: bool = False,
        may_be_meant: bool = True,
    ) -> str | None:
        """Return the subject, of the types, of a number that stands between two positions.

        ``since`` is where the number before it ends. With ``only_bound`` nothing is taken but what
        the counted noun is bound to; ``may_be_meant`` is what only the article tells.
        """
        start = place.position
        if PLACES.issuperset(types):
            return self._of_place(place, to, types)
        if only_bound:
            bound = self._bound(start, at, to, types)
            return bound.mention_id if bound else None
        found = (
            (self._group_named(start, at) if types[0] == "GROUP" else None)
            or self._bound(start, at, to, types)
            or self._behind_with(start, at, to, types)
            or self._in_clause(start, at, types, since)
            or self._mention(self._agent.match(self._text, to), types)
        )
        if found is None and may_be_meant:
            return self._spoken_of(place, at, to, types)
        return found.mention_id if found else None

    def _bound(self, start: int, at: int, to: int, types: tuple[str, ...]) -> Mention | None:
        """Return what a counted noun is bound to: the members of X, X's members."""
        lead = max(start, at - _BEFORE)
        if self._text.find("'", lead, at) >= 0:
            owner = self._owner.search(self._text, lead, at)
            if owner:
                return self._mention(owner, types)
        bound = None if types == SUM_OF else self._complement.match(self._text, to)
        if bound is None:
            return None
        is_own = bound.start("link") == to + 1 and self._links[bound["link"].lower()] == "of"
        if types == ANY and not is_own:
            return None  # 50 miles north of X
        return self._mention(bound, types)

    def _mention(self, found: re.Match[str] | None, types: tuple[str, ...]) -> Mention | None:
        """Return the mention that was found by name, if it fits."""
        named = self._masked.mentions_within(*found.span("name")) if found else []
        return named[0] if named and self._fits(named[0], types) else None

    def _fits(self, one: Mention, types: tuple[str, ...]) -> bool:
        """Say whether a mention is of one of the types; a group is an organisation with members."""
        if types == ANY or one.mark in types:
            return True
        return one.mark == "ORG" and "GROUP" in types and self._masked.is_group(one.at)

    def _behind_with(self, start: int, at: int, to: int, types: tuple[str, ...]) -> Mention | None:
        """Return of whom a number at the head of a sentence is said: with 40 plants, X is ..."""
        if at - start > _BEFORE or not self._with.fullmatch(self._text, start, at):
            return None
        return self._mention(self._of_it.match(self._text, to), types)

    def _in_clause(
        self, start: int, at: int, types: tuple[str, ...], since: int
    ) -> Mention | None:
        """Return the subject of the clause a number stands in, or its owner."""
        standing = self._standings.before(start, at)
        if standing and at - standing[-1].mention.to <= 1 and not self._text[at].isalnum():
            standing = standing[:-1]  # US $ 29
        for rank in (SUBJECT, OWNER):
            ranked = [one for one in standing if one.rank == rank]
            fitting = [one for one in ranked if self._fits(one.mention, types)]
            if types == ANY:
                fitting = [one for one in fitting if not self._only_says(one.mention, start, at)]
            if fitting:
                return _only(self._nearest_clause(fitting, start, at, since))
        return None

    def _only_says(self, one: Mention, start: int, at: int) -> bool:
        """Say whether a person may be but the source of what is said of something unnamed."""
        if one.mark != "PERSON":
            return False
        return one.at > start or self._says.search(self._text, one.to, at) is not None

    def _nearest_clause(
        self, standing: list[Standing], start: int, at: int, since: int
    ) -> list[Standing]:
        """Return those of several mentions that stand in the clause of a number, if any do."""
        if len(standing) == 1:
            return standing
        edges = {since, *(edge.start() for edge in self._clause.finditer(self._text, start, at))}
        edges.update(one.mention.at for one in standing if one.leads or self._opens(one, start))
        for edge in sorted(edges, reverse=True):
            own = [one for one in standing if one.mention.at >= edge]
            if own:
                return own
        return standing

    def _opens(self, one: Standing, start: int) -> bool:
        """Say whether a clause begins with a mention: after it grew, X lost 3 %."""
        at, to = one.mention.at, one.mention.to
        if one.joined or self._text[to : to + 1] == ",":
            return False
        return self._begins.search(self._text, max(start, at - _BEFORE), at) is not None

    def _group_named(self, start: int, at: int) -> Mention | None:
        """Return the last group named before a number in its segment, else the first behind."""
        named = self._named(start, ("GROUP",))
        before = [one for one in named if one.to <= at]
        return next(iter([*before[::-1], *named]), None)

    def _named(self, start: int, types: tuple[str, ...]) -> list[Mention]:
        """Return the fitting mentions of a segment but those that are cited."""
        return [
            one.mention
            for one in self._standings.in_segment(start)
            if not one.cited and self._fits(one.mention, types)
        ]

    def _spoken_of(self, place: Place, at: int, to: int, types: tuple[str, ...]) -> str | None:
        """Return what the article is about, where the sentence names nothing else: the alliance,
        the company.
        """
        start = place.position
        if types[0] == "GROUP":
            return self._chief(place, "GROUP") if self._tells_of_group(place, to, types) else None
        named = self._named(start, ("ORG", "PRODUCT")) if types[0] == "ORG" else []
        if types[0] != "ORG" or any(one.to <= at or one.at >= to for one in named):
            return None
        if types != SUM_OF:
            return self._chief(place, "GROUP") or self._chief(place, "ORG")
        # A sum is anybody's whom the sentence names.
        if any(one.rank == SUBJECT for one in self._standings.in_segment(start)):
            return None
        return self._chief(place, "GROUP")

    def _tells_of_group(self, place: Place, to: int, types: tuple[str, ...]) -> bool:
        """Say whether only a group has what is counted, or one is spoken of near a number."""
        if len(types) == 1 or self._group.search(self._text, place.position, to + _AHEAD):
            return True
        named = self._masked.mentions_within(place.position, self._masked.corpus.article(place)[1])
        return any(one.at < to + _AHEAD and self._fits(one, ("GROUP",)) for one in named)

    def _of_place(self, place: Place, to: int, types: tuple[str, ...]) -> str | None:
        """Return the place, or what happened there, whose dead or inhabitants are counted.

        Of several in a sentence the first is meant ("the valley, in the north of the country");
        where none is, the article's.
        """
        bound = self._mention(self._complement.match(self._text, to), types)
        if bound:
            return bound.mention_id
        named = {one.mark: one for one in reversed(self._named(place.position, types))}
        first = next((named[type_].mention_id for type_ in types if type_ in named), None)
        return first or next(filter(None, (self._chief(place, type_) for type_ in types)), None)

    def _chief(self, place: Place, type_: str) -> str | None:
        """Return the first mention of the name that an article mentions most of a type. An event
        named but once is not what it is about.
        """
        known = self._uses.get(place.article_id)
        if known is None:
            uses: dict[str, list[Mention]] = {}
            for one in self._masked.mentions_within(*self._masked.corpus.article(place)):
                uses.setdefault(one.surface, []).append(one)
            known = sorted(uses.values(), key=lambda named: (-len(named), named[0].at))
            self._uses[place.article_id] = known
        chief = next((named for named in known if self._fits(named[0], (type_,))), [])
        return chief[0].mention_id if len(chief) >= (2 if type_ == "EVENT" else 1) else None


def _only(standing: list[Standing]) -> Mention | None:
    """Return the first of a clause's mentions, unless it shares its place with another."""
    first, *others = standing
    if others and others[0].joined and others[0].mention.surface != first.mention.surface:
        return None
    return first.mention
