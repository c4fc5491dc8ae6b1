"""Archives of crawls (WARC): one article a page."""

import io
import re
import zlib
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, cast

from pipelines.intake.decoding import decode, without_edges
from pipelines.intake.pages import decoded, page
from pipelines.intake.reader import Declaration, FoundArticle, RawFile, Reject, UnreadableError
from pipelines.intake.readers.web_page import WebPage

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord
    from warcio.statusandheaders import StatusAndHeaders

_MAGIC, _GZIP_MAGIC = b"WARC/", b"\x1f\x8b\x08"
#: What is read of a record; other records are known by what they are instead.
_PAGE, _TEXT, _NOTHING = "page", "text", ""
#: Records that tell of the crawl and not what it found.
_OF_THE_CRAWL = ("warcinfo", "request", "metadata")
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
#: Statuses with which a server sends what was asked for.
_FOUND = ("200", "203")
#: What the transfer says of an article. When it was fetched is no date of its publication.
_TRANSFER = {"language": "Content-Language", "modified": "Last-Modified"}
_CODECS = {"gzip": "gzip", "x-gzip": "gzip", "br": "brotli", "zstd": "zstd"}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"\s*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
#: Bytes of a header's line; addresses of pages stay under 8,000.
_LONGEST_LINE = 1 << 16
#: Bytes read, passed over or searched at once.
_CHUNK = 1 << 16
#: Kinds of other records that are named; a crawl has some tens.
_NAMED = 8
_NO_HEADER = "no record begins here, or its header is damaged; make the archive again"
#: What warcio makes of a header that breaks the rules, beside what it says is wrong with it.
_PARSER_FAULTS = (EOFError, ValueError, AttributeError)


class WebArchive:
    """Reads the pages of a WARC file, and the texts that others have made of pages (WET).

    What is no page (pictures, redirects, errors, pages not changed since an earlier visit) is
    counted in one reject. Behind a broken record reading goes on with the next that is found.
    """

    name = "web_archive"
    version = "1"
    suffixes = (".warc", ".warc.gz", ".wet")
    media_type = "application/warc"

    def recognises(self, head: bytes) -> bool:
        """Say whether bytes begin with a record."""
        return head.startswith(_MAGIC)

    def read(self, file: RawFile) -> Iterator[FoundArticle | Reject]:
        """Yield the article of each page; UnreadableError where there is none."""
        others, pages = Counter[str](), 0
        most_bytes = file.settings.most_bytes
        for number, record in enumerate(_records(file.stream, most_bytes), 1):
            place = f"record {number}"
            if isinstance(record, UnreadableError):
                yield Reject(place, str(record))
            elif record.holds in (_PAGE, _TEXT):
                pages += 1
                yield from _articles(record, place, most_bytes)
            elif record.holds:
                others[record.holds] += 1
        if others:
            named = ", ".join(f"{count:,} {holds}" for holds, count in others.most_common(_NAMED))
            told = f"{others.total():,} records hold no page ({named})"
            if not pages:
                raise UnreadableError(f"{told}; hand over an archive of pages")
            yield Reject("other records", f"{told}; hand over apart which of these are articles")


@dataclass(frozen=True)
class _Record:
    """A record: what it holds, its header, that of the server's answer, its content if needed."""

    holds: str
    header: "StatusAndHeaders"
    answer: "StatusAndHeaders | None"
    content: bytes

    @property
    def address(self) -> str | None:
        """The address it was fetched from."""
        address = self.header.get_header("WARC-Target-URI")
        return str(address) if address else None


# -- from a record to its article ----------------------------------------------------------


def _articles(record: _Record, place: str, most_bytes: int) -> Iterator[FoundArticle | Reject]:
    """Yield the article of a page or a text, else why it has none."""
    try:
        content = _payload(record, most_bytes)
        if len(content) > most_bytes:
            raise UnreadableError(
                f"it has more than the {most_bytes:,} bytes an article may have; raise "
                "BABELWIRE_MAX_ARTICLE_BYTES"
            )
        found = _text(record, content) if record.holds == _TEXT else _page(record, content)
    except UnreadableError as error:
        yield Reject(place, str(error), record.address)
        return
    yield replace(found, declared=(*found.declared, *_declared(record)), place=place)
    if cut := record.header.get_header("WARC-Truncated"):
        yield Reject(
            f"{place}, its end",
            f"the crawler stopped within it ({cut}), what follows is missing; fetch it again",
            record.address,
        )


def _page(record: _Record, content: bytes) -> FoundArticle:
    told = _CHARSET.search(_header(record, "Content-Type"))
    markup, encoding = decoded(content, told[1] if told else None)
    return page(markup, encoding, record.address)


def _text(record: _Record, content: bytes) -> FoundArticle:
    text, encoding = decode(content)
    return FoundArticle(text, *without_edges(text), key=record.address, encoding=encoding)


