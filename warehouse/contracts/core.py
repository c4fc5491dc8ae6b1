"""Core tables: facts derived from raw articles, each with its evidence and its maker."""

from warehouse.contracts.seed import ENTITY_TYPES, JUDGED
from warehouse.contracts.table import MARKED, REPAIRS, Column, Derivation, Table

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt", "und")
#: Kinds of segment that are the article; facts come from these only.
CONTENT_KINDS = ("title", "heading", "sentence", "list_item")
SEGMENT_KINDS = (*CONTENT_KINDS, "byline", "dateline", "caption", "boilerplate")
#: Kinds of cue words by which text is cut into segments.
SEGMENT_CUES = (
    "abbreviation", "agency", "asking_verb", "boilerplate", "byline", "caption", "dateline",
    "determiner", "function_word", "month", "particle", "speech_verb", "weekday",
)  # fmt: skip
#: What can be declared of an article.
METADATA_FIELDS = ("title", "outlet", "author", "address", "language", "published", "modified")
#: Where metadata comes from: said of the article by whoever handed it over, by the page it stood
#: on, by the name of its file, or found in its text.
METADATA_ORIGINS = ("declared", "page", "file_name", "inferred")
PRECISIONS = ("year", "month", "day", "second", "unknown")
#: Units in which an article tells time.
DATE_PRECISIONS = ("year", "month", "week", "day")
RELATIONS = ("=", ">", ">=", "<", "<=", "~", "range")
#: In marks, whole sentences or a part of one; without marks, what a sentence reports.
QUOTE_KINDS = ("direct", "partial", "indirect")
COPY_KINDS = ("original", "copy", "near_copy", "translation")
#: Days two dated articles of one story may lie apart.
STORY_DAYS = 21

#: Facts over which accounts may differ.
FACT_KINDS = ("quantity", "membership", "role")

#: What can become of a known group: joined to another, parted, or called by an earlier text.
EVENTS = ("merged", "split", "renamed")

_ARTICLE = Column(
    "article_id", "VARCHAR", "the article", references="core_articles.article_id"
)
_SEGMENT = Column(
    "segment_id", "VARCHAR", "the segment it begins in", references="core_segments.segment_id"
)
_CONFIDENCE = Column("confidence", "DOUBLE", "0 to 1", minimum=0, maximum=1)


def _span(what: str) -> tuple[Column, ...]:
    return (
        Column("start", "BIGINT", "first code point in the body", minimum=0),
        Column("end", "BIGINT", "code point after the last", minimum=1),
        Column(what, "VARCHAR", "body[start:end]"),
    )


def _made_by(role: str) -> tuple[Column, ...]:
    return (
        Column(role, "VARCHAR", "who made the row"),
        Column(f"{role}_version", "VARCHAR", "its version"),
    )


def _mention(name: str, meaning: str, nullable: bool = False) -> Column:
    return Column(
        name, "VARCHAR", meaning, nullable=nullable, references="core_mentions.mention_id"
    )


def _by_article(
    maker: str, version: str, *reads: str, source: str = "core_articles"
) -> Derivation:
    return Derivation(source, ("article_id",), reads, maker, version)


def _whole(maker: str, version: str, *reads: str) -> Derivation:
    return Derivation("", (), reads, maker, version)


def _by_entity(*reads: str) -> Derivation:
    return Derivation(
        "core_links", ("entity_id",),
        ("core_links(entity_id,article_id,language,name,type)", *reads),
        "names", "3", batch=100_000, state="hash(mention_id, language, name, type)",
    )


core_metadata = Table(
    "core_metadata",
    "one statement of one field of an article",
    (
        Column("article_id", "VARCHAR", "the article", references="raw_articles.article_id"),
        Column("field", "VARCHAR", "what is stated", values=METADATA_FIELDS),
        Column("ordinal", "INTEGER", "rank among statements of the field, best first", minimum=0),
        Column("value", "VARCHAR", "as stated"),
        Column("source", "VARCHAR", "place it stands: json_ld, front_matter, column, ..."),
        Column("origin", "VARCHAR", "kind of place", values=METADATA_ORIGINS),
        _CONFIDENCE,
        Column("chosen", "BOOLEAN", "the article's value is this one"),
        Column("conflicting", "BOOLEAN", "cannot be true together with the chosen one"),
        Column("published_from", "TIMESTAMP", "of a date, its first unit, UTC", nullable=True),
        Column("published_to", "TIMESTAMP", "of a date, its last unit, UTC", nullable=True),
        Column(
            "published_precision",
            "VARCHAR",
            "of a date, its unit",
            nullable=True,
            values=PRECISIONS,
        ),
        Column("published_zone", "VARCHAR", "offset from UTC, where stated", nullable=True),
    ),
    key=("article_id", "field", "ordinal"),
    derivation=_by_article("metadata", "2", "raw_articles", source="raw_articles"),
)

