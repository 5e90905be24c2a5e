"""Banding cards: for each pupil the absence band, its change on the week before, and what it takes to the next one."""

from __future__ import annotations

from dashboards.reports.figures import day, number
from dashboards.reports.found import Found, Row
from dashboards.reports.pupil import days
from dashboards.reports.typesetting import typeset


def make(found: Found) -> dict[str, bytes]:
    """The cards as PDF, four to a page."""
    content = {
        "title": found.title,
        "subtitle": found.period["label"],
        "trust": found.release["trust_name"],
        "school": found.place["place_name"],
        "as_of": day(found.as_of),
        "bands": len(found.rows["band_edges"]),
        "cards": [_card(pupil) for pupil in found.rows["pupils"]],
    }
    return {"pdf": typeset("banding/print.typ", content, found.as_of)}


def _card(pupil: Row) -> Row:
    arrow, said = _change(pupil)
    return {
        "name": pupil["pupil_name"],
        "form": f"{pupil['year_group_label']}, {pupil['form']}",
        "band": pupil["attendance_label"] or "",
        "absence": pupil["band_label"],
        "order": pupil["band_order"],
        "arrow": arrow,
        "said": said,
        "next": _next(pupil),
        "week": _week(pupil),
    }


def _change(pupil: Row) -> tuple[str, str]:
    before, now = pupil["previous_band_order"], pupil["band_order"]
    if before is None:
        return "●", "Your first week with a band."
    if now < before:
        return "▲", "A better band than last week: well done!"
    if now > before:
        return "▼", "A band lower than last week. It can be turned round, and we can help."
    return "●", "The same band as last week."


def _week(pupil: Row) -> str:
    if not pupil["possible_sessions"]:
        return ""
    if not pupil["days_absent"]:
        return "You were here for every session this week. Keep it going!"
    return f"This week you missed {days(pupil['days_absent'])} {'day' if pupil['days_absent'] <= 1 else 'days'}."


def _next(pupil: Row) -> str:
    sessions = pupil["sessions_to_next_band"]
    if sessions is None:
        return "You are in the best band. Stay there!"
    several = "session" if sessions == 1 else "sessions"
    return (
        f"{number(sessions)} {several} in a row ({days(pupil['days_to_next_band'])} "
        f"{'day' if pupil['days_to_next_band'] <= 1 else 'days'}) bring you into the next band."
    )