def _declared(record: _Record) -> Iterator[Declaration]:
    if record.address:
        yield Declaration("address", record.address, "warc")
    for of, name in _TRANSFER.items():
        value = _header(record, name)
        # Servers that make pages when asked date their last change to that moment.
        if value and value != _header(record, "Date"):
            yield Declaration(of, value, "warc")


def _header(record: _Record, name: str) -> str:
    said = record.answer or record.header
    return str(said.get_header(name) or "")


def _payload(record: _Record, most_bytes: int) -> bytes:
    """Return the content without the codings of its transfer, cut where it becomes too large."""
    if record.header.get_header("WARC-Segment-Number"):
        raise UnreadableError("it lies in several segments; write the archive with whole records")
    content = record.content
    if len(content) > most_bytes:
        return content
    if "chunked" in _header(record, "Transfer-Encoding").lower():
        content = _without_chunks(content)
    for coding in reversed(_header(record, "Content-Encoding").lower().split(",")):
        content = _decompressed(content, coding.strip(), most_bytes)
    return content


def _without_chunks(content: bytes) -> bytes:
    """Return a content that was sent in chunks; many archives hold it whole already."""
    pieces, at = list[bytes](), 0
    while size := _CHUNK_SIZE.match(content, at):
        at = size.end() + int(size[1], 16)
        if at == size.end():
            return b"".join(pieces)
        pieces.append(content[size.end() : at])
    if pieces:
        raise UnreadableError("the page was not received to its end; fetch it again")
    return content


def _decompressed(content: bytes, coding: str, most_bytes: int) -> bytes:
    """Return a content that was sent compressed; many archives hold it plain already."""
    import pyarrow as pa

    try:
        if coding == "deflate":
            return _inflated(content, most_bytes)
        if codec := _CODECS.get(coding):
            stream = pa.CompressedInputStream(pa.BufferReader(content), codec)
            return cast(bytes, stream.read(most_bytes + 1))
    except (OSError, zlib.error) as error:
        if not content.lstrip().startswith(b"<"):
            raise UnreadableError(
                f"its compression ({coding}) is damaged or was cut off; fetch it again"
            ) from error
    return content


def _inflated(content: bytes, most_bytes: int) -> bytes:
    """Return what was deflated, with the frame that the rules ask for or, as often, without."""
    try:
        return zlib.decompressobj().decompress(content, most_bytes + 1)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, most_bytes + 1)


# -- from the file to its records ----------------------------------------------------------


def _records(stream: BinaryIO, most_bytes: int) -> Iterator[_Record | UnreadableError]:
    """Yield the records of a file; in the place of a broken one, what is wrong with it."""
    stream.seek(0)
    is_gzip = stream.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    begin: int | None = 0
    while begin is not None:
        reading = _Reading(stream, begin, is_gzip)
        try:
            while record := reading.record(most_bytes):
                yield record
            return
        except UnreadableError as error:
            yield error
        search = _next_member if is_gzip else _next_record
        begin = search(stream, reading.begin + 1)


class _Reading:
    """The records of a file from one of them on, up to one that is broken."""

    def __init__(self, stream: BinaryIO, begin: int, is_gzip: bool) -> None:
        stream.seek(begin)
        self._members = _Members(stream, begin) if is_gzip else None
        self._content = io.BufferedReader(self._members, _CHUNK) if self._members else stream
        self._line = b""
        self._wrong: UnreadableError | None = None
        self.begin = begin

    def readline(self, size: int = _LONGEST_LINE) -> bytes:
        """Return a line of a header, of which no more is held than one may have."""
        return self._content.readline(min(size, _LONGEST_LINE))

    def read(self, size: int) -> bytes:
        """Return so many bytes."""
        return self._content.read(size)

    def record(self, most_bytes: int) -> _Record | None:
        """Return the next record, None at the end. Raises UnreadableError where it is broken."""
        self._begin()
        if self._wrong:
            raise self._wrong
        if not self._line:
            return None
        parsed = self._parsed()
        holds = _holding(parsed)
        content = parsed.raw_stream.read(most_bytes + 1) if holds in (_PAGE, _TEXT) else b""
        while parsed.raw_stream.limit and parsed.raw_stream.read(_CHUNK):
            pass
        if parsed.raw_stream.limit:
            raise UnreadableError("the record breaks off; hand the archive over again, whole")
        self._end()
        if holds == _PAGE and not _type(parsed) and not WebPage().recognises(content):
            holds = "of no type"
        return _Record(holds, parsed.rec_headers, parsed.http_headers, content)

    def _begin(self) -> None:
        """Note where the next record begins."""
        try:
            self._line = self._line or self._next_line()
        except UnreadableError as error:
            self._wrong = error
        here = self._content.tell() - len(self._line)
        self.begin = self._members.member(here) if self._members else here

    def _end(self) -> None:
        """Look at what follows a record: a blank line, another record, or nothing."""
        self._line = b""
        try:
            line = self.readline()
            self._line = line if line.strip() else self._next_line()
        except UnreadableError as error:
            if self._members and self._members.begin == self.begin:
                raise
            # It is another that is broken.
            self._wrong = error
            return
        if line.strip() and not line.startswith(_MAGIC):
            raise UnreadableError(
                "the record is longer or shorter than it says (Content-Length); make the archive "
                "again"
            )

    def _next_line(self) -> bytes:
        while (line := self.readline()) and not line.strip():
            pass
        return line

    def _parsed(self) -> "ArcWarcRecord":
        """Return the record that begins here, of which the headers have been read."""
        from warcio.exceptions import ArchiveLoadFailed
        from warcio.recordloader import ArcWarcRecordLoader

        loader = ArcWarcRecordLoader(verify_http=False, arc2warc=False)
        try:
            record = loader.parse_record_stream(self, self._line, known_format="warc")
        except UnreadableError:
            raise
        except (ArchiveLoadFailed, *_PARSER_FAULTS) as error:
            raise UnreadableError(_NO_HEADER) from error
        if not str(record.rec_headers.get_header("Content-Length")).isdecimal():
            raise UnreadableError(_NO_HEADER)
        return record


