"""Archives and compressed files: what is in them is read as files of their own."""

import bz2
import errno
import gzip
import io
import lzma
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from pipelines.intake.reader import RawFile, Reject, UnreadableError

#: Archives in each other down to which they are unpacked: a zip in a tar in a zip is met, more is
#: made to do harm.
DEEPEST = 4
#: A file may unpack to so many times its size, or to so many bytes where it is small. News shrinks
#: to a fifth, markup to a thirtieth, and what is made to fill a disk a thousandfold and more.
_MOST_TIMES, _ALWAYS_ALLOWED = 200, 1 << 28
#: Bytes unpacked at once.
_CHUNK = 1 << 16
#: Bytes that are read at once where a failure loses what it has of them.
_LOST_IN_FAILURE = 1 << 12
#: Bytes of a member held in memory; more go to a temporary file.
_IN_MEMORY = 8 << 20
#: Bytes that an archive may want read at once: the table of contents of a zip of 800,000 members,
#: which then takes half a gigabyte of memory.
_MOST_AT_ONCE = 64 << 20

_TAR, _ZIP = "tar", "zip"
_SUFFIXES = {
    ".gz": "gzip", ".gzip": "gzip", ".tgz": "gzip",
    ".zst": "zstd", ".zstd": "zstd", ".tzst": "zstd",
    ".bz2": "bzip2", ".tbz": "bzip2", ".tbz2": "bzip2",
    ".xz": "xz", ".txz": "xz",
    ".tar": _TAR,
    ".zip": _ZIP,
}  # fmt: skip
#: Endings that say that a tar is compressed.
_TARS = (".tgz", ".tzst", ".tbz", ".tbz2", ".txz")
#: Compressed record by record, and read like that.
_OF_READERS = (".warc.gz",)
_MAGIC = {
    b"\x1f\x8b\x08": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\x00": "xz",
    **{b"BZh%d1AY&SY" % level: "bzip2" for level in range(1, 10)},
}
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_TAR_MAGIC, _TAR_MAGIC_AT, _TAR_BLOCK = b"ustar", 257, 512
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_OTHER_ZIP_METHODS = {9: "deflate64", 93: "zstd", 95: "xz", 98: "PPMd"}
_ZIP_UTF8, _ZIP_ENCRYPTED = 0x800, 0x1
#: What decompressors raise on bytes that are damaged or end too early.
_DAMAGED = (
    *(OSError, EOFError, ValueError, RuntimeError, struct.error),
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError),
)


def is_container(name: str, head: bytes) -> bool:
    """Say whether a file with this name, that begins like this, is unpacked and not read."""
    return _kind(name, head) is not None


def members(file: RawFile) -> Iterator[RawFile | Reject]:
    """Yield what is in an archive, in its order, and why where something cannot be read.

    A member is unpacked as it is read; one that turns out to be broken raises UnreadableError
    there. Folders, links, and what file systems put beside files are passed over. Raises
    UnreadableError where the archive as a whole cannot be read, also behind members that can.
    """
    file.stream.seek(0)
    head = file.stream.read(_TAR_BLOCK)
    if not head:
        raise UnreadableError("the file is empty; hand it over again, whole")
    kind = _kind(file.name, head)
    bounds = _bounds(file.stream)
    file.stream.seek(0)
    if kind == _ZIP:
        yield from _of_zip(file, bounds)
    elif kind == _TAR:
        yield from _of_tar(file, _pieces(file.stream.read), bounds)
    elif kind:
        yield from _of_compressed(file, kind, bounds)


def _kind(name: str, head: bytes) -> str | None:
    """Return how a file is packed: its bytes are believed before its name.

    A page that a server has sent compressed is often saved so, under the name of a page; a zip
    under another name is a document of its own kind (.docx, .epub).
    """
    path = PurePosixPath(name.lower())
    if path.name.endswith(_OF_READERS):
        return None
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    named = _SUFFIXES.get(path.suffix)
    if named or not path.suffix:
        if head.startswith(_ZIP_MAGIC):
            return _ZIP
        if _is_tar(head):
            return _TAR
    return named


def _is_tar(head: bytes) -> bool:
    return head[_TAR_MAGIC_AT:].startswith(_TAR_MAGIC)


# -- bounds --------------------------------------------------------------------------------


