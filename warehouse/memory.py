"""The shelf of the translation memory: what engines answered, and what reviewers changed since.

Answers stand beside the tables, not among them: they are written as they come, before the batch
they belong to is done, and outlive every change of the tables. So no text is paid for twice.
"""

import duckdb
import polars as pl

from warehouse.store import Store

_TABLE = """
CREATE TABLE IF NOT EXISTS work_answers (
    text_hash VARCHAR NOT NULL, language VARCHAR NOT NULL, target VARCHAR NOT NULL,
    "text" VARCHAR NOT NULL, translated VARCHAR NOT NULL, engine VARCHAR NOT NULL,
    engine_version VARCHAR NOT NULL, quality DOUBLE, missed VARCHAR[] NOT NULL,
    fallback_reason VARCHAR, PRIMARY KEY (text_hash, language, target, engine))
"""
_COLUMNS = (
    'text_hash, language, target, "text", translated, engine, engine_version, quality, missed, '
    "fallback_reason"
)

#: Texts of which the memory now says something else than the table: a reviewed entry against
#: any other row, an entry that is gone, any entry where there was no translation.
_OVERRULED = """
SELECT t.text_hash, t.language
FROM core_translations t JOIN seed_memory m USING (text_hash, language, target)
WHERE m.context = '' AND t.origin <> 'identity' AND (
    m.reviewed AND (t.origin <> 'memory' OR t.translated <> m.translated)
    OR t.origin = 'untranslated'
    OR t.origin = 'memory' AND t.translated <> m.translated)
UNION
SELECT t.text_hash, t.language
FROM core_translations t
WHERE t.origin = 'memory' AND NOT EXISTS (
    FROM seed_memory m WHERE m.text_hash = t.text_hash AND m.language = t.language
    AND m.target = t.target AND m.context = '')
"""


class TranslationMemory:
    """The answers kept in a store; what a router is handed to recall and to remember."""

    def __init__(self, store: Store) -> None:
        """Take the open store and make the shelf where there is none yet."""
        self._store = store
        self._connection: duckdb.DuckDBPyConnection = store.connection
        self._connection.execute(_TABLE)

    def recall(self, texts: pl.DataFrame, target: str) -> pl.DataFrame:
        """Return what any engine answered to texts (text_hash, language)."""
        self._connection.register("recalled", texts.select("text_hash", "language"))
        try:
            rows: pl.DataFrame = self._connection.sql(
                f"SELECT {_COLUMNS} FROM work_answers a "
                "SEMI JOIN recalled r USING (text_hash, language) WHERE a.target = $target",
                params={"target": target},
            ).pl()
        finally:
            self._connection.unregister("recalled")
        return rows.with_columns(pl.col("missed").cast(pl.List(pl.String)))

    def remember(self, answers: pl.DataFrame) -> None:
        """Keep answers for good; of one text and engine the last one counts."""
        self._connection.register("remembered", answers)
        try:
            self._connection.execute(
                f"INSERT OR REPLACE INTO work_answers ({_COLUMNS}) "
                f"SELECT {_COLUMNS} FROM remembered"
            )
        finally:
            self._connection.unregister("remembered")

    def reopen_overruled(self) -> int:
        """Make the texts pending of which the memory says something else now; return how many."""
        overruled = self._connection.sql(_OVERRULED).pl()
        return self._store.reopen("core_translations", overruled)

    def machine_entries(self, least_quality: float = 0.0) -> pl.DataFrame:
        """Return what machines answered as entries nobody has reviewed, best first of each text."""
        rows: pl.DataFrame = self._connection.sql(
            'SELECT DISTINCT ON (text_hash, language, target) language, target, "text", '
            "translated, '' AS context, false AS reviewed, engine, engine_version, quality "
            "FROM work_answers WHERE coalesce(quality, 0) >= $least "
            "ORDER BY text_hash, language, target, quality DESC",
            params={"least": least_quality},
        ).pl()
        return rows

    def statistics(self) -> pl.DataFrame:
        """Return entries and characters by pair and by who stands behind them."""
        rows: pl.DataFrame = self._connection.sql(
            """
            SELECT language, target, if(reviewed, 'reviewed', 'not reviewed') AS origin,
                count(*) AS entries, sum(length("text")) AS characters,
                NULL::DOUBLE AS mean_quality
            FROM seed_memory GROUP BY ALL
            UNION ALL
            SELECT language, target, engine, count(*), sum(length("text")), avg(quality)
            FROM work_answers GROUP BY ALL
            ORDER BY language, target, origin
            """
        ).pl()
        return rows

    def doubtful(self, limit: int) -> pl.DataFrame:
        """Return the texts a reviewer should see first: untranslated, then of the least quality."""
        rows: pl.DataFrame = self._connection.sql(
            'SELECT language, "text", translated, engine, quality, missed, fallback_reason '
            "FROM core_translations WHERE origin IN ('machine', 'untranslated') "
            'ORDER BY quality NULLS FIRST, "text" LIMIT $limit',
            params={"limit": limit},
        ).pl()
        return rows