core_articles = Table(
    "core_articles",
    "one article",
    (
        Column("article_id", "VARCHAR", "hash of path, key and text"),
        Column("source_path", "VARCHAR", "file below the landing folder"),
        Column("place", "VARCHAR", "line, row, record or member of the file", nullable=True),
        Column("first_seen_at", "TIMESTAMP", "when its file was first read, UTC"),
        Column("body", "VARCHAR", "the text every offset refers to; never changes"),
        Column("body_hash", "VARCHAR", "hash of the normalised body: equal for exact copies"),
        Column("repairs", REPAIRS, "where wrongly decoded letters were put right"),
        Column("marked", MARKED, "stretches of the body whose kind the format tells"),
        Column("title", "VARCHAR", "headline, where there is one", nullable=True),
        Column("outlet", "VARCHAR", "who published it", nullable=True),
        Column("author", "VARCHAR", "who wrote it", nullable=True),
        Column("address", "VARCHAR", "where it was published", nullable=True),
        Column("published_from", "TIMESTAMP", "first unit of publication, UTC", nullable=True),
        Column("published_to", "TIMESTAMP", "last unit of publication, UTC", nullable=True),
        Column("published_precision", "VARCHAR", "unit of the interval", values=PRECISIONS),
        Column(
            "published_zone",
            "VARCHAR",
            "offset from UTC; null: not stated, and the moment is as written",
            nullable=True,
        ),
        Column("published_declared", "VARCHAR", "the date as stated", nullable=True),
        Column("published_source", "VARCHAR", "place the date stands", nullable=True),
    ),
    key=("article_id",),
    derivation=_by_article(
        "intake", "1", "raw_articles", "core_metadata", source="raw_articles"
    ),
)

core_segments = Table(
    "core_segments",
    "one title, heading, sentence, list item, byline, dateline, caption or boilerplate stretch",
    (
        Column("segment_id", "VARCHAR", "article and span"),
        _ARTICLE,
        Column("ordinal", "INTEGER", "position in the article", minimum=0),
        Column("kind", "VARCHAR", "what it is", values=SEGMENT_KINDS),
        *_span("text"),
        Column("text_hash", "VARCHAR", "hash of the normalised text"),
        Column(
            "quotation",
            "INTEGER",
            "number of the quotation it takes part in: over several segments one number",
            nullable=True,
            minimum=0,
        ),
    ),
    key=("segment_id",),
    derivation=_by_article(
        "splitter", "3", "core_articles", f"seed_cue_words:{','.join(SEGMENT_CUES)}"
    ),
)

core_fingerprints = Table(
    "core_fingerprints",
    "what one article is compared by with all others",
    (
        _ARTICLE,
        Column("first_seen_at", "TIMESTAMP", "when its file was first read, UTC"),
        Column(
            "address",
            "VARCHAR",
            "where it was published, without what does not tell pages apart",
            nullable=True,
        ),
        Column("raw_hash", "VARCHAR", "hash of its text as it came: equal for the same bytes"),
        Column("content_hash", "VARCHAR", "hash of its content: equal for the same text"),
        Column("words", "INTEGER", "words of its content", minimum=0),
        Column("signature", "INTEGER[]", "MinHash of its word shingles; empty where too short"),
    ),
    key=("article_id",),
    derivation=_by_article("minhash", "1", "raw_articles", "core_articles", "core_segments"),
)

core_duplicates = Table(
    "core_duplicates",
    "one article of a group of articles with the same or nearly the same text",
    (
        _ARTICLE,
        Column("group_id", "VARCHAR", "the group: its smallest article_id"),
        Column(
            "nearest_article_id",
            "VARCHAR",
            "the most alike of the group, of those seen before it where there are any",
            references="core_articles.article_id",
        ),
        Column(
            "kind",
            "VARCHAR",
            "what it is to that one",
            values=("same_bytes", "same_text", "revision", "near_duplicate"),
        ),
        Column("similarity", "DOUBLE", "Jaccard similarity, estimated", minimum=0, maximum=1),
        *_made_by("resolver"),
    ),
    key=("article_id",),
    derivation=_whole("minhash", "1", "core_fingerprints"),
)

core_languages = Table(
    "core_languages",
    "the language of one segment",
    (
        Column(
            "segment_id", "VARCHAR", "the segment", references="core_segments.segment_id"
        ),
        _ARTICLE,
        Column("language", "VARCHAR", "ISO 639-1, und when unsure", values=LANGUAGES),
        _CONFIDENCE,
        *_made_by("detector"),
    ),
    key=("segment_id",),
    derivation=_by_article("lingua", "2", "core_segments", "core_metadata"),
)

core_translations = Table(
    "core_translations",
    "one text in one language × target language",
    (
        Column("text_hash", "VARCHAR", "hash of the normalised text"),
        Column("language", "VARCHAR", "language of the text", values=LANGUAGES),
        Column("target", "VARCHAR", "language of the translation"),
        Column("text", "VARCHAR", "the text"),
        Column("translated", "VARCHAR", "its translation", nullable=True),
        Column("engine", "VARCHAR", "who translated it"),
        Column("engine_version", "VARCHAR", "its version"),
        Column(
            "origin",
            "VARCHAR",
            "kind of engine",
            values=("memory", "machine", "identity", "untranslated"),
        ),
        Column("quality", "DOUBLE", "estimate, 0 to 1", nullable=True, minimum=0, maximum=1),
        Column(
            "missed",
            "VARCHAR[]",
            "names, figures, addresses, terms, quotation marks the translation lacks",
        ),
        Column("fallback_reason", "VARCHAR", "why a better engine did not do it", nullable=True),
    ),
    key=("text_hash", "language", "target"),
    derivation=Derivation(
        "core_segments JOIN core_languages USING (segment_id, article_id) "
        f"WHERE kind IN {CONTENT_KINDS}",
        ("text_hash", "language"),
        ("seed_memory", "seed_entity_names"),
        "router",
        "2",
        carry=("text",),
        batch=500,
    ),
)

