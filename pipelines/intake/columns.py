"""From a record (of JSON, a table, front matter) to the article it holds, by names of columns."""

import ast
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pipelines.intake.decoding import decode, without_edges
from pipelines.intake.reader import Declaration, FoundArticle, Mark, ReadSettings, UnreadableError

Record = dict[str, object]
#: Where a value is within a record: the column, then keys or positions in what it holds.
_Path = tuple[str, ...]
#: Where each field may be, the surest place first.
_Paths = Mapping[str, tuple[_Path, ...]]

#: Usual names, the surest first, in small letters and without separators: schema.org, JSON Feed,
#: NewsAPI, news-please, newspaper3k, CommonCrawl, Guardian and GDELT exports. The first that has a
#: value is taken.
_USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text", "articletext", "maintext", "fulltext", "plaintext", "articlebody", "bodytext",
        "contenttext", "body", "content", "articlecontent", "article", "story", "rawtext",
        "contenthtml", "bodyhtml", "texto", "testo", "texte", "tekst",
    ),
    "title": (
        "title", "headline", "webtitle", "articletitle", "titolo", "titre", "titel", "titulo",
    ),
    "published": (
        "published", "publishedat", "datepublished", "publishdate", "datepublish", "pubdate",
        "publicationdate", "webpublicationdate", "publishedon", "publishedtime", "publishtime",
        "publisheddate", "publicationtime", "date", "datetime", "timestamp",
        "created", "createdat", "datecreated", "datum", "fecha",
    ),
    "modified": (
        "modified", "datemodified", "datemodify", "modifiedat", "updated", "updatedat",
        "dateupdated", "lastmodified", "lastmod",
    ),
    "outlet": (
        "outlet", "source", "publisher", "newspaper", "publication", "sitename", "site",
        "sourcename", "sourcedomain", "domain", "hostname", "media", "fonte", "testata", "quelle",
        "fuente", "bron",
    ),
    "author": (
        "author", "authors", "byline", "creator", "writer", "autore", "autori", "auteur",
        "auteurs", "autor", "autoren", "autores",
    ),
    "address": ("url", "link", "address", "canonicalurl", "weburl", "permalink", "uri", "href"),
    "language": (
        "language", "lang", "inlanguage", "languagecode", "lingua", "langue", "sprache", "idioma",
    ),
    "key": ("id", "guid", "uuid", "articleid", "docid", "documentid", "identifier", "key"),
}
FIELDS = tuple(_USUAL_NAMES)
_DECLARED = tuple(name for name in FIELDS if name not in ("text", "key"))
_FIELDS_OF = {name: of for of, names in _USUAL_NAMES.items() for name in names}
_SEPARATORS = re.compile(r"[\W_]+")
#: How a table writes that there is no value (pandas, databases, YAML).
_ABSENT = frozenset({"", "nan", "inf", "-inf", "nat", "null", "none", "\\n", "~"})
#: Keys under which an object has its value (JSON-LD, XML as JSON, WordPress, MongoDB) or its name.
_VALUES = ("value", "@value", "#text", "rendered", "$date", "$oid")
_NAMES = ("name", "title")
#: Fields that a name is the value of.
_NAMED = ("title", "outlet", "author")
#: Shapes of records remembered; a file in which each record has keys of its own stays bounded.
_MOST_SHAPES = 1_000
#: Columns named in a message.
_SHOWN = 30
#: Characters of a list written out in a cell; an author list is far shorter.
_LONGEST_LIST = 5_000

_BLOCK = r"(?:p|div|h[1-6]|[uo]l|li|table|t[rdh]|article|section|blockquote|figure|pre)"
_OPENING = re.compile(
    rf"\s*<(?:{_BLOCK}|!doctype|html|body|a|b|i|em|strong|span|img)\b[^<>]*>", re.IGNORECASE
)
_CLOSING = re.compile(rf"</{_BLOCK}\s*>|<br\s*/?>", re.IGNORECASE)


