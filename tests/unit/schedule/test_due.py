"""When a task is due, by each school's own calendar: dim_task_due over calendars made by hand."""

import datetime as dt

import duckdb
import pytest

from tests.unit.schedule.small_trust import build, days

HT1, HT2, HT3 = "HT1", "HT2", "HT3"
# School 1 is closed on Friday 10 October and has an INSET day on Monday 13; school 2 ends the half term a week earlier.
CALENDARS = [
    *days(1, "2025-09-03", "2025-10-24", HT1, closed=["2025-10-10", "2025-10-13"]),
    *days(1, "2025-11-03", "2025-12-19", HT2),
    *days(1, "2026-01-05", "2026-02-13", HT3),
    *days(2, "2025-09-03", "2025-10-17", HT1),
    *days(2, "2025-10-27", "2025-12-19", HT2, closed=["2025-10-27"]),
    *days(2, "2026-01-05", "2026-02-13", HT3),
]


@pytest.fixture(scope="module")
def trust() -> duckdb.DuckDBPyConnection:
    return build("2025-10-24", CALENDARS)


def due(db: duckdb.DuckDBPyConnection, task: str, urn: int | None, period: str) -> str | None:
    found = db.execute(
        "select due_at from dim_task_due where task_id = ? and school_urn is not distinct from ? and period_key = ?",
        [task, urn, period],
    ).fetchall()
    return f"{found[0][0]:%a %Y-%m-%d %H:%M}" if found else None


def test_the_week_ends_on_the_last_open_day(trust: duckdb.DuckDBPyConnection) -> None:
    assert due(trust, "bands_reviewed", 1, "2025-10-06") == "Thu 2025-10-09 17:00"
    assert due(trust, "bands_reviewed", 2, "2025-10-06") == "Fri 2025-10-10 17:00"


def test_the_next_school_day_is_not_an_inset_day(trust: duckdb.DuckDBPyConnection) -> None:
    assert due(trust, "week_discussed", 1, "2025-10-06") == "Tue 2025-10-14 12:00"
    assert due(trust, "week_discussed", 2, "2025-10-06") == "Mon 2025-10-13 12:00"
    assert due(trust, "first_hour_list", 1, "2025-10-13") is None
    assert due(trust, "first_hour_list", 2, "2025-10-13") == "Mon 2025-10-13 09:30"


def test_a_half_term_that_ends_differently_in_two_schools(trust: duckdb.DuckDBPyConnection) -> None:
    assert due(trust, "half_term_scrutinised", 1, "2025/26 HT1") == "Fri 2025-11-07 16:00"
    assert due(trust, "half_term_scrutinised", 2, "2025/26 HT1") == "Mon 2025-11-03 16:00"


def test_the_trust_is_in_a_half_term_until_every_school_has_ended_it(trust: duckdb.DuckDBPyConnection) -> None:
    # the last school day of it is Friday 24 October, at school 1; then days on which any school is open count
    assert due(trust, "network_report", None, "2025/26 HT1") == "Mon 2025-11-03 09:00"


def test_a_term_ends_with_its_second_half_term_and_days_are_counted_after_the_holidays(
    trust: duckdb.DuckDBPyConnection,
) -> None:
    assert due(trust, "families_written_to", 1, "2025/26 autumn") == "Fri 2026-01-09 16:00"
    assert due(trust, "leaders_discuss_groups", 1, "2025-12-15") == "Tue 2026-01-06 16:00"
    assert due(trust, "families_written_to", 1, "2025/26 spring") is None, "the calendar does not go that far"


def test_a_fortnight_is_two_school_weeks_also_across_the_holidays(trust: duckdb.DuckDBPyConnection) -> None:
    # school 1 begins on a Wednesday, and that week is the first of a fortnight
    assert due(trust, "fortnight_reviewed", 1, "2025-09-01") == "Mon 2025-09-15 16:00"
    # weeks 7 and 8 end with the half term, the review is due after it
    assert due(trust, "fortnight_reviewed", 1, "2025-10-13") == "Mon 2025-11-03 16:00"
    assert due(trust, "fortnight_reviewed", 2, "2025-10-13") == "Mon 2025-11-03 16:00"


