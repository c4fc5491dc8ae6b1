"""What only a person knows of the core tables.

A suite looks only at its own table and at what that table is made from: it runs as soon as the
table is made, before anything downstream.
"""

from warehouse.contracts.core import CONTENT_KINDS
from warehouse.suites.expectation import (
    Expectation,
    no_row,
    nothing_in,
    same_count,
    share_at_most,
)

#: Tables of facts that name the segment they begin in.
_FACTS = (
    "core_mentions",
    "core_dates",
    "core_quotes",
    "core_quantities",
    "core_memberships",
    "core_roles",
)


def _from_content(table: str) -> tuple[Expectation, ...]:
    joined = f"FROM {table} t JOIN core_segments s USING (segment_id)"
    return (
        nothing_in(
            "nothing comes from what is not the article",
            f"SELECT t.*, s.kind, s.text AS segment {joined} WHERE s.kind NOT IN {CONTENT_KINDS}",
            "a tail of links tells of other articles, not of this one",
        ),
        nothing_in(
            "it begins in its segment",
            f'SELECT t.*, s.start AS segment_start, s."end" AS segment_end {joined} '
            'WHERE t.start < s.start OR t.start >= s."end" OR t.article_id <> s.article_id',
            "a fact's segment is where its evidence begins",
        ),
    )


