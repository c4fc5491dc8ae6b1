"""Which quotations render the same statement, in any language and wording, and who made it.

Quotations of one story are compared by their content words: within a language in that, over
languages in English, where both are translated. Over languages they are also compared by what they
mean, where an embedding model is installed. And only between speakers that can be one: the same
entity, or a person and the organisation they speak for.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
import polars as pl

from pipelines.identity import digest, normalised
from pipelines.quotation import quoted
from pipelines.resolution.embeddings import cosines
from pipelines.resolution.frequencies import zipf
from pipelines.resolution.grouping import groups
from pipelines.resolution.judgements import Judged
from warehouse.contracts.frames import made_by

#: Share of the shorter quotation's content words that the longer one must have.
_ONE_STATEMENT = 0.6
#: Fewer content words can be shared by accident.
_FEWEST_WORDS = 4
#: Zipf frequency from which a word has no content of its own: once in a thousand words, which some
#: hundred words of a language reach; and the letters of words that have none either.
_EMPTY, _SHORT = 6.0, 2
#: Cosine from which two quotations in two languages mean the same. Of the pairs that render one
#: sentence (NTREX-128) 64 % reach it, and of those that reach it 99 % do; from 0.6, 75 and 97 %.
_ONE_MEANING = 0.6


def core_statements(
    pending: pl.DataFrame,
    core_quotes: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_translations: pl.DataFrame,
    core_links: pl.DataFrame,
    core_roles: pl.DataFrame,
    core_story_articles: pl.DataFrame,
    core_quote_embeddings: pl.DataFrame,
    seed_judgements: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_statements`` of pending stories: every quotation is in exactly one
    statement. Quotations of other stories take part where one of theirs is judged.
    """
    judged = Judged.of("statement", seed_judgements)
    entities = core_links.select("mention_id", "entity_id")
    quotes = (
        core_quotes.join(
            core_story_articles.select("article_id", "story_id"), on="article_id"
        )
        .join(
            core_links.select(
                speaker_mention_id="mention_id", speaker="entity_id", speaker_type="type"
            ),
            on="speaker_mention_id",
            how="left",
        )
        .join(
            _english(core_quotes, core_segments, core_languages, core_translations), on="quote_id"
        )
        .join(core_quote_embeddings.select("quote_id", "embedding"), on="quote_id", how="left")
        .sort("quote_id")
    )
    speaks_for = _speaks_for(core_roles, entities)
    pairs = _of_one_speaker(_same_statement(quotes, speaks_for), quotes, speaks_for, judged)
    quotes = quotes.with_columns(group=groups(quotes["quote_id"], pairs))
    likeness = (
        pl.concat([pairs.select("score", quote_id=side) for side in ("left", "right")])
        .group_by("quote_id")
        .agg(pl.col("score").max())
    )
    ids = _ids(quotes)
    return (
        quotes.join(_speakers(quotes), on="group", how="left")
        .join(likeness, on="quote_id", how="left")
        .join(pending, on="story_id", how="semi")
        .select(
            "quote_id",
            "article_id",
            "story_id",
            "text_en",
            "speaker_entity_id",
            statement_id=pl.col("group").replace_strict(ids, return_dtype=pl.String),
            score=pl.col("score").fill_null(1.0).clip(0, 1),
            **made_by("core_statements", "resolver"),
        )
        .sort("quote_id")
    )


def _ids(quotes: pl.DataFrame) -> dict[str, str]:
    """Return an id for each group, minted from its story and its first text.

    Where speakers that cannot be one said the same words, the group's first quotation tells apart.
    """
    named = {
        group: (story, min(map(normalised, texts)))
        for group, story, texts in quotes.group_by("group")
        .agg(pl.col("story_id").first(), pl.col("text"))
        .rows()
    }
    used = Counter(named.values())
    return {
        group: "stm_" + digest(*name, *([group] if used[name] > 1 else []))
        for group, name in named.items()
    }


