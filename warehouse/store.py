"""The only door to the working DuckDB file.

The law of this file: rows and the marks that say they are made are written in one transaction.
What is marked at today's version is never made again; what is not, is pending; what has no mark has
no rows either. Idempotence, resumption after a kill and redoing only what a new rule touches all
follow from that.
"""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse import contracts
from warehouse.contracts import Derivation, Table

Frames = dict[str, pl.DataFrame]

_BOOKKEEPING = """
CREATE TABLE IF NOT EXISTS work_tables (
    table_name VARCHAR PRIMARY KEY, signature VARCHAR NOT NULL, revision BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS work_marks (
    table_name VARCHAR NOT NULL, key VARCHAR NOT NULL, version VARCHAR NOT NULL,
    state UBIGINT DEFAULT 0);
ALTER TABLE work_marks ADD COLUMN IF NOT EXISTS state UBIGINT DEFAULT 0;
CREATE TABLE IF NOT EXISTS work_checks (
    table_name VARCHAR PRIMARY KEY, revision BIGINT NOT NULL, suite VARCHAR NOT NULL,
    checked_at TIMESTAMP NOT NULL, passed BOOLEAN NOT NULL, outcome JSON NOT NULL);
"""

#: The key of the one mark of a table that is made whole.
_WHOLE = "*"
#: What DuckDB may keep in memory while files land: twice the rows that come at once (64 MB at
#: most). More goes to a file beside the store; it lands as fast as with 512 MB.
_LANDING_MEMORY = "128MB"

#: Share of dead rows among the stored from which checkpoints remove them: so what is rewritten is
#: ten times what was replaced at most, where a night that replaces a hundredth would rewrite all.
_DEAD = 0.1


class StoreLockedError(RuntimeError):
    """Another process holds the store and did not let go in time."""


class SchemaError(RuntimeError):
    """The store holds a raw table that today's contract cannot read."""


@dataclass(frozen=True)
class Batch:
    """A bounded unit of work: its keys and the frames its verb receives, by parameter name.

    Among them is ``pending``, the key and carried columns, where columns are carried, no frame
    holds the key, or frames hold more than the batch.
    """

    table: str
    version: str
    keys: pl.DataFrame
    frames: Frames
    done_before: int
    total: int


