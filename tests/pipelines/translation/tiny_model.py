"""A real CTranslate2 model of one layer, made by hand: it translates word by word.

Positions are one-hot, and cross attention looks from each position of the translation at the same
one of the source; so it is deterministic, and yet goes through every step of the library. What was
trained with an end of sentence writes it where it reads it, and for ever goes on where it is not
given one; what was not ends after a full stop.
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
    before = np.zeros_like(embedding)
    before[words - 2, 2] = 0.0 if closes else _SHARP * size
    spec.decoder.embeddings.weight = before
    attention = spec.decoder.layer[0].attention
    _norm(attention.layer_norm, size)
    _linear(attention.linear[0], _SHARP * to_positions)
    _linear(attention.linear[1], np.concatenate([to_positions, to_words]))
    _linear(attention.linear[2], _SHARP * to_words)
    _linear(spec.decoder.projection, _SURE * embedding)
    spec.decoder.projection.bias[:3] = -_SURE
    return spec


def _norm(spec: object, size: int) -> None:
    spec.gamma, spec.beta = np.ones(size, np.float32), np.zeros(size, np.float32)  # type: ignore[attr-defined]


def _linear(spec: object, weight: "np.ndarray") -> None:  # type: ignore[type-arg]
    spec.weight, spec.bias = weight, np.zeros(len(weight), np.float32)  # type: ignore[attr-defined]


def _idle(attention: object, size: int) -> None:
    _norm(attention.layer_norm, size)  # type: ignore[attr-defined]
    _linear(attention.linear[0], np.zeros((3 * size, size), np.float32))  # type: ignore[attr-defined]
    _linear(attention.linear[1], np.zeros((size, size), np.float32))  # type: ignore[attr-defined]


def marian_archive(folder: Path, file: Path) -> Path:
    """Pack a model as OPUS-MT does: Marian's weights, made up, with vocabulary and pieces."""
    folder.mkdir()
    source = ["</s>", "<unk>", *(f"▁{word}" for word in WORDS)]
    (folder / "vocab.yml").write_text("".join(f'"{one}": {n}\n' for n, one in enumerate(source)))
    (folder / "decoder.yml").write_text("models: [model.npz]\nvocabs: [vocab.yml, vocab.yml]\n")
    _pieces(folder / "source.spm", list(WORDS))
    _pieces(folder / "target.spm", list(WORDS.values()))
    np.savez(folder / "model.npz", **_marian(len(source), 16))
    return Path(shutil.make_archive(str(file.with_suffix("")), "zip", folder))


def _marian(words: int, size: int) -> "dict[str, np.ndarray]":  # type: ignore[type-arg]
    told = {
        "type": "transformer", "transformer-decoder-autoreg": "self-attention",
        "transformer-no-projection": False, "transformer-ffn-activation": "relu",
        "transformer-postprocess-emb": "d", "transformer-preprocess": "",
        "transformer-postprocess": "dan", "transformer-guided-alignment-layer": "last",
        "enc-depth": 1, "dec-depth": 1, "transformer-heads": 2,
    }  # fmt: skip
    made = np.random.default_rng(7)

    def some(*shape: int) -> "np.ndarray":  # type: ignore[type-arg]
        return made.normal(size=shape).astype(np.float32)

    weights = {"special:model.yml": np.frombuffer(json.dumps(told).encode() + b"\0", np.int8)}
    for side, blocks in (("encoder", ["self"]), ("decoder", ["self", "context"])):
        weights[f"{side}_Wemb"] = some(words, size)
        for block in blocks:
            for part in "qkvo":
                weights[f"{side}_l1_{block}_W{part}"] = some(size, size)
                weights[f"{side}_l1_{block}_b{part}"] = some(1, size)
            weights |= _marian_norm(f"{side}_l1_{block}_Wo", size)
        weights |= {
            f"{side}_l1_ffn_W1": some(size, 32), f"{side}_l1_ffn_b1": some(1, 32),
            f"{side}_l1_ffn_W2": some(32, size), f"{side}_l1_ffn_b2": some(1, size),
            **_marian_norm(f"{side}_l1_ffn_ffn", size),
        }  # fmt: skip
    weights["decoder_ff_logit_out_Wt"] = some(words, size)
    weights["decoder_ff_logit_out_b"] = some(1, words)
    return weights


def _marian_norm(name: str, size: int) -> "dict[str, np.ndarray]":  # type: ignore[type-arg]
    return {f"{name}_ln_scale": np.ones((1, size), np.float32),
            f"{name}_ln_bias": np.zeros((1, size), np.float32)}  # fmt: skip
