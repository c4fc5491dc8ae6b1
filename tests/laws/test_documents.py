"""What is written down is what there is."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from assets.resources import Settings
from cli.main import app
from warehouse.contracts.dictionary import dictionary

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
COMMANDS = sorted(
    [
        *(one.name or getattr(one.callback, "__name__", "") for one in app.registered_commands),
        *(str(group.name) for group in app.registered_groups),
    ]
)


@pytest.mark.parametrize("setting", [one.name for one in fields(Settings)])
def test_the_table_of_settings_names_every_setting(setting: str) -> None:
    variable = f"`BABELWIRE_{setting.upper()}`"
    assert any(
        line.startswith("|") and variable in line for line in README.read_text("utf-8").splitlines()
    )


def test_the_table_of_settings_names_none_that_is_gone() -> None:
    known = {f"BABELWIRE_{one.name.upper()}" for one in fields(Settings)}
    assert set(re.findall(r"BABELWIRE_[A-Z_]+[A-Z]", README.read_text("utf-8"))) <= known


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_shown(command: str) -> None:
    assert re.search(rf"babelwire {command}\b", README.read_text("utf-8"))


@pytest.mark.parametrize("target", ["run", "test", "lint", "bench", "ui", "lock", "clean"])
def test_every_target_is_made_and_told_by_make_alone(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert f'@echo "{target} ' in makefile


def test_the_paths_the_readme_names_are_there() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", README.read_text("utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "bootstrap.lock"])
def test_a_lock_has_a_hash_for_everything_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"://|--(?:extra-)?index|--find-links|@ ", text)
    pinned = re.findall(r"^\S+==\S+(?: ;.*)? \\$", text, re.MULTILINE)
    starts = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(pinned) == len(starts) > 0
    assert text.count("--hash=sha256:") >= len(pinned)


@pytest.mark.parametrize("path", ["Makefile", "pyproject.toml", ".ci/run"])
def test_no_address_of_a_registry_is_written_down(path: str) -> None:
    assert not re.search(r"pypi|--index|simple/", (ROOT / path).read_text("utf-8"))


def test_the_check_of_every_change_can_be_started() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    text = script.read_text()
    assert "set -euo pipefail" in text
    assert text.index("make test") < text.index("make lint")


def test_the_data_dictionary_says_what_the_contracts_say() -> None:
    written = (ROOT / "docs" / "tables.md").read_text("utf-8")
    assert written == dictionary() + "\n", (
        "renew it: python -m warehouse.contracts.dictionary > docs/tables.md"
    )
