"""Apertium as it is installed, and a program of its name that misbehaves."""

import shutil
from pathlib import Path

import pytest
from test_protection import PROTECTION
from texts import by_text, texts

from pipelines.translation.engines import apertium as module
from pipelines.translation.engines.apertium import Apertium
from pipelines.translation.router import Router

MODES = "ita-spa spa-ita spa-eng eng-spa es-fr fr-es es-pt_BR eco-es-fr"


def program(folder: Path, translating: str, modes: str = MODES) -> Apertium:
    """A program that lists modes and translates as it is told."""
    path = folder / "apertium"
    path.write_text(
        f'#!/bin/sh\ncase "$1" in\n-l) printf "  %s\\n" {modes};;\n-V) echo "apertium 3.9.12";;\n'
        f"*) mode=$3; {translating};;\nesac\n"
    )
    path.chmod(0o755)
    return Apertium(str(path))


def test_a_text_goes_through_the_languages_between(tmp_path: Path) -> None:
    engine = program(tmp_path, 'sed "s/$/ ($mode)/"')
    asked = texts(("it", "Ciao a\n tutti"), ("fr", "Salut"), ("es", "Hola"), ("nl", "Hallo"))
    made = by_text(asked, Router([engine], "en").translate(asked))
    assert made["Ciao a\n tutti"]["translated"] == "Ciao a tutti (ita-spa) (spa-eng)"
    assert made["Salut"]["translated"] == "Salut (fr-es) (spa-eng)"
    assert made["Hola"]["translated"] == "Hola (spa-eng)"
    assert made["Ciao a\n tutti"]["engine_version"] == "3.9.12 ita-spa spa-eng"
    assert made["Hallo"]["fallback_reason"] == "apertium: no pairs lead from nl to en"


@pytest.mark.parametrize(
    "translating",
    ["exit 1", "cat; echo one too many", "head -n 0", "printf '\\377\\n'", "sleep 30"],
)
def test_a_program_that_misbehaves_is_a_reason_in_bounded_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, translating: str
) -> None:
    monkeypatch.setattr(module, "_START", 1)
    engine = program(tmp_path, translating)
    made = Router([engine], "en").translate(texts(("es", "Hola a todos")))
    assert made["fallback_reason"].to_list() == ["apertium: the program failed (spa-eng)"]
    assert engine.conditions().startswith("unsteady ")


@pytest.mark.parametrize("dropping", ["sed 's/[.]$//'", "cat"])
def test_a_full_stop_its_format_for_lines_drops_is_put_back(tmp_path: Path, dropping: str) -> None:
    asked = texts(("it", "Ciao a tutti."), ("it", "Aspetta..."), ("it", "Ciao"), ("it", "Ciao?"))
    made = Router([program(tmp_path, dropping)], "en").translate(asked)
    assert made["translated"].to_list() == ["Ciao a tutti.", "Aspetta...", "Ciao", "Ciao?"]


def test_where_it_is_not_installed_that_is_known_at_once(tmp_path: Path) -> None:
    engine = Apertium(str(tmp_path / "apertium"))
    assert str(engine.unavailable()).startswith("not installed")
    assert engine.conditions() == ""


def test_a_program_without_pairs_is_as_good_as_none(tmp_path: Path) -> None:
    assert program(tmp_path, "cat", modes="''").unavailable() is not None


installed = pytest.mark.skipif(
    shutil.which("apertium") is None, reason="apertium is not installed (apt install apertium)"
)


@installed
def test_the_real_one_translates_and_does_not_take_names_for_words() -> None:
    engine = Apertium()
    if "en" not in engine._modes.get("es", {}) or "es" not in engine._modes.get("it", {}):
        pytest.skip("apertium-spa-ita and apertium-eng-spa are not installed")
    text = "Meta e IBM hanno annunciato un accordo con gli Stati Uniti per 10.000 euro."
    asked = texts(("it", text))
    made = by_text(asked, Router([engine], "en", PROTECTION).translate(asked))[text]
    assert made["engine"] == "apertium"
    assert "announced" in made["translated"]
    assert "Meta" in made["translated"]
    assert "United States" in made["translated"]
    assert made["translated"].endswith(".")
    assert made["missed"] == []


@installed
def test_the_real_one_keeps_names_no_table_lists() -> None:
    engine = Apertium()
    if "en" not in engine._modes.get("es", {}) or "es" not in engine._modes.get("it", {}):
        pytest.skip("apertium-spa-ita and apertium-eng-spa are not installed")
    text = "Dicono che Felipe Massa e Lo Piccolo vivono a Red Lake, vicino alla Chiesa di oggi."
    asked = texts(("it", text))
    made = by_text(asked, Router([engine], "en", PROTECTION).translate(asked))[text]
    assert all(name in made["translated"] for name in ("Felipe Massa", "Lo Piccolo", "Red Lake"))
    assert "Church" in made["translated"]


def test_a_line_whose_placeholder_is_lost_is_translated_with_its_names_in_sight(
    tmp_path: Path,
) -> None:
    modes = tmp_path / "share" / "apertium" / "modes"
    modes.mkdir(parents=True)
    (modes / "spa-eng.mode").write_text("lt-proc -w '/the/spa-eng.automorf.bin' | more")
    (tmp_path / "bin").mkdir()
    dictionary = tmp_path / "bin" / "lt-proc"
    dictionary.write_text("#!/bin/sh\nsed 's|.*|^&/&<np><ant>$|'\n")
    dictionary.chmod(0o755)
    asked = texts(("es", "Hoy Ana ha ganado"), ("es", "Ya vino Eva hoy"))
    hiding = Router([program(tmp_path / "bin", "sed 's/Xk/Seen Xk/'")], "en")
    made = by_text(asked, hiding.translate(asked))
    assert made["Hoy Ana ha ganado"]["translated"] == "Seen Hoy Ana ha ganado"
    losing = Router([program(tmp_path / "bin", "sed 's/Xk[a-z]*z/no/; s/$/ ok/'")], "en")
    made = by_text(asked, losing.translate(asked))
    assert made["Hoy Ana ha ganado"]["translated"] == "Hoy Ana ha ganado ok"
