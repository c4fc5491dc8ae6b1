"""Translation against references: ``python -m benchmarks.translation ENGINE SOURCE REFERENCE``.

SOURCE and REFERENCE hold one sentence a line; the name of SOURCE ends in its language
(``flores-dev.it``), that of REFERENCE in the target's. ENGINE is one of Babelwire's engines, or a
file with one translation a line, such as another system's recorded output. Prints BLEU and chrF
(sacrebleu), the share of names and of numbers kept, the mean estimate of quality and how it agrees
with chrF sentence by sentence, and the speed.

What must be kept is told by the human reference alone, by nothing the pipeline knows or checks:
capitalised words in a row that source and reference have alike, letter by letter, and numbers of
the same value in both. The first word of a sentence is one where it is never written small in
either file. What the reference renders otherwise (*Londra*, *London*) is no part of it.
``lost`` names what an output lacks, each with how often.
"""

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
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
_WORD = re.compile(r"[^\W\d_]+")
#: What ends where a sentence, a quotation or a clause of its own begins.
_BEGINNING = re.compile(r"(?:^|[.!?:…\"“«„(‘—–]|\s')\s*$")
_NUMBER = re.compile(r"\d+(?:[.,'’ \u00a0\u202f\u2009]\d+)*")


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
) -> dict[str, object]:
    """Return what of the names and numbers an output keeps, and how its estimates agree."""
    asked = protection.required(texts)
    small = _written_small([*texts["text"], *references])
    wanted: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    estimates, chrf = [], []
    for (text_hash_, language, text), reference, translated in zip(
        texts.select("text_hash", "language", "text").rows(), references, told, strict=True
    ):
        if translated is None:
            continue
        names = set(_names(text, reference, small))
        numbers = _numbers(text) & _numbers(reference)
        wanted.update({"name": len(names), "number": numbers.total()})
        gone = [name for name in names if not _stands(name, translated)]
        less = (numbers - _numbers(translated)).elements()
        lost.update([*(("name", one) for one in gone), *(("number", one) for one in less)])
        required = asked[text_hash_, language]
        missed = protection.missed(required, text, translated)
        estimates.append(estimated_quality(text, translated, len(required), len(missed)))
        chrf.append(sacrebleu.sentence_chrf(translated, [reference]).score)
    frame = pl.DataFrame({"estimate": estimates, "chrf": chrf})
    return {
        **_shares(wanted, lost),
        "mean_check": round(sum(estimates) / max(len(estimates), 1), 3),
        "check_to_chrf": round(
            frame.select(pl.corr("estimate", "chrf", method="spearman")).item() or 0.0, 3
        ),
        "lost": {str(one): count for (_, one), count in lost.most_common()},
    }


def _shares(wanted: Counter[str], lost: Counter[tuple[str, str]]) -> dict[str, float]:
    gone = {kind: sum(lost[one] for one in lost if one[0] == kind) for kind in wanted}
    every = wanted.total()
    return {
        **{f"{kind}s": count for kind, count in wanted.items()},
        **{
            f"{kind}s_kept": round(1 - gone[kind] / count, 4)
            for kind, count in wanted.items()
            if count
        },
        "both_kept": round(1 - lost.total() / every, 4) if every else 1.0,
    }


def _written_small(lines: Sequence[str]) -> set[str]:
    return {word for line in lines for word in _WORD.findall(line) if word.islower()}


def _names(text: str, reference: str, small: set[str]) -> Iterator[str]:
    """Yield the longest rows of capitalised words of a text that its reference has too."""
    for run in _rows(text, small):
        at = 0
        while at < len(run):
            ends = (end for end in range(len(run), at, -1)
                    if _stands(" ".join(run[at:end]), reference))
            end = next(ends, None)
            if end is not None:
                yield " ".join(run[at:end])
            at = end or at + 1


def _rows(text: str, small: set[str]) -> Iterator[list[str]]:
    """Yield capitalised words that stand together."""
    row: list[str] = []
    last = -1
    for found in _WORD.finditer(text):
        word = found.group()
        begins = _BEGINNING.search(text[: found.start()])
        if not word[0].isupper() or (begins and word.lower() in small):
            continue
        if row and not re.fullmatch(r"[ '’-]", text[last : found.start()]):
            yield row
            row = []
        row.append(word)
        last = found.end()
    if row:
        yield row


def _stands(name: str, text: str) -> bool:
    """Say whether words stand in a row in a text, whatever joins them."""
    return f" {name} " in f" {' '.join(_WORD.findall(text))} "


def _numbers(text: str) -> Counter[str]:
    """Return the values of a text's numbers, whatever marks their groups and fractions."""
    return Counter(_value(found.group()) for found in _NUMBER.finditer(text))


def _value(number: str) -> str:
    """Return a number with groups of three joined and a point before its fraction.

    One mark before three digits is a group's: FLORES has no fraction of three digits.
    """
    *whole, last = re.split(r"\D", number)
    marks = re.findall(r"\D", number)
    if len(last) == 3 and len(set(marks)) == 1 and all(len(part) == 3 for part in whole[1:]):
        return "".join([*whole, last])
    if whole and all(len(part) == 3 for part in whole[1:]) and marks[-1] not in marks[:-1]:
        return f"{''.join(whole)}.{last}"
    return number


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
