"""What accounts make of each other: of one time and one definition, over independent origins."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import pytest
from conftest import rows, told_marts
from newsroom import Newsroom, Told

FIRST, THIRD, LATE = date(2024, 5, 1), date(2024, 5, 3), date(2024, 8, 1)
YEAR_2019 = (date(2019, 1, 1), date(2019, 12, 31))


@dataclass(frozen=True)
class Account:
    """What one independent article says of one subject."""

    value: float
    relation: str = "="
    published: date | None = None
    beside: tuple[date, date] | None = None
    definition: Sequence[str] = ()
    story: str = "story_one"


@dataclass(frozen=True)
class Case:
    verdict: str
    accounts: Sequence[Account]
    differ_by: Sequence[str] = ()
    property: str = "size"
    kind: str = "LOC"
    unit: str = "people"


TOLL = {"property": "deaths"}
CASES: dict[str, Case] = {
    "two exact figures of one time": Case(
        "conflicting", [Account(40, published=FIRST), Account(50, published=FIRST)]
    ),
    "two exact figures of nobody knows when": Case("conflicting", [Account(40), Account(50)]),
    "one of them of nobody knows when": Case(
        "conflicting", [Account(40, published=FIRST), Account(50)]
    ),
    "a later figure of what changes": Case(
        "compatible", [Account(40, published=FIRST), Account(50, published=LATE)], ["time"]
    ),
    "an earlier figure by the date beside it": Case(
        "compatible",
        [Account(40, beside=YEAR_2019, published=LATE), Account(50, published=LATE)],
        ["time"],
    ),
    "a date beside it in the same year is no other time": Case(
        "conflicting",
        [Account(40, beside=(date(2024, 1, 1), date(2024, 12, 31))),
         Account(50, published=LATE)],
    ),
    "what is fixed does not change": Case(
        "conflicting",
        [Account(7e9, published=FIRST), Account(8e9, published=LATE)],
        property="parameters",
    ),
    "a toll grows": Case(
        "compatible",
        [Account(90, published=FIRST), Account(120, published=THIRD)],
        ["time"],
        **TOLL,
    ),
    "a toll does not fall": Case(
        "conflicting", [Account(120, published=FIRST), Account(90, published=THIRD)], **TOLL
    ),
    "who is missing may be found": Case(
        "compatible",
        [Account(12, published=FIRST), Account(3, published=THIRD)],
        ["time"],
        property="missing",
    ),
    "a toll beside the day of its event": Case(
        "conflicting",
        [Account(90, beside=(FIRST, FIRST)), Account(120, beside=(FIRST, FIRST))],
        **TOLL,
    ),
    "the tolls of two events": Case(
        "compatible",
        [Account(2000, beside=(date(2010, 7, 1), date(2010, 7, 31)), published=LATE),
         Account(120, beside=(FIRST, FIRST), published=LATE)],
        ["event"],
        **TOLL,
    ),
    "tolls of a country in two stories": Case(
        "compatible", [Account(90), Account(120, story="story_two")], ["event"], kind="GPE", **TOLL
    ),
    "tolls of a valley in two stories that may be one": Case(
        "conflicting", [Account(90), Account(120, story="story_two")], **TOLL
    ),
    "tolls of a valley months apart": Case(
        "compatible",
        [Account(120, published=FIRST), Account(90, published=LATE, story="story_two")],
        ["event"],
        **TOLL,
    ),
    "companies are not all organisations": Case(
        "compatible", [Account(40, definition=["companies"]), Account(50)], ["definition"]
    ),
    "a figure a year is not one a day": Case(
        "compatible",
        [Account(365, definition=["per year"]), Account(1, definition=["per day"])],
        ["definition"],
    ),
    "of one definition": Case(
        "conflicting",
        [Account(40, definition=["companies"]), Account(50, definition=["companies"])],
    ),
    "an estimate near a count": Case(
        "compatible", [Account(5000, "~"), Account(4200)], ["estimate"]
    ),
    "an estimate of another order": Case("conflicting", [Account(5000, "~"), Account(500)]),
    "two bounds": Case("compatible", [Account(40, ">"), Account(50, ">")], ["bound"]),
    "two say the same, a third another": Case(
        "conflicting", [Account(40), Account(40), Account(50)]
    ),
    "a conflict is not hidden by what time explains": Case(
        "conflicting",
        [Account(40, published=FIRST), Account(50, published=LATE), Account(60, published=LATE)],
        ["time"],
    ),
    "one sum in two wordings": Case(
        "compatible",
        [Account(12e6, ">"), Account(12.5e6)],
        ["bound"],
        property="amount: {:,.12g}",
        unit="EUR",
    ),
}  # fmt: skip


def tell_figures(news: Newsroom) -> None:
    for number, case in enumerate(CASES.values()):
        for serial, account in enumerate(case.accounts):
            article = f"{number}.{serial}"
            day = account.published and datetime.combine(account.published, datetime.min.time())
            news.article(
                article,
                [Told(f"Subject {number} ne conta tanti da allora.", f"Subject {number} has many")],
                story=f"{account.story}_{number}",
                published=(day, day, "day") if day else None,
            )
            beside = account.beside and news.happening(article, "allora", account.beside)
            news.quantity(
                article, "tanti", news.mention(article, f"Subject {number}", kind=case.kind),
                account.relation, account.value, name=case.property.format(account.value),
                unit=case.unit, definition=account.definition, date_id=beside,
            )  # fmt: skip
    for name, course in (("deaths", "toll"), ("missing", "situation"), ("parameters", "fixed")):
        news.put("seed_cue_words", language="mul", kind="course", cue=name, value=course)


def test_figures_contradict_only_what_is_of_their_time_and_definition(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    made = {
        row["subject_name"]: (row["verdict"], row["differ_by"])
        for row in rows(marts, "FROM mart_claims")
    }
    found = {name: made[f"Subject {number}"] for number, name in enumerate(CASES)}
    assert found == {name: (case.verdict, list(case.differ_by)) for name, case in CASES.items()}


def test_one_sum_in_two_wordings_is_one_claim(marts: duckdb.DuckDBPyConnection) -> None:
    number = list(CASES).index("one sum in two wordings")
    (claim,) = rows(marts, f"FROM mart_claims WHERE subject_name = 'Subject {number}'")
    assert claim["property"] == "amount: 12,500,000"
    assert [(one["relation"], one["value"]) for one in claim["accounts"]] == [
        (">", 12e6), ("=", 12.5e6),
    ]


def test_a_verdict_shows_each_passage_in_both_languages_with_origin_and_date(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    number = list(CASES).index("an earlier figure by the date beside it")
    (claim,) = rows(marts, f"FROM mart_claims WHERE subject_name = 'Subject {number}'")
    earlier, later = claim["tellings"]
    assert earlier == {
        "article_id": f"{number}.0", "origin_article_id": f"{number}.0", "start": 20, "end": 25,
        "text": "tanti", "language": "it",
        "sentence": f"Subject {number} ne conta tanti da allora.",
        "sentence_en": f"Subject {number} has many",
        "as_of_from": YEAR_2019[0], "as_of_to": YEAR_2019[1],
        "relation": "=", "value": 40.0, "value_to": None, "definition": [],
    } | {"start": claim["evidence"][0]["start"], "end": claim["evidence"][0]["end"]}
    assert (later["as_of_from"], later["as_of_to"]) == (LATE, LATE)


@dataclass(frozen=True)
class Standing:
    """What one independent article says of what somebody is."""

    status: str
    published: date | None = None
    beside: tuple[date, date] | None = None
    origin: int | None = None


@dataclass(frozen=True)
class Dispute:
    verdict: str
    standings: Sequence[Standing]
    differ_by: Sequence[str] = field(default=())


MEMBERSHIPS: dict[str, Dispute] = {
    "one says so": Dispute("single", [Standing("member")]),
    "a copy is nobody else": Dispute(
        "single", [Standing("member"), Standing("not_member", origin=0)]
    ),
    "two say so": Dispute("agreed", [Standing("member"), Standing("member")]),
    "in and out": Dispute("conflicting", [Standing("member"), Standing("not_member")]),
    "in and out on one day": Dispute(
        "conflicting",
        [Standing("member", published=FIRST), Standing("not_member", published=FIRST)],
    ),
    "out since": Dispute(
        "compatible",
        [Standing("member", beside=YEAR_2019), Standing("not_member", published=FIRST)],
        ["time"],
    ),
    "joined since": Dispute(
        "compatible",
        [Standing("not_member", published=FIRST), Standing("member", published=LATE)],
        ["time"],
    ),
    "who founded it may have left": Dispute(
        "compatible", [Standing("founder"), Standing("not_member")], ["time"]
    ),
    "founders are members": Dispute(
        "compatible", [Standing("founder"), Standing("member")], ["status"]
    ),
    "a third who disagrees": Dispute(
        "conflicting", [Standing("member"), Standing("member"), Standing("not_member")]
    ),
}
ROLES: dict[str, Dispute] = {
    "two say so": Dispute("agreed", [Standing("current"), Standing("current")]),
    "is and was": Dispute("conflicting", [Standing("current"), Standing("former")]),
    "was it later": Dispute(
        "compatible",
        [Standing("current", published=FIRST), Standing("former", published=LATE)],
        ["time"],
    ),
    "was it before": Dispute(
        "conflicting", [Standing("former", published=FIRST), Standing("current", published=LATE)]
    ),
    "one who says both": Dispute(
        "compatible",
        [Standing("current"), Standing("former", origin=0), Standing("current")],
    ),
}


def tell_standings(news: Newsroom) -> None:
    for kind, disputes in (("m", MEMBERSHIPS), ("r", ROLES)):
        for number, dispute in enumerate(disputes.values()):
            who = f"{kind.upper()} {number}"
            for serial, standing in enumerate(dispute.standings):
                article = f"{kind}{number}.{serial}"
                published = standing.published
                day = published and datetime.combine(published, datetime.min.time())
                is_copy = standing.origin is not None
                news.article(
                    article,
                    [Told(f"{who} e Gruppo {number}, allora.", "x")],
                    origin=f"{kind}{number}.{standing.origin}" if is_copy else None,
                    copy_kind="copy" if is_copy else "original",
                    published=(day, day, "day") if day else None,
                )
                beside = standing.beside and news.happening(article, "allora", standing.beside)
                group = news.mention(article, f"Gruppo {number}")
                one = news.mention(article, who, kind="PERSON")
                if kind == "m":
                    news.member(article, who, group, one, standing.status, beside)
                else:
                    news.role(
                        article, who, one, group, role="capo", role_en="head",
                        status=standing.status, date_id=beside,
                    )  # fmt: skip


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    def tell(news: Newsroom) -> None:
        tell_figures(news)
        tell_standings(news)

    with told_marts(tmp_path_factory.mktemp("verdicts"), tell) as connection:
        yield connection


@pytest.mark.parametrize(
    ("mart", "name", "disputes", "letter"),
    [("mart_memberships", "member_name", MEMBERSHIPS, "M"),
     ("mart_roles", "person_name", ROLES, "R")],
)  # fmt: skip
def test_who_is_in_and_out_is_compared_over_origins_and_time(
    marts: duckdb.DuckDBPyConnection,
    mart: str,
    name: str,
    disputes: dict[str, Dispute],
    letter: str,
) -> None:
    made: dict[str, set[tuple[str, tuple[str, ...]]]] = {}
    for row in rows(marts, f"FROM {mart}"):
        made.setdefault(row[name], set()).add((row["verdict"], tuple(row["differ_by"])))
    found = {case: made[f"{letter} {number}"] for number, case in enumerate(disputes)}
    assert found == {
        case: {(dispute.verdict, tuple(dispute.differ_by))} for case, dispute in disputes.items()
    }


def test_each_status_of_a_dispute_shows_its_own_passages(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    number = list(MEMBERSHIPS).index("out since")
    told = rows(
        marts, f"FROM mart_memberships WHERE member_name = 'M {number}' ORDER BY status"
    )
    assert [(row["status"], len(row["tellings"])) for row in told] == [
        ("member", 1), ("not_member", 1),
    ]
    assert told[0]["tellings"][0]["as_of_from"] == YEAR_2019[0]
