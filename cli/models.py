"""``babelwire models``: models on this machine that translate, and those that find names."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.markup import escape
from rich.table import Table

from assets.resources import Settings
from cli.console import console, show_progress
from pipelines.extraction import models as extraction
from pipelines.models import ModelError
from pipelines.translation import models as translation

app = typer.Typer(
    help="Local models that translate or find names: list, pull, check.", no_args_is_help=True
)


@app.command(name="list")
def list_() -> None:
    """Say which models are here, and which open ones could be fetched."""
    table = Table(box=None, padding=(0, 2), header_style="bold")
    for name in ("for", "model", "state", "layout", "licence", "MB", "BLEU or F1", "address"):
        table.add_column(name, overflow="fold")
    folder = Settings.from_environment().models
    translating, finding = list(translation.installed(folder)), list(extraction.installed(folder))
    for here in translating:
        pair = f"{here.source}-{here.target}"
        table.add_row(pair, escape(here.version), "installed", here.layout, "", "", "", "")
    for found in finding:
        table.add_row(*_here(found, "installed"))
    reads = extraction.spacy_pipelines(folder)
    for package, found in extraction.packages():
        used = reads[found.language] == found
        table.add_row(*_here(found, f"package {package}" + ("" if used else ", not used")))
    present = {one.folder.name for one in translating} | {one.folder.name for one in finding}
    for known in translation.KNOWN:
        if known.name not in present:
            table.add_row(known.pair, *_told(known, known.bleu))
    for one in extraction.KNOWN:
        if one.name not in present:
            table.add_row(f"names, {one.language}", *_told(one, one.f1))
    console.print(table)


@app.command()
def pull(
    pair: Annotated[
        str, typer.Argument(help="Pair (it-en) to translate, or name of a model (spacy-it).")
    ],
    source: Annotated[
        str | None,
        typer.Option("--from", help="Address, archive or folder of another model for the same."),
    ] = None,
    sha256: Annotated[str | None, typer.Option(help="SHA-256 the fetched file must have.")] = None,
) -> None:
    """Fetch a model and install it; a broken download goes on where it stopped."""
    folder = Settings.from_environment().models
    if pair.startswith(("spacy", "gliner")):
        found = _finding(pair, source, sha256, folder)
        console.print(
            f"{escape(found.version)} finds names ({found.language}), in "
            f"{escape(str(found.folder))}; switch it on: BABELWIRE_EXTRACTORS=rules,{found.layout}"
        )
        return
    made = _translating(pair, source, sha256, folder)
    console.print(
        f"{escape(made.version)} translates {made.source}-{made.target}, "
        f"in {escape(str(made.folder))}"
    )


@app.command()
def check() -> None:
    """Load every model and have it work once; exit code 1 where one does not."""
    folder = Settings.from_environment().models
    finding = dict(extraction.check(folder))
    wrong, checked = 0, {**dict(translation.check(folder)), **finding}
    if not checked:
        console.print(f"no models in {escape(str(folder))}; babelwire models list names some")
    for name, problem in checked.items():
        console.print(f"{escape(name)}: {escape(problem or 'works')}")
        wrong += problem is not None
    if wrong:
        raise typer.Exit(1)


def _here(found: extraction.Installed, state: str) -> tuple[str, ...]:
    measured = "" if found.f1 is None else f"{found.f1:.3f}"
    names, version = f"names, {found.language}", escape(found.version)
    return names, version, state, found.layout, "", "", measured, ""


def _told(known: translation.Known | extraction.Known, figure: float | None) -> tuple[str, ...]:
    state = "known" if known.verified else "known, address not verified"
    size, measured = ("" if told is None else f"{told:g}" for told in (known.size, figure))
    return known.name, state, known.layout, known.licence or "", size, measured, known.address


def _is_file(source: str | None) -> bool:
    return source is not None and urlsplit(source).scheme not in ("http", "https")


def _translating(
    pair: str, source: str | None, sha256: str | None, folder: Path
) -> translation.Installed:
    if source is None:
        return translation.pull(translation.known(pair), folder, show_progress)
    if _is_file(source):
        stem = Path(source).name.split(".")[0]
        return translation.install(Path(source), folder, f"{stem}-{pair}", pair, source)
    begin, _, end = pair.partition("-")
    named = f"{Path(urlsplit(source).path).stem}-{pair}"
    told = translation.Known(named, begin, end, "argos", "", source, sha256=sha256)
    return translation.pull(told, folder, show_progress)


def _finding(
    name: str, source: str | None, sha256: str | None, folder: Path
) -> extraction.Installed:
    if source is None:
        known = extraction.known(name)
        licence = known.licence or "not looked up; read it at its source"
        console.print(f"licence of {known.name}: {escape(licence)}")
        return extraction.pull(known, folder, show_progress)
    if _is_file(source):
        return extraction.install(Path(source), folder, name, source)
    if source.endswith("/"):
        raise ModelError(f"{source}: give the address of one file, a wheel or a zip")
    layout: extraction.Layout = "gliner" if name.startswith("gliner") else "spacy"
    told = extraction.Known(name, extraction.ALL, layout, None, source, sha256=sha256)
    return extraction.pull(told, folder, show_progress)
