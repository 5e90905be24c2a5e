"""The models of the schedule over calendars made by hand, in a second: Jinja renders them, DuckDB runs them."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import duckdb
import jinja2

PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"
MODELS = [
    "int_task_calendar",
    "int_task_periods",
    "dim_task_due",
    "int_task_reach",
    "int_task_served",
    "fct_task",
]
Day = tuple[int, dt.date, str, str | None]


def days(urn: int, first: str, last: str, half_term: str | None = None, closed: Sequence[str] = ()) -> list[Day]:
    """The sessions of a school on the weekdays of a span that are not closed: urn, day, session, half term."""
    day, end, found = dt.date.fromisoformat(first), dt.date.fromisoformat(last), []
    while day <= end:
        if day.weekday() < 5 and day.isoformat() not in closed:
            found += [(urn, day, "AM", half_term), (urn, day, "PM", half_term)]
        day += dt.timedelta(days=1)
    return found


def build(
    as_of: str,
    sessions: Sequence[Day],
    moment: str | None = None,
    followed_from: str | None = None,
    marks_to: dict[int, str] | None = None,
    releases: Sequence[tuple[str, str, str | None, str]] = (),
    records: Sequence[tuple[str, str | None, str, str, str]] = (),
) -> duckdb.DuckDBPyConnection:
    """The models built for schools whose slug is their urn.

    moment: when tasks are judged (the end of as_of). marks_to: each school's newest register, as `2025-11-14 PM`.
    releases: earlier ones (release_id, published_at, slug, data_to). records: (task_id, slug, period_key, done_at,
    role).
    """
    db = duckdb.connect()
    for seed in ("tasks", "task_cadences", "half_terms"):
        path = next((PROJECT / "seeds").rglob(f"{seed}.csv"))
        db.execute(f"create table {seed} as from read_csv('{path}', header = true)")
    urns = sorted({urn for urn, *_ in sessions})
    _table(db, "int_school_sessions(school_urn int, session_date date, session varchar, half_term varchar)", sessions)
    year = _environment().globals["academic_year"]("session_date")
    db.execute(
        f"create or replace table int_school_sessions as select *, {year} as academic_year,"
        " cast(date_trunc('week', session_date) as date) as week_start from int_school_sessions"
    )
    _table(db, "stg_trust(as_of date)", [(as_of,)])
    _table(db, "dim_school(school_urn int, slug varchar)", [(urn, str(urn)) for urn in urns])
    reached = {urn: data_to.split() for urn, data_to in (marks_to or {}).items()}
    _table(
        db,
        "fct_register_completeness(school_urn int, session_date date, session varchar, recorded_marks int)",
        [(urn, *data_to, 1) for urn, data_to in reached.items()],
    )
    _table(db, "task_releases(release_id varchar, published_at timestamp, slug varchar, data_to varchar)", releases)
    _table(db, "task_records(task_id varchar, slug varchar, period_key varchar, done_at timestamp, role varchar)",
           records)  # fmt: skip
    moment = moment or f"{as_of} 23:59:59"
    _table(db, "task_clock(moment timestamp, followed_from timestamp, release_id varchar)",
           [(moment, followed_from or moment, "this")])  # fmt: skip
    for model in MODELS:
        db.execute(f"create table {model} as {_rendered(model)}")
    return db


def _table(db: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]) -> None:
    db.execute(f"create table {table}")
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        db.executemany(f"insert into {table.partition('(')[0]} values ({marks})", [list(row) for row in rows])


@cache
def _environment() -> jinja2.Environment:
    env = jinja2.Environment()
    env.globals.update(ref=lambda name: name, source=lambda _, name: name)
    macros = env.from_string((PROJECT / "macros" / "periods.sql").read_text()).make_module()
    for name in ("academic_year_starting", "academic_year", "start_year"):
        env.globals[name] = getattr(macros, name)
    return env


@cache
def _rendered(model: str) -> str:
    path = next((PROJECT / "models").rglob(f"{model}.sql"))
    return _environment().from_string(path.read_text()).render()


def seed(name: str) -> list[dict[str, str]]:
    """The rows of a seed as text."""
    with next((PROJECT / "seeds").rglob(f"{name}.csv")).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