core_mentions = Table(
    "core_mentions",
    "one naming of an entity",
    (
        Column("mention_id", "VARCHAR", "article and span"),
        _ARTICLE,
        _SEGMENT,
        *_span("surface"),
        Column("type", "VARCHAR", "type of entity", values=ENTITY_TYPES),
        Column("evidence", "VARCHAR", "what decided span and type"),
        *_made_by("extractor"),
        _CONFIDENCE,
    ),
    key=("mention_id",),
    derivation=_by_article(
        "rules",
        "5",
        "core_articles",
        "core_segments",
        "core_languages",
        "seed_entities",
        "seed_entity_names",
        "seed_cue_words",
    ),
)

core_dates = Table(
    "core_dates",
    "one time expression",
    (
        Column("date_id", "VARCHAR", "article and span"),
        _ARTICLE,
        _SEGMENT,
        *_span("text"),
        Column("kind", "VARCHAR", "how it points", values=("absolute", "relative")),
        Column("precision", "VARCHAR", "unit it is given in", values=DATE_PRECISIONS),
        Column("date_from", "DATE", "first day, where absolute", nullable=True),
        Column("date_to", "DATE", "last day, where absolute", nullable=True),
        Column(
            "offset_from_anchor",
            "VARCHAR",
            "unit:amount counted from the anchor (day:-1, named_month:6), where relative",
            nullable=True,
        ),
        *_made_by("extractor"),
        _CONFIDENCE,
    ),
    key=("date_id",),
    derivation=_by_article(
        "calendar", "3", "core_articles", "core_segments", "core_languages", "core_mentions",
        "seed_cue_words",
    ),
)

_FACT_READS = ("core_articles", "core_segments", "core_languages", "core_mentions")

core_quotes = Table(
    "core_quotes",
    "one quotation",
    (
        Column("quote_id", "VARCHAR", "article and span"),
        _ARTICLE,
        _SEGMENT,
        *_span("text"),
        Column("language", "VARCHAR", "language of its segment", values=LANGUAGES),
        _mention("speaker_mention_id", "who said it", nullable=True),
        Column(
            "speaker_start",
            "BIGINT",
            "first code point of the words that say who: a name, a role, a pronoun",
            nullable=True,
            minimum=0,
        ),
        Column("speaker_end", "BIGINT", "code point after their last", nullable=True, minimum=1),
        Column("speaker_role", "VARCHAR", "role the text gives the speaker", nullable=True),
        Column("cue", "VARCHAR", "the words that attribute it", nullable=True),
        Column("kind", "VARCHAR", "how it is told", values=QUOTE_KINDS),
        *_made_by("extractor"),
        _CONFIDENCE,
    ),
    key=("quote_id",),
    derivation=_by_article("quotation_marks", "5", *_FACT_READS, "core_roles", "seed_cue_words"),
)

core_quantities = Table(
    "core_quantities",
    "one number with meaning",
    (
        Column("quantity_id", "VARCHAR", "article and span"),
        _ARTICLE,
        _SEGMENT,
        *_span("text"),
        Column("relation", "VARCHAR", "how the number bounds the truth", values=RELATIONS),
        Column("value", "DOUBLE", "the number, or the lower end of a range"),
        Column("value_to", "DOUBLE", "the upper end of a range", nullable=True),
        Column("unit", "VARCHAR", "what is counted", nullable=True),
        Column("currency", "VARCHAR", "ISO 4217", nullable=True),
        Column("property", "VARCHAR", "what it says of its subject", nullable=True),
        _mention("subject_mention_id", "of whom it is said", nullable=True),
        *_made_by("extractor"),
        _CONFIDENCE,
    ),
    key=("quantity_id",),
    derivation=_by_article(
        "number_grammar", "5", *_FACT_READS, "core_dates", "seed_cue_words", "seed_units",
    ),
)

core_memberships = Table(
    "core_memberships",
    "one statement that somebody is, founded, or is not in a group",
    (
        Column("membership_id", "VARCHAR", "group, member and status"),
        _ARTICLE,
        _SEGMENT,
        *_span("text"),
        _mention("group_mention_id", "the group"),
        _mention("member_mention_id", "the member"),
        Column("status", "VARCHAR", "how", values=("member", "founder", "not_member")),
        Column("cue", "VARCHAR", "the words that say so"),
        *_made_by("extractor"),
        _CONFIDENCE,
    ),
    key=("membership_id",),
    derivation=_by_article("enumeration", "2", *_FACT_READS, "seed_cue_words"),
)

