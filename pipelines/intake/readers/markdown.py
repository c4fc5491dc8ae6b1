"""Markdown: one article a file, with front matter or a header, or without."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipelines.intake.columns import Columns
from pipelines.intake.decoding import decode, without_edges
from pipelines.intake.reader import (
    Declaration,
    FoundArticle,
    Mark,
    RawFile,
    ReadSettings,
    Reject,
    UnreadableError,
)
from pipelines.intake.readers.plain_text import header

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(
    r"\A\s*(?P<fence>---|\+\+\+)[ \t]*\r?\n"
    # A key, perhaps behind comments: two rules with prose between them are no front matter.
    r"(?=\s*(?:\#[^\n]*\n\s*)*[\"']?[\w.-]+[\"']?[ \t]*[:=])"
    r"(?P<source>.*?)^(?P=fence)[ \t]*(?:\r?\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_BEGINS = re.compile(rb"(?:---[ \t]*\r?\n\s*[\w-]+[ \t]*:|\+\+\+[ \t]*\r?\n|#{1,6} +\S)")
#: Elements in each other down to which they are read (a list and its item are two); what lies
#: deeper the parser would drop without a word.
_DEEPEST = 40
_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_AROUND_BREAK = re.compile(r"[ \t]*\n[ \t]*")
#: What a paragraph that is but a picture is made of.
_PICTURE = {"image", "softbreak", "link_open", "link_close"}


class Markdown:
    """Reads CommonMark with tables: the text is what a reader of the page sees, without the signs.

    Front matter is YAML (``---``) or TOML (``+++``). One that cannot be read is a reject, and the
    article stands without what it declares.
    """

    name = "markdown"
    version = "1"
    suffixes = (".md", ".markdown", ".mdown", ".mkd")
    media_type = "text/markdown"

    def recognises(self, head: bytes) -> bool:
        """Say whether bytes begin with front matter or a heading."""
        return bool(_BEGINS.match(head.removeprefix(b"\xef\xbb\xbf").lstrip()))

    def read(self, file: RawFile) -> Iterator[FoundArticle | Reject]:
        """Yield the one article of the file."""
        source, encoding = decode(file.content())
        declared, behind = header(source)
        if front := _FRONT_MATTER.match(source):
            try:
                record = _LANGUAGES[front["fence"]](front["source"])
            except UnreadableError as error:
                declared, behind = (), front.end()
                yield Reject("front matter", str(error), front["source"][:200])
            else:
                if record is not None:
                    declared = Columns(ReadSettings()).declarations(record, "front_matter")
                    behind = front.end()
        page = _Page()
        page.write(_tokens(source[behind:]))
        text = page.text
        if page.title and not any(one.field == "title" for one in declared):
            declared = (*declared, Declaration("title", page.title, "heading"))
        start, end = without_edges(text)
        yield FoundArticle(text, start, end, declared, tuple(page.marks), encoding=encoding)


def _yaml(source: str) -> dict[str, object] | None:
    """Return the record that YAML holds; None where it is text between two rules.

    Raises UnreadableError where it breaks the rules of its language.
    """
    import yaml

    class AsWritten(yaml.SafeLoader):
        """Leaves dates and numbers as they are written; ``no`` is a language, not false."""

    AsWritten.yaml_implicit_resolvers = {}
    AsWritten.add_implicit_resolver(
        "tag:yaml.org,2002:bool", re.compile(r"true|false", re.IGNORECASE), list("tTfF")
    )
    try:
        value = yaml.load(source, AsWritten)
    except (
        yaml.YAMLError,
        # What values with an explicit tag (``!!int x``) make of their constructors.
        *(ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError),
    ) as error:
        raise UnreadableError(_broken("YAML", error)) from error
    if not isinstance(value, dict):
        return None
    return {str(name): said for name, said in value.items()}


def _toml(source: str) -> dict[str, object]:
    try:
        return tomllib.loads(source.replace("\r\n", "\n"), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(_broken("TOML", error)) from error


_LANGUAGES = {"---": _yaml, "+++": _toml}


def _broken(language: str, error: Exception) -> str:
    what = " ".join(str(error).split())[:200].encode("utf-8", "backslashreplace").decode()
    return f"it is not {language} ({what}); quote values that hold signs such as a colon"


def _tokens(source: str) -> "Sequence[Token]":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST})
    tokens = parser.enable(["table", "strikethrough"]).parse(source)
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        raise UnreadableError(
            f"lists and quotations lie over {_DEEPEST // 2} deep in each other; write them flat"
        )
    return tokens


class _Page:
    """The text a reader sees, block by block, and the kinds of its stretches."""

    def __init__(self) -> None:
        self.title = ""
        self.marks: list[Mark] = []
        self._pieces: list[str] = []
        self._length = 0
        self._before = ""
        self._bullets: list[str] = []
        self._cells: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def write(self, tokens: "Sequence[Token]") -> None:
        """Write the blocks of a document."""
        for around, token in zip([None, *tokens], tokens, strict=False):
            if token.type == "list_item_open":
                sign = f"{token.info}{token.markup}" if token.info else "-"
                self._bullets.append("  " * len(self._bullets) + sign + " ")
            elif token.type == "list_item_close":
                self._bullets.pop()
            elif token.type == "inline" and around:
                self._inline(token, around)
            elif token.type == "tr_close":
                self._block("\t".join(self._cells), close_to="row")
                self._cells = []
            elif token.type in ("fence", "code_block"):
                self._block(token.content.rstrip("\n"))
            elif token.type == "html_block":
                self._html(token.content)

    def _inline(self, token: "Token", around: "Token") -> None:
        parts = token.children or []
        text = _seen(parts)
        if around.type in ("th_open", "td_open"):
            self._cells.append(text.replace("\n", " "))
        elif around.type == "heading_open":
            self.title = self.title or (text if around.tag == "h1" else "")
            self._block(text, "heading")
        elif parts and all(part.type in _PICTURE for part in parts):
            self._block(text, "caption")
        elif self._bullets:
            # The sign stands before the first paragraph of an item alone.
            sign, self._bullets[-1] = self._bullets[-1], " " * len(self._bullets[-1])
            self._block(sign + text, "list_item", "item" if around.hidden else "")
        else:
            self._block(text)

    def _html(self, source: str) -> None:
        from pipelines.intake.pages import fragment

        text, marked = fragment(source)
        start = self._block(text)
        self.marks += [Mark(one.kind, start + one.start, start + one.end) for one in marked]

    def _block(self, text: str, kind: str = "", close_to: str = "") -> int:
        """Write a block and return where it begins; one of a kind is written close to the last."""
        if not text.strip():
            return self._length
        gap = "\n" if close_to and close_to == self._before else "\n\n"
        self._before = close_to
        self._pieces += [gap if self._pieces else "", text]
        start = self._length + len(self._pieces[-2])
        self._length = start + len(text)
        if kind:
            inner, end = without_edges(text)
            self.marks.append(Mark(kind, start + inner, start + end))
        return start


def _seen(parts: "Sequence[Token]") -> str:
    """Return what a reader sees of a line: no signs, of a picture what stands for it."""
    seen = []
    for part in parts:
        if part.type == "softbreak":
            seen.append(" ")
        elif part.type == "hardbreak":
            seen.append("\n")
        elif part.type == "html_inline":
            seen.append("\n" if _BREAK.match(part.content) else "")
        elif part.type == "image":
            seen.append(_seen(part.children or []))
        else:
            seen.append(part.content)
    return _AROUND_BREAK.sub("\n", "".join(seen))
