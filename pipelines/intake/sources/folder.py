"""A folder of this machine with all below it, or a single file."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import polars as pl

from pipelines.intake.source import LISTED_AT_ONCE, LISTING, SourceError


@dataclass(frozen=True)
class Folder:
    """Lists a folder; a single file is listed as the only one of its folder."""

    address: str

    def listing(self) -> Iterator[pl.DataFrame]:
        """Yield the files below; a link is followed, but not back to where it came from."""
        files = self._files()
        while chunk := list(islice(files, LISTED_AT_ONCE)):
            yield pl.DataFrame(chunk, schema=LISTING, orient="row")

    def open(self, path: str) -> BinaryIO:
        """Return a file's bytes; OSError also for a pipe or a device, which never end."""
        whole = Path(self._root, path)
        if not whole.is_file():
            raise FileNotFoundError(
                "there is no file under this name (a link that leads nowhere, a pipe, a name that "
                "is not UTF-8, or it was moved away); put the text itself there"
            )
        return whole.open("rb")

    @property
    def _root(self) -> str:
        return self.address if Path(self.address).is_dir() else str(Path(self.address).parent)

    def _files(self) -> Iterator[tuple[str, str, int, int]]:
        if not Path(self.address).exists():
            raise SourceError(
                f"there is no folder or file {self.address}; name one that holds articles"
            )
        root = self._root
        if root != self.address:
            status = Path(self.address).stat()
            yield root, _utf8(Path(self.address).name), status.st_size, status.st_mtime_ns
            return
        try:
            for path, status in _files_below(root):
                relative = path.removeprefix(root).lstrip(os.sep)
                yield root, relative, status.st_size, status.st_mtime_ns
        except PermissionError as error:
            raise SourceError(
                f"the folder {error.filename} cannot be listed; let this user read and enter it"
            ) from error


def _files_below(
    folder: str, above: frozenset[str] = frozenset()
) -> Iterator[tuple[str, os.stat_result]]:
    above |= {os.path.realpath(folder)}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            # A link back to a folder it lies in would be followed for ever.
            if entry.is_dir():
                if not entry.is_symlink() or os.path.realpath(entry.path) not in above:
                    yield from _files_below(entry.path, above)
            else:
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
