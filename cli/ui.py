"""``babelwire ui``: Dagster's web server and daemon together."""

import os
import signal
import subprocess
import sys
from typing import Annotated

import typer

from assets.resources import ROOT, Settings
from cli.console import HomeOption, console
from warehouse.publisher import Home

#: Dagster would rather have its other command, for projects that are laid out as it likes.
_SUPERSEDED = "ignore:Function `dev_command` is superseded"


def ui(
    port: Annotated[int, typer.Option(help="Port of the web server.")] = 3000,
    host: Annotated[str, typer.Option(help="Address it listens on.")] = "127.0.0.1",
    home: HomeOption = None,
) -> None:
    """Start the graph in the browser, with the nightly schedule and the landing sensor alive."""
    from assets.instance import prepare

    folder = home.resolve() if home else Settings.from_environment().home
    prepare(Home(folder).dagster)
    os.environ["BABELWIRE_HOME"] = str(folder)
    console.print(f"Dagster at http://{host}:{port} (Ctrl-C stops it)")
    command = [sys.executable, "-W", _SUPERSEDED, "-m", "dagster", "dev", "-w", "workspace.yaml"]
    # What the daemon does every half minute is told in the browser; runs tell what they made.
    command += ["--log-level", "warning"]
    # A shell that runs this in the background leaves SIGINT ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        raise typer.Exit(subprocess.call([*command, "-h", host, "-p", str(port)], cwd=ROOT))
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
