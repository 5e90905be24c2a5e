"""The pupil printout: one page for each pupil, of days missed, lateness and reasons, beside the school and England."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from dashboards.reports.figures import NOTHING, day, half_up, number, percent
from dashboards.reports.found import Found, Row, Rows
from dashboards.reports.typesetting import typeset


def make(found: Found) -> dict[str, bytes]:
    """The pages as PDF."""
    periods, reasons = (_by_pupil(found.rows[name]) for name in ("periods", "reasons"))
    content = {
        "title": found.title,
        "subtitle": found.period["label"],
        "trust": found.release["trust_name"],
        "school": found.place["place_name"],
        "as_of": day(found.as_of),
        "pupils": [
            _page(pupil, periods.get(pupil["pupil_id"], []), reasons.get(pupil["pupil_id"], []), found)
            for pupil in found.rows["pupils"]
        ],
    }
    return {"pdf": typeset("pupil/print.typ", content, found.as_of)}


def _by_pupil(rows: Rows) -> dict[str, Rows]:
    return {key: list(of_pupil) for key, of_pupil in groupby(rows, key=lambda row: str(row["pupil_id"]))}


def _page(pupil: Row, periods: Rows, reasons: Rows, found: Found) -> dict[str, Any]:
    year = next((row for row in periods if row["period_key"] == found.period["period_key"]), None)
    beside = [{"name": pupil["pupil_name"], "percent": pupil["attendance_percent"], "window": ""}]
    beside += [
        {"name": row["name"], "percent": row["attendance_percent"], "window": row["window_label"] or ""}
        for row in found.rows["beside"]
    ]
    return {
        "name": pupil["pupil_name"],
        "form": f"{pupil['year_group_label']}, {pupil['form']}",
        "cards": _cards(pupil, year),
        "beside": [{**each, "text": _percent(each["percent"])} for each in beside],
        "periods": [[row["label"], *_line(row)] for row in periods],
        "reasons": [[row["description"], row["category_label"] or "", days(row["days"])] for row in reasons],
        "minutes": "" if pupil["minutes_late"] is None else f"{number(pupil['minutes_late'])} minutes late in all.",
    }


def _cards(pupil: Row, year: Row | None) -> list[dict[str, str]]:
    possible = days(year["days_possible"]) if year else NOTHING
    return [
        {"label": "Days missed", "value": days(pupil["days_absent"]), "line": f"of {possible} school days so far"},
        {"label": "Attendance", "value": _percent(pupil["attendance_percent"]), "line": "of possible sessions"},
        {"label": "Late", "value": number(pupil["late_sessions"]),
         "line": f"of them {number(pupil['late_after_close_sessions'])} after the register closed"},
    ]  # fmt: skip


def _line(row: Row) -> list[str]:
    keys = ("days_possible", "days_attended", "days_absent", "days_authorised", "days_unauthorised")
    return [*(days(row[key]) for key in keys), number(row["late_sessions"]), percent(row["attendance_percent"])]


def _percent(value: float | None) -> str:
    return NOTHING if value is None else f"{percent(value)} %"


def days(value: float | None) -> str:
    """Days as `7.5` or `8`; a dash when there are none to speak of."""
    if value is None:
        return NOTHING
    rounded = half_up(value)
    return f"{int(rounded)}" if rounded == int(rounded) else f"{rounded}"
