"""Segments with their mentions masked, so that rules speak of mentions and not of names."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from pipelines.extraction.corpus import GAP, Corpus, corpora, marked
from pipelines.extraction.cues import NEVER, NOUNS_CAPITALISED, Cues, cues, pattern

_CONTEXT = 60


@dataclass(frozen=True)
class Masked:
    """One language's segments, masked, with the mentions that lie at the top level.

    ``mentions`` has mention_id, article_id, segment_id, surface, type, masked_as, at, to in order
    of position; ``masked_as`` is GROUP for organisations that have members.
    """

    corpus: Corpus
    cues: Cues
    mentions: pl.DataFrame

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
        return rf"{item}(?:(?:\s?,\s?(?:{conjunction})?|\s{conjunction}){item})*"

    def within(self, spans: pl.DataFrame, at: str, to: str) -> pl.DataFrame:
        """Join to each span the mentions inside it, as mention_id and member_at."""
        inside = self.mentions.select("mention_id", member_at="at", member_to="to")
        return spans.join_where(
            inside, pl.col("member_at") >= pl.col(at), pl.col("member_to") <= pl.col(to)
        )

    def mention_at(self, rows: pl.DataFrame, at: str, into: str) -> pl.DataFrame:
        """Join to each row the mention that begins at a position, as column ``into``."""
        starts = self.mentions.select(pl.col("at").alias(at), pl.col("mention_id").alias(into))
        return rows.join(starts, on=at, how="left")

    @cached_property
    def _starts(self) -> dict[str, list[int]]:
        """Where mentions of each mark begin, in order."""
        starts: dict[str, list[int]] = {}
        for at, mark in self.mentions.sort("at").select("at", "masked_as").rows():
            starts.setdefault(mark, []).append(at)
        return starts

    @cached_property
    def _articles(self) -> tuple[list[int], list[str]]:
        """Where segments begin, and whose they are."""
        rows = self.corpus.segments.select("position", "article_id").rows()
        return [at for at, _ in rows], [article for _, article in rows]

    def article_at(self, at: int) -> str:
        """Return the article in which a position lies."""
        positions, articles = self._articles
        return articles[bisect_right(positions, at) - 1]

    @cached_property
    def _grouped(self) -> list[tuple[int, int]]:
        """Where the articles stand that name a group."""
        grouped = self.mentions.filter(masked_as="GROUP").select("article_id").unique()
        length = pl.col("end") - pl.col("start")
        return (
            self.corpus.segments.join(grouped, on="article_id", how="semi")
            .group_by("article_id")
            .agg(first=pl.col("position").min(), last=(pl.col("position") + length).max())
            .sort("first")
            .select("first", "last")
            .rows()
        )

    def stretches(self, *kinds: str, grouped: bool = False) -> Iterator[tuple[int, int]]:
        """Yield the segments in which a cue of the kinds stands, as positions, in order.

        Each begins with the gap before it. With ``grouped``, only of articles that name a group.
        """
        text = self.corpus.text
        cue = pattern(self.cues.any(*kinds))
        for first, last in self._grouped if grouped else [(0, len(text))]:
            done = first
            while match := cue.search(text, done, last):
                end = text.find(GAP, match.end())
                end = end if end >= 0 else len(text)
                yield max(text.rfind(GAP, 0, match.start()), 0), end
                done = end

    def last_before(self, at: int, *types: str) -> int | None:
        """Return where the last mention before a position, in its article, begins.

        The first of the types that has one decides.
        """
        for type_ in types:
            starts = self._starts.get(type_, [])
            index = bisect_left(starts, at) - 1
            if index >= 0 and self.article_at(starts[index]) == self.article_at(at):
                return starts[index]
        return None

    def antecedent(self, rows: pl.DataFrame, at: str, into: str, *types: str) -> pl.DataFrame:
        """Join to each row the last mention of the types before a position in its article.

        Where none stands before, the first of the article is taken. Rows need article_id.
        """
        wanted = self.mentions.filter(pl.col("masked_as").is_in(types))
        before = wanted.select("article_id", "at", mention_before="mention_id").sort(
            "article_id", "at"
        )
        first = (
            wanted.sort("at")
            .group_by("article_id", maintain_order=True)
            .agg(first_mention=pl.col("mention_id").first())
        )
        return (
            rows.sort("article_id", at)
            .join_asof(
                before,
                left_on=at,
                right_on="at",
                by="article_id",
                strategy="backward",
                suffix="_before",
                check_sortedness=False,
            )
            .join(first, on="article_id", how="left")
            .with_columns(pl.coalesce("mention_before", "first_mention").alias(into))
            .drop("mention_before", "first_mention", "at_before", strict=False)
        )


def masked_segments(
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_mentions: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> Iterator[Masked]:
    """Yield the masked segments of each language of a batch."""
    for corpus in corpora(core_segments, core_languages):
        words = cues(seed_cue_words, corpus.language)
        mentions = _top_level(corpus, core_mentions)
        grouped = _with_groups(corpus, words, mentions)
        yield Masked(corpus.masked(grouped), words, grouped)


def _top_level(corpus: Corpus, mentions: pl.DataFrame) -> pl.DataFrame:
    """Return mentions with their positions, without those nested in longer ones."""
    segments = corpus.segments.select("segment_id", offset=pl.col("start") - pl.col("position"))
    placed = (
        mentions.join(segments, on="segment_id")
        .with_columns(at=pl.col("start") - pl.col("offset"), to=pl.col("end") - pl.col("offset"))
        .sort(["at", "to"], descending=[False, True])
    )
    reached = pl.col("to").cum_max().shift(1, fill_value=0)
    return placed.filter(pl.col("at") >= reached).select(
        "mention_id", "article_id", "segment_id", "surface", "type", "confidence", "at", "to"
    )


def _with_groups(corpus: Corpus, words: Cues, mentions: pl.DataFrame) -> pl.DataFrame:
    """Mark organisations that have members: by name, or because the text says so."""
    before = [corpus.text[max(0, at - _CONTEXT) : at] for at in mentions["at"]]
    after = [corpus.text[to : to + _CONTEXT] for to in mentions["to"]]
    no_alliances = ("group", "community", "organization", "agreement")
    alliances = "|".join(
        cue for cue, value in words.values("group_noun").items() if value not in no_alliances
    )
    case = "(?i:" if words.language in NOUNS_CAPITALISED else "(?-i:"
    noun = rf"\b{case}{alliances or NEVER})\b"
    between = rf"(?:\s(?:{words.seen('called')}|\p{{Ll}}+(?:al|ale|le|an|no|na|ne|nal)))?"
    founded = rf"{words.seen('founded')}(?:\s\w+\s\d{{4}})?\s{words.seen('by')}"
    called = (
        pl.col("surface").str.contains(words.seen("group_name"))
        | pl.col("before").str.contains(rf"(?i){noun}{between}\s[«“\"‘']?$")
        | pl.col("after").str.contains(
            rf"(?i)^[»”\"’']?\s?,?\s{words.seen('determiner')}\s?(?:[\w-]+\s){{0,2}}{noun}"
        )
        | pl.col("after").str.contains(rf"(?i)^[^.;\x00]{{0,25}}\b{founded}")
        | pl.col("before").str.contains(
            rf"(?i){words.seen('member_of', 'not_member')}\s?{words.determiner()}$"
        )
    )
    return (
        mentions.with_columns(
            before=pl.Series(before, dtype=pl.String), after=pl.Series(after, dtype=pl.String)
        )
        .with_columns(
            is_group=((pl.col("type") == "ORG") & called).any().over("article_id", "surface")
        )
        .with_columns(
            masked_as=pl.when(pl.col("is_group") & (pl.col("type") == "ORG"))
            .then(pl.lit("GROUP"))
            .otherwise("type")
        )
        .drop("before", "after", "is_group")
    )
