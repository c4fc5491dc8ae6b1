"""Runs of the whole corridor are the cost of these tests: one is made, and tests take copies."""

import os
from pathlib import Path

import pytest
from corridor import Corridor, first_run


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith(("BABELWIRE_", "DAGSTER_"))]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def first_corridor(tmp_path_factory: pytest.TempPathFactory) -> Corridor:
    """Two tiny articles and a file that is none, run once; not to be changed."""
    return first_run(tmp_path_factory.mktemp("corridor"))


@pytest.fixture
def corridor(first_corridor: Corridor, tmp_path: Path) -> Corridor:
    """The same, to be changed."""
    return first_corridor.copied_to(tmp_path / "home")
