"""Mart tables: what analysts query. A column name here is a promise: add, never rename."""

from warehouse.contracts.core import (
    COPY_KINDS,
    DATE_PRECISIONS,
    EVENTS,
    FACT_KINDS,
    LANGUAGES,
    METADATA_FIELDS,
    METADATA_ORIGINS,
    PRECISIONS,
    QUOTE_KINDS,
    SEGMENT_KINDS,
)
from warehouse.contracts.seed import ENTITY_TYPES, JUDGED
from warehouse.contracts.table import EVIDENCE, Column, Table

_ARTICLE = Column(
    "article_id", "VARCHAR", "the article", references="mart_articles.article_id"
)
_STORY = Column("story_id", "VARCHAR", "the story", references="mart_stories.story_id")
_ARTICLES = Column("articles", "BIGINT", "articles", minimum=1)
_ORIGINS = Column("origins", "BIGINT", "independent origins", minimum=1)
_EVIDENCE = Column("evidence", EVIDENCE, "the passages that say so")
_VERDICTS = ("single", "agreed", "compatible", "conflicting")
#: Of one telling: where it stands, in both languages, whose it is, and as of when.
_TELLING = (
    'article_id VARCHAR, origin_article_id VARCHAR, "start" BIGINT, "end" BIGINT, "text" VARCHAR, '
    '"language" VARCHAR, sentence VARCHAR, sentence_en VARCHAR, as_of_from DATE, as_of_to DATE'
)
_AS_OF = "the sentence in both languages, its origin, and as of when it says so"


def _verdict(meaning: str) -> Column:
    return Column("verdict", "VARCHAR", meaning, values=_VERDICTS)


def _differ_by(*reasons: str) -> Column:
    return Column(
        "differ_by",
        "VARCHAR[]",
        f"why accounts differ without a contradiction: {', '.join(reasons)}",
    )


_FIRST = Column("first_published", "TIMESTAMP", "earliest dated article", nullable=True)
_LAST = Column("last_published", "TIMESTAMP", "latest dated article", nullable=True)


def _entity(prefix: str, meaning: str, nullable: bool = False) -> tuple[Column, Column]:
    return (
        Column(
            f"{prefix}_entity_id",
            "VARCHAR",
            meaning,
            nullable=nullable,
            references="mart_entities.entity_id",
        ),
        Column(f"{prefix}_name", "VARCHAR", "its canonical name", nullable=nullable),
    )


mart_articles = Table(
    "mart_articles",
    "one article",
    (
        Column("article_id", "VARCHAR", "the article"),
        _STORY,
        Column("outlet", "VARCHAR", "who published it", nullable=True),
        Column("author", "VARCHAR", "who wrote it; several with commas between", nullable=True),
        Column("address", "VARCHAR", "where it was published", nullable=True),
        Column("title", "VARCHAR", "headline", nullable=True),
        Column("title_en", "VARCHAR", "headline in English", nullable=True),
        Column("language", "VARCHAR", "language most of it is in", values=LANGUAGES),
        Column("language_confidence", "DOUBLE", "0 to 1", minimum=0, maximum=1),
        Column("published_from", "TIMESTAMP", "first unit of publication", nullable=True),
        Column("published_to", "TIMESTAMP", "last unit of publication", nullable=True),
        Column("published_precision", "VARCHAR", "unit it was declared in", values=PRECISIONS),
        Column(
            "published_zone",
            "VARCHAR",
            "offset from UTC; null: not stated, and the moment is as written",
            nullable=True,
        ),
        Column("published_source", "VARCHAR", "place the date stands", nullable=True),
        Column("published_inferred_from", "VARCHAR", "how, if not declared", nullable=True),
        Column("conflicts", "VARCHAR[]", "fields that are stated in ways that cannot all be true"),
        Column("body", "VARCHAR", "the text every offset refers to"),
        Column("body_en", "VARCHAR", "the text in English; untranslated parts as they are"),
        Column("translation_engines", "VARCHAR[]", "engines that translated it"),
        Column("segments", "BIGINT", "segments", minimum=0),
        Column("content_segments", "BIGINT", "segments that are the article itself", minimum=0),
        Column("segments_translated", "BIGINT", "segments that have English text", minimum=0),
        Column(
            "origin_article_id",
            "VARCHAR",
            "the article it is a copy or translation of, itself where original",
            references="mart_articles.article_id",
        ),
        Column("copy_kind", "VARCHAR", "what it is to its origin", values=COPY_KINDS),
        Column(
            "revision_of",
            "VARCHAR",
            "the article that stood at its address before, with another text",
            nullable=True,
            references="mart_articles.article_id",
        ),
        Column("source_path", "VARCHAR", "file below the landing folder"),
        Column("place", "VARCHAR", "line, row, record or member of the file", nullable=True),
        Column("first_seen_at", "TIMESTAMP", "when its file was first read, UTC"),
    ),
    key=("article_id",),
)

