"""A real CTranslate2 model of one layer, made by hand: it translates word by word.

Positions are one-hot, and cross attention looks from each position of the translation at the same
one of the source. Past its end it finds all of them alike, which is when the end of a sentence
outweighs any word. So it is deterministic, and yet goes through every step of the library.
"""

import json
import shutil
from pathlib import Path

import ctranslate2
import numpy as np
import sentencepiece

WORDS = {
    "La": "The", "riga": "line", "numero": "number", "di": "of", "una": "a", "lunga": "long",
    "lista": "list", "Notizie": "News", "da": "from", "tutto": "all", "il": "the", "mondo": "world",
    "dice": "says", "che": "that", "è": "is", "e": "and", "con": "with", ".": ".", ",": ",",
}  # fmt: skip
_SPECIAL = ["<unk>", "<s>", "</s>"]
_POSITIONS = 600
#: How sharply it looks at one position, and how sure it is of a word.
_SHARP, _SURE = 500.0, 20.0


def tiny_model(folder: Path, layout: str, quantization: str | None = None) -> Path:
    """Write a model from Italian in a layout: ``opus-mt``, ``argos`` or ``quickmt``."""
    weights = folder / "model" if layout == "argos" else folder
    folder.mkdir(parents=True, exist_ok=True)
    source = [*_SPECIAL, *(f"▁{word}" for word in WORDS)]
    target = [*_SPECIAL, *(f"▁{word}" for word in WORDS.values())]
    spec = _spec(len(source), closes=layout != "argos")
    spec.register_source_vocabulary(source)
    spec.register_target_vocabulary(target)
    spec.config.add_source_eos = layout == "opus-mt"
    spec.validate()
    spec.optimize(quantization=quantization)
    weights.mkdir(exist_ok=True)
    spec.save(str(weights))
    names = {
        "opus-mt": ("source.spm", "target.spm"),
        "argos": ("sentencepiece.model",),
        "quickmt": ("src.spm.model", "tgt.spm.model"),
    }[layout]
    words = [list(WORDS), list(WORDS.values())]
    if layout == "argos":
        words = [[*WORDS, *WORDS.values()]]
        told = {"from_code": "it", "to_code": "en", "package_version": "1.0", "target_prefix": ""}
        (folder / "metadata.json").write_text(json.dumps(told))
    for name, pieces in zip(names, words, strict=True):
        _pieces(folder / name, pieces)
    return folder


def argos_package(folder: Path, file: Path) -> Path:
    """Pack a model as Argos does: a zip with one folder."""
    top = folder / "packed" / "it_en"
    tiny_model(top, "argos")
    made = shutil.make_archive(str(file), "zip", folder / "packed")
    return Path(made).rename(file)


def _pieces(path: Path, words: list[str]) -> None:
    with path.open("wb") as written:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter([" ".join(dict.fromkeys(words))] * 4),
            model_writer=written,
            model_type="word",
            vocab_size=len(set(words)) + 3,
            hard_vocab_limit=False,
            normalization_rule_name="identity",
            minloglevel=2,
        )


def _spec(words: int, *, closes: bool) -> ctranslate2.specs.TransformerSpec:
    """Weights: words in the first dimensions, positions in the rest, most of it zero."""
    size = words + _POSITIONS
    size += -size % 16
    spec = ctranslate2.specs.TransformerSpec.from_config(1, 1, pre_norm=True)
    embedding = np.eye(words, size, dtype=np.float32)
    position = np.eye(_POSITIONS, size, words, dtype=np.float32)
    to_words = np.diag(np.arange(size) < words).astype(np.float32)
    to_positions = np.eye(size, dtype=np.float32) - to_words

    for side in (spec.encoder, spec.decoder):
        side.scale_embeddings = False
        side.position_encodings.encodings = position
        _norm(side.layer_norm, size)
        _idle(side.layer[0].self_attention, size)
        _norm(side.layer[0].ffn.layer_norm, size)
        _linear(side.layer[0].ffn.linear_0, np.zeros((16, size), np.float32))
        _linear(side.layer[0].ffn.linear_1, np.zeros((size, 16), np.float32))
    spec.encoder.embeddings[0].weight = embedding
    spec.decoder.embeddings.weight = np.zeros_like(embedding)
    attention = spec.decoder.layer[0].attention
    _norm(attention.layer_norm, size)
    _linear(attention.linear[0], _SHARP * to_positions)
    _linear(attention.linear[1], np.concatenate([to_positions, to_words]))
    _linear(attention.linear[2], _SHARP * to_words)
    _linear(spec.decoder.projection, _SURE * embedding)
    if not closes:
        spec.decoder.projection.bias[2] = 0.85 * _SURE * np.sqrt(size)
    return spec


def _norm(spec: object, size: int) -> None:
    spec.gamma, spec.beta = np.ones(size, np.float32), np.zeros(size, np.float32)  # type: ignore[attr-defined]


def _linear(spec: object, weight: "np.ndarray") -> None:  # type: ignore[type-arg]
    spec.weight, spec.bias = weight, np.zeros(len(weight), np.float32)  # type: ignore[attr-defined]


def _idle(attention: object, size: int) -> None:
    _norm(attention.layer_norm, size)  # type: ignore[attr-defined]
    _linear(attention.linear[0], np.zeros((3 * size, size), np.float32))  # type: ignore[attr-defined]
    _linear(attention.linear[1], np.zeros((size, size), np.float32))  # type: ignore[attr-defined]
