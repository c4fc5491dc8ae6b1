"""Saved web pages: one article a page."""

import re
from collections.abc import Iterator

from pipelines.intake.pages import decoded, page
from pipelines.intake.reader import FoundArticle, RawFile, Reject, UnreadableError

_ARCHIVES = (".mhtml", ".mht")
#: Left in pages by browsers and extensions that save them.
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://[^\s<>]+)"
)
_BEGINS = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)


class WebPage:
    """Reads HTML and XHTML, and the archives of one page that browsers save (MHTML)."""

    name = "web_page"
    version = "1"
    suffixes = (".html", ".htm", ".xhtml", ".shtml", *_ARCHIVES)
    media_type = "text/html"

    def recognises(self, head: bytes) -> bool:
        """Say whether bytes begin like a page."""
        return bool(_BEGINS.match(head))

    def read(self, file: RawFile) -> Iterator[FoundArticle | Reject]:
        """Yield the one article of a page; UnreadableError where it shows no text."""
        content = file.content()
        if file.name.lower().endswith(_ARCHIVES):
            yield _archived(content)
            return
        markup, encoding = decoded(content)
        saved_from = _SAVED_FROM.search(markup)
        yield page(markup, encoding, saved_from[1] if saved_from else None)


def _archived(content: bytes) -> FoundArticle:
    """Return the article of the first page in an archive: what it embeds comes after it."""
    from email import message_from_bytes

    archive = message_from_bytes(content)
    for part in archive.walk():
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            markup, encoding = decoded(payload, part.get_content_charset())
            address = archive["Snapshot-Content-Location"] or part["Content-Location"]
            return page(markup, encoding, str(address) if address else None)
    raise UnreadableError("the archive holds no page; save the page as HTML")
