"""``babelwire models``: neural translation models on this machine."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.markup import escape
from rich.table import Table

from assets.resources import Settings
from cli.console import console
from pipelines.translation.models import (
    KNOWN,
    Known,
    install,
    installed,
    known,
)
from pipelines.translation.models import (
    check as checked,
)
from pipelines.translation.models import (
    pull as pulled,
)

app = typer.Typer(help="Local translation models: list, pull, check.", no_args_is_help=True)


@app.command(name="list")
def list_() -> None:
    """Say which models are here, and which open ones could be fetched."""
    table = Table(box=None, padding=(0, 2), header_style="bold")
    for name in ("pair", "model", "state", "layout", "licence", "MB", "BLEU", "address"):
        table.add_column(name, overflow="fold")
    here = list(installed(Settings.from_environment().models))
    for model in here:
        pair = f"{model.source}-{model.target}"
        table.add_row(pair, escape(model.version), "installed", model.layout, "", "", "", "")
    for one in KNOWN:
        if one.name not in {model.folder.name for model in here}:
            size, bleu = ("" if told is None else f"{told:g}" for told in (one.size, one.bleu))
            state = "known" if one.verified else "known, address not verified"
            table.add_row(
                one.pair, one.name, state, one.layout, one.licence or "", size, bleu, one.address
            )
    console.print(table)


@app.command()
def pull(
    pair: Annotated[str, typer.Argument(help="Pair (it-en), or name of a known model.")],
    source: Annotated[
        str | None,
        typer.Option("--from", help="Address, archive or folder of another model of the pair."),
    ] = None,
    sha256: Annotated[str | None, typer.Option(help="SHA-256 the fetched file must have.")] = None,
) -> None:
    """Fetch a model and install it; a broken download goes on where it stopped."""
    folder = Settings.from_environment().models
    if source and urlsplit(source).scheme not in ("http", "https"):
        file = Path(source)
        model = install(file, folder, f"{file.name.split('.')[0]}-{pair}", pair, source)
    else:
        model = pulled(_told(pair, source, sha256), folder, _progress)
    console.print(
        f"{escape(model.version)} translates {model.source}-{model.target}, "
        f"in {escape(str(model.folder))}"
    )


@app.command()
def check() -> None:
    """Load every model and have it translate; exit code 1 where one does not."""
    folder = Settings.from_environment().models
    wrong = 0
    for name, problem in checked(folder):
        console.print(f"{escape(name)}: {escape(problem or 'works')}")
        wrong += problem is not None
    if wrong:
        raise typer.Exit(1)


def _told(pair: str, address: str | None, sha256: str | None) -> Known:
    """Return the model to fetch: a known one, or one of the user's."""
    if address is None:
        return known(pair)
    begin, _, end = pair.partition("-")
    stem = Path(urlsplit(address).path).stem
    return Known(f"{stem}-{pair}", begin, end, "argos", "", address, sha256=sha256)


def _progress(name: str, done: int, total: int | None) -> None:
    if console.is_terminal or done == total:
        share = f"{done / total:.0%} of {total / 1e6:.0f} MB" if total else f"{done / 1e6:.0f} MB"
        console.print(f"{escape(name)}: {share}", end="\r" if done != total else "\n")
