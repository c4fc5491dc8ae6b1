"""Big open sets: pulled from the loopback or a file, read, and put behind what is curated."""

import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from downloads_server import Downloads

from pipelines.downloads import DownloadError
from pipelines.reference.open_sets import (
    SETS,
    OpenSet,
    OpenSetError,
    Pulled,
    drop,
    open_set,
    pull,
    pulled,
    read_pulled,
)
from pipelines.reference.tables import Reference, read_reference
from warehouse import contracts

NOW = datetime(2026, 3, 1, 12)
HOUSE = Path(__file__).parents[3]


def organisation(
    ror: str, *names: tuple[str, str | None, str], wikidata: dict[str, Any] | None = None,
    status: str = "active", kind: str = "education",
) -> dict[str, Any]:  # fmt: skip
    """A record as the dump has it, of names (name, language, types by +)."""
    return {
        "admin": {"created": {"date": "2018-11-14", "schema_version": "1.0"}},
        "id": f"https://ror.org/{ror}", "established": 1850, "domains": [], "links": [],
        "status": status, "types": [kind, "funder"],
        "names": [
            {"value": name, "lang": language, "types": types.split("+")}
            for name, language, types in names
        ],
        "external_ids": [
            {"type": "isni", "preferred": None, "all": ["0000 0001"]},
            *([{"type": "wikidata", **wikidata}] if wikidata else []),
        ],
        "locations": [{"geonames_id": 1, "geonames_details": {"name": "Bath", "lat": 51.4}}],
    }  # fmt: skip


RECORDS = [
    organisation(
        "01aaa", ("Università di Valtorta", "it", "ror_display+label"),
        ("University of Valtorta", "en", "label"), ("UDV", None, "acronym"),
        ("大学", "zh", "label"), wikidata={"preferred": "Q900001", "all": ["Q1", "Q900001"]},
    ),
    organisation(
        "01bbb", ("Ministry of Inland Waters", "en", "ror_display+label"), kind="government"
    ),
    organisation("01ccc", ("Ministry of Inland Waters", "en", "ror_display+label")),
    organisation(
        "01ddd", ("Nature", "en", "ror_display+label"),
        wikidata={"preferred": None, "all": ["Q900002"]}, kind="company",
    ),
    organisation("01eee", ("Gone Institute", "en", "ror_display+label"), status="withdrawn"),
    organisation(
        "01fff", ("Old Institute of Glass", "en", "ror_display+label"), status="inactive",
        wikidata={"preferred": None, "all": ["Q7", "Q8"]},
    ),
]  # fmt: skip


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """A dump as those of 2024 and 2025 are packed, with both schemas."""
    file = tmp_path / "v1.70-ror-data.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("v1.70-ror-data.json", json.dumps([{"id": "https://ror.org/01aaa"}]))
        archive.writestr("v1.70-ror-data_schema_v2.json", json.dumps(RECORDS))
        archive.writestr("v1.70-ror-data_schema_v2.csv", "id\n")
    return file


def silent(_name: str, _done: int, _total: int | None) -> None:
    """No progress is shown."""


def taken(name: str, file: Path, folder: Path) -> Pulled:
    return pull(open_set(name), folder, str(file), silent, NOW)


def names_of(folder: Path, entity: str) -> dict[tuple[str, str], bool]:
    rows = read_pulled(folder)[1].filter(entity_id=entity)
    return {(language, name): flag for _, language, name, flag in rows.rows()}


def test_organisations_come_with_their_ids_types_and_names(dump: Path, tmp_path: Path) -> None:
    made = taken("ror", dump, tmp_path / "sets")
    entities = read_pulled(tmp_path / "sets")[0]
    rows = {row[0]: row[1:] for row in entities.rows()}
    assert rows["ror-01aaa"] == ("ORG", "education", "Università di Valtorta", "Q900001")
    assert rows["ror-01bbb"] == ("ORG", "government", "Ministry of Inland Waters", None)
    assert rows["ror-01ddd"][3] == "Q900002"
    assert rows["ror-01fff"][3] is None  # two ids, and none is preferred
    assert "ror-01eee" not in rows
    assert made.left_out == {"withdrawn": 1}
    assert set(names_of(tmp_path / "sets", "ror-01aaa")) == {
        ("mul", "Università di Valtorta"), ("en", "University of Valtorta"), ("mul", "UDV"),
        ("zh", "大学"),
    }  # fmt: skip


