"""CTranslate2 through Babelwire and bare: ``python -m benchmarks.translation_speed MODEL FILE``.

MODEL is a folder of one model, FILE holds one sentence a line. Both translate the same sentences in
the same process, in turns, now one first and now the other. The ratio is the median of the rounds'
own, in seconds of the processor as in those of the clock: what else the machine does hits both
halves of a round alike. Prints words a second of both, the ratios, and the worst and best of them.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import polars as pl

from pipelines.identity import text_hash
from pipelines.translation.engines.ctranslate2 import CTranslate2, LoadedModel
from pipelines.translation.models import recognised

_ROUNDS, _THREADS = 11, 2


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
    bare()
    rounds = [_round(bare, through, place % 2 == 1) for place in range(_ROUNDS)]
    clock = [one.clock / other.clock for one, other in rounds]
    processor = [one.processor / other.processor for one, other in rounds]
    figures = {
        "model": folder.name,
        "sentences": len(sentences),
        "rounds": _ROUNDS,
        "bare_words_per_second": round(words / median(one.clock for one, _ in rounds)),
        "through_words_per_second": round(words / median(other.clock for _, other in rounds)),
        "ratio_processor": round(median(processor), 3),
        "ratio_processor_range": [round(min(processor), 3), round(max(processor), 3)],
        "ratio_clock": round(median(clock), 3),
        "ratio_clock_range": [round(min(clock), 3), round(max(clock), 3)],
    }
    sys.stdout.write(json.dumps(figures) + "\n")


@dataclass(frozen=True)
class _Seconds:
    clock: float
    processor: float


def _round(
    bare: Callable[[], None], through: Callable[[], None], swapped: bool
) -> tuple[_Seconds, _Seconds]:
    """Return the seconds of both; where they are swapped the second went first."""
    if swapped:
        second = _seconds(through)
        return _seconds(bare), second
    return _seconds(bare), _seconds(through)


def _seconds(work: Callable[[], None]) -> _Seconds:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return _Seconds(time.perf_counter() - clock, time.process_time() - processor)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