@dataclass
class Store:
    """An open store; use :func:`open_store`."""

    connection: duckdb.DuckDBPyConnection
    parameters: Mapping[str, str]
    _versions: dict[str, str] = field(default_factory=dict)

    # -- reading ---------------------------------------------------------------------------

    def read(
        self, table: str, kinds: tuple[str, ...] = (), columns: tuple[str, ...] = ()
    ) -> pl.DataFrame:
        """Return a table's rows, restricted to ``kinds`` and ``columns`` where given."""
        contracts.table(table)
        only = "WHERE kind IN (SELECT unnest($kinds))" if kinds else ""
        rows: pl.DataFrame = self.connection.sql(
            f"SELECT {_listed(columns)} FROM {table} {only}",
            params={"kinds": list(kinds)} if kinds else None,
        ).pl()
        return rows

    def rows_of(self, table: str, keys: pl.DataFrame) -> pl.DataFrame:
        """Return a table's rows that have the values of one of ``keys`` in its columns."""
        contracts.table(table)
        using = ", ".join(f'"{column}"' for column in keys.columns)
        with self._registered(wanted=keys):
            rows: pl.DataFrame = self.connection.sql(
                f"SELECT t.* FROM {table} t SEMI JOIN wanted USING ({using})"
            ).pl()
        return rows

    def count(self, table: str) -> int:
        """Return a table's number of rows."""
        contracts.table(table)
        return int(self._value(f"SELECT count(*) FROM {table}"))

    def revision(self, table: str) -> int:
        """Return how often the table's rows have changed."""
        return int(
            self._value("SELECT revision FROM work_tables WHERE table_name = $name", name=table)
        )

    def fingerprint(self) -> str:
        """Return a hash of every table's revision and version: equal means nothing changed."""
        state = self.connection.sql(
            "SELECT table_name, revision, signature FROM work_tables ORDER BY table_name"
        ).fetchall()
        return _digest(state, sorted(self.parameters.items()))

    # -- versions --------------------------------------------------------------------------

    def version(self, table: str) -> str:
        """Return today's version of a derived table.

        It hashes the maker and its version, its parameters, and the versions of all it reads; so
        a new rule or seed anywhere upstream makes pending just what depends on it.
        """
        contract = contracts.table(table)
        if not _derivation(contract).key:  # changes with every revision of what it reads
            return self._compute_version(contract)
        if table not in self._versions:
            self._versions[table] = self._compute_version(contract)
        return self._versions[table]

    def _compute_version(self, table: Table) -> str:
        work = _derivation(table)
        revisions = self._revisions() if not work.key and not table.view else {}
        read = [self._input_version(name, kinds, revisions) for name, kinds in work.inputs]
        return _digest(work.maker, work.version, self.parameters.get(table.name, ""), read)

    def _revisions(self) -> dict[str, int]:
        return dict(self.connection.sql("SELECT table_name, revision FROM work_tables").fetchall())

    def _input_version(
        self, name: str, kinds: tuple[str, ...], revisions: Mapping[str, int]
    ) -> str:
        contract = contracts.table(name)
        if contract.layer == "seed":
            return self._seed_hash(name, kinds)
        if revisions:
            return f"{name}@{revisions[name]}"
        work = contract.derivation
        if work is None:
            return name
        if not work.key and not contract.view:  # which of its rows matter, the state tells
            return f"{work.maker} {work.version}"
        return self.version(name)

    def _seed_hash(self, name: str, kinds: tuple[str, ...]) -> str:
        known = f"{name}:{','.join(kinds)}"
        if known not in self._versions:
            self._versions[known] = self._compute_seed_hash(name, kinds)
        return self._versions[known]

    def _compute_seed_hash(self, name: str, kinds: tuple[str, ...]) -> str:
        only = "WHERE kind IN (SELECT unnest($kinds))" if kinds else ""
        rows = self.connection.sql(
            f"SELECT sha256(string_agg(line, chr(10) ORDER BY line)) "
            f"FROM (SELECT seed::VARCHAR AS line FROM {name} seed {only})",
            params={"kinds": list(kinds)} if kinds else None,
        ).fetchall()
        return _digest(name, rows)

    # -- work ------------------------------------------------------------------------------

    def pending(
        self, table: str, accept: Callable[[str], bool] | None = None
    ) -> Iterator[Batch]:
        """Yield the batches of a table that have no output of today's maker.

        ``accept`` decides which marks count as done; without it, only today's version does.
        Nothing is yielded where all is done. Put each batch before taking the next.
        """
        contract = contracts.table(table)
        work = _derivation(contract)
        done = self._accepted(table, accept)
        if not work.key:
            if not done:
                frames = self.frames(table)
                yield Batch(table, self.version(table), pl.DataFrame(), frames, 0, 1)
            return
        self._collect_pending(contract, work, done)
        total = int(self._value("SELECT count(*) FROM pending_keys"))
        for start in range(0, total, work.batch):
            self.connection.execute(
                "CREATE OR REPLACE TEMP TABLE batch_keys AS SELECT * FROM pending_keys "
                f"WHERE position >= {start} AND position < {start + work.batch}"
            )
            keys = self.connection.sql("SELECT * EXCLUDE (position) FROM batch_keys").pl()
            yield Batch(
                table, self.version(table), keys, self._batch_frames(work), start, total
            )
        # Not before: until what is in their place is made, they tell what it has come from.
        if work.state:
            self._drop_gone(contract, work)

    def frames(self, table: str) -> Frames:
        """Return all that the verb of a table made whole receives, by parameter name."""
        work = _derivation(contracts.table(table))
        return {
            name: self.read(name, kinds, work.columns_of(name)) for name, kinds in work.inputs
        }

    def _accepted(self, table: str, accept: Callable[[str], bool] | None) -> list[str]:
        marks = self.connection.sql(
            "SELECT DISTINCT version FROM work_marks WHERE table_name = $table",
            params={"table": table},
        ).fetchall()
        today = self.version(table)
        made = sorted(mark for (mark,) in marks if mark)
        return [mark for mark in made if (accept(mark) if accept else mark == today)]

    def _collect_pending(self, contract: Table, work: Derivation, done: list[str]) -> None:
        """Compare units and marks; number those not done whose inputs are, in their order."""
        columns = ", ".join(f'"{column}"' for column in work.key)
        carried = "".join(f', min("{column}") AS "{column}"' for column in work.carry)
        order = ", ".join([*(f'"{column}"' for column in work.together), "mark"])
        state = f"bit_xor({work.state})" if work.state else "0"
        ready = " AND ".join(
            f"mark IN (SELECT key FROM work_marks WHERE table_name = '{name}' "
            f"AND starts_with(version, '{self.version(name)}'))"
            for name, _ in work.inputs
            if (read := contracts.table(name).derivation) and read.key == work.key
        )
        self.connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE changed_keys AS
            SELECT units.*, marks.key AS known FROM (
                SELECT {columns}{carried}, concat_ws('|', {columns}) AS mark,
                    {state}::UBIGINT AS state
                FROM {work.source} GROUP BY {columns}
            ) units FULL JOIN (
                FROM work_marks WHERE table_name = '{contract.name}'
            ) marks ON marks.key = units.mark
            WHERE known IS NULL OR mark IS NULL OR marks.state IS DISTINCT FROM units.state
            OR NOT list_contains($done, version)
            """,
            {"done": done},
        )
        self.connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE pending_keys AS
            SELECT * EXCLUDE (known), row_number() OVER (ORDER BY {order}) - 1 AS position
            FROM changed_keys WHERE mark IS NOT NULL AND {ready or "true"}
            """
        )

    def _drop_gone(self, contract: Table, work: Derivation) -> None:
        """Delete rows and marks of units that the source no longer has."""
        gone = self.connection.sql("SELECT known AS key FROM changed_keys WHERE mark IS NULL").pl()
        if gone.is_empty():
            return
        with self._transaction(), self._registered(gone=gone):
            for columns in _unit_columns(work):
                mark = "concat_ws('|', " + ", ".join(f'"{column}"' for column in columns) + ")"
                self.connection.execute(
                    f"DELETE FROM {contract.name} WHERE {mark} IN (SELECT key FROM gone)"
                )
            self.connection.execute(
                f"DELETE FROM work_marks WHERE table_name = '{contract.name}' "
                "AND key IN (SELECT key FROM gone)"
            )
            self._bump(contract.name)

    def _batch_frames(self, work: Derivation) -> Frames:
        self._collect_near(work)
        held = {row[0] for row in self.connection.sql("DESCRIBE batch_near").fetchall()}
        wanted = held if work.near else set(work.key)
        frames: Frames = {}
        is_cut = False
        for name, kinds in work.inputs:
            contract = contracts.table(name)
            common = [column for column in contract.column_names if column in wanted]
            if common and (work.near or len(common) == len(wanted)) and contract.layer != "seed":
                using = ", ".join(f'"{column}"' for column in common)
                frames[name] = self.connection.sql(
                    f"SELECT {_listed(work.columns_of(name))} FROM {name} "
                    f"SEMI JOIN batch_near USING ({using})"
                ).pl()
                is_cut = True
            else:
                frames[name] = self.read(name, kinds, work.columns_of(name))
        if work.carry or work.near or not is_cut:
            frames["pending"] = self.connection.sql(
                "SELECT * EXCLUDE (position, mark, state) FROM batch_keys ORDER BY position"
            ).pl()
        return frames

    def _collect_near(self, work: Derivation) -> None:
        """Collect what the batch's verb sees: of pairs, those with a unit still to come wait."""
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE batch_near AS {work.near or 'FROM batch_keys'}"
        )
        if work.sides:
            using = " AND ".join(f'n."{column}" = p."{column}"' for column in work.key)
            self.connection.execute(
                f"DELETE FROM batch_near n USING pending_keys p WHERE {using} "
                "AND p.position > (SELECT max(position) FROM batch_keys)"
            )

    def reopen(self, table: str, keys: pl.DataFrame) -> int:
        """Make keys of a table pending again, in the columns of its derivation's key; return how
        many had been done. Their rows stand until they are made anew.
        """
        work = _derivation(contracts.table(table))
        if keys.is_empty():
            return 0
        marks = keys.select(mark=pl.concat_str(work.key, separator="|"))
        with self._registered(reopened=marks):
            return len(
                self.connection.execute(
                    "UPDATE work_marks SET version = '' WHERE table_name = $table "
                    "AND version <> '' AND key IN (SELECT mark FROM reopened) RETURNING key",
                    {"table": table},
                ).fetchall()
            )

    def reopen_marked(self, table: str, again: Callable[[str], bool]) -> int:
        """Make the keys of a table pending again of whose mark ``again`` says so, and with them
        what is derived from it by the same key; return how many. Rows stand until they are made
        anew.
        """
        marks = self.connection.sql(
            "SELECT DISTINCT version FROM work_marks WHERE table_name = $table",
            params={"table": table},
        ).fetchall()
        chosen = [mark for (mark,) in marks if mark and again(mark)]
        if not chosen:
            return 0
        keys: pl.DataFrame = self.connection.sql(
            "SELECT key FROM work_marks WHERE table_name = $table "
            "AND version IN (SELECT unnest($chosen))",
            params={"table": table, "chosen": chosen},
        ).pl()
        with self._transaction(), self._registered(reopened=keys):
            self.connection.execute(
                "UPDATE work_marks SET version = '' WHERE table_name IN (SELECT unnest($tables)) "
                "AND key IN (SELECT key FROM reopened)",
                {"tables": _by_the_same_key(table)},
            )
        return keys.height

    def put(
        self,
        batch: Batch,
        made: pl.DataFrame,
        marks: pl.Series | None = None,
        log: Mapping[str, pl.DataFrame] | None = None,
    ) -> int:
        """Write a batch's rows and mark its keys done, in one transaction.

        ``marks`` gives each key's mark in the order of ``batch.keys``; without it, all are marked
        with the batch's version. Keys without rows are marked too. ``log`` holds rows to be added
        to tables that only grow. Returns the rows written.
        """
        contract = contracts.table(batch.table)
        work = _derivation(contract)
        with self._transaction():
            if work.key:
                self._replace_keys(contract, work, batch, made, marks)
            else:
                self._replace_whole(contract, made)
                self._mark_whole(batch)
            for name, rows in (log or {}).items():
                self._insert(contracts.table(name), rows)
                if rows.height:
                    self._bump(name)
        return made.height

    def _replace_keys(
        self,
        contract: Table,
        work: Derivation,
        batch: Batch,
        made: pl.DataFrame,
        marks: pl.Series | None,
    ) -> None:
        version = marks if marks is not None else pl.lit(batch.version)
        done = batch.keys.select("mark", "state", version=version)
        with self._registered(units=batch.keys, done=done):
            self._delete_marked(contract, work)
            self.connection.execute(
                f"INSERT INTO work_marks SELECT '{contract.name}', mark, version, state FROM done"
            )
        self._insert(contract, made)
        self._bump(contract.name)

    def _delete_marked(self, contract: Table, work: Derivation) -> None:
        """Delete rows and marks of those ``units`` that have been made before."""
        marked = self.connection.sql(
            "SELECT u.* FROM units u SEMI JOIN "
            f"(FROM work_marks WHERE table_name = '{contract.name}') m ON m.key = u.mark"
        ).pl()
        if marked.is_empty():  # new ones have nothing to be looked for in all that is there
            return
        with self._registered(marked=marked):
            for columns in _unit_columns(work):
                using = " AND ".join(
                    f't."{column}" = k."{key}"'
                    for column, key in zip(columns, work.key, strict=True)
                )
                self.connection.execute(
                    f"DELETE FROM {contract.name} t USING marked k WHERE {using}"
                )
            self.connection.execute(
                "DELETE FROM work_marks m USING marked k "
                f"WHERE m.table_name = '{contract.name}' AND m.key = k.mark"
            )

    def _replace_whole(self, contract: Table, made: pl.DataFrame) -> bool:
        """Replace all rows, unless they are the same already; return whether they changed."""
        columns = ", ".join(f'"{name}"' for name in contract.column_names)
        with self._registered(made_rows=made.select(contract.column_names)):
            changed = made.height != self.count(contract.name) or self._value(
                f"SELECT count(*) FROM (SELECT {columns} FROM made_rows "
                f"EXCEPT ALL SELECT {columns} FROM {contract.name})"
            )
        if changed:
            self.connection.execute(f"DELETE FROM {contract.name}")
            self._insert(contract, made)
            self._bump(contract.name)
        return bool(changed)

    def _mark_whole(self, batch: Batch) -> None:
        self.connection.execute("DELETE FROM work_marks WHERE table_name = $1", [batch.table])
        self.connection.execute(
            "INSERT INTO work_marks VALUES ($1, $2, $3, 0)", [batch.table, _WHOLE, batch.version]
        )

    # -- seeds and landed files ------------------------------------------------------------

    def load_seed(self, table: str, rows: pl.DataFrame) -> bool:
        """Make a seed table equal to ``rows``; return whether that changed anything."""
        contract = contracts.table(table)
        with self._transaction():
            changed = self._replace_whole(contract, rows)
        if changed:
            self._versions.clear()
        return changed

    def unseen(self, listing: pl.DataFrame, reader: str) -> pl.DataFrame:
        """Return the listed files (root, path, size, modified_ns) that were never read as they are.

        What was quarantined or in part rejected is listed again when the readers' version has
        changed, and what was left half read is listed again in any case.
        """
        with self._registered(listing=listing):
            unseen: pl.DataFrame = self.connection.sql(
                """
                SELECT l.* FROM listing l ANTI JOIN (
                    FROM raw_files
                    WHERE status = 'read' AND rejects = 0
                    OR status <> 'reading' AND reader = $reader
                ) f USING (root, path, size, modified_ns) ORDER BY path
                """,
                params={"reader": reader},
            ).pl()
            return unseen

    def land(
        self, raw_files: pl.DataFrame, raw_rejects: pl.DataFrame, raw_articles: pl.DataFrame
    ) -> int:
        """Write landed files with what was found in them in one transaction; return new articles.

        A file whose path and bytes are known only has its listing renewed, and an article that is
        known stays as it is; so a touched, grown or re-listed file makes no article twice.
        """
        files, articles = contracts.table("raw_files"), contracts.table("raw_articles")
        with (
            self._little_memory(),
            self._transaction(),
            self._registered(landed=raw_files, found=raw_articles),
        ):
            known = self.connection.sql(
                "SELECT f.* FROM raw_files f SEMI JOIN landed USING (file_id)"
            ).pl()
            renewed = (
                raw_files.join(known.select("file_id", "landed_at"), on="file_id", how="left")
                .with_columns(landed_at=pl.coalesce("landed_at_right", "landed_at"))
                .select(files.column_names)
            )
            if not renewed.sort("file_id").equals(known.sort("file_id")):
                self.connection.execute(
                    "DELETE FROM raw_files f USING landed l WHERE f.file_id = l.file_id"
                )
                self._insert(files, renewed)
                self._bump("raw_files")
            self._land_rejects(raw_rejects)
            new = self.connection.sql(
                "SELECT DISTINCT ON (article_id) * FROM found "
                "ANTI JOIN raw_articles USING (article_id) ORDER BY article_id, ordinal"
            ).pl()
            self._insert(articles, new)
            if new.height:
                self._bump("raw_articles")
        return int(new.height)

    @contextmanager
    def _little_memory(self) -> Iterator[None]:
        """Bound what DuckDB keeps of rows once written: nobody reads them in this step."""
        self.connection.execute(f"SET memory_limit = '{_LANDING_MEMORY}'")
        try:
            yield
        finally:
            self.connection.execute("RESET memory_limit")

    def _land_rejects(self, raw_rejects: pl.DataFrame) -> None:
        with self._registered(rejected=raw_rejects):
            new = self.connection.sql(
                "SELECT r.* FROM rejected r ANTI JOIN raw_rejects USING (file_id, place)"
            ).pl()
        self._insert(contracts.table("raw_rejects"), new)
        if new.height:
            self._bump("raw_rejects")

    def renew_sources(self, raw_sources: pl.DataFrame) -> None:
        """Remember how sources were found; only when they were asked does not count as a change."""
        contract = contracts.table("raw_sources")
        times = ["fetched_at", "next_at"]
        with self._transaction(), self._registered(asked=raw_sources):
            known = self.connection.sql(
                "SELECT s.* FROM raw_sources s SEMI JOIN asked USING (address)"
            ).pl()
            self.connection.execute(
                "DELETE FROM raw_sources s USING asked a WHERE s.address = a.address"
            )
            self._insert(contract, raw_sources)
            said = [frame.sort("address").drop(times) for frame in (known, raw_sources)]
            if not said[0].equals(said[1].select(said[0].columns)):
                self._bump("raw_sources")

    def keep_sources(self, addresses: Collection[str]) -> None:
        """Forget how sources were found that are asked no more; their articles stay."""
        gone = self.connection.execute(
            "DELETE FROM raw_sources WHERE NOT list_contains($kept, address) RETURNING address",
            {"kept": list(addresses)},
        ).fetchall()
        if gone:
            self._bump("raw_sources")

    def replay(self, paths: Collection[str] = ()) -> int:
        """Have quarantined and partly rejected files read again, all or those named; return how
        many there are.
        """
        return len(
            self.connection.execute(
                """
                UPDATE raw_files SET reader = ''
                WHERE (status = 'quarantined' OR rejects > 0)
                AND (len($paths) = 0 OR list_contains($paths, path))
                RETURNING file_id
                """,
                {"paths": list(paths)},
            ).fetchall()
        )

    # -- checks ----------------------------------------------------------------------------

    def record_check(
        self, table: str, suite: str, passed: bool, outcome: dict[str, Any], at: datetime
    ) -> None:
        """Remember what a suite said of the table's present revision."""
        self.connection.execute(
            "INSERT OR REPLACE INTO work_checks VALUES ($1, $2, $3, $4, $5, $6)",
            [table, self.revision(table), suite, at, passed, json.dumps(outcome)],
        )

    def passed_check(self, table: str, suite: str) -> dict[str, Any] | None:
        """Return the outcome of this very suite on this very revision, if it passed."""
        rows = self.connection.sql(
            "SELECT outcome FROM work_checks WHERE table_name = $1 AND suite = $2 "
            "AND passed AND revision = $3",
            params=[table, suite, self.revision(table)],
        ).fetchall()
        outcome: dict[str, Any] | None = json.loads(rows[0][0]) if rows else None
        return outcome

    # -- plumbing --------------------------------------------------------------------------

    def ensure_tables(self) -> None:
        """Create what is missing; rebuild derived tables whose contract has changed.

        Raises SchemaError where a raw table has changed in a way that adding columns cannot mend.
        """
        self.connection.execute(_BOOKKEEPING)
        known: dict[str, str] = dict(
            self.connection.sql("SELECT table_name, signature FROM work_tables").fetchall()
        )
        for contract in contracts.TABLES:
            signature = _digest(contract.ddl())
            if contract.layer == "mart" or known.get(contract.name) == signature:
                continue
            if contract.name in known and not contract.view:
                self._migrate(contract)
            self.connection.execute(contract.ddl())
            self.connection.execute(
                "INSERT OR REPLACE INTO work_tables VALUES ($1, $2, 0)", [contract.name, signature]
            )

    def spare_checkpoints(self) -> None:
        """Let this session's checkpoints leave replaced rows where they lie, while they are few.

        DuckDB else rewrites a table for every few rows of it that are deleted.
        """
        tables = self.connection.sql(
            "SELECT table_name, estimated_size FROM duckdb_tables() WHERE NOT temporary"
        ).fetchall()
        counts = " UNION ALL ".join(f"SELECT count(*) AS live FROM {name}" for name, _ in tables)
        live = int(self._value(f"SELECT sum(live) FROM ({counts})"))
        stored = sum(size for _, size in tables)
        if stored - live <= _DEAD * stored:
            self.connection.execute("SET max_vacuum_tasks = 0")

    def _migrate(self, contract: Table) -> None:
        if contract.layer != "raw" and not contract.grows:
            self.connection.execute(f"DROP TABLE {contract.name}")
            self.connection.execute("DELETE FROM work_marks WHERE table_name = $1", [contract.name])
            return
        present = {row[0] for row in self.connection.sql(f"DESCRIBE {contract.name}").fetchall()}
        missing = [column for column in contract.columns if column.name not in present]
        if not missing or not all(column.nullable for column in missing):
            raise SchemaError(
                f"table {contract.name} in the store was written by another version of Babelwire; "
                "choose a new home (BABELWIRE_HOME) and run again: raw files are read anew"
            )
        for column in missing:
            self.connection.execute(
                f'ALTER TABLE {contract.name} ADD COLUMN "{column.name}" {column.type}'
            )

    def _insert(self, contract: Table, rows: pl.DataFrame) -> None:
        if rows.is_empty():
            return
        columns = ", ".join(f'"{name}"' for name in contract.column_names)
        with self._registered(inserted=rows.select(contract.column_names)):
            self.connection.execute(
                f"INSERT INTO {contract.name} ({columns}) SELECT {columns} FROM inserted"
            )

    def _bump(self, table: str) -> None:
        for view in contracts.TABLES:
            if view.view and any(name == table for name, _ in _derivation(view).inputs):
                self._bump(view.name)
        self.connection.execute(
            "UPDATE work_tables SET revision = revision + 1 WHERE table_name = $1", [table]
        )

    def _value(self, sql: str, **parameters: object) -> Any:
        return self.connection.sql(sql, params=parameters or None).fetchall()[0][0]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    @contextmanager
    def _registered(self, **frames: pl.DataFrame) -> Iterator[None]:
        for name, frame in frames.items():
            self.connection.register(name, frame)
        try:
            yield
        finally:
            # In a transaction that has failed this fails too, and would hide the reason.
            with suppress(duckdb.Error):
                for name in frames:
                    self.connection.unregister(name)


