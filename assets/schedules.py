"""Schedules: when jobs run by themselves."""

import dagster as dg

from assets.jobs import everything
from assets.resources import Settings


def nightly(settings: Settings) -> dg.ScheduleDefinition:
    """Return the nightly schedule: two in the morning, when the day's articles have landed."""
    return dg.ScheduleDefinition(
        name="nightly",
        job=everything,
        cron_schedule="0 2 * * *",
        execution_timezone=settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"Every night at 02:00 ({settings.timezone})",
    )
