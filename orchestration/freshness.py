"""How new each school's data is today: the release's facts, counted to any day with the school's own calendar.

fct_freshness says the same of the release's as-of day; when nothing has run for a week, that day is a week old.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb

from orchestration.release import WAREHOUSE

_TODAY = """
with counted as (
    select
        fresh.school_urn,
        count(*) filter (
            where days.school_day <= $day and days.school_day > coalesce(fresh.newest_marks_date, date '1900-01-01')
        ) as since_marks,
        count(*) filter (
            where days.school_day <= $day and days.school_day > coalesce(fresh.newest_pupils_date, date '1900-01-01')
        ) as since_pupils
    from marts.fct_freshness as fresh
    left join marts.dim_school_day as days using (school_urn)
    group by fresh.school_urn
),
judged as (
    select
        school.slug as school,
        school.school_name,
        case
            when fresh.calendar_ends is null then 'no_calendar'
            when fresh.newest_marks_date is null and counted.since_marks > fresh.overdue_school_days then 'no_marks'
            when counted.since_marks > fresh.overdue_school_days then 'marks_overdue'
            when counted.since_pupils > fresh.pupils_extract_school_days then 'pupils_overdue'
            when fresh.calendar_ends < $day then 'calendar_over'
            else 'fresh'
        end as freshness,
        fresh.newest_marks_date as newest_marks,
        counted.since_marks as school_days_since_marks,
        fresh.newest_pupils_date as newest_pupils,
        counted.since_pupils as school_days_since_pupils
    from marts.fct_freshness as fresh
    inner join counted using (school_urn)
    inner join marts.dim_school as school using (school_urn)
)
select judged.*, status.label as freshness_label, status.is_overdue as overdue, status.what_to_do
from judged
left join reference.freshness_statuses as status using (freshness)
order by judged.school
"""

# Extracts that wait for somebody's decision.
_AWAITING = """
select extract.extract_id, school.slug as school, school.school_name, extract.received_at, extract.held as rows
from marts.fct_extracts as extract
inner join marts.dim_school as school using (school_urn)
where extract.review_status = 'awaiting'
order by extract.received_at, extract.extract_id, school.slug
"""


def freshness(release: Path, day: dt.date) -> list[dict[str, Any]]:
    """One dict per school: newest marks and pupils extract, school days since to `day`, and what is overdue.

    Empty for a release made before there was fct_freshness.
    """
    return _rows(release, _TODAY, {"day": day})


def awaiting_review(release: Path) -> list[dict[str, Any]]:
    """The extracts that are held: extract_id, school, school_name, received_at, rows."""
    return _rows(release, _AWAITING)


def _rows(release: Path, query: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:
        tables = warehouse.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        if ("fct_freshness",) not in tables:
            return []
        found = warehouse.execute(query, values or {})
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
