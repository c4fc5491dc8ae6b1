"""Linking over languages against MEANTIME: ``python -m benchmarks.linking FILE...``.

FILEs (or a folder of them) are of two kinds, in any order: articles (``doc, lang, sent_ids,
sents``, sentences as tokens) and mentions (``doc, lang, sent, tok, text, type, head, named,
instance``). Every mention that has a name is linked, over all languages at once. Prints B-cubed and
pairwise precision, recall and F1 of Babelwire and of two baselines on the same names: equal names
without regard to case, and TF-IDF of letter trigrams at the threshold that suits it best; of all
articles, and of each half by the hash of the article.

The gold marks whole phrases (the new Airbus A380 superjumbo, Apple CEO Steve Jobs); the name is the
run of capitalised words around the phrase's head, without roles and other names before it; a
title without a name (Apple CEO) has that of the phrase that holds it, if one does.
"""

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.clusters import agreement, by_threshold, cosines, is_first_half
from pipelines.reference.tables import Reference, read_reference
from pipelines.resolution.identities import core_names
from pipelines.resolution.links import core_links
from pipelines.resolution.namings import (
    core_name_forms,
    core_name_uses,
    core_namings,
    core_shared_forms,
)
from warehouse.contracts.frames import empty

_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
_REFERENCE = Path(__file__).resolve().parent.parent / "seeds" / "reference"
#: What the gold's types are called here; financial names are of indices and companies.
_TYPES = {"PER": "PERSON", "ORG": "ORG", "LOC": "GPE", "PRO": "PRODUCT", "FIN": "ORG"}
_CAPITAL = re.compile(r"^[\"“'`]*([^\W\d_a-zà-ÿ]|\d|[a-z]{1,2}[A-Z])")
_INSIDE = ("'s", "'", "s", "-", "&", ".")

Row = dict[str, Any]


