"""Models that translate on this machine: which there are, which could be fetched, checking them.

A model has one of three layouts: OPUS-MT converted to CTranslate2, a package of Argos Translate, a
model of quickmt.
"""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pipelines.downloads import Progress
from pipelines.identity import digest
from pipelines.models import (
    MANIFEST,
    ModelError,
    changed,
    fetched,
    folders,
    forget,
    installed_as,
    read_json,
    recognised_in,
    write_manifest,
)

Layout = Literal["opus-mt", "argos", "quickmt"]

#: Enough of the weights to tell two models apart.
_ENOUGH = 1 << 20


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
    """Return the models of a folder, by the names of their folders; what is no model is passed by.

    :func:`check` says why.
    """
    return recognised_in(folder, recognised)


def recognised(folder: Path) -> Installed:
    """Return the model in a folder; ModelError says what is missing."""
    metadata = read_json(folder / "metadata.json")
    manifest = read_json(folder / MANIFEST)
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


def _hash_of_small(weights: Path) -> str:
    """Return a version for a model that tells none: its size and its first bytes."""
    path = weights / "model.bin"
    with path.open("rb") as opened:
        first = hashlib.sha256(opened.read(_ENOUGH)).hexdigest()
    return digest(str(path.stat().st_size), first)[:8]


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

    What was fetched in part goes on where it stopped. Raises DownloadError where the network or
    its hash fail, ModelError where it is no model; then nothing is installed.
    """
    source = fetched(model.name, model.address, model.files, folder, progress, model.sha256)
    made = install(source, folder, model.name, model.pair, model.address)
    forget(model.name, folder)
    return made


# -- installing ----------------------------------------------------------------------------------


def install(source: Path, folder: Path, name: str, pair: str, origin: str) -> Installed:
    """Install an archive or folder under a name; it is in the folder of models whole, or not.

    An OPUS-MT archive is converted (int8) on the way. Raises ModelError where it is no model.
    """

    def finish(making: Path) -> None:
        if (making / "decoder.yml").exists():
            _converted(making)
        _with_manifest(making, pair, origin)

    return installed_as(name, source, folder, finish, recognised)


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
    metadata = read_json(folder / "metadata.json")
    release = metadata.get("package_version")
    told = {
        "from_code": metadata.get("from_code", source),
        "to_code": metadata.get("to_code", target),
        "origin": origin,
        "converter": f"ctranslate2 {version('ctranslate2')}" if not metadata else "",
    }
    write_manifest(folder, {**told, "version": str(release)} if release else told)


# -- checking ------------------------------------------------------------------------------------


def check(folder: Path) -> Iterator[tuple[str, str | None]]:
    """Yield each folder of models with what is wrong with it, or None: its files are whole, it
    loads, and it ends a sentence.
    """
    for path in folders(folder):
        yield path.name, _wrong(path)


def _wrong(folder: Path) -> str | None:
    try:
        model = recognised(folder)
    except ModelError as error:
        return str(error)
    problem = changed(folder)
    if problem:
        return problem
    from pipelines.translation.engines.ctranslate2 import LoadedModel

    try:
        translated, reasons = LoadedModel.of(model, 1).translate(["1 2 ."])
    except ImportError:
        return "not installed: pip install 'babelwire[ctranslate2]'"
    except (OSError, RuntimeError, ValueError) as error:
        return f"it cannot be loaded ({str(error).splitlines()[0]}); pull it again"
    return reasons[0] if translated[0] is None else None
