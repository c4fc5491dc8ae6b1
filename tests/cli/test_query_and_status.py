import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from warehouse import contracts
from warehouse.publisher import Home, build, fingerprint, publish, version_name
from warehouse.store import open_store
from warehouse.suites import check_table

NOW = datetime(2026, 11, 22, 17, 5)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("BABELWIRE_", "DAGSTER_"))]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A published version of a day without news, and one file that could not be read."""
    made = Home(tmp_path_factory.mktemp("home"))
    with open_store(made.store) as store:
        store.connection.execute(
            """
            INSERT INTO raw_files (file_id, root, path, sha256, size, modified_ns, media_type,
                landed_at, status, reason, reader, articles, rejects)
            VALUES ('f', '/in', 'talk.pdf', '', 1, 1, 'application/octet-stream', $1,
                'quarantined', 'no reader for [.pdf]; read are: .txt', 'by hand', 0, 0);
            """,
            [NOW],
        )
        for table in contracts.TABLES:
            if table.layer != "mart":
                assert check_table(store, table.name, NOW).passed
        of = fingerprint(store)
    version = version_name(NOW, of)
    build(made, version, target="en", fingerprint=of, started_at=NOW, now=lambda: NOW)
    publish(made, version, now=lambda: NOW)
    return made


@pytest.fixture
def query(home: Home) -> Iterator[object]:
    def ask(sql: str, *options: str) -> Result:
        return CliRunner().invoke(app, ["query", sql, "--home", str(home.path), *options])

    return ask  # type: ignore[return-value]


class TestQuery:
    ONE = "SELECT 1 AS one, 'two' AS two, NULL AS none"

    def test_a_table_for_people(self, query) -> None:  # type: ignore[no-untyped-def]
        said = query(self.ONE).stdout
        assert all(word in said for word in ("one", "two", "none"))

    def test_csv_for_spreadsheets(self, query) -> None:  # type: ignore[no-untyped-def]
        assert query(self.ONE, "--format", "csv").stdout == "one,two,none\n1,two,\n"

    def test_json_for_programs(self, query) -> None:  # type: ignore[no-untyped-def]
        assert json.loads(query(self.ONE, "--format", "json").stdout) == [
            {"one": 1, "two": "two", "none": None}
        ]

    @pytest.mark.parametrize("output", ["table", "csv", "json"])
    def test_lists_structs_and_times_in_every_format(self, query, output: str) -> None:  # type: ignore[no-untyped-def]
        sql = (
            "SELECT [{'start': 1, 'text': 'IBM'}] AS evidence, {'a': [1, 2]} AS nested, "
            "[]::INT[] AS empty, NULL::INT[] AS none, DATE '2023-12-05' AS day, "
            "TIMESTAMP '2023-12-05 10:00:00' AS at, 1.5::DECIMAL(4, 2) AS amount, "
            "true AS yes"
        )
        answer = query(sql, "--format", output)
        assert answer.exit_code == 0, answer.output
        assert "IBM" in answer.stdout
        if output != "table":  # whose cells are folded where a screen is narrow
            assert "2023-12-05" in answer.stdout

    def test_a_duration_is_shown(self, query) -> None:  # type: ignore[no-untyped-def]
        answer = query("SELECT INTERVAL 1 DAY AS lasted", "--format", "csv")
        assert (answer.exit_code, answer.stdout) == (0, 'lasted\n"1 day, 0:00:00"\n')

    def test_what_is_no_sql_is_refused_in_a_sentence(self, query) -> None:  # type: ignore[no-untyped-def]
        answer = query("SELECT INTERVAL FROM")
        assert (answer.exit_code, answer.stdout) == (1, "")
        assert answer.stderr.startswith("error: Parser Error: ")

    @pytest.mark.parametrize("output", ["table", "csv", "json"])
    def test_no_rows_are_no_error(self, query, output: str) -> None:  # type: ignore[no-untyped-def]
        answer = query("FROM mart_articles", "--format", output)
        assert answer.exit_code == 0
        assert answer.stderr == ""

    def test_a_format_nobody_knows_is_refused(self, query) -> None:  # type: ignore[no-untyped-def]
        answer = query(self.ONE, "--format", "xml")
        assert answer.exit_code == 2
        assert answer.stderr == "error: no format xml; there are: table, csv, json\n"

    def test_rows_beyond_the_limit_are_told_of_on_standard_error(self, query) -> None:  # type: ignore[no-untyped-def]
        answer = query("SELECT * FROM range(500)", "--format", "csv")
        assert len(answer.stdout.splitlines()) == 101
        assert "only the first 100 rows are shown; --limit 0 shows all" in answer.stderr

    @pytest.mark.parametrize(("limit", "lines"), [("3", 4), ("500", 501), ("0", 501)])
    def test_the_limit_is_set_or_taken_away(self, query, limit: str, lines: int) -> None:  # type: ignore[no-untyped-def]
        answer = query("SELECT * FROM range(500)", "--format", "csv", "--limit", limit)
        assert len(answer.stdout.splitlines()) == lines
        assert ("only the first" in answer.stderr) is (limit == "3")

    def test_several_statements_are_refused_and_none_is_dropped(self, query) -> None:  # type: ignore[no-untyped-def]
        answer = query("SELECT 1; SELECT 2")
        assert (answer.exit_code, answer.stdout) == (1, "")
        assert query("SELECT 2;").exit_code == 0

    def test_a_table_that_is_not_there_leads_to_those_that_are(self, query) -> None:  # type: ignore[no-untyped-def]
        assert "SHOW TABLES" in query("FROM mart_nowhere").stderr

    def test_brackets_in_a_cell_are_shown_as_they_are(self, query) -> None:  # type: ignore[no-untyped-def]
        assert "[bold]ciao[/bold]" in query("SELECT '[bold]ciao[/bold]' AS said").stdout

    def test_a_closing_bracket_in_an_error_does_no_harm(self, query) -> None:  # type: ignore[no-untyped-def]
        assert query("SELECT error('[/x]')").stderr.startswith("error: ")

    def test_a_closing_bracket_in_a_cell_does_no_harm(self, query) -> None:  # type: ignore[no-untyped-def]
        assert query("SELECT 'a [/b] c' AS said").exit_code == 0

    def test_a_query_that_takes_too_long_is_stopped(self, query) -> None:  # type: ignore[no-untyped-def]
        answer = query(
            "SELECT count(*) FROM range(1000000) a, range(1000000) b", "--timeout", "0.5"
        )
        assert answer.exit_code == 1
        assert "stopped after 0.5 seconds; narrow the query, or raise --timeout" in answer.stderr

    @pytest.mark.parametrize(
        "sql",
        ["SELECT * FROM no_such_table", "SELEC 1", "", ";", "SELECT 1/"],
    )
    def test_a_mistake_is_said_without_a_trace(self, query, sql: str) -> None:  # type: ignore[no-untyped-def]
        answer = query(sql)
        assert answer.exit_code == 1
        assert answer.stderr.startswith("error: ")
        assert "Traceback" not in answer.output

    @pytest.mark.parametrize(
        "sql",
        [
            "CREATE TABLE mine AS SELECT 1",
            "DELETE FROM mart_runs",
            "UPDATE mart_runs SET version = 'x'",
            "DROP TABLE mart_runs",
            "INSERT INTO mart_runs SELECT * FROM mart_runs",
            "SELECT * FROM read_csv('/etc/passwd', sep=':')",
            "SELECT * FROM read_text('/etc/passwd')",
            "SELECT * FROM '/etc/passwd'",
            "SELECT * FROM glob('/etc/*')",
            "COPY mart_runs TO '/tmp/stolen.csv'",
            "ATTACH '/tmp/other.duckdb'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "SET enable_external_access = true",
            "SET memory_limit = '100GB'",
            "RESET lock_configuration",
            "SELECT 1; DELETE FROM mart_runs",
            "EXPORT DATABASE '/tmp/stolen'",
            "PRAGMA enable_profiling",
        ],
    )
    def test_nothing_but_the_marts_is_read_and_nothing_is_written(
        self, query, home: Home, sql: str  # type: ignore[no-untyped-def]
    ) -> None:
        before = home.marts.resolve().read_bytes()
        answer = query(sql)
        assert answer.exit_code == 1, answer.output
        assert "root:" not in answer.output
        assert home.marts.resolve().read_bytes() == before

    def test_before_the_first_publication_it_says_so(self, tmp_path: Path) -> None:
        answer = CliRunner().invoke(app, ["query", "SELECT 1", "--home", str(tmp_path)])
        assert f"nothing is published yet in {tmp_path}" in str(answer.exception)

    def test_the_output_is_plain_where_nobody_sees_colours(self, query) -> None:  # type: ignore[no-untyped-def]
        assert "\x1b" not in query(self.ONE).output

    def test_a_long_cell_is_not_cut(self, query) -> None:  # type: ignore[no-untyped-def]
        said = query("SELECT repeat('word ', 60) || 'end' AS long").stdout
        assert said.count("word") == 60
        assert "end" in said


def status(home: Path) -> Result:
    return CliRunner().invoke(app, ["status", "--home", str(home)])


def test_status_before_publication_says_how_to_start(tmp_path: Path) -> None:
    answer = status(tmp_path)
    assert answer.exit_code == 0
    assert answer.stdout == f"nothing is published in {tmp_path} yet; start with: babelwire run\n"


def test_status_tells_the_version_how_it_was_made_and_what_is_quarantined(home: Home) -> None:
    said = status(home.path).stdout
    version = home.marts.readlink().parent.name
    assert version in said
    for name in ("published_at", "articles", "quarantined_files", "checks_passed", "file"):
        assert name in said
    assert "quarantined talk.pdf" in said
    assert "no reader for [.pdf]; read are: .txt" in said
    assert "\x1b" not in said


def test_status_says_whether_a_run_is_under_way(home: Home) -> None:
    def under_way() -> str:
        (line,) = [one for one in status(home.path).stdout.splitlines() if "run under way" in one]
        return line.split()[-1]

    assert under_way() == "no"
    holding = f"import duckdb; con = duckdb.connect({str(home.store)!r}); print('held'); input()"
    with subprocess.Popen(
        [sys.executable, "-u", "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        run.stdout.readline()
        assert under_way() == "yes"
        run.communicate(b"\n")
    assert under_way() == "no"


def test_status_does_not_lock_out_a_run(home: Home) -> None:
    status(home.path)
    with duckdb.connect(str(home.store)) as store:
        store.execute("SELECT 1")
