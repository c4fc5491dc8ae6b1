"""Big open sets as reference tables: ROR's organisations, extracts of Wikidata.

``pull`` fetches a set, or takes it from a file, and keeps it as two Parquet files of the columns of
``seed_entities`` and ``seed_entity_names``, with a manifest that tells its licence and where it
came from. The ids of its rows begin with its name, so that every row tells its source. What is
curated in the seeds goes before what is pulled (:mod:`pipelines.reference.tables`).
"""

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import polars as pl
import requests

from pipelines.downloads import DownloadError, Progress, downloaded, hash_of
from pipelines.reference import ror, wikidata
from warehouse.contracts.frames import schema

_MANIFEST = "manifest.json"
_TIMEOUT = (5, 30)
#: Reads a file of a set into entities and names, and says how many of its items it left out.
Reader = Callable[[Path], "Tables"]


@dataclass(frozen=True)
class Tables:
    """What a set holds, and how many items it has that are no entities of news, by the reason."""

    entities: pl.DataFrame
    names: pl.DataFrame
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class OpenSet:
    """An open set: its name here, what it is, its licence, and how its files are read.

    ``record`` is the address of a JSON record that lists the files of its newest version (``files``
    with ``key``, ``links.self`` and ``checksum``); without one, the set is what the user extracts.
    """

    name: str
    title: str
    licence: str
    homepage: str
    read: Reader
    record: str = ""


SETS: tuple[OpenSet, ...] = (
    OpenSet(
        "ror",
        "Research Organization Registry: universities, institutes, companies, agencies",
        "CC0 1.0",
        "https://ror.org",
        lambda file: Tables(*ror.read(file)),
        "https://zenodo.org/api/records/6347574",
    ),
    OpenSet(
        "wikidata",
        "an extract of Wikidata: results of a SPARQL query (JSON, CSV), or items as JSON lines",
        "CC0 1.0",
        "https://www.wikidata.org",
        lambda file: Tables(*wikidata.read(file)),
    ),
)


class OpenSetError(ValueError):
    """A set cannot be pulled or read; the message says why and what to do."""


@dataclass(frozen=True)
class Pulled:
    """A set that is here: where from and when, its licence, and how much it holds."""

    name: str
    licence: str
    origin: str
    sha256: str
    pulled_at: str
    entities: int
    names: int
    left_out: Mapping[str, int]


def open_set(name: str) -> OpenSet:
    """Return a set by its name; OpenSetError names those there are."""
    for one in SETS:
        if one.name == name:
            return one
    raise OpenSetError(f"no open set {name}; there are: {', '.join(one.name for one in SETS)}")


def pull(
    chosen: OpenSet, folder: Path, source: str | None, progress: Progress, now: datetime
) -> Pulled:
    """Fetch a set, or take it from ``source`` (a file or an address), into a folder of sets.

    A broken download goes on where it stopped. The set is there whole or not at all; an earlier
    one of its name is replaced. Raises DownloadError and OpenSetError.
    """
    downloads = folder / ".downloads" / chosen.name
    if source and urlsplit(source).scheme not in ("http", "https"):
        file = Path(source)
        if not file.is_file():
            raise OpenSetError(f"there is no file {source}")
    else:
        address, checksum = (source, None) if source else _newest(chosen)
        file = downloaded(address, downloads / _file_name(address), progress, checksum)
        source = address
    made = _kept(chosen, folder, file, source, now)
    shutil.rmtree(downloads, ignore_errors=True)
    return made


def drop(name: str, folder: Path) -> None:
    """Delete a set of a folder; OpenSetError where it is not there."""
    if name not in [one.name for one in pulled(folder)]:
        raise OpenSetError(f"{name} was not pulled")
    shutil.rmtree(folder / name)


def pulled(folder: Path) -> Iterator[Pulled]:
    """Yield the sets of a folder, by name."""
    for manifest in sorted(folder.glob(f"*/{_MANIFEST}")):
        yield Pulled(**json.loads(manifest.read_text("utf-8")))


def read_pulled(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the entities and the names of all sets of a folder."""
    frames = {
        name: [
            pl.read_parquet(manifest.with_name(f"{name}.parquet"))
            for manifest in sorted(folder.glob(f"*/{_MANIFEST}"))
        ]
        for name in ("entities", "names")
    }
    entities = pl.DataFrame(schema=schema("seed_entities"))
    names = pl.DataFrame(schema=schema("seed_entity_names"))
    return pl.concat([entities, *frames["entities"]]), pl.concat([names, *frames["names"]])


def _kept(chosen: OpenSet, folder: Path, file: Path, origin: str, now: datetime) -> Pulled:
    try:
        tables = chosen.read(file)
    except (ValueError, KeyError, pl.exceptions.PolarsError, zipfile.BadZipFile) as error:
        said = str(error).splitlines()[0]
        raise OpenSetError(f"{file.name} is no file of {chosen.name}: {said}") from error
    if tables.entities.is_empty():
        raise OpenSetError(f"{file.name} holds no entity: {dict(tables.left_out) or 'it is empty'}")
    made = Pulled(
        chosen.name,
        chosen.licence,
        origin,
        hash_of(file),
        now.isoformat(timespec="seconds"),
        tables.entities.height,
        tables.names.height,
        tables.left_out,
    )
    making, done = folder / f".making-{chosen.name}", folder / chosen.name
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    tables.entities.select(list(schema("seed_entities"))).write_parquet(making / "entities.parquet")
    tables.names.select(list(schema("seed_entity_names"))).write_parquet(making / "names.parquet")
    (making / _MANIFEST).write_text(json.dumps(vars(made), indent=1) + "\n", "utf-8")
    shutil.rmtree(done, ignore_errors=True)
    making.rename(done)
    return made


def _newest(chosen: OpenSet) -> tuple[str, str | None]:
    """Return address and checksum of the archive in a set's newest version."""
    if not chosen.record:
        raise OpenSetError(
            f"{chosen.name} has no file of its own; give --from a FILE or an address "
            "(docs/extraction.md has a query)"
        )
    try:
        answer = requests.get(chosen.record, timeout=_TIMEOUT)
        answer.raise_for_status()
        told: list[dict[str, Any]] = answer.json()["files"]
        archive = next(one for one in told if one["key"].endswith(".zip"))
        return archive["links"]["self"], archive.get("checksum")
    except (requests.RequestException, ValueError, LookupError, StopIteration) as error:
        raise DownloadError(
            f"{chosen.record}: tells no newest version ({type(error).__name__}); fetch it from "
            f"{chosen.homepage} and give --from FILE"
        ) from error


def _file_name(address: str) -> str:
    """Return the name of what an address leads to; some end in ``/content``."""
    parts = [unquote(part) for part in PurePosixPath(urlsplit(address).path).parts]
    return next((part for part in reversed(parts) if "." in part), "set")