def _holding(record: "ArcWarcRecord") -> str:
    """Return what a record holds."""
    kind = str(record.rec_type or "of no kind")
    if kind in _OF_THE_CRAWL:
        return _NOTHING
    if kind not in ("response", "resource", "conversion"):
        return kind
    status = str(record.http_headers.get_statuscode()) if record.http_headers else _FOUND[0]
    if status not in _FOUND:
        return f"with status {status}"
    media_type = _type(record)
    if kind == "conversion" and media_type == "text/plain":
        return _TEXT
    return _PAGE if media_type in ("", *_PAGE_TYPES) else media_type


def _type(record: "ArcWarcRecord") -> str:
    said = (record.http_headers or record.rec_headers).get_header("Content-Type")
    return str(said or "").partition(";")[0].strip().lower()


class _Members(io.RawIOBase):
    """The members of a gzip file from one of them on, unpacked, as one stream."""

    def __init__(self, stream: BinaryIO, begin: int) -> None:
        self._stream, self._waiting = stream, b""
        self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._length = 0
        #: Where the member lies that is being unpacked.
        self.begin = begin
        self._begins = deque([(0, begin)])

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def tell(self) -> int:
        """Return how many bytes have been unpacked."""
        return self._length

    def member(self, position: int) -> int:
        """Return where the member lies that holds a position; positions never go back."""
        while len(self._begins) > 1 and self._begins[1][0] <= position:
            self._begins.popleft()
        return self._begins[0][1]

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        """Unpack on, not beyond the end of a member. Raises UnreadableError where it is broken."""
        piece = b""
        while not piece:
            if self._inflater.eof and not self._next():
                return 0
            self._waiting = self._waiting or self._stream.read(_CHUNK)
            if not self._waiting:
                raise UnreadableError("the file was cut off here; hand it over again, whole")
            try:
                piece = self._inflater.decompress(self._waiting, len(buffer))
            except zlib.error as error:
                raise UnreadableError(
                    f"its compression is damaged ({error}); hand it over again"
                ) from error
            self._waiting = self._inflater.unconsumed_tail or self._inflater.unused_data
        buffer[: len(piece)] = piece
        self._length += len(piece)
        return len(piece)

    def _next(self) -> bool:
        """Begin the next member; False at the end of the file."""
        self._waiting = self._waiting or self._stream.read(_CHUNK)
        if not self._waiting.strip(b"\x00"):
            return False
        self.begin = self._stream.tell() - len(self._waiting)
        self._begins.append((self._length, self.begin))
        self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        return True


def _next_member(stream: BinaryIO, begin: int) -> int | None:
    """Return where the next gzip member lies that begins with a record."""
    for place in _places(stream, _GZIP_MAGIC, begin):
        stream.seek(place)
        head = stream.read(_CHUNK)
        try:
            unpacked = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head, _CHUNK)
        except zlib.error:
            continue
        if unpacked.startswith(_MAGIC):
            return place
    return None


def _next_record(stream: BinaryIO, begin: int) -> int | None:
    """Return where the next line lies that begins a record."""
    line_break = next(_places(stream, b"\n" + _MAGIC, begin), None)
    return None if line_break is None else line_break + 1


def _places(stream: BinaryIO, sign: bytes, begin: int) -> Iterator[int]:
    while True:
        stream.seek(begin)
        chunk = stream.read(_CHUNK)
        for found in re.finditer(re.escape(sign), chunk):
            yield begin + found.start()
        if len(chunk) < len(sign):
            return
        begin += len(chunk) - len(sign) + 1
