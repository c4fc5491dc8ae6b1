"""Files wherever fsspec reaches: a bucket, a server, an archive, a glob of this machine."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import polars as pl

from pipelines.intake.source import LISTED_AT_ONCE, LISTING, SourceError, shown

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

#: What file systems call the time of the last change, and where they have none a mark of it.
_TIMES = ("mtime", "LastModified", "last_modified", "modified", "updated", "created")
_MARKS = ("ETag", "etag", "md5Hash", "checksum", "sha256", "CRC")


@dataclass(frozen=True)
class Remote:
    """Lists what lies below an address of fsspec, or what a glob of it matches.

    Credentials come from where the file system's own library looks for them, never from here.
    """

    address: str

    def listing(self) -> Iterator[pl.DataFrame]:
        """Yield the files below, or those that match."""
        files = self._files()
        while chunk := list(islice(files, LISTED_AT_ONCE)):
            yield pl.DataFrame(chunk, schema=LISTING, orient="row")

    def open(self, path: str) -> BinaryIO:
        """Return a file's bytes; OSError where it cannot be opened."""
        system, _ = self._place
        return cast(BinaryIO, system.open(f"{self._base}{path}", "rb"))

    @cached_property
    def _place(self) -> "tuple[AbstractFileSystem, str]":
        from fsspec.core import url_to_fs

        try:
            system, root = url_to_fs(self.address)
        except ImportError as error:
            raise SourceError(
                f"{shown(self.address)} needs a library that is not installed ({error}); "
                "install it, for s3:// as babelwire[s3]"
            ) from error
        except ValueError as error:
            raise SourceError(
                f"{shown(self.address)} is no address of fsspec ({shown(str(error))}); correct it"
            ) from error
        return system, str(root)

    @cached_property
    def _base(self) -> str:
        """The folder that paths are below, with a slash: of a single file, the one it lies in."""
        system, root = self._place
        folder = _fixed(root)
        if folder == root and system.isfile(root):
            folder = root.rpartition("/")[0]
        return f"{folder}/" if folder.strip("/") else folder

    def _files(self) -> Iterator[tuple[str, str, int, int]]:
        system, root = self._place
        try:
            for path, info in self._found(system, root):
                below = path.removeprefix(self._base)
                if not any(part.startswith(".") for part in below.split("/")):
                    size = int(info.get("size") or 0)
                    yield shown(_fixed(self.address)), below, size, _changed(info)
        except FileNotFoundError as error:
            raise SourceError(
                f"there is nothing at {shown(self.address)}; check the address"
            ) from error
        except Exception as error:  # every file system has errors of its own
            raise SourceError(
                f"{shown(self.address)} cannot be listed ({type(error).__name__}: "
                f"{shown(str(error))}); check the address, the network and the credentials"
            ) from error

    def _found(self, system: "AbstractFileSystem", root: str) -> Iterator[tuple[str, Any]]:
        if not system.exists(_fixed(root)):
            raise FileNotFoundError(root)
        if _is_glob(root):
            matches = system.glob(root, detail=True)
            yield from (
                (path, info) for path, info in matches.items() if info["type"] == "file"
            )
            return
        if system.isfile(root):
            yield root, system.info(root)
            return
        for _folder, _folders, files in system.walk(root, detail=True):
            yield from ((str(info["name"]), info) for info in files.values())


def _is_glob(path: str) -> bool:
    return any(sign in path for sign in "*?[")


def _fixed(path: str) -> str:
    """Return the part of a path before its first folder with a wild card."""
    parts = path.split("/")
    wild = next((place for place, part in enumerate(parts) if _is_glob(part)), len(parts))
    return "/".join(parts[:wild]) or "/"


def _changed(info: dict[str, Any]) -> int:
    for name in _TIMES:
        at = info.get(name)
        if isinstance(at, datetime):
            return int(at.timestamp() * 1_000_000_000)
        if isinstance(at, int | float):
            return int(at * 1_000_000_000)
    # The date in a zip is a tuple; an entity tag is a string: either changes with the file.
    mark = [info[name] for name in (*_MARKS, "date_time") if info.get(name)]
    return zlib.crc32(repr(mark).encode()) if mark else 0
