"""The import laws hold, and each of them bites."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ("assets", "cli", "pipelines", "warehouse")
CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
]

#: What breaks a law: its name, the module that breaks it, and the import that does.
BREACHES = [
    ("Imports run one way", "warehouse/upward.py", "import pipelines.identity"),
    ("Imports run one way", "pipelines/upward.py", "import assets.resources"),
    ("Imports run one way", "assets/upward.py", "import cli.console"),
    ("Of the warehouse", "pipelines/intake/peeping.py", "from warehouse.store import open_store"),
    ("Of the warehouse", "pipelines/peeping.py", "import warehouse.publisher"),
    ("Stages meet as tables", "pipelines/intake/sideways.py", "import pipelines.reference.tables"),
    ("What stages share", "pipelines/services/asking.py", "import pipelines.translation.register"),
    ("Only assets speak Dagster", "pipelines/language/speaking.py", "import dagster as dg"),
    ("Only assets speak Dagster", "warehouse/speaking.py", "from dagster import asset"),
    ("Only assets speak Dagster", "cli/speaking.py", "import dagster"),
    ("Only the warehouse and", "assets/asking.py", "import duckdb"),
    ("Only the warehouse and", "pipelines/asking.py", "import duckdb"),
    ("Only the suites", "warehouse/judging.py", "import great_expectations"),
    ("Only the suites", "assets/judging.py", "from great_expectations import ExpectationSuite"),
]


def verdicts(folder: Path) -> dict[str, bool]:
    """Each law's name, and whether it is kept, as import-linter sees the house in a folder."""
    said = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()",
         "--no-cache"],
        cwd=folder, env={"PYTHONPATH": str(folder), "PATH": "", "COLUMNS": "200"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = {}
    for line in said.stdout.splitlines():
        for name in CONTRACTS:
            if line.startswith((f"{name} KEPT", f"{name} BROKEN")):
                found[name] = line.startswith(f"{name} KEPT")
    assert set(found) == set(CONTRACTS), said.stdout + said.stderr
    return found


def test_the_laws_are_kept() -> None:
    assert verdicts(ROOT) == dict.fromkeys(CONTRACTS, True)


def test_the_command_starts_without_what_only_runs_need() -> None:
    """Dagster and Great Expectations take seconds; help, queries and status ask neither."""
    heavy = "{'dagster', 'great_expectations', 'sqlalchemy', 'trafilatura'}"
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, cli.main; print(sorted({heavy} & set(sys.modules)))"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert loaded.stdout == "[]\n"


def test_every_law_is_broken_once_here() -> None:
    assert all(any(name.startswith(law) for law, *_ in BREACHES) for name in CONTRACTS)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for package in HOUSE:
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("data", "__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize(("law", "module", "line"), BREACHES)
def test_a_law_bites(broken: Path, law: str, module: str, line: str) -> None:
    (broken / module).write_text(line + "\n")
    try:
        kept = verdicts(broken)
    finally:
        (broken / module).unlink()
    assert {name for name in CONTRACTS if not kept[name]} >= {
        name for name in CONTRACTS if name.startswith(law)
    }


def test_every_stage_is_named_in_the_law_of_independence() -> None:
    laws = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (named,) = [law["modules"] for law in laws["contracts"] if law["type"] == "independence"]
    (shared,) = [
        law["source_modules"] for law in laws["contracts"] if law["name"].startswith("What stages")
    ]
    stages = {
        f"pipelines.{folder.parent.name}" for folder in (ROOT / "pipelines").glob("*/__init__.py")
    }
    assert set(named) == stages - set(shared)
    modules = {f"pipelines.{file.stem}" for file in (ROOT / "pipelines").glob("[a-z]*.py")}
    assert set(shared) == modules | (stages - set(named))
