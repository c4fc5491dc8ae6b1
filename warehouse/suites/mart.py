"""What only a person knows of the marts.

They are checked with the store at hand, so their counts are reconciled with what they are made of.
"""

from warehouse.suites.expectation import (
    Expectation,
    no_row,
    nothing_in,
    same_count,
    share_at_most,
)


def _origins_within_articles(table: str) -> Expectation:
    return no_row(
        table,
        "origins are no more than articles",
        "origins > articles",
        "an origin is one article of those that tell it",
    )


def _told_in_full(table: str) -> Expectation:
    return no_row(
        table,
        "tellings are the evidence",
        "list_sort(list_distinct(list_transform(tellings, lambda one: {'article_id': "
        "one.article_id, 'start': one.start, 'end': one.\"end\", 'text': one.text}))) "
        "<> list_sort(evidence)",
        "a verdict shows each passage it rests on in both languages",
    )


def _single_is_one_origin(table: str, *key: str) -> Expectation:
    of_all = f"PARTITION BY {', '.join(key)}"
    return nothing_in(
        "single is what one origin tells",
        "SELECT * FROM (SELECT *, count(DISTINCT telling.origin_article_id) "
        f"OVER ({of_all}) AS tellers FROM (SELECT *, unnest(tellings) AS telling FROM {table})) "
        "WHERE (verdict = 'single') <> (tellers = 1)",
        "agreement needs two who are independent",
    )


def _dates_in_order(table: str) -> Expectation:
    return no_row(
        table,
        "the last is not before the first",
        "first_published > last_published",
        "an interval of publication",
    )


