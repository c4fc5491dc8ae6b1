"""Quotation marks: where a text quotes, in the marks of all languages read."""

import re
from collections.abc import Iterator

#: Opening and closing marks; those that could be an apostrophe or an inch sign must open behind
#: none-letters and close before none-letters.
_QUOTED = re.compile(
    r"«\s?(?P<a>[^«»\n]{2,3000}?)\s?»"
    r"|“(?P<b>[^“”\n]{2,3000}?)”"
    r"|„(?P<c>[^„“”\n]{2,3000}?)[“”]"
    r"|(?<!\w)\"(?P<d>[^\"\n]{2,3000}?)\"(?!\w)"
    r"|(?<!\w)‘(?P<e>[^‘\n]{2,3000}?)’(?!\w)"
)


def quoted(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield start and end of what is quoted, then start and end with the marks.

    Of nested quotations the outer one is yielded; none runs over a line's end.
    """
    for match in _QUOTED.finditer(text):
        yield (*match.span(match.lastgroup or 0), *match.span())
