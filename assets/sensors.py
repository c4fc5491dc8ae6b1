"""Sensors: what makes jobs run when something happens."""

import dagster as dg

from assets.jobs import everything
from assets.resources import Settings
from pipelines.identity import digest
from pipelines.intake.landing import listing

#: Seconds between two looks at the landing folder.
_EVERY = 30


@dg.sensor(
    job=everything,
    minimum_interval_seconds=_EVERY,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Runs the job when files in the landing folder are new or changed",
)
def landing_folder(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask for a run when the folder's listing differs from the last one seen."""
    folder = Settings.from_environment().articles
    try:
        files = listing(folder)
    except OSError as error:
        return dg.SkipReason(str(error))
    seen = digest(*map(str, files.select("path", "size", "modified_ns").rows()))
    if seen == context.cursor:
        return dg.SkipReason(f"nothing new among {files.height} files in {folder}")
    return dg.SensorResult([dg.RunRequest(run_key=seen)], cursor=seen)
