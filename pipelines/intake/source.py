"""The contract of a source: where files lie, which there are, and their bytes."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Protocol

import polars as pl
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from warehouse.contracts.frames import Schema

#: What a listing tells of a file. ``modified_ns`` is what changes when the file does: a time in
#: nanoseconds since 1970, or where a source has none a number made from the mark it gives.
LISTING: Schema = {
    "root": pl.String,
    "path": pl.String,
    "size": pl.Int64,
    "modified_ns": pl.Int64,
}
#: Files listed at once: bounds memory where a source holds millions.
LISTED_AT_ONCE = 50_000

#: Names under which a query holds what is secret.
_SECRET = re.compile(
    r"([?&][\w.-]*(?:key|token|secret|passw(?:or)?d|pwd|auth|sig|signature|session|credentials?)=)"
    r"[^&#]*",
    re.IGNORECASE,
)


class SourceError(RuntimeError):
    """A source cannot be listed; the message names it, says why and what to do."""


class Source(Protocol):
    """Holds landed files. A source is small and can be sent to another process."""

    @property
    def address(self) -> str:
        """Where it is, as rows tell it."""
        ...

    def listing(self) -> Iterator[pl.DataFrame]:
        """Yield the files there are, LISTED_AT_ONCE a frame, in no particular order.

        Names that begin with a dot are a file system's own and are passed over. Raises SourceError.
        """
        ...

    def open(self, path: str) -> BinaryIO:
        """Return a file's bytes, seekable; OSError where it cannot be opened."""
        ...


def shown(address: str) -> str:
    """Return an address as logs and tables may have it: without name, password and keys."""
    try:
        parse_url(address)
        address = re.sub(r"(?<=//)[^\\/?#]*@", "", address)
    except LocationParseError:
        # Of what is no address nobody knows where the password ends.
        address = re.sub(r"(?<=//).*@", "", address)
    return _SECRET.sub(r"\1…", address)
