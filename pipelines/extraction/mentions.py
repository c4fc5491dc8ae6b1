"""Who and what is named: spans that may be names, each with the type its evidence speaks for."""

from collections.abc import Mapping

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
    all_languages,
    find_names,
    folded,
)
from pipelines.extraction.cues import Cues, cues_of, pattern
from pipelines.extraction.evidence import with_best_evidence
from pipelines.extraction.facts import facts
from pipelines.extraction.lexicon import common_words, name_parts
from pipelines.extraction.likelihood import calibrated
from pipelines.extraction.spans import head_words
from warehouse.contracts.frames import empty

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
    told = cues_by_language(seed_cue_words, core_languages)
    spans = candidate_spans(core_segments, core_languages, names, told)
    if not spans.height:
        return empty("core_mentions")
    judged = with_best_evidence(spans, told, names.filter(known_type="GPE")["name"])
    chosen = agreed(coordinated(judged, told))
    found = chosen.with_columns(
        calibrated(chosen["confidence"]),
        start=pl.col("at") + pl.col("offset"),
        end=pl.col("to") + pl.col("offset"),
    )
    mint = pl.format("{}/m{}-{}", "article_id", "start", "end")
    return facts("core_mentions", [found], core_articles, core_segments, mint)


def cues_by_language(seed_cue_words: pl.DataFrame, core_languages: pl.DataFrame) -> dict[str, Cues]:
    """Return the cues of each language that is there."""
    languages = core_languages["language"].drop_nulls().unique().sort().to_list()
    return dict(zip(languages, cues_of(seed_cue_words, languages), strict=True))


def candidate_spans(
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    names: pl.DataFrame,
    told: Mapping[str, Cues],
) -> pl.DataFrame:
    """Return the spans that may be names, in their context, those of a language together.

    ``told`` are the cues of each language. A position at or to + ``offset`` is a code point of the
    body.
    """
    corpus = all_languages(core_segments, core_languages)
    if not corpus.text:
        return pl.DataFrame()
    heads = pl.DataFrame(
        [(language, word) for language, cues in told.items() for word in head_words(cues)],
        {"language": pl.String, "name": pl.String},
        orient="row",
    )
    found = find_names(corpus, pl.concat([names["name"], heads["name"]]).unique())
    languages = corpus.languages_at(found["at"].to_numpy()).alias("language")
    headed = found.with_columns(languages).join(
        heads, on=["language", "name"], how="semi", maintain_order="left"
    )
    known = found.join(names, on="name", maintain_order="left")
    placed = _written(corpus, candidates(corpus, told, known, headed))
    return _proven(_in_context(corpus, placed), told)


#: Of the words of a heading so many have a capital; a line of fewer words is none.
_HEADING, _FEWEST_WORDS = 0.6, 4


def _written(corpus: Corpus, spans: pl.DataFrame) -> pl.DataFrame:
    """Add to spans the segment in which they begin, ``offset``, which turns positions into code
    points of the body, and whether the segment is written as a heading, or all in capitals.
    """
    alphabetic = corpus.of_class(ALPHABET)
    words = corpus.counts(alphabetic & ~_behind(alphabetic))
    capital = corpus.of_class(CAPITALS)
    capitals = corpus.counts(capital & ~_behind(corpus.of_class(LETTERS)))
    shouted = corpus.counts(corpus.of_class(SMALL)) == 0
    heading = (words >= _FEWEST_WORDS) & (capitals >= _HEADING * words)
    segments = corpus.segments.select(
        *("segment_id", "article_id", "language", "ordinal", "kind", "position"),
        behind=pl.col("position") + pl.col("end") - pl.col("start"),
        offset=pl.col("start") - pl.col("position"),
        heading=pl.Series(heading),
        shouted=pl.Series(shouted),
    )
    place = np.searchsorted(corpus.positions, spans["at"].to_numpy(), side="right") - 1
    return spans.hstack(segments[place])


def _behind(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say of each place whether the one before it is marked."""
    return np.concatenate(([False], marked[:-1]))


def _proven(spans: pl.DataFrame, told: Mapping[str, Cues]) -> pl.DataFrame:
    """Leave out common words of which their article has no capital but where a sentence opens.

    Given names stay, and what is told of behind a comma: "Alizé, un modèle de".
    """
    doubted = spans.with_row_index("row").filter(
        pl.col("opens").all().over("name") & pl.col("known_type").is_null()
    )
    given, unproven = name_parts()["given_name"], []
    for language, cues in told.items():
        own = doubted.filter(language=language)
        common = common_words(language).hold(own["text"].str.to_lowercase())
        numbers = {word.title() for word in cues.words("number_word")}
        told_of = pattern(f", {cues.any('determiner')}", ignore_case=False)
        unproven += [
            row
            for row, text, after in own.filter(common).select("row", "text", "after").iter_rows()
            if (text not in given or text in numbers) and not told_of.match(after)
        ]
    return spans.filter(~pl.int_range(pl.len()).is_in(unproven) & ~_adjectives(told))


def _adjectives(told: Mapping[str, Cues]) -> pl.Expr:
    """Say of ambiguous names whether they are adjectives before a noun: "Total sales rose"."""
    forms = pl.concat_str("language", pl.col("text").str.to_lowercase(), separator=" ")
    before_nouns = [
        f"{language} {word}"
        for language, cues in told.items()
        for word in cues.words("adjective_before")
    ]
    followed = pl.col("after").str.contains(r"^ \p{Ll}{3,}s\b")
    is_doubted = pl.col("opens") & pl.col("ambiguous").fill_null(value=False)
    return is_doubted & followed & forms.is_in(before_nouns)


def known_names(entities: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Return name, known_type, ambiguous: one row a name, the least ambiguous first."""
    return (
        names.with_columns(name=folded(names["name"]))
        .join(entities.select("entity_id", "type"), on="entity_id")
        .sort("name", "ambiguous", "entity_id")
        .unique("name", keep="first", maintain_order=True)
        .select("name", "ambiguous", known_type="type")
    )


def _in_context(corpus: Corpus, spans: pl.DataFrame) -> pl.DataFrame:
    """Add what stands before and after each span in its segment, how many words it has, and which
    ``name`` of its article it is.
    """
    text = corpus.text
    placed = spans.select(
        "at",
        "to",
        first=pl.max_horizontal("position", pl.col("at") - _CONTEXT),
        behind=pl.min_horizontal("behind", pl.col("to") + _CONTEXT),
    )
    at, to, first, behind = (column.to_list() for column in placed.get_columns())
    before = [text[begin:end] for begin, end in zip(first, at, strict=True)]
    after = [text[begin:end] for begin, end in zip(to, behind, strict=True)]
    return spans.with_columns(
        before=pl.Series(before, dtype=pl.String),
        after=pl.Series(after, dtype=pl.String),
        words=pl.col("text").str.count_matches(r"\S+"),
        name=pl.struct("language", "article_id", "text").rank("dense"),
    ).sort("at", "to", descending=[False, True])
