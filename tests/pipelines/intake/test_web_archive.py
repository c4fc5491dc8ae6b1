import gzip
import io
import zlib
from collections.abc import Callable, Iterable

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.intake.reader import FoundArticle, RawFile, ReadSettings, UnreadableError
from pipelines.intake.readers.web_archive import WebArchive

SENTENCE = "Il ponte sullo Stretto non si farà più, dice il ministro nella sua città."
Header = list[tuple[str, str]]


def typed(media_type: str, **more: str) -> Header:
    return [("Content-Type", media_type), *((name.replace("_", "-"), more[name]) for name in more)]


def markup(text: str = SENTENCE) -> str:
    return f"<!DOCTYPE html><html><head><title>Il ponte</title></head><body><p>{text}</p></body>"


def record(
    address: str = "https://g.example/a",
    content: bytes = markup().encode(),
    status: str = "200 OK",
    answer: Header | None = None,
    kind: str = "response",
    warc: dict[str, str] | None = None,
    is_gzip: bool = False,
) -> bytes:
    """Return one record as warcio writes it; ``warc`` are more fields of its own header."""
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=is_gzip)
    told = [("Content-Type", "text/html; charset=utf-8")] if answer is None else answer
    has_answer = kind in ("response", "revisit")
    made = writer.create_warc_record(
        address,
        kind,
        payload=io.BytesIO(content),
        http_headers=StatusAndHeaders(status, told, protocol="HTTP/1.1") if has_answer else None,
        warc_content_type="" if has_answer else dict(told).get("Content-Type", ""),
        warc_headers_dict=warc or {},
    )
    writer.write_record(made)
    return stream.getvalue()


def warcinfo() -> bytes:
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=False)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "crawler"}))
    return stream.getvalue()


def told(content: bytes, most_bytes: int = 100_000) -> list[str]:
    """Return what came of a file: texts, then "place: reason" of what could not be read."""
    file = RawFile("a.warc", io.BytesIO(content), ReadSettings(most_bytes=most_bytes))
    found: list[str] = []
    try:
        for part in WebArchive().read(file):
            found.append(
                part.text if isinstance(part, FoundArticle) else f"{part.place}: {part.reason}"
            )
    except UnreadableError as error:
        found.append(f"unreadable: {error}")
    return found


def articles(content: bytes) -> list[FoundArticle]:
    parts = WebArchive().read(RawFile("a.warc", io.BytesIO(content), ReadSettings()))
    return [part for part in parts if isinstance(part, FoundArticle)]


def as_one(records: Iterable[bytes]) -> bytes:
    return b"".join(records)


def as_members(records: Iterable[bytes]) -> bytes:
    return b"".join(gzip.compress(one, mtime=0) for one in records)


def as_one_member(records: Iterable[bytes]) -> bytes:
    return gzip.compress(b"".join(records))


def as_blocks(records: Iterable[bytes]) -> bytes:
    """Return records compressed in blocks that begin anywhere, as parallel compressors do."""
    whole = b"".join(records)
    return b"".join(gzip.compress(whole[at : at + 300]) for at in range(0, len(whole), 300))


PACKED = [as_one, as_members, as_one_member, as_blocks]
Pack = Callable[[Iterable[bytes]], bytes]


def brotli(content: bytes) -> bytes:
    return bytes(pa.Codec("brotli").compress(content))


def zstd(content: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(content))


def bare_deflate(content: bytes) -> bytes:
    return zlib.compress(content)[2:-4]


def chunked(content: bytes, size: int = 60) -> bytes:
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    sent = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(one), one) for one in pieces)
    return sent + b"0\r\nA: b\r\n\r\n"


def test_a_page_is_an_article_with_its_address_and_what_the_transfer_says() -> None:
    answer = [
        ("Content-Type", "text/html; charset=iso-8859-1"),
        ("Content-Language", "it"),
        ("Last-Modified", "Tue, 05 Dec 2023 10:00:00 GMT"),
        ("Date", "Wed, 06 Dec 2023 10:00:00 GMT"),
    ]
    (article,) = articles(warcinfo() + record(content=markup().encode("cp1252"), answer=answer))
    assert article.text == SENTENCE
    assert (article.key, article.place) == ("https://g.example/a", "record 2")
    assert article.encoding == "cp1252"
    assert [(one.field, one.value) for one in article.declared if one.source == "warc"] == [
        ("address", "https://g.example/a"),
        ("language", "it"),
        ("modified", "Tue, 05 Dec 2023 10:00:00 GMT"),
    ]


