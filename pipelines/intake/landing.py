"""From landed files to raw rows: each file is read, or quarantined with its reason."""

import hashlib
import io
import mimetypes
import pickle
import shutil
import tempfile
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO, cast

import polars as pl

from pipelines.identity import digest
from pipelines.intake.containers import DEEPEST, is_container, members
from pipelines.intake.reader import (
    FoundArticle,
    RawFile,
    Reader,
    ReadSettings,
    Reject,
    UnreadableError,
)
from pipelines.intake.readers import VERSION, reader_of
from pipelines.intake.source import Source
from warehouse.contracts.frames import schema

#: Rows are handed on when there are so many, or so much text: they bound memory, also of a file
#: of any size.
_MOST_ARTICLES, _MOST_CHARACTERS = 5_000, 16_000_000
#: Bytes and files another process reads at once: half a second of work, so that all cores are
#: busy to the end, and little is read again where a file kills its reader.
_TASK_BYTES, _TASK_FILES = 4_000_000, 1_000
#: Fewer files or bytes than these are read here: to start processes takes about a second.
_FEW_FILES, _FEW_BYTES = 64, 8_000_000
#: Bytes at the head of a file by which its kind is recognised.
_HEAD = 4_096
#: Bytes of a file that is not on this machine held in memory; more go to a temporary file.
_SPOOLED = 8 << 20

#: Parts that cannot be read, with none before them that can, after which a file is given up.
_MOST_REJECTS = 1_000
#: What a row of ``raw_articles`` takes from an article just as it was found.
_AS_FOUND = ("place", "encoding", "text", "body_start", "body_end")

Row = dict[str, object]


@dataclass(frozen=True)
class Landed:
    """Rows of ``raw_files``, ``raw_rejects`` and ``raw_articles``.

    A file whose rows do not fit in one comes in several: ``reading`` until the last.
    """

    raw_files: pl.DataFrame
    raw_rejects: pl.DataFrame
    raw_articles: pl.DataFrame


def read_files(
    source: Source,
    listed: pl.DataFrame,
    landed_at: datetime,
    settings: ReadSettings,
    workers: int = 1,
) -> Iterator[Landed]:
    """Read listed files of a source; what cannot be read is quarantined or rejected, never raised.

    Many files are read by ``workers`` processes. A file that kills its process (memory, a fault in
    a library) is quarantined too, and those beside it are read.
    """
    files = list(listed.iter_rows(named=True))
    few = len(files) < _FEW_FILES and listed["size"].sum() < _FEW_BYTES
    if few or workers == 1:
        yield from _landed(source, files, landed_at, settings)
        return
    waiting = deque(_tasks(files))
    with tempfile.TemporaryDirectory(prefix="babelwire-") as folder:
        work = _Work(source, landed_at, settings, folder)
        while waiting:
            suspects = yield from _read_apart(work, waiting, workers)
            for task in suspects:
                yield from _read_suspect(work, task)


# -- in other processes --------------------------------------------------------------------


@dataclass(frozen=True)
class _Work:
    source: Source
    landed_at: datetime
    settings: ReadSettings
    folder: str


def _tasks(files: Iterable[Row]) -> Iterator[list[Row]]:
    """Cut files into tasks, small ones together."""
    task: list[Row] = []
    size = 0
    for file in files:
        task.append(file)
        size += int(str(file["size"]))
        if size >= _TASK_BYTES or len(task) >= _TASK_FILES:
            yield task
            task, size = [], 0
    if task:
        yield task


def _read_apart(
    work: _Work, waiting: deque[list[Row]], workers: int
) -> Generator[Landed, None, list[list[Row]]]:
    """Yield what other processes read of the waiting tasks.

    Returns early when a process has died, with the tasks of which one killed it.
    """
    running: deque[tuple[list[Row], Future[list[str]]]] = deque()
    # Spawned: a fork of a process with threads (Polars, Dagster) may hang.
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        try:
            while waiting or running:
                while waiting and len(running) < 2 * workers:
                    running.append((waiting[0], pool.submit(_spool, work, waiting[0])))
                    waiting.popleft()
                for piece in running[0][1].result():
                    yield _piece(Path(piece))
                running.popleft()
        except BrokenProcessPool:
            return [task for task, _ in running]
    return []


