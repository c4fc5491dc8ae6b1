"""A real GLiNER in ONNX, so small that what it knows can be written down.

Its inputs and output are those of an exported span model: the score of a span for a type is high
where the first and the last word are names of the type whose label stands there in the prompt.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

#: Words it knows, by the label they belong to.
KNOWN = {
    "person": ["Ada", "Lovelace"],
    "organization": ["IBM", "Meta"],
    "country": ["Paris"],
    "product": ["Llama"],
}
_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "<<ENT>>", "<<SEP>>"]
_LABEL_WORDS = ["person", "organization", "country", "or", "city", "location", "product", "event"]
#: First piece of each label in the prompt: [CLS] <<ENT>> person <<ENT>> organization …
_LABELS_AT = [2, 4, 6, 10, 12, 14]


def tiny_gliner(folder: Path, max_len: int = 384) -> Path:
    """Make the model in a folder, as its makers export one."""
    folder.mkdir(parents=True)
    words = [*_SPECIAL, *_LABEL_WORDS, *(word for known in KNOWN.values() for word in known)]
    vocabulary = {word: place for place, word in enumerate(words)}
    _tokenizer(vocabulary).save(str(folder / "tokenizer.json"))
    told = {"ent_token": "<<ENT>>", "sep_token": "<<SEP>>", "max_width": 3, "max_len": max_len}
    (folder / "gliner_config.json").write_text(json.dumps(told))
    (folder / "onnx").mkdir()
    onnx.save(_model(vocabulary), folder / "onnx" / "model_int8.onnx")
    return folder


def _tokenizer(vocabulary: dict[str, int]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(_SPECIAL)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[(one, vocabulary[one]) for one in ("[CLS]", "[SEP]")],
    )
    # As in some files: padding and truncation are the caller's business.
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=64)
    return tokenizer


def _model(vocabulary: dict[str, int]) -> onnx.ModelProto:
    """Score spans: words and labels are looked up, and what is alike multiplies to a high score."""
    knowledge = np.zeros((len(vocabulary), len(KNOWN)), np.float32)
    for column, (label, known) in enumerate(KNOWN.items()):
        for word in (label, *known):
            knowledge[vocabulary[word], column] = 1
    constants = {
        "knowledge": knowledge,
        "labels_at": np.array(_LABELS_AT, np.int64),
        "one": np.array(1, np.int64),
        "first": np.array(0, np.int64),
        "last": np.array(1, np.int64),
        "axis": np.array([1], np.int64),
        "axis2": np.array([2], np.int64),
        "zero": np.array(0, np.int64),
        "steep": np.array(4, np.float32),
        "bias": np.array(-6, np.float32),
        "length_bonus": np.array([0, 0.5, 1], np.float32).reshape(1, 1, 3, 1),
        "spans_shape": np.array([0, -1, 3, len(_LABELS_AT)], np.int64),
    }
    node = helper.make_node
    nodes = [
        node("Gather", ["knowledge", "input_ids"], ["pieces"]),  # B, T, D
        node("Gather", ["pieces", "labels_at"], ["labels"], axis=1),  # B, C, D
        node("Transpose", ["labels"], ["labels_t"], perm=[0, 2, 1]),  # B, D, C
        # Words: the piece whose mask is the word's number.
        node("ReduceMax", ["text_lengths"], ["words"], keepdims=0),
        node("Add", ["words", "one"], ["beyond"]),
        node("Range", ["one", "beyond", "one"], ["numbers"]),
        node("Unsqueeze", ["words_mask", "axis"], ["masks"]),  # B, 1, T
        node("Unsqueeze", ["numbers", "axis"], ["column"]),  # L, 1
        node("Equal", ["masks", "column"], ["is_word"]),  # B, L, T
        node("Cast", ["is_word"], ["pick"], to=TensorProto.FLOAT),
        node("MatMul", ["pick", "pieces"], ["word"]),  # B, L, D
        node("MatMul", ["word", "labels_t"], ["word_score"]),  # B, L, C
        # Spans: the scores of their first and last word.
        node("Gather", ["span_idx", "first"], ["start"], axis=2),  # B, S
        node("Gather", ["span_idx", "last"], ["end"], axis=2),
        node("Unsqueeze", ["start", "axis2"], ["start_at"]),
        node("Unsqueeze", ["end", "axis2"], ["end_at"]),
        node("GatherND", ["word_score", "start_at"], ["of_start"], batch_dims=1),  # B, S, C
        node("GatherND", ["word_score", "end_at"], ["of_end"], batch_dims=1),
        node("Add", ["of_start", "of_end"], ["both"]),
        node("Mul", ["both", "steep"], ["steeper"]),
        node("Add", ["steeper", "bias"], ["flat"]),
        node("Reshape", ["flat", "spans_shape"], ["by_span"]),  # B, L, K, C
        node("Add", ["by_span", "length_bonus"], ["scored"]),
        # The graph reads every input, as an exported one does.
        node("Cast", ["span_mask"], ["mask"], to=TensorProto.FLOAT),
        node("ReduceSum", ["mask"], ["masked"], keepdims=0),
        node("Cast", ["attention_mask"], ["seen"], to=TensorProto.FLOAT),
        node("ReduceSum", ["seen"], ["attended"], keepdims=0),
        node("Add", ["masked", "attended"], ["all_read"]),
        node("Cast", ["zero"], ["nothing"], to=TensorProto.FLOAT),
        node("Mul", ["all_read", "nothing"], ["no_change"]),
        node("Add", ["scored", "no_change"], ["logits"]),
    ]
    whole, flag = TensorProto.INT64, TensorProto.BOOL
    inputs = [
        ("input_ids", whole, ["b", "t"]), ("attention_mask", whole, ["b", "t"]),
        ("words_mask", whole, ["b", "t"]), ("text_lengths", whole, ["b", 1]),
        ("span_idx", whole, ["b", "s", 2]), ("span_mask", flag, ["b", "s"]),
    ]  # fmt: skip
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(*one) for one in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", "l", "k", "c"])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model
