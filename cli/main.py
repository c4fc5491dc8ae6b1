"""The command ``babelwire``: one file a command, each thin.

Exit codes: 0 done; 1 something did not pass (a check, a query); 2 asked for what cannot be done.
"""

from typing import Annotated

import typer

from cli import (
    evaluate,
    memory,
    models,
    quarantine,
    query,
    reference,
    review,
    rollback,
    run,
    status,
    ui,
)
from cli.console import say_error

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _say_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"babelwire {version('babelwire')}")
        raise typer.Exit


@app.callback()
def babelwire(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="Say the version, and end."
        ),
    ] = False,
) -> None:
    """Turns raw multilingual news articles into DuckDB tables one can trust."""


app.command()(run.run)
app.command()(status.status)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(memory.app, name="memory")
app.add_typer(models.app, name="models")
app.add_typer(reference.app, name="reference")
app.command()(query.query)
app.command()(rollback.rollback)
app.command()(evaluate.evaluate)
app.add_typer(review.app, name="review")
app.command()(ui.ui)


def main() -> None:
    """Run the command; a known error is said in one sentence, an unknown one with its trace."""
    from assets.resources import SettingError
    from pipelines.downloads import DownloadError
    from pipelines.models import ModelError
    from pipelines.reference.judgements import JudgementFileError
    from pipelines.reference.open_sets import OpenSetError
    from pipelines.reference.tables import ReferenceTableError
    from pipelines.translation.memory import MemoryFileError
    from warehouse.publisher import (
        HomeError,
        NothingPublishedError,
        PublicationRefusedError,
        PublicationUnderWayError,
    )
    from warehouse.store import SchemaError, StoreLockedError

    try:
        app()
    except (
        DownloadError,
        FileNotFoundError,
        HomeError,
        JudgementFileError,
        MemoryFileError,
        ModelError,
        NotADirectoryError,
        NothingPublishedError,
        OpenSetError,
        PublicationRefusedError,
        PublicationUnderWayError,
        ReferenceTableError,
        SchemaError,
        SettingError,
        StoreLockedError,
    ) as error:
        say_error(str(error))
        raise SystemExit(2) from None
