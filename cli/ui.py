"""``babelwire ui``: Dagster's web server and daemon together."""

import os
import signal
import subprocess
import sys
from typing import Annotated

import typer

from assets.instance import prepare
from assets.resources import ROOT, Settings
from cli.console import HomeOption, console
from warehouse.publisher import Home


def ui(
    port: Annotated[int, typer.Option(help="Port of the web server.")] = 3000,
    host: Annotated[str, typer.Option(help="Address it listens on.")] = "127.0.0.1",
    home: HomeOption = None,
) -> None:
    """Start the graph in the browser, with the nightly schedule and the landing sensor alive."""
    folder = home.resolve() if home else Settings.from_environment().home
    prepare(Home(folder).dagster)
    os.environ["BABELWIRE_HOME"] = str(folder)
    console.print(f"Dagster at http://{host}:{port} (Ctrl-C stops it)")
    command = [sys.executable, "-m", "dagster", "dev", "-h", host, "-p", str(port)]
    # A shell that runs this in the background leaves SIGINT ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        raise typer.Exit(subprocess.call([*command, "-w", "workspace.yaml"], cwd=ROOT))
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
