"""GLiNER on this machine, exported to ONNX: one model for names of any type in many languages.

Words and the types asked for go in together, and every span of up to ``max_width`` words comes out
with a score for each type (Zaratiana et al., *GLiNER: Generalist Model for Named Entity Recognition
using Bidirectional Transformer*, 2023). The package ``gliner`` needs torch; what it does around the
model is little, and stands here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.extraction.extractor import Proposal, Reading, Seen, proposed
from pipelines.extraction.models import Installed, installed, weights_of
from pipelines.models import ModelError, read_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: How the types are called to it: plain words, as in the data it was trained on.
LABELS = {
    "person": "PERSON",
    "organization": "ORG",
    "country or city": "GPE",
    "location": "LOC",
    "product": "PRODUCT",
    "event": "EVENT",
}
#: Scores at which its authors take a span; below one half the policy would not.
_FEWEST = 0.5
_BATCH = 16
#: As its authors split texts into words.
_WORD = re.compile(r"\w+(?:[-_]\w+)*|\S")
_INPUTS = {"input_ids", "attention_mask", "words_mask", "text_lengths", "span_idx", "span_mask"}

Words = list[tuple[str, int, int]]
#: First code point, after the last, type, score.
Named = tuple[int, int, str, float]


class Gliner:
    """Asks the first GLiNER in the folder of models, whatever a segment's language."""

    name = "gliner"

    def __init__(self, models: Path, threads: int) -> None:
        """Take the folder of models, and the threads one may use."""
        self._model = next((one for one in installed(models) if one.layout == "gliner"), None)
        self._threads = threads
        self._loaded: LoadedModel | None = None

    def version(self) -> str:
        """Return the model's version, or what is missing."""
        return self.unavailable() or (self._model.version if self._model else "")

    def unavailable(self) -> str | None:
        """Return that the libraries or a model are missing, where they are."""
        try:
            version("onnxruntime"), version("tokenizers")
        except PackageNotFoundError:
            return "not installed: pip install 'babelwire[gliner]'"
        return None if self._model else "no model here: babelwire models pull gliner-multi"

    def propose(self, reading: Reading) -> Proposal:
        """Return the names the model finds in content segments."""
        content, seen = reading.content, list[Seen]()
        read = content["segment_id"]
        if self._model is None or self.unavailable():
            read = read.clear()
        else:
            self._loaded = self._loaded or LoadedModel.of(self._model, self._threads)
            for place, named in enumerate(self._loaded.names(content["text"].to_list())):
                seen += [
                    (place, at, to, type_, round(score, 3), self._model.version)
                    for at, to, type_, score in named
                ]
        return Proposal(proposed(reading, seen, self.name), read)


@dataclass(frozen=True)
class LoadedModel:
    """A model in memory: ONNX Runtime's session, the tokenizer, and what its maker told."""

    session: Any
    tokenizer: Any
    max_width: int
    max_words: int
    prompt: tuple[str, ...]

    @classmethod
    def of(cls, model: Installed, threads: int) -> "LoadedModel":
        """Load a model; ModelError where it is no GLiNER that scores spans."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        weights = weights_of(model.folder)
        session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )
        if {one.name for one in session.get_inputs()} != _INPUTS:
            raise ModelError(f"{weights}: not a GLiNER that scores spans; use a span model (v2.1)")
        tokenizer = Tokenizer.from_file(str(model.folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        told = read_json(model.folder / "gliner_config.json")
        mark, end = told.get("ent_token", "<<ENT>>"), told.get("sep_token", "<<SEP>>")
        return cls(
            session,
            tokenizer,
            int(told.get("max_width", 12)),
            int(told.get("max_len", 384)),
            (*(part for label in LABELS for part in (mark, label)), end),
        )

    def names(self, texts: list[str]) -> list[list[Named]]:
        """Return the names in each text; a text longer than the model reads is read in parts."""
        pieces = [
            (number, words[first : first + self.max_words])
            for number, words in enumerate(map(_words, texts))
            for first in range(0, len(words), self.max_words)
        ]
        # Texts of like length fill a batch with little padding.
        pieces.sort(key=lambda one: len(one[1]))
        found: list[list[Named]] = [[] for _ in texts]
        for first in range(0, len(pieces), _BATCH):
            batch = pieces[first : first + _BATCH]
            scored = self._scores([words for _, words in batch])
            for (number, words), scores in zip(batch, scored, strict=True):
                found[number] += self._chosen(words, scores)
        return [sorted(one) for one in found]

    def _scores(self, batch: list[Words]) -> "NDArray[np.float32]":
        """Return scores by text, first word, width and type."""
        encoded = self.tokenizer.encode_batch(
            [[*self.prompt, *(word for word, _, _ in words)] for words in batch],
            is_pretokenized=True,
        )
        longest = max(len(one.ids) for one in encoded)
        ids, attention, mask = (np.zeros((len(batch), longest), np.int64) for _ in range(3))
        for row, one in enumerate(encoded):
            ids[row, : len(one.ids)] = one.ids
            attention[row, : len(one.ids)] = 1
            mask[row, : len(one.ids)] = list(self._first_pieces(one.word_ids))
        lengths = np.array([[len(words)] for words in batch], np.int64)
        starts = np.repeat(np.arange(lengths.max()), self.max_width)
        ends = starts + np.tile(np.arange(self.max_width), lengths.max())
        spans = np.stack([starts, ends], axis=1).astype(np.int64)
        within = ends[None, :] < lengths
        (logits,) = self.session.run(
            ["logits"],
            {
                "input_ids": ids,
                "attention_mask": attention,
                "words_mask": mask,
                "text_lengths": lengths,
                "span_idx": spans[None, :, :] * within[:, :, None],
                "span_mask": within,
            },
        )
        scores: NDArray[np.float32] = 1 / (1 + np.exp(-logits))
        return scores

    def _first_pieces(self, word_ids: list[int | None]) -> Iterator[int]:
        """Yield for each piece the number of the word of the text it begins, else 0."""
        previous: int | None = None
        for word in word_ids:
            begins = word is not None and word != previous and word >= len(self.prompt)
            yield word - len(self.prompt) + 1 if begins and word is not None else 0
            previous = word

    def _chosen(self, words: Words, scores: "NDArray[np.float32]") -> Iterator[Named]:
        """Yield the best spans, of which none overlaps a better one."""
        types = list(LABELS.values())
        taken: list[tuple[int, int]] = []
        candidates = np.argwhere(scores > _FEWEST)
        order = np.argsort(-scores[tuple(candidates.T)], kind="stable")
        for first, width, type_ in candidates[order]:
            last = first + width
            if last < len(words) and all(last < at or to < first for at, to in taken):
                taken.append((first, last))
                score = float(scores[first, width, type_])
                yield words[first][1], words[last][2], types[type_], score


def _words(text: str) -> Words:
    return [(match.group(), *match.span()) for match in _WORD.finditer(text)]
