"""Who belongs to what: enumerations tied to a group by what the sentence says of them."""

import re
from collections.abc import Iterator

import polars as pl

from pipelines.extraction.corpus import FILL, GAP, MENTION, marked
from pipelines.extraction.cues import pattern
from pipelines.extraction.facts import facts
from pipelines.extraction.masking import Masked, masked_segments

#: Named group and verb; a group meant by "the alliance"; a list under its heading.
_NAMED, _ANAPHOR = 0.9, 0.8
#: What may be a member: a person works for a group, which is a role.
_MEMBERS = ("ORG", "GROUP", "GPE", "PRODUCT")
#: How many code points may lie between a cue and what it governs, mentions excepted.
_NEAR, _FAR, _FARTHEST = 40, 90, 160

#: What the rules below cannot do without.
_CUES = (
    "member_of", "founder", "joins_it", "create", "founded", "members_noun", "members_are",
    "founded_by", "enumeration", "pronoun_subject", "not_member", "not_in_it", "also_not",
    "absence",
)  # fmt: skip

_STATED = {
    "article_id": pl.String,
    "segment_id": pl.String,
    "group_mention_id": pl.String,
    "member_mention_id": pl.String,
    "status": pl.String,
    "cue": pl.String,
    "confidence": pl.Float64,
}