core_roles = Table(
    "core_roles",
    "one statement that a person is or was something somewhere",
    (
        Column("role_id", "VARCHAR", "person, organisation and span"),
        _ARTICLE,
        _SEGMENT,
        *_span("text"),
        _mention("person_mention_id", "the person"),
        _mention("organization_mention_id", "where", nullable=True),
        Column("role", "VARCHAR", "the role in the article's words"),
        Column("role_en", "VARCHAR", "the role in English, where known", nullable=True),
        Column("status", "VARCHAR", "when", values=("current", "former")),
        *_made_by("extractor"),
        _CONFIDENCE,
    ),
    key=("role_id",),
    derivation=_by_article("apposition", "4", *_FACT_READS, "seed_cue_words"),
)

#: What a name and a form of it may differ by; name is the key of the name itself.
NAME_FORMS = (
    "name", "spelling", "translation", "misspelling", "initials", "middle name", "maker",
    "descriptor", "place", "acronym", "short form",
)

_NAME_CUES = (
    "seed_cue_words:acronym,connector,demonym,determiner,honorific,name_word,org_head,org_suffix,"
    "project_head"
)

core_namings = Table(
    "core_namings",
    "one mention and the name it stands for, as far as its own article tells",
    (
        _mention("mention_id", "the mention"),
        _ARTICLE,
        Column("language", "VARCHAR", "language of its segment", values=LANGUAGES),
        Column("type", "VARCHAR", "type of entity", values=ENTITY_TYPES),
        Column("name", "VARCHAR", "the surface, normalised"),
        Column("key", "VARCHAR", "words of the name, in which all its spellings agree"),
        Column("name_id", "VARCHAR", "reference id, or minted from the key"),
        Column("full_id", "VARCHAR", "the fullest name of the article that it is a form of"),
        Column("score", "DOUBLE", "0 to 1", minimum=0, maximum=1),
        Column("why", "VARCHAR", "what joined mention and name"),
        *_made_by("resolver"),
    ),
    key=("mention_id",),
    derivation=_by_article(
        "names", "2", "core_mentions", "core_segments", "core_languages",
        "seed_entities", "seed_entity_names", _NAME_CUES,
    ),
)

core_name_forms = Table(
    "core_name_forms",
    "one form a name may go by",
    (
        Column("name_id", "VARCHAR", "the name"),
        Column("name", "VARCHAR", "as written"),
        Column("type", "VARCHAR", "type of entity", values=ENTITY_TYPES),
        Column("key", "VARCHAR", "words of the name, in which all its spellings agree"),
        Column("form", "VARCHAR", "what another name of the same entity would have"),
        Column("kind", "VARCHAR", "what form and name differ by", values=NAME_FORMS),
        Column("beside", "VARCHAR", "the place or maker that the name has beside the form"),
        Column("is_generic", "BOOLEAN", "whether the form alone could be said of many"),
        *_made_by("resolver"),
    ),
    key=("name_id", "name", "type", "form", "kind", "beside"),
    derivation=Derivation(
        "core_namings", ("name_id", "name", "type", "key"),
        ("seed_entities", "seed_entity_names", _NAME_CUES),
        "names", "2", batch=50_000, state="0",
    ),
)

core_name_uses = Table(
    "core_name_uses",
    "one name that articles use for a fuller one",
    (
        Column("name_id", "VARCHAR", "the name"),
        Column("full_id", "VARCHAR", "the fuller one"),
        Column("articles", "BIGINT", "articles that do so", minimum=1),
    ),
    key=("name_id", "full_id"),
    derivation=_whole("count", "1", "core_namings"),
    view="SELECT name_id, full_id, count(DISTINCT article_id) AS articles FROM core_namings "
    "WHERE name_id <> full_id AND length(key) >= 3 GROUP BY ALL",  # FEWEST_LETTERS of namings
)

#: Persons, places and other things do not share names; finer types are guesses.
_BEARER = (
    "CASE WHEN type = 'PERSON' THEN 0 WHEN type IN ('GPE', 'LOC') THEN 1 ELSE 2 END"
)

core_shared_forms = Table(
    "core_shared_forms",
    "one form that several names may go by",
    core_name_forms.columns,
    key=core_name_forms.key,
    derivation=_whole("count", "1", "core_name_forms"),
    view=f"""
    SELECT * FROM core_name_forms WHERE hash(form, {_BEARER}) IN (
        SELECT hash(form, {_BEARER}) AS shared FROM core_name_forms
        GROUP BY shared HAVING min(hash(name_id)) <> max(hash(name_id))
    )
    """,
)

core_names = Table(
    "core_names",
    "one name whose bearer is not told by the name alone",
    (
        Column("name_id", "VARCHAR", "the name"),
        Column("entity_id", "VARCHAR", "reference id, or that of its fullest name"),
        Column("score", "DOUBLE", "0 to 1", minimum=0, maximum=1),
        Column("why", "VARCHAR", "what joined them"),
        Column("rivals", "VARCHAR[]", "entities it could also be; not joined for that reason"),
        Column("apart", "VARCHAR[]", "entities that a reviewer says it is not"),
        *_made_by("resolver"),
    ),
    key=("name_id",),
    derivation=_whole(
        "forms", "2", "core_name_uses",
        "core_shared_forms(name_id,name,type,form,kind,beside,is_generic)",
        "seed_entities", "seed_judgements",
    ),
)

