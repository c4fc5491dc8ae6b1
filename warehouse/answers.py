"""The shelf of what language models answered to extractors.

Answers stand beside the tables, not among them: they are written as they come, before the batch
they belong to is done, and outlive every change of the tables. So no text is paid for twice.
"""

import duckdb
import polars as pl

from warehouse.store import Store

_TABLE = """
CREATE TABLE IF NOT EXISTS work_names (
    text_hash VARCHAR NOT NULL, extractor VARCHAR NOT NULL, extractor_version VARCHAR NOT NULL,
    "names" JSON NOT NULL, PRIMARY KEY (text_hash, extractor, extractor_version))
"""


class ExtractorAnswers:
    """The answers kept in a store; what an extractor is handed to recall and to remember."""

    def __init__(self, store: Store) -> None:
        """Take the open store and make the shelf where there is none yet."""
        self._connection: duckdb.DuckDBPyConnection = store.connection
        self._connection.execute(_TABLE)

    def recall(self, hashes: pl.Series, extractor: str, version: str) -> pl.DataFrame:
        """Return what an extractor in one version answered to texts, by their hashes."""
        self._connection.register("recalled", pl.DataFrame({"text_hash": hashes}))
        try:
            rows: pl.DataFrame = self._connection.sql(
                'SELECT text_hash, extractor, extractor_version, "names"::VARCHAR AS "names" '
                "FROM work_names SEMI JOIN recalled USING (text_hash) "
                "WHERE extractor = $extractor AND extractor_version = $version",
                params={"extractor": extractor, "version": version},
            ).pl()
        finally:
            self._connection.unregister("recalled")
        return rows

    def remember(self, answers: pl.DataFrame) -> None:
        """Keep answers for good; of one text, extractor and version the last one counts."""
        self._connection.register("remembered", answers)
        try:
            self._connection.execute(
                'INSERT OR REPLACE INTO work_names '
                'SELECT text_hash, extractor, extractor_version, "names" FROM remembered'
            )
        finally:
            self._connection.unregister("remembered")
