"""Who and what is named: spans that may be names, each with the type its evidence speaks for."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.extraction.agreement import agreed, coordinated
from pipelines.extraction.candidates import candidates
from pipelines.extraction.corpus import (
    ALPHABET,
    CAPITALS,

    LETTERS,
    SMALL,
    Corpus,
    corpora,
    find_names,
    fold,
)
from pipelines.extraction.cues import Cues, cues
from pipelines.extraction.evidence import with_best_evidence
from pipelines.extraction.facts import facts
from pipelines.extraction.features import within
from pipelines.extraction.lexicon import common_words, name_parts
from pipelines.extraction.likelihood import calibrated
from pipelines.extraction.spans import head_words

#: Code points on either side in which evidence is looked for.
_CONTEXT = 80


def core_mentions(
    core_articles: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    seed_entities: pl.DataFrame,
    seed_entity_names: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_mentions`` for whole articles."""
    names = known_names(seed_entities, seed_entity_names)
    found = [
        _judged(corpus, spans, cues(seed_cue_words, corpus.language), names)
        for corpus, spans in candidate_spans(core_segments, core_languages, names, seed_cue_words)
    ]
    chosen = agreed(pl.concat(found)) if found else pl.DataFrame()
    made = [chosen.with_columns(calibrated(chosen["confidence"]))] if chosen.height else []
    mint = pl.format("{}/m{}-{}", "article_id", "start", "end")
    return facts("core_mentions", made, core_articles, core_segments, mint)


def candidate_spans(
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    names: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> Iterator[tuple[Corpus, pl.DataFrame]]:
    """Yield each language's corpus with the spans that may be names, in their context."""
    texts = list(corpora(core_segments, core_languages))
    words = [cues(seed_cue_words, corpus.language) for corpus in texts]
    heads = sorted(frozenset().union(*map(head_words, words)))
    looked_for = pl.concat([names["name"], pl.Series(heads, dtype=pl.String)]).unique()
    for corpus, own, found in zip(texts, words, find_names(texts, looked_for), strict=True):
        known = found.join(names, on="name")
        headed = found.filter(within("name", head_words(own))).select("at", "to").rows()
        spans = candidates(corpus, own, known, headed)
        placed = _written(corpus, corpus.at(spans))
        yield corpus, _proven(_in_context(corpus, placed), own)


#: Of the words of a heading so many have a capital; a line of fewer words is none.
_HEADING, _FEWEST_WORDS = 0.6, 4


def _written(corpus: Corpus, spans: pl.DataFrame) -> pl.DataFrame:
    """Say of spans whether their segment is written as a heading, or all in capitals."""
    alphabetic = corpus.of_class(ALPHABET)
    words = corpus.counts(alphabetic & ~_behind(alphabetic))
    capital = corpus.of_class(CAPITALS)
    capitals = corpus.counts(capital & ~_behind(corpus.of_class(LETTERS)))
    shouted = corpus.counts(corpus.of_class(SMALL)) == 0
    heading = (words >= _FEWEST_WORDS) & (capitals >= _HEADING * words)
    segment = np.searchsorted(corpus.positions, spans["at"].to_numpy(), side="right") - 1
    return spans.with_columns(
        heading=pl.Series(heading[segment]), shouted=pl.Series(shouted[segment])
    )


def _behind(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say of each place whether the one before it is marked."""
    return np.concatenate(([False], marked[:-1]))


def _proven(spans: pl.DataFrame, cues: Cues) -> pl.DataFrame:
    """Leave out common words of which their article has no capital but where a sentence opens.

    Given names stay, and what is told of behind a comma: "Alizé, un modèle de".
    """
    given = name_parts()["given_name"] - {word.title() for word in cues.words("number_word")}
    told_of = pl.col("after").str.contains(rf"^, {cues.seen('determiner')}")
    words = spans.with_columns(
        common=pl.Series(common_words(cues.language).hold(spans["text"].str.to_lowercase())),
        given=pl.Series([text in given for text in spans["text"]], dtype=pl.Boolean),
    )
    only_opens = pl.col("opens").all().over("name")
    unproven = pl.col("common") & only_opens & pl.col("known_type").is_null()
    return words.filter(~unproven | pl.col("given") | told_of).drop("common", "given")


def known_names(entities: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Return name, known_type, ambiguous: one row a name, the least ambiguous first."""
    return (
        names.with_columns(name=pl.Series(map(fold, names["name"]), dtype=pl.String))
        .join(entities.select("entity_id", "type"), on="entity_id")
        .sort("name", "ambiguous", "entity_id")
        .unique("name", keep="first", maintain_order=True)
        .select("name", "ambiguous", known_type="type")
    )


def _judged(corpus: Corpus, spans: pl.DataFrame, cues: Cues, names: pl.DataFrame) -> pl.DataFrame:
    """Return the candidates of one language, each with its best evidence."""
    places = names.filter(known_type="GPE")["name"]
    judged = with_best_evidence(spans, cues, places)
    return coordinated(judged, cues).select(
        "article_id",
        "segment_id",
        "text",
        "words",
        "opens",
        "in_list",
        "nested",
        "after",
        "confidence",
        "type",
        "evidence",
        "settled",
        start=pl.col("at") + pl.col("offset"),
        end=pl.col("to") + pl.col("offset"),
    )


def _in_context(corpus: Corpus, spans: pl.DataFrame) -> pl.DataFrame:
    """Add what stands before and after each span in its segment, how many words it has, and which
    ``name`` of its article it is.
    """
    text = corpus.text
    placed = spans.with_columns(
        first=pl.max_horizontal("position", pl.col("at") - _CONTEXT),
        behind=pl.min_horizontal(
            pl.col("position") + pl.col("segment_end") - pl.col("segment_start"),
            pl.col("to") + _CONTEXT,
        ),
    )
    before = [text[first:at] for first, at in placed.select("first", "at").rows()]
    after = [text[to:behind] for to, behind in placed.select("to", "behind").rows()]
    return spans.with_columns(
        before=pl.Series(before, dtype=pl.String),
        after=pl.Series(after, dtype=pl.String),
        words=pl.col("text").str.count_matches(r"\S+"),
        name=pl.struct("article_id", "text").rank("dense"),
    ).sort("at", "to", descending=[False, True])
