"""The reference tables: curated CSVs, and the names of territories from CLDR."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.reference import open_sets
from pipelines.reference.judgements import JudgementFileError, read_judgements
from warehouse.contracts.frames import Schema, schema

#: Codes of CLDR that stand for unions, outlying groups, tests and the unknown.
_NO_TERRITORIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})


class ReferenceTableError(ValueError):
    """A reference table cannot be read; the message names file, place and remedy."""


@dataclass(frozen=True)
class Reference:
    """Rows of the seed tables that hold what is known before any article is read."""

    seed_entities: pl.DataFrame
    seed_entity_names: pl.DataFrame
    seed_cue_words: pl.DataFrame
    seed_units: pl.DataFrame
    seed_judgements: pl.DataFrame


def read_reference(
    folder: Path, languages: tuple[str, ...], pulled: Path | None = None
) -> Reference:
    """Read the reference tables of a folder, territories' names in ``languages``, and the big open
    sets in the folder ``pulled``.

    Raises ReferenceTableError naming the file and what is wrong with it.
    """
    entities = _read(folder / "entities.csv", schema("seed_entities"))
    names = _read(folder / "entity_names.csv", schema("seed_entity_names"))
    territories, territory_names = _territories(languages)
    known = pl.concat([names, territory_names]).unique(
        ["entity_id", "language", "name"], keep="first", maintain_order=True
    )
    entities = pl.concat([entities, territories])
    if pulled:
        entities, known = _with_pulled(entities, known, pulled, (*languages, "en", "mul"))
    return Reference(
        entities,
        known,
        _read(folder / "cue_words.csv", schema("seed_cue_words")),
        _read(folder / "units.csv", schema("seed_units")),
        _judgements(folder / "judgements.csv"),
    )


def _with_pulled(
    entities: pl.DataFrame, names: pl.DataFrame, folder: Path, languages: tuple[str, ...]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what is known with the open sets behind it: what is curated goes before them.

    An entity whose Wikidata id is curated is the curated one, and lends it its names. A name that
    is curated for somebody is nobody else's. A name that several then bear is ambiguous.
    """
    more, more_names = open_sets.read_pulled(folder)
    every = pl.concat([entities, more])
    same = every.drop_nulls("wikidata_id").select(
        "entity_id", of=pl.col("entity_id").first().over("wikidata_id")
    )
    told = (
        more_names.filter(pl.col("language").is_in(languages))
        .join(same, on="entity_id", how="left", maintain_order="left")
        .with_columns(entity_id=pl.coalesce("of", "entity_id"))
        .select(names.columns)
        .join(names.select("name"), on="name", how="anti", maintain_order="left")
        .unique(["entity_id", "language", "name"], keep="first", maintain_order=True)
        .with_columns(
            ambiguous=pl.col("ambiguous") | (pl.col("entity_id").n_unique().over("name") > 1)
        )
    )
    added = more.join(told.select("entity_id"), on="entity_id", how="semi", maintain_order="left")
    return pl.concat([entities, added]), pl.concat([names, told])


def _judgements(path: Path) -> pl.DataFrame:
    try:
        return read_judgements(path)
    except JudgementFileError as error:
        raise ReferenceTableError(str(error)) from error


def _read(path: Path, types: Schema) -> pl.DataFrame:
    try:
        frame = pl.read_csv(path, schema_overrides=types)
    except FileNotFoundError:
        raise ReferenceTableError(
            f"{path} is missing; restore it, or name the folder that holds it"
        ) from None
    except pl.exceptions.PolarsError as error:
        raise ReferenceTableError(f"{path} cannot be read as CSV: {error}") from error
    missing = set(types) - set(frame.columns)
    if missing:
        raise ReferenceTableError(f"{path} lacks the columns {', '.join(sorted(missing))}")
    return frame.select(list(types)).unique(maintain_order=True)


def _territories(languages: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return entities and names of the countries and territories of CLDR."""
    from babel import Locale

    english = Locale("en").territories
    codes = sorted(
        code
        for code in map(str, english)
        if len(code) == 2 and code.isalpha() and code not in _NO_TERRITORIES
    )
    entities = [(_territory(code), "GPE", "country", english[code], None) for code in codes]
    names = {
        (_territory(code), language, name)
        for language in {*languages, "en"}
        for code in codes
        if (name := Locale(language).territories.get(code))
    }
    return (
        pl.DataFrame(entities, schema=schema("seed_entities"), orient="row"),
        pl.DataFrame(sorted(names), schema=["entity_id", "language", "name"], orient="row")
        .with_columns(ambiguous=pl.lit(value=False))
        .cast({"ambiguous": pl.Boolean}),
    )


def _territory(code: str) -> str:
    return f"territory-{code.lower()}"
