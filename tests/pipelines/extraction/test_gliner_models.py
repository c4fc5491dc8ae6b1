"""A real GLiNER of four words in ONNX, made here: prompt, words, spans and scores as exported."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

if not all(find_spec(name) for name in ("onnx", "onnxruntime", "tokenizers")):
    pytest.skip("the extra gliner, or onnx, is not installed", allow_module_level=True)

import onnx
from downloads_server import Downloads
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import named, reading
from tiny_gliner import tiny_gliner

from pipelines.extraction.extractors.gliner import Gliner, LoadedModel
from pipelines.extraction.models import Installed, Known, check, install, pull, recognised
from pipelines.models import ModelError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gliner(tmp_path_factory.mktemp("gliner") / "tiny")


@pytest.fixture(scope="module")
def models(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = tmp_path_factory.mktemp("models")
    install(folder, models, "gliner-multi", "here")
    return models


@pytest.fixture(scope="module")
def loaded(folder: Path) -> LoadedModel:
    return LoadedModel.of(recognised(folder), 1)


def test_names_of_all_types_are_found_with_exact_spans(models: Path) -> None:
    body = "«Ada Lovelace», dit-on à Paris,\ntrained Llama at IBM."
    proposal = Gliner(models, 1).propose(reading(body, language="fr"))
    assert named(proposal.rows) == [
        ("Ada Lovelace", "PERSON", 1), ("Paris", "GPE", 25), ("Llama", "PRODUCT", 40),
        ("IBM", "ORG", 49),
    ]  # fmt: skip
    # exp(2), exp(2.5) against one: the scores the graph gives words and pairs of words.
    assert proposal.rows["confidence"].to_list() == [0.924, 0.881, 0.881, 0.881]
    assert proposal.rows["extractor_version"].unique().to_list() == [Gliner(models, 1).version()]


def test_texts_of_any_length_and_none_go_in_one_batch(loaded: LoadedModel) -> None:
    texts = ["", "IBM", "x " * 300 + "Meta", "…", "Paris " * 20]
    found = loaded.names(texts)
    assert [len(one) for one in found] == [0, 1, 1, 0, 7]  # spans are of three words at most
    assert texts[2][found[2][0][0] : found[2][0][1]] == "Meta"


def test_a_text_longer_than_the_model_reads_is_read_in_parts(tmp_path: Path) -> None:
    short = LoadedModel.of(recognised(tiny_gliner(tmp_path / "short", max_len=10)), 1)
    text = "x " * 25 + "IBM " + "y " * 25 + "Paris"
    (found,) = short.names([text])
    assert [text[at:to] for at, to, _, _ in found] == ["IBM", "Paris"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("IBM Ada.«’Paris-_\n", max_size=40), max_size=4))
def test_no_text_makes_it_raise_and_spans_never_overlap(
    loaded: LoadedModel, texts: list[str]
) -> None:
    for text, found in zip(texts, loaded.names(texts), strict=True):
        reached = 0
        for at, to, _, score in found:
            assert reached <= at < to <= len(text)
            assert 0.5 < score < 1
            reached = to


def test_a_model_is_fetched_file_by_file_and_works(
    downloads: Downloads, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, downloads.folder / "tiny")
    files = ("gliner_config.json", "tokenizer.json", "onnx/model_int8.onnx")
    told = Known("gliner-multi", "all", "gliner", None, f"{downloads.address}tiny/", files=files)
    model = pull(told, tmp_path / "models", lambda *_: None)
    assert (model.layout, model.language) == ("gliner", "all")
    assert list(check(tmp_path / "models")) == [("gliner-multi", None)]


@pytest.mark.parametrize("lacking", ["tokenizer.json", "onnx/model_int8.onnx"])
def test_a_folder_that_lacks_a_file_is_no_model(
    folder: Path, tmp_path: Path, lacking: str
) -> None:
    shutil.copytree(folder, tmp_path / "x")
    (tmp_path / "x" / lacking).unlink()
    with pytest.raises(ModelError, match="is missing"):
        install(tmp_path / "x", tmp_path / "models", "x", "here")


def test_a_model_of_another_shape_is_refused_in_one_sentence(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "models" / "other")
    weights = tmp_path / "models" / "other" / "onnx" / "model_int8.onnx"
    model = onnx.load(weights)
    model.graph.input.append(onnx.helper.make_tensor_value_info("more", 1, [1]))
    onnx.save(model, weights)
    assert "use a span model" in str(dict(check(tmp_path / "models"))["other"])
    weights.write_bytes(b"not a model")
    assert "it cannot be loaded" in str(dict(check(tmp_path / "models"))["other"])


def test_without_a_model_it_says_how_to_get_one(tmp_path: Path) -> None:
    asking = Gliner(tmp_path, 1)
    assert "babelwire models pull gliner-multi" in str(asking.unavailable())
    assert asking.propose(reading("IBM.")).rows.is_empty()


def test_another_model_is_another_version(models: Path, tmp_path: Path) -> None:
    before = Gliner(models, 1).version()
    other: Installed = install(
        tiny_gliner(tmp_path / "other", max_len=50), tmp_path / "models", "gliner-multi", "here"
    )
    assert other.version != before
