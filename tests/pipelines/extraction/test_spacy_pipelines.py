"""Real pipelines of spaCy, made here: rules of its own, and a network trained in seconds."""

import json
import zipfile
from dataclasses import replace
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

if not find_spec("spacy"):
    pytest.skip("the extra spacy is not installed", allow_module_level=True)

import spacy
from downloads_server import Downloads
from readings import named, reading
from spacy.training import Example

from pipelines.downloads import DownloadError
from pipelines.extraction.extractors.spacy import Spacy, confidences, load
from pipelines.extraction.models import (
    KNOWN,
    Known,
    check,
    install,
    installed,
    known,
    packages,
    pull,
    spacy_pipelines,
)
from pipelines.models import ModelError

#: As the parts of spaCy's own pipelines share what one of them makes of the words.
LISTENER = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "tok2vec"}


def saved(pipeline: Any, folder: Path, **told: object) -> Path:
    """Save a pipeline, with more told of it than spaCy tells by itself."""
    pipeline.meta.update({"name": "tiny", "version": "0.1", **told})
    pipeline.to_disk(folder)
    return folder


def ruler(language: str, patterns: dict[str, str]) -> Any:
    pipeline = spacy.blank(language)
    pipeline.add_pipe("entity_ruler").add_patterns(  # type: ignore[attr-defined]
        [{"label": label, "pattern": name} for name, label in patterns.items()]
    )
    return pipeline


@pytest.fixture(scope="module")
def italian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline with the labels of WikiNER, as spaCy's Italian ones have them."""
    labels = {"Marisa Tonin": "PER", "Borgo Fòscolo": "LOC", "Caseificio Nerini": "ORG",
              "Sagra": "MISC"}  # fmt: skip
    figures = {"PER": {"p": 0.9}, "LOC": {"p": 0.8}, "ORG": {"p": 0.3}}
    return saved(
        ruler("it", labels), tmp_path_factory.mktemp("it") / "it_tiny",
        performance={"ents_per_type": figures},
    )  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that has learnt, in some seconds, who speaks."""
    pipeline = spacy.blank("en")
    pipeline.add_pipe("ner").add_label("PERSON")  # type: ignore[attr-defined]
    names = ["Ann", "Bob", "Eve", "Tom", "Zoe", "Max"]
    examples = [
        Example.from_dict(
            pipeline.make_doc(f"{name} says it."), {"entities": [(0, len(name), "PERSON")]}
        )
        for name in names
    ]
    spacy.util.fix_random_seed(1)
    optimizer = pipeline.initialize(lambda: examples)
    for _ in range(25):
        pipeline.update(examples, sgd=optimizer)
    return saved(pipeline, tmp_path_factory.mktemp("en") / "en_tiny")


@pytest.fixture(autouse=True)
def tiny_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pipelines that somebody has installed on this machine are not those of a test."""
    monkeypatch.setattr(
        "pipelines.extraction.models.entry_points",
        lambda group: [one for one in entry_points(group=group) if "_tiny" in one.name],
    )


@pytest.fixture
def models(tmp_path: Path, italian: Path) -> Path:
    install(italian, tmp_path / "models", "spacy-it", "here")
    return tmp_path / "models"


def test_names_are_found_with_exact_spans_and_the_figures_of_the_pipeline(models: Path) -> None:
    body = "«Sì», dice l’assessora Marisa Tonin.\nA Borgo Fòscolo c'è il Caseificio Nerini."
    proposal = Spacy(models).propose(reading(body, language="it"))
    assert named(proposal.rows) == [
        ("Marisa Tonin", "PERSON", 23), ("Borgo Fòscolo", "GPE", 39),
        ("Caseificio Nerini", "ORG", 60),
    ]  # fmt: skip
    assert proposal.rows["confidence"].to_list() == [0.585, 0.52, 0.195]
    assert all(
        body[start:end] == surface
        for start, end, surface in proposal.rows.select("start", "end", "surface").rows()
    )


def test_typographic_signs_are_read_as_plain_ones(tmp_path: Path) -> None:
    pipeline = ruler("fr", {"Marie d'Orves": "PER"})
    install(saved(pipeline, tmp_path / "fr"), tmp_path / "models", "spacy-fr", "here")
    found = Spacy(tmp_path / "models").propose(reading("Oui, Marie\u00a0d’Orves.", language="fr"))
    assert named(found.rows) == [("Marie\u00a0d’Orves", "PERSON", 5)]


def test_a_pipeline_reads_its_own_language_only(models: Path) -> None:
    assert Spacy(models).propose(reading("Marisa Tonin speaks.")).rows.is_empty()


def test_a_network_that_was_trained_finds_whom_it_never_saw(trained: Path, tmp_path: Path) -> None:
    install(trained, tmp_path, "spacy-en", "here")
    found = Spacy(tmp_path).propose(reading("Kim says it.", "Zoe says it."))
    assert ("Zoe", "PERSON", 0) in named(found.rows)
    assert set(found.rows["confidence"]) == {0.7}


