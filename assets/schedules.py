"""Schedules: when jobs run by themselves."""

import dagster as dg

from assets.jobs import everything
from assets.resources import Settings
from pipelines.intake.feeds import is_feed


def nightly(settings: Settings) -> dg.ScheduleDefinition:
    """Return the nightly schedule: two in the morning, when the day's articles have landed."""
    told = f"Every night at 02:00 ({settings.timezone})"
    return _schedule("nightly", "0 2 * * *", told, settings)


def hourly(settings: Settings) -> dg.ScheduleDefinition:
    """Return the schedule of feeds, which show an article for hours; on where there are any."""
    polls = any(map(is_feed, settings.articles))
    told = "Every hour, because a feed forgets" if polls else "Off: no source is a feed"
    return _schedule("hourly", "30 * * * *", told, settings, polls)


def _schedule(
    name: str, cron: str, told: str, settings: Settings, runs: bool = True
) -> dg.ScheduleDefinition:
    status = dg.DefaultScheduleStatus
    return dg.ScheduleDefinition(
        name=name,
        job=everything,
        cron_schedule=cron,
        execution_timezone=settings.timezone,
        default_status=status.RUNNING if runs else status.STOPPED,
        description=told,
    )
