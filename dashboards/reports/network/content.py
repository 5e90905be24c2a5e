"""The content of the network report: the rows of its queries as the texts, tables and charts that its template sets.

Everything a reader sees is decided here, from what the audience sees: no figure is worked out anew except shares that
add up to a whole for a chart. A hidden figure stays hidden.
"""

from __future__ import annotations

from typing import Any

from dashboards.reports.figures import Cell, change, day, half_up, listed, number, percent, points
from dashboards.reports.network.data import data_tables, definitions, reached_table
from dashboards.reports.network.tables import band_table, benchmark_tables, cohort_matrix, cohort_tables, place
from dashboards.reports.trend import trend
from dashboards.reports.typesetting import chart_svg

Rows = list[dict[str, Any]]
Row = dict[str, Any]

# The columns of the two tables of headline figures, as measure: flag that hides it.
ATTENDANCE = ("attendance", "overall_absence", "authorised_absence", "unauthorised_absence")
ABSENT_PUPILS = {"persistent_absence": "persistent", "severe_absence": "severe"}
OTHER = ("late", "missing_marks")


def content(found: dict[str, Rows]) -> dict[str, Any]:
    """Everything the template needs, from the rows of each query by its name."""
    release, period = found["release"][0], found["period"][0]
    better = {row["measure"]: row["better"] for row in found["measures"]}
    headline = found["headline"]
    rules = {row["rule_name"]: row for row in found["rules"]}
    weekly = trend(found["trend"], period)
    drawn = weekly.pop("drawn")
    return {
        "trust": release["trust_name"],
        "period": period["label"],
        "short_period": period["short_label"],
        "dates": f"{day(period['start_date'])} to {day(period['end_date'])}",
        "as_of": day(release["as_of"]),
        "running": f"The half term is still running: figures to {day(period['figures_to'])}."
        if period["is_running"]
        else "",
        "opens_year": _opens_year(period),
        "previous": period["previous_label"] or "",
        "last_year": period["last_year_label"] or "",
        "minimum": release["suppression_minimum_pupils"],
        "cards": [_card(row, better) for row in headline if row["place_type"] == "phase"],
        "messages": _messages(headline, found["registers"], release, period),
        "trend": {**weekly, "svg": chart_svg(drawn) if drawn else ""},
        "attendance": [_attendance_row(row, better) for row in _phases_first(headline)],
        "absent": [_absent_row(row, better) for row in _phases_first(headline)],
        "bands": band_table(found, rules),
        **benchmark_tables(found["benchmarks"], found["benchmarks_year"], better),
        **cohort_tables(found["cohorts"], found["cohorts_hidden"]),
        **cohort_matrix(found["cohorts_schools"]),
        **reached_table(found["reached"]),
        **data_tables(found),
        **definitions(found["measures"], rules),
    }


def _opens_year(period: Row) -> bool:
    """The half term before was in another academic year: other pupils, and older ones away for examinations."""
    before = period["previous_period_key"]
    return before is not None and not before.startswith(period["academic_year"])


def _phases_first(rows: Rows) -> Rows:
    """Each phase with its schools, the trust last."""
    return [row for row in rows if row["place_type"] != "trust"] + [row for row in rows if row["place_type"] == "trust"]


def _card(row: Row, better: dict[str, str]) -> Row:
    return {
        "name": row["place_name"],
        "scope": f"{row['schools']} school{'s' if row['schools'] > 1 else ''}, "
        f"{number(row['pupils'], row['is_suppressed'])} pupils",
        "attendance": percent(row["attendance_percent"], row["is_suppressed"]),
        "previous": change(row["attendance_change_previous"], better["attendance"], row["is_suppressed"]),
        "last_year": change(row["attendance_change_last_year"], better["attendance"], row["is_suppressed"]),
        "persistent": percent(row["persistent_absence_percent"], row["persistent_is_suppressed"]),
        "severe": percent(row["severe_absence_percent"], row["severe_is_suppressed"]),
    }


