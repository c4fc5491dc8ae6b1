"""A journey starts at the command line and ends in the published marts; runs are shared."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from warehouse.publisher import Home, published


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    said: str
    errors: str


@dataclass(frozen=True)
class Journey:
    """A home, and what the run that filled it said."""

    home: Path
    run: Outcome

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with published(Home(self.home)) as marts:
            found: list[dict[str, Any]] = marts.sql(sql).pl().to_dicts()
            return found

    def evaluation(self, *options: str) -> dict[str, Any]:
        outcome = babelwire("evaluate", "--home", self.home, "--format", "json", *options)
        assert outcome.code == 0, outcome.errors
        told: dict[str, Any] = json.loads(outcome.said)
        return told


def babelwire(*words: str | Path) -> Outcome:
    """Type a command; one process for all of them saves the imports."""
    said, errors = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(errors):
        patch.setattr(sys, "argv", ["babelwire", *map(str, words)])
        with pytest.raises(SystemExit) as leaving:
            main()
    code = leaving.value.code
    return Outcome(code if isinstance(code, int) else 0, said.getvalue(), errors.getvalue())
