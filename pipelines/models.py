"""Folders of models on this machine: fetched, installed whole or not at all, checked by hashes.

A folder of models holds one folder a model. ``manifest.json`` in it tells where the model came
from and the hashes of its files. What a model is, and for what, the stage that uses it knows.
"""

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pipelines.downloads import Progress, downloaded, hash_of
from pipelines.identity import digest

Model = TypeVar("Model")

MANIFEST = "manifest.json"
_PIECE = 1 << 20
#: The largest of the known models unpacks to 1.2 GB; an archive that claims more is broken or bad.
_MOST_BYTES = 4 << 30


class ModelError(RuntimeError):
    """A model cannot be fetched, installed or used; the message says why and what to do."""


def folders(folder: Path) -> Iterator[Path]:
    """Yield the folders in a folder of models, by name, without those still being made."""
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.is_dir() and not path.name.startswith("."):
                yield path


def recognised_in(folder: Path, recognised: Callable[[Path], Model]) -> Iterator[Model]:
    """Yield the models of a folder, by the names of their folders; what is none is passed by."""
    for path in folders(folder):
        try:
            yield recognised(path)
        except ModelError:
            continue


def fetched(
    name: str,
    address: str,
    files: tuple[str, ...],
    folder: Path,
    progress: Progress,
    checksum: str | None = None,
) -> Path:
    """Fetch the file of a model, or the ``files`` under an address that ends in ``/``.

    Return the file, or the folder of them, in a place :func:`forget` clears; what was fetched in
    part goes on where it stopped. Raises DownloadError.
    """
    into = folder / ".downloads" / name
    if not files:
        file = PurePosixPath(urlsplit(address).path).name
        return downloaded(address, into / file, progress, checksum)
    for file in files:
        downloaded(address + file, into / file, progress, checksum)
    return into


def forget(name: str, folder: Path) -> None:
    """Delete what was fetched of a model, once it is installed."""
    shutil.rmtree(folder / ".downloads" / name)


def installed_as(
    name: str,
    source: Path,
    folder: Path,
    finish: Callable[[Path], None],
    recognised: Callable[[Path], Model],
) -> Model:
    """Install an archive or folder under a name; it is in the folder of models whole, or not.

    ``finish`` makes of what was unpacked what is used; ``recognised`` raises ModelError where that
    is no model, and else returns it.
    """
    if not source.exists():
        raise ModelError(f"there is no file or folder {source}")
    making, done = folder / f".making-{name}", folder / name
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    try:
        if source.is_dir():
            shutil.copytree(source, making, dirs_exist_ok=True)
        else:
            _unpacked(source, making)
        finish(making)
        recognised(making)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    shutil.rmtree(done, ignore_errors=True)
    making.rename(done)
    return recognised(done)


def _unpacked(archive: Path, into: Path) -> None:
    """Unpack a zip; a single folder at its top is left out, as Argos packs it."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [one for one in opened.infolist() if not one.is_dir()]
            if sum(one.file_size for one in members) > _MOST_BYTES:
                raise ModelError(f"{archive}: it unpacks to more than {_MOST_BYTES >> 30} GiB")
            tops = {PurePosixPath(one.filename).parts[0] for one in members}
            nested = all(len(PurePosixPath(one.filename).parts) > 1 for one in members)
            skipped = 1 if nested and len(tops) == 1 else 0
            for member in members:
                parts = PurePosixPath(member.filename).parts[skipped:]
                if ".." in parts or PurePosixPath(member.filename).is_absolute():
                    raise ModelError(f"{archive}: {member.filename} leads out of the archive")
                path = into.joinpath(*parts)
                path.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(member) as read, path.open("wb") as written:
                    shutil.copyfileobj(read, written, _PIECE)
    except (zipfile.BadZipFile, EOFError) as error:
        raise ModelError(
            f"{archive}: no archive, or not all of it ({error}); delete it and fetch it again"
        ) from None


def write_manifest(folder: Path, told: dict[str, Any]) -> None:
    """Write what is told of a model, with the hashes of its files and a version of them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    hashes = {str(path.relative_to(folder)): hash_of(path) for path in files}
    hashes.pop(MANIFEST, None)
    whole = {"version": digest(*hashes.values())[:8], **told, "sha256": hashes}
    (folder / MANIFEST).write_text(json.dumps(whole, indent=1) + "\n", "utf-8")


def changed(folder: Path) -> str | None:
    """Return that a file is not as it was installed, where one is not."""
    for name, sha256 in read_json(folder / MANIFEST).get("sha256", {}).items():
        path = folder / name
        if not path.exists() or hash_of(path) != sha256:
            return f"{name} is not as it was installed; pull it again"
    return None


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a file, empty where there is none; ModelError where it is no JSON."""
    if not path.exists():
        return {}
    try:
        told = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ModelError(f"{path}: not JSON ({error})") from None
    return told if isinstance(told, dict) else {}
