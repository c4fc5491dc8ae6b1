"""From bytes to text: the encoding is found out, recorded, and never guessed silently."""

import re

from charset_normalizer import from_bytes

from pipelines.intake.reader import UnreadableError

#: Legacy encodings of the languages read; others are not tried, because on a page of text their
#: letters are all plausible and a wrong one would pass unseen.
_LEGACY = ["cp1252", "iso8859_15", "mac_roman"]
_BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: Share of control characters above which a file is no text; line noise in real text stays
#: far below one in a hundred.
_MOST_CONTROL = 0.01


def decode(content: bytes) -> tuple[str, str]:
    """Return the text and the encoding it was decoded from.

    Raises UnreadableError where the bytes are empty, binary, or in no encoding that fits.
    """
    if not content.strip(b"\x00\t\n\r "):
        raise UnreadableError("the file is empty; nothing to read until it has text")
    text, encoding = _decoded(content)
    control = len(_CONTROL.findall(text))
    if control > _MOST_CONTROL * len(text):
        raise UnreadableError(
            f"the file is binary, not text ({control} control characters in {len(text)}); "
            "export it as text"
        )
    return text, encoding


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise UnreadableError(
                    f"the file begins like {encoding} but byte {error.start} does not fit; "
                    "save it as UTF-8"
                ) from error
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
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