def test_the_day_of_the_crawl_is_no_day_of_the_article() -> None:
    date = "Tue, 05 Dec 2023 10:00:00 GMT"
    answer = [("Content-Type", "text/html"), ("Last-Modified", date), ("Date", date)]
    (article,) = articles(record(answer=answer, warc={"WARC-Date": "2023-12-05T10:00:00Z"}))
    assert not {one.field for one in article.declared} & {"published", "modified"}


@pytest.mark.parametrize("pack", PACKED)
def test_records_are_read_however_they_are_packed(pack: Pack) -> None:
    texts = [f"{SENTENCE} E {number}." for number in range(5)]
    content = pack(record(f"https://g.example/{text[-2]}", markup(text).encode()) for text in texts)
    assert told(content) == texts


@pytest.mark.parametrize(
    ("encoding", "code"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", bare_deflate),
        ("br", brotli),
        ("zstd", zstd),
        ("identity", bytes),
        ("deflate, gzip", lambda content: gzip.compress(zlib.compress(content))),
    ],
)
@pytest.mark.parametrize("transfer", ["identity", "chunked"])
def test_the_codings_of_the_transfer_are_undone(
    encoding: str, code: Callable[[bytes], bytes], transfer: str
) -> None:
    answer = [
        ("Content-Type", "text/html"),
        ("Content-Encoding", encoding),
        ("Transfer-Encoding", transfer),
    ]
    content = code(markup().encode())
    sent = chunked(content) if transfer == "chunked" else content
    assert told(record(content=sent, answer=answer)) == [SENTENCE]
    # Many crawlers undo them and leave what the server has said of them.
    assert told(record(content=markup().encode(), answer=answer)) == [SENTENCE]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (record(status="301 Moved", answer=[("Location", "/b")]), "1 with status 301"),
        (record(status="404 Not Found"), "1 with status 404"),
        (record(status="206 Partial Content"), "1 with status 206"),
        (record(content=b"\x89PNG", answer=typed("image/png")), "1 image/png"),
        (record(content=b"%PDF", answer=typed("Application/PDF")), "1 application/pdf"),
        (record(content=b"User-agent: *", answer=[]), "1 of no type"),
        (record(kind="revisit", content=b""), "1 revisit"),
        (record("dns:g", b"1.2.3.4", kind="resource", answer=typed("text/dns")), "1 text/dns"),
    ],
)  # fmt: skip
def test_what_is_no_page_is_counted_and_no_article(made: bytes, expected: str) -> None:
    assert told(made) == [
        f"unreadable: 1 records hold no page ({expected}); hand over an archive of pages"
    ]
    assert told(made + record()) == [
        SENTENCE,
        f"other records: 1 records hold no page ({expected}); hand over apart which of these are "
        "articles",
    ]


def test_what_tells_of_the_crawl_is_not_counted() -> None:
    told_of = [("Content-Type", "application/warc-fields")]
    about = record(kind="metadata", content=b"via: x", answer=told_of)
    assert told(warcinfo() + about + record()) == [SENTENCE]
    assert told(warcinfo()) == []


def test_pages_that_were_no_answer_and_texts_made_of_pages_are_read() -> None:
    page = record(kind="resource", answer=typed("text/html"))
    text = record(kind="conversion", content=b"Good news.", answer=typed("text/plain"))
    assert told(page + text) == [SENTENCE, "Good news."]


