"""Translation memories in TMX 1.4: the field's exchange format for translations."""

import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import polars as pl

from pipelines.identity import normalised, text_hash

#: Elements that hold the native codes of a format (``<bpt>&lt;b></bpt>``), not text.
_CODES = frozenset({"bpt", "ept", "it", "ph", "ut"})
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: What XML 1.0 has no way to write.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTEXT, _REVIEWED = "x-context", "reviewed"
_SCHEMA = {
    "language": pl.String,
    "target": pl.String,
    "text": pl.String,
    "translated": pl.String,
    "context": pl.String,
    "reviewed": pl.Boolean,
    "file": pl.String,
}
_HEADER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
    '  <header creationtool="babelwire" creationtoolversion="1" segtype="sentence" '
    'o-tmf="plain" adminlang="en" srclang="*all*" datatype="plaintext"/>\n  <body>\n'
)
_FOOTER = "  </body>\n</tmx>\n"
_Entry = tuple[str, str, str, str, str, bool, str]


class MemoryFileError(ValueError):
    """A file is no translation memory; the message says where and what to do."""


@dataclass(frozen=True)
class MemoryFiles:
    """The entries read, and for each file that could not be read the reason."""

    seed_memory: pl.DataFrame
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Suggestion:
    """A remembered translation of a text that is like another, from 0 to 100."""

    text: str
    translated: str
    likeness: float
    file: str


def read_memory(folder: Path, target: str) -> MemoryFiles:
    """Read every ``*.tmx`` of a folder into the rows of ``seed_memory``.

    Of two entries for one text a reviewed one wins, then the later file's, by name. A file that is
    no TMX is left out and named in ``problems``.
    """
    rows: list[_Entry] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.tmx")):
        try:
            rows.extend(_entries(path, target))
        except MemoryFileError as error:
            problems.append(str(error))
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    entries = (
        frame.with_columns(text_hash(frame["text"]))
        .sort("reviewed", maintain_order=True)
        .unique(["text_hash", "language", "target", "context"], keep="last", maintain_order=True)
    )
    return MemoryFiles(entries, tuple(problems))


def import_memory(file: Path, folder: Path, target: str) -> pl.DataFrame:
    """Add a TMX file to a folder of memories, and return its entries into the target language.

    Raises MemoryFileError where it is no TMX, holds no such entry, or another file has its name.
    """
    if not file.is_file():
        raise MemoryFileError(f"there is no file {file}")
    entries = pl.DataFrame(list(_entries(file, target)), schema=_SCHEMA, orient="row")
    if entries.is_empty():
        raise MemoryFileError(
            f"{file.name}: no unit has a variant in {target} beside another language"
        )
    kept = folder / f"{file.stem}.tmx"
    if kept.exists() and kept.read_bytes() != file.read_bytes():
        raise MemoryFileError(f"{folder} has another {kept.name}; rename the file, or remove that")
    folder.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        shutil.copyfile(file, kept)
    return entries


def export_memory(entries: pl.DataFrame, file: Path) -> int:
    """Write entries (language, target, text, translated, context, reviewed, and whatever else is
    to be told of them) as TMX 1.4; return how many.

    What a reader of another tool cannot know stands in properties, so that a round trip loses
    nothing. Characters XML cannot write are left out.
    """
    written = file.with_name(f"{file.name}.part")
    with written.open("w", encoding="utf-8") as opened:
        opened.write(_HEADER)
        for row in entries.sort("language", "target", "text", "context").iter_rows(named=True):
            _write_unit(opened, row)
        opened.write(_FOOTER)
    written.replace(file)
    return entries.height


def suggestions(
    text: str, language: str, seed_memory: pl.DataFrame, most: int = 3, least: float = 70
) -> list[Suggestion]:
    """Return remembered translations of texts like this one, the likest first.

    They are for a reviewer to look at, never used unseen. Below ``least`` of rapidfuzz's ratio two
    sentences share little but their small words.
    """
    from rapidfuzz import fuzz, process

    entries = seed_memory.filter(language=language)
    choices = [normalised(one) for one in entries["text"]]
    found = process.extract(
        normalised(text), choices, scorer=fuzz.ratio, score_cutoff=least, limit=most
    )
    rows = entries.select("text", "translated", "file").rows()
    return [
        Suggestion(rows[place][0], rows[place][1], round(likeness, 1), rows[place][2])
        for _, likeness, place in found
    ]


def _entries(path: Path, target: str) -> Iterator[_Entry]:
    """Yield an entry for every variant of every unit that has one in the target language."""
    try:
        for _, unit in ET.iterparse(path, events=("end",)):
            if unit.tag == "tu":
                yield from _of_unit(unit, target, path.name)
                unit.clear()
    except ET.ParseError as error:
        line, column = error.position
        raise MemoryFileError(
            f"{path.name}, line {line}, column {column}: not well-formed XML; "
            "mend it there, or export it again as TMX 1.4"
        ) from None


def _of_unit(unit: ET.Element, target: str, file: str) -> Iterator[_Entry]:
    texts = [(_language(variant), _text(variant)) for variant in unit.iter("tuv")]
    translated = dict(texts).get(target)
    told = {prop.get("type"): (prop.text or "").strip() for prop in unit.iter("prop")}
    # Memories of other tools say nothing of reviews: people made or passed what is in them.
    reviewed = told.get(_REVIEWED, "yes").lower() != "no"
    for language, text in texts:
        if text and translated and language != target:
            yield language, target, text, translated, told.get(_CONTEXT, ""), reviewed, file


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


def _write_unit(opened: IO[str], row: dict[str, Any]) -> None:
    unit = ET.Element("tu")
    _properties(unit, row)
    for language, text in ((row["language"], row["text"]), (row["target"], row["translated"])):
        variant = ET.SubElement(unit, "tuv", {"xml:lang": language})
        ET.SubElement(variant, "seg").text = _UNWRITABLE.sub("", text)
    opened.write(f"    {ET.tostring(unit, 'unicode')}\n")


def _properties(unit: ET.Element, row: dict[str, Any]) -> None:
    told: Iterable[tuple[str, object]] = (
        (_REVIEWED, "yes" if row["reviewed"] else "no"),
        (_CONTEXT, row["context"]),
        ("x-engine", row.get("engine")),
        ("x-engine-version", row.get("engine_version")),
        ("x-quality", row.get("quality")),
    )
    for kind, value in told:
        if value not in (None, ""):
            ET.SubElement(unit, "prop", {"type": kind}).text = str(value)