def main(files: list[Path]) -> None:
    """Print the figures of one set of files."""
    rows = [json.loads(line) for file in files for line in file.open(encoding="utf-8")]
    documents = {(row["lang"], row["doc"]): row for row in rows if "sents" in row}
    gold = [row for row in rows if "instance" in row and row["named"]]
    reference = read_reference(_REFERENCE, _LANGUAGES)
    tables = _tables(gold, documents, reference)
    started = time.perf_counter()
    links = _resolved(*tables, reference)
    seconds = time.perf_counter() - started
    mentions = tables[0]
    instance = dict(zip(mentions["mention_id"], (row["instance"] for row in gold), strict=True))
    documents_of = dict(zip(mentions["mention_id"], (row["doc"] for row in gold), strict=True))
    names = dict(zip(mentions["mention_id"], mentions["surface"].str.to_lowercase(), strict=True))
    found = dict(links.select("mention_id", "entity_id").rows())
    threshold, alike = _tf_idf(names, instance)
    halves = {
        "all": set(instance),
        "first half": {one for one, doc in documents_of.items() if is_first_half(doc)},
        "second half": {one for one, doc in documents_of.items() if not is_first_half(doc)},
    }
    figures = {
        "mentions": len(gold),
        "articles": len({(row["lang"], row["doc"]) for row in gold}),
        "seconds": round(seconds, 2),
        "threshold of tf-idf": threshold,
    } | {
        half: {
            name: agreement(groups, {one: instance[one] for one in sorted(chosen)})
            for name, groups in (("babelwire", found), ("equal names", names), ("tf-idf", alike))
        }
        for half, chosen in halves.items()
        if chosen
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _tf_idf(names: dict[str, str], gold: dict[str, str]) -> tuple[float, dict[str, str]]:
    distinct = sorted(set(names.values()))
    padded = pl.format("  {} ", "text").str
    trigrams = pl.concat_list(
        [padded.slice(start, 3) for start in range(max(map(len, distinct)) + 1)]
    ).list.eval(pl.element().filter(pl.element().str.len_chars() == 3))
    pairs = cosines(dict(zip(distinct, distinct, strict=True)), trigrams)
    return by_threshold(distinct, pairs, gold, names)


# -- the gold as tables --------------------------------------------------------------------


def _tables(
    gold: list[Row], documents: dict[tuple[str, str], Row], reference: Reference
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return mentions, segments and languages; sentences are tokens with spaces between."""
    cues = reference.seed_cue_words
    roles = {cue.lower() for cue in cues.filter(pl.col("kind") == "role")["cue"]}
    loose = {
        cue.lower().rstrip("'")
        for cue in cues.filter(pl.col("kind").is_in(["connector", "determiner"]))["cue"]
    }
    things = reference.seed_entities.filter(pl.col("type") != "PERSON")
    others = {
        name.lower()
        for name in reference.seed_entity_names.join(things, on="entity_id", how="semi")["name"]
    }
    mentions, segments, languages = [], [], []
    starts: dict[tuple[str, int], tuple[int, list[str]]] = {}
    for (language, doc), row in sorted(documents.items()):
        article, at = f"{language}/{doc}", 0
        for number, tokens in zip(row["sent_ids"], row["sents"], strict=True):
            starts[article, number] = (at, tokens)
            segments.append((f"{article}/s{number}", article, at, " ".join(tokens)))
            languages.append((f"{article}/s{number}", article, language))
            at += len(" ".join(tokens)) + 1
    phrases: dict[tuple[str, int], list[tuple[Row, list[int]]]] = {}
    for row in gold:
        place = (f"{row['lang']}/{row['doc']}", row["sent"])
        name = _name(row, starts[place][1], roles, loose, others)
        phrases.setdefault(place, []).append((row, name))
    for number, row in enumerate(gold):
        article = f"{row['lang']}/{row['doc']}"
        at, tokens = starts[article, row["sent"]]
        name = _named(row, phrases[article, row["sent"]])
        start = at + len(" ".join(tokens[: name[0]])) + (1 if name[0] else 0)
        surface = " ".join(tokens[name[0] : name[-1] + 1])
        mentions.append(
            (f"m{number:06}", article, f"{article}/s{row['sent']}", start, start + len(surface),
             surface, _TYPES.get(row["type"], "EVENT"))
        )  # fmt: skip
    return (
        pl.DataFrame(
            mentions,
            schema=["mention_id", "article_id", "segment_id", "start", "end", "surface", "type"],
            orient="row",
        ),
        pl.DataFrame(segments, schema=["segment_id", "article_id", "start", "text"], orient="row"),
        pl.DataFrame(languages, schema=["segment_id", "article_id", "language"], orient="row"),
    )


def _named(row: Row, phrases: list[tuple[Row, list[int]]]) -> list[int]:
    """Return the name of a phrase, or that of the smallest phrase that holds it where it has none:
    a title beside a name stands for its bearer.
    """
    own = next(name for one, name in phrases if one is row)
    around = [
        name
        for one, name in sorted(phrases, key=lambda phrase: len(phrase[0]["tok"]))
        if name and one["type"] == row["type"] and set(row["tok"]) < set(one["tok"])
    ]
    return own or (around[0] if around else sorted(row["tok"]))


def _name(
    row: Row, tokens: list[str], roles: set[str], loose: set[str], others: set[str]
) -> list[int]:
    """Return the tokens of a phrase that are the name its head belongs to."""
    phrase = sorted(row["tok"])
    heads = [place for place in phrase if tokens[place] == row["head"]] or phrase[-1:]
    runs = _runs(phrase, tokens, roles, loose, heads)
    if row["type"] == "PER":
        runs = [own for run in runs if (own := _own(run, tokens, others))]
    elif row["head"].lower() in roles:
        runs = []
    return min(
        runs,
        key=lambda run: min(abs(place - head) for place in run for head in heads),
        default=[],
    )


def _own(run: list[int], tokens: list[str], others: set[str]) -> list[int]:
    """Return what is left of a person's name without names of other entities before it."""
    for length in range(len(run), 0, -1):
        before = " ".join(tokens[place] for place in run[:length]).lower()
        if before in others:
            return run[length:]
    return run


def _runs(
    phrase: list[int], tokens: list[str], roles: set[str], loose: set[str], heads: list[int]
) -> list[list[int]]:
    """Return runs of capitalised words; connectors and marks may stand inside."""
    runs: list[list[int]] = []
    run: list[int] = []
    for place in phrase:
        token, low = tokens[place], tokens[place].lower()
        opens = token.istitle() and low in loose and place == phrase[0] and len(phrase) > 1
        is_name = bool(_CAPITAL.match(token)) and low not in roles and not opens
        tail = bool(run) and place in heads and token.isalpha()
        following = tokens[place + 1] if place < phrase[-1] else ""
        inside = (low in loose or token in _INSIDE) and (
            bool(_CAPITAL.match(following)) or following in _INSIDE
        )
        if is_name or tail or (run and inside):
            run.append(place)
        elif run:
            runs.append(run)
            run = []
    return [*runs, run] if run else runs


def _resolved(
    mentions: pl.DataFrame, segments: pl.DataFrame, languages: pl.DataFrame, reference: Reference
) -> pl.DataFrame:
    known = (reference.seed_entities, reference.seed_entity_names, reference.seed_cue_words)
    namings = core_namings(mentions, segments, languages, *known)
    names = namings.select("name_id", "name", "type", "key").unique()
    entities = core_names(
        core_name_uses(namings),
        core_shared_forms(core_name_forms(names, *known)),
        reference.seed_entities,
        empty("seed_judgements"),
    )
    return core_links(namings, entities)


if __name__ == "__main__":
    given = map(Path, sys.argv[1:])
    main([
        file
        for one in given
        for file in (sorted(one.glob("*.jsonl")) if one.is_dir() else [one])
    ])
