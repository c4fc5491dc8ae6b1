"""The one Definitions: all assets, checks, jobs, schedules and sensors of the code location."""

import dagster as dg

from assets import extraction, intake, language, marts, publication, resolution, translation
from assets.jobs import everything
from assets.resources import Newsroom, Settings
from assets.schedules import hourly, nightly
from assets.sensors import landing_folder


@dg.resource(description="Settings, the store and the home of published versions")
def newsroom(_context: dg.InitResourceContext) -> Newsroom:
    """Return a newsroom with the settings of the environment."""
    return Newsroom(Settings.from_environment())


defs = dg.Definitions(
    assets=dg.load_assets_from_modules(
        [intake, language, translation, extraction, resolution, marts, publication]
    ),
    jobs=[everything],
    schedules=[nightly(Settings.from_environment()), hourly(Settings.from_environment())],
    sensors=[landing_folder],
    resources={"newsroom": newsroom},
    # One writer and short steps: a process a step would cost more than the work.
    executor=dg.in_process_executor,
)