core_links = Table(
    "core_links",
    "one mention and the entity it names",
    (
        _mention("mention_id", "the mention"),
        _ARTICLE,
        Column("entity_id", "VARCHAR", "the entity"),
        Column("name", "VARCHAR", "the surface, normalised"),
        Column("language", "VARCHAR", "language of its segment", values=LANGUAGES),
        Column("type", "VARCHAR", "type of entity", values=ENTITY_TYPES),
        Column("score", "DOUBLE", "0 to 1", minimum=0, maximum=1),
        Column("why", "VARCHAR", "what joined them"),
        *_made_by("resolver"),
    ),
    key=("mention_id",),
    derivation=Derivation(
        "core_namings n LEFT JOIN core_names f ON f.name_id = n.full_id "
        "LEFT JOIN core_names o ON o.name_id = n.name_id AND len(o.apart) > 0",
        ("article_id",), ("core_namings", "core_names"), "names", "2",
        state="hash(n.mention_id, f.entity_id, f.score, f.why, o.entity_id, o.apart)",
    ),
)

core_entities = Table(
    "core_entities",
    "one entity that is in the news",
    (
        Column("entity_id", "VARCHAR", "reference id, or minted from the key of its fullest name"),
        Column("name", "VARCHAR", "canonical name"),
        Column("type", "VARCHAR", "type of entity", values=ENTITY_TYPES),
        Column("wikidata_id", "VARCHAR", "Wikidata item, where certain", nullable=True),
        Column("origin", "VARCHAR", "where its id is from", values=("reference", "minted")),
        *_made_by("resolver"),
    ),
    key=("entity_id",),
    derivation=_by_entity("seed_entities", _NAME_CUES),
)

core_entity_names = Table(
    "core_entity_names",
    "one name of an entity in one language",
    (
        Column("entity_id", "VARCHAR", "the entity", references="core_entities.entity_id"),
        Column("language", "VARCHAR", "ISO 639-1, or mul"),
        Column("name", "VARCHAR", "the name"),
        Column("attested", "BOOLEAN", "whether an article uses it"),
        *_made_by("resolver"),
    ),
    key=("entity_id", "language", "name"),
    derivation=_by_entity("seed_entity_names"),
)

#: Each text, as the first article that has it, with the days on which any has; and its entities.
_TEXTS = """
SELECT t.article_id, t.published_from, t.published_to, l.mention_id, l.entity_id
FROM (
    SELECT
        min(article_id) AS article_id, min(published_from) AS published_from,
        max(published_to) AS published_to
    FROM core_articles GROUP BY body_hash
) t LEFT JOIN core_links l USING (article_id)
"""

core_story_features = Table(
    "core_story_features",
    "one text as it is compared with others: the first article that has it stands for its copies",
    (
        _ARTICLE,
        Column(
            "language", "VARCHAR", "of most of its content", nullable=True, values=LANGUAGES
        ),
        Column("published_from", "TIMESTAMP", "first publication of any, UTC", nullable=True),
        Column("published_to", "TIMESTAMP", "last publication of any, UTC", nullable=True),
        Column("features", "VARCHAR[]", "entities, words and figures, each with its kind"),
        Column("weights", "DOUBLE[]", "what each counts in a comparison"),
        Column(
            "probes", "INTEGER", "how many of the first must not all be its own", minimum=0
        ),
        *_made_by("resolver"),
    ),
    key=("article_id",),
    derivation=Derivation(
        f"( {_TEXTS} )",
        ("article_id",),
        ("core_segments", "core_languages", "core_mentions", "core_links"),
        "features", "2", carry=("published_from", "published_to"),
        state="hash(mention_id, entity_id, published_from, published_to)",
    ),
)

#: The first article of each text: what means the same in its copies is read once.
_FIRST = "SELECT min(article_id) AS article_id FROM core_articles GROUP BY body_hash"
_EMBEDDING = (
    Column("embedding", "TINYINT[]", "its direction, near for texts alike in any language"),
    *_made_by("encoder"),
)

core_embeddings = Table(
    "core_embeddings",
    "what the opening of one text means, where an embedding model is installed",
    (_ARTICLE, *_EMBEDDING),
    key=("article_id",),
    derivation=Derivation(
        f"( {_FIRST} )", ("article_id",), ("core_segments",), "embeddings", "1", state="0"
    ),
)

core_quote_embeddings = Table(
    "core_quote_embeddings",
    "what one quotation means, of copies of one text those of the first",
    (
        Column("quote_id", "VARCHAR", "the quotation", references="core_quotes.quote_id"),
        _ARTICLE,
        *_EMBEDDING,
    ),
    key=("quote_id",),
    derivation=Derivation(
        f"( SELECT article_id, quote_id FROM core_quotes JOIN ( {_FIRST} ) USING (article_id) )",
        ("article_id",), ("core_quotes",), "embeddings", "1", state="hash(quote_id)",
    ),
)

#: Articles that share a probe, near enough in time where both are dated.
_COMPARABLE = f"""
WITH probes AS (
    SELECT article_id, published_from, published_to, unnest(features[:probes]) AS probe
    FROM core_story_features
)
SELECT article_id FROM batch_keys
UNION
SELECT other.article_id
FROM batch_keys JOIN probes own USING (article_id) JOIN probes other USING (probe)
WHERE coalesce(
    own.published_from <= other.published_to + INTERVAL {STORY_DAYS} DAY
    AND other.published_from <= own.published_to + INTERVAL {STORY_DAYS} DAY,
    true
)
"""