def _english(
    quotes: pl.DataFrame,
    segments: pl.DataFrame,
    languages: pl.DataFrame,
    translations: pl.DataFrame,
) -> pl.DataFrame:
    """Return quote_id and text_en: what the translation quotes in the same place, or null.

    The translation of the segments a quotation stands in must quote as often as they do; then the
    quotation is the one of the same number.
    """
    told = (
        segments.join(languages.select("segment_id", "language"), on="segment_id")
        .join(
            translations.select("text_hash", "language", "translated", "origin"),
            on=["text_hash", "language"],
        )
        .select(
            "article_id", "ordinal", "translated", "origin", source="text", from_="start", to="end"
        )
    )
    covered = (
        quotes.select("quote_id", "article_id", "start", "end", "text")
        .join(told, on="article_id")
        .filter((pl.col("from_") < pl.col("end")) & (pl.col("to") > pl.col("start")))
        .sort("quote_id", "ordinal")
        .group_by("quote_id", "text", maintain_order=True)
        .agg(
            source=pl.col("source").str.join(" "),
            translated=pl.col("translated").str.join(" ", ignore_nulls=False),
            identical=(pl.col("origin") == "identity").all(),
        )
    )
    rows = [
        (quote_id, text if identical else _aligned(text, source, translated))
        for quote_id, text, source, translated, identical in covered.rows()
    ]
    return pl.DataFrame(rows, schema={"quote_id": pl.String, "text_en": pl.String}, orient="row")


def _aligned(text: str, source: str, translated: str | None) -> str | None:
    if translated is None:
        return None
    there = [normalised(source[start:end]) for start, end, *_ in quoted(source)]
    here = [translated[start:end] for start, end, *_ in quoted(translated)]
    wanted = normalised(text)
    if len(there) != len(here) or wanted not in there:
        return None
    return here[there.index(wanted)]


def _speaks_for(roles: pl.DataFrame, entities: pl.DataFrame) -> set[tuple[str, str]]:
    """Return person and organisation of every current role."""
    current = roles.filter(
        (pl.col("status") == "current") & pl.col("organization_mention_id").is_not_null()
    )
    pairs = current.join(
        entities.rename({"mention_id": "person_mention_id", "entity_id": "person"}),
        on="person_mention_id",
    ).join(
        entities.rename({"mention_id": "organization_mention_id", "entity_id": "organization"}),
        on="organization_mention_id",
    )
    return set(pairs.select("person", "organization").rows())


class _Told(NamedTuple):
    """A quotation as it is compared with others: its words in its language and in English, and the
    row of its embedding, where it has one.
    """

    quote_id: str
    article_id: str
    text: str
    language: str
    speaker: str | None
    words: frozenset[str]
    english: frozenset[str]
    embedded: int | None


