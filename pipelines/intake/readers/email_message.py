"""Mail: one article a message."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.message import Message
from email.utils import parseaddr
from typing import Literal, NamedTuple

from pipelines.intake.decoding import decode, without_edges
from pipelines.intake.reader import (
    Declaration,
    FoundArticle,
    Mark,
    RawFile,
    Reject,
    UnreadableError,
)

#: Fields of mail alone, and fields that any header may have.
_OF_MAIL = re.compile(
    rb"^(?:received|message-id|mime-version|return-path|delivered-to|dkim-signature):",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD = re.compile(rb"\A(?:From |[A-Za-z][A-Za-z0-9-]*:[ \t])")
#: What is attached and is no document: pictures, sounds, cards, signatures.
_NO_DOCUMENT = re.compile(
    r"(?:image|audio|video|font)/|text/(?:calendar|(?:x-)?vcard|directory|x-amp-html)"
    r"|application/(?:ics|(?:x-)?pkcs7|pgp)|message/(?:delivery|disposition)"
)
#: The header field that holds each field of an article, as it stands there.
_HEADER_OF = {
    "title": "Subject",
    "outlet": "Organization",
    "published": "Date",
    "language": "Content-Language",
    "address": "Archived-At",
}
#: The plain version of a mail is taken unless it has less of the letters of the HTML version than
#: this: then it is but a note that the mail cannot be shown.
_LEAST_PLAIN = 0.3
#: A soft line break of text/plain; format=flowed (RFC 3676), save behind the sign of a signature.
_FLOWED = re.compile(r"(?m)(?<!^--) \r?\n(?=[^\s>])")
_SIGNATURE = re.compile(r"(?m)^-- ?\r?$")
#: What the parser of the standard library raises on headers that break the rules, beside what it
#: records as defects (CPython issues 86597, 88594 and kin).
_PARSER_FAULTS = (ValueError, LookupError, AttributeError, TypeError, RecursionError)
_SHOWN = ("text/plain", "text/html")
_BETWEEN = "\n\n"


class EmailMessage:
    """Reads mail (RFC 5322): the plain text, else what the HTML shows.

    A document attached is a reject that names it; nothing attached is read.
    """

    name = "email_message"
    version = "1"
    suffixes = (".eml",)
    media_type = "message/rfc822"

    def recognises(self, head: bytes) -> bool:
        """Say whether bytes begin with a header that only mail has."""
        header = head.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        return bool(_FIELD.match(header) and _OF_MAIL.search(header))

    def read(self, file: RawFile) -> Iterator[FoundArticle | Reject]:
        """Yield the article, and a reject for each document attached."""
        from email import message_from_bytes
        from email.policy import default

        content = file.content()
        if not content.strip():
            raise UnreadableError("the file is empty; nothing to read until it has text")
        attached: list[Reject] = []
        try:
            message = message_from_bytes(content, policy=default)
            texts = list(_texts(message, attached))
        except _PARSER_FAULTS as error:
            raise UnreadableError(
                f"its parts cannot be told apart ({type(error).__name__}); export the mail again"
            ) from error
        if not message.keys():
            raise UnreadableError("the file is no mail, it has no header; export it as .eml")
        if not texts:
            held = "; ".join(f"{one.place} {one.reason}" for one in attached)
            raise UnreadableError(f"the mail has no text; {held or 'nothing to read in it'}")
        text, marked = _joined(texts)
        start, end = without_edges(text)
        key = _header(message, "Message-ID")
        yield FoundArticle(
            text, start, end, tuple(_declared(message)), marked, key, encoding=texts[0].encoding
        )
        yield from attached


class _Text(NamedTuple):
    """The text of a part that is not blank."""

    text: str
    marked: tuple[Mark, ...]
    encoding: str
    is_plain: bool


def _texts(part: Message, attached: list[Reject]) -> Iterator[_Text]:
    """Yield the texts a mail shows, in their order; what is attached is told apart."""
    kind = part.get_content_type()
    if kind.startswith("multipart/") and part.is_multipart():
        children = [one for one in part.get_payload() if isinstance(one, Message)]
        shown = [text for child in children for text in _texts(child, attached)]
        yield from _best(shown) if kind == "multipart/alternative" else shown
    elif kind in _SHOWN and _asked(part, "get_content_disposition") != "attachment":
        try:
            shown_text = _text(part, kind)
        except UnreadableError as error:
            attached.append(Reject(f"part {kind}", str(error)))
        else:
            if shown_text.text.strip():
                yield shown_text
    elif not _NO_DOCUMENT.match(kind):
        name = _storable(_asked(part, "get_filename") or kind)
        attached.append(
            Reject(f"attachment {name}", "it is not read; save it beside the mail to have it read")
        )


def _best(texts: Sequence[_Text]) -> list[_Text]:
    """Return the version of a mail to read: plain, unless that says much less than the other."""
    plain = [one for one in texts if one.is_plain]
    rich = [one for one in texts if not one.is_plain]
    is_enough = _letters(plain) >= _LEAST_PLAIN * _letters(rich)
    return plain if plain and is_enough else rich


def _letters(texts: Sequence[_Text]) -> int:
    return sum(character.isalpha() for one in texts for character in one.text)


def _text(part: Message, kind: str) -> _Text:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset()
    if kind == "text/html":
        from pipelines.intake.pages import decoded, fragment

        markup, encoding = decoded(content, charset)
        return _Text(*fragment(markup), encoding, is_plain=False)
    text, encoding = _decoded(content, charset)
    if part.get_param("format") == "flowed":
        text = _FLOWED.sub("" if part.get_param("delsp") == "yes" else " ", text)
    *_, signature = (None, *_SIGNATURE.finditer(text))
    end = len(text.rstrip())
    if signature is None or signature.end() >= end or not text[: signature.start()].strip():
        return _Text(text, (), encoding, is_plain=True)
    return _Text(text, (Mark("boilerplate", signature.start(), end),), encoding, is_plain=True)


def _decoded(content: bytes, charset: str | None) -> tuple[str, str]:
    """Return a text and its encoding: that which is stated where it fits."""
    if not content.strip():
        return "", "utf-8"
    if charset and charset != "us-ascii":
        try:
            return content.decode(charset), charset
        except (LookupError, ValueError):
            pass
    return decode(content)


def _joined(texts: Sequence[_Text]) -> tuple[str, tuple[Mark, ...]]:
    """Return texts one below the other, and their marks there."""
    marked, start = list[Mark](), 0
    for one in texts:
        marked += [Mark(mark.kind, start + mark.start, start + mark.end) for mark in one.marked]
        start += len(one.text) + len(_BETWEEN)
    return _BETWEEN.join(one.text for one in texts), tuple(marked)


def _declared(message: Message) -> Iterator[Declaration]:
    for of, name in _HEADER_OF.items():
        if value := _header(message, name):
            yield Declaration(of, value.strip("<>") if of == "address" else value, "email")
    if sender := _header(message, "From"):
        yield Declaration("author", next(filter(None, parseaddr(sender)), sender), "email")


def _header(message: Message, name: str) -> str | None:
    """Return what a header field says, on one line; None where it says nothing."""
    raw = next((raw for one, raw in message.raw_items() if one.lower() == name.lower()), "")
    written = str(raw)
    if not written.isascii():
        # Against the rules, the bytes stand as they are; the parser would lose them.
        written = _decoded(written.encode("utf-8", "surrogateescape"), None)[0]
    elif "=?" in written:
        with suppress(*_PARSER_FAULTS):
            written = str(message[name])
    return _storable(" ".join(written.split())) or None


def _asked(part: Message, what: Literal["get_filename", "get_content_disposition"]) -> str | None:
    """Return what a part says of itself; None also where that breaks the rules."""
    try:
        said = getattr(part, what)()
    except _PARSER_FAULTS:
        return None
    return said if isinstance(said, str) else None


def _storable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
