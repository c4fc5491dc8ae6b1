import os
import pickle
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest

from pipelines.intake.source import Source, SourceError
from pipelines.intake.sources import source_of
from pipelines.intake.sources.folder import Folder
from pipelines.intake.sources.remote import Remote


def listed(source: Source) -> pl.DataFrame:
    return pl.concat(source.listing()).sort("path")


def content(source: Source, path: str) -> bytes:
    with source.open(path) as stream:
        return stream.read()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "it").mkdir()
    (tmp_path / "it" / "b.txt").write_text("ciao")
    (tmp_path / "a.txt").write_text("hi")
    (tmp_path / "a.html").write_text("<p>hi")
    return tmp_path


def test_every_file_below_a_folder_is_listed_by_its_path(folder: Path) -> None:
    source = source_of(str(folder))
    found = listed(source)
    assert found["path"].to_list() == ["a.html", "a.txt", "it/b.txt"]
    assert found["size"].to_list() == [5, 2, 4]
    assert found["root"].unique().to_list() == [str(folder)]
    assert content(source, "it/b.txt") == b"ciao"


def test_a_single_file_is_listed_as_it_is_in_its_folder(folder: Path) -> None:
    alone = listed(source_of(str(folder / "a.txt")))
    assert alone.rows() == listed(source_of(str(folder))).filter(path="a.txt").rows()


def test_a_glob_lists_what_it_matches_under_the_same_paths(folder: Path) -> None:
    source = source_of(f"{folder}/**/*.txt")
    assert listed(source)["path"].to_list() == ["a.txt", "it/b.txt"]
    assert listed(source)["root"].unique().to_list() == [str(folder)]
    assert content(source, "it/b.txt") == b"ciao"


def test_a_name_with_a_bracket_is_a_name_where_it_exists(tmp_path: Path) -> None:
    (tmp_path / "news [old]").mkdir()
    (tmp_path / "news [old]" / "a.txt").write_text("hi")
    assert listed(source_of(str(tmp_path / "news [old]")))["path"].to_list() == ["a.txt"]


@pytest.mark.parametrize("address", ["memory://wire/it", "memory://wire/it/*.txt"])
def test_an_address_of_fsspec_is_listed_and_read(address: str) -> None:
    import fsspec

    system = fsspec.filesystem("memory")
    system.pipe("/wire/it/a.txt", b"ciao")
    source = source_of(address)
    assert isinstance(source, Remote)
    assert listed(source).select("path", "size").rows() == [("a.txt", 4)]
    assert content(source, "a.txt") == b"ciao"


def test_a_single_remote_file_is_a_source() -> None:
    import fsspec

    fsspec.filesystem("memory").pipe("/alone/a.txt", b"ciao")
    source = source_of("memory://alone/a.txt")
    assert listed(source)["path"].to_list() == ["a.txt"]
    assert content(source, "a.txt") == b"ciao"


def test_files_inside_an_archive_are_a_source(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "news.zip", "w") as archive:
        archive.writestr("it/a.txt", "ciao")
    source = source_of(f"zip://::{tmp_path}/news.zip")
    assert listed(source)["path"].to_list() == ["it/a.txt"]
    assert content(source, "it/a.txt") == b"ciao"


def test_a_password_in_an_address_opens_the_source_and_is_told_to_nobody() -> None:
    import fsspec

    fsspec.filesystem("memory").pipe("/ada:secret@host/a.txt", b"hi")
    source = source_of("memory://ada:secret@host")
    (root,) = listed(source)["root"].unique()
    assert root == "memory://host"
    assert content(source, "a.txt") == b"hi"
    with pytest.raises(SourceError, match="there is nothing at memory://elsewhere;"):
        listed(source_of("memory://ada:secret@elsewhere"))


def test_a_changed_remote_file_is_listed_as_changed() -> None:
    import fsspec

    system = fsspec.filesystem("memory")
    system.pipe("/changing/a.txt", b"one")
    before = listed(source_of("memory://changing"))["modified_ns"][0]
    time.sleep(0.01)
    system.pipe("/changing/a.txt", b"two")
    assert listed(source_of("memory://changing"))["modified_ns"][0] != before


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("{folder}/none", "there is no folder or file"),
        ("{folder}/none/*.txt", "there is nothing at"),
        ("memory://nowhere", "there is nothing at memory://nowhere"),
        ("nosuch://bucket/a", "is no address of fsspec"),
    ],
)
def test_a_source_that_cannot_be_listed_says_why(address: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=why):
        listed(source_of(address.format(folder=tmp_path)))


def test_names_that_begin_with_a_dot_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.txt").write_text("x")
    (tmp_path / ".DS_Store").write_text("x")
    assert list(source_of(str(tmp_path)).listing()) == []


def test_a_large_folder_comes_in_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.intake.sources.folder.LISTED_AT_ONCE", 2)
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text("x")
    assert [frame.height for frame in source_of(str(tmp_path)).listing()] == [2, 2, 1]


def test_a_link_to_its_own_folder_ends(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Good news.")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert listed(source_of(str(tmp_path)))["path"].to_list() == ["good.txt"]


def test_a_linked_file_and_a_linked_folder_are_listed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("Good news.")
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "b.txt").symlink_to(tmp_path / "elsewhere" / "a.txt")
    (tmp_path / "landing" / "deep").symlink_to(tmp_path / "elsewhere")
    found = listed(source_of(str(tmp_path / "landing")))
    assert found["path"].to_list() == ["b.txt", "deep/a.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_one_may_not_enter_is_named(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    with pytest.raises(SourceError, match="closed cannot be listed; let this user"):
        listed(source_of(str(tmp_path)))


def test_a_source_can_be_sent_to_another_process(folder: Path) -> None:
    for source in (Folder(str(folder)), Remote(f"{folder}/*.txt")):
        listed(source)
        assert content(pickle.loads(pickle.dumps(source)), "a.txt") == b"hi"
