"""A real LibreTranslate server from its package, with a tiny model made here.

Slow: it installs some hundred packages into an environment of its own. Where ``BABELWIRE_SLOW`` is
not set, or they cannot be installed, it is skipped and says so.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from texts import by_text, texts

from pipelines.translation.engines.libretranslate import LibreTranslate
from pipelines.translation.router import Router

pytestmark = pytest.mark.slow
pytest.importorskip("ctranslate2", reason="the extra ctranslate2 is not installed")
pytest.importorskip("sentencepiece", reason="the extra ctranslate2 is not installed")
if not os.environ.get("BABELWIRE_SLOW"):
    pytest.skip("slow: set BABELWIRE_SLOW=1", allow_module_level=True)
from tiny_model import tiny_model  # noqa: E402

#: Its own splitter of sentences downloads a model at its first text; spaCy's needs none, once the
#: switch for it is set after the import, which would download another.
_START = """
import sys
import argostranslate.sbd
from argostranslate import settings
settings.chunk_type = settings.ChunkType.SPACY
from libretranslate import main
main()
"""
_PACKAGES = ("libretranslate==1.9.6", "spacy", "setuptools<81")
_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the server; BABELWIRE_LIBRETRANSLATE_PYTHON names one there is."""
    given = os.environ.get("BABELWIRE_LIBRETRANSLATE_PYTHON")
    if given:
        return Path(given)
    folder = tmp_path_factory.mktemp("libretranslate")
    uv = _ROOT / ".bootstrap" / "bin" / "uv"
    try:
        subprocess.run([uv, "venv", "-q", "-p", sys.executable, folder], check=True, timeout=60)
        made = folder / "bin" / "python"
        command = [uv, "pip", "install", "-q", "-p", made, *_PACKAGES]
        subprocess.run(command, check=True, timeout=500)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"libretranslate cannot be installed here ({type(error).__name__})")
    return made


@pytest.fixture(scope="module")
def server(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    for code, name in (("it", "Italian"), ("fr", "French")):  # it wants two models, or the network
        package = tiny_model(home / "packages" / f"{code}_en", "argos")
        told = json.loads((package / "metadata.json").read_text())
        told |= {"from_code": code, "from_name": name, "to_name": "English", "type": "translate"}
        (package / "metadata.json").write_text(json.dumps(told))
        script = f"import spacy; spacy.blank('{code}').to_disk({str(package / 'spacy')!r})"
        subprocess.run([python, "-c", script], check=True, timeout=120)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"),
        "ARGOS_PACKAGES_DIR": str(home / "packages"),
        # On a busy machine its threads wait for each other for minutes.
        "OMP_NUM_THREADS": "1", "ARGOS_INTRA_THREADS": "1",
    }  # fmt: skip
    words = ["--host", "127.0.0.1", "--port", str(port), "--disable-web-ui",
             "--disable-files-translation"]  # fmt: skip
    with (home / "log").open("w") as log, subprocess.Popen(
        [python, "-c", _START, *words], env=environment, cwd=home, stdout=log, stderr=log
    ) as process:
        try:
            _wait_for(f"{address}/languages", process, home / "log")
            yield address
        finally:
            process.terminate()


def _wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urlopen(address, timeout=2).close()
        except (URLError, OSError):
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"the server did not start: {log.read_text()[-2000:]}")


def test_the_real_server_answers_through_the_client(server: str) -> None:
    given = [("it", f"La riga numero {number} di una lunga lista .") for number in range(6)]
    asked = texts(*given, ("sv", "Nyheter från hela världen."))
    engine = LibreTranslate(server)
    assert engine.unavailable() is None
    made = by_text(asked, Router([engine], "en").translate(asked))
    for number in range(6):
        row = made[f"La riga numero {number} di una lunga lista ."]
        assert row["translated"] == f"The line number {number} of a long list ."
        assert row["engine"] == "libretranslate"
    assert "does not have sv" in made["Nyheter från hela världen."]["fallback_reason"]