_KNOWN: dict[str, tuple[Expectation, ...]] = {
    "core_metadata": (
        nothing_in(
            "every declaration is here",
            "SELECT r.article_id, r.item FROM (SELECT article_id, unnest(declared) AS item "
            "FROM raw_articles) r ANTI JOIN core_metadata m ON m.article_id = r.article_id "
            "AND m.field = r.item.field AND m.value = r.item.value AND m.source = r.item.source",
            "what a file says is kept, also where it is not believed",
        ),
        nothing_in(
            "one place is believed",
            "SELECT article_id, field, count(DISTINCT source) AS sources FROM core_metadata "
            "WHERE chosen GROUP BY article_id, field "
            "HAVING count(DISTINCT source) > 1 OR (count(*) > 1 AND field <> 'author')",
            "an article has one value of a field; several authors only from one place",
        ),
        nothing_in(
            "what is believed ranks first",
            "SELECT article_id, field FROM core_metadata GROUP BY article_id, field "
            "HAVING bool_or(chosen) AND NOT max_by(chosen, -ordinal)",
            "the best statement is the one that counts",
        ),
        no_row(
            "core_metadata",
            "what is believed is in no conflict with itself",
            "chosen AND (conflicting OR confidence = 0)",
            "others conflict with it",
        ),
        no_row(
            "core_metadata",
            "dates and only dates have a precision",
            "(field IN ('published', 'modified')) <> (published_precision IS NOT NULL) "
            "OR (coalesce(published_precision, 'unknown') = 'unknown') "
            "<> (published_from IS NULL)",
            "unknown is null, not a guess",
        ),
        no_row(
            "core_metadata",
            "dates do not end before they begin",
            "published_from > published_to OR (published_from IS NULL) <> (published_to IS NULL)",
            "a date is an interval",
        ),
        share_at_most(
            "core_metadata",
            "statements that conflict",
            "conflicting",
            0.1,
            "pages seldom contradict themselves; more means a reader declares what is not theirs",
        ),
    ),
    "core_articles": (
        nothing_in(
            "every raw article is here",
            "SELECT r.article_id, r.file_id FROM raw_articles r ANTI JOIN core_articles a "
            "USING (article_id)",
            "nothing is lost between what was found and what is worked on",
        ),
        same_count(
            "as many as raw articles",
            "core_articles",
            "raw_articles",
            "nothing is invented either",
        ),
        no_row(
            "core_articles",
            "publication does not end before it begins",
            "published_from > published_to OR (published_from IS NULL) <> (published_to IS NULL)",
            "a date is an interval",
        ),
        no_row(
            "core_articles",
            "unknown dates are null",
            "(published_precision = 'unknown') <> (published_from IS NULL)",
            "unknown is null, not a guess",
        ),
        nothing_in(
            "the date is the one believed",
            "SELECT a.article_id, a.published_declared, m.value FROM core_articles a "
            "LEFT JOIN core_metadata m ON m.article_id = a.article_id "
            "AND m.field = 'published' AND m.chosen "
            "WHERE m.value IS DISTINCT FROM a.published_declared "
            "OR m.source IS DISTINCT FROM a.published_source "
            "OR m.published_from IS DISTINCT FROM a.published_from",
            "an article's date can be traced to who states it",
        ),
        nothing_in(
            "repairs tell what stood in the raw text",
            "SELECT c.* FROM (SELECT article_id, unnest(repairs) AS item FROM core_articles) c "
            "JOIN raw_articles r USING (article_id) "
            "WHERE substring(r.text, c.item.raw_start + 1, length(c.item.raw)) <> c.item.raw",
            "a repair can be undone",
        ),
        nothing_in(
            "marked stretches and repairs lie in the body",
            "SELECT * FROM (SELECT article_id, body, unnest(list_concat("
            "list_transform(marked, lambda one: {'start': one.start, 'end': one.\"end\"}), "
            "list_transform(repairs, lambda one: {'start': one.start, 'end': one.\"end\"}))) "
            "AS item FROM core_articles) WHERE item.start < 0 OR item.\"end\" <= item.start "
            "OR item.\"end\" > length(body)",
            "every offset refers to the body",
        ),
        no_row(
            "core_articles",
            "dates are of the printed and coming press",
            "published_from < TIMESTAMP '1600-01-01' OR published_from > first_seen_at + "
            "INTERVAL 366 DAY",
            "the first newspapers are of 1605; an embargo lasts no year",
            severity="warning",
        ),
        share_at_most(
            "core_articles",
            "articles without a date",
            "published_precision = 'unknown'",
            0.75,
            "without dates there is no timeline; feeds declare one, loose files rarely",
        ),
        no_row(
            "core_articles",
            "bodies have words",
            "NOT regexp_matches(body, '[\\pL\\pN]')",
            "a file of white space belongs in quarantine",
            severity="warning",
        ),
    ),
    "core_segments": (
        nothing_in(
            "every article has a segment",
            "SELECT a.article_id, a.source_path FROM core_articles a "
            "ANTI JOIN core_segments s USING (article_id) WHERE "
            "regexp_matches(a.body, '[\\pL\\pN]')",
            "an article without segments would pass through unread",
        ),
        nothing_in(
            "segments do not overlap",
            'SELECT * FROM (SELECT segment_id, start, lag("end") OVER (PARTITION BY article_id '
            'ORDER BY start, "end") AS previous_end FROM core_segments) '
            "WHERE start < previous_end",
            "each word of a body is translated and counted once",
        ),
        nothing_in(
            "ordinals follow the body",
            "SELECT * FROM (SELECT segment_id, ordinal, row_number() OVER (PARTITION BY "
            "article_id ORDER BY start) - 1 AS position FROM core_segments) "
            "WHERE ordinal <> position",
            "the English body is put together in this order",
        ),
        nothing_in(
            "an article has one title at most",
            "SELECT article_id, count(*) AS titles FROM core_segments WHERE kind = 'title' "
            "GROUP BY article_id HAVING count(*) > 1",
            "a headline is the first line",
        ),
        nothing_in(
            "words outside segments",
            "SELECT a.article_id, length(regexp_replace(a.body, '\\s', '', 'g')) AS characters, "
            "s.characters AS in_segments FROM core_articles a JOIN (SELECT article_id, "
            "sum(length(regexp_replace(text, '\\s', '', 'g'))) AS characters FROM core_segments "
            "GROUP BY article_id) s USING (article_id) WHERE s.characters "
            "< 0.98 * length(regexp_replace(a.body, '\\s', '', 'g'))",
            "more than 2 % of a body between its segments are words nobody reads",
            severity="warning",
        ),
        share_at_most(
            "core_articles",
            "articles of which nothing is content",
            "article_id NOT IN (SELECT article_id FROM core_segments "
            f"WHERE kind IN {CONTENT_KINDS})",
            0.02,
            "a page may be but a menu; several point to a cue word that swallows articles",
        ),
        share_at_most(
            "core_segments",
            "segments over 2,000 characters",
            "length(text) > 2000",
            0.01,
            "a sentence is shorter; translators cut what is longer",
        ),
    ),
    "core_fingerprints": (
        nothing_in(
            "every article has a fingerprint",
            "SELECT a.article_id FROM core_articles a ANTI JOIN core_fingerprints f "
            "USING (article_id)",
            "an article without one would never be found a duplicate",
        ),
        nothing_in(
            "signatures are of one length",
            "SELECT article_id, len(signature) AS positions FROM core_fingerprints "
            "WHERE len(signature) NOT IN (0, (SELECT max(len(signature)) FROM core_fingerprints))",
            "signatures are compared position by position",
        ),
        nothing_in(
            "the same bytes have the same content",
            "SELECT raw_hash, count(DISTINCT content_hash) AS contents FROM core_fingerprints "
            "GROUP BY raw_hash HAVING count(DISTINCT content_hash) > 1",
            "one text is cut and marked in one way, unless files declare of it different things",
            severity="warning",
        ),
    ),
    "core_duplicates": (
        nothing_in(
            "a group has two articles at least",
            "SELECT group_id FROM core_duplicates GROUP BY group_id HAVING count(*) < 2",
            "an article that is like no other is in no group",
        ),
        nothing_in(
            "a group is named after its first article",
            "SELECT group_id, min(article_id) AS first_article_id FROM core_duplicates "
            "GROUP BY group_id HAVING group_id <> min(article_id)",
            "the name follows from the members, on every machine",
        ),
        nothing_in(
            "an article's nearest is another of its group",
            "SELECT d.* FROM core_duplicates d LEFT JOIN core_duplicates n "
            "ON n.article_id = d.nearest_article_id WHERE n.group_id IS DISTINCT FROM d.group_id "
            "OR d.nearest_article_id = d.article_id",
            "groups share no article",
        ),
        nothing_in(
            "the same text is one group",
            "SELECT content_hash FROM core_fingerprints LEFT JOIN core_duplicates "
            "USING (article_id) GROUP BY content_hash HAVING count(*) > 1 "
            "AND (count(group_id) < count(*) OR min(group_id) <> max(group_id))",
            "an exact copy is never missed",
        ),
        no_row(
            "core_duplicates",
            "the same text is wholly alike",
            "kind IN ('same_bytes', 'same_text') AND similarity < 1",
            "equal texts have equal words",
        ),
    ),
    "core_languages": (
        nothing_in(
            "every segment has a language",
            "SELECT s.segment_id, s.text FROM core_segments s ANTI JOIN core_languages l "
            "USING (segment_id)",
            "a segment without a language is never translated",
        ),
        share_at_most(
            "core_languages",
            "segments of undetermined language",
            "language = 'und'",
            0.05,
            "short list items are unsure, sentences hardly ever: more means a new language",
        ),
    ),
    "core_translations": (
        nothing_in(
            "every segment of the article has a translation row",
            "SELECT s.segment_id, l.language, s.text FROM core_segments s JOIN core_languages l "
            "USING (segment_id, article_id) ANTI JOIN core_translations t "
            "ON t.text_hash = s.text_hash AND t.language = l.language "
            f"WHERE s.kind IN {CONTENT_KINDS}",
            "a segment is translated or says why not",
        ),
        no_row(
            "core_translations",
            "untranslated says why",
            "(origin = 'untranslated') <> (translated IS NULL) "
            "OR (origin = 'untranslated' AND fallback_reason IS NULL)",
            "a segment is translated or says why not",
        ),
        no_row(
            "core_translations",
            "identity keeps the text",
            "origin = 'identity' AND translated <> text",
            "text in the target language is not touched",
        ),
        no_row(
            "core_translations",
            "translations are not empty",
            "trim(translated) = ''",
            "an engine that answers nothing has not translated",
        ),
        no_row(
            "core_translations",
            "translations are no error pages",
            "origin = 'machine' AND NOT regexp_matches(text, 'Error 50|<html') AND regexp_matches("
            "translated, 'Error 50[0-9] \\(|<html|<!DOCTYPE|QUERY LENGTH LIMIT|MYMEMORY WARNING')",
            "web engines return their error pages as translations",
        ),
        no_row(
            "core_translations",
            "machines do not echo",
            "origin = 'machine' AND length(text) >= 25 AND lower(translated) = lower(text)",
            "a sentence that came back as it was is not translated",
        ),
        no_row(
            "core_translations",
            "translations have an estimate of quality",
            "(origin = 'untranslated') <> (quality IS NULL)",
            "an analyst sees of each sentence how far to trust it",
        ),
        no_row(
            "core_translations",
            "only machines miss anything",
            "origin <> 'machine' AND len(missed) > 0",
            "a person's translation is not second-guessed, and identity changes nothing",
        ),
        share_at_most(
            "core_translations",
            "translations that lost a name or a figure",
            "origin = 'machine' AND len(missed) > 0",
            0.1,
            "Google loses one in some sentence of twenty, and gets it back when asked again",
        ),
        share_at_most(
            "core_translations",
            "untranslated texts",
            "origin = 'untranslated'",
            0.2,
            "one text in five without English: an engine is missing; see the fallback reasons",
        ),
        share_at_most(
            "core_translations",
            "doubtful translations",
            "quality < 0.3",
            0.1,
            "a healthy engine keeps figures and names in nine of ten sentences",
        ),
    ),
    "core_mentions": (
        nothing_in(
            "no span has two mentions",
            'SELECT article_id, start, "end", count(*) AS mentions FROM core_mentions '
            'GROUP BY article_id, start, "end" HAVING count(*) > 1',
            "one naming has one type",
        ),
        nothing_in(
            "mentions end in the segment they begin in",
            'SELECT t.*, s."end" AS segment_end FROM core_mentions t JOIN core_segments s '
            'USING (segment_id) WHERE t."end" > s."end"',
            "a name does not run over a full stop",
        ),
        no_row(
            "core_mentions",
            "surfaces are trimmed",
            "surface <> trim(surface)",
            "white space is not part of a name",
        ),
        nothing_in(
            "articles without any entity",
            "SELECT a.article_id, a.title FROM core_articles a ANTI JOIN core_mentions m "
            "USING (article_id) WHERE length(a.body) > 500",
            "a hundred words of news name somebody; else a language is not understood",
            severity="warning",
        ),
    ),
    "core_dates": (
        no_row(
            "core_dates",
            "absolute dates are days, relative ones offsets",
            "(kind = 'absolute') <> (date_from IS NOT NULL AND date_to IS NOT NULL) "
            "OR (kind = 'relative') <> (offset_from_anchor IS NOT NULL)",
            "a relative date becomes days only where its anchor is known",
        ),
        no_row(
            "core_dates",
            "dates do not end before they begin",
            "date_from > date_to",
            "a date is an interval",
        ),
    ),
    "core_quantities": (
        no_row(
            "core_quantities",
            "ranges have two ends",
            "(relation = 'range') <> (value_to IS NOT NULL) OR value_to < value",
            "from 40 to 50 is 40 and 50, in this order",
        ),
        no_row(
            "core_quantities",
            "numbers are finite",
            "NOT isfinite(value) OR NOT isfinite(coalesce(value_to, 0))",
            "an overflow is a misread number",
        ),
    ),
    "core_memberships": (
        no_row(
            "core_memberships",
            "nobody is a member of itself",
            "group_mention_id = member_mention_id",
            "group and member are two",
        ),
    ),
    "core_roles": (
        no_row(
            "core_roles",
            "roles have words",
            "trim(role) = ''",
            "an empty role says nothing",
        ),
    ),
    "core_quotes": (
        no_row(
            "core_quotes",
            "quotations have words",
            "NOT regexp_matches(text, '\\pL')",
            "marks around a figure are hardly a quotation",
            severity="warning",
        ),
        share_at_most(
            "core_quotes",
            "quotations without a speaker",
            "speaker_mention_id IS NULL",
            0.7,
            "partial quotations often have none, direct ones seldom: more means a cue is missing",
        ),
    ),
    "core_links": (
        nothing_in(
            "links belong to the article of their mention",
            "SELECT l.*, m.article_id AS mention_article FROM core_links l JOIN core_mentions m "
            "USING (mention_id) WHERE l.article_id <> m.article_id",
            "evidence is looked up by article",
        ),
        nothing_in(
            "mentions without an entity",
            "SELECT m.mention_id, m.surface, m.type FROM core_mentions m "
            "ANTI JOIN core_links l USING (mention_id)",
            "what nobody resolved is missing from the marts",
            severity="warning",
        ),
    ),
    "core_entities": (
        nothing_in(
            "every linked entity is here",
            "SELECT DISTINCT l.entity_id FROM core_links l ANTI JOIN core_entities e "
            "USING (entity_id)",
            "a link leads somewhere",
        ),
        nothing_in(
            "a Wikidata item stands for one entity",
            "SELECT wikidata_id, count(*) AS entities FROM core_entities "
            "WHERE wikidata_id IS NOT NULL GROUP BY wikidata_id HAVING count(*) > 1",
            "two entities of one item should have been merged",
        ),
    ),
    "core_entity_names": (
        nothing_in(
            "every entity has a name",
            "SELECT e.entity_id FROM core_entities e ANTI JOIN core_entity_names n "
            "USING (entity_id)",
            "an entity is known by at least the name that minted it",
            severity="warning",
        ),
    ),
    "core_story_articles": (
        nothing_in(
            "every article is in a story",
            "SELECT a.article_id FROM core_articles a ANTI JOIN core_story_articles s "
            "USING (article_id)",
            "an article nobody else reports is a story of its own",
        ),
        no_row(
            "core_story_articles",
            "originals are their own origin",
            "(copy_kind = 'original') <> (origin_article_id = article_id)",
            "origins count independent tellings",
        ),
        nothing_in(
            "origins are originals of the same story",
            "SELECT s.*, o.story_id AS origin_story, o.copy_kind AS origin_kind "
            "FROM core_story_articles s LEFT JOIN core_story_articles o "
            "ON o.article_id = s.origin_article_id WHERE o.story_id IS DISTINCT FROM s.story_id "
            "OR o.copy_kind IS DISTINCT FROM 'original'",
            "a copy of a copy counts with the first",
        ),
        nothing_in(
            "exact copies have one origin",
            "SELECT a.body_hash, count(DISTINCT s.origin_article_id) AS origins "
            "FROM core_articles a JOIN core_story_articles s USING (article_id) "
            "GROUP BY a.body_hash HAVING count(DISTINCT s.origin_article_id) > 1",
            "the same text twice is one account",
        ),
    ),
    "core_stories": (
        nothing_in(
            "every story of an article is here",
            "SELECT DISTINCT a.story_id FROM core_story_articles a ANTI JOIN core_stories s "
            "USING (story_id)",
            "an article's story exists",
        ),
        nothing_in(
            "every story has an article",
            "SELECT s.story_id FROM core_stories s ANTI JOIN core_story_articles a "
            "USING (story_id)",
            "a story is what articles tell",
        ),
    ),
    "core_statements": (
        nothing_in(
            "every quotation renders a statement",
            "SELECT q.quote_id, q.text FROM core_quotes q ANTI JOIN core_statements s "
            "USING (quote_id)",
            "a quotation nobody else has is a statement of its own",
        ),
    ),
    "core_happenings": (
        no_row(
            "core_happenings",
            "happenings do not end before they begin",
            "date_from > date_to",
            "a happening is an interval of days",
        ),
        nothing_in(
            "every absolute date is resolved",
            "SELECT d.date_id, d.text FROM core_dates d ANTI JOIN core_happenings h "
            "USING (date_id) WHERE d.kind = 'absolute'",
            "it needs no anchor",
        ),
        nothing_in(
            "absolute dates keep their days",
            "SELECT h.*, d.text FROM core_happenings h JOIN core_dates d USING (date_id) "
            "WHERE d.kind = 'absolute' AND (h.date_from <> d.date_from OR h.date_to <> d.date_to)",
            "what a text states outright is not inferred",
        ),
    ),
    "core_circumstances": (
        same_count(
            "every fact that may be disputed is here",
            "core_circumstances",
            "(SELECT quantity_id FROM core_quantities WHERE property IS NOT NULL "
            "AND subject_mention_id IS NOT NULL UNION ALL SELECT membership_id "
            "FROM core_memberships UNION ALL SELECT role_id FROM core_roles)",
            "a fact is of its time and definition, also where its sentence says nothing of them",
        ),
        nothing_in(
            "a date beside a fact is of its article",
            "SELECT c.* FROM core_circumstances c JOIN core_dates d USING (date_id) "
            "WHERE c.article_id <> d.article_id",
            "a date says when only of what stands beside it",
        ),
    ),
}

EXPECTATIONS: dict[str, tuple[Expectation, ...]] = {
    table: (*(_from_content(table) if table in _FACTS else ()), *known)
    for table, known in _KNOWN.items()
}
