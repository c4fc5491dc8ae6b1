"""The sources there are: a folder or a file, a glob, an address of fsspec."""

import re
from pathlib import Path

from pipelines.intake.source import Source
from pipelines.intake.sources.folder import Folder
from pipelines.intake.sources.remote import Remote

_PROTOCOL = re.compile(r"[a-z][a-z0-9+.-]+(?:://|::)", re.IGNORECASE)
_GLOB = re.compile(r"[*?\[]")


def source_of(address: str) -> Source:
    """Return the source of an address: ``s3://…`` and its like, ``news/**/*.html``, a path."""
    if _PROTOCOL.match(address):
        return Remote(address)
    path = Path(address).expanduser()
    if _GLOB.search(address) and not path.exists():
        return Remote(str(path.absolute()))
    return Folder(str(path.resolve()))
