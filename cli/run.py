"""``babelwire run``: everything, from landed files to the published marts."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import duckdb
import polars as pl
import typer
from rich.markup import escape
from rich.table import Table

from assets.resources import Newsroom, Settings
from cli.console import HomeOption, console, progress, say_error
from warehouse.publisher import Home, Manifest, current, held, latest, published
from warehouse.store import Store

if TYPE_CHECKING:
    import dagster as dg

#: The claims that most independent origins speak of, each figure with who stands behind it.
_CLAIMS = """
SELECT verdict, format('{} {}: {}', subject_name, property, list_aggregate(list_transform(
    accounts, lambda one: format('{} {} {} ({} of {} origins)', one.relation,
        if(one.value = floor(one.value), format('{:,}', one.value::BIGINT), one.value::VARCHAR),
        unit, one.origins, origins)), 'string_agg', ', '))
FROM mart_claims WHERE origins > 1 ORDER BY origins DESC, claim_id LIMIT 3
"""

_STORIES = """
SELECT coalesce(title_en, 'without a name'), articles FROM mart_stories
ORDER BY articles DESC, story_id LIMIT 5
"""

#: Quarantined files and parts named in the summary.
_NAMED = 20
_TRY = "SELECT subject_name, property, verdict, origins FROM mart_claims"


def run(
    articles: Annotated[
        list[str] | None,
        typer.Option(
            help="Source of articles: folder, file, glob, address, feed, list of feeds. Repeat it "
            "for several.",
            show_default=False,
        ),
    ] = None,
    home: HomeOption = None,
    memory: Annotated[
        bool, typer.Option(help="Whether the translation memory is asked first.")
    ] = True,
) -> None:
    """Do what is new and publish it; what cannot be read is quarantined with its reason."""
    from pipelines.intake.feeds import is_feed
    from pipelines.intake.sources import source_of
    from pipelines.intake.sources.folder import Folder

    settings = Settings.from_environment()
    settings = replace(
        settings,
        articles=tuple(articles) if articles else settings.articles,
        home=home.resolve() if home else settings.home,
        engines=tuple(one for one in settings.engines if memory or one != "memory"),
    )
    for address in settings.articles:
        # Of feeds and lists of them, each fails for itself.
        if is_feed(address):
            continue
        source = source_of(address)
        if isinstance(source, Folder) and not Path(source.address).exists():
            raise FileNotFoundError(
                f"there is no folder or file {source.address}; name one that holds articles"
            )
    run_and_tell(settings)


def run_and_tell(settings: Settings) -> None:
    """Run the job and say what it published; exit code 1 where something did not pass."""
    home = Home(settings.home)
    before = latest(home)
    failures, remarks = _execute(settings)
    for failure in failures:
        say_error(failure)
    after = current(home)
    if after is None:
        raise typer.Exit(1)
    _summary(home, [*remarks, *_made(home, before)])
    if failures:
        say_error(f"nothing was published by this run; version {after.version} stays")
        raise typer.Exit(1)


def _execute(settings: Settings) -> tuple[list[str], list[tuple[str, str]]]:
    """Run the job through Dagster; return a sentence for all that did not pass, and remarks, as
    labels and sentences, on what did not stop it.
    """
    from assets.instance import PROCESS_TAG, opened, process_name, release_dead_runs

    with opened(Home(settings.home).dagster) as instance, progress() as reporter:
        from assets.definitions import defs

        for run_id in release_dead_runs(instance):
            console.print(f"run {run_id} had been killed; its work goes on here")
        newsroom = Newsroom(settings, reporter)
        result = defs.resolve_job_def("everything").execute_in_process(
            instance=instance,
            resources={"newsroom": newsroom},
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            tags={PROCESS_TAG: process_name()},
        )
    failures = list(_failures(result))
    if failures:
        return failures, []
    with newsroom.store() as store:
        return [], [*_warnings(result.get_asset_check_evaluations()), *_failed_sources(store)]


def _warnings(checks: "Sequence[dg.AssetCheckEvaluation]") -> Iterator[tuple[str, str]]:
    for check in checks:
        if not check.passed and check.severity.value == "WARN":
            yield "  warned", f"{check.asset_key.to_user_string()}: {check.description}"


def _failed_sources(store: Store) -> Iterator[tuple[str, str]]:
    """Yield the sources that could not be listed while others could."""
    failed = store.read("raw_sources").filter(pl.col("status") == "failed")
    for address, reason in failed.sort("address").select("address", "reason").rows():
        yield f"failed {address}", reason


def _failures(result: "dg.ExecuteInProcessResult") -> Iterator[str]:
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            cause = error.cause if error and error.cause else error
            if cause and cause.cls_name == "DagsterAssetCheckFailedError":
                continue  # said below, with what failed
            yield f"{event.step_key}: {cause.message.strip() if cause else 'failed'}"
    for check in result.get_asset_check_evaluations():
        if not check.passed and check.severity.value == "ERROR":
            yield f"{check.asset_key.to_user_string()}: {check.description}"


def _made(home: Home, before: Manifest | None) -> Iterator[tuple[str, str]]:
    """Yield the version this run made, and which one readers see where that is another."""
    made = latest(home)
    if made is None:
        return
    is_new = before is None or before.version != made.version
    said = made.version if is_new else f"nothing new; {made.version} stays"
    if shown := held(home):
        yield "made", said
        yield "held", f"readers stay at {shown} until: {_command(home, 'rollback', made.version)}"
    else:
        yield "published", said


def _summary(home: Home, remarks: Sequence[tuple[str, str]]) -> None:
    table = Table(title=None, show_header=False, box=None, padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    with published(home) as marts:
        for label, value in (*_lines(marts), *_quarantined(marts), *remarks):
            table.add_row(escape(label), escape(value))
    table.add_row("file", str(home.marts))
    console.print(table)
    console.print(f"try  {_command(home, 'query')} \"{_TRY}\"")


def _command(home: Home, *words: str) -> str:
    """Return how a command on what was published is typed here."""
    typed = Path(sys.argv[0])
    name = str(typed.relative_to(Path.cwd())) if typed.is_relative_to(Path.cwd()) else typed.name
    is_default = home.path == Settings.from_environment().home
    return " ".join([name, *words] if is_default else [name, *words, "--home", str(home.path)])


def _lines(marts: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return what the published version holds, as labels and counts."""

    def counts(sql: str) -> str:
        return ", ".join(f"{count} {name}" for name, count in marts.sql(sql).fetchall()) or "none"

    def by(column: str, source: str) -> str:
        return counts(f"SELECT {column}, count(*) FROM {source} GROUP BY 1 ORDER BY 2 DESC, 1")

    passed, warned = marts.sql(
        "SELECT checks_passed, checks_warned FROM mart_runs ORDER BY published_at DESC LIMIT 1"
    ).fetchall()[0]
    return [
        ("articles", by("copy_kind", "mart_articles")),
        ("languages", by("language", "mart_articles")),
        ("segments", by("origin", "mart_segments WHERE content")),
        ("entities", by("type", "mart_entities")),
        ("quotes", by("kind", "mart_quotes")),
        ("claims", by("verdict", "mart_claims")),
        *((f"  {verdict}", account) for verdict, account in marts.sql(_CLAIMS).fetchall()),
        ("memberships", by("status", "mart_memberships")),
        ("stories", counts(_STORIES)),
        ("checks", f"{passed} passed, {warned} warned"),
    ]


def _quarantined(marts: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    held = marts.sql("SELECT source_path, place, reason FROM mart_quarantine ORDER BY ALL")
    lines = [
        (f"quarantined {path}", reason if place == "the whole file" else f"{place}: {reason}")
        for path, place, reason in held.limit(_NAMED).fetchall()
    ]
    more = len(held) - len(lines)
    return [*lines, ("quarantined", f"{more} more: babelwire quarantine list")] if more else lines
