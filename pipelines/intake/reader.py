"""The contract of a reader: one file in, the articles found in it out, one by one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol


class UnreadableError(ValueError):
    """A file, or a part of it, cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Declaration:
    """What a file says of an article, untouched: field, value, and the place that says so.

    Fields are those of ``core_metadata``; places are ranked in :mod:`pipelines.intake.metadata`.
    """

    field: str
    value: str
    source: str


@dataclass(frozen=True)
class Mark:
    """A stretch of the text whose kind of segment the format tells, in code points."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class FoundArticle:
    """One article as found in a file.

    ``body_start`` and ``body_end`` are code points of ``text`` between which the body lies. ``key``
    is what the file itself knows the article by (an id, an address), so that it stays the same
    article when the file grows or is sorted anew. ``place`` says where in the file it stands.
    """

    text: str
    body_start: int
    body_end: int
    declared: tuple[Declaration, ...] = ()
    marked: tuple[Mark, ...] = ()
    key: str | None = None
    place: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class Reject:
    """A part of a file that cannot be read: where, why with the remedy, and how it begins."""

    place: str
    reason: str
    excerpt: str | None = None


@dataclass(frozen=True)
class ReadSettings:
    """What readers are told: the largest article in bytes, and names of columns.

    ``columns`` maps a field (text, title, published, ...) to the column or dotted path that holds
    it in JSON, CSV and Parquet; what is not mapped is looked for under the usual names.
    """

    most_bytes: int = 2_000_000
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RawFile:
    """A file, or a member of an archive, as a reader receives it: a name and seekable bytes.

    The stream of a member that is broken gives fewer bytes than asked for before that place, and
    raises UnreadableError there.
    """

    name: str
    stream: BinaryIO
    settings: ReadSettings = ReadSettings()

    def content(self) -> bytes:
        """Return all bytes; UnreadableError where they are more than an article may have."""
        self.stream.seek(0)
        content = self.stream.read(self.settings.most_bytes + 1)
        if len(content) > self.settings.most_bytes:
            raise UnreadableError(
                f"it has more than the {self.settings.most_bytes:,} bytes an article may have; "
                "split it, or raise BABELWIRE_MAX_ARTICLE_BYTES"
            )
        self.stream.read(1)  # raises where it breaks off here
        return content


class Reader(Protocol):
    """Reads files of some media types.

    ``read`` yields articles and, for parts that cannot be read, rejects. It raises UnreadableError
    where the file as a whole cannot be read, also after it has yielded: what was yielded stands.
    It never holds more than one article of a file that has many.
    """

    @property
    def name(self) -> str:
        """Its name, as rows tell it."""
        ...

    @property
    def version(self) -> str:
        """Rises whenever it reads differently."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of the file names it reads, lower case."""
        ...

    @property
    def media_type(self) -> str:
        """The media type of those files."""
        ...

    def recognises(self, head: bytes) -> bool:
        """Say whether a file that begins like this is of its kind, whatever its name."""
        ...

    def read(self, file: RawFile) -> Iterator[FoundArticle | Reject]:
        """Yield the articles of a file, in their order."""
        ...
