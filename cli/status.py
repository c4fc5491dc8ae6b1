"""``babelwire status``: what is published, what is quarantined, what is under way."""

import duckdb
from rich.markup import escape
from rich.table import Table

from assets.resources import Settings
from cli.console import HomeOption, console
from warehouse.publisher import Home, current, held, latest, published, versions


def status(home: HomeOption = None) -> None:
    """Say which version readers see, how it was made, and which files could not be read."""
    folder = Home(home.resolve() if home else Settings.from_environment().home)
    version = current(folder)
    if version is None:
        console.print(f"nothing is published in {folder.path} yet; start with: babelwire run")
        return
    table = Table(title=None, show_header=False, box=None, padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    with published(folder) as marts:
        columns = marts.sql("FROM mart_runs ORDER BY published_at DESC LIMIT 1")
        for name, value in zip(columns.columns, columns.fetchall()[0], strict=True):
            table.add_row(name, f"{value:.1f}" if isinstance(value, float) else str(value))
        quarantined = marts.sql("SELECT source_path, reason FROM mart_quarantine ORDER BY 1")
        unread = quarantined.fetchall()
    table.add_row("file", str(folder.marts))
    if held(folder) and (made := latest(folder)):
        table.add_row("held", f"until: babelwire rollback {made.version}")
    table.add_row("kept versions", ", ".join(one.version for one in versions(folder)))
    table.add_row("run under way", "yes" if _is_written(folder) else "no")
    for path, reason in unread:
        table.add_row(escape(f"quarantined {path}"), escape(reason))
    console.print(table)


def _is_written(home: Home) -> bool:
    """Say whether another process has the store open for writing."""
    if not home.store.exists():
        return False
    try:
        duckdb.connect(str(home.store), read_only=True).close()
    except duckdb.IOException:
        return True
    return False
