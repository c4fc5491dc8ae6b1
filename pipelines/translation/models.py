"""Models on this machine: which there are, which could be fetched, fetching and checking them.

A folder of models holds one folder a model, in one of three layouts: OPUS-MT converted to
CTranslate2, a package of Argos Translate, a model of quickmt. ``manifest.json`` beside the weights
tells where a model came from and the hashes of its files.
"""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from pipelines.identity import digest

Layout = Literal["opus-mt", "argos", "quickmt"]
#: Told while a model is fetched: the file, bytes so far, bytes in all where they are known.
Progress = Callable[[str, int, int | None], None]

_MANIFEST = "manifest.json"
_TIMEOUT = (5, 30)
_PIECE = 1 << 20
#: The largest of the known models unpacks to 800 MB; an archive that claims more is broken or bad.
_MOST_BYTES = 4 << 30


class ModelError(RuntimeError):
    """A model cannot be fetched, installed or used; the message says why and what to do."""


@dataclass(frozen=True)
class Known:
    """An open model that can be fetched.

    ``bleu`` is what others published for it on FLORES-200 devtest into English, where they did;
    ``licence`` and ``size`` (megabytes to fetch) are null where nobody looked them up at their
    source. An address that ends in ``/`` holds ``files``; one that is not ``verified`` follows the
    pattern of others of its maker.
    """

    name: str
    source: str
    target: str
    layout: Layout
    licence: str | None
    address: str
    size: int | None = None
    bleu: float | None = None
    files: tuple[str, ...] = ()
    sha256: str | None = None
    verified: bool = True

    @property
    def pair(self) -> str:
        """The pair as commands name it."""
        return f"{self.source}-{self.target}"


def _opus(source: str, release: str, bleu: float | None = None) -> Known:
    return Known(
        f"opus-mt-{source}-en",
        source,
        "en",
        "opus-mt",
        "CC BY 4.0",
        f"https://object.pouta.csc.fi/OPUS-MT-models/{source}-en/opus-{release}.zip",
        bleu=bleu,
    )


def _argos(source: str, release: str, bleu: float | None = None) -> Known:
    return Known(
        f"argos-{source}-en",
        source,
        "en",
        "argos",
        None,
        f"https://argos-net.com/v1/translate-{source}_en-{release}.argosmodel",
        bleu=bleu,
    )


def _quickmt(source: str) -> Known:
    return Known(
        f"quickmt-{source}-en",
        source,
        "en",
        "quickmt",
        None,
        f"https://huggingface.co/quickmt/quickmt-{source}-en/resolve/main/",
        files=(
            "config.json",
            "model.bin",
            "source_vocabulary.json",
            "target_vocabulary.json",
            "src.spm.model",
            "tgt.spm.model",
        ),
        verified=False,
    )


#: Best first of each pair, as far as their makers' figures are known (docs/translation.md).
KNOWN: tuple[Known, ...] = (
    _opus("it", "2019-12-18", 29.4),
    _opus("fr", "2020-02-26", 41.7),
    _opus("es", "2019-12-04"),
    _opus("nl", "2019-12-05"),
    _opus("pt", "2019-12-05"),
    _argos("it", "1_0", 28.6),
    _argos("fr", "1_9", 39.5),
    _argos("es", "1_9"),
    _argos("pt", "1_9"),
    _argos("de", "1_0"),
    _argos("nl", "1_8"),
    _quickmt("it"),
    _quickmt("fr"),
    _quickmt("es"),
    _quickmt("pt"),
    _quickmt("de"),
)


@dataclass(frozen=True)
class Installed:
    """A model in the folder of models."""

    folder: Path
    layout: Layout
    source: str
    target: str
    weights: Path
    source_pieces: Path
    target_pieces: Path
    prefix: str
    version: str