def test_a_label_keeps_its_meaning_where_the_pipeline_has_gpe(tmp_path: Path) -> None:
    pipeline = ruler("en", {"Lake Onda": "LOC", "Ruritania": "GPE", "Monday": "DATE"})
    install(saved(pipeline, tmp_path / "en"), tmp_path / "models", "spacy-en", "here")
    found = Spacy(tmp_path / "models").propose(reading("On Monday, Lake Onda in Ruritania froze."))
    assert [(name, type_) for name, type_, _ in named(found.rows)] == [
        ("Lake Onda", "LOC"), ("Ruritania", "GPE"),
    ]  # fmt: skip


def test_its_version_tells_spacy_and_each_pipeline(models: Path, italian: Path) -> None:
    before = Spacy(models).version()
    assert before.startswith(spacy.__version__)
    assert "it_tiny 0.1" in before
    changed = ruler("it", {"Altro": "ORG"})
    install(saved(changed, italian.parent / "other"), models, "spacy-it", "here")
    assert Spacy(models).version() != before


def test_without_a_pipeline_it_says_how_to_get_one(tmp_path: Path) -> None:
    assert "babelwire models pull spacy-it" in str(Spacy(tmp_path).unavailable())
    assert Spacy(tmp_path).propose(reading("Meta.")).rows.is_empty()


def test_nought_is_no_figure() -> None:
    figures = {"PER": {"p": 0.0}, "LOC": {"p": 0.8}}
    assert confidences({"performance": {"ents_per_type": figures}}) == {"LOC": 0.52}
    told = {"ents_p": 0.9, "ents_per_type": figures}
    assert confidences({"performance": told}) == {"PER": 0.585, "LOC": 0.52}


def test_figures_that_are_none_are_no_confidence() -> None:
    assert confidences({}) == {}
    assert confidences({"performance": {"ents_per_type": {"PER": {"p": None}, "ORG": 1}}}) == {}


def wheel(pipeline: Path, file: Path) -> Path:
    """Pack a pipeline as spaCy's packages are packed."""
    name = file.name.split("-")[0]
    about = f"{name}-0.1.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(one for one in pipeline.rglob("*") if one.is_file()):
            archive.write(path, f"{name}/{name}-0.1/{path.relative_to(pipeline)}")
        archive.write(pipeline / "meta.json", f"{name}/meta.json")
        archive.writestr(f"{name}/__init__.py", "raise RuntimeError('imported')")
        archive.writestr(f"{about}/METADATA", f"Name: {name}\nVersion: 0.1\n")
        archive.writestr(f"{about}/entry_points.txt", f"[spacy_models]\n{name} = {name}\n")
    return file


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place that packages are installed to."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def installed_package(pipeline: Path, name: str, site: Path) -> None:
    file = wheel(pipeline, site / f"{name}-0.1-py3-none-any.whl")
    with zipfile.ZipFile(file) as archive:
        archive.extractall(site)


def test_a_pipeline_installed_as_a_package_works(italian: Path, site: Path, tmp_path: Path) -> None:
    without = Spacy(tmp_path / "models").version()
    installed_package(italian, "it_tiny", site)
    spacy_ = Spacy(tmp_path / "models")
    assert spacy_.unavailable() is None
    found = spacy_.propose(reading("Marisa Tonin c'è.", language="it"))
    assert named(found.rows) == [("Marisa Tonin", "PERSON", 0)]
    assert "it_tiny 0.1" in spacy_.version() != without
    assert list(check(tmp_path / "models")) == [("it_tiny", None)]


def test_another_package_is_another_version(italian: Path, site: Path, tmp_path: Path) -> None:
    installed_package(italian, "it_tiny", site)
    before = Spacy(tmp_path).version()
    other = ruler("it", {"Altro": "ORG"})
    installed_package(saved(other, tmp_path / "it", version="0.2"), "it_tiny", site)
    assert Spacy(tmp_path).version() != before


def test_the_folder_of_models_goes_before_packages(site: Path, models: Path) -> None:
    other = saved(ruler("it", {"Altro": "ORG"}), models.parent / "other", version="7")
    installed_package(other, "it_tiny", site)
    assert [one.version.split()[1] for one in spacy_pipelines(models).values()] == ["0.1"]
    assert [name for name, _ in check(models)] == ["spacy-it", "it_tiny"]


def test_of_packages_of_one_language_the_most_accurate_reads(site: Path, tmp_path: Path) -> None:
    for name, f1 in (("it_tiny_a", 0.8), ("it_tiny_b", 0.9), ("it_tiny_c", None)):
        pipeline = ruler("it", {"Altro": "ORG"})
        folder = saved(pipeline, tmp_path / name, version=name[-1], performance={"ents_f": f1})
        installed_package(folder, name, site)
    assert [one.version.split()[1] for one in spacy_pipelines(tmp_path / "models").values()] == [
        "b"
    ]


