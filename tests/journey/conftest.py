"""Runs are the cost of these tests: each is made once, and shared."""

import os
from collections.abc import Iterator

import pytest
from journey import Journey, babelwire

#: A port where nobody listens: what goes through it fails at once, with or without a network.
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="session", autouse=True)
def closed_laptop() -> Iterator[None]:
    """No settings of whoever runs the tests, and no network."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("BABELWIRE_", "DAGSTER_"))]:
            patch.delenv(name)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patch.setenv(name, NOWHERE)
        patch.setenv("DAGSTER_HOME", "")  # a run sets it; this puts back what was
        patch.delenv("DAGSTER_HOME")
        yield


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """The seed articles, by a first run with all that a closed laptop has."""
    home = tmp_path_factory.mktemp("seeds")
    return Journey(home, babelwire("run", "--home", home))
