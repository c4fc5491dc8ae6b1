import os
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.intake.landing import Landed, listing, read_files

NOW = datetime(2026, 11, 22, 17, 5)


def land(folder: Path, most_bytes: int = 2_000_000) -> Landed:
    return read_files(listing(folder), NOW, most_bytes)


def reasons(landed: Landed) -> dict[str, str | None]:
    return dict(landed.raw_files.select("path", "reason").rows())


def test_every_file_below_the_folder_is_listed_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "it").mkdir()
    (tmp_path / "it" / "b.txt").write_text("ciao")
    (tmp_path / "a.txt").write_text("hi")
    found = listing(tmp_path)
    assert found["path"].to_list() == ["a.txt", "it/b.txt"]
    assert found["size"].to_list() == [2, 4]
    assert found["root"].unique().to_list() == [str(tmp_path)]


def test_names_that_begin_with_a_dot_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.txt").write_text("x")
    (tmp_path / ".DS_Store").write_text("x")
    assert listing(tmp_path).is_empty()


def test_an_empty_folder_lands_nothing_and_raises_nothing(tmp_path: Path) -> None:
    landed = land(tmp_path)
    assert landed.raw_files.is_empty()
    assert landed.raw_articles.is_empty()


def test_a_missing_folder_and_a_file_in_its_place_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=f"there is no folder {tmp_path}/none"):
        listing(tmp_path / "none")
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotADirectoryError, match="is not a folder"):
        listing(tmp_path / "file")


def test_a_file_becomes_a_row_and_its_article_another(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" date 2023-12-05 IBM e Meta.\n")
    landed = land(tmp_path)
    (file,) = landed.raw_files.rows(named=True)
    (article,) = landed.raw_articles.rows(named=True)
    assert (file["status"], file["reason"], file["encoding"]) == ("read", None, "utf-8")
    assert file["landed_at"] == NOW
    assert article["file_id"] == file["file_id"]
    assert article["text"][article["body_start"] : article["body_end"]] == "IBM e Meta."
    assert article["declared_published"] == "2023-12-05"


def test_whatever_cannot_be_read_is_quarantined_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "image.txt").write_bytes(b"\x89PNG\r\n\x00" + bytes(range(256)))
    (tmp_path / "large.txt").write_text("too large " * 30)
    (tmp_path / "talk.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "good.txt").write_text("Good news.")
    landed = land(tmp_path, most_bytes=280)
    assert reasons(landed) == {
        "empty.txt": "the file is empty; nothing to read until it has text",
        "good.txt": None,
        "image.txt": reasons(landed)["image.txt"],
        "large.txt": (
            "the file has 300 bytes, more than the 280 an article may have; split it, or raise "
            "BABELWIRE_MAX_FILE_BYTES"
        ),
        "talk.pdf": "no reader for .pdf; read are: .txt, .text",
    }
    assert "binary, not text" in str(reasons(landed)["image.txt"])
    assert landed.raw_files.filter(status="read")["path"].to_list() == ["good.txt"]
    assert landed.raw_articles.height == 1


def test_a_large_file_is_not_even_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large.txt").write_text("x" * 11)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was opened"))
    assert land(tmp_path, most_bytes=10).raw_files["status"].to_list() == ["quarantined"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_one_may_not_open_is_quarantined(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "secret.txt").chmod(0)
    assert "check its permissions" in str(reasons(land(tmp_path))["secret.txt"])


def test_a_file_that_went_away_after_the_listing_is_quarantined(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").write_text("x")
    files = listing(tmp_path)
    (tmp_path / "gone.txt").unlink()
    landed = read_files(files, NOW, 100)
    assert "it was moved away" in str(reasons(landed)["gone.txt"])


def test_a_link_that_leads_nowhere_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Good news.")
    (tmp_path / "broken.txt").symlink_to(tmp_path / "nowhere.txt")
    landed = land(tmp_path)
    assert "a link that leads nowhere" in str(reasons(landed)["broken.txt"])
    assert reasons(landed)["good.txt"] is None


def test_a_pipe_in_the_folder_is_quarantined_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "a pipe" in str(reasons(land(tmp_path))["pipe.txt"])


def test_a_linked_file_and_a_linked_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("Good news.")
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "b.txt").symlink_to(tmp_path / "elsewhere" / "a.txt")
    (tmp_path / "landing" / "deep").symlink_to(tmp_path / "elsewhere")
    assert reasons(land(tmp_path / "landing")) == {"b.txt": None, "deep/a.txt": None}


def test_a_link_to_its_own_folder_ends(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Good news.")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert reasons(land(tmp_path)) == {"good.txt": None}


def test_a_name_that_is_no_utf_8_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Good news.")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caff\xe8.txt")).write_text("Il caffè.")
    except OSError:
        pytest.skip("the file system takes only UTF-8")
    found = reasons(land(tmp_path))
    assert "a name that is not UTF-8" in str(found.pop("caff\\xe8.txt"))
    assert found == {"good.txt": None}


def test_ids_do_not_depend_on_the_folder_the_order_or_the_time(tmp_path: Path) -> None:
    ids = []
    for name, order in (("one", ("a", "b")), ("two", ("b", "a"))):
        folder = tmp_path / name
        folder.mkdir()
        for letter in order:
            (folder / f"{letter}.txt").write_text(f"News of {letter}.")
        landed = read_files(listing(folder), NOW.replace(year=2000 + len(ids)), 100)
        ids.append(
            (
                set(landed.raw_files["file_id"]),
                set(landed.raw_articles["article_id"]),
            )
        )
    assert ids[0] == ids[1]


def test_the_same_text_in_two_files_is_two_articles(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text("Twice told.")
    articles: pl.DataFrame = land(tmp_path).raw_articles
    assert articles["article_id"].n_unique() == 2
