"""Every format, good and broken: what becomes rows, and what a reason, of one real folder."""

import bz2
import gzip
import io
import json
import lzma
import re
import tarfile
import zipfile
from collections import Counter
from datetime import datetime
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.intake.landing import read_files
from pipelines.intake.reader import ReadSettings
from pipelines.intake.sources.folder import Folder

#: Bytes of the largest article read here.
MOST = 2_000
ACCENTED = "Perché l'università è già così? Il caffè costa più di così, però è buono. " * 4
LONG = "x" * (2 * MOST)
BINARY = (b"\x89PNG\r\n\x1a\n" + bytes(32) + bytes(range(256))) * 3
EMPTY = "^the file is empty"
NOTHING = "^no article is in it"
NO_COLUMN = "there are: a, b; name the one that does in BABELWIRE_COLUMNS"
TOO_LONG = "2,000 bytes an article may have; split it, or raise BABELWIRE_MAX_ARTICLE_BYTES"
CUT_OFF = "was cut off"


class Case(NamedTuple):
    """A file: what is wrong with it, its bytes, the texts in it, and the reasons it gives."""

    format: str
    defect: str
    content: str | bytes
    texts: list[str]
    reasons: list[str]

    @property
    def path(self) -> str:
        return re.sub(r"[^\w.]+", "_", f"{self.format} {self.defect}") + SUFFIXES[self.format]


SUFFIXES = {
    "plain text": ".txt", "Markdown": ".md", "HTML": ".html", "MHTML": ".mhtml", "JSON": ".json",
    "JSON Lines": ".jsonl", "CSV": ".csv", "Parquet": ".parquet", "RSS": ".rss", "Atom": ".atom",
    "WARC": ".warc", "mail": ".eml", "gzip": ".jsonl.gz", "zstd": ".jsonl.zst", "zip": ".zip",
    "tar": ".tar",
}  # fmt: skip


def one(text: str, **more: Any) -> str:
    return json.dumps({"text": text, **more}, ensure_ascii=False)


def parquet(rows: dict[str, Any], **options: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(rows), stream, **options)
    return stream.getvalue()


def damaged(content: bytes) -> bytes:
    """Return a Parquet file whose pages are overwritten and whose footer is whole."""
    return content[:4] + b"\xff" * 60 + content[64:]


