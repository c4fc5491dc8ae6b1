"""Who is or was what, where: appositions and titles around a person's name."""

import polars as pl

from pipelines.extraction.corpus import marked
from pipelines.extraction.cues import Cues, pattern
from pipelines.extraction.masking import Masked, masked_segments
from warehouse.contracts import table

EXTRACTOR = "apposition"
#: An apposition says so in so many words; a possessive needs its owner to be found.
_STATED, _POSSESSIVE = 0.92, 0.8

_SCHEMA = {
    "role_id": pl.String,
    "article_id": pl.String,
    "segment_id": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "text": pl.String,
    "person_mention_id": pl.String,
    "organization_mention_id": pl.String,
    "role": pl.String,
    "role_en": pl.String,
    "status": pl.String,
    "extractor": pl.String,
    "extractor_version": pl.String,
    "confidence": pl.Float64,
}
_GROUPS = ("person", "role", "field", "former", "org", "now_org")


def core_roles(
    core_articles: pl.DataFrame,
    core_segments: pl.DataFrame,
    core_languages: pl.DataFrame,
    core_mentions: pl.DataFrame,
    seed_cue_words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the rows of ``core_roles`` for whole articles."""
    found = [
        _roles(masked)
        for masked in masked_segments(
            core_segments, core_languages, core_mentions, seed_cue_words
        )
    ]
    if not found:
        return pl.DataFrame(schema=_SCHEMA)
    derivation = table("core_roles").derivation
    assert derivation is not None
    return (
        pl.concat(found)
        .join(core_articles.select("article_id", "body"), on="article_id")
        .with_columns(
            text=_slice("start", "end"),
            role=_slice("role_start", "role_end"),
            role_id=pl.format(
                "{}/r{}-{}-{}", "article_id", "start", "end", "status"
            ),
            extractor=pl.lit(EXTRACTOR),
            extractor_version=pl.lit(derivation.version),
        )
        .select(list(_SCHEMA))
        .unique(["person_mention_id", "organization_mention_id", "status"], maintain_order=True)
        .unique("role_id", maintain_order=True)
        .sort("article_id", "start")
    )


def _slice(start: str, end: str) -> pl.Expr:
    return pl.col("body").str.slice(start, pl.col(end) - pl.col(start))


def _patterns(cues: Cues) -> list[tuple[str, float]]:
    """Return the rules, each a pattern over masked text, with its confidence."""
    person = f"(?P<person>{marked('PERSON')})"
    place = marked("ORG", "GROUP", "PRODUCT", "GPE")
    org, now_org = f"(?P<org>{place})", f"(?P<now_org>{marked('ORG', 'GROUP')})"
    link = rf"{cues.any('role_link')}\s?{cues.determiner()}[«“\"‘]?"
    former = rf"(?P<former>{cues.any('former')}[\s-]?)?"
    field = rf"(?:\s{cues.any('role_link')}\s?{cues.determiner()}(?P<field>{cues.any('role_field')}))?"
    before = r"(?:[\w-]+\s){0,2}?" if cues.language == "en" else ""
    role = rf"(?P<role>{before}{cues.any('role')}{field})"
    behind = r"(?:\s[\w-]+){0,2}?"
    determiner = cues.determiner()
    now = rf"(?:[\s,]+(?:{cues.any('conjunction')}\s)?{cues.any('now')}\s?(?:{cues.any('role_link')}\s?)?{determiner}{now_org})?"
    owner = rf"(?P<org>{marked('ORG', 'GROUP')})(?:'s?)?"
    return [
        (rf"{person}\s?,\s{determiner}{former}{role}{behind}\s{link}{org}{now}", _STATED),
        (rf"{former}{role}{behind}\s{link}{org}\s?,?\s{person}", _STATED),
        (rf"{owner}\s{former}{role}\s?,?\s{person}", _STATED),
        (rf"{person}\s?,\s{determiner}{owner}\s{former}{role}", _STATED),
        (rf"{cues.any('possessive')}\s{former}{role}{behind}\s?,?\s{person}", _POSSESSIVE),
    ]


def _roles(masked: Masked) -> pl.DataFrame:
    found = []
    for expression, confidence in _patterns(masked.cues):
        rule = pattern(expression)
        named = [group for group in _GROUPS if group in rule.groupindex]
        hits = masked.corpus.find(rule, *named).with_columns(
            pl.lit(None, dtype=pl.Int64).alias(f"{edge}_{group}")
            for group in _GROUPS
            if group not in named
            for edge in ("at", "to")
        )
        found.append(hits.with_columns(confidence=pl.lit(confidence)))
    first = pl.concat(found, how="diagonal").unique("at_role", keep="first", maintain_order=True)
    hits = masked.corpus.at(first)
    hits = masked.mention_at(hits, "at_person", "person_mention_id")
    hits = masked.mention_at(hits, "at_org", "org_named")
    hits = masked.mention_at(hits, "at_now_org", "now_named")
    hits = masked.antecedent(hits, "at", "owner", "ORG", "GROUP")
    hits = hits.with_columns(role_en=_role_en(masked, hits))
    stated = hits.with_columns(
        organization_mention_id=pl.coalesce("org_named", "owner"),
        status=pl.when(pl.col("at_former").is_not_null())
        .then(pl.lit("former"))
        .otherwise(pl.lit("current")),
    )
    moved = hits.filter(pl.col("now_named").is_not_null()).with_columns(
        organization_mention_id="now_named", status=pl.lit("current")
    )
    return pl.concat([stated, moved]).select(
        "article_id",
        "segment_id",
        "person_mention_id",
        "organization_mention_id",
        "role_en",
        "status",
        "confidence",
        start=pl.col("at") + pl.col("offset"),
        end=pl.col("to") + pl.col("offset"),
        role_start=pl.col("at_role") + pl.col("offset"),
        role_end=pl.col("to_role") + pl.col("offset"),
    )


def _role_en(masked: Masked, hits: pl.DataFrame) -> pl.Series:
    """Return each role in English: its noun, and the field it is in charge of."""
    text, cues = masked.corpus.text, masked.cues
    english = []
    for at, to, field_at, field_to in hits.select(
        "at_role", "to_role", "at_field", "to_field"
    ).rows():
        noun = text[at : field_at if field_at is not None else to]
        if cues.language == "en":
            english.append(text[at:to])
            continue
        match = pattern(cues.any("role")).match(noun)
        role = cues.value("role", match[0]) if match else None
        field = cues.value("role_field", text[field_at:field_to]) if field_at is not None else None
        english.append(f"{role} of {field}" if role and field else role)
    return pl.Series("role_en", english, dtype=pl.String)
