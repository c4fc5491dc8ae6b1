"""Raw tables: what landed, as it came."""

from warehouse.contracts.table import Column, Table

raw_files = Table(
    "raw_files",
    "one landed file, read or quarantined",
    (
        Column("file_id", "VARCHAR", "hash of path and bytes"),
        Column("root", "VARCHAR", "folder that was listed"),
        Column("path", "VARCHAR", "path below that folder"),
        Column("sha256", "VARCHAR", "hash of the bytes"),
        Column("size", "BIGINT", "bytes", minimum=0),
        Column("modified_ns", "BIGINT", "modification time, nanoseconds since 1970"),
        Column("media_type", "VARCHAR", "what its name says it is"),
        Column("encoding", "VARCHAR", "encoding it was decoded from", nullable=True),
        Column("landed_at", "TIMESTAMP", "when it was first read, UTC"),
        Column("status", "VARCHAR", "what became of it", values=("read", "quarantined")),
        Column("reason", "VARCHAR", "why it is quarantined, and the remedy", nullable=True),
        Column("reader", "VARCHAR", "who read it, with version"),
    ),
    key=("file_id",),
)

raw_articles = Table(
    "raw_articles",
    "one article as found in a file",
    (
        Column("article_id", "VARCHAR", "hash of path, ordinal and text"),
        Column("file_id", "VARCHAR", "the file", references="raw_files.file_id"),
        Column("ordinal", "INTEGER", "position in the file", minimum=0),
        Column("text", "VARCHAR", "text as decoded"),
        Column("body_start", "BIGINT", "code point at which the body begins", minimum=0),
        Column("body_end", "BIGINT", "code point at which the body ends", minimum=0),
        Column("declared_published", "VARCHAR", "publication date as declared", nullable=True),
        Column("declared_title", "VARCHAR", "title as declared", nullable=True),
        Column("declared_outlet", "VARCHAR", "outlet as declared", nullable=True),
        Column("declared_language", "VARCHAR", "language as declared", nullable=True),
    ),
    key=("article_id",),
)

TABLES = (raw_files, raw_articles)
