"""A landing folder as it is in life: good files among broken ones, and files that change."""

import json
from pathlib import Path

import pytest
from journey import Journey, Outcome, babelwire

GOOD = (
    "Babelwire Institute opened a laboratory in Dublin on Monday, 4 March 2024.\n"
    "The laboratory will study how news travels between languages. "
    "“We read what others only translate,” said Orla Fennimore, director of Babelwire Institute."
)
EDITED = GOOD.replace("in Dublin", "in Cork")
LATIN = (
    "Le ministère de la Santé a annoncé mardi l'arrivée d'un vaccin à Besançon.\n"
    "« Nous étions prêts dès l'été », a déclaré la préfète, très émue, après la cérémonie."
)
RECORD = "The harbour of Marseille stays closed until Friday, the port authority said."
LATER = (
    "The Atlantic Tide Council met in Lisbon. It counts more than 30 harbours among its members."
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("landing")
    (folder / "good.txt").write_text(GOOD, "utf-8")
    (folder / "latin.txt").write_bytes(LATIN.encode("latin-1"))
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    (folder / "large.txt").write_bytes(b"news " * 1_100_000)
    (folder / "notes.xyz").write_text("no reader knows this suffix", "utf-8")
    records = [json.dumps({"id": 1, "text": RECORD}), '{"id": 2, "text": ']
    (folder / "export.jsonl").write_text("\n".join(records), "utf-8")
    return folder


@pytest.fixture(scope="module")
def landing(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    home = tmp_path_factory.mktemp("landing_home")
    return Journey(home, babelwire("run", "--articles", folder, "--home", home))


@pytest.fixture(scope="module")
def first_bodies(landing: Journey) -> dict[str, str]:
    """Bodies by article after the first run; asked for before the folder changes."""
    return bodies(landing)


@pytest.fixture(scope="module")
def quarantine(landing: Journey) -> dict[str, str]:
    held = landing.rows("SELECT source_path, reason FROM mart_quarantine")
    return {file["source_path"]: file["reason"] for file in held}


@pytest.fixture(scope="module")
def changed(
    folder: Path, landing: Journey, first_bodies: dict[str, str], quarantine: dict[str, str]
) -> Outcome:
    """A run after one file was added and another edited."""
    (folder / "later.txt").write_text(LATER, "utf-8")
    (folder / "good.txt").write_text(EDITED, "utf-8")
    return babelwire("run", "--articles", folder, "--home", landing.home)


def bodies(landing: Journey) -> dict[str, str]:
    articles = landing.rows("SELECT article_id, body FROM mart_articles")
    return {article["article_id"]: article["body"] for article in articles}


def test_broken_files_do_not_fail_a_run(landing: Journey) -> None:
    assert landing.run.code == 0, landing.run.errors


def test_good_files_are_published_each_in_its_own_encoding(first_bodies: dict[str, str]) -> None:
    assert sorted(first_bodies.values()) == sorted([GOOD, LATIN, RECORD])


def test_a_bad_record_is_told_and_stops_none_beside_it(
    quarantine: dict[str, str], landing: Journey
) -> None:
    assert "it is not JSON" in quarantine["export.jsonl"]
    assert "line 2: it is not JSON" in landing.run.said


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("empty.txt", "the file is empty"),
        ("binary.txt", "the file is binary"),
        ("large.txt", "it has more than the 5,000,000 bytes"),
        ("notes.xyz", ".xyz"),
    ],
)
def test_what_cannot_be_read_is_quarantined_with_its_reason(
    quarantine: dict[str, str], file: str, why: str
) -> None:
    assert why in quarantine[file]


def test_every_file_is_published_or_quarantined(
    first_bodies: dict[str, str], quarantine: dict[str, str], landing: Journey
) -> None:
    assert len(first_bodies) + len(quarantine) == 8
    run, *_ = landing.rows("FROM mart_runs ORDER BY published_at")
    assert (run["articles"], run["quarantined_files"], run["rejected_parts"]) == (3, 4, 1)


def test_a_file_added_later_adds_just_its_article(
    landing: Journey, first_bodies: dict[str, str], changed: Outcome
) -> None:
    assert changed.code == 0, changed.errors
    now = bodies(landing)
    assert sorted(body for one, body in now.items() if one not in first_bodies) == sorted(
        [LATER, EDITED]
    )
    *_, run = landing.rows("FROM mart_runs ORDER BY published_at")
    assert run["new_articles"] == 2


def test_an_edited_file_makes_a_second_article_and_keeps_the_first(
    landing: Journey, first_bodies: dict[str, str], changed: Outcome
) -> None:
    assert first_bodies.items() <= bodies(landing).items()
    versions = landing.rows("SELECT body FROM mart_articles WHERE source_path = 'good.txt'")
    assert {version["body"] for version in versions} == {GOOD, EDITED}


def test_a_folder_that_does_not_exist_is_said_in_a_sentence(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    outcome = babelwire("run", "--articles", nowhere, "--home", tmp_path / "home")
    assert outcome.code == 2
    assert f"there is no folder or file {nowhere}" in outcome.errors
