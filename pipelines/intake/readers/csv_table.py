"""CSV and TSV: one article a record."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Literal, TypedDict

from pipelines.intake.columns import Columns
from pipelines.intake.decoding import Line, in_utf8, lines
from pipelines.intake.reader import FoundArticle, RawFile, ReadSettings, Reject, UnreadableError

#: Lines and characters of the beginning by which the dialect is judged: some tens of articles.
_SAMPLE_LINES, _SAMPLE_CHARACTERS = 500, 1 << 16
_DELIMITERS = (",", ";", "\t", "|")
#: Those that stand in texts, so that fields which hold them must be quoted.
_IN_TEXTS = ",;"
#: What Excel writes before the header to say how it separates.
_STATED = re.compile(r"\A\"?sep=(.)\"?\r?\n\Z", re.IGNORECASE)
_QUOTED = re.compile(r'".*"', re.DOTALL)
#: The parser's own limit holds in the whole process and is smaller than an article; what bounds a
#: record here is the size of its lines. No platform's long is smaller than this.
_NO_LIMIT = 2**31 - 1


class CsvTable:
    """Reads tables with a header; each bad record is a reject and stops no other.

    Delimiter and escapes are those under which most records are as wide as the header.
    """

    name = "csv_table"
    version = "1"
    suffixes = (".csv", ".tsv", ".tab")
    media_type = "text/csv"

    def recognises(self, head: bytes) -> bool:
        """Say whether the first line is a header of several columns, one of them a text's."""
        first = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].decode("utf-8", "replace")
        names = max((first.split(sign) for sign in _DELIMITERS), key=len)
        named: dict[str, object] = dict.fromkeys((name.strip(' "\r') for name in names), "text")
        return len(names) > 1 and Columns(ReadSettings()).has_text(named)

    def read(self, file: RawFile) -> Iterator[FoundArticle | Reject]:
        """Yield the article of each record; UnreadableError where no column holds a text."""
        csv.field_size_limit(_NO_LIMIT)
        columns, most_bytes = Columns(file.settings), file.settings.most_bytes
        stream, encoding = in_utf8(file.stream)
        stated, dialect = _dialect(stream, encoding, most_bytes)
        feed = _Feed(lines(stream, encoding, most_bytes), most_bytes)
        if stated:
            next(feed)
        records = _records(feed, dialect)
        names = _header(next(records, None))
        columns.require(names)
        for record in records:
            try:
                yield columns.article(_named(names, record), record.place, record.encoding)
            except UnreadableError as error:
                yield Reject(record.place, str(error), record.excerpt)


class _Dialect(TypedDict, total=False):
    delimiter: str
    doublequote: bool
    escapechar: str
    quoting: Literal[0, 3]


#: As in RFC 4180; as databases export, with a backslash before what is meant literally; and without
#: any quoting, as most tables are whose delimiter stands in no text.
_STYLES: tuple[_Dialect, ...] = (
    {"doublequote": True},
    {"doublequote": False, "escapechar": "\\"},
    {"quoting": csv.QUOTE_NONE},
)


@dataclass(frozen=True)
class _Record:
    place: str
    excerpt: str | None
    encoding: str
    fields: list[str]
    wrong: str | None = None


class _BrokenError(Exception):
    """The record being parsed cannot be read to its end."""


class _Feed:
    """Lines on their way to the parser; those of the record it is at are kept.

    A record that does not parse is given up with its first line alone: those behind it are parsed
    again, so that a stray quotation mark swallows no good record.
    """

    def __init__(self, source: Iterator[Line | Reject], most_bytes: int) -> None:
        self._source, self._most_bytes = source, most_bytes
        self._again: deque[Line | Reject] = deque()
        self._size = 0
        self.record: list[Line | Reject] = []

    def begin(self) -> None:
        """Begin a record."""
        self._size, self.record = 0, []

    def give_up(self) -> None:
        """Have the lines behind the first of this record parsed again."""
        self._again.extendleft(reversed(self.record[1:]))

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._source)
        self.record.append(line)
        if isinstance(line, Reject):
            raise _BrokenError(line.reason)
        self._size += len(line.text)
        if self._size > self._most_bytes:
            raise _BrokenError(
                f"a quotation mark in it is not closed within the {self._most_bytes:,} bytes an "
                "article may have; close it, or raise BABELWIRE_MAX_ARTICLE_BYTES"
            )
        return line.text


