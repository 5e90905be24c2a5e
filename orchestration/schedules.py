"""When a trust's figures are made anew: in time for every task that is due by a school's own calendar.

One schedule a cadence. Each looks every ten minutes whether a release was owed since the newest one began, so what fell
due while the machine was off is made at the next look; a run makes up for every cadence at once.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from dagster import (
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SkipReason,
    schedule,
)
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition as Job

from ingestion.task_ledger import TIMEZONE
from ingestion.trust import Trust, TrustFolder
from orchestration.partitions import whole_range
from orchestration.release import manifest_of, releases
from orchestration.sensors import is_under_way
from orchestration.tasks import making, owed
from quality.seeds import seed

CADENCE_TAG = "rollcall/cadence"


def trust_schedules(job: Job, folder: TrustFolder, trust: Trust) -> list[ScheduleDefinition]:
    """The schedules of one trust, one for each cadence of tasks, each starting `job` over every inbox."""
    return [
        _schedule(job, folder, trust, cadence, label, minute)
        for minute, (cadence, label) in enumerate(seed("task_cadences").select("cadence", "label").rows())
    ]


def _schedule(job: Job, folder: TrustFolder, trust: Trust, cadence: str, label: str, minute: int) -> ScheduleDefinition:
    # A minute apart, so that the later ones see the run that an earlier one asked for.
    @schedule(
        job=job,
        cron_schedule=f"{minute}-59/10 * * * *",
        execution_timezone=TIMEZONE,
        name=cadence,
        description=f"{label}: a release in time for the tasks that are due, by the schools' own calendars.",
    )
    def due(context: ScheduleEvaluationContext) -> RunRequest | SkipReason:
        now = context.scheduled_execution_time.astimezone(ZoneInfo(TIMEZONE)).replace(tzinfo=None)
        newest = newest_start(folder)
        if newest is None:
            return SkipReason(
                "Nothing has been published yet; `rollcall run` or the inbox sensor makes a first release."
            )
        moments = making(folder)
        wanted = owed(moments, newest, now)
        if cadence not in wanted:
            return SkipReason(_why_not(moments, cadence, now))
        if is_under_way(context.instance, job):
            return SkipReason("A run is under way; what it does not serve is made after it.")
        # One try for each moment: a run that failed is not tried again until the next one.
        return RunRequest(
            run_key=f"{cadence}-{wanted[cadence]:%Y%m%d%H%M}",
            tags={**whole_range(trust), CADENCE_TAG: ", ".join(wanted)},
        )

    return due


def newest_start(folder: TrustFolder) -> dt.datetime | None:
    """When the run of the newest release began, local time; what came in later is not in it. None without a release."""
    manifests = (manifest_of(folder.releases / name) for name in reversed(releases(folder)))
    started = next((manifest["started_at"] for manifest in manifests if manifest and manifest.get("started_at")), None)
    if started is None:
        return None
    return dt.datetime.fromisoformat(started).astimezone(ZoneInfo(TIMEZONE)).replace(tzinfo=None)


def _why_not(moments: list[tuple[str, dt.datetime]], cadence: str, now: dt.datetime) -> str:
    coming = sorted(moment for name, moment in moments if name == cadence and moment > now)
    if not coming:
        return "Nothing more is due by the schools' calendars; send the calendars of the next school year."
    if cadence == "daily" and coming[0].date() > now.date() and not any(m.date() == now.date() for _, m in moments):
        return (
            f"No school of the trust is open on {now:%-d %B %Y}; the next release is due {coming[0]:%-d %B %Y, %H:%M}."
        )
    return f"Nothing is due; the next release for it is made on {coming[0]:%-d %B %Y at %H:%M}."
