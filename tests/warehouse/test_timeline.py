"""One happening, whoever tells it: by story, days, and what the sentences name or quote."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import pytest
from conftest import rows, told_marts
from newsroom import Newsroom, Told

DAY = (date(2024, 5, 1), date(2024, 5, 1))
MONTH = (date(2024, 5, 1), date(2024, 5, 31))


@dataclass(frozen=True)
class Sentence:
    """What one origin tells of some days: the names, in its words, and a quotation."""

    names: Sequence[str]
    days: tuple[date, date] = DAY
    quotes: str | None = None


#: What origins tell, each its sentences; how many happenings that is, by origins.
CASES: dict[str, tuple[list[list[Sentence]], list[int]]] = {
    "half the names of one": (
        [[Sentence(["Ada", "Bern"])], [Sentence(["Ada", "Bern", "Cern", "Dell"])]], [2],
    ),
    "one name of many": (
        [[Sentence(["Ada", "Bern", "Cern"])], [Sentence(["Ada", "Dell", "Esa"])]], [1, 1],
    ),
    "one name and one other": (
        [[Sentence(["Ada", "Bern"])], [Sentence(["Ada", "Cern"])]], [2],
    ),
    "no name": ([[Sentence([])], [Sentence([])]], [1, 1]),
    "one statement": (
        [[Sentence(["Ada"], quotes="same")], [Sentence(["Bern"], quotes="same")]], [2],
    ),
    "two sentences of each, each with its own": (
        [[Sentence(["Ada", "Bern"]), Sentence(["Cern", "Dell"])],
         [Sentence(["Cern", "Dell"]), Sentence(["Ada", "Bern"])]],
        [2, 2],
    ),
    "two sentences of one origin stay two": (
        [[Sentence(["Ada", "Bern"]), Sentence(["Ada", "Bern"])]], [1, 1],
    ),
    "three origins, a chain": (
        [[Sentence(["Ada", "Bern", "Cern"])], [Sentence(["Bern", "Cern", "Dell"])],
         [Sentence(["Cern", "Dell", "Esa"])]],
        [3],
    ),
    "of other days": (
        [[Sentence(["Ada", "Bern"])], [Sentence(["Ada", "Bern"], MONTH)]], [1, 1],
    ),
    "of a month, one name and one other": (
        [[Sentence(["Ada", "Bern"], MONTH)], [Sentence(["Ada", "Cern"], MONTH)]], [1, 1],
    ),
    "of a month, the only name": (
        [[Sentence(["Ada"], MONTH)], [Sentence(["Ada"], MONTH)]], [2],
    ),
    "of a month, two names": (
        [[Sentence(["Ada", "Bern"], MONTH)], [Sentence(["Ada", "Bern", "Cern"], MONTH)]], [2],
    ),
}  # fmt: skip


def tell(news: Newsroom) -> None:
    for number, (origins, _) in enumerate(CASES.values()):
        for serial, sentences in enumerate(origins):
            article = f"{number}.{serial}"
            told = [
                Told(f"{article}.{at} allora {', '.join(one.names)}, «sì».", f"of {article}.{at}")
                for at, one in enumerate(sentences)
            ]
            published = datetime(2024, 5, 9 - serial)
            news.article(
                article, told, story=f"story_{number}", published=(published, published, "day")
            )
            at = 0
            for segment, one in zip(told, sentences, strict=True):
                at = news.bodies[article].index(segment.text, at)
                tell_sentence(news, article, at, one)


def tell_sentence(news: Newsroom, article: str, at: int, one: Sentence) -> None:
    precision = "day" if one.days == DAY else "month"
    news.happening(
        article, "allora", one.days, after=at, precision=precision, counted_from="“allora” …"
    )
    for name in one.names:
        news.mention(article, name, after=at)
    if one.quotes:
        news.quote(article, "sì", f"{article[:-2]} {one.quotes}", None, after=at)


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with told_marts(tmp_path_factory.mktemp("timeline"), tell) as connection:
        yield connection


@pytest.mark.parametrize("case", CASES)
def test_what_several_origins_tell_is_one_happening(
    marts: duckdb.DuckDBPyConnection, case: str
) -> None:
    number = list(CASES).index(case)
    told = rows(marts, f"FROM mart_timeline WHERE story_id = 'story_{number}'")
    assert sorted(row["origins"] for row in told) == CASES[case][1]
    assert sum(len(row["evidence"]) for row in told) == sum(map(len, CASES[case][0]))


def test_it_is_told_in_the_words_of_who_told_it_first(marts: duckdb.DuckDBPyConnection) -> None:
    number = list(CASES).index("three origins, a chain")
    (row,) = rows(marts, f"FROM mart_timeline WHERE story_id = 'story_{number}'")
    assert row["text_en"] == f"of {number}.2.0"  # the last to be named was published first
    assert row["entities"] == ["Ada", "Bern", "Cern", "Dell", "Esa"]
    assert [one["text_en"] for one in row["tellings"]] == [
        f"of {number}.{serial}.0" for serial in range(3)
    ]
    assert {(one["expression"], one["counted_from"]) for one in row["tellings"]} == {
        ("allora", "“allora” …")
    }


def test_days_keep_the_precision_they_are_told_in(marts: duckdb.DuckDBPyConnection) -> None:
    number = list(CASES).index("of other days")
    told = rows(marts, f"FROM mart_timeline WHERE story_id = 'story_{number}'")
    assert {(row["date_from"], row["date_to"], row["precision"]) for row in told} == {
        (*DAY, "day"), (*MONTH, "month"),
    }
