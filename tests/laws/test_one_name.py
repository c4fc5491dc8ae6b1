"""One name everywhere, and no drawer for odds and ends."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.definitions import defs
from warehouse import contracts
from warehouse.contracts.core import CONTENT_KINDS

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ("assets", "cli", "pipelines", "warehouse")
DRAWERS = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager", "lib"}


def modules(*packages: str) -> Iterator[Path]:
    for package in packages:
        yield from sorted((ROOT / package).rglob("*.py"))


def functions(*packages: str) -> set[str]:
    """The names of all functions at the top of a module."""
    return {
        node.name
        for path in modules(*packages)
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }


DERIVED = [table.name for table in contracts.TABLES if table.layer == "core"]
MARTS = [table.name for table in contracts.TABLES if table.layer == "mart"]


def test_a_table_is_called_by_its_layer() -> None:
    assert all(re.fullmatch(r"(raw|seed|core|mart)_[a-z_]+", t.name) for t in contracts.TABLES)


def test_a_contract_is_found_under_the_name_of_its_table() -> None:
    for table in contracts.TABLES:
        module = __import__(f"warehouse.contracts.{table.layer}", fromlist=["TABLES"])
        assert getattr(module, table.name) is table


def test_an_asset_is_called_as_its_table() -> None:
    assets = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assert assets - {"publication"} == {table.name for table in contracts.TABLES}


def test_every_core_table_is_derived() -> None:
    assert all(contracts.table(name).derivation for name in DERIVED)


@pytest.mark.parametrize("table", [name for name in DERIVED if name != "core_translations"])
def test_a_derived_table_is_made_by_a_function_of_its_name(table: str) -> None:
    assert table in functions("pipelines")


def test_translations_are_made_by_the_router() -> None:
    """They alone need an object, for what it may ask is found out while it works."""
    assert "core_translations" not in functions("pipelines")
    path = ROOT / "pipelines" / "translation" / "router.py"
    assert "``core_translations``" in path.read_text("utf-8")


@pytest.mark.parametrize("table", DERIVED)
def test_a_verb_takes_the_tables_it_reads_by_their_names(table: str) -> None:
    derivation = contracts.table(table).derivation
    assert derivation is not None
    if contracts.table(table).grows:
        return  # it is told of each table in turn, before and after
    for path in modules("pipelines"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name == table:
                parameters = {argument.arg for argument in node.args.args}
                assert {name for name, _ in derivation.inputs} <= parameters


def test_a_mart_is_a_file_of_its_name_and_no_file_is_without_a_mart() -> None:
    files = {path.stem for path in (ROOT / "warehouse" / "marts").glob("*.sql")}
    assert files == set(MARTS) - {"mart_runs"}


@pytest.mark.parametrize("mart", sorted(set(MARTS) - {"mart_runs"}))
def test_the_first_comment_of_a_mart_states_its_grain(mart: str) -> None:
    first = (ROOT / "warehouse" / "marts" / f"{mart}.sql").read_text("utf-8").splitlines()[0]
    assert re.match(r"-- Grain: \w", first), first


@pytest.mark.parametrize("mart", sorted(set(MARTS) - {"mart_runs"}))
def test_a_mart_reads_no_raw_table_but_for_the_quarantine(mart: str) -> None:
    sql = (ROOT / "warehouse" / "marts" / f"{mart}.sql").read_text("utf-8")
    raw = set(re.findall(r"\braw_\w+", sql)) & {table.name for table in contracts.TABLES}
    assert raw <= ({"raw_files", "raw_rejects"} if mart == "mart_quarantine" else set())


def test_nothing_is_a_drawer_for_odds_and_ends() -> None:
    for path in modules(*HOUSE):
        parts = {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
        assert not parts & DRAWERS, path


def test_the_environment_is_read_where_settings_are_and_nowhere_else() -> None:
    reading = {
        str(path.relative_to(ROOT))
        for path in modules(*HOUSE)
        if re.search(r"\bos\.(environ|getenv|putenv)\b|\bfrom os import.*environ", path.read_text())
    }
    assert reading <= {"assets/resources.py", "assets/instance.py", "cli/ui.py"}


def test_pipelines_know_no_clock_no_sql_and_no_environment() -> None:
    for path in modules("pipelines"):
        tree = ast.parse(path.read_text("utf-8"))
        called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        clocks = {"datetime.now", "datetime.utcnow", "date.today", "time.time", "datetime.today"}
        assert not called & clocks, path
        texts = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        sql = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE)\s")
        assert not any(map(sql.match, texts)), path


def test_tests_have_names_of_their_own() -> None:
    """Without packages, pytest imports a test by its file's name alone."""
    names = [path.stem for path in (ROOT / "tests").rglob("*.py") if path.stem != "conftest"]
    twice = {name for name in names if names.count(name) > 1}
    assert not twice
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("mart", sorted(set(MARTS) - {"mart_runs"}))
def test_a_mart_takes_for_content_what_the_contract_does(mart: str) -> None:
    sql = (ROOT / "warehouse" / "marts" / f"{mart}.sql").read_text("utf-8")
    for kinds in re.findall(r"kind IN \(([^)]*'sentence'[^)]*)\)", sql):
        assert tuple(re.findall(r"'(\w+)'", kinds)) == CONTENT_KINDS