@dataclass
class _Bounds:
    """How much a landed file may unpack to, with all archives in it."""

    size: int
    unpacked: int = 0

    def keep(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield pieces; UnreadableError where they become too many."""
        for piece in pieces:
            self.unpacked += len(piece)
            if self.unpacked > max(self.size * _MOST_TIMES, _ALWAYS_ALLOWED):
                raise UnreadableError(
                    f"it unpacks to over {_MOST_TIMES} times its size and over "
                    f"{_ALWAYS_ALLOWED:,} bytes, as archives made to fill a disk do; if it is "
                    "none, unpack it and hand over what was in it"
                )
            yield piece


def _bounds(stream: BinaryIO) -> _Bounds:
    """Return the bounds of the landed file that a stream is, or is in."""
    if isinstance(stream, _Unpacked):
        return stream.bounds
    stream.seek(0, io.SEEK_END)
    return _Bounds(stream.tell())


class _Pieces(io.RawIOBase):
    """Bytes unpacked as far as they are asked for, and kept so that one can go back."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._kept = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115, closed with this
        self._length = self._at = 0
        self._broken: UnreadableError | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        """Give what there is up to a broken place, and raise UnreadableError there."""
        self._unpack(self._at + len(buffer))
        self._kept.seek(self._at)
        piece = self._kept.read(len(buffer))
        if not piece and self._broken:
            raise self._broken
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            self._unpack(None)
            if self._broken:
                raise self._broken
        self._at = offset + (0, self._at, self._length)[whence]
        return self._at

    def close(self) -> None:
        self._kept.close()
        super().close()

    def _unpack(self, end: int | None) -> None:
        while end is None or self._length < end:
            try:
                piece = next(self._pieces, b"")
            except UnreadableError as error:
                self._broken, piece = error, b""
            if not piece:
                return
            self._kept.seek(self._length)
            self._length += self._kept.write(piece)


class _Unpacked(io.BufferedReader):
    """The bytes of a member; what lies before a broken place can be read."""

    def __init__(self, pieces: Iterable[bytes], bounds: _Bounds) -> None:
        super().__init__(_Pieces(bounds.keep(pieces)), _CHUNK)
        self.bounds = bounds

    def read(self, size: int | None = -1, /) -> bytes:
        """Return so many bytes; fewer before a broken place, at which UnreadableError is raised."""
        left, pieces = -1 if size is None else size, list[bytes]()
        try:
            while left and (piece := self.read1(left if left > 0 else _CHUNK)):
                pieces.append(piece)
                left -= len(piece) if left > 0 else 0
        except UnreadableError:
            if not pieces:
                raise
        return b"".join(pieces)


def _member(name: str, pieces: Iterable[bytes], bounds: _Bounds, archive: RawFile) -> RawFile:
    return RawFile(name, cast(BinaryIO, _Unpacked(pieces, bounds)), archive.settings)


def _pieces(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield bytes as they are read; UnreadableError where they are damaged or end too early."""
    with _damage_told():
        while piece := read(_CHUNK):
            yield piece


@contextmanager
def _damage_told() -> Iterator[None]:
    """Raise UnreadableError for whatever decompressors raise, but not for what the system does."""
    try:
        yield
    except UnreadableError:
        raise
    except _DAMAGED as error:
        # A wrong offset is the file's; a full disk, or one that fails, is not.
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise UnreadableError(
            f"it is damaged or was cut off ({_short(error)}); what was read of it may be wrong "
            "too: hand it over again, whole"
        ) from error


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


# -- names ---------------------------------------------------------------------------------


def _is_beside(name: str) -> bool:
    """Say whether a member is none of the files packed, but was put beside them by a system."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or any(part.startswith(".") and part != ".." for part in parts)


def _place(name: str) -> str:
    return f"member {name}"


def _led_out(name: str) -> Reject | None:
    """Return why a member is refused whose name leads to a place outside the archive."""
    if ".." not in PurePosixPath(name).parts:
        return None
    return Reject(
        _place(name),
        "its name leads out of the archive (..), as in those made to do harm; pack it again under "
        "a name without",
    )


# -- compressed files ----------------------------------------------------------------------


def _of_compressed(file: RawFile, kind: str, bounds: _Bounds) -> Iterator[RawFile | Reject]:
    """Yield the one member of a compressed file; of a compressed tar, the members of that."""
    pieces = _pieces(_decompressed(file.stream, kind))
    first = next(pieces, b"")
    name = _name_within(file.name)
    if name.lower().endswith(".tar") or _is_tar(first):
        yield from _of_tar(file, chain((first,), pieces), bounds)
    else:
        yield _member(name, chain((first,), pieces), bounds, file)


def _decompressed(stream: BinaryIO, kind: str) -> Callable[[int], bytes]:
    """Return what reads on, and gives what there is before it fails."""
    if kind == "gzip":
        return gzip.GzipFile(fileobj=stream).read1
    if kind == "bzip2":
        return bz2.BZ2File(stream).read1
    if kind == "xz":
        return lzma.LZMAFile(stream).read1
    # Of the libraries at hand the one that says when a file was cut off.
    import pyarrow as pa

    unpacked = pa.CompressedInputStream(pa.PythonFile(stream, "r"), kind)
    return lambda size: cast(bytes, unpacked.read(min(size, _LOST_IN_FAILURE)))


def _name_within(name: str) -> str:
    """Return the name of what is compressed: the file's own without the ending."""
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    if suffix in _TARS:
        return f"{path.stem}.tar"
    return path.name if _SUFFIXES.get(suffix) in (None, _TAR, _ZIP) else path.stem


# -- tar -----------------------------------------------------------------------------------


class _Forward:
    """Pieces as the file that tarfile reads, which never goes back."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._piece, self._begin, self._at = b"", 0, 0

    def read(self, size: int) -> bytes:
        if size > _MOST_AT_ONCE:
            raise UnreadableError(f"a header in it has {size:,} bytes; pack it again")
        taken: list[bytes] = []
        while size and (part := self._part(size)):
            taken.append(part)
            size -= len(part)
        return b"".join(taken)

    def seek(self, position: int) -> None:
        while self._at < position and self._part(position - self._at):
            pass

    def tell(self) -> int:
        return self._at

    def _part(self, size: int) -> bytes:
        if self._begin == len(self._piece):
            self._piece, self._begin = next(self._pieces, b""), 0
        part = self._piece[self._begin : self._begin + size]
        self._begin += len(part)
        self._at += len(part)
        return part


class _Tar(tarfile.TarFile):
    """A tar that goes on behind a damaged place, and notes it."""

    members: list[tarfile.TarInfo]
    has_end = False
    damage = ""


class _TarHeader(tarfile.TarInfo):
    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> "_TarHeader":
        """Return the next header; tarfile passes over a broken one, or the lack of an end."""
        archive = cast(_Tar, tarfile_)
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            archive.has_end = True
            raise
        except tarfile.EmptyHeaderError:  # type: ignore[attr-defined]
            if not archive.has_end:
                archive.damage = "the archive has no end, it was cut off"
            raise
        except tarfile.HeaderError as error:
            archive.damage = f"a header is damaged ({_short(error)})"
            if not archive.offset:
                raise UnreadableError("it is no tar, or damaged; hand it over again") from error
            raise


def _of_tar(file: RawFile, pieces: Iterable[bytes], bounds: _Bounds) -> Iterator[RawFile | Reject]:
    stream = cast(BinaryIO, _Forward(pieces))
    place = "the beginning"
    with _damage_told(), _Tar(fileobj=stream, tarinfo=_TarHeader, ignore_zeros=True) as archive:
        while True:
            info = archive.next()
            # It remembers all members, which of a large archive fill the memory.
            archive.members.clear()
            if archive.damage:
                reason = f"{archive.damage}; members that lie here are lost: hand it over again"
                yield Reject(f"behind {place}", reason)
                archive.damage = ""
            if info is None:
                return
            name = _storable(info.name).lstrip("/")
            place = _place(name)
            if not info.isreg() or _is_beside(name):
                continue
            content = cast(io.BufferedReader, archive.extractfile(info))
            yield _led_out(name) or _member(name, _pieces(content.read1), bounds, file)


def _storable(name: str) -> str:
    """Return a name as a table can hold it: bytes that are not UTF-8 are spelled out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


# -- zip -----------------------------------------------------------------------------------


class _Guarded:
    """A file as zipfile reads it, which has no part larger than memory should hold."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, size: int = -1) -> bytes:
        if size > _MOST_AT_ONCE:
            raise UnreadableError(
                f"its table of contents has {size:,} bytes, more than 800,000 members need; pack "
                "it as several, or as a tar"
            )
        return self._stream.read(size)


def _of_zip(file: RawFile, bounds: _Bounds) -> Iterator[RawFile | Reject]:
    with _damage_told():
        archive = zipfile.ZipFile(cast(BinaryIO, _Guarded(file.stream)))
    for info in archive.infolist():
        name = _zip_name(info)
        if info.is_dir() or stat.S_ISLNK(info.external_attr >> 16) or _is_beside(name):
            continue
        yield (
            _led_out(name)
            or _locked(info, name)
            or _member(name, _unzipped(archive, info), bounds, file)
        )


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member: often it is UTF-8 also where that is not said."""
    name = info.filename
    if not info.flag_bits & _ZIP_UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name.replace("\\", "/").lstrip("/")


def _locked(info: zipfile.ZipInfo, name: str) -> Reject | None:
    """Return why a member cannot be unpacked."""
    if info.flag_bits & _ZIP_ENCRYPTED:
        return Reject(_place(name), "it is encrypted; pack it again without a password")
    if info.compress_type in _ZIP_METHODS:
        return None
    method = _OTHER_ZIP_METHODS.get(info.compress_type, f"number {info.compress_type}")
    return Reject(
        _place(name), f"it is compressed by a method that is not read ({method}); pack it again"
    )


def _unzipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with _damage_told(), cast(zipfile.ZipExtFile, archive.open(info)) as stream:
        yield from _pieces(stream.read1)