EXPECTATIONS: dict[str, tuple[Expectation, ...]] = {
    "mart_articles": (
        same_count(
            "as many as raw articles",
            "mart_articles",
            "raw_articles",
            "an article in is an article out",
        ),
        no_row(
            "mart_articles",
            "publication does not end before it begins",
            "published_from > published_to OR (published_from IS NULL) <> (published_to IS NULL)",
            "a date is an interval",
        ),
        nothing_in(
            "what was not declared says how it was inferred",
            "SELECT a.article_id, a.published_source, a.published_inferred_from "
            "FROM mart_articles a LEFT JOIN core_metadata m ON m.article_id = a.article_id "
            "AND m.field = 'published' AND m.chosen WHERE (a.published_from IS NOT NULL "
            "AND coalesce(m.origin NOT IN ('declared', 'page'), true)) "
            "<> (a.published_inferred_from IS NOT NULL)",
            "a guess carries what it was inferred from",
        ),
        no_row(
            "mart_articles",
            "nothing is a revision of itself",
            "revision_of = article_id",
            "a revision is another text at the same address",
        ),
        no_row(
            "mart_articles",
            "no more segments are translated than there are",
            "segments_translated > segments OR content_segments > segments",
            "counts reconcile",
        ),
        no_row(
            "mart_articles",
            "without translation the English is the body",
            "segments_translated = 0 AND body_en <> body",
            "untranslated parts stay as they are",
        ),
        no_row(
            "mart_articles",
            "originals are their own origin",
            "(copy_kind = 'original') <> (origin_article_id = article_id)",
            "origins count independent tellings",
        ),
        share_at_most(
            "mart_articles",
            "articles less than half in English",
            "segments_translated < content_segments / 2",
            0.2,
            "analysts read English; see mart_segments.fallback_reason for what is missing",
        ),
        share_at_most(
            "mart_articles",
            "articles of undetermined language",
            "language = 'und'",
            0.05,
            "a whole article has words enough to tell its language",
        ),
    ),
    "mart_metadata": (
        same_count(
            "as many as core statements",
            "mart_metadata",
            "core_metadata",
            "no statement is lost, also of those not believed",
        ),
        nothing_in(
            "an article names the fields that conflict",
            "SELECT a.article_id, a.conflicts, m.fields FROM mart_articles a LEFT JOIN "
            "(SELECT article_id, list(DISTINCT field ORDER BY field) AS fields "
            "FROM mart_metadata WHERE conflicting GROUP BY article_id) m USING (article_id) "
            "WHERE a.conflicts <> coalesce(m.fields, [])",
            "who reads an article sees what is in doubt",
        ),
    ),
    "mart_revisions": (
        nothing_in(
            "revisions are of one address and of two texts",
            "SELECT r.* FROM mart_revisions r JOIN core_articles a USING (article_id) "
            "JOIN core_articles p ON p.article_id = r.previous_article_id "
            "JOIN core_fingerprints f ON f.article_id = a.article_id "
            "JOIN core_fingerprints g ON g.article_id = p.article_id "
            "WHERE a.address <> r.address OR f.address <> g.address OR a.body_hash = p.body_hash",
            "a revision is another text at the same address",
        ),
        nothing_in(
            "passages are of the text they are said of",
            "SELECT * FROM (SELECT article_id, unnest(added).article_id AS passage_of "
            "FROM mart_revisions UNION ALL SELECT previous_article_id, "
            "unnest(removed).article_id FROM mart_revisions) WHERE article_id <> passage_of",
            "what is new stands in the new text, what is gone in the old one",
        ),
    ),
    "mart_segments": (
        same_count(
            "as many as core segments",
            "mart_segments",
            "core_segments",
            "no segment is lost for want of a language or a translation row",
        ),
        no_row(
            "mart_segments",
            "untranslated says why",
            "(origin = 'untranslated') <> (text_en IS NULL) "
            "OR (text_en IS NULL AND fallback_reason IS NULL)",
            "a segment is translated or says why not",
        ),
        no_row(
            "mart_segments",
            "identity keeps the text",
            "origin = 'identity' AND text_en <> text",
            "text in the target language is not touched",
        ),
        share_at_most(
            "mart_segments",
            "untranslated segments",
            "origin = 'untranslated' AND content",
            0.2,
            "one segment in five without English: an engine is missing",
        ),
    ),
    "mart_stories": (
        same_count("as many as core stories", "mart_stories", "core_stories", "no story is lost"),
        Expectation(
            "articles add up",
            "(coalesce(sum(articles), 0) - (SELECT count(*) FROM mart_articles))",
            "every article is in one story",
            minimum=0,
            maximum=0,
        ),
        _origins_within_articles("mart_stories"),
        _dates_in_order("mart_stories"),
    ),
    "mart_entities": (
        same_count(
            "as many as linked entities",
            "mart_entities",
            "(SELECT DISTINCT entity_id FROM core_links)",
            "an entity somebody names is here",
        ),
        Expectation(
            "mentions add up",
            "(coalesce(sum(mentions), 0) - (SELECT count(*) FROM mart_mentions))",
            "every mention names one entity",
            minimum=0,
            maximum=0,
        ),
        _origins_within_articles("mart_entities"),
        no_row(
            "mart_entities",
            "articles are no more than mentions",
            "articles > mentions",
            "an article names it at least once",
        ),
        _dates_in_order("mart_entities"),
    ),
    "mart_mentions": (
        same_count(
            "as many as linked mentions",
            "mart_mentions",
            "core_links",
            "no linked mention is lost",
        ),
        nothing_in(
            "articles without any entity",
            "SELECT a.article_id, a.title FROM mart_articles a ANTI JOIN mart_mentions m "
            "USING (article_id) WHERE length(a.body) > 500",
            "a hundred words of news name somebody; else a language is not understood",
            severity="warning",
        ),
    ),
    "mart_alignments": (
        nothing_in(
            "text_en is what the translation has there",
            "SELECT a.*, s.text_en AS segment_en FROM mart_alignments a "
            "LEFT JOIN mart_segments s USING (segment_id, article_id) "
            "WHERE substring(s.text_en, a.start_en + 1, a.end_en - a.start_en) "
            "IS DISTINCT FROM a.text_en",
            "spans of translations are exact too",
        ),
        nothing_in(
            "one place is one fact's",
            "SELECT segment_id, start_en, end_en, count(*) AS spans FROM mart_alignments "
            "GROUP BY ALL HAVING count(*) > 1",
            "two names of a text are not one of its translation",
            severity="warning",
        ),
    ),
    "mart_quotes": (
        same_count("as many as core quotes", "mart_quotes", "core_quotes", "no quotation is lost"),
        nothing_in(
            "a statement has one number of origins",
            "SELECT statement_id, count(DISTINCT origins) AS counts FROM mart_quotes "
            "GROUP BY statement_id HAVING count(DISTINCT origins) > 1",
            "origins are of the statement, not of the quotation",
        ),
        no_row(
            "mart_quotes",
            "speakers have names",
            "(speaker_entity_id IS NULL) <> (speaker_name IS NULL)",
            "a name comes from its entity",
        ),
    ),
    "mart_tellings": (
        same_count(
            "as many as facts that may be disputed",
            "mart_tellings",
            "core_circumstances",
            "a fact somebody tells is told here",
        ),
        no_row(
            "mart_tellings",
            "days do not end before they begin",
            "dated_from > dated_to OR published_from > published_to OR as_of_from > as_of_to",
            "a date is an interval",
        ),
    ),
    "mart_memberships": (
        _origins_within_articles("mart_memberships"),
        _told_in_full("mart_memberships"),
        _single_is_one_origin("mart_memberships", "group_entity_id", "member_entity_id"),
        no_row(
            "mart_memberships",
            "nobody is a member of itself",
            "group_entity_id = member_entity_id",
            "group and member are two; both names were resolved to one entity",
            severity="warning",
        ),
        nothing_in(
            "member and not member at once",
            "SELECT group_name, member_name FROM mart_memberships "
            "GROUP BY group_entity_id, group_name, member_entity_id, member_name "
            "HAVING count(*) FILTER (WHERE status = 'not_member') BETWEEN 1 AND count(*) - 1",
            "sources differ, or a denial was read as a statement: worth a look",
            severity="warning",
        ),
    ),
    "mart_roles": (
        _origins_within_articles("mart_roles"),
        _told_in_full("mart_roles"),
        no_row(
            "mart_roles",
            "organisations have names",
            "(organization_entity_id IS NULL) <> (organization_name IS NULL)",
            "a name comes from its entity",
        ),
    ),
    "mart_claims": (
        _told_in_full("mart_claims"),
        no_row(
            "mart_claims",
            "one origin is single",
            "(verdict = 'single') <> (origins = 1)",
            "agreement needs two who are independent",
        ),
        no_row(
            "mart_claims",
            "every claim has an account",
            "len(accounts) = 0",
            "a claim is what somebody says",
        ),
        no_row(
            "mart_claims",
            "accounts bound a value",
            "len(list_filter(accounts, lambda account: "
            "account.relation NOT IN ('=', '>', '>=', '<', '<=', '~'))) > 0",
            "a range is two accounts",
        ),
        no_row(
            "mart_claims",
            "an account has no more origins than its claim",
            "len(list_filter(accounts, lambda account: account.origins > origins "
            "OR account.origins > account.articles)) > 0",
            "an origin is one article of those that tell it",
        ),
    ),
    "mart_timeline": (
        _origins_within_articles("mart_timeline"),
        _told_in_full("mart_timeline"),
        no_row(
            "mart_timeline",
            "happenings do not end before they begin",
            "date_from > date_to",
            "a happening is an interval of days",
        ),
        nothing_in(
            "no passage tells one happening twice",
            "SELECT date_from, date_to, item.article_id, item.start, count(*) AS happenings "
            "FROM (SELECT date_from, date_to, unnest(evidence) AS item FROM mart_timeline) "
            "GROUP BY ALL HAVING count(*) > 1",
            "copies and translations of one sentence are one happening",
        ),
    ),
    "mart_cooccurrences": (
        no_row(
            "mart_cooccurrences",
            "a pair is kept once",
            "entity_a_id >= entity_b_id",
            "the first by id stands first",
        ),
        _origins_within_articles("mart_cooccurrences"),
    ),
    "mart_outlets": (
        Expectation(
            "articles add up",
            "(coalesce(sum(articles), 0) - (SELECT count(*) FROM mart_articles))",
            "every article has one outlet, or the row without a name",
            minimum=0,
            maximum=0,
        ),
        no_row(
            "mart_outlets",
            "an article is an original or a copy",
            "originals + copies <> articles",
            "counts reconcile",
        ),
        _dates_in_order("mart_outlets"),
    ),
    "mart_runs": (
        no_row(
            "mart_runs",
            "parts are no more than the whole",
            "new_articles > articles OR segments_untranslated > segments",
            "counts reconcile",
        ),
        Expectation(
            "the newest run counts these articles",
            "(max_by(articles, version) - (SELECT count(*) FROM mart_articles))",
            "a version tells of itself",
            minimum=0,
            maximum=0,
        ),
    ),
    "mart_quarantine": (
        nothing_in(
            "no file quarantined whole was read",
            "SELECT q.* FROM mart_quarantine q JOIN raw_articles a USING (file_id) "
            "WHERE q.place = 'the whole file'",
            "a quarantined file yields no article",
        ),
    ),
}