core_story_pairs = Table(
    "core_story_pairs",
    "two articles that are alike",
    (
        Column(
            "left_id", "VARCHAR", "the smaller id", references="core_articles.article_id"
        ),
        Column(
            "right_id", "VARCHAR", "the greater id", references="core_articles.article_id"
        ),
        Column("score", "DOUBLE", "how alike, 0 to 1", minimum=0, maximum=1),
        Column(
            "meaning", "DOUBLE", "cosine of their embeddings; null where one has none",
            nullable=True, minimum=-1, maximum=1,
        ),
        *_made_by("resolver"),
    ),
    key=("left_id", "right_id"),
    derivation=Derivation(
        "core_story_features", ("article_id",), ("core_story_features", "core_embeddings"),
        "cosine", "2",
        state="hash(language, published_from, published_to, features, weights)",
        near=_COMPARABLE, sides=("left_id", "right_id"),
    ),
)

core_copy_candidates = Table(
    "core_copy_candidates",
    "one article and the first of its text or of its duplicates, which may have one origin",
    (
        Column("left_id", "VARCHAR", "the first", references="core_articles.article_id"),
        Column("right_id", "VARCHAR", "the other", references="core_articles.article_id"),
        *_made_by("resolver"),
    ),
    key=("left_id", "right_id"),
    derivation=_whole("texts", "1", "core_articles(article_id,body_hash)", "core_duplicates"),
)

core_story_components = Table(
    "core_story_components",
    "one article that a chain of pairs joins to others",
    (
        _ARTICLE,
        Column("component_id", "VARCHAR", "hash of the articles so joined"),
        Column("state", "BIGINT", "hash of the pairs among them: another one makes them anew"),
        *_made_by("resolver"),
    ),
    key=("article_id",),
    derivation=_whole(
        "components", "1", "core_story_pairs", "core_copy_candidates", "seed_judgements:story"
    ),
)

#: Pairs of one component that may have one origin: what is alike, and what other signs bring up.
_TRIED = """
SELECT left_id, right_id, l.component_id
FROM (
    SELECT left_id, right_id FROM core_story_pairs
    UNION SELECT left_id, right_id FROM core_copy_candidates
)
JOIN core_story_components l ON l.article_id = left_id
JOIN core_story_components r ON r.article_id = right_id AND r.component_id = l.component_id
"""

core_story_copies = Table(
    "core_story_copies",
    "two articles that have one origin",
    (
        Column("left_id", "VARCHAR", "the one", references="core_articles.article_id"),
        Column("right_id", "VARCHAR", "the other", references="core_articles.article_id"),
        Column("copy_kind", "VARCHAR", "what they are to each other", values=COPY_KINDS[1:]),
        Column("score", "DOUBLE", "how sure, 0 to 1", minimum=0, maximum=1),
        Column("why", "VARCHAR", "what it rests on"),
        *_made_by("resolver"),
    ),
    key=("left_id", "right_id"),
    derivation=Derivation(
        f"( {_TRIED} )",
        ("left_id", "right_id"),
        ("core_articles(article_id,body_hash)", "core_segments", "core_languages"),
        "copies", "2", carry=("component_id",), together=("component_id",), batch=20_000,
        state="0", near="SELECT unnest([left_id, right_id]) AS article_id FROM batch_keys",
    ),
)

#: Articles with their component: one that no pair joins is one by itself.
_TOGETHER = """
SELECT
    a.article_id, coalesce(c.component_id, a.article_id) AS component_id, c.state,
    a.published_from, a.published_to, a.body_hash
FROM core_articles a LEFT JOIN core_story_components c USING (article_id)
"""
#: Of an article what of it and of its copies its story and its origin depend on.
_TOLD = f"""
SELECT
    component_id,
    hash(article_id, state, published_from, published_to, body_hash, copies) AS told
FROM ( {_TOGETHER} ) LEFT JOIN (
    SELECT left_id AS article_id, bit_xor(hash(right_id, copy_kind, score)) AS copies
    FROM core_story_copies GROUP BY left_id
) USING (article_id)
"""

core_story_articles = Table(
    "core_story_articles",
    "one article in its story",
    (
        _ARTICLE,
        Column(
            "component_id", "VARCHAR", "the articles it was resolved with; itself where alone"
        ),
        Column("story_id", "VARCHAR", "the story"),
        Column(
            "origin_article_id",
            "VARCHAR",
            "the article it is a copy or translation of, itself where original",
            references="core_articles.article_id",
        ),
        Column("copy_kind", "VARCHAR", "what it is to its origin", values=COPY_KINDS),
        Column("score", "DOUBLE", "likeness to its story or origin, 0 to 1", minimum=0, maximum=1),
        Column("why", "VARCHAR", "what the likeness rests on"),
        *_made_by("resolver"),
    ),
    key=("article_id",),
    derivation=Derivation(
        f"( {_TOLD} )",
        ("component_id",),
        (
            "core_articles(article_id,body_hash,published_from,published_to)",
            "core_story_components", "core_story_pairs", "core_story_copies",
            "seed_judgements:story",
        ),
        "stories", "5",
        state="told",
        near="SELECT component_id, article_id, article_id AS left_id "
        f"FROM batch_keys JOIN ( {_TOGETHER} ) USING (component_id)",
    ),
)

