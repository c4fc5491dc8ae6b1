"""From a folder of files to raw rows: each file is read, or quarantined with its reason."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from pipelines.identity import digest
from pipelines.intake.reader import FileContent, Reader, UnreadableError
from pipelines.intake.readers import VERSION, reader_of
from warehouse.contracts.frames import Schema, schema

_LISTING: Schema = {
    "root": pl.String,
    "path": pl.String,
    "size": pl.Int64,
    "modified_ns": pl.Int64,
}


@dataclass(frozen=True)
class Landed:
    """Rows of ``raw_files`` and ``raw_articles``."""

    raw_files: pl.DataFrame
    raw_articles: pl.DataFrame


def listing(root: Path) -> pl.DataFrame:
    """List the files below a folder: root, path, size in bytes, modified_ns.

    Names that begin with a dot are the file system's own and are passed over.
    Raises FileNotFoundError or NotADirectoryError, naming the folder.
    """
    if not root.exists():
        raise FileNotFoundError(f"there is no folder {root}; name one that holds articles")
    if not root.is_dir():
        raise NotADirectoryError(f"{root} is not a folder; name the folder that holds the articles")
    found = [
        (str(root), path.removeprefix(f"{root}{os.sep}"), status.st_size, status.st_mtime_ns)
        for path, status in _files_below(str(root))
    ]
    return pl.DataFrame(found, schema=_LISTING, orient="row").sort("path")


def _files_below(
    folder: str, above: frozenset[str] = frozenset()
) -> Iterator[tuple[str, os.stat_result]]:
    above |= {os.path.realpath(folder)}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            # A link back to a folder it lies in would be followed for ever.
            if entry.is_dir() and os.path.realpath(entry.path) not in above:
                yield from _files_below(entry.path, above)
            elif not entry.is_dir():
                # A file may be moved away between the listing and this look at it.
                with suppress(FileNotFoundError):
                    yield _utf8(entry.path), _status(entry)


def _status(entry: "os.DirEntry[str]") -> os.stat_result:
    """Return a file's status; of a link that leads nowhere, its own."""
    try:
        return entry.stat()
    except OSError:
        return entry.stat(follow_symlinks=False)


def _utf8(path: str) -> str:
    """Return a path as a table can hold it: bytes of a name that are not UTF-8 are spelled out."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def read_files(files: pl.DataFrame, landed_at: datetime, most_bytes: int) -> Landed:
    """Read listed files into raw rows; whatever cannot be read is quarantined, never raised.

    ``most_bytes`` bounds a file: a larger one is quarantined unread.
    """
    file_rows: list[dict[str, object]] = []
    article_rows: list[dict[str, object]] = []
    for listed in files.iter_rows(named=True):
        row, content = _read_file(listed, most_bytes)
        row["landed_at"] = landed_at
        file_rows.append(row)
        article_rows.extend(_article_rows(row, content))
    return Landed(
        pl.DataFrame(file_rows, schema=schema("raw_files")),
        pl.DataFrame(article_rows, schema=schema("raw_articles")),
    )


def _read_file(
    listed: dict[str, object], most_bytes: int
) -> tuple[dict[str, object], FileContent | None]:
    path = Path(str(listed["root"])) / str(listed["path"])
    row: dict[str, object] = {
        **listed,
        "sha256": "",
        "media_type": "application/octet-stream",
        "reader": VERSION,
        "status": "quarantined",
    }
    content: FileContent | None = None
    try:
        reader = reader_of(str(listed["path"]))
        row["media_type"] = reader.media_type
        content = _content(path, row, reader, most_bytes)
        row |= {"status": "read", "encoding": content.encoding}
    except UnreadableError as error:
        row["reason"] = str(error)
    except OSError as error:
        row["reason"] = f"the file cannot be opened ({error.strerror}); check its permissions"
    row["file_id"] = "file_" + digest(str(row["path"]), str(row["sha256"]) or str(row["size"]))
    return row, content


def _content(
    path: Path, row: dict[str, object], reader: Reader, most_bytes: int
) -> FileContent:
    if int(str(row["size"])) > most_bytes:
        raise UnreadableError(
            f"the file has {row['size']:,} bytes, more than the {most_bytes:,} an article may "
            "have; split it, or raise BABELWIRE_MAX_FILE_BYTES"
        )
    if not path.is_file():
        raise UnreadableError(
            "there is no file under this name (a link that leads nowhere, a pipe, a name that is "
            "not UTF-8, or it was moved away); put the text itself there"
        )
    content = path.read_bytes()
    row["sha256"] = hashlib.sha256(content).hexdigest()
    return reader.read(content)


def _article_rows(
    row: dict[str, object], content: FileContent | None
) -> Iterator[dict[str, object]]:
    for ordinal, article in enumerate(content.articles if content else ()):
        yield {
            "article_id": "art_" + digest(str(row["path"]), str(ordinal), article.text),
            "file_id": row["file_id"],
            "ordinal": ordinal,
            **asdict(article),
        }
