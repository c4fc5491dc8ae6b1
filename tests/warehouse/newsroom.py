"""A newsroom for tests: articles told by hand, written as the corridor would leave them."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from warehouse import contracts
from warehouse.store import Store
from warehouse.suites import check_table

SEEN = datetime(2026, 11, 22, 17, 5)

_MAKERS = {
    name: "by hand"
    for role in ("detector", "extractor", "resolver")
    for name in (role, f"{role}_version")
}
_GIVEN: dict[str, Any] = {
    **_MAKERS,
    "confidence": 0.9,
    "score": 1.0,
    "why": "by hand",
    "evidence": "by hand",
    "cue": "says",
    "reader": "by hand",
}


def digest(*parts: str) -> str:
    return hashlib.sha256("".join(f"{part}\0" for part in parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Told:
    """A segment: its text, its English where there is one, and what it is."""

    text: str
    english: str | None = None
    kind: str = "sentence"
    language: str = "it"
    engine: str = "tinymt"
    origin: str = "machine"


@dataclass
class Newsroom:
    store: Store
    bodies: dict[str, str] = field(default_factory=dict)
    entities: set[str] = field(default_factory=set)
    stories: set[str] = field(default_factory=set)

    def put(self, table: str, **values: Any) -> None:
        contract = contracts.table(table)
        row = {
            name: values[name] if name in values else _GIVEN.get(name)
            for name in contract.column_names
        }
        columns = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" for _ in row)
        self.store.connection.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values())
        )

    def article(
        self,
        article_id: str,
        segments: Sequence[Told],
        *,
        body: str | None = None,
        origin: str | None = None,
        copy_kind: str = "original",
        story: str = "story_alliance",
        outlet: str | None = None,
        published: tuple[datetime, datetime, str] | None = None,
    ) -> None:
        body = body if body is not None else " ".join(told.text for told in segments)
        self.bodies[article_id] = body
        title = next((told.text for told in segments if told.kind == "title"), None)
        first, last, precision = published or (None, None, "unknown")
        declared = {"outlet": outlet, "published": first and first.isoformat()}
        declared = {name: value for name, value in declared.items() if value}
        self._land(article_id, body, declared)
        for name, value in declared.items():
            dated = (first, last, precision) if name == "published" else (None, None, None)
            self._metadata(article_id, name, value, dated)
        self.put(
            "core_articles", article_id=article_id, source_path=f"{article_id}.txt",
            first_seen_at=SEEN, body=body, body_hash=digest(body), repairs=[], marked=[],
            title=title, outlet=outlet, published_from=first, published_to=last,
            published_precision=precision, published_declared=declared.get("published"),
            published_source="header" if published else None,
        )
        self.put(
            "core_fingerprints", article_id=article_id, first_seen_at=SEEN, words=0,
            signature=[], raw_hash=digest(body), content_hash=digest(body),
        )
        end = 0
        for ordinal, told in enumerate(segments):
            start = body.index(told.text, end)
            end = start + len(told.text)
            self._segment(article_id, ordinal, start, told)
        self.put(
            "core_story_articles", article_id=article_id, component_id=story, story_id=story,
            origin_article_id=origin or article_id, copy_kind=copy_kind,
        )
        if story not in self.stories:
            self.stories.add(story)
            self.put("core_stories", story_id=story, title_en=story.removeprefix("story_"))

    def _land(self, article_id: str, body: str, declared: Mapping[str, str]) -> None:
        self.put(
            "raw_files", file_id=f"file_{article_id}", root="/in", path=f"{article_id}.txt",
            sha256=digest(body), size=len(body), modified_ns=1, media_type="text/plain",
            landed_at=SEEN, status="read", articles=1, rejects=0,
        )
        self.put(
            "raw_articles", article_id=article_id, file_id=f"file_{article_id}",
            source_path=f"{article_id}.txt", first_seen_at=SEEN, ordinal=0, encoding="utf-8",
            text=body, body_start=0, body_end=len(body), marked=[],
            declared=[
                {"field": name, "value": value, "source": "header"}
                for name, value in declared.items()
            ],
        )

    def _metadata(
        self, article_id: str, name: str, value: str,
        dated: tuple[datetime | None, datetime | None, str | None],
    ) -> None:
        first, last, precision = dated
        self.put(
            "core_metadata", article_id=article_id, field=name, ordinal=0, value=value,
            source="header", origin="declared", chosen=True, conflicting=False,
            published_from=first, published_to=last, published_precision=precision,
        )

    def _segment(self, article_id: str, ordinal: int, start: int, told: Told) -> None:
        end = start + len(told.text)
        segment_id = f"{article_id}/s{start}-{end}"
        self.put(
            "core_segments", segment_id=segment_id, article_id=article_id, ordinal=ordinal,
            kind=told.kind, start=start, end=end, text=told.text, text_hash=digest(told.text),
        )
        self.put(
            "core_languages", segment_id=segment_id, article_id=article_id,
            language=told.language,
        )
        known = self.store.connection.sql(
            "SELECT 1 FROM core_translations WHERE text_hash = $1 AND language = $2",
            params=[digest(told.text), told.language],
        ).fetchall()
        if not known:
            self._translation(told)

    def _translation(self, told: Told) -> None:
        engine, origin, english, reason = told.engine, told.origin, told.english, None
        if told.language == "en":
            engine, origin, english = "identity", "identity", told.text
        elif english is None:
            engine, origin, reason = "untranslated", "untranslated", "no engine reads this"
        self.put(
            "core_translations", text_hash=digest(told.text), language=told.language,
            target="en", text=told.text, translated=english, engine=engine,
            engine_version="1", origin=origin, fallback_reason=reason, missed=[],
            quality=None if english is None else 1.0,
        )

    def span(self, article_id: str, text: str, after: int = 0) -> dict[str, Any]:
        start = self.bodies[article_id].index(text, after)
        (segment_id,) = self.store.connection.sql(
            'SELECT segment_id FROM core_segments WHERE article_id = $1 AND start <= $2 '
            'AND "end" > $2',
            params=[article_id, start],
        ).fetchall()[0]
        return {
            "article_id": article_id, "segment_id": segment_id, "start": start,
            "end": start + len(text),
        }

    def mention(
        self, article_id: str, surface: str, entity: str | None = None, kind: str = "ORG",
        after: int = 0,
    ) -> str:
        """Name an entity (by default the surface itself) and return the mention."""
        span = self.span(article_id, surface, after)
        mention_id = f"{article_id}/m{span['start']}-{span['end']}"
        entity = entity or surface
        entity_id = entity.lower().replace(" ", "_")
        self.put("core_mentions", mention_id=mention_id, surface=surface, type=kind, **span)
        named = {"name": surface, "language": "it", "type": kind}
        self.put(
            "core_namings", mention_id=mention_id, article_id=article_id, key=surface.lower(),
            name_id=entity_id, full_id=entity_id, **named,
        )
        self.put(
            "core_links", mention_id=mention_id, article_id=article_id, entity_id=entity_id,
            **named,
        )
        if entity not in self.entities:
            self.entities.add(entity)
            self.put(
                "core_entities", entity_id=entity_id, name=entity, type=kind, origin="minted"
            )
            self.put(
                "core_entity_names", entity_id=entity_id, language="mul", name=entity,
                attested=True,
            )
        return mention_id

    def quantity(
        self, article_id: str, text: str, subject: str, relation: str, value: float,
        *, value_to: float | None = None, name: str = "members", unit: str = "organisation",
        definition: Sequence[str] = (), date_id: str | None = None,
    ) -> None:
        span = self.span(article_id, text)
        quantity_id = f"{article_id}/n{span['start']}-{span['end']}"
        self.put(
            "core_quantities", quantity_id=quantity_id,
            text=text, relation=relation, value=value, value_to=value_to, unit=unit,
            property=name, subject_mention_id=subject, **span,
        )
        self._circumstances(article_id, quantity_id, "quantity", date_id, definition)

    def _circumstances(
        self, article_id: str, fact_id: str, kind: str, date_id: str | None = None,
        definition: Sequence[str] = (),
    ) -> None:
        self.put(
            "core_circumstances", fact_id=fact_id, article_id=article_id, kind=kind,
            definition=list(definition), date_id=date_id,
        )

    def happening(
        self, article_id: str, text: str, days: tuple[date, date], *, offset: str | None = None,
        anchor: str | None = None, inferred_from: str | None = None, precision: str = "day",
        counted_from: str | None = None, after: int = 0,
    ) -> str:
        span = self.span(article_id, text, after)
        date_id = f"{article_id}/d{span['start']}-{span['end']}"
        first, last = (None, None) if offset else days
        self.put(
            "core_dates", date_id=date_id, text=text, precision=precision,
            kind="relative" if offset else "absolute", date_from=first, date_to=last,
            offset_from_anchor=offset, **span,
        )
        self.put(
            "core_happenings", date_id=date_id, article_id=article_id, date_from=days[0],
            date_to=days[1], precision=precision, anchor_article_id=anchor,
            inferred_from=inferred_from, counted_from=counted_from or inferred_from,
        )
        return date_id

    def quote(
        self, article_id: str, text: str, statement: str, english: str | None,
        *, speaker: str | None = None, language: str = "it", after: int = 0,
    ) -> None:
        span = self.span(article_id, text, after)
        quote_id = f"{article_id}/q{span['start']}-{span['end']}"
        self.put(
            "core_quotes", quote_id=quote_id, text=text, language=language, kind="direct",
            speaker_mention_id=speaker, **span,
        )
        self.put(
            "core_statements", quote_id=quote_id, article_id=article_id, statement_id=statement,
            story_id="story_alliance", text_en=english, speaker_entity_id=None,
        )

    def member(
        self, article_id: str, text: str, group: str, member: str, status: str,
        date_id: str | None = None,
    ) -> None:
        span = self.span(article_id, text)
        membership_id = f"{group}|{member}|{status}"
        self.put(
            "core_memberships", membership_id=membership_id, text=text,
            group_mention_id=group, member_mention_id=member, status=status, **span,
        )
        self._circumstances(article_id, membership_id, "membership", date_id)

    def role(
        self, article_id: str, text: str, person: str, organization: str | None, *, role: str,
        role_en: str | None, status: str = "current", date_id: str | None = None,
    ) -> None:
        span = self.span(article_id, text)
        role_id = f"{person}|{organization}|{span['start']}"
        self.put(
            "core_roles", role_id=role_id, text=text,
            person_mention_id=person, organization_mention_id=organization, role=role,
            role_en=role_en, status=status, **span,
        )
        self._circumstances(article_id, role_id, "role", date_id)


def tell_into(store: Store, tell: Callable[[Newsroom], None]) -> None:
    """Tell the news into a store at once, so that every table has changed."""
    store.connection.execute("BEGIN")
    tell(Newsroom(store))
    store.connection.execute("UPDATE work_tables SET revision = revision + 1")
    store.connection.execute("COMMIT")


def check(store: Store) -> None:
    """Check every table of the store, as the assets do."""
    for table in contracts.TABLES:
        if table.layer != "mart":
            outcome = check_table(store, table.name, SEEN)
            assert outcome.passed, [result.sentence() for result in outcome.failures]
