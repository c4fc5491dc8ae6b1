"""Services over the network, each against each fault: bounded, and honest about it."""

import dataclasses
import logging
import socket
import time
from collections.abc import Iterator

import pytest
from misbehaving_services import (
    ENGLISH,
    IMPATIENT,
    KEY,
    LINE,
    SERVICES,
    MisbehavingServices,
    lines,
)
from texts import Row, Told, by_text, texts

from pipelines.services.guard import Budget
from pipelines.translation.engines.google import Google
from pipelines.translation.engines.libretranslate import LibreTranslate
from pipelines.translation.quality import in_other_language
from pipelines.translation.router import Router

#: Seconds in which whatever goes wrong is over; without bounds it would be for ever.
BOUND = 4.0
#: Fractions of the seconds that are waited for a real one.
HASTY = dataclasses.replace(IMPATIENT, connect=0.1, read=0.1, whole=0.12)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loopback is reached directly, whatever proxy there is."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(autouse=True, scope="module")
def languages() -> None:
    """The detector is loaded: on a busy machine that alone takes longer than an answer may."""
    in_other_language(["news"], "en", ("de", "it"))


@pytest.fixture(scope="module")
def running() -> Iterator[MisbehavingServices]:
    with MisbehavingServices().running() as services:
        yield services


@pytest.fixture
def server(running: MisbehavingServices) -> MisbehavingServices:
    running.manner = "good"
    running.asked.clear()
    return running


ASKED = lines(4)
KNOWN_LATER = [text for _, text in ASKED[:2]]


def run(server: MisbehavingServices, service: str) -> dict[str, Row]:
    """What a router makes of four texts, two of which a later engine knows."""
    asked = texts(*ASKED)
    router = Router([server.engine(service), Told("later", *KNOWN_LATER)], "en", languages=("de",))
    return by_text(asked, router.translate(asked))


@pytest.mark.parametrize("service", SERVICES)
def test_a_translation_is_brought_home(server: MisbehavingServices, service: str) -> None:
    made = run(server, service)
    assert {row["engine"] for row in made.values()} == {service}
    assert [made[text]["translated"] for _, text in ASKED] == [ENGLISH.format(n) for n in range(4)]
    assert {row["quality"] for row in made.values()} == {1.0}
    assert sorted(server.texts) == sorted(text for _, text in ASKED)
    assert {one.source.lower()[:2] for one in server.asked} == {"it"}
    assert {one.target.lower()[:2] for one in server.asked} == {"en"}


FAULTS = {
    "hangs": "no answer from the network",
    "trickles": "no answer from the network",
    "trickles_headers": "no answer from the network",
    "never_ends": "no answer from the network",
    "closes": "no answer from the network",
    "hangs_up": "no answer from the network",
    "talks_nonsense": "no answer from the network",
    "busy": "asked too often (429)",
    "busy_for_long": "asked too often (429)",
    "busy_until": "asked too often (503)",
    "fails": "failed (500)",
    "refuses_key": "refused the key or us (403)",
    "quota": "its quota is used up (456)",
    "error_page": "garbage",
    "error_as_text": "an error page instead of a translation",
    "nothing": "garbage",
    "null": ("empty answer", "garbage"),
    "null_as_text": ("empty answer", "garbage"),
    "empty": ("empty answer", "garbage"),
    "echoes": "the source came back untranslated",
    "wrong_language": "the answer is in another language (de)",
    "cuts_short": "implausible length",
    "loops": "it repeats itself",
    "sends_round": "",
}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_a_service_does_a_later_engine_translates_or_the_reason_is_told(
    server: MisbehavingServices,
    service: str,
    fault: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    limits = HASTY if "no answer" in FAULTS[fault] else IMPATIENT
    engine = server.engine(service, limits)
    assert engine.unavailable() is None  # it went wrong after the probe
    server.manner = fault
    asked = texts(*ASKED)
    started = time.monotonic()
    router = Router([engine, Told("later", *KNOWN_LATER)], "en", languages=("de",))
    made = by_text(asked, router.translate(asked))
    assert time.monotonic() - started < BOUND
    assert {text: made[text]["engine"] for _, text in ASKED} == {
        text: "later" if text in KNOWN_LATER else "untranslated" for _, text in ASKED
    }
    reasons = [row["fallback_reason"] for row in made.values()]
    assert all(reason.startswith(f"{service}: ") for reason in reasons)
    told = FAULTS[fault] if isinstance(FAULTS[fault], tuple) else (FAULTS[fault],)
    assert any(one in reason for one in told for reason in reasons), reasons
    said = caplog.text + "".join(capfd.readouterr()) + " ".join(reasons) + repr(engine)
    assert KEY not in said


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("fault", ["busy_once", "fails_once"])
def test_what_passes_is_tried_again(
    server: MisbehavingServices, service: str, fault: str
) -> None:
    server.manner = fault
    assert {row["engine"] for row in run(server, service).values()} == {service}


@pytest.mark.parametrize("service", SERVICES)
def test_where_nobody_listens_one_probe_decides(service: str) -> None:
    engine = SERVICES[service].engine(closed_port(), IMPATIENT, None)
    started = time.monotonic()
    assert "no answer from the network" in str(engine.unavailable())
    assert engine.conditions() == "offline"
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("service", SERVICES)
def test_a_server_that_hangs_is_found_out_by_the_probe(
    server: MisbehavingServices, service: str
) -> None:
    server.manner = "hangs"
    started = time.monotonic()
    made = run(server, service)
    assert time.monotonic() - started < 2
    assert server.asked == []
    assert {row["engine"] for row in made.values()} == {"later", "untranslated"}


def closed_port() -> str:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_name_server_that_never_answers_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(5))
    started = time.monotonic()
    engine = Google("http://nowhere.invalid/m", limits=IMPATIENT)
    assert engine.unavailable() == "no answer from the network (too slow)"
    assert time.monotonic() - started < 2


