"""Plain text: one article a file, with or without a date header."""

import re

from pipelines.intake.decoding import decode
from pipelines.intake.reader import FileContent, FoundArticle

#: ``date 2023-12``, ``Date: 2023-12-05``, ``2023-12-05T10:00:00Z`` after the word, before the text.
_HEADER = re.compile(
    r"\A\s*date\s*:?\s+"
    r"(?P<date>\d{4}(?:-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?)?)?)"
    r"(?=\s)",
    re.IGNORECASE,
)


class PlainText:
    """Reads text files; the header, if any, is metadata and not part of the body."""

    name = "plain_text"
    version = "1"
    suffixes = (".txt", ".text")
    media_type = "text/plain"

    def read(self, content: bytes) -> FileContent:
        """Return the one article of the file."""
        text, encoding = decode(content)
        header = _HEADER.match(text)
        start = header.end() if header else 0
        start += len(text[start:]) - len(text[start:].lstrip())
        return FileContent(
            (
                FoundArticle(
                    text,
                    start,
                    max(start, len(text.rstrip())),
                    declared_published=header["date"] if header else None,
                ),
            ),
            encoding,
        )
