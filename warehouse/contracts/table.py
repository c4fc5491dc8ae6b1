"""What a table is: the frozen objects from which DDL, checks, documentation and tests follow."""

from dataclasses import dataclass
from typing import Literal

Layer = Literal["raw", "seed", "core", "mart"]

#: DuckDB type of a list of evidence; offsets are code points of ``mart_articles.body``.
EVIDENCE = 'STRUCT(article_id VARCHAR, "start" BIGINT, "end" BIGINT, "text" VARCHAR)[]'
#: DuckDB type of what a file declares of an article: which field, what, and where it says so.
DECLARED = 'STRUCT(field VARCHAR, "value" VARCHAR, source VARCHAR)[]'
#: DuckDB type of what a reader knows of stretches of a text: their kind of segment.
MARKED = 'STRUCT(kind VARCHAR, "start" BIGINT, "end" BIGINT)[]'
#: DuckDB type of the repairs of a text: body[start:end] stood as ``raw`` at raw_start.
REPAIRS = 'STRUCT("start" BIGINT, "end" BIGINT, raw_start BIGINT, raw VARCHAR)[]'


@dataclass(frozen=True)
class Column:
    """One column: its DuckDB type, its meaning, and what must hold of every value in it.

    ``references`` names ``table.column`` in which each non-null value must occur.
    """

    name: str
    type: str
    meaning: str
    nullable: bool = False
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    references: str | None = None


@dataclass(frozen=True)
class Derivation:
    """How a core table is made: from which tables, by which key, by which maker.

    ``source`` is the table (or join) whose distinct ``key`` values are the units of work; an empty
    key means that the table is made whole. ``carry`` are columns of the source handed on beside
    the key; units that agree in those named ``together`` follow each other, in few batches.
    ``reads`` are the tables the verb receives: those that hold the key columns are cut to the
    batch, the others come whole; ``table:kind,kind`` reads only rows of those kinds, so that a
    change to other kinds redoes nothing, and ``table(column,column)`` only those columns, where
    all of it would be too much. ``version`` rises whenever the rules change.

    ``state`` is SQL over a row of the source: what of it the output depends on beside the key. A
    unit whose rows have another state than when it was made is made again, and one that is gone
    from the source loses its rows.

    ``near`` is SQL over ``batch_keys`` for a verb that must see more than its batch: what is read
    is then cut by those of its columns that it holds, and the verb is told the keys as ``pending``.

    ``sides`` are columns of a table of pairs that each hold the key of a unit: a pair is made with
    the later of the two, and goes when either is made again.
    """

    source: str
    key: tuple[str, ...]
    reads: tuple[str, ...]
    maker: str
    version: str
    carry: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    batch: int = 2_000
    state: str = ""
    near: str = ""
    sides: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The tables read, each with the kinds it is restricted to (none: all of it)."""
        parts = (read.partition("(")[0].partition(":") for read in self.reads)
        return tuple((name, tuple(kinds.split(",")) if kinds else ()) for name, _, kinds in parts)

    def columns_of(self, name: str) -> tuple[str, ...]:
        """Return the columns that are read of a table; none stands for all."""
        for read in self.reads:
            table, _, columns = read.partition("(")
            if table == name and columns:
                return tuple(columns.removesuffix(")").split(","))
        return ()


@dataclass(frozen=True)
class Table:
    """One table: its grain, columns, key and, where it is derived, its derivation.

    ``view`` is the SELECT that the table is, where nothing of it is stored; its derivation then
    only tells what it reads. Where it ``grows``, those who make what it is derived from add to it,
    and nothing in it is ever made anew.
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    derivation: Derivation | None = None
    view: str = ""
    grows: bool = False

    @property
    def layer(self) -> Layer:
        """The layer, read off the name's prefix."""
        prefix = self.name.split("_", 1)[0]
        if prefix not in ("raw", "seed", "core", "mart"):
            raise ValueError(
                f"table {self.name}: its name must begin with raw_, seed_, core_, mart_"
            )
        return prefix  # type: ignore[return-value]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)

    def ddl(self) -> str:
        """Return the CREATE statement of this contract."""
        if self.view:
            return f"CREATE OR REPLACE VIEW {self.name} AS {self.view}"
        columns = ", ".join(
            f'"{column.name}" {column.type}{"" if column.nullable else " NOT NULL"}'
            for column in self.columns
        )
        return f"CREATE TABLE IF NOT EXISTS {self.name} ({columns})"