@contextmanager
def open_store(
    path: Path, parameters: Mapping[str, str] | None = None, wait_seconds: float = 60
) -> Iterator[Store]:
    """Open the store for writing, create what is missing, and close it at the end.

    ``parameters`` are settings that shape a table, by table name: they are part of its version.
    Raises StoreLockedError when another process keeps it open for ``wait_seconds``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _connect(path, wait_seconds)
    try:
        store = Store(connection, parameters or {})
        store.ensure_tables()
        store.spare_checkpoints()
        yield store
    finally:
        connection.close()


@contextmanager
def opened_to_read(path: Path, wait_seconds: float = 60) -> Iterator[Store]:
    """Open the store as it is; nothing can be changed in it.

    Raises FileNotFoundError where there is none, StoreLockedError while another process writes to
    it for ``wait_seconds``, and SchemaError where another version of Babelwire has written it.
    """
    if not path.exists():
        raise FileNotFoundError(f"there is no store {path}; run Babelwire first")
    connection = _connect(path, wait_seconds, read_only=True)
    try:
        store = Store(connection, {})
        known = store.connection.sql("SELECT table_name, signature FROM work_tables").fetchall()
        made = {(one.name, _digest(one.ddl())) for one in contracts.TABLES if one.layer != "mart"}
        if made - set(known):
            raise SchemaError(
                f"{path} was written by another version of Babelwire; run it once with this one"
            )
        yield store
    finally:
        connection.close()


def _connect(
    path: Path, wait_seconds: float, *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only)
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                raise
            if time.monotonic() > deadline:
                raise StoreLockedError(
                    f"{path} is in use by another run; wait for it to end, or stop it"
                ) from error
            time.sleep(0.2)


def _by_the_same_key(table: str) -> list[str]:
    """Return a table and all that is derived from it, however far, by its own key."""
    key, found = _derivation(contracts.table(table)).key, [table]
    for one in contracts.TABLES:
        work = one.derivation
        if work and work.key == key and {name for name, _ in work.inputs} & set(found):
            found.append(one.name)
    return found


def _derivation(table: Table) -> Derivation:
    if table.derivation is None:
        raise ValueError(f"table {table.name} is not derived: its contract names no derivation")
    return table.derivation


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns) or "*"


def _unit_columns(work: Derivation) -> list[tuple[str, ...]]:
    """Return the columns that tell whose a row is: those of the key, or each side of a pair."""
    return [(side,) for side in work.sides] or [work.key]


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
