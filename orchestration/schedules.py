"""When a trust's figures are made anew: every school day, every week, and after each half term.

A schedule that has nothing new still makes a release for the new day; the half-termly one asks the schools' own
calendars, in the current release, and starts only on the day after a half term ended somewhere in the trust.
"""

import datetime as dt

import duckdb
from dagster import (
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SkipReason,
    schedule,
)
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition as Job

from ingestion.trust import Trust, TrustFolder
from orchestration.partitions import whole_range
from orchestration.release import WAREHOUSE, current_release

TIMEZONE = "Europe/London"
CADENCE_TAG = "rollcall/cadence"


def trust_schedules(job: Job, folder: TrustFolder, trust: Trust) -> list[ScheduleDefinition]:
    """The daily, weekly and half-termly schedules of one trust, each starting `job` over every inbox."""

    @schedule(job=job, cron_schedule="30 6 * * 1-5", execution_timezone=TIMEZONE, name="daily")
    def daily(context: ScheduleEvaluationContext) -> RunRequest:
        """Before school on every weekday: yesterday's registers."""
        return _request(context, "daily")

    @schedule(job=job, cron_schedule="0 18 * * 5", execution_timezone=TIMEZONE, name="weekly")
    def weekly(context: ScheduleEvaluationContext) -> RunRequest:
        """On Friday evening: the week that ended, for the meetings of the next one."""
        return _request(context, "weekly")

    @schedule(job=job, cron_schedule="0 7 * * *", execution_timezone=TIMEZONE, name="half_termly")
    def half_termly(context: ScheduleEvaluationContext) -> RunRequest | SkipReason:
        """On the day after a half term ended in any school of the trust."""
        day = context.scheduled_execution_time.date()
        ended = half_terms_ended(folder, day - dt.timedelta(days=1))
        if not ended:
            return SkipReason(f"No half term of this trust ended on the day before {day:%-d %B %Y}.")
        return _request(context, "half_termly")

    def _request(context: ScheduleEvaluationContext, cadence: str) -> RunRequest:
        moment = context.scheduled_execution_time
        return RunRequest(run_key=f"{cadence}-{moment:%Y%m%d%H%M}", tags={**whole_range(trust), CADENCE_TAG: cadence})

    return [daily, weekly, half_termly]


def half_terms_ended(folder: TrustFolder, day: dt.date) -> list[str]:
    """The half terms that ended on `day` by the calendar of at least one school, as "2025/26 HT1".

    Read from the current release's dim_half_term; empty while nothing has been published.
    """
    release = current_release(folder)
    if release is None:
        return []
    with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:
        found = warehouse.execute(
            "select distinct academic_year || ' ' || half_term from marts.dim_half_term where end_date = ? order by 1",
            [day],
        ).fetchall()
    return [row[0] for row in found]
