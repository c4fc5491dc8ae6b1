"""Numbers, percentages, sums and dates against hand-made cases: ``python -m benchmarks.recognizers
FILE...``.

Each FILE is named ``LANGUAGE.KIND.jsonl`` (kinds number, percent, currency, datetime) and holds one
JSON object a line: ``input``; ``ref``, the moment relative dates count from; and ``results`` with
``Text``, ``Start``, ``End``, ``TypeName`` and ``Resolution``. Prints, for each file, the share of
inputs read right: every expected result found where it stands and with its value, and nothing else
found. Of dates only expressions of a day count, not times of day, durations or intervals.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.extraction.corpus import fold
from pipelines.extraction.cues import cues
from pipelines.extraction.dates import core_dates
from pipelines.extraction.numbers import number_grammar
from pipelines.extraction.quantities import core_quantities
from pipelines.reference.tables import Reference, read_reference
from pipelines.resolution.happenings import resolve
from warehouse.contracts.frames import empty

_REFERENCE = Path(__file__).resolve().parent.parent / "seeds" / "reference"
#: Values are printed with 15 digits.
_NEAR = 1e-9
#: Units that are hundredths of several currencies.
_PARTS = ("cents", "pence")


def main(files: list[Path]) -> None:
    """Print the figures of the files."""
    reference = read_reference(_REFERENCE, ())
    figures = {file.name.removesuffix(".jsonl"): _figures(file, reference) for file in files}
    sys.stdout.write(json.dumps(figures) + "\n")


def _figures(file: Path, reference: Reference) -> dict[str, float | int]:
    language, kind, _ = file.name.split(".", 2)
    cases = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    read = {"number": _numbers, "percent": _shares, "currency": _sums, "datetime": _days}[kind]
    rights = list(read(cases, language, reference))
    counted = [right for right in rights if right is not None]
    halves = [[one for one in rights[at::2] if one is not None] for at in (0, 1)]
    return {
        "inputs": len(counted),
        "left_out": len(rights) - len(counted),
        "correct": _share(counted),
        "even": _share(halves[0]),
        "odd": _share(halves[1]),
    }


def _share(rights: list[bool]) -> float:
    return round(sum(rights) / len(rights), 3) if rights else 0.0


_Cases = list[dict[str, Any]]
#: at, to, value
_Span = tuple[int, int, float]


def _numbers(cases: _Cases, language: str, reference: Reference) -> Iterator[bool | None]:
    """An article ("a", "un") is no number here, and "29km" is a measure."""
    grammar = number_grammar(cues(reference.seed_cue_words, language))
    for case in cases:
        found = [
            (one.at, one.to, one.value)
            for one in grammar.numbers(fold(case["input"]))
            if not one.article and not one.glued
        ]
        yield _same(found, _expected(case))


def _shares(cases: _Cases, language: str, reference: Reference) -> Iterator[bool | None]:
    for case, rows in zip(cases, _quantities(cases, language, reference), strict=True):
        yield _same([row[:3] for row in rows if row[3] == "percent"], _expected(case))


def _sums(cases: _Cases, language: str, reference: Reference) -> Iterator[bool | None]:
    for case, rows in zip(cases, _quantities(cases, language, reference), strict=True):
        sums = [row for row in rows if row[4] or row[5] or row[3] in _PARTS]
        codes = [(one.get("Resolution") or {}).get("isoCurrency") for one in case["results"]]
        same_codes = all(
            code is None or code == row[4] for code, row in zip(codes, sums, strict=False)
        )
        yield same_codes and _same([row[:3] for row in sums], _expected(case))


def _days(cases: _Cases, language: str, reference: Reference) -> Iterator[bool | None]:
    for case, rows in zip(cases, _dates(cases, language, reference), strict=True):
        wanted = [one for one in case["results"] if one.get("TypeName", "").endswith(".date")]
        if not wanted:
            yield None
            continue
        yield _all_days(wanted, case, rows)


def _all_days(wanted: _Cases, case: dict[str, Any], rows: list[dict[str, Any]]) -> bool | None:
    """Say whether all days are found; None where a relative one has nothing to count from.

    Of the days a recognizer offers for "Friday" any is right. What it calls not resolved (30
    February) must not be found.
    """
    anchor = datetime.fromisoformat(case["ref"]).date() if case.get("ref") else None
    for one in wanted:
        place = _place(one, case["input"])
        values = {value.get("value", "") for value in (one.get("Resolution") or {})["values"]}
        here = [row for row in rows if row["start"] < place[1] and row["end"] > place[0]]
        if values == {"not resolved"}:
            if here:
                return False
            continue
        if anchor is None and (not here or here[0]["date_from"] is None):
            return None
        if len(here) != 1 or not _is_day(here[0], anchor, values):
            return False
    return len(rows) <= len(case["results"])


def _is_day(row: dict[str, Any], anchor: date | None, values: set[str]) -> bool:
    if row["date_from"] is not None:
        first, last = row["date_from"], row["date_to"]
    elif anchor is not None:
        first, last = resolve(row["offset_from_anchor"], anchor)
    else:
        return False
    return any(first.isoformat() <= value <= last.isoformat() for value in values)


def _place(one: dict[str, Any], text: str) -> tuple[int, int]:
    if "Start" in one:
        return one["Start"], one["End"] + 1
    at = max(0, text.lower().find(one["Text"].lower()))
    return at, at + len(one["Text"])


def _expected(case: dict[str, Any]) -> list[_Span]:
    spans = []
    for one in case["results"]:
        value = str((one.get("Resolution") or {}).get("value")).rstrip("%").replace(",", ".")
        if value not in ("null", "None"):
            spans.append((*_place(one, case["input"]), float(value)))
    return sorted(spans)


def _same(found: list[_Span], expected: list[_Span]) -> bool:
    return len(found) == len(expected) and all(
        here[0] < there[1]
        and here[1] > there[0]
        and abs(here[2] - there[2]) <= _NEAR * max(abs(there[2]), 1e-3)
        for here, there in zip(sorted(found), expected, strict=True)
    )


def _frames(cases: _Cases, language: str) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    texts = [case["input"] for case in cases]
    names = [f"{at:06d}" for at in range(len(texts))]
    articles = pl.DataFrame({"article_id": names, "body": texts})
    segments = articles.select(
        "article_id",
        segment_id=pl.col("article_id") + "/0",
        ordinal=pl.lit(0, dtype=pl.Int32),
        kind=pl.lit("sentence"),
        start=pl.lit(0, dtype=pl.Int64),
        end=pl.col("body").str.len_chars().cast(pl.Int64),
        text="body",
    )
    languages = segments.select("segment_id", "article_id", language=pl.lit(language))
    return articles, segments, languages


def _dates(
    cases: _Cases, language: str, reference: Reference
) -> Iterator[list[dict[str, Any]]]:
    frames = _frames(cases, language)
    dates = core_dates(*frames, empty("core_mentions"), reference.seed_cue_words)
    return _by_case(dates, frames[0])


def _quantities(
    cases: _Cases, language: str, reference: Reference
) -> Iterator[list[tuple[int, int, float, str, str, bool]]]:
    frames = _frames(cases, language)
    known = (reference.seed_cue_words, reference.seed_units)
    rows = core_quantities(*frames, empty("core_mentions"), empty("core_dates"), *known)
    for case in _by_case(rows, frames[0]):
        yield [
            (*(row[name] for name in ("start", "end", "value", "unit", "currency")), _is_sum(row))
            for row in case
        ]


def _is_sum(row: dict[str, Any]) -> bool:
    return str(row["property"]).startswith("amount")


def _by_case(rows: pl.DataFrame, articles: pl.DataFrame) -> Iterator[list[dict[str, Any]]]:
    by_article = rows.partition_by("article_id", as_dict=True)
    for article in articles["article_id"]:
        own = by_article.get((article,))
        yield [] if own is None else own.to_dicts()


if __name__ == "__main__":
    main([Path(file) for file in sys.argv[1:]])
