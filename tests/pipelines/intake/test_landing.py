import errno
import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.intake import landing
from pipelines.intake.landing import Landed, read_files
from pipelines.intake.reader import FoundArticle, RawFile, ReadSettings, Reject
from pipelines.intake.readers import READERS
from pipelines.intake.source import Source
from pipelines.intake.sources.folder import Folder

NOW = datetime(2026, 11, 22, 17, 5)
SETTINGS = ReadSettings()


def listing(folder: Path) -> pl.DataFrame:
    return pl.concat(Folder(str(folder)).listing()).sort("path")


def merged(pieces: list[Landed]) -> Landed:
    files = pl.concat([piece.raw_files for piece in pieces])
    return Landed(
        files.unique("file_id", keep="last", maintain_order=True),
        pl.concat([piece.raw_rejects for piece in pieces]),
        pl.concat([piece.raw_articles for piece in pieces]),
    )


def land(folder: Path, settings: ReadSettings = SETTINGS, workers: int = 1) -> Landed:
    files = listing(folder)
    return merged(list(read_files(Folder(str(folder)), files, NOW, settings, workers)))


def reasons(landed: Landed) -> dict[str, str | None]:
    return dict(landed.raw_files.select("path", "reason").rows())


def bodies(landed: Landed) -> list[str]:
    return [
        text[start:end]
        for text, start, end in landed.raw_articles.sort("source_path", "ordinal")
        .select("text", "body_start", "body_end")
        .rows()
    ]


def test_a_file_becomes_a_row_and_its_article_another(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" date 2023-12-05 IBM e Meta.\n")
    landed = land(tmp_path)
    (file,) = landed.raw_files.rows(named=True)
    (article,) = landed.raw_articles.rows(named=True)
    assert (file["status"], file["reason"], file["articles"]) == ("read", None, 1)
    assert file["landed_at"] == article["first_seen_at"] == NOW
    assert article["file_id"] == file["file_id"]
    assert article["source_path"] == "a.txt"
    assert bodies(landed) == ["IBM e Meta."]
    assert article["declared"] == [
        {"field": "published", "value": "2023-12-05", "source": "header"}
    ]


def test_nothing_listed_lands_nothing_and_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    assert list(read_files(Folder(str(tmp_path)), listing(tmp_path).clear(), NOW, SETTINGS)) == []


