"""Several extractors in one store: what is made again, and what an absent model leaves behind."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from corridor import Corridor

from assets.extraction import _asked
from assets.resources import Newsroom, Settings
from pipelines.extraction.panel import Panel
from warehouse.store import Store


class Model(ThreadingHTTPServer):
    """Takes "futuro aperto" for an event, wherever it is asked; refuses while it is down."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.is_up = True
        self.asked = 0


class _Handler(BaseHTTPRequestHandler):
    server: Model

    def do_GET(self) -> None:
        self._say({"data": []})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked += 1
        passages = json.loads(body["messages"][1]["content"])
        names = [
            {"passage": int(number), "text": "futuro aperto", "type": "EVENT"}
            for number in passages
        ]
        self._say({"choices": [{"message": {"content": json.dumps({"names": names})}}]})

    def _say(self, told: object) -> None:
        content = json.dumps(told).encode()
        self.send_response(200 if self.server.is_up else 401)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with Model() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@dataclass
class Night:
    """What one run made: articles by table."""

    made: dict[str, list[str]] = field(default_factory=dict)


def night(settings: Settings) -> Night:
    """Find the mentions that are pending, as the asset does, and what hangs on them."""
    told, newsroom = Night(), Newsroom(settings)
    with newsroom.store() as store:
        work = _asked(newsroom, store, Panel.core_mentions)
        for batch in store.pending("core_mentions", work.accept):
            rows = work.verb(**batch.frames)
            assert work.marks is not None
            store.put(batch, rows, work.marks(batch, rows))
            told.made.setdefault("core_mentions", []).extend(batch.keys["article_id"])
        for table in ("core_roles", "core_dates", "core_namings"):
            for batch in store.pending(table):
                kept = store.read(table).join(batch.keys, on="article_id", how="semi")
                store.put(batch, kept)
                told.made.setdefault(table, []).extend(batch.keys["article_id"])
    return told


def by(settings: Settings) -> set[str]:
    """Who made the mentions that stand."""
    with Newsroom(settings).store() as store:
        return set(store.read("core_mentions")["extractor"])


def with_model(corridor: Corridor, model: Model) -> Settings:
    address = f"http://127.0.0.1:{model.server_address[1]}/v1"
    return replace(
        corridor.settings, extractors=("rules", "llm"), llm_url=address, llm_model="tiny"
    )


def test_another_extractor_makes_mentions_and_what_hangs_on_them_again(
    corridor: Corridor, model: Model
) -> None:
    assert night(corridor.settings).made == {}
    settings = with_model(corridor, model)
    made = night(settings).made
    assert set(made) == {"core_mentions", "core_roles", "core_dates", "core_namings"}
    assert by(settings) == {"rules", "llm"}
    assert night(settings).made == {}
    back = night(corridor.settings)
    assert len(back.made["core_mentions"]) == 2
    assert by(corridor.settings) == {"rules"}


def test_a_model_that_was_not_there_is_asked_when_it_is(corridor: Corridor, model: Model) -> None:
    settings = with_model(corridor, model)
    model.is_up = False
    first = night(settings)
    assert len(first.made["core_mentions"]) == 2
    assert by(settings) == {"rules"}  # what the others found stands
    model.is_up = True
    second = night(settings)
    assert sorted(second.made["core_mentions"]) == sorted(first.made["core_mentions"])
    assert set(second.made) == set(first.made)
    assert by(settings) == {"rules", "llm"}
    assert night(settings).made == {}


def test_no_text_is_asked_twice_of_a_model_whatever_else_changes(
    corridor: Corridor, model: Model
) -> None:
    settings = with_model(corridor, model)
    night(settings)
    asked = model.asked
    assert asked > 0
    with Newsroom(settings).store() as store:
        _forget(store)
    assert len(night(settings).made["core_mentions"]) == 2
    assert model.asked == asked


def _forget(store: Store) -> None:
    """Every article's mentions are pending again, as after a change of the rules."""
    assert store.reopen_marked("core_mentions", lambda _mark: True) == 2
    assert store.reopen_marked("core_mentions", lambda _mark: True) == 0


def test_the_ui_is_told_who_found_what(corridor: Corridor, model: Model) -> None:
    settings = with_model(corridor, model)
    model.is_up = False
    newsroom = Newsroom(settings)
    with newsroom.store() as store:
        work = _asked(newsroom, store, Panel.core_mentions)
        for batch in store.pending("core_mentions", work.accept):
            work.verb(**batch.frames)
        assert work.report is not None
        told = {name: value.value for name, value in work.report(store).items()}
    assert "| rules |" in str(told["extractors"])
    assert "| llm | tiny 1 | 0 | 0 | 2 |" in str(told["extractors"])
    assert "llm: permanent: refused the key" in str(told["what was not read"])


def test_mentions_of_a_model_pass_the_checks_of_the_table(corridor: Corridor, model: Model) -> None:
    from warehouse.suites.run import check_table

    settings = with_model(corridor, model)
    night(settings)
    with Newsroom(settings).store() as store:
        outcome = check_table(store, "core_mentions", Newsroom.now())
        spans = store.connection.sql(
            'SELECT m.surface, a.body[m.start + 1:m."end"] FROM core_mentions m '
            "JOIN core_articles a USING (article_id) WHERE m.extractor = 'llm'"
        ).pl()
    assert outcome.passed
    assert spans.rows() == [("futuro aperto", "futuro aperto")]
