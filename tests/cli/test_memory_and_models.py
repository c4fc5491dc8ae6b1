import os
import zipfile
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from assets.resources import Newsroom, Settings
from cli.main import app
from pipelines.identity import text_hash
from pipelines.models import ModelError
from warehouse.memory import TranslationMemory

TMX = """<tmx version="1.4"><header srclang="it"/><body><tu>
<tuv xml:lang="it"><seg>Ciao.</seg></tuv><tuv xml:lang="en"><seg>Hello.</seg></tuv>
</tu></body></tmx>"""


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    for name in [name for name in os.environ if name.startswith("BABELWIRE_")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "MEMORY", "MODELS"):
        monkeypatch.setenv(f"BABELWIRE_{name}", str(tmp_path / name.lower()))
    return Settings.from_environment()


def typed(*words: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, words)))


def remembered(settings: Settings) -> None:
    """A machine has translated one text before."""
    made = pl.DataFrame(
        {"text": ["Sì."], "language": "it", "target": "en", "translated": "Yes.",
         "engine": "google", "engine_version": "1", "quality": 0.9, "fallback_reason": None}
    )  # fmt: skip
    with Newsroom(settings).store() as store:
        TranslationMemory(store).remember(
            made.with_columns(text_hash(made["text"]), missed=pl.lit([], pl.List(pl.String)))
        )


def test_a_memory_goes_in_and_out(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "theirs.tmx").write_text(TMX)
    taken = typed("memory", "import", tmp_path / "theirs.tmx")
    assert "theirs.tmx: 1 it-en, reviewed" in taken.stdout
    remembered(settings)
    assert typed("memory", "export", tmp_path / "ours.tmx").stdout.startswith("1 entries")
    both = typed("memory", "export", tmp_path / "both.tmx", "--machine")
    assert both.stdout.startswith("2 entries")
    assert '<prop type="reviewed">no</prop>' in (tmp_path / "both.tmx").read_text()


def test_its_figures_tell_who_stands_behind_it(settings: Settings) -> None:
    assert "nothing is remembered yet" in typed("memory", "stats").stdout
    remembered(settings)
    assert "google" in typed("memory", "stats").stdout


def test_with_nothing_to_review_it_says_so() -> None:
    assert "nothing waits for a reviewer" in typed("memory", "review").stdout


def test_an_engine_nobody_knows_cannot_redo() -> None:
    answer = typed("memory", "redo", "bing")
    assert answer.exit_code != 0
    assert "there are: memory" in str(answer.exception)


def test_models_that_could_be_fetched_are_listed() -> None:
    said = typed("models", "list").stdout
    assert "opus-mt-it-en" in said
    assert "CC BY 4.0" in said


def test_a_file_that_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.argosmodel", "w") as archive:
        archive.writestr("x/README.md", "no model")
    answer = typed("models", "pull", "it-en", "--from", tmp_path / "x.argosmodel")
    assert isinstance(answer.exception, ModelError)
    assert "no model.bin" in str(answer.exception)


def test_a_check_of_no_models_says_that_there_are_none(settings: Settings) -> None:
    answer = typed("models", "check")
    assert (answer.exit_code, answer.stdout[:10]) == (0, "no models ")


def test_a_broken_model_fails_the_check(settings: Settings) -> None:
    (settings.models / "x-it-en").mkdir(parents=True)
    answer = typed("models", "check")
    assert answer.exit_code == 1
    assert "no model.bin" in answer.stdout