def test_whatever_cannot_be_read_is_quarantined_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "image.txt").write_bytes(b"\x89PNG\r\n\x00" + bytes(range(256)))
    (tmp_path / "large.txt").write_text("too large " * 30)
    (tmp_path / "talk.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "good.txt").write_text("Good news.")
    landed = land(tmp_path, ReadSettings(most_bytes=280))
    found = reasons(landed)
    assert found["good.txt"] is None
    assert "empty" in str(found["empty.txt"])
    assert "binary, not text" in str(found["image.txt"])
    assert "raise BABELWIRE_MAX_ARTICLE_BYTES" in str(found["large.txt"])
    assert str(found["talk.pdf"]).startswith("no reader for .pdf; read are: .txt")
    assert landed.raw_files.filter(status="read")["path"].to_list() == ["good.txt"]
    assert bodies(landed) == ["Good news."]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_one_may_not_open_is_tried_again_by_the_next_run(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "secret.txt").chmod(0)
    landed = land(tmp_path)
    assert "check its permissions" in str(reasons(landed)["secret.txt"])
    assert landed.raw_files["reader"].to_list() == [""]


def test_a_file_that_went_away_after_the_listing_is_quarantined(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").write_text("x")
    files = listing(tmp_path)
    (tmp_path / "gone.txt").unlink()
    (landed,) = read_files(Folder(str(tmp_path)), files, NOW, SETTINGS)
    assert "it was moved away" in str(reasons(landed)["gone.txt"])


def test_what_is_no_file_stops_nobody_and_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Good news.")
    (tmp_path / "broken.txt").symlink_to(tmp_path / "nowhere.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    found = reasons(land(tmp_path))
    assert "a link that leads nowhere" in str(found["broken.txt"])
    assert "a pipe" in str(found["pipe.txt"])
    assert found["good.txt"] is None


def test_a_name_that_is_no_utf_8_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Good news.")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caff\xe8.txt")).write_text("Il caffè.")
    except OSError:
        pytest.skip("the file system takes only UTF-8")
    found = reasons(land(tmp_path))
    assert "a name that is not UTF-8" in str(found.pop("caff\\xe8.txt"))
    assert found == {"good.txt": None}


def test_articles_are_known_by_path_and_text_not_by_folder_order_or_time(tmp_path: Path) -> None:
    ids = []
    for name, order in (("one", ("a", "b")), ("two", ("b", "a"))):
        folder = tmp_path / name
        folder.mkdir()
        for letter in order:
            (folder / f"{letter}.txt").write_text(f"News of {letter}.")
        ids.append(set(land(folder).raw_articles["article_id"]))
    assert ids[0] == ids[1]


def test_the_same_text_in_two_files_is_two_articles(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text("Twice told.")
    assert land(tmp_path).raw_articles["article_id"].n_unique() == 2


def test_an_article_keeps_its_id_when_its_file_grows_or_is_sorted_anew(tmp_path: Path) -> None:
    lines = [f'{{"id": "{number}", "text": "News number {number}."}}\n' for number in range(3)]
    keyless = [f'{{"text": "Flash number {number}."}}\n' for number in range(3)]
    ids = []
    for order in ((0, 1), (2, 1, 0)):
        (tmp_path / "news.jsonl").write_text(
            "".join(lines[number] + keyless[number] for number in order)
        )
        ids.append(set(land(tmp_path).raw_articles["article_id"]))
    assert ids[0] < ids[1]
    assert len(ids[1]) == 6


# -- archives ------------------------------------------------------------------------------


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), member)
    return content.getvalue()


def test_members_of_an_archive_are_read_as_files_and_say_where_they_lay(tmp_path: Path) -> None:
    records = gzip.compress(b'{"text": "First."}\n{"text": 7}\n{"text": "Second."}\n')
    inner = zipped(it__a_txt=b"Buone notizie.", b_jsonl_gz=records, c_png=b"\x89PNG")
    with tarfile.open(tmp_path / "crawl.tar", "w") as archive:
        told = tarfile.TarInfo("inner.zip")
        told.size = len(inner)
        archive.addfile(told, io.BytesIO(inner))
    landed = land(tmp_path)
    assert bodies(landed) == ["Buone notizie.", "First.", "Second."]
    assert landed.raw_articles["place"].to_list() == [
        "member inner.zip, member it/a.txt",
        "member inner.zip, member b.jsonl.gz, member b.jsonl, line 1",
        "member inner.zip, member b.jsonl.gz, member b.jsonl, line 3",
    ]
    assert landed.raw_files.select("status", "articles", "rejects").rows() == [("read", 3, 2)]
    rejected = dict(landed.raw_rejects.select("place", "reason").rows())
    assert "no reader for .png" in rejected["member inner.zip, member c.png"]


def test_archives_in_archives_end_somewhere(tmp_path: Path) -> None:
    content = b"Good news."
    for _ in range(landing.DEEPEST + 1):
        content = gzip.compress(content)
    (tmp_path / ("a.txt" + ".gz" * (landing.DEEPEST + 1))).write_bytes(content)
    assert "unpack the outer ones" in str(*reasons(land(tmp_path)).values())


def test_a_full_disk_is_no_fault_of_an_archive_which_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, _content: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "good.txt").write_text("Good news.")
    (tmp_path / "news.zip").write_bytes(zipped(a_txt=b"Good news."))
    monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda _size: Full())
    landed = land(tmp_path)
    assert bodies(landed) == ["Good news."]
    assert "No space left on device" in str(reasons(landed)["news.zip"])
    assert dict(landed.raw_files.select("path", "reader").rows())["news.zip"] == ""


# -- bounds, and readers that fail -----------------------------------------------------------


