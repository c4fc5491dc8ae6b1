"""Neural models on this machine: CTranslate2 with SentencePiece, from a folder of models.

Sentences are translated in batches of like length, on all cores; none is ever cut short.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.translation.chunks import chunks
from pipelines.translation.engine import Origin, answers, without_answer
from pipelines.translation.models import Installed, installed

if TYPE_CHECKING:
    from ctranslate2 import Translator
    from sentencepiece import SentencePieceProcessor

#: Tokens in a batch of the library, padding included: its own speed no longer grows beyond.
_BATCH_TOKENS = 1_024
#: Tokens of a sentence given whole. Marian's models were trained on up to some hundred; what is
#: longer is cut at its clauses.
_MOST_TOKENS = 200
#: Most tokens written, as a multiple of those read and at least so many: a translation that is
#: not ended by then runs in circles, and is rejected.
_OUT_PER_IN, _OUT_LEAST = 3, 64
#: Two, as quickmt's models are measured with: greedy loses about a point of BLEU, five are slower.
_BEAM = 2
_END = "</s>"
_WORD_MARK = "▁"


class CTranslate2:
    """Translates on this machine, many texts a call."""

    name = "ctranslate2"
    origin: Origin = "machine"
    protects = False
    #: Nine tenths of Google's BLEU on FLORES, as OPUS-MT's and Argos' makers published it.
    worth = 0.9

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Take the folder of models, and how many cores they may use."""
        self._folder, self._threads = folder, threads
        self._loaded: dict[tuple[str, str], LoadedModel | str] = {}

    @cached_property
    def _models(self) -> dict[tuple[str, str], Installed]:
        """The first model of each pair, by the name of its folder."""
        models: dict[tuple[str, str], Installed] = {}
        for model in installed(self._folder):
            models.setdefault((model.source, model.target), model)
        return models

    def version(self, language: str, target: str) -> str:
        """Return the model of a pair, with its version."""
        model = self._models.get((language, target))
        return model.version if model else "none"

    def unavailable(self) -> str | None:
        """Return that there is no model, or not the library."""
        if not self._models:
            return f"no model in {self._folder}; babelwire models pull fetches one"
        if not (find_spec("ctranslate2") and find_spec("sentencepiece")):
            return "not installed: pip install 'babelwire[ctranslate2]'"
        return None

    def conditions(self) -> str:
        """Return the models there are: with another one a text is worth another try."""
        library = "" if find_spec("ctranslate2") else "none "
        return library + " ".join(sorted(model.version for model in self._models.values()))

    def translate(self, texts: pl.DataFrame, target: str) -> Iterator[pl.DataFrame]:
        """Yield the translations of one language after the other."""
        for (language,), rows in texts.group_by("language", maintain_order=True):
            pair = (str(language), target)
            model = self._model(pair) if pair in self._models else None
            if model is None:
                yield without_answer(
                    rows, f"no model {'-'.join(pair)}; babelwire models pull {'-'.join(pair)}"
                )
            elif isinstance(model, str):
                yield without_answer(rows, model)
            else:
                yield answers(rows, *model.translate(rows["text"].to_list()))

    def _model(self, pair: tuple[str, str]) -> "LoadedModel | str":
        """Return the model of a pair, loaded once, or why it cannot be."""
        if pair not in self._loaded:
            try:
                self._loaded[pair] = LoadedModel.of(self._models[pair], self._threads)
            except (OSError, RuntimeError, ValueError) as error:
                self._loaded[pair] = (
                    f"the model in {self._models[pair].folder} cannot be loaded "
                    f"({str(error).splitlines()[0]}); babelwire models check tells more"
                )
        return self._loaded[pair]


@dataclass(frozen=True)
class LoadedModel:
    """A model in memory, with the way its layout wants its tokens."""

    translator: "Translator"
    source: "SentencePieceProcessor"
    target: "SentencePieceProcessor"
    #: What is put behind the tokens of a sentence, where the model does not do it itself.
    closing: tuple[str, ...]
    #: What every translation begins with, where the model speaks several languages.
    prefix: str

    @classmethod
    def of(cls, model: Installed, threads: int) -> "LoadedModel":
        """Load a model; RuntimeError, OSError or ValueError where it cannot be."""
        from ctranslate2 import Translator
        from sentencepiece import SentencePieceProcessor

        config = model.weights / "config.json"
        told: dict[str, Any] = json.loads(config.read_text("utf-8")) if config.exists() else {}
        # OPUS-MT and quickmt were trained with an end of sentence; some converters leave it to
        # whoever calls. Argos was trained without.
        closes = model.layout in ("opus-mt", "quickmt") and not told.get("add_source_eos", False)
        return cls(
            Translator(
                str(model.weights),
                device="cpu",
                compute_type="auto",
                inter_threads=threads,
                intra_threads=1,
            ),
            SentencePieceProcessor(model_file=str(model.source_pieces)),
            SentencePieceProcessor(model_file=str(model.target_pieces)),
            (_END,) if closes else (),
            model.prefix,
        )

    def translate(self, texts: Sequence[str]) -> tuple[list[str | None], list[str | None]]:
        """Return each text's translation, or the reason why there is none."""
        pieces = [chunks(text, _MOST_TOKENS, self._tokens) for text in texts]
        flat = [piece.strip() for parts in pieces for piece in parts]
        told = iter(self._translated(flat))
        translated: list[str | None] = []
        for parts in pieces:
            whole = [next(told) for _ in parts]
            translated.append(_together(parts, whole))
        reasons = [None if one is not None else "the model did not end" for one in translated]
        return translated, reasons

    def _tokens(self, text: str) -> int:
        return len(self.source.encode(text))

    def _translated(self, sentences: Sequence[str]) -> list[str | None]:
        """Return the translations of sentences that fit the model."""
        encoded = self.source.encode(list(sentences), out_type=str)
        most = max(_OUT_LEAST, _OUT_PER_IN * max(map(len, encoded), default=0))
        results = self.translator.translate_batch(
            [[*tokens, *self.closing] for tokens in encoded],
            target_prefix=[[self.prefix]] * len(encoded) if self.prefix else None,
            beam_size=_BEAM,
            batch_type="tokens",
            max_batch_size=_BATCH_TOKENS,
            max_input_length=0,  # its default cuts what is longer without a word
            max_decoding_length=most,
            replace_unknowns=True,
        )
        told: list[str | None] = []
        for tokens, result in zip(encoded, results, strict=True):
            written = result.hypotheses[0]
            if len(written) >= max(_OUT_LEAST, _OUT_PER_IN * len(tokens)):
                told.append(None)
                continue
            if self.prefix and written[:1] == [self.prefix]:
                written = written[1:]
            # A piece copied from the source keeps its mark where the target has no such piece.
            told.append(self.target.decode(written).replace(_WORD_MARK, " ").strip())
        return told


def _together(parts: Sequence[str], translated: Sequence[str | None]) -> str | None:
    """Return a text's sentences joined by the white space they had; None where one is missing."""
    told = ""
    for part, one in zip(parts, translated, strict=True):
        if one is None:
            return None
        told += one + part[len(part.rstrip()) :]
    return told.strip()