def test_nothing_is_due_in_the_summer_and_the_year_is_looked_back_on_when_the_next_has_begun() -> None:
    calendars = [
        *days(1, "2026-06-08", "2026-07-21", "HT6"),
        *days(1, "2026-09-03", "2026-10-23", HT1),
    ]
    before = build("2026-07-31", calendars)
    assert due(before, "code_use_reviewed", None, "2025/26") == "Wed 2026-09-30 16:00"
    assert due(before, "families_written_to", 1, "2025/26 summer") == "Wed 2026-09-09 16:00"
    summer = "select count(*) from dim_task_due where due_day between date '2026-07-22' and date '2026-09-02'"
    assert before.execute(summer).fetchall() == [(0,)]
    # from 1 August on the new academic year runs: what was due in the old one is not shown any more
    after = build("2026-08-01", calendars)
    assert due(after, "families_written_to", 1, "2025/26 summer") == "Wed 2026-09-09 16:00"
    first = after.execute("select min(due_day) from dim_task_due").fetchall()
    assert first == [(dt.date(2026, 9, 3),)]


def test_a_release_serves_what_its_registers_reach() -> None:
    db = build("2025-10-15", CALENDARS, marks_to={1: "2025-10-15 AM", 2: "2025-10-14 PM"})

    def status(task: str, urn: int, day: str) -> str:
        (found,) = db.execute(
            "select status from fct_task where task_id = ? and school_urn = ? and period_key = ?", [task, urn, day]
        ).fetchall()
        return str(found[0])

    assert status("daily_figures_sent", 1, "2025-10-15") == "done", "it needs the day before"
    assert status("first_hour_list", 1, "2025-10-15") == "done", "it needs the morning"
    assert status("day_closed", 1, "2025-10-15") == "late", "it needs the afternoon"
    assert status("daily_figures_sent", 2, "2025-10-15") == "done"
    assert status("first_hour_list", 2, "2025-10-15") == "late"
    assert status("day_closed", 2, "2025-10-14") == "done"


AT = "2025-10-15 16:00:00"
RELEASES = [
    ("first", "2025-10-09 07:00:00", "1", "2025-10-08 PM"),
    ("second", "2025-10-14 09:30:00", "1", "2025-10-14 AM"),
    ("third", "2025-10-15 09:30:01", "1", "2025-10-15 AM"),
]


@pytest.mark.parametrize(
    ("task", "period", "status"),
    [
        # made at the very minute, a second after it, and before Rollcall was followed
        ("first_hour_list", "2025-10-14", "done"),
        ("first_hour_list", "2025-10-15", "done_late"),
        ("first_hour_list", "2025-10-08", "done"),
        # the time has not passed; it is due at this very minute
        ("day_closed", "2025-10-15", "due_today"),
        ("bands_reviewed", "2025-10-13", "to_come"),
        ("plans_progressed", "2025-10-06", "due_today"),
        # what people write down: in time, late, not; and never written down by this school
        ("registers_kept", "2025-10-14", "done"),
        ("registers_kept", "2025-10-09", "done_late"),
        ("registers_kept", "2025-10-15", "late"),
        ("registers_kept", "2025-10-08", "not_recorded"),
        ("absence_acted_on", "2025-10-14", "not_recorded"),
    ],
)
def test_how_a_task_stands(task: str, period: str, status: str) -> None:
    db = build(
        "2025-10-15",
        CALENDARS,
        moment=AT,
        followed_from="2025-10-09 07:00:00",
        marks_to={1: "2025-10-15 AM"},
        releases=RELEASES,
        records=[
            ("registers_kept", "1", "2025-10-14", "2025-10-14 10:00:00", "attendance officer"),
            ("registers_kept", "1", "2025-10-09", "2025-10-09 10:00:01", "attendance officer"),
        ],
    )
    found = db.execute(
        "select status from fct_task where task_id = ? and school_urn = 1 and period_key = ?", [task, period]
    ).fetchall()
    assert found == [(status,)]


def test_who_did_it_is_said_of_what_is_done_alone() -> None:
    db = build("2025-10-15", CALENDARS, marks_to={1: "2025-10-15 AM"})
    found = db.execute("select distinct done_at is null, done_by_role is null from fct_task").fetchall()
    assert sorted(found) == [(False, False), (True, True)]
