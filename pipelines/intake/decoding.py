"""From bytes to text: the encoding is found out, recorded, and never guessed silently."""

import codecs
import re
import tempfile
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

from charset_normalizer import from_bytes

from pipelines.intake.reader import Reject, UnreadableError

#: Legacy encodings of the languages read; others are not tried, because on a page of text their
#: letters are all plausible and a wrong one would pass unseen.
_LEGACY = ["cp1252", "iso8859_15", "mac_roman"]
#: UTF-32 before UTF-16, whose mark it begins with.
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: Share of control characters above which a file is no text; line noise in real text stays
#: far below one in a hundred.
_MOST_CONTROL = 0.01
#: Bytes of a file of many lines looked at to tell text from binary.
_HEAD = 4_096
#: Bytes from the first line that is not UTF-8 on, of which such lines tell their encoding: some
#: hundred lines, of which one alone may have too few letters to tell by.
_SAMPLE = 1 << 18
#: Bytes recoded, or passed over, at once.
_CHUNK = 1 << 20
_EMPTY = "the file is empty; nothing to read until it has text"


class Line(NamedTuple):
    """A line of a file with its line break, as text."""

    number: int
    text: str
    encoding: str


def decode(content: bytes) -> tuple[str, str]:
    """Return the text and the encoding it was decoded from.

    Raises UnreadableError where the bytes are empty, binary, or in no encoding that fits.
    """
    if not content.strip(b"\x00\t\n\r "):
        raise UnreadableError(_EMPTY)
    text, encoding = _decoded(content)
    if not text.strip():
        raise UnreadableError(_EMPTY)
    _refuse_binary(text)
    return text, encoding


def without_edges(text: str, start: int = 0) -> tuple[int, int]:
    """Return where a text begins, from ``start`` on, and ends without white space around it."""
    end = len(text.rstrip())
    if end <= start:
        return start, start
    return len(text) - len(text[start:].lstrip()), end


def in_utf8(stream: BinaryIO) -> tuple[BinaryIO, str]:
    """Return the bytes of a file of many lines without a byte order mark, and their encoding.

    A file that its mark says is in UTF-16 or UTF-32 is recoded to a temporary one, any other is
    taken as it is. Raises UnreadableError where it is empty, binary or breaks its own mark.
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    mark, encoding = _mark_of(head)
    if encoding not in ("utf-8", "utf-8-sig"):
        stream = _recoded(stream, encoding)
        mark, head = b"", stream.read(_HEAD)
    if not head.strip(b"\x00\t\n\r "):
        raise UnreadableError(_EMPTY)
    _refuse_binary(head.decode("latin-1"))
    stream.seek(len(mark))
    return stream, encoding


def lines(stream: BinaryIO, encoding: str, most_bytes: int) -> Iterator[Line | Reject]:
    """Yield the lines of a stream, each decoded for itself: the encoding named, else a legacy one.

    A line that is too long, or in no encoding that fits, is a reject and is not held in memory.
    """
    number, legacy = 0, None
    while raw := stream.readline(most_bytes + 1):
        number += 1
        if len(raw) > most_bytes:
            _pass_over_line(stream, raw)
            yield _refused(
                number,
                raw,
                f"it has more than the {most_bytes:,} bytes an article may have; split it, or "
                "raise BABELWIRE_MAX_ARTICLE_BYTES",
            )
            continue
        try:
            yield Line(number, raw.decode(), encoding)
            continue
        except UnicodeDecodeError:
            pass
        if legacy is None:
            legacy = _legacy_of_lines(stream, raw)
        if legacy and (text := _as(raw, legacy)) is not None:
            yield Line(number, text, legacy)
            continue
        tried = legacy or f"a legacy encoding ({', '.join(_LEGACY)})"
        yield _refused(number, raw, f"it is neither UTF-8 nor {tried}; save the file as UTF-8")


def _decoded(content: bytes) -> tuple[str, str]:
    mark, encoding = _mark_of(content)
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError as error:
        if mark:
            raise UnreadableError(_breaks_mark(encoding, error)) from error
        if b"\x00" in content:
            raise UnreadableError(
                "the file is binary, not text (NUL bytes); export it as text"
            ) from error
        best = from_bytes(content, cp_isolation=_LEGACY).best()
        if best is None:
            raise UnreadableError(
                f"byte {error.start} is not UTF-8 and no legacy encoding fits "
                f"({', '.join(_LEGACY)}); save the file as UTF-8"
            ) from error
        return str(best), best.encoding


def _mark_of(content: bytes) -> tuple[bytes, str]:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return mark, encoding
    return b"", "utf-8"


def _refuse_binary(text: str) -> None:
    control = len(_CONTROL.findall(text))
    if control > _MOST_CONTROL * len(text):
        raise UnreadableError(
            f"the file is binary, not text ({control} control characters in {len(text)}); "
            "export it as text"
        )


def _recoded(stream: BinaryIO, encoding: str) -> BinaryIO:
    """Return a copy in UTF-8, on disk where it is large."""
    recoded = tempfile.SpooledTemporaryFile(_CHUNK)  # noqa: SIM115, lives as long as it is read
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(_CHUNK):
            recoded.write(decoder.decode(chunk).encode())
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise UnreadableError(_breaks_mark(encoding, error)) from error
    recoded.seek(0)
    return cast(BinaryIO, recoded)


def _refused(number: int, raw: bytes, reason: str) -> Reject:
    return Reject(f"line {number}", reason, raw[:200].decode("utf-8", "replace"))


def _pass_over_line(stream: BinaryIO, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = stream.readline(_CHUNK)


def _legacy_of_lines(stream: BinaryIO, first: bytes) -> str:
    """Return the legacy encoding of this line and those behind it that are not UTF-8; or ``""``."""
    here = stream.tell()
    behind = stream.read(_SAMPLE).splitlines(True)
    stream.seek(here)
    sample = [first, *(line for line in behind if _as(line, "utf-8") is None)]
    best = from_bytes(b"".join(sample), cp_isolation=_LEGACY).best()
    return best.encoding if best else ""


def _as(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _breaks_mark(encoding: str, error: UnicodeDecodeError) -> str:
    return f"the file begins like {encoding} but byte {error.start} does not fit; save it as UTF-8"