#: Of each story the headline in English of its earliest headed article, one that a machine
#: translated only where no person wrote one; where none has any, the two entities
#: that are named most.
_TITLES = """
WITH headed AS (
    SELECT
        a.story_id,
        first(
            t.translated
            ORDER BY t.origin = 'machine', a.published_from NULLS LAST, a.body_hash, s.ordinal
        ) FILTER (t.translated IS NOT NULL) AS headline
    FROM (FROM core_story_articles JOIN core_articles USING (article_id)) a
    LEFT JOIN core_segments s ON s.article_id = a.article_id AND s.kind = 'title'
    LEFT JOIN core_languages l ON l.segment_id = s.segment_id
    LEFT JOIN core_translations t ON t.text_hash = s.text_hash AND t.language = l.language
    GROUP BY a.story_id
),
mentioned AS (
    SELECT a.story_id, l.entity_id, count(*) AS mentions
    FROM (SELECT story_id FROM headed WHERE headline IS NULL) h
    JOIN core_story_articles a USING (story_id)
    JOIN core_links l USING (article_id)
    GROUP BY a.story_id, l.entity_id
),
named AS (
    SELECT m.story_id, e.name, sum(m.mentions) AS mentions
    FROM mentioned m JOIN core_entities e USING (entity_id)
    GROUP BY m.story_id, e.name
)
SELECT
    story_id,
    any_value(headline) AS headline,
    array_to_string([one.name FOR one IN min({'less': -mentions, 'name': name}, 2)], ', ') AS chief
FROM headed LEFT JOIN named USING (story_id)
GROUP BY story_id
"""

core_stories = Table(
    "core_stories",
    "one story: articles about one event",
    (
        Column("story_id", "VARCHAR", "minted from its earliest origin"),
        Column("title_en", "VARCHAR", "headline in English, where there is one", nullable=True),
        *_made_by("resolver"),
    ),
    key=("story_id",),
    derivation=Derivation(
        f"( {_TITLES} )", ("story_id",), (), "stories", "3", carry=("headline", "chief"),
        batch=50_000, state="hash(headline, chief)",
    ),
)

#: Mentions that speak or hold a role, with whom they name: core_links is the largest of what is
#: joined here, and read once.
_PARTIES = """
SELECT mention_id, entity_id, type FROM core_links WHERE mention_id IN (
    SELECT speaker_mention_id FROM core_quotes
    UNION ALL SELECT unnest([person_mention_id, organization_mention_id]) FROM core_roles
)
"""
#: Persons and the organisations that they hold a role in today.
_SPOKESMEN = """
SELECT p.entity_id AS speaker, o.entity_id AS organization, r.article_id
FROM core_roles r
JOIN parties p ON p.mention_id = r.person_mention_id
JOIN parties o ON o.mention_id = r.organization_mention_id
WHERE r.status = 'current'
"""
#: Stories with a quotation that is judged: what is the same may be told in another story.
_JUDGED_STORIES = """
SELECT DISTINCT s.story_id
FROM core_quotes q JOIN core_story_articles s USING (article_id) JOIN (
    SELECT unnest([j."left", j."right"]) AS quote_id FROM seed_judgements j
    WHERE j.kind = 'statement' AND j.withdrawn_at IS NULL
) USING (quote_id)
"""
#: Quotations and what of other rows shapes the statements of their story.
_QUOTED = f"""
WITH parties AS MATERIALIZED ( {_PARTIES} ), judged AS ( {_JUDGED_STORIES} ), quoted AS (
    SELECT
        s.story_id,
        hash(
            q.quote_id, g.segment_id, t.translated, t.origin, k.entity_id, k.type, r.told
        ) AS told
    FROM core_quotes q
    JOIN core_story_articles s USING (article_id)
    LEFT JOIN core_segments g
        ON g.article_id = q.article_id AND g.start < q."end" AND g."end" > q.start
    LEFT JOIN core_languages l ON l.segment_id = g.segment_id
    LEFT JOIN core_translations t ON t.text_hash = g.text_hash AND t.language = l.language
    LEFT JOIN parties k ON k.mention_id = q.speaker_mention_id
    LEFT JOIN (
        SELECT speaker, bit_xor(hash(organization)) AS told
        FROM (SELECT DISTINCT speaker, organization FROM ( {_SPOKESMEN} )) GROUP BY speaker
    ) r ON r.speaker = k.entity_id
)
FROM quoted
UNION ALL
SELECT j.story_id, q.told
FROM quoted q JOIN judged USING (story_id) JOIN judged j ON j.story_id <> q.story_id
"""
#: Articles with the quotations of the batch's stories, and of judged ones where one of those is,
#: and the text they stand in; and articles that tell for whom their speakers speak.
_SAID = f"""
WITH parties AS MATERIALIZED ( {_PARTIES} ), judged AS ( {_JUDGED_STORIES} ), said AS (
    SELECT q.article_id, q.start, q."end", q.speaker_mention_id
    FROM core_quotes q JOIN core_story_articles s USING (article_id)
    WHERE s.story_id IN (SELECT story_id FROM batch_keys)
    OR s.story_id IN (FROM judged WHERE EXISTS (FROM judged SEMI JOIN batch_keys USING (story_id)))
)
SELECT s.article_id, g.text_hash
FROM said s LEFT JOIN core_segments g
    ON g.article_id = s.article_id AND g.start < s."end" AND g."end" > s.start
UNION
SELECT r.article_id, NULL
FROM said s
JOIN parties k ON k.mention_id = s.speaker_mention_id
JOIN ( {_SPOKESMEN} ) r ON r.speaker = k.entity_id
"""

