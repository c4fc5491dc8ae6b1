"""Names of people, organisations and places against annotated sentences.

``python -m benchmarks.ner FILE ...`` prints one JSON line a file. FILE (or FILE.gz) holds one JSON
object a line with ``lang``, ``tokens`` and ``tags`` (BIO of PER, ORG, LOC; other types count as
none). ``strict`` asks for span and type, ``boundary`` for the span alone; ``by_confidence`` gives
the share of strictly right mentions in each band of stated confidence. ``--errors N`` adds the
most frequent kinds of error, with N examples each; ``--odd`` and ``--even`` take every other block;
``--extractors rules,spacy`` asks others than the rules, set up as a run would be.

The files part no documents. Lines that follow each other mostly come from one, so blocks of lines
are read as one article each; tokens are joined as the language writes them.
"""

import argparse
import gzip
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import polars as pl

from assets.resources import Settings
from pipelines.extraction.panel import Panel
from pipelines.reference.tables import Reference, read_reference

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
REFERENCE = Path(__file__).resolve().parent.parent / "seeds" / "reference"
_TYPES = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC"}
#: Sentences of one article.
_BLOCK = 25
_BANDS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

Span = tuple[str, int, int]


@dataclass(frozen=True)
class Annotated:
    """Sentences as articles, and the type of each span in them that is a name."""

    articles: pl.DataFrame
    segments: pl.DataFrame
    languages: pl.DataFrame
    names: dict[Span, str]


def figures(
    annotated: Annotated, reference: Reference, panel: Panel, errors: int = 0
) -> dict[str, object]:
    """Return what the mentions of annotated sentences score."""
    started = time.perf_counter()
    mentions = panel.core_mentions(
        annotated.articles,
        annotated.segments,
        annotated.languages,
        reference.seed_entities,
        reference.seed_entity_names,
        reference.seed_cue_words,
    )
    seconds = time.perf_counter() - started
    found = _outermost(mentions)
    made = {span: type_ for span, (type_, _) in found.items()}
    gold = annotated.names
    result: dict[str, object] = {
        "sentences": annotated.segments.height,
        "seconds": round(seconds, 1),
        "strict": _score(set(gold.items()), set(made.items())),
        "boundary": _score(set(gold), set(made)),
    }
    for type_ in sorted(set(_TYPES.values())):
        wanted, given = (
            {span for span, own in names.items() if own == type_} for names in (gold, made)
        )
        result[type_] = _score(wanted, given)
    result["by_confidence"] = _calibration(gold, found)
    if errors:
        result["errors"] = _errors(annotated, made, errors)
    return result


def _outermost(mentions: pl.DataFrame) -> dict[Span, tuple[str, float]]:
    """Return the mentions of the scored types, without those inside longer ones."""
    reached = pl.col("end").cum_max().shift(1, fill_value=0).over("article_id")
    outermost = (
        mentions.filter(pl.col("type").is_in(list(_TYPES)))
        .sort(["article_id", "start", "end"], descending=[False, False, True])
        .filter(pl.col("start") >= reached)
    )
    columns = outermost.select("article_id", "start", "end", "type", "confidence")
    return {
        (article, start, end): (_TYPES[type_], confidence)
        for article, start, end, type_, confidence in columns.rows()
    }


def _score(gold: set, made: set) -> dict[str, float]:
    right = len(gold & made)
    precision = right / len(made) if made else 0.0
    recall = right / len(gold) if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"P": round(precision, 3), "R": round(recall, 3), "F1": round(f1, 3)}


def _calibration(
    gold: dict[Span, str], found: dict[Span, tuple[str, float]]
) -> dict[str, dict[str, float]]:
    bands: dict[str, dict[str, float]] = {}
    for low, high in pairwise(_BANDS):
        inside = {
            span: (type_, confidence)
            for span, (type_, confidence) in found.items()
            if low <= confidence < high or confidence == high == _BANDS[-1]
        }
        if inside:
            right = sum(gold.get(span) == type_ for span, (type_, _) in inside.items())
            stated = sum(confidence for _, confidence in inside.values()) / len(inside)
            bands[f"{low}-{high}"] = {
                "mentions": len(inside),
                "stated": round(stated, 3),
                "right": round(right / len(inside), 3),
            }
    return bands


