"""Pages against what they hold: ``python -m benchmarks.pages [FOLDER]``.

FOLDER (default: benchmarks/pages) holds pages NAME.html and beside each NAME.json with what is true
of it: ``content`` (the article without its headline, lines parted by line ends) and, where known,
``title``, ``date`` (YYYY-MM-DD), ``language`` and ``address``. Prints one JSON line: precision,
recall and F1 of the words of the content (mean of the pages), of Babelwire and of trafilatura alone
(``extract`` as it comes); shares of right titles and days of both, and of each place Babelwire
reads them from; pages a second, trafilatura's with and without its metadata.
"""

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import fmean
from typing import TypeVar

import polars as pl
from trafilatura import extract, extract_metadata

from pipelines.intake.pages import decoded, page
from pipelines.intake.publication import publication_intervals
from pipelines.intake.reader import FoundArticle, UnreadableError

_OWN = Path(__file__).parent / "pages"
#: Kinds that are the content, beside prose, which has no mark.
_CONTENT = ("heading", "list_item")
#: Places, the surest first.
_PLACES = {
    "title": ("json_ld", "heading", "opengraph", "meta", "page_text", "title_element"),
    "published": ("json_ld", "opengraph", "meta", "time", "address", "page_text"),
}
_WORD = re.compile(r"\w+")
_ISO_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)")

Gold = dict[str, str]
Told = Callable[[str, Gold], str]
Made = TypeVar("Made")


def main(folder: Path) -> None:
    """Print the figures of one folder."""
    pages = [
        (decoded(file.read_bytes())[0], json.loads(file.with_suffix(".json").read_text("utf-8")))
        for file in sorted(folder.glob("*.html"))
    ]
    markups, golds = [markup for markup, _ in pages], [gold for _, gold in pages]
    addresses = [gold.get("address") for gold in golds]
    _page(markups[0], None), extract(markups[0], with_metadata=True)  # load what they need
    ours, our_speed = _timed(_page, markups, addresses)
    texts, their_speed = _timed(_extracted, markups, addresses)
    metadata, metadata_speed = _timed(extract_metadata, markups, addresses)
    figures = {
        "folder": folder.name,
        "pages": len(pages),
        "babelwire": {
            "content": _content([_own_content(one) for one in ours], golds),
            "title": _share((_best(one, "title") for one in ours), golds, "title", _title),
            "date": _share((_best(one, "published") for one in ours), golds, "date", _day),
            "pages_per_second": our_speed,
        },
        "trafilatura": {
            "content": _content(texts, golds),
            "title": _share((one.title for one in metadata), golds, "title", _title),
            "date": _share((one.date for one in metadata), golds, "date", _day),
            "pages_per_second": their_speed,
            "pages_per_second_with_metadata": round(
                1 / (1 / their_speed + 1 / metadata_speed), 1
            ),
        },
        "title by place": _by_place(ours, golds, "title", "title", _title),
        "date by place": _by_place(ours, golds, "published", "date", _day),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _timed(
    work: Callable[[str, str | None], Made], markups: list[str], addresses: list[str | None]
) -> tuple[list[Made], float]:
    started = time.perf_counter()
    made = [work(markup, address) for markup, address in zip(markups, addresses, strict=True)]
    return made, round(len(markups) / (time.perf_counter() - started), 1)


def _page(markup: str, address: str | None) -> FoundArticle:
    try:
        return page(markup, address=address)
    except UnreadableError:
        return FoundArticle("", 0, 0)


def _extracted(markup: str, address: str | None) -> str:
    return extract(markup, address) or ""


def _own_content(article: FoundArticle) -> str:
    """Return the text of an article without the lines that are marked as something else."""
    kept, begin = [], 0
    for mark in article.marked:
        kept.append(article.text[begin : mark.start])
        if mark.kind in _CONTENT:
            kept.append(article.text[mark.start : mark.end])
        begin = mark.end
    return "\n".join([*kept, article.text[begin:]])


def _content(texts: list[str], golds: list[Gold]) -> dict[str, float]:
    scores = [
        _scored(_words(text, gold), _words(gold["content"], gold))
        for text, gold in zip(texts, golds, strict=True)
        if gold.get("content")
    ]
    means = (round(fmean(values), 4) for values in zip(*scores, strict=True))
    return dict(zip(("precision", "recall", "f1"), means, strict=True))


def _words(text: str, gold: Gold) -> Counter[str]:
    """Return the words of all lines but the headline, which is no content and no fault either."""
    title = _letters(gold.get("title") or "")
    return Counter(
        word
        for line in text.splitlines()
        if not title or _letters(line) != title
        for word in _WORD.findall(line.casefold())
    )


def _scored(found: Counter[str], gold: Counter[str]) -> tuple[float, float, float]:
    same = (found & gold).total()
    precision, recall = same / max(found.total(), 1), same / max(gold.total(), 1)
    return precision, recall, 2 * precision * recall / (precision + recall or 1)


def _best(article: FoundArticle, field: str) -> str | None:
    """Return what the surest place says, and of one place the first."""
    said = [one for one in article.declared if one.field == field]
    best = min(said, key=lambda one: _PLACES[field].index(one.source), default=None)
    return best.value if best else None


def _by_place(
    ours: list[FoundArticle], golds: list[Gold], field: str, key: str, told: Told
) -> dict[str, str]:
    """Return of each place how many pages it is right of, of how many it speaks of."""
    right: Counter[str] = Counter()
    spoken: Counter[str] = Counter()
    for article, gold in zip(ours, golds, strict=True):
        first: dict[str, str] = {}
        for one in article.declared:
            if one.field == field and gold.get(key):
                first.setdefault(one.source, one.value)
        for source, value in first.items():
            spoken[source] += 1
            right[source] += told(value, gold) == told(gold[key], gold)
    return {place: f"{right[place]}/{spoken[place]}" for place in _PLACES[field] if spoken[place]}


def _share(found: Iterable[str | None], golds: list[Gold], key: str, told: Told) -> float | None:
    right = [
        told(value or "", gold) == told(gold[key], gold)
        for value, gold in zip(found, golds, strict=True)
        if gold.get(key)
    ]
    return round(fmean(right), 4) if right else None


def _title(value: str, _: Gold) -> str:
    return _letters(value)


def _letters(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _day(value: str, gold: Gold) -> str:
    """Return the day of a date as it was where it was written; empty where it tells none."""
    if iso := _ISO_DAY.match(value):
        return "-".join(iso.groups())
    read = publication_intervals(pl.Series([value]), pl.Series([gold.get("language")]))
    day, precision = read.select("published_from", "published_precision").row(0)
    return day.date().isoformat() if precision in ("day", "second") else ""


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else _OWN)
