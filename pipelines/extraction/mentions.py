"""Who and what is named: spans that may be names, each with the type its evidence speaks for."""

import polars as pl

from pipelines.extraction.agreement import agreed, coordinated
from pipelines.extraction.candidates import candidates
from pipelines.extraction.corpus import GAP, Corpus, corpora, fold
from pipelines.extraction.cues import Cues, cues
from pipelines.extraction.evidence import with_best_evidence
from pipelines.extraction.facts import facts

_FEWEST = 0.5
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
    names = _known_names(seed_entities, seed_entity_names)
    found = [
        _judged(corpus, cues(seed_cue_words, corpus.language), names)
        for corpus in corpora(core_segments, core_languages)
    ]
    chosen = [agreed(pl.concat(found)).filter(pl.col("confidence") >= _FEWEST)] if found else []
    mint = pl.format("{}/m{}-{}", "article_id", "start", "end")
    return facts("core_mentions", chosen, core_articles, core_segments, mint)


def _known_names(entities: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Return name, known_type, ambiguous: one row a name, the least ambiguous first."""
    return (
        names.with_columns(name=pl.Series(map(fold, names["name"]), dtype=pl.String))
        .join(entities.select("entity_id", "type"), on="entity_id")
        .sort("name", "ambiguous", "entity_id")
        .unique("name", keep="first", maintain_order=True)
        .select("name", "ambiguous", known_type="type")
    )


def _judged(corpus: Corpus, cues: Cues, names: pl.DataFrame) -> pl.DataFrame:
    """Return the candidates of one language, each with its best evidence."""
    places = names.filter(known_type="GPE")["name"]
    spans = _in_context(corpus, candidates(corpus, cues, names))
    judged = with_best_evidence(spans, cues, places)
    return corpus.at(coordinated(judged, cues)).select(
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
        start=pl.col("at") + pl.col("offset"),
        end=pl.col("to") + pl.col("offset"),
    )


def _in_context(corpus: Corpus, spans: pl.DataFrame) -> pl.DataFrame:
    """Add what stands before and after each span in its segment, and how many words it has."""
    text = corpus.text
    before = [text[max(0, at - _CONTEXT) : at].split(GAP)[-1] for at in spans["at"]]
    after = [text[to : to + _CONTEXT].split(GAP)[0] for to in spans["to"]]
    return spans.with_columns(
        before=pl.Series(before, dtype=pl.String),
        after=pl.Series(after, dtype=pl.String),
        words=pl.col("text").str.count_matches(r"\S+"),
    ).sort("at", "to", descending=[False, True])