def test_on_a_closed_network_the_probes_of_all_services_cost_one_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(5))
    engines = [one.engine("http://nowhere.invalid", IMPATIENT, None) for one in SERVICES.values()]
    router, asked = Router(engines, "en"), texts(*lines(50))
    started = time.monotonic()
    made = router.translate(asked)
    assert time.monotonic() - started < 2 * IMPATIENT.probe
    assert set(made["origin"]) == {"untranslated"}


def test_after_failures_in_a_row_the_engine_rests(server: MisbehavingServices) -> None:
    engine = server.engine("google", dataclasses.replace(IMPATIENT, workers=1))
    assert engine.unavailable() is None
    server.manner = "fails"
    asked = texts(*lines(9))
    made = Router([engine], "en").translate(asked)
    assert len(server.asked) == 3
    assert "google: busy: rests after 3 failures in a row" in set(made["fallback_reason"])
    server.manner = "good"
    assert engine.unavailable() == "rests after 3 failures in a row"


def test_after_its_rest_it_is_asked_again(server: MisbehavingServices) -> None:
    engine = server.engine("google", dataclasses.replace(IMPATIENT, workers=1, rest=0.2))
    router = Router([engine], "en")
    assert engine.unavailable() is None
    server.manner = "fails"
    router.translate(texts(*lines(3)))
    server.manner = "good"
    time.sleep(0.25)
    assert set(router.translate(texts(*lines(3)))["engine"]) == {"google"}


def test_a_key_that_is_refused_ends_the_run_for_this_engine(server: MisbehavingServices) -> None:
    engine = server.engine("deepl", dataclasses.replace(IMPATIENT, workers=1))
    assert engine.unavailable() is None
    server.manner = "refuses_key"
    Router([engine], "en").translate(texts(*lines(20)))
    assert len(server.asked) == 1


def test_who_asks_for_an_hour_gets_it(server: MisbehavingServices) -> None:
    engine = server.engine("google", dataclasses.replace(IMPATIENT, workers=1))
    assert engine.unavailable() is None
    server.manner = "busy_for_long"
    Router([engine], "en").translate(texts(*lines(20)))
    assert len(server.asked) == 1
    assert engine.unavailable() == "it asked to be left alone for 3,600 seconds"


def test_the_budget_of_a_run_holds_over_all_services(server: MisbehavingServices) -> None:
    budget = Budget(5 * len(LINE.format(0)))
    engines = [server.engine(name, budget=budget) for name in ("google", "mymemory")]
    made = Router(engines, "en").translate(texts(*lines(9)))
    assert len(server.texts) == 5
    assert made.filter(origin="untranslated")["fallback_reason"].str.contains(
        f"the run's budget of {budget.characters} characters is spent", literal=True
    ).all()
    assert made["origin"].value_counts().sort("origin")["count"].to_list() == [5, 4]


def test_what_the_budget_left_is_done_in_the_next_run(server: MisbehavingServices) -> None:
    first = Router([server.engine("google", budget=Budget(10))], "en")
    (mark,) = first.translate(texts(*lines(1)))["mark"]
    assert not Router([server.engine("google")], "en").done(mark)


def test_what_an_unsteady_network_left_is_tried_again_in_the_next_run(
    server: MisbehavingServices,
) -> None:
    """The next probe finds it online, as this one did: that alone must not keep a text waiting."""
    engine = server.engine("google")
    assert engine.unavailable() is None
    server.manner = "fails"
    (mark,) = Router([engine], "en").translate(texts(*lines(1)))["mark"]
    server.manner = "good"
    assert not Router([server.engine("google")], "en").done(mark)


def test_what_came_back_untranslated_rests_while_the_network_is_the_same(
    server: MisbehavingServices,
) -> None:
    engine = server.engine("google")
    assert engine.unavailable() is None
    server.manner = "echoes"
    (mark,) = Router([engine], "en").translate(texts(*lines(1)))["mark"]
    server.manner = "good"
    assert Router([server.engine("google")], "en").done(mark)