@dataclass
class Columns:
    """Which columns of a file's records hold which field of an article.

    ``settings.columns`` says so, else the usual names, in any case and with any separators. Raises
    UnreadableError where the settings map what is no field.
    """

    settings: ReadSettings
    _shapes: dict[tuple[str, ...], _Paths] = field(default_factory=dict)
    _unseen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        unknown = sorted(set(self.settings.columns) - set(FIELDS))
        if unknown:
            raise UnreadableError(
                f"BABELWIRE_COLUMNS maps {', '.join(unknown)}, which is no field; "
                f"fields are: {', '.join(FIELDS)}"
            )
        self._unseen = set(self.settings.columns)

    def require(self, names: Iterable[str]) -> None:
        """Raise UnreadableError where a table of these columns lacks the text or a mapped one."""
        shape = tuple(names)
        for of, column in self.settings.columns.items():
            if column not in shape and column.partition(".")[0] not in shape:
                raise UnreadableError(
                    f'there is no column "{column}", which BABELWIRE_COLUMNS names for {of}; '
                    f"there are: {_shown(shape)}"
                )
        if not self._paths(shape)["text"]:
            raise UnreadableError(_no_text(shape))

    def needed(self, names: Iterable[str]) -> list[str]:
        """Return those of a table's columns that hold a field."""
        paths = self._paths(tuple(names))
        return list(dict.fromkeys(path[0] for of in paths.values() for path in of))

    def unseen(self) -> str | None:
        """Return what to say of mapped columns that no record so far had; None where all had."""
        named = ", ".join(
            f'"{self.settings.columns[of]}" for {of}' for of in sorted(self._unseen)
        )
        return (
            f"no record has {named}, which BABELWIRE_COLUMNS names; correct it" if named else None
        )

    def has_text(self, record: Record) -> bool:
        """Say whether a record has a text, and so is an article."""
        return isinstance(self._text(record, self._paths(tuple(record))), str)

    def article(self, record: Record, place: str, encoding: str | None) -> FoundArticle:
        """Return the article of a record.

        It is known by its id, else by its address. Raises UnreadableError where it has no text, or
        one that is none, or longer than an article may be.
        """
        paths = self._paths(tuple(record))
        text, marked, encoding = self._read_text(record, paths, encoding)
        declared = self._declared(record, paths, "column")
        key = next(iter(self._values(record, "key", paths)), None)
        if key is None:
            key = next((one.value for one in declared if one.field == "address"), None)
        start, end = without_edges(text)
        return FoundArticle(text, start, end, declared, marked, key, place, encoding)

    def declarations(self, record: Record, source: str) -> tuple[Declaration, ...]:
        """Return what a record says of its article, one declaration a value."""
        return self._declared(record, self._paths(tuple(record)), source)

    def _declared(self, record: Record, paths: _Paths, source: str) -> tuple[Declaration, ...]:
        return tuple(
            [
                Declaration(of, value, source)
                for of in _DECLARED
                if paths[of]
                for value in self._values(record, of, paths)
            ]
        )

    def _paths(self, shape: tuple[str, ...]) -> _Paths:
        """Return where each field may be in records of these columns, the surest place first."""
        known = self._shapes.get(shape)
        if known is None:
            if len(self._shapes) >= _MOST_SHAPES:
                self._shapes.clear()
            known = self._shapes[shape] = self._resolved(shape)
        return known

    def _resolved(self, shape: tuple[str, ...]) -> _Paths:
        usual: dict[str, list[tuple[int, str]]] = {of: [] for of in FIELDS}
        for column in shape:
            name = _SEPARATORS.sub("", column).lower()
            if of := _FIELDS_OF.get(name):
                usual[of].append((_USUAL_NAMES[of].index(name), column))
        paths: dict[str, tuple[_Path, ...]] = {
            of: tuple((name,) for _, name in sorted(usual[of])) for of in FIELDS
        }
        for of, column in self.settings.columns.items():
            path = (column,) if column in shape else tuple(column.split("."))
            paths[of] = (path,) if path[0] in shape else ()
        return paths

    def _values(self, record: Record, of: str, paths: _Paths) -> list[str]:
        for path in paths[of]:
            value = record.get(path[0]) if len(path) == 1 else _at(record, path)
            if value is None:
                continue
            self._unseen.discard(of)
            if values := _said(value, of):
                return values
        return []

    def _text(self, record: Record, paths: _Paths) -> object:
        for path in paths["text"]:
            text = _at(record, path)
            if isinstance(text, dict):
                text = _first(text, _VALUES)
            if not _is_absent(text):
                self._unseen.discard("text")
                return text
        return None

    def _read_text(
        self, record: Record, paths: _Paths, encoding: str | None
    ) -> tuple[str, tuple[Mark, ...], str | None]:
        text = self._text(record, paths)
        if text is None:
            raise UnreadableError(self._why_no_text(tuple(record), paths))
        if isinstance(text, bytes):
            text, encoding = decode(text)
        if not isinstance(text, str):
            raise UnreadableError(
                f"its text is of type {type(text).__name__}, not a string; name the column that "
                "holds the text in BABELWIRE_COLUMNS (text=NAME)"
            )
        _refuse_long(text, self.settings.most_bytes)
        marked: tuple[Mark, ...] = ()
        if _is_markup(text):
            from pipelines.intake.pages import fragment

            text, marked = fragment(text)
        if not text.strip():
            raise UnreadableError(self._why_no_text(tuple(record), paths))
        return text, marked, encoding

    def _why_no_text(self, shape: tuple[str, ...], paths: _Paths) -> str:
        if paths["text"]:
            named = ", ".join(f'"{_storable(".".join(path))}"' for path in paths["text"])
            return f"its text is empty ({named}); nothing to read until it has some"
        if mapped := self.settings.columns.get("text"):
            return (
                f'there is no column "{mapped}", which BABELWIRE_COLUMNS names for text; '
                f"there are: {_shown(shape)}"
            )
        return _no_text(shape)