#: Where each layout keeps the pieces of source and target words, in the order they are looked for.
_PIECES: tuple[tuple[Layout, str, str], ...] = (
    ("opus-mt", "source.spm", "target.spm"),
    ("quickmt", "src.spm.model", "tgt.spm.model"),
    ("quickmt", "joint.spm.model", "joint.spm.model"),
    ("argos", "sentencepiece.model", "sentencepiece.model"),
)


def installed(folder: Path) -> Iterator[Installed]:
    """Yield the models of a folder, by the names of their folders; what is no model is passed by.

    :func:`check` says why.
    """
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith("."):
            try:
                yield recognised(path)
            except ModelError:
                continue


def recognised(folder: Path) -> Installed:
    """Return the model in a folder; ModelError says what is missing."""
    metadata = _json(folder / "metadata.json")
    manifest = _json(folder / _MANIFEST)
    weights = folder / "model" if (folder / "model" / "model.bin").exists() else folder
    if not (weights / "model.bin").exists():
        raise ModelError(f"{folder}: no model.bin, so no CTranslate2 model")
    pieces = next(
        (one for one in _PIECES if all((folder / name).exists() for name in one[1:])), None
    )
    if pieces is None:
        wanted = ", ".join(f"{one} and {other}" for _, one, other in _PIECES)
        raise ModelError(f"{folder}: no SentencePiece models (one of: {wanted})")
    source, target = _pair(folder, metadata | manifest)
    release = str(manifest.get("version") or metadata.get("package_version") or "")
    return Installed(
        folder,
        pieces[0],
        source,
        target,
        weights,
        folder / pieces[1],
        folder / pieces[2],
        str(metadata.get("target_prefix", "")),
        f"{folder.name} {release or _hash_of_small(weights)}",
    )


def _pair(folder: Path, told: Mapping[str, Any]) -> tuple[str, str]:
    source, target = told.get("from_code"), told.get("to_code")
    if source and target:
        return str(source), str(target)
    # quickmt-it-en, opus-mt-it-en, translate-it_en-1_0: the last two codes of two letters.
    parts = [part for part in folder.name.replace("_", "-").split("-") if len(part) == 2]
    codes = [part for part in parts if part.isalpha() and part != "mt"]
    if len(codes) < 2:
        raise ModelError(f"{folder}: its name does not end in a pair such as it-en")
    return codes[-2], codes[-1]


