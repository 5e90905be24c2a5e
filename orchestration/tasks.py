"""The tasks of the attendance year: what is due, done and late at a moment, and for what a release is owed.

When each is due, and how it stood when the release was built, is in the release (fct_task); here it is judged at
another moment, with what staff have written down since. Times are local, without a time zone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from ingestion.task_ledger import TaskRecord
from ingestion.trust import TrustFolder
from orchestration.release import WAREHOUSE, current_release
from quality.seeds import values

Moments = list[tuple[str, dt.datetime]]

# Without a calendar that goes on, a release is made on weekdays at this hour, so that a new calendar is taken in.
_BEFORE_SCHOOL = dt.time(6, 30)
_EVERYDAY = "daily"
_SATURDAY = 5
_AHEAD = ("due_today", "to_come")

_MAKING = """
select distinct due.cadence, due.make_from
from marts.dim_task_due as due
inner join reference.tasks as task using (task_id)
where task.lead_minutes > 0
order by due.make_from
"""
_TASKS = """
select
    due.task_id, task.title, due.cadence, school.slug as school, school.school_name, due.period_key, due.last_day,
    due.due_at, due.done_at, due.done_by_role as done_by, due.is_made, due.is_judged, due.status_when_past,
    task.owner, task.task_order
from marts.fct_task as due
inner join reference.tasks as task using (task_id)
left join marts.dim_school as school on due.school_urn = school.school_urn
where due.due_at >= $first and due.due_at < $last
order by due.due_at, task.task_order, school.slug nulls first
"""


def making(folder: TrustFolder) -> Moments:
    """(cadence, moment) of every moment from which a release is owed for a task, by the current release's calendars."""
    release = current_release(folder)
    if release is None or not _knows_tasks(release):
        return []
    with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:
        return [(cadence, moment) for cadence, moment in warehouse.execute(_MAKING).fetchall()]


def owed(moments: Iterable[tuple[str, dt.datetime]], newest: dt.datetime, now: dt.datetime) -> dict[str, dt.datetime]:
    """By cadence the newest moment at which a release became owed and none was begun since.

    newest: when the run of the newest release began; one that began at the very moment serves it.
    """
    known = list(moments)
    if not any(moment > now for _, moment in known) and now.weekday() < _SATURDAY:
        known.append((_EVERYDAY, dt.datetime.combine(now.date(), _BEFORE_SCHOOL)))
    found: dict[str, dt.datetime] = {}
    for cadence, moment in known:
        if newest < moment <= now:
            found[cadence] = max(moment, found.get(cadence, moment))
    return found


def tasks_between(release: Path, first: dt.datetime, last: dt.datetime) -> list[dict[str, Any]]:
    """The tasks of a release that are due from `first` to before `last`; [] for a release that knows none."""
    if not _knows_tasks(release):
        return []
    with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:
        found = warehouse.execute(_TASKS, {"first": first, "last": last})
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def lateness_days(release: Path) -> int:
    """Over how many days the lateness of tasks is told, by the release's rules."""
    with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:
        found = warehouse.execute(
            "select value from marts.dim_rule where rule_name = 'task_lateness_days' and valid_to is null"
        ).fetchone()
        return int(found[0]) if found else 0


def judged(tasks: Sequence[Mapping[str, Any]], records: Sequence[TaskRecord], now: dt.datetime) -> list[dict[str, Any]]:
    """The tasks as they stand at `now`, each with its `status` (seed task_statuses), by what staff have written down.

    What is due at this very minute is still due.
    """
    written = {(one.task_id, one.slug, one.period_key): one for one in records}
    return [_judged(task, written.get((task["task_id"], task["school"], task["period_key"])), now) for task in tasks]


def _judged(task: Mapping[str, Any], record: TaskRecord | None, now: dt.datetime) -> dict[str, Any]:
    if not task["is_made"]:
        task = {**task, "done_at": record and record.done_at, "done_by": record and record.role}
    due_at, done_at = task["due_at"], task["done_at"]
    if done_at is not None:
        status = "done_late" if done_at > due_at and task["is_judged"] else "done"
    elif now <= due_at:
        status = "due_today" if due_at.date() == now.date() else "to_come"
    else:
        # done when the release was built, withdrawn since
        status = "not_recorded" if task["status_when_past"].startswith("done") else task["status_when_past"]
    return {**task, "status": status}


def by_place(tasks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One dict per school, and one for the trust (school None, first): how many tasks have each status, when one was
    last done, and when the next open one is due. tasks: as `judged` returns them."""
    places: dict[str | None, dict[str, Any]] = {}
    for task in tasks:
        place = places.setdefault(
            task["school"],
            {"school": task["school"], "school_name": task["school_name"]}
            | dict.fromkeys(values("task_statuses", "status"), 0)
            | {"last_done_at": None, "next_due_at": None},
        )
        place[task["status"]] += 1
        if task["done_at"] is not None:
            place["last_done_at"] = max(task["done_at"], place["last_done_at"] or task["done_at"])
        elif task["status"] in _AHEAD:
            place["next_due_at"] = min(task["due_at"], place["next_due_at"] or task["due_at"])
    return [places[slug] for slug in sorted(places, key=lambda slug: slug or "")]


def _knows_tasks(release: Path) -> bool:
    with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:
        return bool(
            warehouse.execute(
                "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = 'fct_task'"
            ).fetchone()
        )
