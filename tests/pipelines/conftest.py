from collections.abc import Iterator
from pathlib import Path

import pytest
from downloads_server import Downloads


@pytest.fixture
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Downloads]:
    """A server of the files put into its folder; reached directly, whatever proxy there is."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    (tmp_path / "served").mkdir()
    with Downloads(tmp_path / "served").running() as server:
        yield server
