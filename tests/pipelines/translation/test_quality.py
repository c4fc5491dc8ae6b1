import pytest

from pipelines.translation.quality import estimated_quality, in_other_language, rejection

SOURCE = "Meta e IBM hanno annunciato martedì la creazione dell’alleanza con 50 membri."
GOOD = "Meta and IBM announced on Tuesday the creation of the alliance with 50 members."


def test_a_plausible_translation_is_accepted() -> None:
    assert rejection(SOURCE, GOOD) is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "empty answer"),
        ("", "empty answer"),
        (" \n", "empty answer"),
        ("<html><body>Sorry</body></html>", "an error page"),
        ("Error 500 (Server Error)!!1500.That’s an error.There was an error.", "an error page"),
        ("Our systems have detected unusual traffic from your network.", "an error page"),
        (SOURCE, "the source came back untranslated"),
        (f"  {SOURCE}\n", "the source came back untranslated"),
        ("Meta.", "implausible length"),
        (GOOD * 5, "it repeats itself"),
        (GOOD + " and so on, for there is more to say of it than anybody ever asked" * 3, "length"),
        ("null", "empty answer"),
        ("<html><head><title>503 Service Unavailable</title>", "an error page"),
    ],
)
def test_what_cannot_be_a_translation_is_rejected_with_a_reason(
    answer: str | None, reason: str
) -> None:
    assert reason in str(rejection(SOURCE, answer))


@pytest.mark.parametrize("name", ["Meta", "Hugging Face", "OpenAI"])
def test_a_short_name_may_stay_as_it_is(name: str) -> None:
    assert rejection(name, name) is None


def test_what_an_author_repeats_may_be_repeated() -> None:
    chant = "Viva la pace! " * 6
    assert rejection(chant, "Long live peace! " * 6) is None


def test_quality_falls_with_what_was_missed() -> None:
    assert estimated_quality(SOURCE, GOOD, 4, 0) == 1.0
    assert estimated_quality(SOURCE, GOOD, 4, 1) < 0.85
    assert estimated_quality(SOURCE, GOOD, 1, 1) < 0.3


def test_quality_falls_with_words_that_stay_untranslated() -> None:
    residue = "Meta and IBM hanno annunciato martedì the creazione dell’alleanza con 50 members."
    assert estimated_quality(SOURCE, residue) < 0.7


def test_quality_falls_with_an_unlikely_length() -> None:
    assert estimated_quality(SOURCE, GOOD[:34]) < 1.0


def test_an_answer_in_another_language_is_found_out() -> None:
    german = "Meta und IBM haben am Dienstag die Gründung eines Bündnisses mit Mitgliedern bekannt."
    assert in_other_language([GOOD, german, "Meta"], "en", ("de", "it")) == [None, "de", None]


def test_a_language_the_detector_does_not_know_is_no_error() -> None:
    assert in_other_language([GOOD], "xx", ()) == [None]


@pytest.mark.parametrize(("source", "answer"), [("", ""), ("a", ""), ("1", "x" * 900)])
def test_quality_stays_between_none_and_one(source: str, answer: str) -> None:
    assert 0 <= estimated_quality(source, answer) <= 1
