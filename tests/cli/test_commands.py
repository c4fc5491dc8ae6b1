import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assets.resources import ROOT
from cli.main import app

COMMANDS = sorted(
    [
        *(one.name or getattr(one.callback, "__name__", "") for one in app.registered_commands),
        *(str(group.name) for group in app.registered_groups),
    ]
)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("BABELWIRE_", "DAGSTER_"))]:
        monkeypatch.delenv(name)


def typed(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def babelwire(*words: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as it is typed."""
    return subprocess.run(
        [sys.executable, "-m", "cli", *map(str, words)],
        cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip


def test_the_help_names_every_command_with_what_it_does() -> None:
    said = typed("--help").stdout
    assert len(COMMANDS) >= 5
    for command in COMMANDS:
        (line,) = [line for line in said.splitlines() if line.startswith(f"│ {command} ")]
        assert len(line.strip("│ ").removeprefix(command).strip()) > 10


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_its_options(command: str) -> None:
    answer = typed(command, "--help")
    assert answer.exit_code == 0
    assert "Usage:" in answer.stdout
    for line in answer.stdout.splitlines():
        if line.strip("│ ").startswith("--") and "--help" not in line:
            assert len(line.strip("│ ").split()) > 2, f"{line} says nothing"


def test_without_a_command_the_help_is_shown() -> None:
    answer = typed()
    assert "Usage:" in answer.output


def test_it_says_which_version_it_is() -> None:
    answer = typed("--version")
    assert (answer.exit_code, answer.stdout) == (0, f"babelwire {version('babelwire')}\n")


def test_a_command_nobody_knows_is_refused() -> None:
    assert typed("publish-everything").exit_code == 2


def test_a_missing_folder_of_articles_is_one_sentence_and_no_trace(tmp_path: Path) -> None:
    answer = babelwire("run", "--articles", tmp_path / "none", "--home", tmp_path / "home")
    assert answer.returncode == 2
    assert answer.stderr.strip() == (
        f"error: there is no folder or file {tmp_path}/none; name one that holds articles"
    )
    assert not (tmp_path / "home").exists()


def test_a_bad_setting_is_one_sentence_that_names_the_variable(tmp_path: Path) -> None:
    answer = babelwire("status", "--home", tmp_path, BABELWIRE_ENGINES="bing")
    bad = babelwire("status", BABELWIRE_ENGINES="bing")
    assert answer.returncode in (0, 2)
    assert bad.returncode == 2
    assert bad.stderr.startswith("error: BABELWIRE_ENGINES names bing; there are: ")
    assert "Traceback" not in bad.stderr
