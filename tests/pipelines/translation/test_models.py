"""Fetching, installing and checking models, from a server on the loopback or from a file."""

import hashlib
import shutil
import zipfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

if not (find_spec("ctranslate2") and find_spec("sentencepiece")):
    pytest.skip("the extra ctranslate2 is not installed", allow_module_level=True)

from downloads_server import Downloads
from tiny_model import argos_package, marian_archive, tiny_model

from pipelines.downloads import DownloadError, downloaded
from pipelines.models import ModelError
from pipelines.translation.engines.ctranslate2 import LoadedModel
from pipelines.translation.models import (
    KNOWN,
    Known,
    check,
    install,
    installed,
    known,
    pull,
)


@pytest.fixture
def package(downloads: Downloads, tmp_path: Path) -> Known:
    argos_package(tmp_path / "work", downloads.folder / "translate-it_en-1_0.argosmodel")
    address = f"{downloads.address}translate-it_en-1_0.argosmodel"
    return Known("argos-it-en", "it", "en", "argos", "MIT", address)


def quiet(_name: str, _done: int, _total: int | None) -> None:
    """No progress is shown."""


def test_a_package_is_fetched_installed_and_works(package: Known, tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    model = pull(package, tmp_path / "models", lambda *step: told.append(step))
    assert (model.source, model.target, model.layout) == ("it", "en", "argos")
    assert told[-1][1] == told[-1][2]
    assert list(check(tmp_path / "models")) == [("argos-it-en", None)]
    assert not list((tmp_path / "models").glob(".*/*"))


def test_a_download_goes_on_where_it_stopped(
    downloads: Downloads, package: Known, tmp_path: Path
) -> None:
    downloads.cut = 3_000
    for _ in range(2):
        with pytest.raises(DownloadError, match="run it again to go on where it stopped"):
            pull(package, tmp_path / "models", quiet)
    downloads.cut = None
    pull(package, tmp_path / "models", quiet)
    ranges = [one.partition("=")[2] for one in downloads.asked if "bytes" in one]
    assert ranges == ["3000-", "6000-"]
    assert list(check(tmp_path / "models")) == [("argos-it-en", None)]


@pytest.mark.parametrize("changed", [True, False])
def test_a_download_begins_anew_where_it_cannot_go_on(
    downloads: Downloads, package: Known, tmp_path: Path, changed: bool
) -> None:
    downloads.cut = 3_000
    with pytest.raises(DownloadError):
        pull(package, tmp_path / "models", quiet)
    downloads.cut = None
    if changed:  # there is another file under the address now
        file = downloads.folder / "translate-it_en-1_0.argosmodel"
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr("it_en/README.md", "A newer one.")
    else:
        downloads.ranges = False
    pull(package, tmp_path / "models", quiet)
    assert list(check(tmp_path / "models")) == [("argos-it-en", None)]


@pytest.mark.parametrize("told_by", ["argument", "server"])
def test_a_wrong_hash_installs_nothing(
    downloads: Downloads, package: Known, tmp_path: Path, told_by: str
) -> None:
    wrong = "0" * 64
    if told_by == "server":
        (downloads.folder / "translate-it_en-1_0.argosmodel.sha256").write_text(f"{wrong}  file\n")
    else:
        package = replace(package, sha256=wrong)
    with pytest.raises(DownloadError, match="SHA-256 is not"):
        pull(package, tmp_path / "models", quiet)
    assert list(installed(tmp_path / "models")) == []


def test_the_right_hash_is_accepted(downloads: Downloads, package: Known, tmp_path: Path) -> None:
    content = (downloads.folder / "translate-it_en-1_0.argosmodel").read_bytes()
    told = hashlib.sha256(content).hexdigest()
    pull(replace(package, sha256=told), tmp_path / "models", quiet)


def test_a_model_of_several_files_is_fetched_file_by_file(
    downloads: Downloads, tmp_path: Path
) -> None:
    folder = tiny_model(downloads.folder / "quickmt-it-en", "quickmt")
    files = tuple(sorted(path.name for path in folder.iterdir()))
    address = f"{downloads.address}quickmt-it-en/"
    model = Known("quickmt-it-en", "it", "en", "quickmt", "CC BY", address, files=files)
    assert pull(model, tmp_path / "models", quiet).layout == "quickmt"
    assert list(check(tmp_path / "models")) == [("quickmt-it-en", None)]


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x.zip", "http://nowhere.invalid/x.zip"])
def test_without_a_network_it_says_how_to_go_on_without(address: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="give --from FILE"):
        downloaded(address, tmp_path / "x.zip", quiet)


def test_an_archive_of_opus_mt_is_converted_on_the_way(tmp_path: Path) -> None:
    archive = marian_archive(tmp_path / "work", tmp_path / "opus.zip")
    model = install(archive, tmp_path / "models", "opus-mt-it-en", "it-en", "file")
    assert (model.layout, model.source, model.target) == ("opus-mt", "it", "en")
    assert not (model.folder / "decoder.yml").exists()
    loaded = LoadedModel.of(model, 1)
    assert loaded.closing == ()  # the converter has it added by the library
    assert len(loaded.translate(["La riga è lunga ."])[0]) == 1


def test_a_folder_and_a_package_are_imported_from_files(tmp_path: Path) -> None:
    package = argos_package(tmp_path / "work", tmp_path / "it.argosmodel")
    install(package, tmp_path / "models", "one", "it-en", str(package))
    folder = tiny_model(tmp_path / "quickmt-it-en", "quickmt")
    install(folder, tmp_path / "models", "two", "it-en", str(folder))
    assert [model.folder.name for model in installed(tmp_path / "models")] == ["one", "two"]


def test_an_archive_that_leads_out_of_itself_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("top/../../../escaped", "x")
        archive.writestr("top/model.bin", "x")
    with pytest.raises(ModelError, match="leads out of the archive"):
        install(tmp_path / "bad.zip", tmp_path / "models", "bad", "it-en", "")
    assert not list(tmp_path.rglob("escaped"))
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half", b"<html>Not found</html>"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(ModelError, match="delete it and fetch it again"):
        install(tmp_path / "x.zip", tmp_path / "models", "x", "it-en", "")


@pytest.mark.parametrize("lacking", ["model.bin", "src.spm.model"])
def test_a_folder_that_lacks_something_is_refused_and_said(tmp_path: Path, lacking: str) -> None:
    folder = tiny_model(tmp_path / "quickmt-it-en", "quickmt")
    (folder / lacking).unlink()
    with pytest.raises(ModelError, match=r"no model\.bin|no SentencePiece models"):
        install(folder, tmp_path / "models", "x", "it-en", "")
    shutil.copytree(folder, tmp_path / "models" / "x-it-en")
    ((name, wrong),) = check(tmp_path / "models")
    assert name == "x-it-en"
    assert "no " in str(wrong)


def test_a_file_that_changed_after_it_was_installed_is_found_out(
    package: Known, tmp_path: Path
) -> None:
    model = pull(package, tmp_path / "models", quiet)
    (model.folder / "sentencepiece.model").write_bytes(b"x")
    ((_, wrong),) = check(tmp_path / "models")
    assert wrong == "sentencepiece.model is not as it was installed; pull it again"


def test_an_unknown_pair_is_told_with_those_there_are() -> None:
    with pytest.raises(ModelError, match="no known model xx-en; there are: de-en, es-en"):
        known("xx-en")


@pytest.mark.parametrize("model", KNOWN, ids=lambda one: one.name)
def test_the_register_is_whole(model: Known) -> None:
    assert model.verified or model.bleu is None
    assert model.address.startswith("https://")
    assert model.address.endswith("/") == bool(model.files)
    assert [one.name for one in KNOWN].count(model.name) == 1
