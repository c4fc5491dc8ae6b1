"""What only a person knows of the raw tables."""

from warehouse.suites.expectation import Expectation, no_row, nothing_in, share_at_most

EXPECTATIONS: dict[str, tuple[Expectation, ...]] = {
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
        share_at_most(
            "raw_files",
            "quarantined files",
            "status = 'quarantined'",
            0.05,
            "one file in twenty unreadable points to a feed that changed its format",
        ),
    ),
    "raw_articles": (
        nothing_in(
            "every file read has an article",
            "SELECT f.file_id, f.path FROM raw_files f ANTI JOIN raw_articles a USING (file_id) "
            "WHERE f.status = 'read'",
            "a file in is either articles or a quarantine reason",
        ),
        nothing_in(
            "articles come from files that were read",
            "SELECT a.article_id, f.path FROM raw_articles a JOIN raw_files f USING (file_id) "
            "WHERE f.status <> 'read'",
            "a quarantined file yields nothing",
        ),
        no_row(
            "raw_articles",
            "the body lies inside the text",
            "body_end < body_start OR body_end > length(text)",
            "the body is a stretch of what was decoded",
        ),
        nothing_in(
            "an ordinal is taken once in a file",
            "SELECT file_id, ordinal, count(*) AS articles FROM raw_articles "
            "GROUP BY file_id, ordinal HAVING count(*) > 1",
            "no article of a file is read twice",
        ),
    ),
}
