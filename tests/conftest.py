"""Which tests run in one process: those that share what is dear to make."""

from pathlib import Path

import pytest

_TESTS = Path(__file__).parent
#: Rooms whose tests take a run of the whole corridor, made once.
_SHARING = ("assets", "journey")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file, and of a room that shares a run, together (pytest-xdist)."""
    for item in items:
        place = item.path.relative_to(_TESTS)
        together = place.parts[0] if place.parts[0] in _SHARING else str(place)
        item.add_marker(pytest.mark.xdist_group(together))