mart_metadata = Table(
    "mart_metadata",
    "one statement of one field of an article",
    (
        _ARTICLE,
        Column("field", "VARCHAR", "what is stated", values=METADATA_FIELDS),
        Column("ordinal", "INTEGER", "rank among statements of the field, best first", minimum=0),
        Column("value", "VARCHAR", "as stated"),
        Column("source", "VARCHAR", "place it stands: json_ld, front_matter, column, ..."),
        Column("origin", "VARCHAR", "kind of place", values=METADATA_ORIGINS),
        Column("confidence", "DOUBLE", "0 to 1", minimum=0, maximum=1),
        Column("chosen", "BOOLEAN", "the article's value is this one"),
        Column("conflicting", "BOOLEAN", "cannot be true together with the chosen one"),
        Column("date_from", "TIMESTAMP", "of a date, its first unit", nullable=True),
        Column("date_to", "TIMESTAMP", "of a date, its last unit", nullable=True),
        Column(
            "date_precision", "VARCHAR", "of a date, its unit", nullable=True, values=PRECISIONS
        ),
        Column("date_zone", "VARCHAR", "of a date, its offset from UTC", nullable=True),
    ),
    key=("article_id", "field", "ordinal"),
)

mart_revisions = Table(
    "mart_revisions",
    "one article × the text that its address showed before",
    (
        _ARTICLE,
        Column(
            "previous_article_id",
            "VARCHAR",
            "what stood there before",
            references="mart_articles.article_id",
        ),
        Column("address", "VARCHAR", "the address"),
        Column("added", EVIDENCE, "sentences that are new; null where none is", nullable=True),
        Column(
            "removed",
            EVIDENCE,
            "sentences of the previous article that are gone; null where none is",
            nullable=True,
        ),
    ),
    key=("article_id",),
)

mart_segments = Table(
    "mart_segments",
    "one segment",
    (
        Column("segment_id", "VARCHAR", "the segment"),
        _ARTICLE,
        Column("ordinal", "INTEGER", "position in the article", minimum=0),
        Column("kind", "VARCHAR", "what it is", values=SEGMENT_KINDS),
        Column("start", "BIGINT", "first code point in the body", minimum=0),
        Column("end", "BIGINT", "code point after the last", minimum=1),
        Column("text", "VARCHAR", "body[start:end]"),
        Column("content", "BOOLEAN", "it is the article itself; facts come from such only"),
        Column("text_en", "VARCHAR", "the text in English", nullable=True),
        Column("language", "VARCHAR", "its language", values=LANGUAGES),
        Column("engine", "VARCHAR", "who translated it"),
        Column("engine_version", "VARCHAR", "its version"),
        Column(
            "origin",
            "VARCHAR",
            "kind of engine",
            values=("memory", "machine", "identity", "untranslated"),
        ),
        Column("quality", "DOUBLE", "estimate, 0 to 1", nullable=True, minimum=0, maximum=1),
        Column("missed", "VARCHAR[]", "names, figures, terms, quotation marks text_en lacks"),
        Column("fallback_reason", "VARCHAR", "why a better engine did not do it", nullable=True),
    ),
    key=("segment_id",),
)

mart_stories = Table(
    "mart_stories",
    "one story",
    (
        Column("story_id", "VARCHAR", "the story"),
        Column("title_en", "VARCHAR", "headline in English", nullable=True),
        _FIRST,
        _LAST,
        _ARTICLES,
        _ORIGINS,
        Column("languages", "VARCHAR[]", "languages it is told in"),
        Column("outlets", "VARCHAR[]", "outlets that tell it"),
        Column("top_entities", "VARCHAR[]", "names of its most mentioned entities"),
    ),
    key=("story_id",),
)

mart_entities = Table(
    "mart_entities",
    "one entity",
    (
        Column("entity_id", "VARCHAR", "the entity"),
        Column("name", "VARCHAR", "canonical name"),
        Column("type", "VARCHAR", "type of entity", values=ENTITY_TYPES),
        Column("wikidata_id", "VARCHAR", "Wikidata item, where certain", nullable=True),
        Column("names", 'STRUCT("language" VARCHAR, "name" VARCHAR)[]', "its names"),
        Column("mentions", "BIGINT", "mentions", minimum=1),
        _ARTICLES,
        _ORIGINS,
        Column("stories", "BIGINT", "stories", minimum=1),
        _FIRST,
        _LAST,
    ),
    key=("entity_id",),
)

