"""A real model of CTranslate2, tiny and made here, through the engine that runs such models."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from texts import by_text, texts

if not (find_spec("ctranslate2") and find_spec("sentencepiece")):
    pytest.skip("the extra ctranslate2 is not installed", allow_module_level=True)

from tiny_model import tiny_model

from pipelines.translation.engines import ctranslate2 as module
from pipelines.translation.engines.ctranslate2 import CTranslate2
from pipelines.translation.router import Router

LINE = "La riga numero {} di una lunga lista ."
ENGLISH = "The line number {} of a long list ."


@pytest.mark.parametrize("layout", ["opus-mt", "argos", "quickmt"])
@pytest.mark.parametrize("quantization", [None, "int8"])
def test_each_layout_translates(tmp_path: Path, layout: str, quantization: str | None) -> None:
    tiny_model(tmp_path / "tiny-it-en", layout, quantization)
    asked = texts(*(("it", LINE.format(number)) for number in range(7)))
    made = by_text(asked, Router([CTranslate2(tmp_path, 2)], "en").translate(asked))
    for number in range(7):
        row = made[LINE.format(number)]
        assert row["translated"] == ENGLISH.format(number)
        assert row["engine"] == "ctranslate2"
        assert row["engine_version"].startswith("tiny-it-en ")


def test_answers_come_back_in_the_order_of_their_texts(tmp_path: Path) -> None:
    """The library sorts sentences by length; who asked must not notice."""
    tiny_model(tmp_path / "tiny-it-en", "quickmt")
    given = [" ".join(["e", "con"] * (number % 9)) + f" {number} ." for number in range(90)]
    asked = texts(*(("it", text) for text in given))
    made = by_text(asked, *CTranslate2(tmp_path, 2).translate(asked, "en"))
    assert all(str(number) in made[text]["translated"] for number, text in enumerate(given))


def test_nothing_is_cut_short(tmp_path: Path) -> None:
    """The library's own limits are 1,024 tokens read and 256 written."""
    tiny_model(tmp_path / "tiny-it-en", "quickmt")
    numbers = [str(number) for number in range(1_000, 2_500)]
    text = " ".join(f"{number} ." if number.endswith("9") else number for number in numbers)
    asked = texts(("it", text))
    (made,) = CTranslate2(tmp_path).translate(asked, "en")
    assert made["translated"][0].replace(" .", "").split() == numbers


def test_a_sentence_longer_than_the_model_reads_is_cut_at_words(tmp_path: Path) -> None:
    tiny_model(tmp_path / "tiny-it-en", "quickmt")
    numbers = [str(number) for number in range(1_000, 1_700)]
    (made,) = CTranslate2(tmp_path).translate(texts(("it", " ".join(numbers))), "en")
    assert made["translated"][0].split() == numbers


def test_a_model_that_never_ends_is_not_believed(tmp_path: Path) -> None:
    """It wants an end of sentence, and its layout says that it needs none."""
    folder = tiny_model(tmp_path / "tiny-it-en", "opus-mt")
    (folder / "source.spm").rename(folder / "sentencepiece.model")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"add_source_eos": False}))
    asked = texts(("it", "La riga"))
    made = Router([CTranslate2(tmp_path)], "en").translate(asked)
    assert made["fallback_reason"].to_list() == ["ctranslate2: the model did not end"]


@pytest.mark.parametrize("lacks", [True, False])
def test_an_end_of_sentence_is_added_once(tmp_path: Path, lacks: bool) -> None:
    folder = tiny_model(tmp_path / "tiny-it-en", "opus-mt")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"add_source_eos": not lacks}))
    (made,) = CTranslate2(tmp_path).translate(texts(("it", "La riga è lunga")), "en")
    assert made["translated"].to_list() == ["The line is long"]


def test_a_model_that_cannot_be_loaded_is_a_reason_and_the_others_work(tmp_path: Path) -> None:
    tiny_model(tmp_path / "tiny-it-en", "quickmt")
    broken = tiny_model(tmp_path / "tiny-fr-en", "quickmt")
    (broken / "model.bin").write_bytes(b"no model")
    asked = texts(("it", "La riga è lunga ."), ("fr", "La ligne"))
    made = by_text(asked, Router([CTranslate2(tmp_path)], "en").translate(asked))
    assert made["La riga è lunga ."]["engine"] == "ctranslate2"
    assert "cannot be loaded" in made["La ligne"]["fallback_reason"]


def test_a_pair_without_a_model_says_how_to_get_one(tmp_path: Path) -> None:
    tiny_model(tmp_path / "tiny-it-en", "quickmt")
    made = Router([CTranslate2(tmp_path)], "en").translate(texts(("fr", "La ligne est longue")))
    assert made["fallback_reason"].to_list() == [
        "ctranslate2: no model fr-en; babelwire models pull fr-en"
    ]


def test_without_models_it_is_unavailable_at_once(tmp_path: Path) -> None:
    engine = CTranslate2(tmp_path / "none")
    assert str(engine.unavailable()).startswith("no model in ")


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_model(tmp_path / "tiny-it-en", "quickmt")
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    assert "babelwire[ctranslate2]" in str(CTranslate2(tmp_path).unavailable())


def test_what_no_model_could_do_is_tried_again_when_there_is_one(tmp_path: Path) -> None:
    tiny_model(tmp_path / "tiny-it-en", "quickmt")
    asked = texts(("fr", "La riga è lunga ."))
    (mark,) = Router([CTranslate2(tmp_path)], "en").translate(asked)["mark"]
    assert Router([CTranslate2(tmp_path)], "en").done(mark)
    tiny_model(tmp_path / "tiny-fr-en", "quickmt")
    assert not Router([CTranslate2(tmp_path)], "en").done(mark)
