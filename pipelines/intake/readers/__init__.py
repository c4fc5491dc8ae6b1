"""The readers there are, in the order they are asked."""

from pathlib import PurePath

from pipelines.intake.reader import Reader, UnreadableError
from pipelines.intake.readers.plain_text import PlainText

READERS: tuple[Reader, ...] = (PlainText(),)

#: Changes when any reader does, so that quarantined files are tried again.
VERSION = "+".join(f"{reader.name}/{reader.version}" for reader in READERS)


def reader_of(path: str) -> Reader:
    """Return the reader of a file by its name; UnreadableError names the formats there are."""
    suffix = PurePath(path).suffix.lower()
    for reader in READERS:
        if suffix in reader.suffixes:
            return reader
    known = ", ".join(suffix for reader in READERS for suffix in reader.suffixes)
    raise UnreadableError(f"no reader for {suffix or 'a file without suffix'}; read are: {known}")