mart_names = Table(
    "mart_names",
    "one name, whose it is, and whose else it could be",
    (
        Column("name_id", "VARCHAR", "the name: reference id, or minted from its words"),
        Column("name", "VARCHAR", "as most mentions have it"),
        Column("type", "VARCHAR", "type of most mentions", values=ENTITY_TYPES),
        Column("entity_id", "VARCHAR", "who bears it where its article does not say otherwise"),
        Column("score", "DOUBLE", "how sure that is, 0 to 1", minimum=0, maximum=1),
        Column("why", "VARCHAR", "what joined them"),
        Column("mentions", "BIGINT", "mentions under this name", minimum=1),
        Column(
            "rivals",
            "STRUCT(entity_id VARCHAR, name VARCHAR)[]",
            "entities it could also be: a reviewer may judge",
        ),
    ),
    key=("name_id",),
)

mart_resolution_events = Table(
    "mart_resolution_events",
    "one entity, story or statement that was known and is no longer the same",
    (
        Column("event_id", "VARCHAR", "kind, groups and moment"),
        Column("kind", "VARCHAR", "what the groups are", values=JUDGED),
        Column("event", "VARCHAR", "what became of it", values=EVENTS),
        Column("from_id", "VARCHAR", "the id it had"),
        Column("to_id", "VARCHAR", "the id its members have now"),
        Column("members", "BIGINT", "names, articles or quotations that moved", minimum=1),
        Column("resolved_at", "TIMESTAMP", "when it was resolved, UTC"),
    ),
    key=("event_id",),
)

mart_mentions = Table(
    "mart_mentions",
    "one mention",
    (
        Column("mention_id", "VARCHAR", "the mention"),
        _ARTICLE,
        Column(
            "segment_id", "VARCHAR", "its segment", references="mart_segments.segment_id"
        ),
        Column("entity_id", "VARCHAR", "the entity", references="mart_entities.entity_id"),
        Column("entity_name", "VARCHAR", "its canonical name"),
        Column("type", "VARCHAR", "type of entity", values=ENTITY_TYPES),
        Column("surface", "VARCHAR", "body[start:end]"),
        Column("start", "BIGINT", "first code point in the body", minimum=0),
        Column("end", "BIGINT", "code point after the last", minimum=1),
        Column("extractor", "VARCHAR", "who found it"),
        Column("extractor_version", "VARCHAR", "its version"),
        Column("confidence", "DOUBLE", "0 to 1", minimum=0, maximum=1),
    ),
    key=("mention_id",),
)

mart_alignments = Table(
    "mart_alignments",
    "one name, figure or quotation of a translated segment that its translation has",
    (
        _ARTICLE,
        Column(
            "segment_id", "VARCHAR", "its segment", references="mart_segments.segment_id"
        ),
        Column("start", "BIGINT", "first code point in the body", minimum=0),
        Column("end", "BIGINT", "code point after the last", minimum=1),
        Column("text", "VARCHAR", "body[start:end]"),
        Column("start_en", "BIGINT", "first code point in mart_segments.text_en", minimum=0),
        Column("end_en", "BIGINT", "code point after the last", minimum=1),
        Column("text_en", "VARCHAR", "text_en[start_en:end_en] of the segment"),
        Column(
            "how",
            "VARCHAR",
            "by what it was found: the same name, another name of its entity, the same figure, "
            "the quotation in the same place",
            values=("same", "name", "figure", "quotation"),
        ),
    ),
    key=("article_id", "start", "end"),
)

mart_quotes = Table(
    "mart_quotes",
    "one quotation in one article",
    (
        Column("quote_id", "VARCHAR", "the quotation"),
        Column("statement_id", "VARCHAR", "the same statement in any language"),
        _ARTICLE,
        _STORY,
        *_entity("speaker", "who said it", nullable=True),
        Column("speaker_role", "VARCHAR", "role the text gives the speaker", nullable=True),
        Column("text", "VARCHAR", "body[start:end]"),
        Column("text_en", "VARCHAR", "the quotation in English", nullable=True),
        Column("language", "VARCHAR", "its language", values=LANGUAGES),
        Column("start", "BIGINT", "first code point in the body", minimum=0),
        Column("end", "BIGINT", "code point after the last", minimum=1),
        Column("cue", "VARCHAR", "the words that attribute it", nullable=True),
        Column(
            "kind",
            "VARCHAR",
            "in marks: direct (a whole sentence) or partial; without marks: indirect",
            values=QUOTE_KINDS,
        ),
        Column("confidence", "DOUBLE", "0 to 1", minimum=0, maximum=1),
        Column("origins", "BIGINT", "independent origins of the statement", minimum=1),
        Column(
            "statement_speaker_entity_id",
            "VARCHAR",
            "the most specific speaker any article gives the statement",
            nullable=True,
            references="mart_entities.entity_id",
        ),
    ),
    key=("quote_id",),
)

