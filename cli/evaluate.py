"""``babelwire evaluate``: the published marts against hand-made truth."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import duckdb
import polars as pl
import typer
from rich.markup import escape
from rich.table import Table

from assets.resources import ROOT, Settings
from cli.console import HomeOption, console, say_error
from warehouse.publisher import Home, published
from warehouse.store import SchemaError, StoreLockedError, opened_to_read

if TYPE_CHECKING:
    from pipelines.evaluation.gold import Gold
    from pipelines.evaluation.published import Marts
    from pipelines.evaluation.scores import Evaluation

_GOLD = ROOT / "tests" / "gold" / "seed_articles.json"
_FORMATS = ("table", "json")
_CAPTION = (
    "A published entity is the gold's that most of its surfaces name. Of quantities and claims, "
    "found is what touches the gold; what is beyond it does not count. Where a unit has one "
    "answer (speakers, dates, languages, …) all three are the share right. Judgements: the "
    "share of what reviewers decided that is found without being told."
)
#: A run may have the store open for long; what it holds is asked for no longer than this.
_WAIT_SECONDS = 5


def evaluate(
    gold: Annotated[Path, typer.Argument(help="File of hand-made truth.")] = _GOLD,
    home: HomeOption = None,
    misses: Annotated[
        bool, typer.Option("--misses", help="Show what is missed, extra or beyond the gold.")
    ] = False,
    output: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    at_least: Annotated[
        float | None, typer.Option(help="Exit with 1 if an F1 is lower.", min=0, max=1)
    ] = None,
) -> None:
    """Score the published version: precision, recall and F1 for each kind of fact.

    The gold's articles are found by file name. Roles are alike if their words are, quotes if 0.8 of
    the shorter stands in the other; entities are compared through their surfaces, whatever their
    published names. A gold article that is not published is missed in all kinds. The judgements
    in the store are replayed, which changes nothing; ``--at-least`` does not ask for them.
    """
    from pipelines.evaluation.gold import GoldError, read_gold
    from pipelines.evaluation.scores import below
    from pipelines.evaluation.scores import evaluate as scored

    if output not in _FORMATS:
        say_error(f"no format {output}; there are: {', '.join(_FORMATS)}")
        raise typer.Exit(2)
    try:
        truth = read_gold(gold)
    except GoldError as error:
        say_error(str(error))
        raise typer.Exit(2) from None
    folder = Home(home.resolve() if home else Settings.from_environment().home)
    with published(folder) as connection:
        marts = _marts(connection, truth)
    if marts is None:
        say_error(f"none of the articles of {gold} is in {folder.marts}; run Babelwire over them")
        raise typer.Exit(2)
    evaluation = scored(truth, marts, _replayed_judgements(folder))
    (_show_json if output == "json" else _show_table)(evaluation, misses)
    low = below(evaluation, at_least) if at_least is not None else None
    if low is not None and not low.is_empty():
        kinds = ", ".join(f"{kind} {f1:.2f}" for kind, f1 in low.select("kind", "f1").iter_rows())
        say_error(f"below {at_least:g}: {kinds}")
        raise typer.Exit(1)


def _marts(connection: duckdb.DuckDBPyConnection, gold: "Gold") -> "Marts | None":
    """Return the rows that may speak of the gold's articles, or None where none is published."""
    from pipelines.evaluation.published import Marts, known_articles

    files = gold.articles["file"].to_list()
    articles = connection.sql(
        "SELECT * EXCLUDE (body_en) FROM mart_articles "
        "WHERE list_contains($files, string_split(source_path, '/')[-1])",
        params={"files": files},
    ).pl()
    ids = {"ids": known_articles(gold, articles)["article_id"].to_list()}
    if not ids["ids"]:
        return None

    def selected(sql: str) -> pl.DataFrame:
        chosen: pl.DataFrame = connection.sql(sql, params=ids).pl()
        return chosen

    def rows(mart: str) -> pl.DataFrame:
        return selected(f"SELECT * FROM {mart} WHERE list_contains($ids, article_id)")

    def rows_with_evidence(mart: str) -> pl.DataFrame:
        passages = "list_transform(evidence, lambda passage: passage.article_id)"
        return selected(f"SELECT * FROM {mart} WHERE list_has_any($ids, {passages})")

    return Marts(
        articles=articles,
        segments=rows("mart_segments"),
        mentions=rows("mart_mentions"),
        quotes=rows("mart_quotes"),
        memberships=rows_with_evidence("mart_memberships"),
        roles=rows_with_evidence("mart_roles"),
        claims=rows_with_evidence("mart_claims"),
        timeline=rows_with_evidence("mart_timeline"),
    )


def _replayed_judgements(home: Home) -> pl.DataFrame | None:
    """Return each judgement of the store and what the machine finds where nothing is judged.

    None where the store cannot be read, which is said.
    """
    from pipelines.evaluation.judgements import replayed

    try:
        with opened_to_read(home.store, _WAIT_SECONDS) as store:
            judgements = store.read("seed_judgements")
            if judgements.is_empty():
                return replayed(judgements, {})
            from assets.resolution import without_judgements

            return replayed(judgements, without_judgements(store, set(judgements["kind"])))
    except (FileNotFoundError, SchemaError, StoreLockedError) as error:
        typer.echo(f"judgements are not replayed: {error}", err=True)
        return None


def _show_json(evaluation: "Evaluation", misses: bool) -> None:
    shown = {"scores": evaluation.scores.to_dicts(), "absent": evaluation.absent}
    if misses:
        shown["misses"] = evaluation.faults.to_dicts()
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=1))


def _show_table(evaluation: "Evaluation", misses: bool) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in evaluation.scores.columns:
        is_text = name in ("kind", "unit")
        table.add_column(name, justify="left" if is_text else "right", no_wrap=name != "unit")
    for row in evaluation.scores.iter_rows():
        table.add_row(*(_shown(value) for value in row))
    console.print(table)
    console.print(_CAPTION)
    if misses:
        for kind, problem, article, item, note in evaluation.faults.iter_rows():
            where, why = f" {article}" if article else "", f"  ({note})" if note else ""
            console.print(escape(f"{kind} {problem}{where}: {item}{why}"))
    if evaluation.absent:
        console.print(f"not published, so all missed: {', '.join(evaluation.absent)}")


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
