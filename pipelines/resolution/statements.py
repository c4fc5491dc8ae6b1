"""Which quotations render the same statement, in any language and wording, and who made it.

Quotations of one story are compared by the content words of their English text, and only between
speakers that can be one: the same entity, or a person and the organisation they speak for.
"""

from collections import Counter
from itertools import product

import polars as pl

from pipelines.identity import digest, normalised
from pipelines.quotation import quoted
from pipelines.resolution.grouping import groups
from pipelines.resolution.judgements import Judged
from warehouse.contracts.frames import made_by

#: Share of the shorter quotation's content words that the longer one must have.
_ONE_STATEMENT = 0.6
#: Fewer content words can be shared by accident.
_FEWEST_WORDS = 4
#: Words of English that carry no content of their own.
_EMPTY = frozenset({
    "about", "all", "also", "and", "any", "are", "been", "being", "but", "can", "could", "for",
    "from", "had", "has", "have", "her", "him", "his", "how", "into", "it's", "its", "just",
    "may", "might", "more", "most", "must", "not", "only", "our", "over", "she", "should",
    "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this",
    "those", "under", "very", "was", "were", "what", "when", "where", "which", "who", "will",
    "with", "would", "you", "your",
})


def core_statements(
    pending: pl.DataFrame,
    core_quotes: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_translations: pl.DataFrame,
    core_links: pl.DataFrame,
    core_roles: pl.DataFrame,
    core_story_articles: pl.DataFrame,
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


def _same_statement(quotes: pl.DataFrame, speaks_for: set[tuple[str, str]]) -> pl.DataFrame:
    """Return pairs of quotations that render one statement: left, right, score.

    Quotations of one speaker in the same words, as copies of an article have them, are one at once
    and compared with others once.
    """
    rows: list[tuple[str, str, float]] = []
    for _, story in quotes.group_by("story_id", maintain_order=True):
        same: dict[tuple[str | None, str, str | None], list[str]] = {}
        for quote_id, text_en, text, speaker in story.select(
            "quote_id", "text_en", "text", "speaker"
        ).rows():
            same.setdefault((text_en, normalised(text), speaker), []).append(quote_id)
        rows += [(first, other, 1.0) for first, *others in same.values() for other in others]
        told = [
            (first, _content(text_en or ""), text, speaker)
            for (text_en, text, speaker), (first, *_) in same.items()
        ]
        for index, (left, left_words, left_text, left_speaker) in enumerate(told):
            for right, right_words, right_text, right_speaker in told[index + 1 :]:
                if not _can_be_one(left_speaker, right_speaker, speaks_for):
                    continue
                shared = _shared(left_words, right_words)
                if left_text == right_text or shared >= _ONE_STATEMENT:
                    rows.append((left, right, 1.0 if left_text == right_text else shared))
    schema = {"left": pl.String, "right": pl.String, "score": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _of_one_speaker(
    pairs: pl.DataFrame, quotes: pl.DataFrame, speaks_for: set[tuple[str, str]], judged: Judged
) -> pl.DataFrame:
    """Return the pairs that join quotations of one speaker, the likest first.

    A quotation for which nobody is named would else bring together two who cannot be one. What is
    judged the same comes first, whoever speaks; what is judged different is not joined.
    """
    present = quotes["quote_id"].implode()
    same = judged.pairs().filter(pl.col("left").is_in(present) & pl.col("right").is_in(present))
    pairs = pl.concat([same.with_columns(score=pl.lit(2.0)), pairs])
    party: dict[str, tuple[list[str], set[str | None]]] = {
        quote_id: ([quote_id], {speaker})
        for quote_id, speaker in quotes.select("quote_id", "speaker").rows()
    }
    kept = []
    best_first = pairs.sort(["score", "left", "right"], descending=[True, False, False])
    for left, right, score in best_first.rows():
        few, many = sorted((party[left], party[right]), key=lambda one: len(one[0]))
        if few is not many:
            if not judged.allows(few[0], many[0]):
                continue
            spoken = product(few[1], many[1])
            if score <= 1 and not all(_can_be_one(*two, speaks_for) for two in spoken):
                continue
            many[0].extend(few[0])
            many[1].update(few[1])
            party.update(dict.fromkeys(few[0], many))
        kept.append((left, right, score))
    return pl.DataFrame(kept, schema=pairs.schema, orient="row")


def _content(text: str) -> frozenset[str]:
    words = (word.strip(".,;:!?\"'()“”‘’").lower() for word in text.split())
    return frozenset(word for word in words if len(word) > 2 and word not in _EMPTY)


def _shared(left: frozenset[str], right: frozenset[str]) -> float:
    fewest = min(len(left), len(right))
    return len(left & right) / fewest if fewest >= _FEWEST_WORDS else 0.0


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
