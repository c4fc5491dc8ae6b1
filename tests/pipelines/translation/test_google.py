import socket
import time
from collections.abc import Iterator

import pytest
from misbehaving_google import MisbehavingGoogle, misbehaving_google
from texts import Row, by_text, texts

from pipelines.translation.engines import google as module
from pipelines.translation.engines.google import Google
from pipelines.translation.router import Router

TEXT = "Meta e IBM hanno annunciato la creazione dell’alleanza."
#: Seconds in which whatever goes wrong is over; without bounds it would be for ever.
BOUND = 3.0


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loopback is reached directly, whatever proxy there is."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fractions of the seconds that are waited for the real one."""
    for name, seconds in {"_CONNECT": 0.3, "_READ": 0.3, "_WHOLE": 0.6, "_PROBE": 0.8}.items():
        monkeypatch.setattr(module, name, seconds)


@pytest.fixture
def server() -> Iterator[MisbehavingGoogle]:
    with misbehaving_google() as running:
        yield running


@pytest.fixture
def engine(server: MisbehavingGoogle) -> Google:
    return Google(server.address)


def answer(engine: Google, text: str = TEXT, language: str = "it") -> Row:
    asked = texts((language, text))
    return by_text(asked, engine.translate(asked, "en"))[text]


def test_a_translation_is_brought_home(engine: Google, server: MisbehavingGoogle) -> None:
    made = answer(engine)
    assert made["translated"] == f"“{TEXT}” & in English"
    assert made["reason"] is None
    assert 0 < made["quality"] <= 1
    assert server.asked == [{"tl": "en", "sl": "it", "q": TEXT}]


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        ("hangs", "no answer from the network"),
        ("trickles", "no answer from the network"),
        ("trickles_headers", "no answer from the network"),
        ("never_ends", "no answer from the network"),
        ("sends_round", "no answer from the network"),
        ("closes", "no answer from the network"),
        ("hangs_up", "no answer from the network"),
        ("talks_nonsense", "no answer from the network"),
        ("busy", "refused (TooManyRequests)"),
        ("fails", "refused (RequestError)"),
        ("error_page", "refused (TranslationNotFound)"),
        ("nothing", "refused (TranslationNotFound)"),
        ("error_as_text", "an error page instead of a translation"),
        ("empty", "empty answer"),
        ("echoes", "the source came back untranslated"),
        ("cuts_short", "implausible length"),
    ],
)
def test_a_misbehaving_server_gives_a_reason_in_bounded_time_and_no_bad_translation(
    engine: Google, server: MisbehavingGoogle, manner: str, reason: str
) -> None:
    server.manner = manner
    started = time.monotonic()
    made = answer(engine)
    assert time.monotonic() - started < BOUND
    assert made["translated"] is None
    assert made["quality"] is None
    assert reason in made["reason"]


def closed_port() -> str:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listening.getsockname()[1]}/m"


@pytest.mark.parametrize(
    "address", [closed_port(), "http://nowhere.invalid/m", "no address at all"]
)
def test_where_nobody_listens_the_engine_is_unavailable(address: str) -> None:
    started = time.monotonic()
    engine = Google(address)
    assert "no answer from the network" in str(engine.unavailable())
    assert engine.conditions() == "offline"
    assert time.monotonic() - started < BOUND


def test_a_name_server_that_never_answers_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(5))
    started = time.monotonic()
    assert answer(Google("http://nowhere.invalid/m"))["translated"] is None
    assert time.monotonic() - started < BOUND


def test_the_network_is_probed_once(engine: Google, server: MisbehavingGoogle) -> None:
    assert engine.unavailable() is None
    assert engine.conditions() == "online"
    assert engine.unavailable() is None
    assert len(server.asked) == 1


def test_a_server_that_hangs_is_found_out_by_the_probe(
    engine: Google, server: MisbehavingGoogle
) -> None:
    server.manner = "hangs"
    started = time.monotonic()
    assert engine.unavailable() is not None
    assert time.monotonic() - started < BOUND


