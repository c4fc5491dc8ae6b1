"""From the bytes of a page to its markup."""

import codecs
import re

from pipelines.intake.decoding import decode

_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Bytes within which a page must declare its encoding: browsers look at 1,024, but pages with
#: long comments at their head declare it later.
_DECLARED_WITHIN = 8_192
_DECLARED = re.compile(
    rb"<\?xml[^>]*\bencoding\s*=\s*[\"']([\w.:-]+)|<meta\b[^>]*\bcharset\s*=\s*[\"']?\s*([\w.:-]+)",
    re.IGNORECASE,
)
#: What browsers read as the Windows encoding of which it is a part.
_READ_AS = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254"}
#: Letters beyond ASCII for one broken one in a page that is UTF-8 nevertheless: a browser shows
#: it as such, and in another encoding all the others would be wrong.
_SOUND_FOR_ONE_BROKEN = 10
#: In XHTML these may be closed in one tag; read as HTML they would swallow what follows.
_CLOSED_AT_ONCE = re.compile(
    r"<(script|style|title|textarea|iframe|noscript)\b((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)/>",
    re.IGNORECASE,
)
#: Share of NUL bytes up to which they are dirt in a page, and are let go as by browsers; UTF-16 and
#: binary files have far more.
_STRAY = 0.01
_XHTML = re.compile(r"\s*<\?xml\b", re.IGNORECASE)


def decoded(content: bytes, declared: str | None = None) -> tuple[str, str]:
    """Return the markup of a page, and the encoding it was decoded from.

    ``declared`` is what a server or an envelope says of it. A byte order mark is believed first,
    then UTF-8 where the bytes are, then what is declared where the bytes fit it, then what they
    look like. Raises UnreadableError where they are no text.
    """
    if 0 < content.count(b"\x00") <= _STRAY * len(content):
        content = content.replace(b"\x00", b"")
    markup, encoding = _sound(content, declared) or decode(content)
    if _XHTML.match(markup):
        markup = _CLOSED_AT_ONCE.sub(r"<\1\2></\1>", markup)
    return markup, encoding


def _sound(content: bytes, declared: str | None) -> tuple[str, str] | None:
    """Return markup and encoding where a declaration, or UTF-8, settles it."""
    if content.startswith(_ORDER_MARKS) or content.isascii() or b"\x00" in content:
        return None
    try:
        # A page that was cut short may end within a letter, which is let go.
        return codecs.getincrementaldecoder("utf-8")().decode(content), "utf-8"
    except UnicodeDecodeError:
        pass
    found = _DECLARED.search(content[:_DECLARED_WITHIN])
    for label in (declared, (found[1] or found[2]).decode("ascii") if found else None):
        markup = _as_declared(content, label) if label else None
        if markup:
            return markup
    return None


def _as_declared(content: bytes, label: str) -> tuple[str, str] | None:
    try:
        codec = codecs.lookup(label).name
        encoding = _READ_AS.get(codec, codec)
        if encoding != "utf-8":
            return content.decode(encoding), encoding
    except (LookupError, UnicodeError):
        return None
    markup = content.decode("utf-8", "replace")
    broken = markup.count("\N{REPLACEMENT CHARACTER}")
    letters = sum(character > "\x7f" for character in markup) - broken
    return (markup, encoding) if broken * _SOUND_FOR_ONE_BROKEN <= letters else None