def test_packages_that_find_no_names_or_are_broken_are_passed_by(
    italian: Path, site: Path, tmp_path: Path
) -> None:
    installed_package(saved(spacy.blank("it"), tmp_path / "blank"), "it_tiny_blank", site)
    installed_package(italian, "it_tiny_broken", site)
    (site / "it_tiny_broken" / "it_tiny_broken-0.1" / "tokenizer").unlink()
    installed_package(italian, "it_tiny_gone", site)
    (site / "it_tiny_gone" / "it_tiny_gone-0.1" / "config.cfg").unlink()
    assert list(packages()) == []
    assert "no pipeline here" in str(Spacy(tmp_path / "models").unavailable())


@pytest.fixture
def package(downloads: Downloads, italian: Path) -> Known:
    file = wheel(italian, downloads.folder / "it_tiny-0.1-py3-none-any.whl")
    return Known("spacy-it", "it", "spacy", "MIT", f"{downloads.address}{file.name}")


def quiet(_name: str, _done: int, _total: int | None) -> None:
    """No progress is shown."""


def test_a_package_of_spacy_is_fetched_and_works(package: Known, tmp_path: Path) -> None:
    model = pull(package, tmp_path / "models", quiet)
    assert (model.layout, model.language) == ("spacy", "it")
    assert not (model.folder / "it_tiny").exists()
    assert list(check(tmp_path / "models")) == [("spacy-it", None)]
    assert Spacy(tmp_path / "models").unavailable() is None


def test_a_broken_download_goes_on_and_a_wrong_hash_installs_nothing(
    downloads: Downloads, package: Known, tmp_path: Path
) -> None:
    downloads.cut = 2_000
    with pytest.raises(DownloadError, match="run it again"):
        pull(package, tmp_path / "models", quiet)
    downloads.cut = None
    with pytest.raises(DownloadError, match="SHA-256 is not"):
        pull(replace(package, sha256="0" * 64), tmp_path / "models", quiet)
    assert list(installed(tmp_path / "models")) == []
    pull(package, tmp_path / "models", quiet)
    assert any("bytes=2000-" in one for one in downloads.asked)


@pytest.mark.parametrize("lacking", ["meta.json", "config.cfg", "tokenizer"])
def test_what_lacks_something_is_refused_and_said(
    italian: Path, tmp_path: Path, lacking: str
) -> None:
    models = tmp_path / "models"
    install(italian, models, "whole", "here")
    (models / "whole" / lacking).unlink()
    with pytest.raises(ModelError, match=r"is missing|no model that finds names"):
        install(models / "whole", models, "broken", "here")
    assert lacking == "meta.json" or "is missing" in str(dict(check(models))["whole"])


def test_a_file_that_changed_is_found_out(models: Path) -> None:
    meta = models / "spacy-it" / "meta.json"
    meta.write_text(json.dumps({**json.loads(meta.read_text()), "version": "9"}))
    assert dict(check(models))["spacy-it"] == "meta.json is not as it was installed; pull it again"


def test_a_pipeline_that_does_not_load_is_one_sentence(models: Path) -> None:
    folder = models / "by-hand"
    folder.mkdir()
    (folder / "meta.json").write_text('{"lang": "it", "name": "x"}')
    (folder / "config.cfg").write_text("[nlp]\nlang = it\n")
    (folder / "tokenizer").write_text("")
    assert "it cannot be loaded" in str(dict(check(models))["by-hand"])
    (models / "by-hand").rename(models / "spacy-it-by-hand")
    with pytest.raises(ModelError, match="spacy-it-by-hand: it cannot be loaded; see babelwire"):
        Spacy(models).propose(reading("Marisa Tonin c'è.", language="it"))


def test_what_finds_no_names_is_not_loaded(tmp_path: Path) -> None:
    pipeline = ruler("en", {"Ada": "PERSON"})
    pipeline.add_pipe("tok2vec")
    pipeline.add_pipe("senter", config={"model": {"tok2vec": LISTENER}})
    example = Example.from_dict(pipeline.make_doc("Ann sits."), {"sent_starts": [1, 0, 0]})
    pipeline.initialize(lambda: [example])
    assert load(saved(pipeline, tmp_path / "en")).pipe_names == ["entity_ruler"]


def test_what_the_finder_of_names_listens_to_is_loaded(tmp_path: Path) -> None:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("tok2vec")
    names = pipeline.add_pipe("ner", config={"model": {"tok2vec": LISTENER}})
    names.add_label("PERSON")  # type: ignore[attr-defined]
    example = Example.from_dict(pipeline.make_doc("Ann sits."), {"entities": [(0, 3, "PERSON")]})
    pipeline.initialize(lambda: [example])
    assert load(saved(pipeline, tmp_path / "en")).pipe_names == ["tok2vec", "ner"]


def test_an_unknown_model_is_told_with_those_there_are() -> None:
    with pytest.raises(ModelError, match="there are: spacy-de, spacy-en"):
        known("spacy-xx")


@pytest.mark.parametrize("model", KNOWN, ids=lambda one: one.name)
def test_the_register_of_models_is_whole(model: Known) -> None:
    assert model.address.startswith("https://")
    assert model.address.endswith("/") == bool(model.files)
    assert model.sha256 is None or len(model.sha256) == 64
    assert [one.name for one in KNOWN].count(model.name) == 1
