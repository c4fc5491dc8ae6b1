"""The contract of a reader: the bytes of one file in, the articles found in it out."""

from dataclasses import dataclass
from typing import Protocol


class UnreadableError(ValueError):
    """A file cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class FoundArticle:
    """One article as found in a file.

    ``body_start`` and ``body_end`` are code points of ``text`` between which the body lies;
    declared metadata is what the file says, untouched.
    """

    text: str
    body_start: int
    body_end: int
    declared_published: str | None = None
    declared_title: str | None = None
    declared_outlet: str | None = None
    declared_language: str | None = None


@dataclass(frozen=True)
class FileContent:
    """What a reader made of one file."""

    articles: tuple[FoundArticle, ...]
    encoding: str | None


class Reader(Protocol):
    """Reads files of some media types.

    ``read`` raises UnreadableError where a file of its kind cannot be read.
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

    def read(self, content: bytes) -> FileContent:
        """Return the articles of a file's bytes."""
        ...