def _no_text(shape: tuple[str, ...]) -> str:
    return (
        f"no column of it is known to hold the text; there are: {_shown(shape)}; name the one "
        "that does in BABELWIRE_COLUMNS (text=NAME)"
    )


def _shown(shape: tuple[str, ...]) -> str:
    more = f" and {len(shape) - _SHOWN} more" if len(shape) > _SHOWN else ""
    return (", ".join(_storable(name[:100]) for name in shape[:_SHOWN]) or "none") + more


def _storable(text: str) -> str:
    """Return a text with half characters (lone surrogates), which nothing stores, written out."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _is_absent(value: object) -> bool:
    return value is None or value in ("", b"") or (isinstance(value, float) and math.isnan(value))


def _first(record: Record, names: tuple[str, ...]) -> object:
    return next((record[name] for name in names if record.get(name) is not None), None)


def _at(value: object, path: _Path) -> object:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdigit() and len(step) < 10:
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return None
    return value


def _said(value: object, of: str) -> list[str]:
    """Return what a value says, as it is written; nothing where it says nothing."""
    if of == "author":
        # A number is the author's place in some other table, not a name.
        value = _listed(value) if isinstance(value, str) else value
        if isinstance(value, int | float):
            return []
    if isinstance(value, str):
        said = _scalar(value)
        return [] if said is None else [said]
    names = (*_NAMES, *_VALUES) if of in _NAMED else _VALUES
    held = value if isinstance(value, list | tuple) else (value,)
    each = (_scalar(_first(one, names) if isinstance(one, dict) else one) for one in held)
    return [said for said in each if said is not None]


def _scalar(value: object) -> str | None:
    if not isinstance(value, str):
        # A truth value declares nothing: ``published: true`` says that it is, not when.
        if value is None or isinstance(value, bool | list | tuple | dict):
            return None
        value = _written(value)
    said = _storable(value.strip())
    return None if said.lower() in _ABSENT else said


def _written(value: object) -> str:
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)


def _listed(value: str) -> object:
    """Return the list that a cell has written out, as pandas does: ``['A. Bo', 'C. Du']``."""
    if not (value.startswith("[") and value.endswith("]")) or len(value) > _LONGEST_LIST:
        return value
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return value


def _refuse_long(text: str, most_bytes: int) -> None:
    # A character has four bytes at most: most texts need not be encoded to be measured.
    if 4 * len(text) <= most_bytes:
        return
    if len(text.encode("utf-8", "surrogatepass")) > most_bytes:
        raise UnreadableError(
            f"its text has more than the {most_bytes:,} bytes an article may have; split it, or "
            "raise BABELWIRE_MAX_ARTICLE_BYTES"
        )


def _is_markup(text: str) -> bool:
    """Say whether a text plainly is HTML: it begins with a tag, or several blocks end in it."""
    if "<" not in text or ">" not in text:
        return False
    ends = len(_CLOSING.findall(text))
    return ends >= 2 or (ends == 1 and bool(_OPENING.match(text)))
