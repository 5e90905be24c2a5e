"""Questions that the figures give to those who ask: each names the figure it comes from."""

from __future__ import annotations

from dashboards.reports.figures import half_up, listed, number, percent, points
from dashboards.reports.found import Found, Row, Rows


def questions(found: Found, places: list[Row]) -> list[str]:
    """Questions about each place, then those that are always worth asking."""
    asked: list[str] = []
    for place in places:
        where = "" if place["place_type"] == "school" else f" in {place['place_name']}"
        asked += _about_change(place, where)
        cohorts = [each for each in found.rows["cohorts"] if each["place_key"] == place["place_key"]]
        asked += _about_groups(cohorts, where)
        severe = place["severely_absent_pupils"]
        if severe:
            asked.append(
                f"{number(severe)} pupils{where} are severely absent. Has each of them a plan that was agreed "
                "with the family "
                "and with other services, and when was it last reviewed?"
            )
    behind = [each for each in found.rows["registers"] if each["missing_marks"]]
    if behind:
        told = [f"{each['school_name']} {percent(each['missing_percent'])} %" for each in behind[:5]]
        asked.append(f"Marks are missing from the registers ({listed(told)}). By when will registers be complete?")
    asked += [
        "Which of the actions since the last report worked, for which pupils, and how do we know?",
        "What does the school's attendance baseline improvement expectation say, and are we on course for it?",
    ]
    return asked


def _about_change(place: Row, where: str) -> list[str]:
    moved = place["attendance_change_last_year"]
    if moved is None or not half_up(moved):
        return []
    said = f"Attendance{where} is {points(moved)} the same part of last year."
    if moved < 0:
        return [f"{said} What is behind it, and what has been changed?"]
    return [f"{said} What made the difference, and will it last?"]


def _about_groups(cohorts: Rows, where: str) -> list[str]:
    """The year group with the lowest attendance, and the group furthest below everyone else."""
    asked = []
    years = [
        each for each in cohorts if each["cohort_dimension"] == "year_group" and each["attendance_percent"] is not None
    ]
    if len(years) > 1:
        lowest = min(years, key=lambda each: each["attendance_percent"])
        asked.append(
            f"{lowest['cohort_label']} has the lowest attendance{where} "
            f"({percent(lowest['attendance_percent'])} %). What do "
            "its pupils and families say, and who leads on it?"
        )
    groups = [
        each
        for each in cohorts
        if each["cohort_dimension"] != "year_group" and each["pupils"] and (each["attendance_gap"] or 0) < 0
    ]
    if groups:
        furthest = min(groups, key=lambda each: each["attendance_gap"])
        asked.append(
            f"{furthest['dimension_label']}, {furthest['cohort_label']}: attendance is "
            f"{points(furthest['attendance_gap'])} that of everyone else{where}. What stands in the way of these "
            "pupils, and which support reaches them?"
        )
    return asked
