"""The weekly attendance briefing: whom the meeting talks about, with the step that comes next; two pages at most."""

from __future__ import annotations

from dashboards.reports.document import Document, cards, column, heading, note, paragraph, row, table
from dashboards.reports.figures import change, day, half_up, number, percent
from dashboards.reports.found import Found, Row

# As many as fit on two pages; the rest are on the dashboards' page of the week.
_SHOWN = 56


def make(found: Found) -> dict[str, bytes]:
    """The briefing as PDF."""
    pupils = found.rows["pupils"]
    low, high = (f"{found.rules[f'briefing_{edge}_percent']['value']:g}" for edge in ("low", "high"))
    weeks = f"{found.rules['briefing_weeks']['value']:g}"
    head = [
        column("Pupil", "left", 1), column("Form", "left"), column(f"Days missed,\n{weeks} weeks"), column("%"),
        column("Days missed,\nyear"), column("%"), column("Why", "left"), column("Next step", "left", 1),
        column("Who", "left"),
    ]  # fmt: skip
    counted = [
        row([each["year_group_label"], *(number(each[key]) for key in _COUNTS)]) for each in found.rows["counts"]
    ]
    steps = {each["rule_label"]: each for each in pupils[:_SHOWN] if each["rule_label"]}
    counts = table([column("Year group", "left", 1), *(column(title) for title in _COUNTS.values())], counted)
    if not pupils:
        blocks = [paragraph("Nobody is in the briefing this week.")]
    else:
        blocks = [
            *([cards(_cards(found))] if found.rows["week"] else []),
            counts,
            heading("Whom to talk about"),
            note(
                f"Absence from {low} % to {high} %, the upper edge included: in the last {weeks} school weeks (4w) or "
                "in the year to date (yr); ▼ declining: absence of the last weeks is well above that of the year. "
                "Declining pupils come first, then those who missed most of late."
            ),
            table(head, [_line(each) for each in pupils[:_SHOWN]]),
            *([note(_rest(len(pupils)))] if len(pupils) > _SHOWN else []),
            heading("What the next steps are"),
            table(
                [column("Step", "left"), column("What to do", "left", 1)],
                [row([label, each["next_step"]]) for label, each in sorted(steps.items())],
            ),
        ]
    document = Document(
        title=found.title,
        subtitle=found.period["label"],
        place=found.place["place_name"],
        dates=f"{day(found.period['start_date'])} to {day(found.period['end_date'])}",
        trust=found.release["trust_name"],
        as_of=day(found.as_of),
        intro=f"Figures as of {day(found.as_of)}. This paper names pupils: collect it after the meeting.",
        blocks=blocks,
    )
    return {"pdf": document.pdf(found)}


_COUNTS = {
    "four_weeks": "By the last weeks", "year_to_date": "By the year to date", "both": "By both",
    "declining": "Declining", "pupils": "In all",
}  # fmt: skip


def _cards(found: Found) -> list[Row]:
    week = found.rows["week"][0]
    moved = change(week["attendance_change_previous"], found.better["attendance"])
    return [
        {"label": "Attendance this week", "value": f"{percent(week['attendance_percent'])} %",
         "lines": [{"t": f"{moved['t']} on the week before", "tone": moved["tone"]}]},
        {"label": "To talk about", "value": number(len(found.rows["pupils"])),
         "lines": [{"t": "pupils, by either way of counting", "tone": "flat"}]},
        {"label": "Of them declining", "value": number(sum(each["is_declining"] for each in found.rows["pupils"])),
         "lines": [{"t": "against their own year to date", "tone": "flat"}]},
    ]  # fmt: skip


def _line(each: Row) -> Row:
    why = [
        word
        for word, holds in (("▼", each["is_declining"]), ("4w", each["is_briefing_four_weeks"]),
                            ("yr", each["is_briefing_year_to_date"]))
        if holds
    ]  # fmt: skip
    return row(
        [
            each["sort_name"],
            each["form"],
            _days(each["four_weeks_days_absent"]),
            percent(each["four_weeks_absence_percent"]),
            _days(each["days_absent"]),
            percent(each["overall_absence_percent"]),
            " ".join(why),
            each["rule_label"] or "None: say what is going well",
            each["owner"] or "",
        ]
    )


def _days(value: float | None) -> str:
    return "–" if value is None else f"{half_up(value)}"


def _rest(pupils: int) -> str:
    return (
        f"And {pupils - _SHOWN} more: ask for one year group or form (--year-group, --form), or see the dashboards' "
        "page of the week."
    )
