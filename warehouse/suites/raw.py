"""What only a person knows of the raw tables."""

from warehouse.suites.expectation import Expectation, no_row, nothing_in, share_at_most

EXPECTATIONS: dict[str, tuple[Expectation, ...]] = {
    "raw_sources": (
        no_row(
            "raw_sources",
            "a failed source has its reason",
            "(status = 'failed') <> (reason IS NOT NULL)",
            "whoever runs this must know what to mend",
        ),
        no_row(
            "raw_sources",
            "sources that fail",
            "status = 'failed'",
            "its articles are missing until it answers again",
            severity="warning",
        ),
    ),
    "raw_files": (
        no_row(
            "raw_files",
            "quarantine has its reason",
            "(status = 'quarantined') <> (reason IS NOT NULL)",
            "nothing is lost silently: a file is read, or says why not",
        ),
        no_row(
            "raw_files",
            "what was read has its hash",
            "status = 'read' AND sha256 = ''",
            "an article can be traced to its bytes",
        ),
        no_row(
            "raw_files",
            "what was read has an article",
            "(status = 'quarantined' AND articles > 0) OR (status = 'read' AND articles = 0)",
            "a file in is either articles or a quarantine reason",
        ),
        no_row(
            "raw_files",
            "files left half read",
            "status = 'reading'",
            "a run was stopped in the middle of one that has gone since; land it again",
            severity="warning",
        ),
        share_at_most(
            "raw_files",
            "quarantined files",
            "status = 'quarantined'",
            0.05,
            "one file in twenty unreadable points to a feed that changed its format",
        ),
    ),
    "raw_rejects": (
        nothing_in(
            "every reject is counted with its file",
            "SELECT file_id, path, rejects FROM raw_files f WHERE rejects <> "
            "(SELECT count(*) FROM raw_rejects r WHERE r.file_id = f.file_id)",
            "parts in are either articles or rejects, and the counts tell",
        ),
    ),
    "raw_articles": (
        nothing_in(
            "every file read has an article under its path",
            "SELECT f.file_id, f.path FROM raw_files f ANTI JOIN raw_articles a "
            "ON f.path = a.source_path WHERE f.articles > 0",
            "a file in is either articles or a quarantine reason",
        ),
        nothing_in(
            "no file holds more articles than were found in it",
            "SELECT file_id, f.path, f.articles FROM raw_files f JOIN raw_articles USING (file_id) "
            "GROUP BY ALL HAVING count(*) > f.articles",
            "no article of a file is read twice",
        ),
        no_row(
            "raw_articles",
            "the body lies inside the text",
            "body_end < body_start OR body_end > length(text)",
            "the body is a stretch of what was decoded",
        ),
    ),
}
