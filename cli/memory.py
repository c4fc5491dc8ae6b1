"""``babelwire memory``: the translation memory, in and out, and what a reviewer should look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.markup import escape
from rich.table import Table

from assets.resources import Newsroom, Settings
from cli.console import HomeOption, console
from cli.run import run_and_tell
from pipelines.translation.memory import (
    export_memory,
    import_memory,
    read_memory,
    suggestions,
)
from warehouse.memory import TranslationMemory

app = typer.Typer(
    help="The translation memory: import, export, figures, review.", no_args_is_help=True
)


@app.command(name="import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="TMX files of reviewed translations.")],
) -> None:
    """Add TMX files to the folder of memories; the next run uses them."""
    settings = Settings.from_environment()
    for file in files:
        entries = import_memory(file, settings.memory, settings.target_language)
        pairs = entries.group_by("language", "target", "reviewed").len().sort("language")
        for language, target, reviewed, count in pairs.rows():
            kind = "reviewed" if reviewed else "not reviewed"
            console.print(f"{escape(file.name)}: {count} {language}-{target}, {kind}")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="TMX file to write.")],
    machine: Annotated[
        bool, typer.Option(help="Whether what machines translated goes out too, marked as such.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Write the memory as TMX 1.4, for other tools and other houses."""
    settings = _settings(home)
    entries = read_memory(settings.memory, settings.target_language).seed_memory
    if machine:
        with _memory(settings) as memory:
            made = memory.machine_entries()
        told = made.join(entries, on=["language", "target", "text"], how="anti")
        entries = pl.concat([entries, told], how="diagonal")
    console.print(f"{export_memory(entries, file)} entries in {escape(str(file))}")


@app.command()
def stats(home: HomeOption = None) -> None:
    """Say how much is remembered, by pair and by who stands behind it."""
    with _memory(_settings(home)) as memory:
        figures = memory.statistics()
    table = _table("pair", "by", "entries", "characters", "quality")
    for row in figures.iter_rows(named=True):
        quality = "" if row["mean_quality"] is None else f"{row['mean_quality']:.2f}"
        pair = f"{row['language']}-{row['target']}"
        table.add_row(pair, row["origin"], str(row["entries"]), str(row["characters"]), quality)
    console.print(table if figures.height else "nothing is remembered yet")


@app.command()
def review(
    limit: Annotated[int, typer.Option(help="Most texts shown.", min=1)] = 10,
    home: HomeOption = None,
) -> None:
    """Show the texts that need a person most, with what is remembered of texts like them."""
    settings = _settings(home)
    entries = read_memory(settings.memory, settings.target_language).seed_memory
    with _memory(settings) as memory:
        doubtful = memory.doubtful(limit)
    for row in doubtful.iter_rows(named=True):
        quality = "untranslated" if row["quality"] is None else f"{row['quality']:.2f}"
        console.print(f"[bold]{escape(row['text'])}[/] ({row['language']}, {quality})")
        console.print(f"  {escape(row['translated'] or row['fallback_reason'])}")
        for like in suggestions(row["text"], row["language"], entries):
            console.print(f"  {like.likeness:.0f}% {escape(like.text)} → {escape(like.translated)}")
    if doubtful.is_empty():
        console.print("nothing waits for a reviewer")


@app.command()
def redo(
    engines: Annotated[list[str], typer.Argument(help="Engines whose older work is done again.")],
    home: HomeOption = None,
) -> None:
    """Translate again what an older version of an engine did, and publish; nothing else."""
    told = Settings.from_environment({"BABELWIRE_RETRANSLATE": ",".join(engines)})
    run_and_tell(replace(_settings(home), retranslate=told.retranslate))


@contextmanager
def _memory(settings: Settings) -> Iterator[TranslationMemory]:
    with Newsroom(settings).store() as store:
        yield TranslationMemory(store)


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2), header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _settings(home: HomeOption) -> Settings:
    settings = Settings.from_environment()
    return replace(settings, home=home.resolve()) if home else settings