def _records(feed: _Feed, dialect: _Dialect) -> Iterator[_Record]:
    """Yield the records that are not blank, also those that do not parse."""
    parser = csv.reader(feed, strict=True, **dialect)
    while True:
        feed.begin()
        try:
            fields, wrong = next(parser), None
        except StopIteration:
            return
        except _BrokenError as error:
            fields, wrong = [], str(error)
        except csv.Error as error:
            fields = []
            wrong = f"its quotation marks do not match ({error}); double those within a field"
        if not fields and not wrong:
            continue
        yield _record(feed.record, fields, wrong)
        if wrong:
            feed.give_up()


def _record(taken: list[Line | Reject], fields: list[str], wrong: str | None) -> _Record:
    first = taken[0]
    if isinstance(first, Reject):
        return _Record(first.place, first.excerpt, "", fields, wrong)
    encodings = [line.encoding for line in taken if isinstance(line, Line)]
    other = next((one for one in encodings if one != first.encoding), first.encoding)
    # Of a record in two encodings, the one that is not the file's own is told.
    return _Record(f"line {first.number}", first.text[:200], other, fields, wrong)


def _header(record: _Record | None) -> list[str]:
    """Return the names of the columns, each once. Raises UnreadableError."""
    if record is None:
        raise UnreadableError("the table has no header; name its columns in the first line")
    if record.wrong:
        raise UnreadableError(f"its header cannot be read: {record.wrong}")
    names: list[str] = []
    for name in (field.strip() for field in record.fields):
        names.append(f"{name} ({names.count(name) + 1})" if name in names else name)
    return names


def _named(names: list[str], record: _Record) -> dict[str, object]:
    """Return a record by the names of its columns. Raises UnreadableError."""
    if record.wrong:
        raise UnreadableError(record.wrong)
    fields = record.fields
    if len(fields) < len(names) or any(field.strip() for field in fields[len(names) :]):
        raise UnreadableError(
            f"it has {len(fields)} fields and the header {len(names)}; put fields that hold the "
            "delimiter or a line break in quotation marks"
        )
    return dict(zip(names, fields, strict=False))


def _dialect(stream: BinaryIO, encoding: str, most_bytes: int) -> tuple[bool, _Dialect]:
    """Return whether the first line states the delimiter, and the dialect that fits best."""
    begin = stream.tell()
    sample: list[Line | Reject] = []
    size = 0
    for line in islice(lines(stream, encoding, most_bytes), _SAMPLE_LINES):
        sample.append(line)
        size += len(line.text) if isinstance(line, Line) else 0
        if size > _SAMPLE_CHARACTERS:
            break
    stream.seek(begin)
    first = sample[0] if sample else None
    stated = _STATED.match(first.text) if isinstance(first, Line) else None
    delimiters = (stated[1],) if stated else _DELIMITERS
    if stated:
        sample = sample[1:]
    text = "".join(line.text for line in sample if isinstance(line, Line))
    dialects = [
        _Dialect(delimiter=sign, **style)
        for sign in delimiters
        for style in _STYLES
        if _can_be(style, sign, text)
    ]
    return bool(stated), max(dialects, key=lambda one: _fit(sample, one, most_bytes))


def _can_be(style: _Dialect, delimiter: str, text: str) -> bool:
    """Say whether a text may be written so; of a broken one, either explains away the break."""
    if "escapechar" in style:
        return '\\"' in text or f"\\{delimiter}" in text
    return "quoting" not in style or delimiter not in _IN_TEXTS


def _fit(sample: list[Line | Reject], dialect: _Dialect, most_bytes: int) -> tuple[bool, int, int]:
    """Rank a dialect: by whether there are columns, how many records are as wide as the header."""
    rows = [one.fields for one in _records(_Feed(iter(sample), most_bytes), dialect)]
    if not rows:
        return False, 0, 0
    width = len(rows[0])
    fields = (field for row in rows for field in row)
    if dialect.get("quoting") == csv.QUOTE_NONE and any(map(_QUOTED.fullmatch, fields)):
        return False, 0, 0
    return width > 1, sum(len(row) == width for row in rows), width
