"""CTranslate2 through Babelwire and bare: ``python -m benchmarks.translation_speed MODEL FILE``.

MODEL is a folder of one model, FILE holds one sentence a line. Both translate the same sentences in
the same process, in turns, three times; the best of each counts. Prints words a second of both and
their ratio.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from pipelines.identity import text_hash
from pipelines.translation.engines.ctranslate2 import CTranslate2, LoadedModel
from pipelines.translation.models import recognised

_ROUNDS, _THREADS = 3, 2


def main(folder: Path, file: Path) -> None:
    """Print the figures of one model on one file."""
    model = recognised(folder)
    sentences = list(dict.fromkeys(file.read_text("utf-8").splitlines()))
    words = sum(len(sentence.split()) for sentence in sentences)
    texts = pl.Series("text", sentences)
    frame = pl.DataFrame([text_hash(texts), texts]).with_columns(language=pl.lit(model.source))
    engine, loaded = CTranslate2(folder.parent, _THREADS), LoadedModel.of(model, _THREADS)

    def through() -> None:
        for answer in engine.translate(frame, model.target):
            assert answer.height == frame.height

    def bare() -> None:
        encoded = loaded.source.encode(sentences, out_type=str)
        results = loaded.translator.translate_batch(
            [[*tokens, *loaded.closing] for tokens in encoded],
            beam_size=2,
            batch_type="tokens",
            max_batch_size=1_024,
            max_decoding_length=3 * max(map(len, encoded)),
            replace_unknowns=True,
        )
        for result in results:
            loaded.target.decode(result.hypotheses[0])

    through()  # it loads its model now
    rounds = [(_seconds(bare), _seconds(through)) for _ in range(_ROUNDS)]
    best_bare, best_through = (min(seconds) for seconds in zip(*rounds, strict=True))
    figures = {
        "model": folder.name,
        "sentences": len(sentences),
        "bare_words_per_second": round(words / best_bare),
        "through_words_per_second": round(words / best_through),
        "ratio": round(best_bare / best_through, 3),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
