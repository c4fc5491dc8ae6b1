"""Publication: the version whose checks passed becomes the one that readers see."""

import dagster as dg

from assets.derivation import POOL
from assets.marts import MARTS
from assets.resources import Newsroom
from warehouse.publisher import built_version, current, publish


@dg.asset(
    deps=[mart.name for mart in MARTS],
    group_name="publication",
    kinds={"duckdb", "parquet"},
    required_resource_keys={"newsroom"},
    pool=POOL,
    description=(
        "The link `marts.duckdb` that readers follow: it turns to a new version only when every "
        "check has passed on the very bytes of it, whichever way publication is started; after "
        "`babelwire rollback` it stays where it was led back to"
    ),
)
def publication(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Publish what was built; where nothing new was, the present version stays."""
    newsroom: Newsroom = context.resources.newsroom
    version = built_version(newsroom.home)
    before = current(newsroom.home)
    if version is None:
        context.log.info(f"nothing new: {before.version if before else 'no version'} stays")
        return dg.MaterializeResult(
            metadata={
                "version": before.version if before else "none",
                "published": "nothing new: the published version stays",
            }
        )
    done = publish(newsroom.home, version, now=newsroom.now, keep=newsroom.settings.keep_versions)
    articles = done.manifest.delta["mart_articles"]
    context.log.info(
        f"{'published' if done.is_shown else 'kept, not shown'}: {version}, "
        f"{articles.rows} articles, {articles.added} of them new"
    )
    changes = "\n".join(
        f"| {name} | {delta.rows} | +{delta.added} | −{delta.removed} |"
        for name, delta in done.manifest.delta.items()
    )
    return dg.MaterializeResult(
        metadata={
            "version": version,
            "shown": "yes" if done.is_shown else f"no: readers are held at {done.previous}",
            "before": done.previous or "none",
            "file": dg.MetadataValue.path(str(newsroom.home.marts)),
            "changes": dg.MetadataValue.md(f"| mart | rows | new | gone |\n|-|-|-|-|\n{changes}"),
            "retired": ", ".join(done.removed) or "none",
        }
    )
