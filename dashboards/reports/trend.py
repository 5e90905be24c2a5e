"""Weekly attendance as a chart and in words, from the rows of the query `trend`."""

from __future__ import annotations

from typing import Any

from dashboards.reports import charts
from dashboards.reports.figures import half_up, percent, short_day
from dashboards.reports.found import Row, Rows


def trend(rows: Rows, period: Row) -> dict[str, Any]:
    """{"drawn": the chart or None, "alt", "this_year", "last_year", "text"}."""
    this_year = period["academic_year"]
    last_year = next((row["academic_year"] for row in rows if not row["is_this_year"]), None)
    points = [
        {
            "panel": row["place_name"],
            "order": row["place_order"],
            "shown_on": row["shown_on"].isoformat(),
            "year": row["academic_year"],
            "percent": float(half_up(row["attendance_percent"], 2)),
        }
        for row in rows
    ]
    said = []
    for panel in dict.fromkeys(row["place_name"] for row in rows):
        now = [row for row in rows if row["place_name"] == panel and row["is_this_year"]]
        if now:
            low, high = (f(now, key=lambda row: row["attendance_percent"]) for f in (min, max))
            said.append(
                f"{panel}: this year between {percent(low['attendance_percent'])} % "
                f"(week of {short_day(low['shown_on'])}) and {percent(high['attendance_percent'])} % "
                f"(week of {short_day(high['shown_on'])})"
            )
    return {
        "drawn": charts.trend(points, this_year, last_year) if points else None,
        "alt": "Line chart of weekly attendance. " + "; ".join(said) + ".",
        "this_year": this_year,
        "last_year": last_year or "",
        "text": "; ".join(said) + "." if said else "",
    }