def test_a_page_without_a_type_is_known_by_its_first_bytes() -> None:
    assert told(record(answer=[])) == [SENTENCE]


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (record(content=markup("x" * 200_000).encode()), "100,000 bytes .* BABELWIRE_MAX_ARTICLE"),
        (
            record(
                content=gzip.compress(bytes(50_000_000)),
                answer=typed("text/html", Content_Encoding="gzip"),
            ),
            "100,000 bytes an article may have",
        ),
        (
            record(
                content=gzip.compress(markup().encode())[:-20],
                answer=typed("text/html", Content_Encoding="gzip"),
            ),
            r"its compression .gzip. is damaged or was cut off; fetch it again",
        ),
        (
            record(
                content=chunked(markup().encode())[:100],
                answer=typed("text/html", Transfer_Encoding="chunked"),
            ),
            "not received to its end; fetch it again",
        ),
        (record(content=b"<html><script src=a></script>"), "drawn by scripts"),
        (record(content=b""), "empty"),
        (record(content=bytes(range(256)) * 9), "no legacy encoding fits"),
        (record(warc={"WARC-Segment-Number": "1"}), "several segments"),
        (record().replace(b"Content-Length: ", b"Content-Length: x"), "its header is damaged"),
        (record().replace(b"Content-Length: ", b"X-Length: ", 1), "its header is damaged"),
        (record().replace(b"Content-Length: ", b"Content-Length: 1"), "longer or shorter|breaks"),
        (record()[:-100] + b"\r\n\r\n", "longer or shorter|breaks off"),
        (record().replace(b"WARC-Target-URI: ", b"X-URI: "), "its header is damaged"),
        (b"\r\n\r\n<html>\r\n\r\n", "its header is damaged"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("pack", PACKED[:2])
def test_a_broken_record_is_a_reject_and_stops_none_beside_it(
    pack: Pack, made: bytes, reason: str
) -> None:
    import re

    others = [record(f"https://g.example/{text}", markup(text).encode()) for text in ("Uno", "Due")]
    found = told(pack([others[0], made, others[1]]))
    assert found[0] == "Uno"
    assert found[-1] == "Due", found
    assert len(found) == 3, found
    assert re.match(rf"record 2: .*(?:{reason})", found[1]), found


def test_a_page_the_crawler_cut_is_read_and_its_end_is_a_reject() -> None:
    found = told(record(warc={"WARC-Truncated": "length"}) + record())
    assert found[0] == found[2] == SENTENCE
    assert found[1].startswith("record 1, its end: the crawler stopped within it (length)")


def test_behind_a_damaged_member_reading_goes_on() -> None:
    members = [gzip.compress(record(content=markup(f"Numero {n}.").encode())) for n in range(4)]
    damaged = bytearray(members[1])
    damaged[len(damaged) // 2] ^= 0xFF
    found = told(members[0] + bytes(damaged) + members[2] + members[3][:-40])
    assert found[0] == "Numero 0."
    assert found[1].startswith("record 2: its compression is damaged")
    assert found[2] == "Numero 2."
    assert found[3].startswith("record 4: the file was cut off here; hand it over again")
    assert len(found) == 4


def test_a_wrong_checksum_costs_its_own_record_alone() -> None:
    members = [gzip.compress(record(content=markup(f"Numero {n}.").encode())) for n in range(3)]
    wrong = members[1][:-8] + bytes(4) + members[1][-4:]
    found = told(members[0] + wrong + members[2])
    assert [one.split(":")[0] for one in found] == ["Numero 0.", "record 2", "Numero 2."]


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08", b"WARC/1.0\r\n", b"no archive at all"])
def test_what_is_no_archive_has_no_article(content: bytes) -> None:
    assert not [one for one in told(content) if not one.startswith("record 1: ")]


def test_padding_and_blank_lines_around_records_are_nothing() -> None:
    assert told(b"\r\n" + record() + b"\r\n\r\n" + record() + b"\n") == [SENTENCE] * 2
    assert told(gzip.compress(record()) + bytes(700)) == [SENTENCE]


def test_a_record_larger_than_memory_should_hold_is_passed_over_in_pieces() -> None:
    class Counting(io.BytesIO):
        most = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.most = max(self.most, size if size and size > 0 else 1 << 40)
            return super().read(size)

    film = record(content=bytes(3_000_000), answer=typed("video/mp4"))
    stream = Counting(film + record())
    parts = list(WebArchive().read(RawFile("a.warc", stream, ReadSettings(most_bytes=100_000))))
    assert isinstance(parts[0], FoundArticle)
    assert stream.most <= 100_001


NUMBERED = [record(f"https://g.example/{n}", markup(f"Numero {n}.").encode()) for n in range(3)]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_damaged_archive_never_fails_otherwise_and_whole_records_stand(
    data: st.DataObject,
) -> None:
    pack = data.draw(st.sampled_from(PACKED[:2]))
    packed = [pack([one]) for one in NUMBERED]
    at = data.draw(st.integers(0, len(packed[1]) - 1))
    damaged = bytearray(packed[1])
    damaged[at] ^= data.draw(st.integers(1, 255))
    found = told(packed[0] + bytes(damaged) + packed[2])
    assert found[0] == "Numero 0."
    if pack is as_members:
        assert "Numero 2." in found
    assert told(b"".join(packed)[: data.draw(st.integers(0, 2_000))]) is not None
