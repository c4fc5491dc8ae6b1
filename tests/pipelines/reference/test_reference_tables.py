from pathlib import Path

import polars as pl
import pytest

from pipelines.reference.tables import Reference, ReferenceTableError, read_reference
from warehouse import contracts

TABLES = {
    "entities.csv": "entity_id,type,kind,name,wikidata_id\nibm,ORG,company,IBM,Q37156\n"
    "meta,ORG,company,Meta,\n",
    "entity_names.csv": "entity_id,language,name,ambiguous\nibm,mul,IBM,false\n"
    "meta,mul,Meta,true\n",
    "cue_words.csv": "language,kind,cue,value\nit,weekday,martedì,2\nit,abbreviation,sig.,\n",
    "units.csv": "language,noun,unit,property,subject_types,compared\n"
    "it,membri,organisation,members,ORG,true\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in TABLES.items():
        (tmp_path / name).write_text(content, "utf-8")
    return tmp_path


def read(folder: Path, *languages: str) -> Reference:
    return read_reference(folder, languages or ("it", "en"))


def name_of(made: Reference, entity: str, language: str) -> list[str]:
    names = made.seed_entity_names.filter(entity_id=entity, language=language)
    return names["name"].sort().to_list()


def test_the_tables_have_the_columns_of_their_contracts(folder: Path) -> None:
    made = read(folder)
    for name in ("seed_entities", "seed_entity_names", "seed_cue_words", "seed_units"):
        assert set(getattr(made, name).columns) == set(contracts.table(name).column_names)


def test_what_is_empty_is_null_not_an_empty_text(folder: Path) -> None:
    made = read(folder)
    known = dict(made.seed_entities.select("entity_id", "wikidata_id").rows())
    assert (known["ibm"], known["meta"]) == ("Q37156", None)
    assert made.seed_cue_words.filter(kind="abbreviation")["value"].to_list() == [None]


def test_a_figure_stays_the_text_it_is(folder: Path) -> None:
    assert read(folder).seed_cue_words.filter(kind="weekday")["value"].to_list() == ["2"]


def test_territories_are_known_by_their_names_in_every_language(folder: Path) -> None:
    made = read(folder, "it", "fr")
    assert name_of(made, "territory-it", "it") == ["Italia"]
    assert name_of(made, "territory-it", "fr") == ["Italie"]
    assert name_of(made, "territory-it", "en") == ["Italy"]
    assert made.seed_entities.filter(entity_id="territory-it").row(0)[1:4] == (
        "GPE", "country", "Italy",
    )  # fmt: skip


def test_what_is_no_territory_is_not_among_them(folder: Path) -> None:
    found = set(read(folder).seed_entities["entity_id"])
    assert not found & {"territory-zz", "territory-eu", "territory-001"}


def test_a_curated_name_goes_before_the_same_name_of_cldr(folder: Path) -> None:
    with (folder / "entity_names.csv").open("a") as file:
        file.write("territory-td,en,Chad,true\n")
    names = read(folder).seed_entity_names.filter(entity_id="territory-td", language="en")
    assert names["ambiguous"].to_list() == [True]


def test_a_row_twice_is_one_row(folder: Path) -> None:
    with (folder / "units.csv").open("a") as file:
        file.write("it,membri,organisation,members,ORG,true\n")
    assert read(folder).seed_units.height == 1


def test_reading_twice_gives_the_same_rows_in_the_same_order(folder: Path) -> None:
    one, two = read(folder), read(folder)
    assert one.seed_entity_names.equals(two.seed_entity_names)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_missing_table_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ReferenceTableError, match=f"{name} is missing"):
        read(folder)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("entity_id,type\nibm,ORG\n", "lacks the columns kind, name, wikidata_id"),
        ("", "cannot be read as CSV"),
        ('entity_id,type,kind,name,wikidata_id\n"ibm,ORG', "cannot be read as CSV"),
        ("entity_id,type,kind,name,wikidata_id\nibm,ORG,company,IBM,Q1,more\n", "cannot be read"),
    ],
)
def test_a_table_that_is_wrong_is_named_with_what_is_wrong(
    folder: Path, content: str, said: str
) -> None:
    (folder / "entities.csv").write_text(content)
    with pytest.raises(ReferenceTableError, match=said) as raised:
        read(folder)
    assert "entities.csv" in str(raised.value)


def test_a_truth_that_is_neither_true_nor_false_is_refused(folder: Path) -> None:
    (folder / "entity_names.csv").write_text(
        "entity_id,language,name,ambiguous\nibm,mul,IBM,perhaps\n"
    )
    with pytest.raises(ReferenceTableError, match=r"entity_names\.csv cannot be read"):
        read(folder)


def test_the_projects_own_tables_keep_their_keys() -> None:
    made = read_reference(
        Path("seeds/reference").resolve(), ("de", "en", "es", "fr", "it", "nl", "pt")
    )
    for name in ("seed_entities", "seed_entity_names", "seed_cue_words", "seed_units"):
        rows: pl.DataFrame = getattr(made, name)
        twice = rows.filter(rows.select(contracts.table(name).key).is_duplicated())
        assert twice.is_empty(), twice
    known = set(made.seed_entities["entity_id"])
    assert set(made.seed_entity_names["entity_id"]) <= known
