import pytest

from pipelines.intake.decoding import decode
from pipelines.intake.reader import UnreadableError

SENTENCE = "L’università è già aperta: “Perché no?”, chiede Zoë a José."
LEGACY = "L'università è già aperta: perché no? Il caffè costa più di così, però è buono. " * 4


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (SENTENCE.encode("utf-8"), "utf-8"),
        (SENTENCE.encode("utf-8-sig"), "utf-8-sig"),
        (SENTENCE.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + SENTENCE.encode("utf-16-be"), "utf-16"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 little-endian", "utf-16 big-endian"],
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


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n", b"\x00\x00"])
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