mart_tellings = Table(
    "mart_tellings",
    "one passage that tells a fact over which accounts may differ",
    (
        Column("fact_id", "VARCHAR", "the quantity, membership or role"),
        Column("kind", "VARCHAR", "which of them it is", values=FACT_KINDS),
        _ARTICLE,
        Column(
            "origin_article_id",
            "VARCHAR",
            "the article that this one is a copy or translation of, itself where original",
            references="mart_articles.article_id",
        ),
        _STORY,
        Column("start", "BIGINT", "first code point in the body", minimum=0),
        Column("end", "BIGINT", "code point after the last", minimum=1),
        Column("text", "VARCHAR", "body[start:end]"),
        Column("language", "VARCHAR", "language of its sentence", values=LANGUAGES),
        Column("sentence", "VARCHAR", "the sentence it begins in"),
        Column("sentence_en", "VARCHAR", "the sentence in English", nullable=True),
        Column(
            "definition",
            "VARCHAR[]",
            "by which words a number counts less or other than its property says",
        ),
        Column("dated_from", "DATE", "first day of the date beside it", nullable=True),
        Column("dated_to", "DATE", "last day of the date beside it", nullable=True),
        Column("published_from", "DATE", "first day its article can be of", nullable=True),
        Column("published_to", "DATE", "last day its article can be of", nullable=True),
        Column("as_of_from", "DATE", "the date beside it, else its article's", nullable=True),
        Column("as_of_to", "DATE", "last day of that", nullable=True),
        Column(
            "inferred_from", "VARCHAR", "how those days were inferred, if so", nullable=True
        ),
    ),
    key=("fact_id",),
)

mart_memberships = Table(
    "mart_memberships",
    "group × member × status",
    (
        *_entity("group", "the group"),
        *_entity("member", "the member"),
        Column("status", "VARCHAR", "how", values=("member", "founder", "not_member")),
        _ARTICLES,
        _ORIGINS,
        _EVIDENCE,
        _verdict("whether independent origins agree on what this member is to this group"),
        _differ_by("status", "time"),
        Column("tellings", f"STRUCT({_TELLING})[]", f"the passages: {_AS_OF}"),
    ),
    key=("group_entity_id", "member_entity_id", "status"),
)

mart_roles = Table(
    "mart_roles",
    "person × role × organisation",
    (
        *_entity("person", "the person"),
        Column("role", "VARCHAR", "the role in an article's words"),
        Column("role_en", "VARCHAR", "the role in English", nullable=True),
        *_entity("organization", "where", nullable=True),
        Column("status", "VARCHAR", "when", values=("current", "former")),
        _ARTICLES,
        _ORIGINS,
        _EVIDENCE,
        _verdict("whether independent origins agree on whether the person is or was it"),
        _differ_by("time"),
        Column("tellings", f"STRUCT({_TELLING})[]", f"the passages: {_AS_OF}"),
    ),
    key=("person_entity_id", "role", "organization_entity_id", "status"),
)

mart_claims = Table(
    "mart_claims",
    "subject × property × unit",
    (
        Column("claim_id", "VARCHAR", "hash of subject, property and unit"),
        *_entity("subject", "of whom it is said"),
        Column("property", "VARCHAR", "what is said"),
        Column("unit", "VARCHAR", "what is counted"),
        Column(
            "accounts",
            "STRUCT(relation VARCHAR, value DOUBLE, origins BIGINT, articles BIGINT)[]",
            "each figure given, with who stands behind it",
        ),
        _verdict("whether the independent accounts of one time and definition can all be true"),
        _ORIGINS,
        _EVIDENCE,
        _differ_by("bound", "estimate", "time", "definition", "event"),
        Column(
            "tellings",
            f'STRUCT({_TELLING}, relation VARCHAR, "value" DOUBLE, value_to DOUBLE, '
            "definition VARCHAR[])[]",
            f"each figure with {_AS_OF}, and what exactly it counts",
        ),
    ),
    key=("claim_id",),
)

