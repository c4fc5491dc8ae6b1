"""JSON Lines: one article a line."""

import json
from collections.abc import Iterator

from pipelines.intake.columns import Columns
from pipelines.intake.decoding import in_utf8, lines
from pipelines.intake.reader import FoundArticle, RawFile, Reject, UnreadableError

_REMEDY = "each line must be one JSON object"
_NAMES_OF_TYPES = {
    list: "an array",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}


class JsonLines:
    """Reads files of one JSON object a line; each bad line is a reject and stops no other."""

    name = "json_lines"
    version = "1"
    suffixes = (".jsonl", ".ndjson", ".jl")
    media_type = "application/x-ndjson"

    def recognises(self, head: bytes) -> bool:
        """Say whether the first line is all of a JSON object."""
        first, line_break, _ = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")
        if not line_break or not first.startswith(b"{"):
            return False
        try:
            return isinstance(json.loads(first), dict)
        except (ValueError, RecursionError):
            return False

    def read(self, file: RawFile) -> Iterator[FoundArticle | Reject]:
        """Yield the article of each line that is not blank; UnreadableError where it is binary."""
        columns = Columns(file.settings)
        stream, encoding = in_utf8(file.stream)
        for line in lines(stream, encoding, file.settings.most_bytes):
            if isinstance(line, Reject):
                yield line
            elif line.text and not line.text.isspace():
                try:
                    yield columns.article(
                        record(line.text, _REMEDY), f"line {line.number}", line.encoding
                    )
                except UnreadableError as error:
                    yield Reject(f"line {line.number}", str(error), line.text[:200])
        if unseen := columns.unseen():
            yield Reject("all lines", unseen)


def record(source: str, remedy: str) -> dict[str, object]:
    """Return the object that JSON holds. Raises UnreadableError, which ends with the remedy."""
    try:
        value = json.loads(source)
    except json.JSONDecodeError as error:
        what = f"it is not JSON ({error.msg} at character {error.pos + 1})"
        raise UnreadableError(f"{what}; {remedy}") from error
    except RecursionError as error:
        raise UnreadableError(f"its values are nested too deep; {remedy}") from error
    except ValueError as error:
        raise UnreadableError(f"a number in it has too many digits; {remedy}") from error
    if not isinstance(value, dict):
        raise UnreadableError(f"it is {_NAMES_OF_TYPES[type(value)]}, not an object; {remedy}")
    return value
