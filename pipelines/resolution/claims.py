"""What a sentence restricts a fact to: as of when it holds, and what exactly was counted.

Two figures of one property contradict each other only if they are of one time and of one
definition. "40 companies" are not "50 organisations", "12 of which" are not all, a yearly figure is
not a daily one; and what was so in 2019 need not be so today. All of that is said beside the
number, in words that ``seeds/reference/cue_words.csv`` lists by language.
"""

import re
from collections.abc import Sequence

import polars as pl

from warehouse.contracts.frames import empty, made_by

#: Code points before and behind a number in which what it counts is said, and those before a date
#: in which the word may stand that makes it the date of a founding.
_BESIDE, _BEFORE_DATE = 40, 30
#: A clause ends where another number may begin.
_CLAUSE_BEFORE, _CLAUSE_BEHIND = r"[^,;:.()–—]*$", r"^[^,;:.()–—]*"
_APOSTROPHES = "[’ʼ]"
#: Kinds of cue that begin a group rather than tell how it is.
_FOUNDING = ("founded", "founder", "create")


def core_circumstances(
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_mentions: pl.DataFrame,
    core_dates: pl.DataFrame,
    core_quantities: pl.DataFrame,
    core_memberships: pl.DataFrame,
    core_roles: pl.DataFrame,
    seed_units: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_circumstances``: one for every fact that may be disputed."""
    facts = _facts(core_mentions, core_quantities, core_memberships, core_roles)
    segments = core_segments.select("segment_id", segment_start="start", segment="text").join(
        core_languages.select("segment_id", "language"), on="segment_id"
    )
    facts = facts.join(segments, on="segment_id").with_columns(
        pl.col("segment", "text").str.replace_all(_APOSTROPHES, "'")
    )
    told = [
        _told(of_language, core_dates, seed_units, _Cues(str(language), seed_cue_words))
        for (language,), of_language in facts.group_by("language", maintain_order=True)
    ]
    if not told:
        return empty("core_circumstances")
    return (
        pl.concat(told)
        .with_columns(**made_by("core_circumstances", "resolver"))
        .select(empty("core_circumstances").columns)
        .sort("fact_id")
    )


def _facts(
    mentions: pl.DataFrame,
    quantities: pl.DataFrame,
    memberships: pl.DataFrame,
    roles: pl.DataFrame,
) -> pl.DataFrame:
    """Return fact_id, article_id, segment_id, kind, start, end, text; a membership stands where
    its member is named, for its evidence is the whole segment.
    """
    member = mentions.select("segment_id", "start", "end", member_mention_id="mention_id")
    columns = ("fact_id", "article_id", "segment_id", "kind", "start", "end", "text")
    counted = quantities.filter(
        pl.col("property").is_not_null() & pl.col("subject_mention_id").is_not_null()
    )
    return pl.concat(
        [
            counted.with_columns(fact_id="quantity_id", kind=pl.lit("quantity")).select(columns),
            memberships.drop("segment_id", "start", "end")
            .join(member, on="member_mention_id")
            .with_columns(fact_id="membership_id", kind=pl.lit("membership"))
            .select(columns),
            roles.with_columns(fact_id="role_id", kind=pl.lit("role")).select(columns),
        ]
    )


class _Cues:
    """The cue words of one language as regular expressions."""

    def __init__(self, language: str, seed_cue_words: pl.DataFrame) -> None:
        self.language = language
        self._rows = seed_cue_words.filter(pl.col("language").is_in([language, "mul"]))

    def values(self, kind: str) -> dict[str, str]:
        """Return what the cues of a kind stand for, and what matches any that do."""
        cues = self._rows.filter(pl.col("kind") == kind).sort("value", "cue")
        grouped = cues.group_by("value", maintain_order=True).agg("cue")
        return {value or kind: either(words) for value, words in grouped.rows()}

    def any(self, *kinds: str) -> str:
        """Return what matches any cue of the kinds."""
        return either(self._rows.filter(pl.col("kind").is_in(kinds))["cue"].sort().to_list())


def either(words: Sequence[str]) -> str:
    """Return a regular expression of whole words, whatever their case; never matches if none."""
    if not words:
        return r"[^\s\S]"
    spaced = sorted({r"\s+".join(map(re.escape, word.split())) for word in words})
    return rf"(?i:\b(?:{'|'.join(sorted(spaced, key=len, reverse=True))})\b)"


def _told(
    facts: pl.DataFrame, dates: pl.DataFrame, units: pl.DataFrame, cues: _Cues
) -> pl.DataFrame:
    defined = facts.with_columns(definition=_definition(units, cues))
    return defined.join(_dates(facts, dates, cues), on="fact_id", how="left")


def _definition(units: pl.DataFrame, cues: _Cues) -> pl.Expr:
    """Return the words, sorted, by which a number counts less or other than its property says."""
    at = pl.col("start") - pl.col("segment_start")
    to = pl.col("end") - pl.col("segment_start")
    text = pl.col("text")
    before = pl.col("segment").str.slice(0, at).str.tail(_BESIDE)
    behind = pl.col("segment").str.slice(to, _BESIDE)
    clause = pl.concat_str(
        before.str.extract(_CLAUSE_BEFORE, 0),
        pl.lit(" "),
        text,
        pl.lit(" "),
        behind.str.extract(_CLAUSE_BEHIND, 0),
    )
    nouns = cues.values("definition_noun")
    own = units.filter(pl.col("language") == cues.language)["noun"].str.to_lowercase()
    narrow = {cue.lower() for cue in cues._rows.filter(kind="definition_noun")["cue"]}
    broad = either([noun for noun in own.unique().sort() if noun not in narrow])
    found = [
        *(
            pl.when(clause.str.contains(cue)).then(pl.lit(value))
            for kind in ("definition", "founding")
            for value, cue in cues.values(kind).items()
        ),
        *(
            pl.when(before.str.contains(rf"{cue}\s*$")).then(pl.lit(value))
            for value, cue in cues.values("definition_before").items()
        ),
        *(
            pl.when(behind.str.contains(rf"^\s*[,(]?\s*{cue}")).then(pl.lit(value))
            for value, cue in cues.values("definition_behind").items()
        ),
        # "Companies and organisations" are organisations.
        *(
            pl.when(text.str.contains(cue) & ~text.str.contains(broad)).then(pl.lit(value))
            for value, cue in nouns.items()
        ),
    ]
    none = pl.lit([], dtype=pl.List(pl.String))
    if not found:
        return none
    words = pl.concat_list(found).list.drop_nulls().list.unique().list.sort()
    return pl.when(pl.col("kind") == "quantity").then(words).otherwise(none)


def _dates(facts: pl.DataFrame, dates: pl.DataFrame, cues: _Cues) -> pl.DataFrame:
    """Return fact_id and date_id: the time expression nearest to a fact, of its own clause if one
    is, and with no semicolon between.

    When a group was founded is not as of when it had so many members.
    """
    founding = rf"{cues.any(*_FOUNDING)}[^,;:]*$"
    at = pl.col("date_start") - pl.col("segment_start")
    between_from = pl.min_horizontal("end", "date_end") - pl.col("segment_start")
    between_to = pl.max_horizontal("start", "date_start") - pl.col("segment_start")
    between = pl.col("segment").str.slice(
        between_from, (between_to - between_from).clip(lower_bound=0)
    )
    gap = pl.max_horizontal(
        pl.col("date_start") - pl.col("end"), pl.col("start") - pl.col("date_end"), 0
    )
    return (
        facts.join(
            dates.select("segment_id", "date_id", date_start="start", date_end="end"),
            on="segment_id",
        )
        .filter(
            ~pl.col("segment").str.slice(0, at).str.tail(_BEFORE_DATE).str.contains(founding),
            ~between.str.contains(";", literal=True),
        )
        .sort(between.str.contains("[,:]"), gap, "date_start", "date_id")
        .unique("fact_id", keep="first", maintain_order=True)
        .select("fact_id", "date_id")
    )