mart_timeline = Table(
    "mart_timeline",
    "one dated happening",
    (
        Column("happening_id", "VARCHAR", "hash of story, days and first passage"),
        Column("date_from", "DATE", "first day"),
        Column("date_to", "DATE", "last day"),
        Column("precision", "VARCHAR", "unit it is known in", values=DATE_PRECISIONS),
        _STORY,
        Column("text_en", "VARCHAR", "the sentence in English", nullable=True),
        Column("entities", "VARCHAR[]", "names of the entities in the sentences"),
        _EVIDENCE,
        Column("inferred_from", "VARCHAR", "how the days were inferred", nullable=True),
        _ARTICLES,
        _ORIGINS,
        Column(
            "tellings",
            'STRUCT(article_id VARCHAR, origin_article_id VARCHAR, "start" BIGINT, "end" BIGINT, '
            '"text" VARCHAR, "language" VARCHAR, text_en VARCHAR, expression VARCHAR, '
            "counted_from VARCHAR)[]",
            "the passages: the sentence in both languages, its origin, its words for the time, "
            "and what day those were counted from, where relative",
        ),
    ),
    key=("happening_id",),
)

mart_cooccurrences = Table(
    "mart_cooccurrences",
    "entity pair named in one segment",
    (
        Column(
            "entity_a_id", "VARCHAR", "first by id", references="mart_entities.entity_id"
        ),
        Column("entity_a_name", "VARCHAR", "its canonical name"),
        Column(
            "entity_b_id", "VARCHAR", "second by id", references="mart_entities.entity_id"
        ),
        Column("entity_b_name", "VARCHAR", "its canonical name"),
        _ARTICLES,
        _ORIGINS,
        Column("stories", "BIGINT", "stories", minimum=1),
    ),
    key=("entity_a_id", "entity_b_id"),
)

mart_outlets = Table(
    "mart_outlets",
    "one outlet; the row without a name holds the articles that declare none",
    (
        Column("outlet", "VARCHAR", "the outlet", nullable=True),
        _ARTICLES,
        Column("originals", "BIGINT", "articles of its own", minimum=0),
        Column("copies", "BIGINT", "copies, near copies and translations", minimum=0),
        Column("languages", "VARCHAR[]", "languages it publishes in"),
        _FIRST,
        _LAST,
    ),
    key=("outlet",),
)

mart_quarantine = Table(
    "mart_quarantine",
    "one landed file, or one part of it, that could not be read",
    (
        Column("file_id", "VARCHAR", "the file"),
        Column("source_path", "VARCHAR", "file below the landing folder"),
        Column("place", "VARCHAR", "line, row, record or member, or: the whole file"),
        Column("size", "BIGINT", "bytes", minimum=0),
        Column("reason", "VARCHAR", "why, and the remedy"),
        Column("excerpt", "VARCHAR", "how the part begins, where it is text", nullable=True),
        Column("landed_at", "TIMESTAMP", "when it was first read, UTC"),
    ),
    key=("file_id", "place"),
)

mart_runs = Table(
    "mart_runs",
    "one published version",
    (
        Column("version", "VARCHAR", "the version"),
        Column("published_at", "TIMESTAMP", "when it was built, UTC"),
        Column("articles", "BIGINT", "articles in it", minimum=0),
        Column("new_articles", "BIGINT", "articles not in the version before", minimum=0),
        Column("quarantined_files", "BIGINT", "files that could not be read", minimum=0),
        Column("rejected_parts", "BIGINT", "parts that could not, of files that could", minimum=0),
        Column("segments", "BIGINT", "segments", minimum=0),
        Column("segments_untranslated", "BIGINT", "segments without English text", minimum=0),
        Column("checks_passed", "BIGINT", "expectations that hold", minimum=0),
        Column("checks_warned", "BIGINT", "warnings", minimum=0),
        Column("seconds", "DOUBLE", "from the start of the run", minimum=0),
    ),
    key=("version",),
)

TABLES = (
    mart_articles,
    mart_metadata,
    mart_revisions,
    mart_segments,
    mart_stories,
    mart_entities,
    mart_names,
    mart_mentions,
    mart_alignments,
    mart_quotes,
    mart_tellings,
    mart_memberships,
    mart_roles,
    mart_claims,
    mart_timeline,
    mart_cooccurrences,
    mart_outlets,
    mart_quarantine,
    mart_resolution_events,
    mart_runs,
)
