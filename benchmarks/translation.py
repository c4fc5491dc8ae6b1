"""Translation against references: ``python -m benchmarks.translation ENGINE SOURCE REFERENCE``.

SOURCE and REFERENCE hold one sentence a line; the name of SOURCE ends in its language
(``flores-dev.it``), that of REFERENCE in the target's. ENGINE is one of Babelwire's engines, or a
file with one translation a line, such as another system's recorded output. Prints BLEU and chrF
(sacrebleu), the share of names and of figures kept, the mean estimate of quality and how it agrees
with chrF sentence by sentence, and the speed.

Names are those of the reference tables and of the territories of CLDR; beside them, capitalised
words that source and reference share, as a list of names nobody made for this.
"""

import json
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import sacrebleu

from pipelines.identity import text_hash
from pipelines.reference.tables import read_reference
from pipelines.translation.glossary import GLOSSARY
from pipelines.translation.protection import Protection
from pipelines.translation.quality import estimated_quality
from pipelines.translation.register import Configuration, engines
from pipelines.translation.router import Router

_ROOT = Path(__file__).resolve().parent.parent
_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
_MODELS = _ROOT / "warehouse" / "data" / "models"
#: Capitalised words inside a sentence; its first word has its capital from its place.
_CAPITALISED = re.compile(r"(?<=[\w,;] )[A-ZÀ-Ý][\w-]+")


def main(engine: str, source: Path, reference: Path) -> None:
    """Print the figures of one engine on one pair of files."""
    language, target = source.suffix[1:], reference.suffix[1:]
    sources, references = (path.read_text("utf-8").splitlines() for path in (source, reference))
    protection = _protection(target)
    texts = _texts(sources, language)
    started = time.perf_counter()
    if Path(engine).exists():
        told: list[str | None] = [*Path(engine).read_text("utf-8").splitlines()]
    else:
        told = _translated(engine, texts, target, protection)
    seconds = time.perf_counter() - started
    figures = {
        "engine": Path(engine).name,
        "pair": f"{language}-{target}",
        "sentences": len(sources),
        "translated": sum(one is not None for one in told),
        **_scores([one or "" for one in told], references),
        **_kept(texts, references, told, protection),
        "words_per_second": round(sum(len(text.split()) for text in sources) / seconds),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _protection(target: str) -> Protection:
    names = read_reference(_ROOT / "seeds" / "reference", _LANGUAGES).seed_entity_names
    return Protection(names, pl.DataFrame(schema=GLOSSARY), target)


def _texts(sources: Sequence[str], language: str) -> pl.DataFrame:
    texts = pl.Series("text", sources)
    return pl.DataFrame([text_hash(texts), texts]).with_columns(language=pl.lit(language))


def _translated(
    name: str, texts: pl.DataFrame, target: str, protection: Protection
) -> list[str | None]:
    memory = pl.DataFrame(schema={"context": pl.String, "target": pl.String})
    (engine,) = engines([name], Configuration(memory, models=_MODELS, threads=2))
    made = Router([engine], target, protection, languages=_LANGUAGES).translate(
        texts.unique(["text_hash", "language"], maintain_order=True)
    )
    joined = texts.join(made, on=["text_hash", "language"], how="left", maintain_order="left")
    return joined["translated"].to_list()


def _scores(told: Sequence[str], references: Sequence[str]) -> dict[str, float]:
    return {
        "bleu": round(sacrebleu.corpus_bleu(told, [list(references)]).score, 1),
        "chrf": round(sacrebleu.corpus_chrf(told, [list(references)]).score, 1),
    }


def _kept(
    texts: pl.DataFrame,
    references: Sequence[str],
    told: Sequence[str | None],
    protection: Protection,
) -> dict[str, float]:
    asked = protection.required(texts)
    kept = {"name": [0, 0], "figure": [0, 0], "address": [0, 0], "capitalised": [0, 0]}
    estimates, chrf = [], []
    for (text_hash_, language, text), reference, translated in zip(
        texts.select("text_hash", "language", "text").rows(), references, told, strict=True
    ):
        if translated is None:
            continue
        required = asked[text_hash_, language]
        for one in required:
            kept[one.kind][0] += one.met_by(translated, protection.target)
            kept[one.kind][1] += 1
        shared = set(_CAPITALISED.findall(text)) & set(_CAPITALISED.findall(reference))
        kept["capitalised"][0] += sum(word in translated for word in shared)
        kept["capitalised"][1] += len(shared)
        missed = protection.missed(required, text, translated)
        estimates.append(estimated_quality(text, translated, len(required), len(missed)))
        chrf.append(sacrebleu.sentence_chrf(translated, [reference]).score)
    frame = pl.DataFrame({"estimate": estimates, "chrf": chrf})
    shares = {f"{kind}s_kept": round(of / all_, 4) for kind, (of, all_) in kept.items() if all_}
    return {
        **{f"{kind}s": all_ for kind, (_, all_) in kept.items() if all_},
        **shares,
        "mean_check": round(sum(estimates) / max(len(estimates), 1), 3),
        "check_to_chrf": round(
            frame.select(pl.corr("estimate", "chrf", method="spearman")).item() or 0.0, 3
        ),
    }


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
