import pytest

from pipelines.translation.quality import estimated_quality, rejection

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
        (GOOD * 5, "implausible length"),
    ],
)
def test_what_cannot_be_a_translation_is_rejected_with_a_reason(
    answer: str | None, reason: str
) -> None:
    assert reason in str(rejection(SOURCE, answer))


@pytest.mark.parametrize("name", ["Meta", "Hugging Face", "OpenAI"])
def test_a_short_name_may_stay_as_it_is(name: str) -> None:
    assert rejection(name, name) is None


def test_quality_falls_when_figures_get_lost() -> None:
    assert estimated_quality(SOURCE, GOOD) == 1.0
    lost = estimated_quality(SOURCE, GOOD.replace("50", "many"))
    assert lost < 0.5


def test_quality_reads_figures_whatever_their_separators() -> None:
    assert estimated_quality("10.000 GPU sono poche", "10,000 GPUs are not much") == 1.0


@pytest.mark.parametrize(("source", "answer"), [("", ""), ("a", ""), ("1", "x" * 900)])
def test_quality_stays_between_none_and_one(source: str, answer: str) -> None:
    assert 0 <= estimated_quality(source, answer) <= 1