def test_names_that_could_mean_anything_are_ambiguous(dump: Path, tmp_path: Path) -> None:
    taken("ror", dump, tmp_path / "sets")
    udv = names_of(tmp_path / "sets", "ror-01aaa")
    assert udv["mul", "UDV"]  # an acronym
    assert not udv["en", "University of Valtorta"]
    assert names_of(tmp_path / "sets", "ror-01bbb") == {("mul", "Ministry of Inland Waters"): True}
    assert names_of(tmp_path / "sets", "ror-01ddd") == {("mul", "Nature"): True}  # a common word
    assert names_of(tmp_path / "sets", "ror-01fff") == {("mul", "Old Institute of Glass"): False}


def test_licence_origin_and_hash_are_kept_beside_the_rows(dump: Path, tmp_path: Path) -> None:
    taken("ror", dump, tmp_path / "sets")
    (one,) = pulled(tmp_path / "sets")
    assert (one.licence, one.origin, one.pulled_at) == ("CC0 1.0", str(dump), "2026-03-01T12:00:00")
    assert one.sha256 == hashlib.sha256(dump.read_bytes()).hexdigest()
    assert (one.entities, one.names) == (5, 8)


@pytest.fixture
def record(downloads: Downloads, dump: Path) -> OpenSet:
    """The set as a record on a server lists it, with the MD5 of its archive."""
    served = downloads.folder / dump.name
    served.write_bytes(dump.read_bytes())
    told = {
        "files": [
            {"key": "notes.txt", "links": {"self": f"{downloads.address}notes.txt"}},
            {
                "key": dump.name,
                "links": {"self": f"{downloads.address}{dump.name}"},
                "checksum": f"md5:{hashlib.md5(dump.read_bytes()).hexdigest()}",
            },
        ]
    }
    (downloads.folder / "record").write_text(json.dumps(told))
    known = open_set("ror")
    return OpenSet("ror", known.title, known.licence, known.homepage, known.read,
                   f"{downloads.address}record")  # fmt: skip


def test_the_newest_version_is_found_and_fetched(record: OpenSet, tmp_path: Path) -> None:
    steps: list[tuple[str, int, int | None]] = []
    made = pull(record, tmp_path / "sets", None, lambda *step: steps.append(step), NOW)
    assert made.entities == 5
    assert steps[-1][1] == steps[-1][2]
    assert not (tmp_path / "sets" / ".downloads" / "ror").exists()


def test_a_broken_download_goes_on_where_it_stopped(
    downloads: Downloads, record: OpenSet, tmp_path: Path
) -> None:
    downloads.cut = 700
    # The record is shorter than that; the archive is not.
    with pytest.raises(DownloadError, match="run it again to go on where it stopped"):
        pull(record, tmp_path / "sets", None, silent, NOW)
    assert list(pulled(tmp_path / "sets")) == []
    downloads.cut = None
    assert pull(record, tmp_path / "sets", None, silent, NOW).entities == 5
    assert any("bytes=700-" in one for one in downloads.asked)


def test_a_wrong_checksum_keeps_what_was_there(
    downloads: Downloads, record: OpenSet, tmp_path: Path, dump: Path
) -> None:
    taken("ror", dump, tmp_path / "sets")
    told = json.loads((downloads.folder / "record").read_text())
    told["files"][1]["checksum"] = "md5:" + "0" * 32
    (downloads.folder / "record").write_text(json.dumps(told))
    with pytest.raises(DownloadError, match="its MD5 is not 0000"):
        pull(record, tmp_path / "sets", None, silent, NOW)
    assert [one.origin for one in pulled(tmp_path / "sets")] == [str(dump)]