def _same_statement(quotes: pl.DataFrame, speaks_for: set[tuple[str, str]]) -> pl.DataFrame:
    """Return pairs of quotations that render one statement: left, right, score, and meant: whether
    only what they mean says so.

    Quotations of one speaker in the same words, as copies of an article have them, are one at once
    and compared with others once.
    """
    rows: list[tuple[str, str, float, bool]] = []
    for _, story in quotes.group_by("story_id", maintain_order=True):
        told, same = _distinct(story)
        rows += [(left, right, 1.0, False) for left, right in same]
        meant = _meant(told, story["embedding"])
        for at, left in enumerate(told):
            for beside, right in enumerate(told[at + 1 :], at + 1):
                if not _can_be_one(left.speaker, right.speaker, speaks_for):
                    continue
                alike = _alike(left, right)
                if score := alike or meant.get((at, beside), 0.0):
                    rows.append((left.quote_id, right.quote_id, score, not alike))
    schema = {"left": pl.String, "right": pl.String, "score": pl.Float64, "meant": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _distinct(story: pl.DataFrame) -> tuple[list[_Told], list[tuple[str, str]]]:
    """Return the quotations of a story, each that is repeated once; and each repeated one with the
    first that says the same.

    Of copies of an article only one has embeddings.
    """
    first: dict[tuple[str, str | None, str | None], _Told] = {}
    same = []
    for quote_id, article_id, text, language, speaker, english, embedded in story.select(
        "quote_id",
        "article_id",
        "text",
        "language",
        "speaker",
        "text_en",
        pl.when(pl.col("embedding").is_not_null()).then(pl.int_range(pl.len())),
    ).rows():
        words = (normalised(text), speaker, english)
        if known := first.get(words):
            same.append((known.quote_id, quote_id))
            if known.embedded is None:
                first[words] = known._replace(embedded=embedded)
        else:
            content = (_content(text, language), _content(english, "en"))
            first[words] = _Told(
                quote_id, article_id, words[0], language, speaker, *content, embedded
            )
    return list(first.values()), same


def _alike(left: _Told, right: _Told) -> float:
    """Return the share of content words in common, where that makes one statement, else 0."""
    if left.text == right.text:
        return 1.0
    in_one = left.language == right.language
    words = (left.words, right.words) if in_one else (left.english, right.english)
    fewest = min(map(len, words))
    shared = len(words[0] & words[1]) / fewest if fewest >= _FEWEST_WORDS else 0.0
    return shared if shared >= _ONE_STATEMENT else 0.0


def _meant(told: list[_Told], embeddings: pl.Series) -> dict[tuple[int, int], float]:
    """Return places of two quotations in two languages that mean the same, and the cosine.

    Each is the nearest to the other in the other's article: who goes on about one thing says much
    that is near. Those of few content words are left out: they mean the same too often.
    """
    rows = {
        at: one.embedded
        for at, one in enumerate(told)
        if one.embedded is not None and len(one.words) >= _FEWEST_WORDS
    }
    compared = list(rows)
    if len({told[at].language for at in compared}) < 2:
        return {}
    language, article = (
        np.unique([getattr(told[at], name) for at in compared], return_inverse=True)[1]
        for name in ("language", "article_id")
    )
    nearness = cosines(embeddings.gather(list(rows.values()))).round(6)
    nearest = np.stack(
        [nearness[:, article == one].max(axis=1) for one in range(article.max() + 1)], axis=1
    )[:, article]
    same = (
        (nearness >= _ONE_MEANING)
        & (language[:, None] != language)
        & (nearness == nearest)
        & (nearness == nearest.T)
    )
    return {
        (compared[left], compared[right]): float(nearness[left, right])
        for left, right in np.argwhere(np.triu(same, 1))
    }


@dataclass(eq=False)
class _Party:
    """Quotations that are joined so far, and the articles and speakers they are of."""

    quotes: list[str]
    articles: set[str]
    speakers: set[str | None]

    def take(self, other: "_Party") -> None:
        """Take in another party."""
        self.quotes += other.quotes
        self.articles |= other.articles
        self.speakers |= other.speakers


def _of_one_speaker(
    pairs: pl.DataFrame, quotes: pl.DataFrame, speaks_for: set[tuple[str, str]], judged: Judged
) -> pl.DataFrame:
    """Return the pairs that join quotations of one speaker, the likest first.

    A quotation for which nobody is named would else bring together two who cannot be one; and what
    means much the same, two that an article tells apart. What is judged the same comes first,
    whoever speaks; what is judged different is not joined.
    """
    present = quotes["quote_id"].implode()
    same = judged.pairs().filter(pl.col("left").is_in(present) & pl.col("right").is_in(present))
    pairs = pl.concat([same.with_columns(score=pl.lit(2.0), meant=pl.lit(value=False)), pairs])
    party = {
        quote_id: _Party([quote_id], {article_id}, {speaker})
        for quote_id, article_id, speaker in quotes.select(
            "quote_id", "article_id", "speaker"
        ).rows()
    }
    kept = []
    best_first = pairs.sort(["score", "left", "right"], descending=[True, False, False])
    for left, right, score, meant in best_first.rows():
        few, many = sorted((party[left], party[right]), key=lambda one: len(one.quotes))
        if few is not many:
            told_apart = meant and few.articles & many.articles
            if told_apart or not judged.allows(few.quotes, many.quotes):
                continue
            spoken = product(few.speakers, many.speakers)
            if score <= 1 and not all(_can_be_one(*two, speaks_for) for two in spoken):
                continue
            many.take(few)
            party.update(dict.fromkeys(few.quotes, many))
        kept.append((left, right, score))
    return pl.DataFrame(kept, schema=pairs.drop("meant").schema, orient="row")


def _content(text: str | None, language: str) -> frozenset[str]:
    words = (word.strip(".,;:!?\"'()“”‘’«»„¿¡").lower() for word in (text or "").split())
    return frozenset(
        word for word in words if len(word) > _SHORT and zipf(word, language) < _EMPTY
    )


def _can_be_one(left: str | None, right: str | None, speaks_for: set[tuple[str, str]]) -> bool:
    if left is None or right is None or left == right:
        return True
    return (left, right) in speaks_for or (right, left) in speaks_for


def _speakers(quotes: pl.DataFrame) -> pl.DataFrame:
    """Return the most specific speaker of each group: a person before an organisation."""
    return (
        quotes.filter(pl.col("speaker").is_not_null())
        .group_by("group", "speaker")
        .agg(person=(pl.col("speaker_type") == "PERSON").any(), said=pl.len())
        .sort(["person", "said", "speaker"], descending=[True, True, False])
        .group_by("group", maintain_order=True)
        .agg(speaker_entity_id=pl.col("speaker").first())
    )
