"""A language model over the loopback, in good and bad manners: bounded, and nothing invented."""

import logging
import socket
import time
from collections.abc import Iterator
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from misbehaving_model import KEY, MisbehavingModel
from readings import named, reading

from pipelines.extraction.extractors.llm import ANSWERED, LanguageModel, occurrences
from pipelines.services.guard import Budget, Limits

#: Enough for the loopback on a busy machine, and no pauses.
IMPATIENT = Limits(
    connect=3, read=3, whole=3, probe=0.6, pause=0.01, patience=1, failures=4, rest=60,
    calls_a_second=10_000, workers=2,
)  # fmt: skip
#: Where nothing ever comes: waiting longer shows nothing more.
HASTY = Limits(
    connect=0.3, read=0.3, whole=0.4, probe=0.4, pause=0.01, patience=1, failures=4, rest=60,
    calls_a_second=10_000, workers=2,
)  # fmt: skip
NEWS = "IBM and Meta met in Paris.\nMeta said: Meta stays."


class Shelf:
    """Keeps answers in memory, and counts the questions."""

    def __init__(self) -> None:
        self.rows = pl.DataFrame(schema=ANSWERED)

    def recall(self, hashes: pl.Series, extractor: str, version: str) -> pl.DataFrame:
        mine = (pl.col("extractor") == extractor) & (pl.col("extractor_version") == version)
        return self.rows.filter(mine & pl.col("text_hash").is_in(hashes.implode()))

    def remember(self, answers: pl.DataFrame) -> None:
        self.rows = pl.concat([self.rows, answers])


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loopback is reached directly, whatever proxy there is."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def running() -> Iterator[MisbehavingModel]:
    with MisbehavingModel().running() as server:
        yield server


@pytest.fixture
def server(running: MisbehavingModel) -> MisbehavingModel:
    running.manner = "good"
    running.asked.clear()
    return running


def model(server: MisbehavingModel, limits: Limits = IMPATIENT, **told: object) -> LanguageModel:
    return LanguageModel(server.address, "tiny", limits=limits, **told)  # type: ignore[arg-type]


def test_names_are_brought_home_wherever_they_stand(server: MisbehavingModel) -> None:
    proposal = model(server).propose(reading(NEWS))
    assert named(proposal.rows) == [
        ("IBM", "ORG", 0), ("Meta", "ORG", 8), ("Paris", "GPE", 20),
        ("Meta", "ORG", 27), ("Meta", "ORG", 38),
    ]  # fmt: skip
    assert not proposal.unread
    assert set(proposal.rows["extractor_version"]) == {"tiny 1"}


def test_it_asks_for_an_answer_of_a_schema_and_sends_the_key_in_a_header(
    server: MisbehavingModel,
) -> None:
    model(server, key=KEY).propose(reading(NEWS))
    (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.authorization == f"Bearer {KEY}"
    told = asked.body["response_format"]["json_schema"]
    types = told["schema"]["properties"]["names"]["items"]["properties"]["type"]["enum"]
    assert told["strict"] is True
    assert types == ["PERSON", "ORG", "GPE", "LOC", "PRODUCT", "EVENT"]


@pytest.mark.parametrize(
    ("manner", "why"),
    [
        ("invents", "not in the passage"),
        ("mistakes_types", "of no type there is"),
        ("mistakes_passages", "of no passage"),
    ],
)
def test_what_does_not_stand_in_the_passage_is_not_taken(
    server: MisbehavingModel, manner: str, why: str
) -> None:
    server.manner = manner
    asking = model(server)
    proposal = asking.propose(reading(NEWS))
    assert proposal.rows.is_empty()
    assert not proposal.unread  # it answered, if only nonsense
    assert set(asking.refused) == {why}


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        ("html", "garbage"), ("prose", "garbage"), ("other_json", "garbage"),
        ("lists", "garbage"), ("bare_names", "garbage"), ("cut_off", "garbage"),
        ("no_choices", "garbage"), ("null", "garbage"), ("busy", "busy"),
        ("busy_for_long", "asked too often"), ("fails", "soft"),
        ("refuses_key", "refused the key"), ("sends_away", "soft"), ("hangs_up", "network"),
    ],
)  # fmt: skip
def test_a_model_that_misbehaves_costs_seconds_and_is_reported(
    server: MisbehavingModel, manner: str, reason: str
) -> None:
    server.manner = manner
    started = time.monotonic()
    proposal = model(server).propose(reading("IBM is in Paris."))
    assert time.monotonic() - started < 4
    assert proposal.rows.is_empty()
    assert reason in proposal.unread["a0"]


def test_one_that_talks_nonsense_for_long_is_left_alone(server: MisbehavingModel) -> None:
    server.manner = "prose"
    proposal = model(server).propose(reading(*(f"Paris {number}." for number in range(90))))
    assert len(proposal.unread) == 90
    assert len(server.asked) <= IMPATIENT.failures + IMPATIENT.workers