def _read_suspect(work: _Work, task: list[Row]) -> Iterator[Landed]:
    """Yield what a task holds, read alone; where it kills its process again, each half alone."""
    killed = yield from _read_apart(work, deque([task]), 1)
    if killed and len(task) > 1:
        half = len(task) // 2
        yield from _read_suspect(work, task[:half])
        yield from _read_suspect(work, task[half:])
    elif killed:
        row = _file_row(task[0], work.landed_at) | {
            "status": "quarantined",
            "reason": "reading it killed the process that read it (out of memory, or a fault in a "
            "library); split the file, or report it",
        }
        yield _Rows([row]).taken()


def _spool(work: _Work, files: list[Row]) -> list[str]:
    """Read files in this process and leave the pieces in the folder; return their paths.

    On disk, because a small archive may hold more text than fits in memory.
    """
    pieces = []
    for landed in _landed(work.source, files, work.landed_at, work.settings):
        with tempfile.NamedTemporaryFile(dir=work.folder, delete=False) as piece:
            pickle.dump(landed, piece, pickle.HIGHEST_PROTOCOL)
        pieces.append(piece.name)
    return pieces


def _piece(path: Path) -> Landed:
    landed = cast(Landed, pickle.loads(path.read_bytes()))
    path.unlink()
    return landed


# -- one file after another ----------------------------------------------------------------


@dataclass
class _Rows:
    """Rows gathered until there are enough to hand on."""

    files: list[Row] = field(default_factory=list)
    rejects: list[Row] = field(default_factory=list)
    articles: list[Row] = field(default_factory=list)
    characters: int = 0

    @property
    def full(self) -> bool:
        rows = len(self.articles) + len(self.rejects)
        return rows >= _MOST_ARTICLES or self.characters >= _MOST_CHARACTERS

    def taken(self) -> Landed:
        """Return the rows as frames, and begin anew."""
        landed = Landed(
            pl.DataFrame(self.files, schema=schema("raw_files")),
            pl.DataFrame(self.rejects, schema=schema("raw_rejects")),
            pl.DataFrame(self.articles, schema=schema("raw_articles")),
        )
        self.files, self.rejects, self.articles, self.characters = [], [], [], 0
        return landed


def _landed(
    source: Source, files: Iterable[Row], landed_at: datetime, settings: ReadSettings
) -> Iterator[Landed]:
    rows = _Rows()
    for listed in files:
        row = _file_row(listed, landed_at)
        for _ in _read_file(source, row, settings, rows):
            if rows.full:
                rows.files.append(dict(row))
                yield rows.taken()
        rows.files.append(row)
        if len(rows.files) >= _MOST_ARTICLES:
            yield rows.taken()
    if rows.files:
        yield rows.taken()


def _file_row(listed: Row, landed_at: datetime) -> Row:
    return {
        **listed,
        "file_id": "file_" + digest(*(str(listed[part]) for part in ("root", "path", "size"))),
        "sha256": "",
        "media_type": "application/octet-stream",
        "landed_at": landed_at,
        "status": "reading",
        "reason": None,
        "reader": VERSION,
        "articles": 0,
        "rejects": 0,
    }


def _read_file(
    source: Source, row: Row, settings: ReadSettings, rows: _Rows
) -> Iterator[None]:
    """Read one file into rows, pausing after each part of it; its row then tells what became."""
    rejects = _Rejects(row, rows)
    stopped: str | None = None
    try:
        with closing(_opened(source, str(row["path"]))) as stream:
            file = RawFile(str(row["path"]), stream, settings)
            reader = _reader(file)
            row |= _identity(row, file, reader)
            for found in _parts(file, reader):
                _add(found, row, rows, rejects)
                yield
    except OSError as error:
        stopped = (
            f"it cannot be read ({error.strerror or error}); check its permissions, and the space "
            "for temporary files"
        )
        # Nobody has read it: it is tried again by the next run.
        row["reader"] = ""
    except Exception as error:
        stopped = _said(error)
    if row["articles"]:
        row["status"] = "read"
        if stopped:
            rejects.add(Reject("the rest of the file", stopped))
    else:
        row["status"] = "quarantined"
        row["reason"] = stopped or rejects.first or "no article is in it; nothing to read"


def _said(error: Exception) -> str:
    """Return why something could not be read; a reader's own fault must not stop files beside."""
    if isinstance(error, UnreadableError):
        return str(error)
    return (
        f"its reader failed ({type(error).__name__}: {error}); that is a fault of Babelwire: "
        "report it with the file"
    )