def test_a_file_larger_than_memory_should_hold_comes_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "_MOST_ARTICLES", 4)
    (tmp_path / "news.jsonl").write_text("".join(f'{{"text": "No. {n}."}}\n' for n in range(10)))
    pieces = list(read_files(Folder(str(tmp_path)), listing(tmp_path), NOW, SETTINGS))
    assert [piece.raw_articles.height for piece in pieces] == [4, 4, 2]
    assert [piece.raw_files["status"].to_list() for piece in pieces] == [
        ["reading"], ["reading"], ["read"]
    ]  # fmt: skip
    assert merged(pieces).raw_files["articles"].to_list() == [10]


def test_rejects_bound_memory_as_articles_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "_MOST_ARTICLES", 4)
    (tmp_path / "news.jsonl").write_text('{"text": "One."}\n' + "not json\n" * 9)
    pieces = list(read_files(Folder(str(tmp_path)), listing(tmp_path), NOW, SETTINGS))
    assert [piece.raw_rejects.height for piece in pieces] == [3, 4, 2]


def test_a_file_of_rejects_only_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text("not json\n" * 5_000)
    landed = land(tmp_path)
    assert landed.raw_files["rejects"].to_list() == [1_000]
    assert "its first 1,000 parts cannot be read" in str(reasons(landed)["log.jsonl"])


class Reading:
    """A reader of ``.odd`` files that does as it is told."""

    name, version, suffixes, media_type = "odd", "1", (".odd",), "text/odd"

    def recognises(self, head: bytes) -> bool:
        return False

    def read(self, file: RawFile) -> Iterator[FoundArticle | Reject]:
        told = file.content().decode()
        if told == "fail":
            raise ZeroDivisionError("by zero")
        if told == "die":
            os._exit(9)
        yield FoundArticle(told, 0, len(told))
        if told == "half":
            raise ZeroDivisionError("by zero")


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.intake.readers.READERS", (*READERS, Reading()))


@pytest.mark.usefixtures("odd")
def test_a_reader_that_fails_stops_no_other_file(tmp_path: Path) -> None:
    for name in ("fail", "half", "fine"):
        (tmp_path / f"{name}.odd").write_text(name)
    landed = land(tmp_path)
    assert "its reader failed (ZeroDivisionError: by zero)" in str(reasons(landed)["fail.odd"])
    assert bodies(landed) == ["fine", "half"]
    ((place, reason),) = landed.raw_rejects.select("place", "reason").rows()
    assert place == "the rest of the file"
    assert "report it" in reason


@pytest.mark.usefixtures("odd")
def test_half_a_character_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "Half \\ud83d"}\n{"text": "Whole."}\n')
    landed = land(tmp_path)
    assert bodies(landed) == ["Whole."]
    assert "half a character" in landed.raw_rejects["reason"][0]


def test_many_files_are_read_by_several_processes_as_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "_TASK_FILES", 100)
    for number in range(300):
        (tmp_path / f"{number:03}.txt").write_text(f"News number {number}.")
    (tmp_path / "news.jsonl").write_text("".join(f'{{"text": "No. {n}."}}\n' for n in range(10)))
    one, many = land(tmp_path), land(tmp_path, workers=2)
    for left, right in zip(vars(one).values(), vars(many).values(), strict=True):
        assert left.sort(left.columns[:2]).equals(right.sort(right.columns[:2]))


def test_a_file_that_kills_its_reader_stops_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("deadly", "good"):
        (tmp_path / f"{name}.txt").write_text(f"A {name} piece of news.")
    # Both in one task, which has to be cut in two to tell them apart.
    monkeypatch.setattr(landing, "_FEW_FILES", 1)
    source: Source = Deadly(str(tmp_path))
    landed = merged(list(read_files(source, listing(tmp_path), NOW, SETTINGS, 2)))
    found = reasons(landed)
    assert "killed the process that read it" in str(found["deadly.txt"])
    assert found["good.txt"] is None
    assert bodies(landed) == ["A good piece of news."]


class Deadly(Folder):
    """A folder one of whose files kills whoever opens it."""

    def open(self, path: str):  # type: ignore[no-untyped-def]
        if path == "deadly.txt":
            os._exit(9)
        return super().open(path)
