"""ROR, the Research Organization Registry: its data dump in schema 2, as tables.

Source of the format: ror.readme.io/docs/ror-data-structure. All in it are organisations.
"""

import zipfile
from pathlib import Path

import polars as pl

from pipelines.reference.ambiguity import flagged
from warehouse.contracts.frames import Schema, schema

_NAME = pl.Struct({"value": pl.String, "lang": pl.String, "types": pl.List(pl.String)})
_ID = pl.Struct({"type": pl.String, "preferred": pl.String, "all": pl.List(pl.String)})
#: What is read of a record.
_RECORD: Schema = {
    "id": pl.String,
    "status": pl.String,
    "types": pl.List(pl.String),
    "names": pl.List(_NAME),
    "external_ids": pl.List(_ID),
}
_SITE = "https://ror.org/"


def read(file: Path) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int]]:
    """Return entities, names and what was left out of a dump: the zip, or the JSON in it.

    Organisations that are no more (inactive, withdrawn) are kept where news still names them:
    only withdrawn ones, which never were, are left out. Raises ValueError where it is no dump in
    schema 2.
    """
    records = _records(file)
    withdrawn = pl.col("status") == "withdrawn"
    kept = records.filter(~withdrawn.fill_null(value=False))
    names = _names(kept)
    shown = (
        names.filter(pl.col("kinds").list.contains("ror_display"))
        .unique("entity_id", keep="first", maintain_order=True)
        .select("entity_id", name="value")
    )
    entities = (
        kept.select(
            entity_id=_entity("id"),
            type=pl.lit("ORG"),
            kind=pl.col("types").list.first().fill_null("organisation"),
            wikidata_id=_wikidata(),
        )
        .join(shown, on="entity_id")
        .select(list(schema("seed_entities")))
        .unique("entity_id", keep="first", maintain_order=True)
    )
    left_out = {
        "withdrawn": records.filter(withdrawn).height,
        "without a name": kept.height - entities.height,
    }
    told = names.join(entities.select("entity_id"), on="entity_id", how="semi")
    is_short = pl.col("kinds").list.contains("acronym")
    return entities, flagged(told, is_short), {why: n for why, n in left_out.items() if n}


def _records(file: Path) -> pl.DataFrame:
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith(".json"))
            # Dumps from 2024 and 2025 hold both schemas, later ones the second alone.
            second = [name for name in names if "schema_v2" in name] or names
            if not second:
                raise ValueError("no JSON in the archive")
            frame = pl.read_json(archive.read(second[0]), schema=_RECORD)
    else:
        frame = pl.read_json(file, schema=_RECORD)
    named = frame.filter(pl.col("names").list.len() > 0)
    if frame.height and named.is_empty():
        raise ValueError("its records have no names; use the file of schema 2 (…_schema_v2.json)")
    return frame.filter(pl.col("id").str.starts_with(_SITE))


def _names(records: pl.DataFrame) -> pl.DataFrame:
    """Return entity_id, language, value, kinds of every name; what is displayed goes everywhere."""
    name = pl.col("names").struct
    return (
        records.select(entity_id=_entity("id"), names="names")
        .explode("names", empty_as_null=False)
        .select(
            "entity_id",
            value=name.field("value").str.strip_chars(),
            language=name.field("lang"),
            kinds=name.field("types"),
        )
        .filter(pl.col("value").is_not_null() & (pl.col("value") != ""))
        .with_columns(
            language=pl.when(
                pl.col("kinds").list.contains("ror_display")
                | pl.col("kinds").list.contains("acronym")
            )
            .then(pl.lit("mul"))
            .otherwise(pl.col("language").fill_null("mul"))
        )
    )


def _entity(column: str) -> pl.Expr:
    return pl.format("ror-{}", pl.col(column).str.strip_prefix(_SITE))


def _wikidata() -> pl.Expr:
    """Return the Wikidata id of a record: the preferred, or the only one there is."""
    is_wikidata = pl.element().struct.field("type") == "wikidata"
    found = pl.col("external_ids").list.eval(pl.element().filter(is_wikidata)).list.first()
    every = found.struct.field("all")
    only = pl.when(every.list.len() == 1).then(every.list.first())
    return pl.coalesce(found.struct.field("preferred"), only)