@dataclass
class _Rejects:
    """The rejects of one file, each under a place of its own."""

    row: Row
    rows: _Rows
    places: set[str] = field(default_factory=set)
    first: str | None = None

    def add(self, reject: Reject) -> None:
        """Add a reject; UnreadableError where so many came first that the file is none to read."""
        place, count = reject.place, 1
        while place in self.places:
            count += 1
            place = f"{reject.place} ({count})"
        self.places.add(place)
        self.first = self.first or f"nothing in it can be read; {place}: {reject.reason}"
        self.rows.rejects.append(
            {
                "file_id": self.row["file_id"],
                "place": place,
                "reason": reject.reason,
                "excerpt": _encodable(reject.excerpt),
            }
        )
        self.row["rejects"] = len(self.places)
        if len(self.places) >= _MOST_REJECTS and not self.row["articles"]:
            raise UnreadableError(f"its first {_MOST_REJECTS:,} parts cannot be read; {self.first}")


def _opened(source: Source, path: str) -> BinaryIO:
    """Return a file's bytes, seekable; those from afar are brought here once."""
    stream = source.open(path)
    if isinstance(stream, io.BufferedReader):
        return stream
    spooled = tempfile.SpooledTemporaryFile(_SPOOLED)  # noqa: SIM115, closed by who reads it
    with closing(stream):
        shutil.copyfileobj(stream, spooled)
    return cast(BinaryIO, spooled)


def _reader(file: RawFile) -> Reader | None:
    """Return who reads a file, None for an archive; UnreadableError where nobody does."""
    file.stream.seek(0)
    head = file.stream.read(_HEAD)
    file.stream.seek(0)
    return None if is_container(file.name, head) else reader_of(file.name, head)


def _identity(row: Row, file: RawFile, reader: Reader | None) -> Row:
    """Return what a file is known by. Only files that somebody reads are hashed."""
    file.stream.seek(0)
    sha256 = hashlib.file_digest(cast(io.BufferedReader, file.stream), "sha256").hexdigest()
    file.stream.seek(0)
    return {
        "file_id": "file_" + digest(str(row["root"]), str(row["path"]), sha256),
        "sha256": sha256,
        "media_type": reader.media_type if reader else _media_type(file.name),
    }


def _parts(
    file: RawFile, reader: Reader | None, depth: int = 0
) -> Iterator[FoundArticle | Reject]:
    """Yield what is in a file; of an archive, what is in its members."""
    if reader:
        yield from reader.read(file)
        return
    if depth == DEEPEST:
        raise UnreadableError(f"archives lie {DEEPEST} deep in each other; unpack the outer ones")
    for member in members(file):
        if isinstance(member, Reject):
            yield member
            continue
        with closing(member.stream):
            yield from _within(f"member {member.name}", member, depth + 1)


def _within(label: str, member: RawFile, depth: int) -> Iterator[FoundArticle | Reject]:
    """Yield a member's parts as parts of its archive."""
    try:
        for part in _parts(member, _reader(member), depth):
            place = f"{label}, {part.place}" if part.place else label
            if isinstance(part, FoundArticle) and part.key is not None:
                yield replace(part, place=place, key=f"{label}, {part.key}")
            else:
                yield replace(part, place=place)
    except OSError:
        # The fault is not the file's: a disk is full, or a server away.
        raise
    except Exception as error:
        yield Reject(label, _said(error))


def _media_type(name: str) -> str:
    kind, compression = mimetypes.guess_type(name)
    return f"application/{compression}" if compression else kind or "application/octet-stream"


def _add(found: FoundArticle | Reject, row: Row, rows: _Rows, rejects: _Rejects) -> None:
    if isinstance(found, Reject):
        rejects.add(found)
        return
    place = found.place or "the whole file"
    if not found.text[found.body_start : found.body_end].strip():
        rejects.add(Reject(place, "it has no text; nothing to read until it has some"))
        return
    try:
        article_id = _article_id(str(row["path"]), found)
    except UnicodeEncodeError:
        rejects.add(
            Reject(place, "it has half a character (a lone surrogate); export it again as UTF-8")
        )
        return
    rows.articles.append(
        {
            "article_id": article_id,
            "file_id": row["file_id"],
            "source_path": row["path"],
            "first_seen_at": row["landed_at"],
            "ordinal": row["articles"],
            **{name: getattr(found, name) for name in _AS_FOUND},
            "declared": [asdict(one) for one in found.declared],
            "marked": [asdict(one) for one in found.marked],
        }
    )
    row["articles"] = int(str(row["articles"])) + 1
    rows.characters += len(found.text)


def _article_id(path: str, found: FoundArticle) -> str:
    """Return the id of an article: where its file knows it by a key, the same in every order."""
    known_by = [found.key] if found.key is not None else [str(one) for one in found.declared]
    return "art_" + digest(path, found.text, *known_by)


def _encodable(text: str | None) -> str | None:
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()
