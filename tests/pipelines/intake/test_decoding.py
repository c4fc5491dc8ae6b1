import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.intake.decoding import Line, decode, in_utf8, lines, without_edges
from pipelines.intake.reader import Reject, UnreadableError

SENTENCE = "L’università è già aperta: “Perché no?”, chiede Zoë a José."
LEGACY = "L'università è già aperta: perché no? Il caffè costa più di così, però è buono. " * 4


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (SENTENCE.encode("utf-8"), "utf-8"),
        (SENTENCE.encode("utf-8-sig"), "utf-8-sig"),
        (SENTENCE.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + SENTENCE.encode("utf-16-be"), "utf-16"),
        (SENTENCE.encode("utf-32"), "utf-32"),
        (b"\x00\x00\xfe\xff" + SENTENCE.encode("utf-32-be"), "utf-32"),
    ],
    ids=["utf-8", "utf-8 marked", "utf-16 little", "utf-16 big", "utf-32 little", "utf-32 big"],
)
def test_text_in_unicode_is_read_as_it_was_written(content: bytes, encoding: str) -> None:
    assert decode(content) == (SENTENCE, encoding)


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    assert decode("\ufeffCiao".encode())[0] == "Ciao"


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac_roman", "iso8859_15"])
def test_text_in_a_legacy_encoding_is_read_letter_by_letter(encoding: str) -> None:
    text, found = decode(LEGACY.encode(encoding))
    assert text == LEGACY
    assert found != "utf-8"


def test_the_quotation_marks_of_windows_survive() -> None:
    text = "“Il caffè è pronto”, dice l’università; “perché no?” – così è più bello. " * 4
    assert decode(text.encode("cp1252"))[0] == text


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n", b"\x00\x00", b"\xef\xbb\xbf \n"])
def test_an_empty_file_is_said_to_be_empty(content: bytes) -> None:
    with pytest.raises(UnreadableError, match="the file is empty"):
        decode(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4,
        b"PK\x03\x04" + b"\x14\x00\x01\x02\x00\x03" * 40,
        b"text\x00" * 40,
        bytes([0xC3, 0x28, 0x00]) * 40,
    ],
    ids=["png", "zip", "NUL in text", "NUL and no UTF-8"],
)
def test_a_binary_file_is_refused_and_says_so(content: bytes) -> None:
    with pytest.raises(UnreadableError, match="binary, not text"):
        decode(content)


def test_a_lone_control_character_does_not_make_a_text_binary() -> None:
    text = "A long line of news. " * 20 + "\x0c"
    assert decode(text.encode())[0] == text


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfeo", b"\xef\xbb\xbf\xff text", "\ud800".encode("utf-16-le", "surrogatepass")],
    ids=["half a letter of utf-16", "marked utf-8 that is none", "half a surrogate"],
)
def test_a_file_that_breaks_its_own_mark_is_refused_or_read_never_raised_bare(
    content: bytes,
) -> None:
    if content.startswith((b"\xff\xfe", b"\xef\xbb\xbf")):
        with pytest.raises(UnreadableError, match=r"begins like utf-.*save it as UTF-8"):
            decode(content)
    else:
        with pytest.raises(UnreadableError):
            decode(content)


def read_lines(content: bytes, most_bytes: int = 1_000) -> list[Line | Reject]:
    stream, encoding = in_utf8(io.BytesIO(content))
    return list(lines(stream, encoding, most_bytes))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_lines_are_read_from_every_unicode_without_the_mark(encoding: str) -> None:
    assert read_lines(f"{SENTENCE}\nè\n".encode(encoding)) == [
        Line(1, SENTENCE + "\n", encoding),
        Line(2, "è\n", encoding),
    ]


def test_a_line_in_another_encoding_is_decoded_for_itself() -> None:
    content = SENTENCE.encode() + b"\n" + LEGACY.encode("cp1252") + b"\n" + SENTENCE.encode()
    first, second, third = read_lines(content)
    assert isinstance(second, Line)
    assert second.text == LEGACY + "\n"
    assert second.encoding != "utf-8"
    assert first == Line(1, SENTENCE + "\n", "utf-8")
    assert third == Line(3, SENTENCE, "utf-8")


def test_a_line_that_is_too_long_is_passed_over_and_named() -> None:
    first, long, last = read_lines(b"a\n" + b"b" * 5_000 + b"\nc\n")
    assert (first, last) == (Line(1, "a\n", "utf-8"), Line(3, "c\n", "utf-8"))
    assert isinstance(long, Reject)
    assert (long.place, long.excerpt) == ("line 2", "b" * 200)
    assert "1,000 bytes" in long.reason
    assert "BABELWIRE_MAX_ARTICLE_BYTES" in long.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\xff\xfe", "the file is empty"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", "binary, not text"),
        (b"\xff\xfea", "begins like utf-16 but byte 0 does not fit"),
    ],
)
def test_a_file_of_lines_that_is_none_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read_lines(content)


@given(st.text(), st.integers(0, 5))
def test_the_edges_of_a_text_are_its_white_space(text: str, start: int) -> None:
    start = min(start, len(text))
    begin, end = without_edges(text, start)
    assert start <= begin <= end <= len(text)
    assert text[begin:end] == text[start:].strip()
