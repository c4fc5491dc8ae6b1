"""Fetching large files from the network: what came in part goes on where it stopped."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import requests
from urllib3.exceptions import HTTPError

#: Told while a file is fetched: its name, bytes so far, bytes in all where they are known.
Progress = Callable[[str, int, int | None], None]

_TIMEOUT = (5, 30)
_PIECE = 1 << 20


class DownloadError(RuntimeError):
    """A file cannot be fetched or is not the one it should be; the message says what to do."""


def downloaded(
    address: str, path: Path, progress: Progress, checksum: str | None = None
) -> Path:
    """Fetch a file, going on where an earlier try stopped; DownloadError where it cannot be.

    A checksum (``md5:…``, or the hexadecimal digits of a SHA-256) is compared where one is given:
    as an argument, or by the server under the address with ``.sha256`` behind it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    if not path.exists():
        try:
            _fetch(address, partial, progress)
            checksum = checksum or _told_hash(address)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise DownloadError(
                f"{address}: not fetched ({type(error).__name__}); run it again to go on where it "
                "stopped, or fetch the file elsewhere and give --from FILE"
            ) from error
        kind, _, digits = (checksum or "").rpartition(":")
        if checksum and hash_of(partial, kind or "sha256") != digits.lower():
            partial.unlink()
            raise DownloadError(
                f"{address}: its {_HASHES[kind]} is not {digits}; nothing was installed"
            )
        partial.replace(path)
    return path


_HASHES = {"": "SHA-256", "sha256": "SHA-256", "md5": "MD5"}


def hash_of(path: Path, kind: str = "sha256") -> str:
    """Return the hexadecimal digits of a file's hash."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, kind).hexdigest()


def _fetch(address: str, partial: Path, progress: Progress) -> None:
    have = partial.stat().st_size if partial.exists() else 0
    tag = partial.with_name(partial.name + ".etag")
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    if have and tag.exists():
        headers["If-Range"] = tag.read_text("utf-8")
    with requests.get(address, headers=headers, stream=True, timeout=_TIMEOUT) as response:
        if response.status_code == 416:  # all of it is here already
            return
        response.raise_for_status()
        goes_on = response.status_code == 206
        length = response.headers.get("Content-Length", "")
        done = have if goes_on else 0
        total = done + int(length) if length.isdecimal() else None
        if response.headers.get("ETag"):
            tag.write_text(response.headers["ETag"], "utf-8")
        with partial.open("ab" if goes_on else "wb") as opened:
            # As they come: of a larger piece all would be lost where the connection breaks.
            while chunk := response.raw.read1(_PIECE):
                opened.write(chunk)
                done += len(chunk)
                progress(partial.stem, done, total)
    if total is not None and partial.stat().st_size < total:
        raise OSError("the connection closed before the end")
    tag.unlink(missing_ok=True)


def _told_hash(address: str) -> str | None:
    """Return the hash a server keeps beside a file, if it does."""
    response = requests.get(f"{address}.sha256", timeout=_TIMEOUT)
    told = response.text.split()[:1]
    if response.status_code == 200 and told and len(told[0]) == 64:
        return told[0].lower()
    return None