@pytest.mark.parametrize("manner", ["hangs", "hangs_when_asked", "trickles"])
def test_one_that_never_answers_is_left(server: MisbehavingModel, manner: str) -> None:
    server.manner = manner
    started = time.monotonic()
    proposal = model(server, HASTY).propose(reading(*(f"Paris {n}." for n in range(200))))
    assert time.monotonic() - started < 6
    assert len(proposal.unread) == 200
    assert proposal.rows.is_empty()


def test_nobody_at_the_address_costs_one_probe() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        asking = LanguageModel(address, "tiny", limits=IMPATIENT)
        assert "no answer from the network" in str(asking.unavailable())
        assert set(asking.propose(reading(NEWS)).unread) == {"a0"}


def test_who_is_busy_once_is_asked_again(server: MisbehavingModel) -> None:
    server.manner = "busy_once"
    proposal = model(server).propose(reading(NEWS))
    assert len(proposal.rows) == 5
    assert len(server.asked) == 2


def test_a_passage_that_is_refused_does_not_lose_the_others(server: MisbehavingModel) -> None:
    server.manner = "refuses_paris"
    proposal = model(server).propose(reading("IBM is here.", "Paris is a city.", "Meta is there."))
    assert {surface for surface, _, _ in named(proposal.rows)} == {"IBM", "Meta"}
    assert set(proposal.unread) == {"a1"}


def test_no_text_is_asked_twice(server: MisbehavingModel) -> None:
    shelf = Shelf()
    first = model(server, answers=shelf).propose(reading(NEWS, NEWS))
    assert len(server.asked) == 1
    assert len(server.asked[0].passages) == 2  # the second article says the same
    again = model(server, answers=shelf).propose(reading(NEWS, NEWS))
    assert len(server.asked) == 1
    assert again.rows.equals(first.rows)
    newer = LanguageModel(server.address, "larger", limits=IMPATIENT, answers=shelf)
    newer.propose(reading(NEWS))
    assert len(server.asked) == 2


def test_what_failed_is_not_remembered(server: MisbehavingModel) -> None:
    shelf = Shelf()
    server.manner = "prose"
    assert model(server, answers=shelf).propose(reading(NEWS)).unread
    assert shelf.rows.is_empty()
    server.manner = "good"
    assert len(model(server, answers=shelf).propose(reading(NEWS)).rows) == 5


def test_that_there_are_no_names_is_an_answer_too(server: MisbehavingModel) -> None:
    shelf = Shelf()
    server.manner = "says_no_names"
    assert not model(server, answers=shelf).propose(reading(NEWS)).unread
    assert shelf.rows["names"].to_list() == ["[]", "[]"]


def test_no_more_is_sent_than_the_budget_allows(server: MisbehavingModel) -> None:
    budget = Budget(8_000)
    long = tuple(f"Paris {'very ' * 400}{number}." for number in range(9))
    proposal = model(server, budget=budget).propose(reading(*long))
    assert 0 < len(server.asked) < 9
    assert budget.spent <= 8_000
    assert any("budget of 8,000 characters is spent" in one for one in proposal.unread.values())
    assert len(proposal.rows) + len(proposal.unread) == 9


def test_a_long_text_goes_out_in_several_calls(server: MisbehavingModel) -> None:
    model(server).propose(reading("\n".join(f"Paris, line {n}." for n in range(45))))
    assert sorted(len(one.passages) for one in server.asked) == [5, 20, 20]


def test_the_key_is_shown_nowhere(
    server: MisbehavingModel, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    server.manner = "refuses_key"
    asking = model(server, key=KEY)
    proposal = asking.propose(reading(NEWS))
    out = capfd.readouterr()
    said = f"{proposal.unread} {asking!r} {asking.unavailable()} {asking.version()}"
    assert KEY not in said + caplog.text + out.out + out.err


def test_a_shorter_name_is_not_looked_for_inside_a_longer_one() -> None:
    text = "New York, nova York e Yorkshire: York."
    names = [("York", "GPE"), ("New York", "GPE")]
    assert [text[at:to] for at, to, _ in occurrences(text, names)] == ["New York", "York", "York"]


@given(st.text("Ab .'«»-1é\n", max_size=60), st.lists(st.text("Ab .'é-1", max_size=6), max_size=5))
def test_every_occurrence_stands_there_verbatim_and_alone(text: str, names: list[str]) -> None:
    found = occurrences(text, [(name, "ORG") for name in names])
    asked = {name.strip() for name in names}
    assert all(text[at:to] in asked for at, to, _ in found)
    assert all(one[1] <= two[0] for one, two in pairwise(found))