def test_calls_keep_to_the_rate(server: MisbehavingServices) -> None:
    engine = server.engine("google", dataclasses.replace(IMPATIENT, calls_a_second=20))
    started = time.monotonic()
    Router([engine], "en").translate(texts(*lines(6)))
    assert time.monotonic() - started >= 5 / 20


def test_the_longest_texts_are_cut_at_sentences_within_the_limit(
    server: MisbehavingServices,
) -> None:
    sentences = [LINE.format(number) for number in range(20)]
    text = " ".join(sentences[:10]) + "\n\n" + " ".join(sentences[10:])
    asked = texts(("it", text))
    made = by_text(asked, Router([server.engine("mymemory")], "en").translate(asked))[text]
    assert made["engine"] == "mymemory"
    assert max(len(one.encode()) for one in server.texts) <= 499
    assert all(one.endswith(".") for one in server.texts)
    wanted = [ENGLISH.format(number) for number in range(20)]
    assert made["translated"] == " ".join(wanted[:10]) + "\n\n" + " ".join(wanted[10:])


def test_a_batch_goes_in_few_calls_and_one_bad_text_does_not_lose_the_others(
    server: MisbehavingServices,
) -> None:
    engine = server.engine("libretranslate")
    made = Router([engine], "en").translate(texts(*lines(60)))
    assert set(made["engine"]) == {"libretranslate"}
    assert len(server.asked) == 3


def test_a_language_the_server_does_not_have_is_not_sent(server: MisbehavingServices) -> None:
    made = Router([server.engine("libretranslate")], "en").translate(
        texts(("sv", "En rad ur en lång lista med nyheter från hela världen."))
    )
    assert made["fallback_reason"].to_list() == ["libretranslate: libretranslate does not have sv"]
    assert server.asked == []


def test_texts_in_an_unknown_language_are_not_sent(server: MisbehavingServices) -> None:
    made = Router([server.engine("google")], "en").translate(texts(("und", "IBM, Meta, Intel")))
    assert made["fallback_reason"].to_list() == ["google: language unknown"]
    assert server.asked == []


@pytest.mark.parametrize(
    ("service", "language", "sent"),
    [
        ("google", "zh", "zh-CN"),
        ("google", "he", "iw"),
        ("google", "nb", "no"),
        ("mymemory", "it", "it-IT"),
        ("mymemory", "pt", "pt-PT"),
        ("mymemory", "da", "da-DK"),
        ("deepl", "it", "IT"),
        ("microsoft", "zh", "zh-hans"),
        ("libretranslate", "nl", "nl"),
        ("chatgpt", "nl", "dutch"),
    ],
)
def test_languages_are_called_as_each_service_calls_them(
    server: MisbehavingServices, service: str, language: str, sent: str
) -> None:
    Router([server.engine(service)], "en").translate(texts((language, LINE.format(1))))
    assert server.asked[0].source == sent


@pytest.mark.parametrize(
    ("service", "place"),
    [
        ("deepl", "headers"),
        ("microsoft", "headers"),
        ("libretranslate", "body"),
        ("chatgpt", "headers"),
    ],
)
def test_keys_travel_where_the_service_reads_them_and_in_no_address(
    server: MisbehavingServices, service: str, place: str
) -> None:
    Router([server.engine(service)], "en").translate(texts(*lines(1)))
    asked = server.asked[0]
    places = {"address": asked.address, "headers": str(asked.headers), "body": asked.body}
    assert [name for name, text in places.items() if KEY in text] == [place]


@pytest.mark.parametrize("service", ["deepl", "microsoft", "chatgpt"])
def test_a_service_without_its_key_says_which_setting_is_missing(service: str) -> None:
    missing = {
        "deepl": "BABELWIRE_DEEPL_KEY",
        "microsoft": "BABELWIRE_MICROSOFT_KEY",
        "chatgpt": "BABELWIRE_CHATGPT_KEY",
    }
    engine = type(SERVICES[service].engine("http://x", IMPATIENT, None))("")
    assert engine.unavailable() == f"no key: set {missing[service]}"
    assert engine.conditions() == "not configured"


def test_a_server_that_is_not_configured_costs_no_probe() -> None:
    engine = LibreTranslate("")
    assert engine.unavailable() == "no server: set BABELWIRE_LIBRETRANSLATE_URL"
    assert engine.conditions() == "not configured"


@pytest.mark.parametrize("text", ["1 234", "…", "IBM"])
def test_texts_without_words_do_no_harm(server: MisbehavingServices, text: str) -> None:
    server.manner = "echoes"
    made = Router([server.engine("google")], "en").translate(texts(("it", text)))
    assert made["translated"].to_list() in ([None], [text])


def test_mymemory_says_in_the_text_that_its_words_are_used_up(
    server: MisbehavingServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "MYMEMORY WARNING: YOU USED ALL AVAILABLE FREE TRANSLATIONS FOR TODAY."
    monkeypatch.setattr("misbehaving_services.english", lambda _: told)
    made = Router([server.engine("mymemory")], "en").translate(texts(*lines(1)))
    assert "today's free words are used up" in made["fallback_reason"][0]