def _messages(headline: Rows, registers: Rows, release: Row, period: Row) -> list[str]:
    """Sentences for the first page; each says figures that stand in the tables."""
    trust = next(row for row in headline if row["place_type"] == "trust")
    schools = [row for row in headline if row["place_type"] == "school" and row["attendance_percent"] is not None]
    said = []
    if trust["attendance_percent"] is not None:
        spoken = [("last_year", "the same half term a year ago"), ("previous", "the half term before")]
        compared = [
            f"{points(trust[f'attendance_change_{key}'])} {name}"
            for key, name in (spoken[:1] if _opens_year(period) else spoken)
            if trust[f"attendance_change_{key}"] is not None
        ]
        said.append(
            f"Pupils attended {percent(trust['attendance_percent'])} % of their possible sessions"
            + (f": {listed(compared)}." if compared else ".")
        )
    if trust["persistent_absence_percent"] is not None:
        said.append(
            f"{number(trust['persistently_absent_pupils'])} of {number(trust['pupils'])} pupils "
            f"({percent(trust['persistent_absence_percent'])} %) were persistently absent"
            + (
                f" and {number(trust['severely_absent_pupils'])} "
                f"({percent(trust['severe_absence_percent'])} %) severely absent."
                if trust["severe_absence_percent"] is not None
                else "."
            )
        )
    for phase in [row for row in headline if row["place_type"] == "phase"]:
        ranked = sorted(
            (r for r in schools if r["phase"] == phase["phase"]), key=lambda r: (r["attendance_rank"], r["place_order"])
        )
        if len(ranked) > 1:
            first, last = ranked[0], ranked[-1]
            said.append(
                f"{phase['place_name']}: attendance from {percent(last['attendance_percent'])} % "
                f"at {last['place_name']} to {percent(first['attendance_percent'])} % at {first['place_name']}."
            )
    fell = [
        r
        for r in schools
        if r["attendance_change_last_year"] is not None and half_up(r["attendance_change_last_year"]) <= -1
    ]
    if fell:
        said.append(
            "Attendance is lower than a year ago by a percentage point or more at "
            f"{listed([r['place_name'] for r in sorted(fell, key=lambda r: r['attendance_change_last_year'])])}."
        )
    behind = [r["school_name"] for r in registers if r["school_days_behind"]]
    missing = sum(r["missing_marks"] or 0 for r in registers)
    expected = sum(r["expected_marks"] or 0 for r in registers)
    if expected:
        said.append(
            f"{number(missing)} of {number(expected)} expected marks ({percent(100 * missing / expected)} %) "
            "are missing from the registers of the half term; they count neither as presence nor as absence."
        )
    if behind:
        said.append(
            f"Marks do not yet reach {day(release['as_of'])} at {listed(behind)}: see the data behind the figures."
        )
    return said


def _measure(row: Row, measure: str, better: dict[str, str], hidden: bool) -> list[Cell]:
    cells: list[Cell] = [{"t": percent(row[f"{measure}_percent"], hidden)}]
    for key in ("previous", "last_year"):
        value = row[f"{measure}_change_{key}"]
        # Attendance has a change from then, so a missing one is hidden: the figure of then is a small cell.
        was_hidden = hidden or row[f"attendance_change_{key}"] is not None
        cells.append(change(value, better[measure], was_hidden))
    return cells


def _attendance_row(row: Row, better: dict[str, str]) -> Row:
    """Pupils, rank, then percent and two changes of each measure of attendance and absence."""
    hidden = row["is_suppressed"]
    rank = f"{row['attendance_rank']} of {row['schools_in_phase']}" if row["attendance_rank"] else ""
    cells: list[Cell] = [{"t": number(row["pupils"], hidden)}, {"t": rank}]
    for measure in ATTENDANCE:
        cells += _measure(row, measure, better, hidden)
    return {**place(row), "cells": cells}


def _absent_row(row: Row, better: dict[str, str]) -> Row:
    """Persistently and severely absent pupils with percent and changes, then late and missing marks."""
    cells: list[Cell] = []
    for measure, flag in ABSENT_PUPILS.items():
        hidden = row[f"{flag}_is_suppressed"]
        cells += [{"t": number(row[f"{flag}ly_absent_pupils"], hidden)}, *_measure(row, measure, better, hidden)]
    for measure in OTHER:
        cells += _measure(row, measure, better, row["is_suppressed"])
    return {**place(row), "cells": cells}
