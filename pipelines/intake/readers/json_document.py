"""JSON documents: an array of articles, an object that holds one, or one article."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from pipelines.intake.columns import Columns
from pipelines.intake.decoding import decode, in_utf8
from pipelines.intake.reader import FoundArticle, RawFile, Reject, UnreadableError
from pipelines.intake.readers.json_lines import JsonLines, record

#: Bytes read at once.
_CHUNK = 1 << 18
#: Objects in each other down to which an array of articles is looked for; interfaces of newspapers
#: return them two deep: ``{"response": {"results": [...]}}``.
_DEEPEST = 4
#: Elements of an array held back while none of it has been an article: tags and links have far
#: fewer, and as many rejects end a file.
_MOST_WAITING = 1_000
_REMEDY = "correct it"

_SPACE = re.compile(r"[ \t\n\r]*+")
_IN_STRING = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
#: All up to a bracket, or to a string that goes on behind this piece of text.
_FLAT = re.compile(r'(?:[^"\[\]{}]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+', re.DOTALL)
_SCALAR = re.compile(r'[^\s,:"\[\]{}]*+')
_BEGINS = re.compile(rb"(?:\[\s*)?\{\s*[\"}]")


class JsonDocument:
    """Reads an array of articles one at a time, an object that holds such an array, or one article.

    Objects one after another, and JSON Lines under the wrong name, are read as well.
    """

    name = "json_document"
    version = "1"
    suffixes = (".json",)
    media_type = "application/json"

    def recognises(self, head: bytes) -> bool:
        """Say whether bytes begin like an object, or an array of objects."""
        return bool(_BEGINS.match(head.removeprefix(codecs.BOM_UTF8).lstrip()))

    def read(self, file: RawFile) -> Iterator[FoundArticle | Reject]:
        """Yield the articles; UnreadableError where it is not JSON or there is none in it."""
        stream, encoding = in_utf8(file.stream)
        begin = stream.tell()
        if _is_lines(stream, file.settings.most_bytes):
            yield from JsonLines().read(file)
            return
        stream.seek(begin)
        legacy = _legacy(stream)
        columns = Columns(file.settings)
        reading = _Reading(stream, legacy or "utf-8", legacy or encoding, columns)
        if reading.begins_with("["):
            yield from reading.arrays()
        else:
            yield from reading.objects()
        if unseen := columns.unseen():
            yield Reject("all records", unseen)


def _is_lines(stream: BinaryIO, most_bytes: int) -> bool:
    """Say whether the first line is an object, and something follows it."""
    first = stream.readline(most_bytes)
    return JsonLines().recognises(first) and bool(stream.read(_CHUNK).strip())


def _legacy(stream: BinaryIO) -> str | None:
    """Return the encoding that the beginning of a stream is in, where that is not UTF-8."""
    begin = stream.tell()
    sample = stream.read(_CHUNK)
    is_all = not stream.read(1)
    stream.seek(begin)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=is_all)
    except UnicodeDecodeError:
        return decode(sample)[1]
    return None


class _Reading:
    """One pass over a document, telling articles from what is around them.

    ``codec`` is what the stream is in, ``encoding`` what the file was in.
    """

    def __init__(self, stream: BinaryIO, codec: str, encoding: str, columns: Columns) -> None:
        self._stream, self._codec, self._encoding = stream, codec, encoding
        self._columns = columns
        self._begin = stream.tell()
        self._count = 0
        self._restart()

    def _restart(self) -> None:
        self._stream.seek(self._begin)
        self._source = _Source(self._stream, self._codec, self._columns.settings.most_bytes)

    def begins_with(self, sign: str) -> bool:
        return self._source.peek() == sign

    def arrays(self) -> Iterator[FoundArticle | Reject]:
        """Yield the articles of the arrays that a document is."""
        while self.begins_with("["):
            yield from self._array()
        self._source.end()

    def objects(self) -> Iterator[FoundArticle | Reject]:
        """Yield the article that an object is, else those of the array that it holds.

        One that is longer than an article may be can only hold some.
        """
        try:
            article = self._article(self._source.value("{"), "the whole file")
        except UnreadableError as error:
            yield from self._held(error)
            return
        yield article
        while self.begins_with("{"):
            yield self._element()
        self._source.end()

    def _held(self, wrong: UnreadableError) -> Iterator[FoundArticle | Reject]:
        """Yield the articles that an object holds which is none itself, and why it is none."""
        self._restart()
        try:
            yield from self._members(1)
            self._source.end()
        except UnreadableError as error:
            raise error if self._count else wrong from error
        if not self._count:
            raise wrong

    def _members(self, depth: int) -> Iterator[FoundArticle | Reject]:
        """Yield the articles of the arrays that an object holds."""
        source = self._source
        source.take("{")
        while source.peek() != "}":
            source.value('"')
            source.take(":")
            begins = source.peek()
            if begins == "[":
                yield from self._array_of_articles()
            elif begins == "{" and depth < _DEEPEST:
                yield from self._members(depth + 1)
            else:
                source.value()
            if source.take(",}") == "}":
                return
        source.take("}")

    def _array_of_articles(self) -> Iterator[FoundArticle | Reject]:
        """Yield what is in an array, if any of it is an article; else it is something else."""
        before, is_articles = self._count, False
        waiting: list[FoundArticle | Reject] = []
        for found in self._array():
            waiting.append(found)
            is_articles = (
                is_articles or isinstance(found, FoundArticle) or len(waiting) > _MOST_WAITING
            )
            if is_articles:
                yield from waiting
                waiting.clear()
        if not is_articles:
            self._count = before

    def _array(self) -> Iterator[FoundArticle | Reject]:
        self._source.take("[")
        while self._source.peek() != "]":
            yield self._element()
            if self._source.take(",]") == "]":
                return
        self._source.take("]")

    def _element(self) -> FoundArticle | Reject:
        self._count += 1
        place = f"record {self._count}"
        source = self._source.value()
        try:
            return self._article(source, place)
        except UnreadableError as error:
            return Reject(place, str(error), source and source[:200])

    def _article(self, source: str | None, place: str) -> FoundArticle:
        if source is None:
            raise UnreadableError(
                f"it has more than the {self._columns.settings.most_bytes:,} bytes an article may "
                "have; split it, or raise BABELWIRE_MAX_ARTICLE_BYTES"
            )
        return self._columns.article(record(source, _REMEDY), place, self._encoding)


class _Source:
    """JSON text, of which no more is in memory than one value.

    Values are cut out by their brackets alone, so that a value which is wrong within, or too long,
    leaves those behind it to be read.
    """

    def __init__(self, stream: BinaryIO, codec: str, most: int) -> None:
        self._stream, self._most = stream, most
        self._decoder = codecs.getincrementaldecoder(codec)()
        self._text, self._at = "", 0

    def peek(self) -> str:
        """Return the next character that is not white space; none at the end."""
        while True:
            self._at = _behind(_SPACE, self._text, self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> str:
        """Return the next character, one of those wanted. Raises UnreadableError."""
        found = self.peek()
        if not found or found not in wanted:
            raise self._wrong(" or ".join(wanted))
        self._at += 1
        return found

    def end(self) -> None:
        """Raise UnreadableError where anything follows."""
        if self.peek():
            raise self._wrong("the end of the file")

    def value(self, wanted: str = "") -> str | None:
        """Return the source of the next value; None where it is longer than a value may be.

        Raises UnreadableError where the file breaks off in it, or it does not begin as wanted.
        """
        begins = self.peek()
        if not begins or begins not in (wanted or begins):
            raise self._wrong(wanted or "a value")
        if begins not in '"[{':
            return self._scalar()
        extent, kept, length = _Extent(), list[str](), 0
        while True:
            end = extent.end(self._text, self._at)
            kept.append(self._text[self._at : end])
            length += len(kept[-1])
            if length > self._most:
                kept.clear()
            self._at = len(self._text) if end is None else end
            if end is not None:
                return "".join(kept) if length <= self._most else None
            if not self._more():
                raise UnreadableError("the file breaks off in the middle; hand it over whole")

    def _scalar(self) -> str:
        while True:
            end = _behind(_SCALAR, self._text, self._at)
            if end < len(self._text) or end - self._at > self._most:
                break
            if not self._more():
                end = len(self._text)
                break
        if end == self._at or end - self._at > self._most:
            raise self._wrong("a value")
        value, self._at = self._text[self._at : end], end
        return value

    def _more(self) -> bool:
        """Read on, keeping what has not been taken; False at the end."""
        chunk = self._stream.read(_CHUNK)
        try:
            text = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise UnreadableError(
                f"byte {self._stream.tell() - len(chunk) + error.start} is not {error.encoding}, "
                "as all before it is; save the file as UTF-8"
            ) from error
        self._text, self._at = self._text[self._at :] + text, 0
        return bool(chunk)

    def _wrong(self, wanted: str) -> UnreadableError:
        found = self.peek()
        if not found:
            return UnreadableError("the file breaks off in the middle; hand it over whole")
        near = self._text[self._at : self._at + 20].encode("utf-8", "backslashreplace").decode()
        return UnreadableError(f"it is not JSON: {near!r} stands where {wanted} should; {_REMEDY}")


class _Extent:
    """Finds where an object, array or string ends, over as many pieces of text as it takes."""

    def __init__(self) -> None:
        self._depth, self._quoted, self._escaped = 0, False, False

    def end(self, text: str, at: int) -> int | None:
        """Return the position behind it; None where it goes on behind this piece."""
        if self._escaped and at < len(text):
            at, self._escaped = at + 1, False
        while True:
            if self._quoted:
                at = _behind(_IN_STRING, text, at)
                if at >= len(text) or text[at] == "\\":
                    self._escaped = text[at:] == "\\"
                    return None
                at, self._quoted = at + 1, False
            else:
                at = _behind(_FLAT, text, at) if self._depth else at
                if at >= len(text):
                    return None
                sign, at = text[at], at + 1
                self._quoted = sign == '"'
                self._depth += (sign in "[{") - (sign in "]}")
            if not self._depth and not self._quoted:
                return at


def _behind(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