def _json(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        told = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ModelError(f"{path}: not JSON ({error})") from None
    return told if isinstance(told, dict) else {}


def _hash_of_small(weights: Path) -> str:
    """Return a version for a model that tells none: its size and its first bytes."""
    path = weights / "model.bin"
    with path.open("rb") as opened:
        return digest(str(path.stat().st_size), hashlib.sha256(opened.read(_PIECE)).hexdigest())[:8]


# -- fetching ------------------------------------------------------------------------------------


def known(pair: str) -> Known:
    """Return the best known model of a pair (``it-en``) or of a name; ModelError names the pairs
    there are.
    """
    for one in KNOWN:
        if pair in (one.pair, one.name):
            return one
    pairs = sorted({one.pair for one in KNOWN})
    raise ModelError(f"no known model {pair}; there are: {', '.join(pairs)}; or give --from")


def pull(model: Known, folder: Path, progress: Progress) -> Installed:
    """Fetch a known model into a folder of models and install it.

    What was fetched in part goes on where it stopped. Raises ModelError where the network, the
    archive or its hash fail; then nothing is installed.
    """
    downloads = folder / ".downloads" / model.name
    names = model.files or (PurePosixPath(urlsplit(model.address).path).name,)
    for name in names:
        address = model.address + name if model.files else model.address
        downloaded(address, downloads / name, progress, model.sha256)
    source = downloads if model.files else downloads / names[0]
    made = install(source, folder, model.name, model.pair, model.address)
    shutil.rmtree(downloads)
    return made


def downloaded(address: str, path: Path, progress: Progress, sha256: str | None = None) -> Path:
    """Fetch a file, going on where an earlier try stopped; ModelError where it cannot be.

    A hash is checked where one is given: as an argument, or by the server under the address with
    ``.sha256`` behind it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    if not path.exists():
        try:
            _fetch(address, partial, progress)
            sha256 = sha256 or _told_hash(address)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise ModelError(
                f"{address}: not fetched ({type(error).__name__}); run it again to go on where it "
                "stopped, or fetch the file elsewhere and give --from FILE"
            ) from error
        if sha256 and _sha256(partial) != sha256:
            partial.unlink()
            raise ModelError(f"{address}: its SHA-256 is not {sha256}; nothing was installed")
        partial.replace(path)
    return path


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


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


# -- installing ----------------------------------------------------------------------------------


def install(source: Path, folder: Path, name: str, pair: str, origin: str) -> Installed:
    """Install an archive or folder under a name; it is in the folder of models whole, or not.

    An OPUS-MT archive is converted (int8) on the way. Raises ModelError where it is no model.
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
        if (making / "decoder.yml").exists():
            _converted(making)
        _with_manifest(making, pair, origin)
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


def _converted(folder: Path) -> None:
    """Turn Marian's weights into CTranslate2's, keep the pieces, drop the rest."""
    try:
        from ctranslate2.converters import OpusMTConverter
    except ImportError:
        raise ModelError(
            "an OPUS-MT archive is converted by ctranslate2; pip install 'babelwire[ctranslate2]'"
        ) from None
    made = folder / "converted"
    try:
        OpusMTConverter(str(folder)).convert(str(made), quantization="int8")
    except (KeyError, IndexError, OSError, ValueError, NotImplementedError) as error:
        raise ModelError(f"its Marian weights cannot be converted ({error})") from error
    kept = {"source.spm", "target.spm", "LICENSE", "README.md", "converted"}
    for path in list(folder.iterdir()):
        if path.name not in kept:
            path.unlink() if path.is_file() else shutil.rmtree(path)
    for path in made.iterdir():
        path.rename(folder / path.name)
    made.rmdir()


def _with_manifest(folder: Path, pair: str, origin: str) -> None:
    source, _, target = pair.partition("-")
    metadata = _json(folder / "metadata.json")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    hashes = {str(path.relative_to(folder)): _sha256(path) for path in files}
    hashes.pop(_MANIFEST, None)
    release = metadata.get("package_version") or digest(*hashes.values())[:8]
    told = {
        "from_code": metadata.get("from_code", source),
        "to_code": metadata.get("to_code", target),
        "version": str(release),
        "origin": origin,
        "converter": f"ctranslate2 {version('ctranslate2')}" if not metadata else "",
        "sha256": hashes,
    }
    (folder / _MANIFEST).write_text(json.dumps(told, indent=1) + "\n", "utf-8")


# -- checking ------------------------------------------------------------------------------------


def check(folder: Path) -> Iterator[tuple[str, str | None]]:
    """Yield each folder of models with what is wrong with it, or None: its files are whole, it
    loads, and it ends a sentence.
    """
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith("."):
            yield path.name, _wrong(path)


def _wrong(folder: Path) -> str | None:
    try:
        model = recognised(folder)
    except ModelError as error:
        return str(error)
    for name, sha256 in _json(folder / _MANIFEST).get("sha256", {}).items():
        path = folder / name
        if not path.exists() or _sha256(path) != sha256:
            return f"{name} is not as it was installed; pull it again"
    from pipelines.translation.engines.ctranslate2 import LoadedModel

    try:
        translated, reasons = LoadedModel.of(model, 1).translate(["1 2 ."])
    except ImportError:
        return "not installed: pip install 'babelwire[ctranslate2]'"
    except (OSError, RuntimeError, ValueError) as error:
        return f"it cannot be loaded ({str(error).splitlines()[0]}); pull it again"
    return reasons[0] if translated[0] is None else None