def page(text: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body><p>{text}</p></body></html>"


def archived(*parts: MIMEText) -> bytes:
    made = MIMEMultipart("related")
    for part in parts:
        made.attach(part)
    return made.as_bytes()


def rss(*items: str, head: str = '<?xml version="1.0"?>') -> str:
    entries = "".join(f"<item><title>T</title><description>{one}</description></item>" for one in items)
    return f'{head}<rss version="2.0"><channel><title>G</title>{entries}</channel></rss>'


def atom(*entries: str) -> str:
    written = "".join(
        f"<entry><id>{number}</id><title>T</title><content>{one}</content></entry>"
        for number, one in enumerate(entries)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title>{written}</feed>'


def warc(content: str | bytes, status: str = "200 OK", kind: str = "text/html") -> bytes:
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=False)
    payload = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    answer = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
    writer.write_record(
        writer.create_warc_record("https://g.example/a", "response", payload, http_headers=answer)
    )
    return stream.getvalue()


def zstd(content: bytes) -> bytes:
    stream = pa.BufferOutputStream()
    with pa.CompressedOutputStream(stream, "zstd") as compressed:
        compressed.write(content)
    return bytes(stream.getvalue())


def zipped(*members: tuple[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, member in members:
            archive.writestr(name, member)
    return content.getvalue()


def encrypted(content: bytes) -> bytes:
    """Return a zip whose first member says that it is encrypted."""
    made = bytearray(content)
    made[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def tarred(*members: tuple[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, member in members:
            written = member if isinstance(member, bytes) else member.encode()
            told = tarfile.TarInfo(name)
            told.size = len(written)
            archive.addfile(told, io.BytesIO(written))
    return content.getvalue()


def flipped(content: bytes, at: int) -> bytes:
    made = bytearray(content)
    made[at] ^= 0xFF
    return bytes(made)


GOOD = f"{one('Uno.')}\n{one('Due.')}\n"
UNO, DUE = ("uno.txt", "Uno."), ("due.txt", "Due.")
ACCENTED_PAGE = page(ACCENTED.strip(), '<meta charset="iso-8859-1">')

CASES = [
    # plain text
    Case("plain text", "good", "Uno.", ["Uno."], []),
    Case("plain text", "empty", "", [], [EMPTY]),
    Case("plain text", "blank", " \n\t", [], [EMPTY]),
    Case("plain text", "binary", BINARY, [], ["binary, not text"]),
    Case("plain text", "oversized", LONG, [], ["2,000 bytes an article may have"]),
    Case("plain text", "legacy encoding", ACCENTED.encode("cp1252"), [ACCENTED.strip()], []),
    Case("plain text", "half a character", b"\xff\xfeUno", [], ["begins like utf-16"]),
    # Markdown
    Case("Markdown", "good", "# Uno\n\nDue.", ["Uno\n\nDue."], []),
    Case("Markdown", "empty", "", [], [EMPTY]),
    Case("Markdown", "binary", BINARY, [], ["binary, not text"]),
    Case("Markdown", "oversized", LONG, [], ["2,000 bytes an article may have"]),
    Case("Markdown", "broken front matter", "---\na: b: c\n---\nUno.", ["Uno."], ["front matter: it is not YAML"]),
    Case("Markdown", "front matter without end", "---\ntitle: A\n\nUno.", ["title: A\n\nUno."], []),
    Case("Markdown", "legacy encoding", ACCENTED.encode("cp1252"), [ACCENTED.strip()], []),
    Case("Markdown", "too deep", "- " * 60 + "Uno.", [], ["over 20 deep in each other; write them flat"]),
    # JSON Lines
    Case("JSON Lines", "good", GOOD, ["Uno.", "Due."], []),
    Case("JSON Lines", "no last line break", GOOD.rstrip(), ["Uno.", "Due."], []),
    Case("JSON Lines", "blank lines", f"\n{GOOD}\n  \n", ["Uno.", "Due."], []),
    Case("JSON Lines", "marked", "\ufeff" + GOOD, ["Uno.", "Due."], []),
    Case("JSON Lines", "UTF-16", GOOD.encode("utf-16"), ["Uno.", "Due."], []),
    Case("JSON Lines", "empty", "", [], [EMPTY]),
    Case("JSON Lines", "binary", BINARY, [], ["binary, not text"]),
    Case("JSON Lines", "truncated", GOOD[:-5], ["Uno."], ["line 2: it is not JSON"]),
    Case("JSON Lines", "no JSON", f"{{text: 'x'}}\n{GOOD}", ["Uno.", "Due."], ["line 1: it is not JSON"]),
    Case("JSON Lines", "an array", f"[1]\n{GOOD}", ["Uno.", "Due."], ["line 1: it is an array, not an object"]),
    Case("JSON Lines", "no text", f'{{"a": 1, "b": 2}}\n{GOOD}', ["Uno.", "Due."], [f"line 1: .*{NO_COLUMN}"]),
    Case("JSON Lines", "text is none", f'{{"text": 5}}\n{GOOD}', ["Uno.", "Due."], ["line 1: .*type int"]),
    Case("JSON Lines", "oversized", f"{one(LONG)}\n{GOOD}", ["Uno.", "Due."], ["line 1: .*2,000 bytes"]),
    Case("JSON Lines", "a NUL byte", GOOD * 4 + '{"text": "a\0b"}\n', ["Uno.", "Due."] * 4, ["line 9: it is not JSON"]),
    Case("JSON Lines", "huge number", f'{{"text": "x", "n": {"9" * 1_900}}}\n', ["x"], []),
    Case("JSON Lines", "deep", '{"a":' + "[" * 1_990 + "\n" + GOOD, ["Uno.", "Due."], ["line 1: "]),
    Case("JSON Lines", "duplicate keys", '{"text": "a", "text": "b"}', ["b"], []),
    Case("JSON Lines", "legacy lines among UTF-8", one("Così.").encode() + b"\n" + one(ACCENTED.strip()).encode("cp1252") + b"\n", ["Così.", ACCENTED.strip()], []),
    # JSON
    Case("JSON", "an array", f"[{one('Uno.')},\n {one('Due.')}]", ["Uno.", "Due."], []),
    Case("JSON", "one article", one("Uno.", comments=[{"text": "No."}]), ["Uno."], []),
    Case("JSON", "an object that holds them", f'{{"status": "ok", "tags": [{{"name": "x"}}], "articles": [{one("Uno.")}, {one("Due.")}]}}', ["Uno.", "Due."], []),
    Case("JSON", "deeper", f'{{"a": {{"b": [{one("Uno.")}]}}, "n": 1}}', ["Uno."], []),
    Case("JSON", "JSON Lines", GOOD, ["Uno.", "Due."], []),
    Case("JSON", "one after another", '{\n"text": "Uno."}\n{\n"text": "Due."}', ["Uno.", "Due."], []),
    Case("JSON", "trailing comma", f"[{one('Uno.')},]", ["Uno."], []),
    Case("JSON", "legacy encoding", f"[{one(ACCENTED.strip())}]".encode("cp1252"), [ACCENTED.strip()], []),
    Case("JSON", "UTF-16", f"[{one('Però.')}]".encode("utf-16"), ["Però."], []),
    Case("JSON", "empty", "", [], [EMPTY]),
    Case("JSON", "no records", "[]", [], [NOTHING]),
    Case("JSON", "binary", BINARY, [], ["binary, not text"]),
    Case("JSON", "no JSON", "text = 'x'", [], ["it is not JSON: .*text"]),
    Case("JSON", "truncated in a record", f'[{one("Uno.")}, {{"text": "D', ["Uno."], ["breaks off"]),
    Case("JSON", "truncated between", f"[{one('Uno.')}", ["Uno."], ["the file breaks off"]),
    Case("JSON", "a bad record", f'[{{text: "x"}}, {one("Due.")}]', ["Due."], ["record 1: it is not JSON"]),
    Case("JSON", "no comma", f"[{one('Uno.')} {one('Due.')}]", ["Uno."], [".*stands where , or \\]"]),
    Case("JSON", "oversized record", f"[{one(LONG)}, {one('Due.')}]", ["Due."], ["record 1: .*2,000 bytes"]),
    Case("JSON", "not objects", f'["x", 5, {one("Due.")}]', ["Due."], ["record 1: it is a string", "record 2: it is a number"]),
    Case("JSON", "no text", '{"a": 1, "b": [{"c": 2}]}', [], [NO_COLUMN]),
    Case("JSON", "bad ones in an object larger than an article", f'{{"note": "{LONG}", "articles": [{{"a": 1}}, {one("Due.")}], "more": 1', ["Due."], ["record 1: no column", "the file breaks off"]),
    Case("JSON", "a deep array", "[" * 1_999, [], ["breaks off"]),
    # CSV
    Case("CSV", "good", "id,text\n1,Uno.\n2,Due.\n", ["Uno.", "Due."], []),
    Case("CSV", "semicolons", "id;text\n1;Uno, due.\n2;Tre.\n", ["Uno, due.", "Tre."], []),
    Case("CSV", "tabs, no quoting", 'id\ttext\n1\t"Uno" due.\n2\tTre.\n', ['"Uno" due.', "Tre."], []),
    Case("CSV", "stated delimiter", "sep=;\nid;text\n1;Uno.\n", ["Uno."], []),
    Case("CSV", "backslashes", 'id,text\n1,"\\"Uno\\", due."\n2,Tre.\n', ['"Uno", due.', "Tre."], []),
    Case("CSV", "one column", "text\nUno, due.\nTre.\n", ["Uno, due.", "Tre."], []),
    Case("CSV", "line breaks within", 'text,id\r\n"Uno\r\n\r\ndue.",1\r\n', ["Uno\r\n\r\ndue."], []),
    Case("CSV", "marked", "\ufefftext,id\nUno.,1\n", ["Uno."], []),
    Case("CSV", "legacy encoding", f'id,text\n1,"{ACCENTED}"\n'.encode("cp1252"), [ACCENTED.strip()], []),
    Case("CSV", "UTF-16", "id\ttext\n1\tPerò.\n".encode("utf-16"), ["Però."], []),
    Case("CSV", "empty", "", [], [EMPTY]),
    Case("CSV", "header alone", "id,text\n", [], [NOTHING]),
    Case("CSV", "binary", BINARY, [], ["binary, not text"]),
    Case("CSV", "no text column", "a,b\n1,2\n", [], [NO_COLUMN]),
    Case("CSV", "too few fields", "id,text\n1\n2,Due.\n", ["Due."], ["line 2: it has 1 fields and the header 2"]),
    Case("CSV", "too many fields", "id,text\n1,Uno, due.\n2,Due.\n", ["Due."], ["line 2: it has 3 fields"]),
    Case("CSV", "empty text", "id,text\n1,\n2,Due.\n", ["Due."], ["line 2: its text is empty"]),
    Case("CSV", "an open quotation mark", 'id,text\n1,Uno.\n2,"Due.\n3,Tre.\n4,Quattro.\n', ["Uno.", "Tre.", "Quattro."], ["line 3: its quotation marks do not match"]),
    Case("CSV", "bad escapes", 'id,text\n1,"a "b" c"\n2,Due.\n3,"Tre."\n', ["Due.", "Tre."], ["line 2: its quotation"]),
    Case("CSV", "truncated", 'id,text\n1,Uno.\n2,"Due', ["Uno."], ["line 3: its quotation marks"]),
    Case("CSV", "oversized line", f"id,text\n1,{LONG}\n2,Due.\n", ["Due."], ["line 2: .*2,000 bytes"]),
    Case("CSV", "oversized record", 'id,text\n1,Uno.\n2,"' + "x\n" * MOST, ["Uno."], ["line 3: a quotation mark in it is not closed", *["line .*: it has 1 fields"] * (MOST - 1)]),
    # Parquet
    Case("Parquet", "good", parquet({"text": ["Uno.", "Due."]}), ["Uno.", "Due."], []),
    Case("Parquet", "text as bytes", parquet({"text": [ACCENTED.encode("cp1252")]}), [ACCENTED.strip()], []),
    Case("Parquet", "empty", b"", [], ["the file is no Parquet, or damaged"]),
    Case("Parquet", "no rows", parquet({"text": pa.array([], pa.string())}), [], [NOTHING]),
    Case("Parquet", "truncated", parquet({"text": ["Uno."]})[:-20], [], ["damaged"]),
    Case("Parquet", "garbage", BINARY, [], ["the file is no Parquet"]),
    Case("Parquet", "damaged pages", damaged(parquet({"text": ["Uno."] * 50})), [], ["damaged"]),
    Case("Parquet", "no text column", parquet({"a": [1], "b": [2]}), [], [NO_COLUMN]),
    Case("Parquet", "text is none", parquet({"text": [1]}), [], ["row 1: its text is of type int"]),
    Case("Parquet", "a bad row", parquet({"text": ["Uno.", None, "Tre."]}), ["Uno.", "Tre."], ["row 2: its text is empty"]),
    Case("Parquet", "oversized row", parquet({"text": [LONG, "Due."]}), ["Due."], ["row 1: .*2,000 bytes"]),
    Case("Parquet", "a string that is no UTF-8", parquet({"text": pa.StringArray.from_buffers(2, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pa.py_buffer(b"\xffx"))}), ["x"], ["row 1: a value of it cannot be read"]),
    # mail
    Case("mail", "good", "Subject: x\n\nUno.", ["Uno."], []),
    Case("mail", "empty", "", [], [EMPTY]),
    Case("mail", "no header", "Uno.", [], ["the file is no mail"]),
    Case("mail", "header alone", "Subject: x\n\n", [], ["the mail has no text"]),
    Case("mail", "binary", b"Subject: x\n\n" + BINARY, [], ["the mail has no text; .*binary"]),
    Case("mail", "oversized", f"Subject: x\n\n{LONG}", [], ["2,000 bytes"]),
    Case("mail", "truncated", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nUno.\n\n--b\nContent-Type: text/pl", ["Uno."], ["attachment text/pl: it is not read"]),
    Case("mail", "no boundary", "Content-Type: multipart/mixed\n\n--b\n\nUno.", [], ["the mail has no text; attachment multipart/mixed"]),
    Case("mail", "base64 that is none", "Subject: x\nContent-Transfer-Encoding: base64\n\nVW5vLg=\n", ["Uno."], []),
    # HTML
    Case("HTML", "good", page("Uno."), ["Uno."], []),
    Case("HTML", "legacy encoding", ACCENTED_PAGE.encode("cp1252"), [ACCENTED.strip()], []),
    Case("HTML", "wrong encoding declared", ACCENTED_PAGE.encode(), [ACCENTED.strip()], []),
    Case("HTML", "truncated", page("Uno.")[:-14], ["Uno."], []),
    Case("HTML", "empty", "", [], [EMPTY]),
    Case("HTML", "binary", BINARY, [], ["binary, not text"]),
    Case("HTML", "oversized", page(LONG), [], [TOO_LONG]),
    Case("HTML", "drawn by scripts", "<html><body><script src=a></script>", [], ["save it as rendered by a browser"]),
    Case("HTML", "a frameset", "<frameset><frame src=a.htm></frameset>", [], ["save the frame of the article"]),
    Case("HTML", "compressed as sent", gzip.compress(page("Uno.").encode()), ["Uno."], []),
    Case("HTML", "a feed", rss("Uno."), ["Uno."], []),
    # MHTML
    Case("MHTML", "good", archived(MIMEText("p {}", "css"), MIMEText(page("Uno."), "html")), ["Uno."], []),
    Case("MHTML", "legacy encoding", archived(MIMEText(ACCENTED_PAGE, "html", "iso-8859-1")), [ACCENTED.strip()], []),
    Case("MHTML", "empty", "", [], ["holds no page; save the page as HTML"]),
    Case("MHTML", "truncated", archived(MIMEText("p {}", "css"), MIMEText(page("Uno."), "html"))[:250], [], ["holds no page"]),
    Case("MHTML", "binary", BINARY, [], ["holds no page"]),
    Case("MHTML", "oversized", archived(MIMEText(page(LONG), "html")), [], [TOO_LONG]),
    Case("MHTML", "no page", archived(MIMEText("p {}", "css")), [], ["holds no page"]),
    Case("MHTML", "a page without text", archived(MIMEText("<body></body>", "html")), [], ["the page has no text"]),
    # RSS
    Case("RSS", "good", rss("Uno.", "Due."), ["Uno.", "Due."], []),
    Case("RSS", "legacy encoding", rss(ACCENTED.strip(), head='<?xml version="1.0" encoding="iso-8859-1"?>').encode("cp1252"), [ACCENTED.strip()], []),
    Case("RSS", "empty", "", [], [EMPTY]),
    Case("RSS", "truncated", rss("Uno.", "Due.")[:-60], ["Uno."], ["the rest of the feed: "]),
    Case("RSS", "binary", BINARY, [], ["binary, not text"]),
    Case("RSS", "an entry oversized", rss(LONG, "Due."), ["Due."], ["entry 1: .*2,000 bytes an article may have"]),
    Case("RSS", "an entry without text", rss("", "Due."), ["Due."], ["entry 1: it has no text"]),
    Case("RSS", "no entries", rss(), [], ["the feed has no entries"]),
    Case("RSS", "no feed", "<opml><body/></opml>", [], ["no feed"]),
    Case("RSS", "a page", page("Uno."), ["Uno."], []),
    # Atom
    Case("Atom", "good", atom("Uno.", "Due."), ["Uno.", "Due."], []),
    Case("Atom", "UTF-16", atom("Però.").encode("utf-16"), ["Però."], []),
    Case("Atom", "empty", "", [], [EMPTY]),
    Case("Atom", "truncated", atom("Uno.", "Due.")[:-30], ["Uno."], ["the rest of the feed: "]),
    Case("Atom", "binary", BINARY, [], ["binary, not text"]),
    Case("Atom", "an entry oversized", atom(LONG, "Due."), ["Due."], ["entry 1: .*2,000 bytes an article may have"]),
    Case("Atom", "an entry without text", atom("", "Due."), ["Due."], ["entry 1: it has no text"]),
    Case("Atom", "no entries", atom(), [], ["the feed has no entries"]),
    # WARC
    Case("WARC", "good", warc(page("Uno.")) + warc(page("Due.")), ["Uno.", "Due."], []),
    Case("WARC", "legacy encoding", warc(ACCENTED_PAGE.encode("cp1252")), [ACCENTED.strip()], []),
    Case("WARC", "empty", "", [], [NOTHING]),
    Case("WARC", "truncated", warc(page("Uno.")) + warc(page("Due."))[:-40], ["Uno."], ["record 2: the record breaks off"]),
    Case("WARC", "binary", BINARY, [], ["record 1: no record begins here"]),
    Case("WARC", "a page oversized", warc(page(LONG)) + warc(page("Due.")), ["Due."], ["record 1: .*2,000 bytes an article may have"]),
    Case("WARC", "a broken record", warc(page("Uno.")).replace(b"Content-Length: ", b"Content-Length: -") + warc(page("Due.")), ["Due."], ["record 1: no record begins here"]),
    Case("WARC", "errors and pictures", warc("", "404 Not Found") + warc(BINARY, kind="image/png"), [], ["2 records hold no page .1 with status 404, 1 image/png.;"]),
    Case("WARC", "pages beside others", warc("", "301 Moved") + warc(page("Due.")), ["Due."], ["other records: 1 records hold no page"]),
    # gzip
    Case("gzip", "good", gzip.compress(GOOD.encode()), ["Uno.", "Due."], []),
    Case("gzip", "several members", gzip.compress(one("Uno.").encode() + b"\n") + gzip.compress(one("Due.").encode()), ["Uno.", "Due."], []),
    Case("gzip", "legacy encoding within", gzip.compress(one(ACCENTED.strip()).encode("cp1252")), [ACCENTED.strip()], []),
    Case("gzip", "empty", "", [], [EMPTY]),
    Case("gzip", "nothing within", gzip.compress(b""), [], ["member .*: the file is empty"]),
    Case("gzip", "truncated", gzip.compress(GOOD.encode() * 9)[:-9], ["Uno.", "Due."] * 9, [f"member .*: .*{CUT_OFF}"]),
    Case("gzip", "wrong checksum", flipped(gzip.compress(GOOD.encode()), -7), ["Uno.", "Due."], ["member .*: .*CRC"]),
    Case("gzip", "binary", BINARY, [], ["it is damaged or was cut off"]),
    Case("gzip", "binary within", gzip.compress(BINARY), [], ["member .*: .*binary, not text"]),
    Case("gzip", "a line oversized", gzip.compress(f"{one(LONG)}\n{GOOD}".encode()), ["Uno.", "Due."], ["member .*, line 1: .*2,000 bytes"]),
    Case("gzip", "not compressed", GOOD, [], ["Not a gzipped file"]),
    # zstd
    Case("zstd", "good", zstd(GOOD.encode()), ["Uno.", "Due."], []),
    Case("zstd", "several frames", zstd(one("Uno.").encode() + b"\n") + zstd(one("Due.").encode()), ["Uno.", "Due."], []),
    Case("zstd", "empty", "", [], [EMPTY]),
    Case("zstd", "truncated", zstd(GOOD.encode())[:-9], [], [CUT_OFF]),
    Case("zstd", "wrong checksum", flipped(zstd(GOOD.encode() * 99), 40), [], ["it is damaged"]),
    Case("zstd", "not compressed", GOOD, [], ["it is damaged"]),
    Case("zstd", "binary", BINARY, [], ["it is damaged or was cut off"]),
    Case("zstd", "binary within", zstd(BINARY), [], ["member .*: .*binary, not text"]),
    Case("zstd", "a line oversized", zstd(f"{one(LONG)}\n{GOOD}".encode()), ["Uno.", "Due."], ["member .*, line 1: .*2,000 bytes"]),
    # zip
    Case("zip", "good", zipped(UNO, DUE), ["Uno.", "Due."], []),
    Case("zip", "legacy encoding within", zipped(("a.txt", ACCENTED.encode("cp1252"))), [ACCENTED.strip()], []),
    Case("zip", "empty", "", [], [EMPTY]),
    Case("zip", "no members", zipped(), [], [NOTHING]),
    Case("zip", "truncated", zipped(UNO, DUE)[:-30], [], [CUT_OFF]),
    Case("zip", "binary", BINARY, [], ["it is damaged or was cut off"]),
    Case("zip", "encrypted", encrypted(zipped(UNO, DUE)), ["Due."], ["member uno.txt: it is encrypted"]),
    Case("zip", "wrong checksum", zipped(UNO, DUE, method=zipfile.ZIP_STORED).replace(b"Uno.", b"uno."), ["Due."], ["member uno.txt: .*Bad CRC"]),
    Case("zip", "a name that leads out", zipped(("../uno.txt", "Uno."), DUE), ["Due."], ["member ../uno.txt: .*leads out"]),
    Case("zip", "a member oversized", zipped(("uno.txt", LONG), DUE), ["Due."], ["member uno.txt: .*2,000 bytes"]),
    Case("zip", "a member of no format", zipped(("a.png", BINARY), DUE), ["Due."], ["member a.png: no reader for .png"]),
    Case("zip", "an archive within", zipped(("a.tgz", gzip.compress(tarred(UNO)))), ["Uno."], []),
    # tar
    Case("tar", "good", tarred(UNO, DUE), ["Uno.", "Due."], []),
    *[
        Case("tar", name, pack(tarred(UNO, DUE)), ["Uno.", "Due."], [])
        for name, pack in (("gzip", gzip.compress), ("zstd", zstd), ("bzip2", bz2.compress), ("xz", lzma.compress))
    ],
    Case("tar", "empty", "", [], [EMPTY]),
    Case("tar", "no members", tarred(), [], [NOTHING]),
    Case("tar", "truncated in a member", tarred(UNO, ("due.txt", "Due. " * 300))[:2_000], ["Uno."], [f"member due.txt: .*{CUT_OFF}", f"the rest of the file: .*{CUT_OFF}"]),
    Case("tar", "truncated between", tarred(UNO, DUE)[:2048], ["Uno.", "Due."], ["behind member due.txt: the archive has no end"]),
    Case("tar", "binary", BINARY, [], ["it is no tar"]),
    Case("tar", "a header damaged", flipped(tarred(UNO, DUE, ("tre.txt", "Tre.")), 1024 + 150), ["Uno.", "Tre."], ["behind member uno.txt: a header is damaged"]),
    Case("tar", "a member oversized", tarred(("uno.txt", LONG), DUE), ["Due."], ["member uno.txt: .*2,000 bytes"]),
    Case("tar", "a name that leads out", tarred(("../uno.txt", "Uno."), DUE), ["Due."], ["member ../uno.txt: .*leads out"]),
    Case("tar", "compression damaged", flipped(gzip.compress(tarred(UNO, DUE)), 60), [], ["damaged"]),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[str], list[str]]]:
    """Return of each file of a folder that holds all cases its texts and its reasons."""
    folder = tmp_path_factory.mktemp("landing")
    for case in CASES:
        content = case.content if isinstance(case.content, bytes) else case.content.encode()
        (folder / case.path).write_bytes(content)
    source = Folder(str(folder))
    listed = pl.concat(source.listing())
    landed = list(read_files(source, listed, datetime(2026, 11, 22), ReadSettings(MOST)))
    files, rejects, articles = (
        pl.concat([getattr(piece, name) for piece in landed])
        for name in ("raw_files", "raw_rejects", "raw_articles")
    )
    found: dict[str, tuple[list[str], list[str]]] = {path: ([], []) for path in files["path"]}
    paths = dict(files.select("file_id", "path").rows())
    for path, text, start, end in articles.sort("source_path", "ordinal").select(
        "source_path", "text", "body_start", "body_end"
    ).iter_rows():
        found[path][0].append(text[start:end])
    for file_id, place, reason in rejects.select("file_id", "place", "reason").iter_rows():
        found[paths[file_id]][1].append(f"{place}: {reason}")
    for path, reason in files.drop_nulls("reason").select("path", "reason").unique().iter_rows():
        if not found[path][1]:
            found[path][1].append(reason)
    return found


@pytest.mark.parametrize("case", CASES, ids=[f"{case.format}: {case.defect}" for case in CASES])
def test_a_file_is_its_articles_or_a_reason(
    case: Case, told: dict[str, tuple[list[str], list[str]]]
) -> None:
    texts, reasons = told[case.path]
    assert texts == case.texts
    assert len(reasons) == len(case.reasons), reasons
    for reason, wanted in zip(reasons, case.reasons, strict=True):
        assert re.search(wanted, reason), reason


def test_every_format_is_here_good_and_broken_in_five_ways() -> None:
    assert len({case.path for case in CASES}) == len(CASES)
    broken = Counter(case.format for case in CASES if case.reasons)
    good = Counter(case.format for case in CASES if case.texts and not case.reasons)
    assert set(good) == set(broken) == set(SUFFIXES)
    assert min(broken.values()) >= 5


def test_every_reader_and_container_is_here() -> None:
    from pipelines.intake.containers import is_container
    from pipelines.intake.readers import READERS, reader_of

    named = [suffix for suffix in SUFFIXES.values() if not is_container(f"a{suffix}", b"")]
    assert {reader_of(f"a{suffix}").name for suffix in named} == {one.name for one in READERS}
