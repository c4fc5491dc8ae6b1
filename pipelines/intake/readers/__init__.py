"""The readers there are, in the order they are asked."""

from pathlib import PurePath

from pipelines.intake.reader import Reader, UnreadableError
from pipelines.intake.readers.csv_table import CsvTable
from pipelines.intake.readers.email_message import EmailMessage
from pipelines.intake.readers.feed import Feed
from pipelines.intake.readers.json_document import JsonDocument
from pipelines.intake.readers.json_lines import JsonLines
from pipelines.intake.readers.markdown import Markdown
from pipelines.intake.readers.parquet import Parquet
from pipelines.intake.readers.plain_text import PlainText
from pipelines.intake.readers.web_archive import WebArchive
from pipelines.intake.readers.web_page import WebPage

_FEED, _PAGE, _TEXT = Feed(), WebPage(), PlainText()
#: Those whose first bytes are like no others, whatever a file is called.
_BY_CONTENT: tuple[Reader, ...] = (WebArchive(), Parquet(), _FEED, _PAGE, EmailMessage())
#: What a text file may turn out to be; the narrower before the wider.
_IN_TEXT: tuple[Reader, ...] = (*_BY_CONTENT, JsonLines(), JsonDocument(), CsvTable())

READERS: tuple[Reader, ...] = (*_IN_TEXT, Markdown(), _TEXT)

#: Changes when any reader does, so that what was quarantined is tried again.
VERSION = "+".join(f"{reader.name}/{reader.version}" for reader in READERS)


def reader_of(name: str, head: bytes = b"") -> Reader:
    """Return the reader of a file: by the end of its name, by its first bytes where that is vague.

    ``.txt`` says no more than text, which may be a page, mail or records; ``.xml`` and ``.html`` no
    more than markup. A name that nobody knows may be an address (``article.php``). Raises
    UnreadableError, which names the formats there are.
    """
    named = next((one for one in READERS if name.lower().endswith(one.suffixes)), None)
    suffix = PurePath(name).suffix.lower()
    if named is _TEXT:
        candidates = _IN_TEXT
    elif named in (_FEED, _PAGE):
        candidates = (_FEED, _PAGE)
    elif named:
        return named
    else:
        candidates = _BY_CONTENT if suffix else READERS
    found = next((one for one in candidates if one.recognises(head)), named)
    if found:
        return found
    known = ", ".join(suffix for reader in reversed(READERS) for suffix in reader.suffixes)
    without = suffix or "a file without suffix"
    raise UnreadableError(f"no reader for {without}; read are: {known}, and archives of these")