def _errors(annotated: Annotated, made: dict[Span, str], examples: int) -> dict[str, object]:
    """Return kinds of error, most frequent first, each with its count and some examples."""
    bodies = dict(annotated.articles.select("article_id", "body").rows())
    gold = annotated.names
    made_in, gold_in = _by_article(made), _by_article(gold)
    seen: dict[str, list[str]] = {}
    counts: Counter[str] = Counter()

    def note(kind: str, span: Span) -> None:
        article, start, end = span
        body = bodies[article]
        counts[kind] += 1
        before = body[max(0, start - 30) : start].replace("\n", "|")
        after = body[end : end + 20].replace("\n", "|")
        seen.setdefault(kind, []).append(f"{before}[{body[start:end]}]{after}")

    for span, type_ in gold.items():
        if span in made and made[span] != type_:
            note(f"{type_} called {made[span]}", span)
        elif span not in made:
            overlaps = _overlaps(span, made_in)
            note(f"{type_} with other bounds" if overlaps else f"{type_} missed", span)
    for span, type_ in made.items():
        if span not in gold and not _overlaps(span, gold_in):
            note(f"{type_} where nothing is named", span)
    return {
        kind: {"count": count, "examples": seen[kind][:: max(1, count // examples)][:examples]}
        for kind, count in counts.most_common()
    }


def _by_article(spans: Iterable[Span]) -> dict[str, list[tuple[int, int]]]:
    held: dict[str, list[tuple[int, int]]] = {}
    for article, at, to in spans:
        held.setdefault(article, []).append((at, to))
    return held


def _overlaps(span: Span, held: dict[str, list[tuple[int, int]]]) -> bool:
    article, start, end = span
    return any(at < end and to > start for at, to in held.get(article, []))


def read(file: Path, half: int | None = None) -> Annotated:
    """Read annotated sentences; ``half`` takes the even (0) or odd (1) blocks only."""
    articles: list[tuple[str, str]] = []
    segments: list[tuple[str, str, int, int, int, str]] = []
    languages: list[tuple[str, str, str]] = []
    names: dict[Span, str] = {}
    for number, block in enumerate(_blocks(file)):
        if half is not None and number % 2 != half:
            continue
        article, body = f"art_{number:05}", ""
        for ordinal, row in enumerate(block):
            text, spans = _joined(row["tokens"], row["tags"], _HYPHEN.get(row["lang"]))
            start = len(body)
            body += text + "\n"
            segment = f"{article}/s{ordinal}"
            segments.append((segment, article, ordinal, start, start + len(text), text))
            languages.append((segment, article, row["lang"]))
            for at, to, type_ in spans:
                if type_ in _TYPES.values():
                    names[article, start + at, start + to] = type_
        articles.append((article, body))
    return Annotated(
        pl.DataFrame(articles, schema=["article_id", "body"], orient="row"),
        pl.DataFrame(
            segments,
            schema=["segment_id", "article_id", "ordinal", "start", "end", "text"],
            orient="row",
        ).with_columns(kind=pl.lit("sentence")),
        pl.DataFrame(languages, schema=["segment_id", "article_id", "language"], orient="row"),
        names,
    )


def _blocks(file: Path) -> Iterator[list[dict]]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for first in range(0, len(rows), _BLOCK):
        yield rows[first : first + _BLOCK]


_NO_SPACE_BEFORE = re.compile(r"[.,;:!?…)\]}»”%]+|'s|'|n't|'\w{1,2}|’s")
#: English treebanks part words at hyphens.
_HYPHEN = {"en": "-"}
_NO_SPACE_AFTER = re.compile(r"[(\[{«“„¿¡$£€#@]|\w*['’]")


def _joined(
    tokens: list[str], tags: list[str], hyphen: str | None
) -> tuple[str, list[tuple[int, int, str]]]:
    """Return the text of tokens, and where in it the tags say that a name stands."""
    text = ""
    spans: list[tuple[int, int, str]] = []
    quoted, glued = False, True
    for token, tag in zip(tokens, tags, strict=True):
        closes = token == '"' and quoted
        if not (glued or closes or token == hyphen or _NO_SPACE_BEFORE.fullmatch(token)):
            text += " "
        at = len(text)
        text += token
        if tag.startswith("B-"):
            spans.append((at, len(text), tag[2:]))
        elif tag.startswith("I-") and spans:
            spans[-1] = (spans[-1][0], len(text), spans[-1][2])
        quoted = quoted != (token == '"')
        glued = bool(_NO_SPACE_AFTER.fullmatch(token)) or (token == '"' and quoted)
        glued = glued or token == hyphen
    return text, spans


def main(arguments: list[str]) -> None:
    """Print the figures of files."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ner")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--errors", type=int, default=0, metavar="N")
    half = parser.add_mutually_exclusive_group()
    half.add_argument("--even", dest="half", action="store_const", const=0)
    half.add_argument("--odd", dest="half", action="store_const", const=1)
    parser.add_argument("--extractors", default="rules", help="parted by commas; BABELWIRE_ else")
    given = parser.parse_args(arguments)
    reference = read_reference(REFERENCE, LANGUAGES)
    panel = Settings.from_environment(
        {**os.environ, "BABELWIRE_EXTRACTORS": given.extractors}
    ).panel
    for file in given.files:
        annotated = read(file, given.half)
        result = {"file": file.name, **figures(annotated, reference, panel, given.errors)}
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