LINES = [("it", f"La riga numero {number} di una lunga lista di notizie.") for number in range(9)]


def test_after_three_failures_in_a_row_the_engine_rests_until_the_next_run(
    engine: Google, server: MisbehavingGoogle
) -> None:
    assert engine.unavailable() is None
    server.manner = "busy"
    server.asked.clear()
    asked = texts(*LINES)
    made = engine.translate(asked, "en")
    assert len(server.asked) == 3
    assert made["reason"].to_list()[3:] == ["gave up after 3 failures in a row"] * 6
    engine.translate(texts(("it", "Un altro lotto di testi della stessa corsa.")), "en")
    assert len(server.asked) == 3
    assert engine.unavailable() == "gave up after 3 failures in a row"


def test_a_failure_between_successes_gives_nothing_up(
    engine: Google, server: MisbehavingGoogle
) -> None:
    assert engine.unavailable() is None
    for number, line in enumerate(LINES):
        server.manner = "fails" if number % 3 else "good"
        answer(engine, line[1])
    assert engine.unavailable() is None


def test_texts_that_need_not_be_asked_are_no_failures(
    engine: Google, server: MisbehavingGoogle
) -> None:
    """Lists of names have no language, and three in a row say nothing of the network."""
    names = [("und", f"IBM, Meta, Intel {number}") for number in range(4)]
    asked = texts(*names, ("it", TEXT))
    made = by_text(asked, engine.translate(asked, "en"))
    assert made[names[0][1]]["reason"] == "language unknown"
    assert made[TEXT]["translated"] is not None
    assert len(server.asked) == 1


def test_texts_that_come_back_untranslated_are_no_failures(
    engine: Google, server: MisbehavingGoogle
) -> None:
    server.manner = "echoes"
    engine.translate(texts(*LINES[:4]), "en")
    server.manner = "good"
    assert answer(engine)["translated"] is not None


def test_what_an_unsteady_network_left_is_tried_again_in_the_next_run(
    server: MisbehavingGoogle,
) -> None:
    """The next probe finds it online, as this one did: that alone must not keep a text waiting."""
    first = Router([Google(server.address)], "en")
    assert first.engines[0].unavailable() is None
    server.manner = "fails"
    (mark,) = first.translate(texts(("it", TEXT)))["mark"]
    server.manner = "good"
    assert not Router([Google(server.address)], "en").done(mark)


def test_what_came_back_untranslated_rests_while_the_network_is_the_same(
    server: MisbehavingGoogle,
) -> None:
    first = Router([Google(server.address)], "en")
    assert first.engines[0].unavailable() is None
    server.manner = "echoes"
    (mark,) = first.translate(texts(("it", TEXT)))["mark"]
    server.manner = "good"
    assert Router([Google(server.address)], "en").done(mark)


def test_a_text_too_long_for_an_address_is_not_sent(
    engine: Google, server: MisbehavingGoogle
) -> None:
    assert answer(engine, "parola " * 800)["reason"] == "longer than 4,999 characters"
    assert server.asked == []


@pytest.mark.parametrize(("code", "sent"), [("zh", "zh-CN"), ("he", "iw"), ("nb", "no")])
def test_codes_google_names_otherwise_are_translated(
    engine: Google, server: MisbehavingGoogle, code: str, sent: str
) -> None:
    answer(engine, language=code)
    assert server.asked[0]["sl"] == sent


def test_a_language_google_does_not_have_is_a_reason_not_a_crash(engine: Google) -> None:
    made = answer(engine, language="xx")
    assert made["translated"] is None
    assert "LanguageNotSupportedException" in made["reason"]


@pytest.mark.parametrize("text", ["1 234", "…", "IBM"])
def test_texts_without_words_do_no_harm(
    engine: Google, server: MisbehavingGoogle, text: str
) -> None:
    server.manner = "echoes"
    assert answer(engine, text)["translated"] in (None, text)
