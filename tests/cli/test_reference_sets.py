import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from pipelines.models import ModelError
from pipelines.reference.open_sets import OpenSetError

EXTRACT = (
    "item,name,language,class\nQ900001,Compagnia Lume,it,Q4830453\nQ900002,A Treaty,en,Q131569\n"
)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in [name for name in os.environ if name.startswith("BABELWIRE_")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "MODELS"):
        monkeypatch.setenv(f"BABELWIRE_{name}", str(tmp_path / name.lower()))
    return tmp_path / "home"


def typed(*words: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, words)))


def test_a_set_is_listed_taken_and_dropped_and_its_licence_shown_first(
    tmp_path: Path, home: Path
) -> None:
    assert "Research Organization Registry" in typed("reference", "list").stdout
    (tmp_path / "extract.csv").write_text(EXTRACT)
    taken = typed("reference", "pull", "wikidata", "--from", tmp_path / "extract.csv").stdout
    assert taken.index("licence: CC0 1.0") < taken.index("1 entities with 1 names")
    assert "left out: 1 of class Q131569" in taken
    assert (home / "reference" / "wikidata" / "names.parquet").exists()
    listed = typed("reference", "list").stdout
    assert "pulled 20" in listed
    assert "extract.csv" in listed
    assert "no longer here" in typed("reference", "drop", "wikidata").stdout
    assert "pulled" not in typed("reference", "list").stdout


def test_what_cannot_be_pulled_is_one_sentence(tmp_path: Path) -> None:
    answer = typed("reference", "pull", "dbpedia")
    assert isinstance(answer.exception, OpenSetError)
    assert "there are: ror, wikidata" in str(answer.exception)
    (tmp_path / "x.csv").write_text("a,b\n")
    answer = typed("reference", "pull", "wikidata", "--from", tmp_path / "x.csv")
    assert "it lacks the columns item, name" in str(answer.exception)


def test_models_that_find_names_are_listed_with_what_they_cost() -> None:
    said = typed("models", "list").stdout
    for told in ("names, it", "spacy-it", "CC BY-NC-SA 3.0", "0.856", "gliner-multi"):
        assert told in said


def test_pipelines_installed_as_packages_are_listed_unless_a_folder_reads_their_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = '{"lang": "pt", "name": "tiny", "pipeline": ["ner"], "performance": {"ents_f": 0.8127}}'
    package, entries = tmp_path / "site" / "pt_tiny", tmp_path / "site" / "pt_tiny-1.dist-info"
    for folder in (package / "pt_tiny-1", entries):
        folder.mkdir(parents=True)
    for name, text in (("meta.json", told), ("config.cfg", ""), ("tokenizer", "")):
        (package / "pt_tiny-1" / name).write_text(text)
    (package / "__init__.py").write_text("")
    (entries / "METADATA").write_text("Name: pt_tiny\nVersion: 1\n")
    (entries / "entry_points.txt").write_text("[spacy_models]\npt_tiny = pt_tiny\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setenv("COLUMNS", "300")
    said = typed("models", "list").stdout
    assert "package pt_tiny" in said
    assert "0.813" in said
    (package / "pt_tiny-1").rename(tmp_path / "kept")
    typed("models", "pull", "spacy-pt", "--from", tmp_path / "kept")
    (tmp_path / "kept").rename(package / "pt_tiny-1")
    assert "package pt_tiny, not used" in typed("models", "list").stdout


def test_a_model_that_finds_no_names_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "README.md").write_text("no model")
    answer = typed("models", "pull", "spacy-it", "--from", tmp_path / "x")
    assert isinstance(answer.exception, ModelError)
    assert "no meta.json or gliner_config.json" in str(answer.exception)
    assert "there are: spacy-de" in str(typed("models", "pull", "spacy-xx").exception)


def test_a_model_is_checked_by_those_who_use_it(tmp_path: Path) -> None:
    for name, file in (("x-it-en", "README.md"), ("names", "meta.json")):
        (tmp_path / "models" / name).mkdir(parents=True)
        (tmp_path / "models" / name / file).write_text("{}")
    answer = typed("models", "check")
    assert answer.exit_code == 1
    assert "no model.bin" in answer.stdout
    assert "config.cfg, tokenizer is missing" in answer.stdout
