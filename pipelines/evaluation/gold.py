"""Hand-made truth: a gold file, read strictly into frames.

What a gold file may say is written once, in ``_ITEMS``; a word not known there is an error, so that
a slip of the pen never becomes a fact that is silently not asked for.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.identity import normalised
from warehouse.contracts.core import LANGUAGES, PRECISIONS
from warehouse.contracts.seed import ENTITY_TYPES

_STATUSES = ("member", "founder", "not_member")
_ROLE_STATUSES = ("current", "former")
_RELATIONS = ("=", ">", ">=", "<", "<=", "~")

#: "not a logical conflict", "no conflict": what denies one says that one value satisfies all.
_DENIED_CONFLICT = re.compile(r"\b(?:not|no)\b[^.;:,]*\bconflict")


class GoldError(ValueError):
    """A gold file cannot be read; the message names the file, the place in it, and the fault."""


@dataclass(frozen=True)
class Gold:
    """What is true of some articles; ``article`` is the gold's own short name of one.

    Entities go by the gold's names. Surfaces, quotes and other passages are as compared: one kind
    of apostrophe, white space folded.
    """

    #: article, file, language, published, precision, title, has_boilerplate, inferred_event_date
    articles: pl.DataFrame
    #: article, surface, type, entity: a surface names one entity within an article
    surfaces: pl.DataFrame
    #: group, member, status
    memberships: pl.DataFrame
    #: person, role, organization, status
    roles: pl.DataFrame
    #: article, text, speaker
    quotes: pl.DataFrame
    #: article, text
    not_quotes: pl.DataFrame
    #: article, text, subject, property, relation, value
    quantities: pl.DataFrame
    #: story, article
    stories: pl.DataFrame
    #: origin, article
    origins: pl.DataFrame
    #: subject, property, verdict
    disagreements: pl.DataFrame
    #: statement, article
    statements: pl.DataFrame


@dataclass(frozen=True)
class _Field:
    """What an item must say under one name."""

    kind: type | tuple[type, ...] = str
    values: tuple[str, ...] = ()
    required: bool = True
    nullable: bool = False
    #: Names something the file introduces elsewhere: an ``entity`` or an ``article``.
    refers_to: str = ""


_ENTITY = _Field(refers_to="entity")
_ARTICLE = _Field(refers_to="article")
_ARTICLES = _Field(list, refers_to="article")
#: For people's eyes: never compared.
_NOTE = _Field((str, list), required=False, nullable=True)
_ITEMS: Mapping[str, Mapping[str, _Field]] = {
    "articles": {
        "language": _Field(values=LANGUAGES),
        "published": _Field(nullable=True),
        "precision": _Field(values=PRECISIONS, nullable=True),
        "title": _Field(nullable=True),
        "boilerplate": _Field(list),
        "inferred_event_date": _Field(required=False),
        "inferred_from": _NOTE,
        "defects": _NOTE,
    },
    "entities": {"name": _Field(), "type": _Field(values=ENTITY_TYPES), "surfaces": _Field(dict)},
    "memberships": {
        "group": _ENTITY,
        "member": _ENTITY,
        "status": _Field(values=_STATUSES),
        "articles": _ARTICLES,
    },
    "roles": {
        "person": _ENTITY,
        "role": _Field(),
        "organization": _ENTITY,
        "article": _ARTICLE,
        "status": _Field(values=_ROLE_STATUSES),
    },
    "quotes": {
        "article": _ARTICLE,
        "speaker": _Field(nullable=True, refers_to="entity"),
        "text": _Field(),
    },
    "not_quotes": {"article": _ARTICLE, "text": _Field(), "why": _NOTE},
    "quantities": {
        "article": _ARTICLE,
        "text": _Field(),
        "subject": _ENTITY,
        "property": _Field(),
        "unit": _Field(),
        "relation": _Field(values=_RELATIONS),
        "value": _Field((int, float)),
    },
    "stories": {"story": _Field(), "articles": _ARTICLES},
    "disagreements": {
        "subject": _ENTITY,
        "property": _Field(),
        "values": _NOTE,
        "verdict": _Field(),
    },
    "evidence_of_same_statement": {"what": _Field(), "articles": _ARTICLES},
}
_REQUIRED = ("files", "articles", "entities")
_KNOWN = ("about", *_REQUIRED, "translations_of_each_other", *_ITEMS)
_WORDS = {str: "text", list: "a list", dict: "an object", int: "a number", float: "a number"}


def read_gold(path: Path) -> Gold:
    """Return what a gold file says; GoldError names the file, the place and the fault."""
    try:
        content = path.read_text("utf-8")
    except OSError as error:
        raise GoldError(f"{path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise GoldError(f"{path} is not UTF-8 (byte {error.start})") from None
    try:
        return parsed_gold(content)
    except GoldError as error:
        raise GoldError(f"{path}: {error}") from None


def parsed_gold(content: str) -> Gold:
    """Return what the JSON of a gold file says; a GoldError names the place."""
    try:
        told = json.loads(content)
    except json.JSONDecodeError as error:
        raise GoldError(f"line {error.lineno}: no JSON ({error.msg})") from None
    _require(isinstance(told, dict), "the file", "must be an object")
    unknown = [name for name in told if name not in _KNOWN]
    _require(not unknown, ", ".join(unknown), f"unknown; there are: {', '.join(_KNOWN)}")
    missing = [name for name in _REQUIRED if name not in told]
    _require(not missing, ", ".join(missing), "missing")
    items = _Items(told)
    return Gold(
        articles=_articles(items),
        surfaces=_surfaces(items),
        memberships=items.frame("memberships", "group", "member", "status").unique(
            maintain_order=True
        ),
        roles=items.frame("roles", "person", "role", "organization", "status").unique(
            maintain_order=True
        ),
        quotes=items.frame("quotes", "article", "text", "speaker"),
        not_quotes=items.frame("not_quotes", "article", "text"),
        quantities=items.frame(
            "quantities", "article", "text", "subject", "property", "relation", "value"
        ),
        stories=_grouped(
            "story", [(one["story"], one["articles"]) for _, one in items.all("stories")]
        ),
        origins=_grouped("origin", items.origins()),
        disagreements=_disagreements(items),
        statements=_grouped(
            "statement",
            [(one["what"], one["articles"]) for _, one in items.all("evidence_of_same_statement")],
        ),
    )


class _Items:
    """The items of a file, each checked on its way out."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = told
        files, articles, entities = told["files"], told["articles"], told["entities"]
        _require(isinstance(files, dict), "files", "must be an object: article to file name")
        _require(isinstance(articles, dict), "articles", "must be an object, by article")
        _require(isinstance(entities, list), "entities", "must be a list")
        for article, file in files.items():
            _require(isinstance(file, str), f"files.{article}", "must be a file name")
        self.files: Mapping[str, str] = files
        self._allowed = {
            "article": set(files),
            "entity": {one["name"] for one in entities if isinstance(one, dict) and "name" in one},
        }

    def all(self, section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield each item of a section with its place in the file."""
        told = self._told.get(section, [])
        _require(isinstance(told, list), section, "must be a list")
        for number, item in enumerate(told):
            place = f"{section}[{number}]"
            self.check(section, place, item)
            yield place, item

    def articles(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield each article's name with what is true of it."""
        _require(
            set(self._told["articles"]) == set(self.files), "articles", "must be those of files"
        )
        for article, item in self._told["articles"].items():
            self.check("articles", f"articles.{article}", item)
            yield article, item

    def origins(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Yield each group of articles that translate each other."""
        for number, group in enumerate(self._told.get("translations_of_each_other", [])):
            place = f"translations_of_each_other[{number}]"
            _require(isinstance(group, list), place, "must be a list of articles")
            self.refer(place, "article", group)
            yield str(number), group

    def frame(self, section: str, *columns: str) -> pl.DataFrame:
        """Return columns of a section's items; the passages among them as they are compared."""
        schema: dict[str, pl.DataType] = {
            name: pl.Float64() if name == "value" else pl.String() for name in columns
        }
        rows = [
            [normalised(item[name]) if name == "text" else item[name] for name in columns]
            for _, item in self.all(section)
        ]
        return pl.DataFrame(rows, schema=schema, orient="row", strict=False)

    def check(self, section: str, place: str, item: object) -> None:
        """Raise GoldError unless an item says all it must, and nothing that is not known."""
        fields = {**_ITEMS[section], "note": _NOTE}
        if not isinstance(item, dict):
            raise GoldError(f"{place}: must be an object")
        unknown = [name for name in item if name not in fields]
        _require(not unknown, place, f"unknown: {', '.join(unknown)}")
        for name, field in fields.items():
            if name in item:
                self._check_field(f"{place}.{name}", field, item[name])
            else:
                _require(not field.required, f"{place}.{name}", "missing")

    def _check_field(self, place: str, field: _Field, value: Any) -> None:
        if value is None:
            _require(field.nullable, place, "must not be null")
            return
        kinds = field.kind if isinstance(field.kind, tuple) else (field.kind,)
        fits = isinstance(value, kinds) and not isinstance(value, bool)
        _require(fits, place, f"must be {_WORDS[kinds[0]]}")
        allowed = ", ".join(field.values)
        _require(not field.values or value in field.values, place, f"is {value}, not of {allowed}")
        if field.refers_to:
            self.refer(place, field.refers_to, value if isinstance(value, list) else [value])

    def refer(self, place: str, what: str, names: Sequence[str]) -> None:
        """Raise GoldError where a name is not among those the file introduces."""
        unknown = [str(name) for name in names if name not in self._allowed[what]]
        _require(not unknown, place, f"no such {what}: {', '.join(unknown)}")


def _articles(items: _Items) -> pl.DataFrame:
    rows = [
        (
            article,
            items.files[article],
            item["language"],
            _at(f"articles.{article}.published", _first_moment, item),
            item["precision"] or "unknown",
            normalised(item["title"]) if item["title"] else None,
            bool(item["boilerplate"]),
            _at(f"articles.{article}.inferred_event_date", _event_date, item),
        )
        for article, item in items.articles()
    ]
    schema: dict[str, pl.DataType] = {
        "article": pl.String(),
        "file": pl.String(),
        "language": pl.String(),
        "published": pl.Datetime("us"),
        "precision": pl.String(),
        "title": pl.String(),
        "has_boilerplate": pl.Boolean(),
        "inferred_event_date": pl.Date(),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _at(place: str, read: Callable[[Mapping[str, Any]], Any], item: Mapping[str, Any]) -> Any:
    try:
        return read(item)
    except ValueError as error:
        raise GoldError(f"{place}: {error}") from None


def _first_moment(item: Mapping[str, Any]) -> datetime | None:
    """Return the first moment of the unit an article was published in."""
    if item["published"] is None:
        return None
    rest = {"year": "-01-01", "month": "-01"}.get(str(item["precision"]), "")
    return datetime.fromisoformat(item["published"] + rest)


def _event_date(item: Mapping[str, Any]) -> date | None:
    told = item.get("inferred_event_date")
    return date.fromisoformat(told) if told else None


def _surfaces(items: _Items) -> pl.DataFrame:
    rows: dict[tuple[str, str], tuple[str, str, str, str]] = {}
    for place, item in items.all("entities"):
        for article, surfaces in item["surfaces"].items():
            here = f"{place}.surfaces.{article}"
            items.refer(here, "article", [article])
            _require(isinstance(surfaces, list), here, "must be a list of surfaces")
            for told in surfaces:
                surface = normalised(told)
                owner = rows.get((article, surface), ("", "", "", item["name"]))[3]
                _require(
                    owner == item["name"], here, f"“{told}” is said to name {owner} there already"
                )
                rows[article, surface] = (article, surface, item["type"], item["name"])
    columns = ("article", "surface", "type", "entity")
    return pl.DataFrame(
        list(rows.values()), schema=dict.fromkeys(columns, pl.String()), orient="row"
    )


def _disagreements(items: _Items) -> pl.DataFrame:
    rows = [
        (item["subject"], item["property"], _verdict(f"{place}.verdict", item["verdict"]))
        for place, item in items.all("disagreements")
    ]
    columns = ("subject", "property", "verdict")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String()), orient="row")


def _verdict(place: str, told: str) -> str:
    """Return the kind of verdict an annotator's sentence states.

    A denied conflict or the word "compatible" says compatible; a conflict not denied, conflicting.
    """
    text = told.lower()
    if _DENIED_CONFLICT.search(text) or re.search(r"\bcompatible\b", text):
        return "compatible"
    _require(
        "conflict" in text, place, "says neither that there is a conflict nor that there is not"
    )
    return "conflicting"


def _grouped(name: str, groups: Iterator[tuple[str, Sequence[str]]] | list[Any]) -> pl.DataFrame:
    rows = [(group, article) for group, articles in groups for article in articles]
    return pl.DataFrame(rows, schema={name: pl.String, "article": pl.String}, orient="row")


def _require(holds: bool, place: str, fault: str) -> None:
    if not holds:
        raise GoldError(f"{place}: {fault}")
