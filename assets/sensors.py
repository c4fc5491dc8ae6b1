"""Sensors: what makes jobs run when something happens."""

import dagster as dg

from assets.jobs import everything
from assets.resources import Settings
from pipelines.identity import digest
from pipelines.intake.feeds import is_feed
from pipelines.intake.source import SourceError
from pipelines.intake.sources import source_of
from pipelines.intake.sources.folder import Folder

#: Seconds between two looks at the landing folders.
_EVERY = 30


@dg.sensor(
    job=everything,
    minimum_interval_seconds=_EVERY,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Runs the job when files in a landing folder of this machine are new or changed; "
    "sources elsewhere and feeds wait for the schedule",
)
def landing_folder(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask for a run when the folders' listing differs from the last one seen."""
    sources = [
        source_of(address)
        for address in Settings.from_environment().articles
        if not is_feed(address)
    ]
    folders = [source for source in sources if isinstance(source, Folder)]
    files, seen, faults = 0, 0, list[str]()
    for folder in folders:
        try:
            for listed in folder.listing():
                files += listed.height
                # A sum, because a folder is listed in no particular order.
                seen += int(listed.hash_rows(seed=0).sum())
        except SourceError as error:
            faults.append(str(error))
    if folders and len(faults) == len(folders):
        return dg.SkipReason("; ".join(faults))
    cursor = digest(str(files), str(seen))
    if cursor == context.cursor:
        places = ", ".join(folder.address for folder in folders) or "no folder"
        nothing = f"nothing new among {files} files in {places}"
        return dg.SkipReason("; ".join((nothing, *faults)))
    return dg.SensorResult([dg.RunRequest(run_key=cursor)], cursor=cursor)