def core_memberships(
    core_articles: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_mentions: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_memberships`` for whole articles; the evidence is the segment."""
    stated = [
        row
        for masked in masked_segments(core_segments, core_languages, core_mentions, seed_cue_words)
        for row in _memberships(masked.naming_groups())
    ]
    found = (
        pl.DataFrame(stated, schema=_STATED, orient="row")
        .join(core_segments.select("segment_id", "start", "end"), on="segment_id")
        .sort("confidence", "cue", descending=[True, False], maintain_order=True)
    )
    mint = pl.format("{}>{}={}", "member_mention_id", "group_mention_id", "status")
    return facts("core_memberships", [found], core_articles, core_segments, mint)


def _memberships(masked: Masked) -> Iterator[tuple[object, ...]]:
    """Yield group and member mentions of one language's segments."""
    rules = (
        _joined,
        _created,
        _founded,
        _contains,
        _among,
        _listed,
        _continues,
        _outside,
        _outside_inverted,
        _nor,
        _absent,
    )
    masked.look_for(*_CUES)
    compounded = _compounded(masked.corpus.text)
    for rule in rules:
        for at, to, at_group, meant, status, cue in rule(masked):
            named = masked.mention_at(at_group)
            group = named or masked.mention_at(masked.antecedent(meant, "GROUP"))
            for one in masked.mentions_within(at, to):
                member = one.mention_id
                if group is None or member == group or one.to in compounded:
                    continue
                place = masked.corpus.place(one.at)
                confidence = _NAMED if named else _ANAPHOR
                yield place.article_id, place.segment_id, group, member, status, cue, confidence


def _compounded(text: str) -> set[int]:
    """Return where mentions end that only qualify what follows: "Lisbon-based"."""
    return {match.start() for match in pattern(rf"-(?<={FILL}-)(?=[a-z])").finditer(text)}


_Row = tuple[int, int, int, int, str, str]


def _matches(
    masked: Masked, rule: re.Pattern[str], *kinds: str, text: str | None = None
) -> Iterator[re.Match[str]]:
    """Yield the matches of a rule in the segments that hold a cue of the kinds and a mention.

    ``text`` stands in for the masked one.
    """
    member = pattern(marked(*_MEMBERS))
    for start, end in masked.stretches(*kinds):
        if member.search(masked.corpus.text, start, end):
            yield from rule.finditer(text or masked.corpus.text, start, end)


def _plain(most: int) -> str:
    """Match up to so many code points of one clause, without a mention in them."""
    return rf"[^.;{GAP}\ue001-\ue010]{{0,{most}}}?"


def _joined(masked: Masked) -> list[_Row]:
    """Members, a verb of belonging, the group: "Intel and AMD have joined the alliance".

    The group may be left out ("NVIDIA has joined", "vi ha aderito il CNR"): then it is the one
    the article spoke of last.
    """
    cues = masked.cues
    items = masked.enumeration(*_MEMBERS)
    also = rf"(?:\s(?:{cues.any('also')}))?"
    joins = cues.any("joins_it")
    part_of = rf"{cues.any('determiner')}\s?(?:{cues.any('group_noun')}\s)?"
    rules = (
        rf"(?P<members>{items}){_plain(_NEAR)}\b(?P<cue>{joins})(?!\s?{cues.determiner()}{MENTION})",
        # Behind an English verb stands what is joined: "she joined the FBI".
        *(
            (
                rf"(?P<cue>{joins}){also}\s(?P<members>{items})",
                rf"{part_of}(?P<group>{marked('GROUP')})\s(?P<cue>{joins}){also}"
                rf"\s(?P<members>{items})",
            )
            if cues.language != "en"
            else ()
        ),
    )
    denied = pattern(rf"{cues.any('negation')}|\d")
    found = [
        *_members_then_group(masked, "member_of", "member"),
        *_members_then_group(masked, "founder", "founder"),
    ]
    for expression in rules:
        for match in _matches(masked, pattern(expression), "joins_it"):
            named = match.start("group") if "group" in match.groupdict() else -1
            meant = named if named >= 0 else match.start("cue")
            besides = match[0].replace(match["members"], "")
            if not denied.search(besides) and not _is_source(masked, match.start("members")):
                found.append((*match.span("members"), named, meant, "member", match["cue"]))
    return found


def _created(masked: Masked) -> list[_Row]:
    """Members, a verb of making, the group: "IBM and Meta announced the creation of ..."."""
    return _members_then_group(masked, "create", "member")


def _members_then_group(masked: Masked, kind: str, status: str) -> list[_Row]:
    cues = masked.cues
    rule = pattern(
        rf"(?P<members>{masked.enumeration(*_MEMBERS)})(?P<between>{_plain(_FAR)})"
        rf"(?P<cue>{cues.any(kind)})\s?(?:{cues.determiner()})[«“\"‘]?{_plain(_NEAR)}[«“\"‘]?"
        rf"{masked.group}"
    )
    denied = pattern(rf"{cues.any('negation')}|\d")
    return [
        (*match.span("members"), match.start("group"), match.start("group"), status, match["cue"])
        for match in _matches(masked, rule, kind)
        if not denied.search(match["between"]) and not _is_source(masked, match.start())
    ]


def _is_source(masked: Masked, at: int) -> bool:
    """Say whether what begins at a position is named as the source of what is told."""
    source = pattern(rf"{masked.cues.any('attribution')}\s?{masked.cues.determiner()}$")
    return bool(source.search(masked.corpus.text, max(0, at - _NEAR), at))


def _founded(masked: Masked) -> list[_Row]:
    """The group, a word for its founding, its founders: "fondata nel 2009 da A"."""
    cues = masked.cues
    by = rf"(?:\s[\w']+\s\d{{4}})?\s{cues.any('by')}\s?"
    rule = pattern(
        rf"{masked.group}(?P<between>{_plain(_NEAR)})(?P<cue>{cues.any('founded')}){by}"
        rf"(?P<members>{masked.enumeration(*_MEMBERS)})"
    )
    return [
        (
            *match.span("members"),
            match.start("group"),
            match.start("group"),
            "founder",
            match["cue"],
        )
        for match in _matches(masked, rule, "founded")
    ]


def _among(masked: Masked) -> list[_Row]:
    """Members by their noun: "its members include A and B", "A and B are among its members"."""
    cues = masked.cues
    items = masked.enumeration(*_MEMBERS)
    founding = cues.any("founding")
    noun = rf"(?:{founding}\s)?{cues.any('members_noun')}(?:\s{founding})?"
    of_group = rf"(?:\s{cues.any('role_link')}?\s?{cues.determiner()}{masked.group})?"
    rules = (
        rf"\b{noun}{of_group}(?P<cue>{_plain(20)}\b{cues.any('list_verb')})\s?:?\s"
        rf"(?P<members>{items})",
        rf"(?P<members>{items}){_plain(_NEAR)}\b(?P<cue>{cues.any('among')})\s{cues.determiner()}"
        rf"(?:\w+\s)??{noun}{of_group}",
    )
    denied = pattern(rf"{cues.any('negation', 'not_member')}")
    rows: list[_Row] = []
    for expression in rules:
        for match in _matches(masked, pattern(expression), "members_noun"):
            besides = match[0].replace(match["members"], "")
            if denied.search(besides):
                continue
            named = match.start("group")
            meant = named if named >= 0 else match.start("cue")
            status = "founder" if pattern(founding).search(besides) else "member"
            rows.append((*match.span("members"), named, meant, status, _words(match["cue"])))
    return rows


def _contains(masked: Masked) -> list[_Row]:
    """The group, a verb of containing or an apposition, then lists behind their openers."""
    cues = masked.cues
    of_group = rf"(?:{cues.any('member_of')}|{cues.any('members_noun')}\s{cues.any('role_link')})"
    determiner = cues.determiner()
    heads = {
        rf"{masked.group}(?:\s\([^()]{{0,80}}\))?(?P<between>{_plain(_FAR)})"
        rf"(?P<cue>{cues.any('members_are', 'founded_by')})": True,
        rf"(?P<cue>{of_group})\s?{determiner}{masked.group}": False,
        rf"(?P<cue>{masked.group}\s?[»”\"’]?\s?,\s{determiner}(?:[\w-]+\s){{0,2}}?"
        rf"{cues.any('group_noun')})": False,
    }
    rows: list[_Row] = []
    for head, directly in heads.items():
        rule = pattern(rf"{head}(?P<rest>[^{GAP}]*)")
        for match in _matches(
            masked, rule, "member_of", "members_are", "founded_by", "enumeration"
        ):
            founded = pattern(cues.any("founded_by")).fullmatch(match["cue"])
            status = "founder" if founded else "member"
            rows += [
                (at, to, match.start("group"), match.start("group"), status, _words(match["cue"]))
                for at, to in _lists(masked, match.start("rest"), match.end("rest"), directly)
            ]
    return rows


def _words(cue: str) -> str:
    """Return a cue as words, without the mention it may hold."""
    return " ".join(pattern(MENTION).sub("", cue).split()).strip(", «»“”\"'")


def _lists(masked: Masked, start: int, end: int, directly: bool) -> list[tuple[int, int]]:
    """Return the lists in a stretch: behind an opener ("such as"), or where it begins.

    A list that only begins behind a mention of another group is not this group's.
    """
    cues = masked.cues
    items = masked.enumeration(*_MEMBERS)
    opener = rf"(?:{cues.any('enumeration', 'members_are')})\s?,?:?\s"
    if directly:
        opener = rf"(?:{opener}|(?<=\A)[\s,:]*(?:[\w-]+\s){{0,4}}?)"
    rule = pattern(rf"{opener}(?P<list>{items})")
    stretch = masked.corpus.text[start:end]
    stop = pattern(rf"{cues.any('not_member', 'absence')}").search(stretch)
    return [
        (start + match.start("list"), start + match.end("list"))
        for match in rule.finditer(stretch)
        if not (stop and stop.start() < match.start() and directly)
    ]


def _listed(masked: Masked) -> list[_Row]:
    """A heading that promises the members of a group, and the list behind it."""
    cues = masked.cues
    rule = pattern(
        rf"(?P<cue>{cues.any('list_noun')}){_plain(_FAR)}{masked.group}[^{GAP}:]{{0,{_NEAR}}}:"
        rf"\s*{GAP}?(?P<rest>[^{GAP}]*)"
    )
    return [
        (at, to, match.start("group"), match.start("group"), "member", match["cue"])
        for match in rule.finditer(masked.corpus.text)
        for at, to in _items(masked, *match.span("rest"))
    ]


def _items(masked: Masked, start: int, end: int) -> list[tuple[int, int]]:
    """Return the first mention of each item between commas, or all if the item is only those.

    What an item says behind its name ("run by the universities of ...") holds no members.
    """
    conjunction = masked.cues.any("conjunction")
    item = pattern(r"[^,;]+")
    head = pattern(rf"\s*(?:{conjunction}\s)?(?P<list>{masked.enumeration(*_MEMBERS)})(?P<rest>.*)")
    first = pattern(
        rf"\s*(?:{conjunction}\s)?{masked.cues.determiner()}(?P<list>{marked(*_MEMBERS)})"
    )
    found = []
    for part in item.finditer(masked.corpus.text, start, end):
        whole = head.fullmatch(part[0])
        match = whole if whole and not whole["rest"].strip(" .") else first.match(part[0])
        if match:
            found.append((part.start() + match.start("list"), part.start() + match.end("list")))
    return found


def _continues(masked: Masked) -> list[_Row]:
    """A sentence that goes on listing: "These include, among others, ..."."""
    cues = masked.cues
    rule = pattern(
        rf"{GAP}(?P<cue>{cues.any('pronoun_subject')}{_plain(_NEAR)}{cues.any('members_are')})"
        rf"(?P<rest>[^{GAP}]*)"
    )
    return [
        (at, to, -1, match.start(), "member", match["cue"])
        for match in _matches(masked, rule, "pronoun_subject")
        if _speaks_of_members(masked, match.start())
        for at, to in _lists(masked, match.start("rest"), match.end("rest"), directly=True)
    ]


def _speaks_of_members(masked: Masked, at: int) -> bool:
    """Say whether the segment that ends at a position is about the members of a group."""
    text = masked.corpus.text
    previous = text[text.rfind(GAP, 0, at) + 1 : at]
    about = pattern(rf"{masked.cues.any('members_noun', 'member_of', 'members_are')}")
    return bool(about.search(previous)) and bool(pattern(masked.group).search(previous))


def _outside(masked: Masked) -> list[_Row]:
    """Who is said not to belong, and who is added to them: "nor is Google"."""
    cues = masked.cues
    items = masked.enumeration(*_MEMBERS)
    rule = pattern(
        rf"(?P<members>{items}){_plain(_FARTHEST)}\b(?P<cue>{cues.any('not_member', 'not_in_it')})"
        rf"(?:\s?{cues.determiner()}{_plain(_NEAR)}{masked.group})?"
        rf"(?:\s?,?\s{cues.any('also_not')}\s(?P<more>{items}))?"
    )
    aside = pattern(rf",\s{cues.any('relative')}\s[^,.;{GAP}]*,")
    text = aside.sub(lambda match: "," + " " * (len(match[0]) - 2) + ",", masked.corpus.text)
    rows: list[_Row] = []
    for match in _matches(masked, rule, "not_member", "not_in_it", text=text):
        named = match.start("group")
        meant = named if named >= 0 else match.start("cue")
        rows.append((*match.span("members"), named, meant, "not_member", match["cue"]))
        if match["more"]:
            rows.append((*match.span("more"), named, meant, "not_member", match["cue"]))
    return rows


def _outside_inverted(masked: Masked) -> list[_Row]:
    """The same with the subject behind: "non fa parte della coalizione il Met Office"."""
    rule = pattern(
        rf"(?P<cue>{masked.cues.any('not_member')})\s?{masked.cues.determiner()}{masked.group}\s"
        rf"(?P<members>{masked.enumeration(*_MEMBERS)})"
    )
    return [
        (
            *match.span("members"),
            match.start("group"),
            match.start("group"),
            "not_member",
            match["cue"],
        )
        for match in _matches(masked, rule, "not_member")
    ]


def _nor(masked: Masked) -> list[_Row]:
    """A sentence that adds to the one before it: "Neither is Isomorphic Labs"."""
    cues = masked.cues
    outside = pattern(cues.any("not_member", "not_in_it"))
    rule = pattern(
        rf"{GAP}(?P<cue>{cues.any('also_not')}(?:\s{cues.any('is', 'auxiliary')})?)\s"
        rf"(?P<members>{masked.enumeration(*_MEMBERS)})"
    )
    text = masked.corpus.text
    return [
        (*match.span("members"), -1, match.start("cue"), "not_member", match["cue"])
        for match in _matches(masked, rule, "also_not")
        if outside.search(text, text.rfind(GAP, 0, match.start()) + 1, match.start())
    ]


def _absent(masked: Masked) -> list[_Row]:
    """Who is named as missing: "the notable absence of NVIDIA"."""
    cues = masked.cues
    rule = pattern(
        rf"(?P<cue>{cues.any('absence')})\s?{_plain(20)}(?P<members>{masked.enumeration(*_MEMBERS)})"
    )
    return [
        (*match.span("members"), -1, match.start("cue"), "not_member", match["cue"])
        for match in _matches(masked, rule, "absence")
    ]
