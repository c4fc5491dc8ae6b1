import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from cli import review
from cli.main import app
from pipelines.reference.judgements import read_judgements
from warehouse import contracts

Ask = Callable[..., Result]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Asks of marts with three names, one of which could be either of the others."""
    for name in [name for name in os.environ if name.startswith(("BABELWIRE_", "DAGSTER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BABELWIRE_REFERENCE", str(tmp_path))
    marts = duckdb.connect()
    for table in ("mart_names", "mart_entities", "mart_articles", "mart_quotes"):
        marts.execute(contracts.table(table).ddl())
    marts.execute(
        """
        INSERT INTO mart_names VALUES
        ('ent_1', 'Indian Vega', 'ORG', 'ent_1', 1, 'its own name', 3, []),
        ('ent_2', 'British Vega', 'ORG', 'ent_2', 1, 'its own name', 2, []),
        ('ent_3', 'Vega', 'ORG', 'ent_3', 1, 'its own name', 9,
            [{'entity_id': 'ent_1', 'name': 'Indian Vega'},
             {'entity_id': 'ent_2', 'name': 'British Vega'}]),
        ('ent_4', 'VEGA', 'PERSON', 'ent_4', 1, 'its own name', 1, [])
        """
    )

    @contextmanager
    def published(_: object) -> Iterator[duckdb.DuckDBPyConnection]:
        yield marts

    monkeypatch.setattr(review, "published", published)

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["review", *words, "--home", str(tmp_path)])

    return run


def test_what_is_ambiguous_is_listed_with_whom_it_could_be(ask: Ask) -> None:
    told = ask("list").output
    assert "Indian Vega (ent_1), British Vega (ent_2)" in told
    assert "ent_4" not in told


def test_a_judgement_is_written_shown_and_taken_back(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "judgements.csv"
    assert ask("judge", "ent_3", "British Vega", "same", "--by", "Ada").exit_code == 0
    (row,) = read_judgements(path).rows(named=True)
    assert (row["kind"], row["left"], row["right"], row["judged_by"]) == (
        "entity", "ent_3", "ent_2", "Ada",
    )  # fmt: skip
    assert "different" in ask("history").output  # what is published does not know of it yet
    assert ask("undo", "British Vega", "ent_3").exit_code == 0
    assert read_judgements(path)["withdrawn_at"].null_count() == 0
    assert ask("undo", "British Vega", "ent_3").exit_code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("judge", "Vega", "British Vega", "same"), "Vega is several: ent_3, ent_4"),
        (("judge", "Nobody", "British Vega", "same"), "no entity Nobody is published"),
        (("judge", "ent_2", "British Vega", "same"), "are one name, ent_2; a name cannot be part"),
        (("judge", "ent_1", "ent_2", "perhaps"), "no perhaps of entity; say same, different"),
    ],
)
def test_what_cannot_be_judged_is_said(ask: Ask, words: tuple[str, ...], said: str) -> None:
    result = ask(*words)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_what_contradicts_is_refused_before_it_stops_a_run(ask: Ask, tmp_path: Path) -> None:
    assert ask("judge", "ent_1", "ent_2", "same").exit_code == 0
    assert ask("judge", "ent_2", "ent_3", "same").exit_code == 0
    result = ask("judge", "ent_1", "ent_3", "different")
    assert result.exit_code == 2
    assert "by a chain of other judgements" in " ".join(result.output.split())
    assert read_judgements(tmp_path / "judgements.csv").height == 2
