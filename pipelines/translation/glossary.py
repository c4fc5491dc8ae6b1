"""Glossaries: how a house wants its terms translated, one CSV a language pair."""

import csv
from dataclasses import dataclass
from pathlib import Path

import polars as pl

GLOSSARY = {"language": pl.String, "term": pl.String, "translation": pl.String}
_COLUMNS = ["term", "translation"]


@dataclass(frozen=True)
class GlossaryFiles:
    """The terms read (language, term, translation), and what could not be, with the remedy."""

    glossary: pl.DataFrame
    problems: tuple[str, ...]


def read_glossary(folder: Path, target: str) -> GlossaryFiles:
    """Read ``it-en.csv`` and its like of a folder: those into the target language.

    A file or line that is no glossary is left out and named in ``problems``; of two lines for one
    term the later wins.
    """
    terms: dict[tuple[str, str], str] = {}
    problems: list[str] = []
    for path in sorted(folder.glob(f"*-{target}.csv")):
        language = path.stem.removesuffix(f"-{target}")
        try:
            lines = path.read_text("utf-8-sig").splitlines()
        except UnicodeDecodeError:
            problems.append(f"{path.name}: not UTF-8; save it as UTF-8")
            continue
        rows = csv.reader(lines)
        if next(rows, None) != _COLUMNS:
            problems.append(f"{path.name}, line 1: its columns must be term,translation")
            continue
        for row in rows:
            told = [cell.strip() for cell in row]
            if len(told) != 2 or not all(told):
                problems.append(
                    f"{path.name}, line {rows.line_num}: give a term and its translation"
                )
                continue
            terms[language, told[0]] = told[1]
    rows_read = [(language, term, translation) for (language, term), translation in terms.items()]
    return GlossaryFiles(
        pl.DataFrame(rows_read, schema=GLOSSARY, orient="row"), tuple(problems)
    )