core_statements = Table(
    "core_statements",
    "one quotation and the statement it renders",
    (
        Column("quote_id", "VARCHAR", "the quotation", references="core_quotes.quote_id"),
        _ARTICLE,
        Column("story_id", "VARCHAR", "the story it was compared in"),
        Column("statement_id", "VARCHAR", "the same statement in any language"),
        Column("text_en", "VARCHAR", "the quotation in English, where aligned", nullable=True),
        Column(
            "speaker_entity_id", "VARCHAR", "the most specific speaker attested", nullable=True
        ),
        Column("score", "DOUBLE", "likeness to its statement, 0 to 1", minimum=0, maximum=1),
        *_made_by("resolver"),
    ),
    key=("quote_id",),
    derivation=Derivation(
        f"( {_QUOTED} )",
        ("story_id",),
        (
            "core_quotes", "core_segments", "core_languages", "core_translations", "core_links",
            "core_roles", "core_story_articles", "core_quote_embeddings",
            "seed_judgements:statement",
        ),
        "statements", "6", batch=5_000, state="told", near=_SAID,
    ),
)

core_resolution_events = Table(
    "core_resolution_events",
    "one group that was known and is no longer the same",
    (
        Column("event_id", "VARCHAR", "kind, groups and moment"),
        Column("kind", "VARCHAR", "what the groups are", values=JUDGED),
        Column("event", "VARCHAR", "what became of it", values=EVENTS),
        Column("from_id", "VARCHAR", "the group it was"),
        Column("to_id", "VARCHAR", "the group its members are in now"),
        Column("members", "BIGINT", "names, articles or quotations that moved", minimum=1),
        Column("resolved_at", "TIMESTAMP", "when it was resolved, UTC"),
    ),
    key=("event_id",),
    derivation=_whole("log", "1", "core_names", "core_story_articles", "core_statements"),
    grows=True,
)

core_happenings = Table(
    "core_happenings",
    "one time expression resolved to days",
    (
        Column("date_id", "VARCHAR", "the expression", references="core_dates.date_id"),
        _ARTICLE,
        Column("date_from", "DATE", "first day"),
        Column("date_to", "DATE", "last day"),
        Column("precision", "VARCHAR", "unit it is known in", values=DATE_PRECISIONS),
        Column(
            "anchor_article_id",
            "VARCHAR",
            "the dated article it was counted from, where relative",
            nullable=True,
            references="core_articles.article_id",
        ),
        Column(
            "counted_from", "VARCHAR", "the words and the day counted from, where relative",
            nullable=True,
        ),
        Column("inferred_from", "VARCHAR", "how, where it had to be inferred", nullable=True),
        *_made_by("resolver"),
    ),
    key=("date_id",),
    derivation=_whole(
        "anchors", "3", "core_dates", "core_articles", "core_story_articles"
    ),
)

core_circumstances = Table(
    "core_circumstances",
    "one fact that may be disputed, and what its sentence restricts it to",
    (
        Column("fact_id", "VARCHAR", "quantity_id, membership_id or role_id"),
        _ARTICLE,
        Column("kind", "VARCHAR", "what it is", values=FACT_KINDS),
        Column(
            "definition",
            "VARCHAR[]",
            "by which words a number counts less or other than its property says",
        ),
        Column(
            "date_id",
            "VARCHAR",
            "the time expression beside it",
            nullable=True,
            references="core_dates.date_id",
        ),
        *_made_by("resolver"),
    ),
    key=("fact_id",),
    derivation=_by_article(
        "circumstances", "1", "core_segments", "core_languages", "core_mentions", "core_dates",
        "core_quantities", "core_memberships", "core_roles", "seed_units",
        "seed_cue_words:create,definition,definition_before,definition_behind,definition_noun,"
        "founded,founder,founding",
    ),
)

TABLES = (
    core_metadata,
    core_articles,
    core_segments,
    core_fingerprints,
    core_duplicates,
    core_languages,
    core_translations,
    core_mentions,
    core_dates,
    core_roles,
    core_quotes,
    core_quantities,
    core_memberships,
    core_namings,
    core_name_forms,
    core_name_uses,
    core_shared_forms,
    core_names,
    core_links,
    core_entities,
    core_entity_names,
    core_story_features,
    core_embeddings,
    core_quote_embeddings,
    core_story_pairs,
    core_copy_candidates,
    core_story_components,
    core_story_copies,
    core_story_articles,
    core_stories,
    core_statements,
    core_happenings,
    core_circumstances,
    core_resolution_events,
)
