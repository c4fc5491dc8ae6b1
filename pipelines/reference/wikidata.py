"""Extracts of Wikidata as tables: results of a SPARQL query, or items as JSON lines.

A result needs ``item`` (an item's address or id) and ``name``; ``language`` where the name's own
tag does not tell it, ``class`` or ``type``, and ``short`` (true) where the name is a short form.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.reference.ambiguity import flagged
from warehouse.contracts.frames import schema
from warehouse.contracts.seed import ENTITY_TYPES

#: Classes of Wikidata (P31) and the types and kinds they are here.
CLASSES: dict[str, tuple[str, str]] = {
    "Q5": ("PERSON", "person"),
    "Q43229": ("ORG", "organisation"),
    "Q4830453": ("ORG", "company"),
    "Q783794": ("ORG", "company"),
    "Q6881511": ("ORG", "company"),
    "Q891723": ("ORG", "company"),
    "Q3918": ("ORG", "university"),
    "Q875538": ("ORG", "university"),
    "Q31855": ("ORG", "institute"),
    "Q327333": ("ORG", "agency"),
    "Q484652": ("ORG", "organisation"),
    "Q163740": ("ORG", "organisation"),
    "Q79913": ("ORG", "organisation"),
    "Q7278": ("ORG", "party"),
    "Q11032": ("ORG", "media"),
    "Q192283": ("ORG", "media"),
    "Q476028": ("ORG", "club"),
    "Q6256": ("GPE", "country"),
    "Q3624078": ("GPE", "country"),
    "Q515": ("GPE", "city"),
    "Q1549591": ("GPE", "city"),
    "Q5119": ("GPE", "city"),
    "Q3957": ("GPE", "city"),
    "Q23442": ("LOC", "island"),
    "Q4022": ("LOC", "river"),
    "Q8502": ("LOC", "mountain"),
    "Q7397": ("PRODUCT", "software"),
    "Q2424752": ("PRODUCT", "product"),
    "Q115305900": ("PRODUCT", "model"),
}
_ITEM = re.compile(r"(Q[1-9]\d*)$")
#: Item, language, name, type, kind, whether it is a short form.
_Row = tuple[str, str, str, str, str, bool]
_ROWS = {
    "item": pl.String,
    "language": pl.String,
    "value": pl.String,
    "type": pl.String,
    "kind": pl.String,
    "short": pl.Boolean,
}


def read(file: Path) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int]]:
    """Return entities, names and what was left out of an extract, also one in gzip.

    Raises ValueError naming the line or the column that is wrong.
    """
    left_out: Counter[str] = Counter()
    rows = pl.DataFrame(list(_rows(file, left_out)), schema=_ROWS, orient="row").with_columns(
        entity_id=pl.format("wikidata-{}", "item")
    )
    english = pl.col("language").is_in(["en", "mul"])
    entities = (
        rows.sort(~english, "short", maintain_order=True)
        .unique("entity_id", keep="first", maintain_order=True)
        .select("entity_id", "type", "kind", name="value", wikidata_id="item")
        .select(list(schema("seed_entities")))
    )
    return entities, flagged(rows, pl.col("short")), dict(left_out)


def _rows(file: Path, left_out: Counter[str]) -> Iterator[_Row]:
    bare = Path(file.name.removesuffix(".gz"))
    opener = gzip.open if bare.name != file.name else open
    with opener(file, "rt", encoding="utf-8-sig") as lines:
        if bare.suffix == ".csv":
            yield from _of_results(_csv(lines), left_out)
        elif bare.suffix in (".jsonl", ".ndjson"):
            yield from _of_items(lines, left_out)
        else:
            yield from _of_results(_bindings(json.load(lines)), left_out)


def _csv(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    import csv

    rows = csv.DictReader(lines)
    _require(rows.fieldnames or ())
    yield from rows


def _bindings(told: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the rows of SPARQL 1.1 results in JSON; a name's tag tells its language."""
    _require(told["head"]["vars"])
    for row in told["results"]["bindings"]:
        tag = row.get("name", {}).get("xml:lang")
        yield {**({"language": tag} if tag else {}), **{k: v["value"] for k, v in row.items()}}


def _require(columns: Iterable[str]) -> None:
    missing = {"item", "name"} - set(columns)
    if missing:
        raise ValueError(f"it lacks the columns {', '.join(sorted(missing))}")


def _of_results(rows: Iterable[dict[str, str]], left_out: Counter[str]) -> Iterator[_Row]:
    for row in rows:
        item, name = _ITEM.search(row.get("item") or ""), (row.get("name") or "").strip()
        type_, kind = _typed(row)
        if not item or not name or name == item[0]:  # the label service names by the id
            left_out["without a name"] += 1
        elif type_ is None:
            left_out[f"of class {kind}"] += 1
        else:
            language = (row.get("language") or "mul").split("-")[0]
            yield item[0], language, name, type_, kind, (row.get("short") or "") == "true"


def _typed(row: dict[str, str]) -> tuple[str | None, str]:
    told = (row.get("type") or "").strip()
    if told in ENTITY_TYPES:
        return told, row.get("kind") or told.lower()
    found = _ITEM.search(row.get("class") or told)
    return CLASSES.get(found[0], (None, found[0])) if found else (None, told or "none")


def _of_items(lines: Iterable[str], left_out: Counter[str]) -> Iterator[_Row]:
    """Yield the names of items as Wikidata's dumps hold them, one a line."""
    for number, line in enumerate(lines, 1):
        text = line.strip().rstrip(",")
        if text in ("", "[", "]"):
            continue
        try:
            item = json.loads(text)
            classes = list(_classes(item))
            names = list(_names(item))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"line {number} is no item ({type(error).__name__})") from error
        typed = next((CLASSES[one] for one in classes if one in CLASSES), None)
        if typed is None:
            left_out[f"of class {classes[0] if classes else 'none'}"] += 1
            continue
        for language, name, is_alias in names:
            # An alias in capitals alone is an acronym; others are names as good as the label.
            yield item["id"], language, name, *typed, is_alias and name.isupper()


def _classes(item: dict[str, Any]) -> Iterator[str]:
    for claim in item.get("claims", {}).get("P31", []):
        value = claim["mainsnak"].get("datavalue")
        if value:
            yield value["value"]["id"]


def _names(item: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    for language, label in item.get("labels", {}).items():
        yield language.split("-")[0], label["value"].strip(), False
    for language, aliases in item.get("aliases", {}).items():
        for alias in aliases:
            yield language.split("-")[0], alias["value"].strip(), True
