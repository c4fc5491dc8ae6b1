"""Translation memories in TMX 1.4: the field's exchange format for reviewed translations."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.identity import text_hash

#: Elements that hold the native codes of a format (``<bpt>&lt;b></bpt>``), not text.
_CODES = frozenset({"bpt", "ept", "it", "ph", "ut"})
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SCHEMA = {
    "language": pl.String,
    "target": pl.String,
    "text": pl.String,
    "translated": pl.String,
    "file": pl.String,
}


@dataclass(frozen=True)
class MemoryFiles:
    """The entries read, and for each file that could not be read the reason."""

    seed_memory: pl.DataFrame
    problems: tuple[str, ...]


def read_memory(folder: Path, target: str) -> MemoryFiles:
    """Read every ``*.tmx`` of a folder into the rows of ``seed_memory``.

    Of two entries for one text the later file's wins, by name. A file that is no TMX is left out
    and named in ``problems``.
    """
    rows: list[tuple[str, str, str, str, str]] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.tmx")):
        try:
            rows.extend(_entries(path, target))
        except ET.ParseError as error:
            line, column = error.position
            problems.append(
                f"{path.name}, line {line}, column {column}: not well-formed XML; "
                "mend it there, or export it again as TMX 1.4"
            )
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    entries = frame.with_columns(text_hash(frame["text"])).unique(
        ["text_hash", "language", "target"], keep="last", maintain_order=True
    )
    return MemoryFiles(entries, tuple(problems))


def _entries(path: Path, target: str) -> list[tuple[str, str, str, str, str]]:
    """Return an entry for every variant of every unit that has one in the target language."""
    entries: list[tuple[str, str, str, str, str]] = []
    for _, unit in ET.iterparse(path, events=("end",)):
        if unit.tag != "tu":
            continue
        texts = [(_language(variant), _text(variant)) for variant in unit.iter("tuv")]
        translated = dict(texts).get(target)
        entries.extend(
            (language, target, text, translated, path.name)
            for language, text in texts
            if text and translated and language != target
        )
        unit.clear()
    return entries


def _language(variant: ET.Element) -> str:
    """Return the ISO 639-1 code; regional variants of a language share its memory."""
    code = variant.get(_LANG) or variant.get("lang") or ""
    return code.split("-")[0].lower()


def _text(variant: ET.Element) -> str:
    segment = variant.find("seg")
    return "".join(_without_codes(segment)) if segment is not None else ""


def _without_codes(element: ET.Element) -> Iterator[str]:
    """Yield the text of a segment; formatting codes, which TMX keeps as elements, are left out."""
    yield element.text or ""
    for inner in element:
        if inner.tag not in _CODES:
            yield from _without_codes(inner)
        yield inner.tail or ""
