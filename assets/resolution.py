"""Resolution: one entity, one story, one statement, one day, over languages and sources."""

from assets.derivation import derived
from pipelines.resolution import entities, happenings, links, statements, stories

GROUP = "resolution"

core_links = derived("core_links", links.core_links, GROUP)
core_entities = derived("core_entities", entities.core_entities, GROUP)
core_entity_names = derived("core_entity_names", entities.core_entity_names, GROUP)
core_story_articles = derived("core_story_articles", stories.core_story_articles, GROUP)
core_stories = derived("core_stories", stories.core_stories, GROUP)
core_statements = derived("core_statements", statements.core_statements, GROUP)
core_happenings = derived("core_happenings", happenings.core_happenings, GROUP)