@pytest.mark.parametrize("answer", ["<html>", "{}", '{"files": []}', '{"files": [{"key": "a"}]}'])
def test_a_record_that_tells_nothing_says_how_to_go_on(
    downloads: Downloads, record: OpenSet, tmp_path: Path, answer: str
) -> None:
    (downloads.folder / "record").write_text(answer)
    with pytest.raises(DownloadError, match=r"fetch it from https://ror\.org and give --from FILE"):
        pull(record, tmp_path / "sets", None, silent, NOW)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (json.dumps([{"id": "https://ror.org/1", "name": "X"}]), "use the file of schema 2"),
        ("[{", "is no file of ror"),
        ("[]", "holds no entity"),
        ("<html>Not found</html>", "is no file of ror"),
    ],
)
def test_a_file_that_is_no_dump_is_named(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "ror.json"
    file.write_text(content)
    with pytest.raises(OpenSetError, match=said) as raised:
        taken("ror", file, tmp_path / "sets")
    assert "ror.json" in str(raised.value)
    assert not (tmp_path / "sets" / "ror").exists()


CSV = (
    "item,name,language,class\n"
    "http://www.wikidata.org/entity/Q900010,Compagnia Lume,it,http://www.wikidata.org/entity/Q4830453\n"
    "Q900010,Lume Company,en,Q4830453\n"
    "Q900011,Q900011,en,Q5\n"
    "Q900012,A Treaty,en,Q131569\n"
    "Q900013,Odalis Prenn,,Q5\n"
)
RESULTS = {
    "head": {"vars": ["item", "name", "type", "short"]},
    "results": {
        "bindings": [
            {
                "item": {"type": "uri", "value": "http://www.wikidata.org/entity/Q900010"},
                "name": {"type": "literal", "xml:lang": "pt-br", "value": "Companhia Lume"},
                "type": {"type": "literal", "value": "ORG"},
            },
            {
                "item": {"type": "uri", "value": "http://www.wikidata.org/entity/Q900010"},
                "name": {"type": "literal", "value": "Lumecorp"},
                "type": {"type": "literal", "value": "ORG"},
                "short": {"type": "literal", "value": "true"},
            },
        ]
    },
}


def item(number: int, class_: str | None, **labels: str) -> str:
    claim = {"mainsnak": {"datavalue": {"value": {"id": class_}}} if class_ else {}}
    told = {
        "id": f"Q{number}",
        "labels": {one: {"language": one, "value": value} for one, value in labels.items()},
        "aliases": {"en": [{"language": "en", "value": "LUMEX"}]},
        "claims": {"P31": [claim]},
    }
    return json.dumps(told)


@pytest.mark.parametrize(
    ("name", "content", "entity", "expected", "left_out"),
    [
        ("x.csv", CSV, "wikidata-Q900010",
         {("it", "Compagnia Lume"): False, ("en", "Lume Company"): False},
         {"without a name": 1, "of class Q131569": 1}),
        ("x.json", json.dumps(RESULTS), "wikidata-Q900010",
         {("pt", "Companhia Lume"): False, ("mul", "Lumecorp"): True}, {}),
        ("x.jsonl.gz", "[\n" + item(900010, "Q515", en="Port Lume", de="Lumehafen") + ",\n"
         + item(900014, None, en="Nothing") + "\n]\n", "wikidata-Q900010",
         {("en", "Port Lume"): False, ("de", "Lumehafen"): False, ("en", "LUMEX"): True},
         {"of class none": 1}),
    ],
)  # fmt: skip
def test_extracts_of_wikidata_are_read(
    tmp_path: Path, name: str, content: str, entity: str,
    expected: dict[tuple[str, str], bool], left_out: dict[str, int],
) -> None:  # fmt: skip
    file = tmp_path / name
    file.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    made = taken("wikidata", file, tmp_path / "sets")
    assert names_of(tmp_path / "sets", entity) == expected
    assert made.left_out == left_out


def test_the_english_name_is_the_entitys_and_its_type_is_mapped(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(CSV)
    taken("wikidata", tmp_path / "x.csv", tmp_path / "sets")
    assert sorted(read_pulled(tmp_path / "sets")[0].rows()) == [
        ("wikidata-Q900010", "ORG", "company", "Lume Company", "Q900010"),
        ("wikidata-Q900013", "PERSON", "person", "Odalis Prenn", "Q900013"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", "item,label\nQ1,x\n", "it lacks the columns name"),
        ("x.json", "{}", "is no file of wikidata"),
        ("x.jsonl", item(1, "Q5", en="Ada") + "\n{broken\n", "line 2 is no item"),
        ("x.jsonl", '{"id": "Q1", "labels": []}\n', "line 1 is no item"),
        ("x.csv", "item,name\n", "holds no entity: it is empty"),
        ("x.csv", "item,name,class\nQ1,A Treaty,Q131569\n", "of class Q131569"),
    ],
)
def test_an_extract_that_is_wrong_is_named_with_the_place(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(OpenSetError, match=said):
        taken("wikidata", tmp_path / name, tmp_path / "sets")


def test_wikidata_has_no_file_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(OpenSetError, match="give --from a FILE"):
        pull(open_set("wikidata"), tmp_path, None, silent, NOW)
    with pytest.raises(OpenSetError, match="no open set dbpedia; there are: ror, wikidata"):
        open_set("dbpedia")
    with pytest.raises(OpenSetError, match="there is no file"):
        taken("ror", tmp_path / "nowhere.zip", tmp_path)


def test_a_set_is_dropped(dump: Path, tmp_path: Path) -> None:
    taken("ror", dump, tmp_path / "sets")
    drop("ror", tmp_path / "sets")
    assert list(pulled(tmp_path / "sets")) == []
    with pytest.raises(OpenSetError, match="was not pulled"):
        drop("ror", tmp_path / "sets")


# -- beside what is curated ----------------------------------------------------------------------


@pytest.fixture
def known(tmp_path: Path) -> Callable[[], Reference]:
    """Read a small curated folder with the sets of another."""
    folder = tmp_path / "curated"
    folder.mkdir()
    tables = {
        "entities.csv": "entity_id,type,kind,name,wikidata_id\n"
        "valtorta,ORG,university,Valtorta,Q900001\nnature,ORG,media,Nature,\n",
        "entity_names.csv": "entity_id,language,name,ambiguous\n"
        "valtorta,it,Valtorta,false\nnature,mul,Old Institute of Glass,false\n",
        "cue_words.csv": "language,kind,cue,value\n",
        "units.csv": "language,noun,unit,property,subject_types,compared\n",
    }
    for name, content in tables.items():
        (folder / name).write_text(content)
    for given in ("names.csv",):
        if (HOUSE / "seeds" / "reference" / given).exists():
            (folder / given).write_bytes((HOUSE / "seeds" / "reference" / given).read_bytes())
    return lambda: read_reference(folder, ("it", "en"), tmp_path / "sets")


def test_what_is_curated_goes_before_what_is_pulled(
    dump: Path, tmp_path: Path, known: Callable[[], Reference]
) -> None:
    taken("ror", dump, tmp_path / "sets")
    made = known()
    entities = set(made.seed_entities["entity_id"])
    assert "ror-01aaa" not in entities  # it is the curated one
    mine = made.seed_entity_names.filter(entity_id="valtorta")
    assert set(mine["name"]) == {
        "Valtorta", "Università di Valtorta", "University of Valtorta", "UDV",
    }  # fmt: skip
    glass = made.seed_entity_names.filter(name="Old Institute of Glass")
    assert glass["entity_id"].to_list() == ["nature"]  # a curated name is nobody else's
    assert "ror-01fff" not in entities  # and without a name nobody is known
    assert {"ror-01bbb", "ror-01ccc", "ror-01ddd"} <= entities
    for table in ("seed_entities", "seed_entity_names"):
        rows: pl.DataFrame = getattr(made, table)
        assert rows.select(contracts.table(table).key).is_unique().all()
        assert rows.columns == list(contracts.table(table).column_names)


def test_two_sets_meet_in_the_ids_of_wikidata(
    dump: Path, tmp_path: Path, known: Callable[[], Reference]
) -> None:
    taken("ror", dump, tmp_path / "sets")
    (tmp_path / "x.csv").write_text(
        "item,name,language,type\nQ900002,Natura Editrice,it,ORG\n"
        "Q900099,Ministry of Inland Waters,en,ORG\nQ900100,Lumen Bank,en,ORG\n"
        "Q900101,Lumen Bank,it,ORG\n"
    )
    taken("wikidata", tmp_path / "x.csv", tmp_path / "sets")
    made = known()
    assert "Natura Editrice" in set(made.seed_entity_names.filter(entity_id="ror-01ddd")["name"])
    assert "wikidata-Q900002" not in set(made.seed_entities["entity_id"])
    shared = made.seed_entity_names.filter(pl.col("name").is_in(["Lumen Bank"]))
    assert shared["ambiguous"].to_list() == [True, True]


def test_without_sets_nothing_is_changed(tmp_path: Path, known: Callable[[], Reference]) -> None:
    made = known()
    alone = read_reference(tmp_path / "curated", ("it", "en"))
    assert made.seed_entities.equals(alone.seed_entities)
    assert made.seed_entity_names.equals(alone.seed_entity_names)


def test_every_set_names_its_licence() -> None:
    assert all(one.licence and one.homepage.startswith("https://") for one in SETS)
