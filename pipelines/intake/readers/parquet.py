"""Parquet: one article a row."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.intake.columns import Columns
from pipelines.intake.reader import FoundArticle, RawFile, Reject, UnreadableError

if TYPE_CHECKING:
    import pyarrow as pa

_MAGIC = b"PAR1"
#: Rows decoded at once: little beside what a row group takes, and enough that the columns and not
#: the calls take the time.
_ROWS = 64
#: Bytes of a column read ahead; without a bound a whole row group is read at once.
_READ_AHEAD = 1 << 20


class Parquet:
    """Reads only the columns that hold a field; each bad row is a reject and stops no other."""

    name = "parquet"
    version = "1"
    suffixes = (".parquet", ".pq")
    media_type = "application/vnd.apache.parquet"

    def recognises(self, head: bytes) -> bool:
        """Say whether bytes begin as Parquet does."""
        return head.startswith(_MAGIC)

    def read(self, file: RawFile) -> Iterator[FoundArticle | Reject]:
        """Yield the article of each row; UnreadableError where it is damaged or without a text."""
        import pyarrow as pa
        from pyarrow.parquet import ParquetFile

        columns = Columns(file.settings)
        number = 0
        file.stream.seek(0)
        try:
            table = ParquetFile(file.stream, buffer_size=_READ_AHEAD, pre_buffer=False)
            names = table.schema_arrow.names
            columns.require(names)
            for batch in table.iter_batches(_ROWS, columns=columns.needed(names)):
                yield from _articles(batch, columns, number)
                number += batch.num_rows
        except UnreadableError:
            raise
        except (pa.ArrowException, OSError, ValueError) as error:
            behind = f" behind row {number}" if number else ""
            raise UnreadableError(
                f"the file is no Parquet, or damaged{behind} ({_short(error)}); export it again"
            ) from error


def _articles(
    batch: "pa.RecordBatch", columns: Columns, before: int
) -> Iterator[FoundArticle | Reject]:
    for at in range(batch.num_rows):
        place = f"row {before + at + 1}"
        try:
            # Row by row: a date outside the calendar or a string that is no UTF-8 spoils one alone.
            (record,) = batch.slice(at, 1).to_pylist()
            yield columns.article(record, place, None)
        except UnreadableError as error:
            yield Reject(place, str(error))
        except (ValueError, OverflowError) as error:
            yield Reject(place, f"a value of it cannot be read ({_short(error)}); correct it")


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
