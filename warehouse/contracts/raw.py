"""Raw tables: what landed, as it came."""

from warehouse.contracts.table import DECLARED, MARKED, Column, Table

raw_sources = Table(
    "raw_sources",
    "one source of files, as the last run found it",
    (
        Column("address", "VARCHAR", "folder, glob, address of fsspec, or address of a feed"),
        Column("kind", "VARCHAR", "what it is", values=("files", "feed")),
        Column(
            "status",
            "VARCHAR",
            "what came of asking it; unchanged and new are said of feeds",
            values=("listed", "new", "unchanged", "failed"),
        ),
        Column("reason", "VARCHAR", "why it failed, and the remedy", nullable=True),
        Column("files", "BIGINT", "files it holds", nullable=True, minimum=0),
        Column("http_status", "INTEGER", "status the feed's server gave", nullable=True),
        Column("etag", "VARCHAR", "version mark the server gave", nullable=True),
        Column("last_modified", "VARCHAR", "time of change the server gave", nullable=True),
        Column("final_address", "VARCHAR", "where it has moved for good", nullable=True),
        Column("fetched_at", "TIMESTAMP", "when it was last asked, UTC"),
        Column("changed_at", "TIMESTAMP", "when it last brought something new", nullable=True),
        Column("failures", "INTEGER", "times in a row it has failed", minimum=0),
        Column("next_at", "TIMESTAMP", "when it may be asked again, UTC", nullable=True),
    ),
    key=("address",),
)

raw_files = Table(
    "raw_files",
    "one landed file, read or quarantined",
    (
        Column("file_id", "VARCHAR", "hash of source, path and bytes"),
        Column("root", "VARCHAR", "source that was listed"),
        Column("path", "VARCHAR", "path below that source"),
        Column("sha256", "VARCHAR", "hash of the bytes"),
        Column("size", "BIGINT", "bytes", minimum=0),
        Column("modified_ns", "BIGINT", "modification time, nanoseconds since 1970"),
        Column("media_type", "VARCHAR", "what its name or its first bytes say it is"),
        Column("landed_at", "TIMESTAMP", "when it was first read, UTC"),
        Column(
            "status", "VARCHAR", "what became of it", values=("reading", "read", "quarantined")
        ),
        Column("reason", "VARCHAR", "why it is quarantined, and the remedy", nullable=True),
        Column("reader", "VARCHAR", "readers there were, with versions; empty: to be read again"),
        Column("articles", "BIGINT", "articles found in it", minimum=0),
        Column("rejects", "BIGINT", "parts of it that could not be read", minimum=0),
    ),
    key=("file_id",),
)

raw_rejects = Table(
    "raw_rejects",
    "one part of a file that could not be read, beside parts that could",
    (
        Column("file_id", "VARCHAR", "the file", references="raw_files.file_id"),
        Column("place", "VARCHAR", "where in the file: line, row, record or member"),
        Column("reason", "VARCHAR", "why it could not be read, and the remedy"),
        Column("excerpt", "VARCHAR", "how it begins, where it is text", nullable=True),
    ),
    key=("file_id", "place"),
)

raw_articles = Table(
    "raw_articles",
    "one article as found in a file",
    (
        Column("article_id", "VARCHAR", "hash of path, key and text"),
        Column("file_id", "VARCHAR", "the file", references="raw_files.file_id"),
        Column("source_path", "VARCHAR", "the file's path below its source"),
        Column("first_seen_at", "TIMESTAMP", "when it was first read, UTC"),
        Column("ordinal", "INTEGER", "position in the file", minimum=0),
        Column("place", "VARCHAR", "line, row, record or member of the file", nullable=True),
        Column("encoding", "VARCHAR", "encoding it was decoded from", nullable=True),
        Column("text", "VARCHAR", "text as decoded; of a page, all its visible text"),
        Column("body_start", "BIGINT", "code point at which the body begins", minimum=0),
        Column("body_end", "BIGINT", "code point at which the body ends", minimum=0),
        Column("declared", DECLARED, "what the file says of it, untouched"),
        Column("marked", MARKED, "stretches of the text whose kind the format tells"),
    ),
    key=("article_id",),
)

TABLES = (raw_sources, raw_files, raw_rejects, raw_articles)
