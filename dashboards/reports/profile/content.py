"""What the school attendance profile says: sections of the governors' report, and what only the school may see."""

from __future__ import annotations

from dashboards.reports import charts
from dashboards.reports.document import (
    Block,
    Document,
    bullets,
    cards,
    chart,
    column,
    heading,
    note,
    paragraph,
    row,
    section,
    table,
)
from dashboards.reports.figures import day, half_up, number, percent
from dashboards.reports.found import Found, Rows
from dashboards.reports.governors import sections
from dashboards.reports.governors.content import card, intro, messages, weekly

_CARDS = ("attendance", "overall_absence", "persistent_absence", "severe_absence")
_YEAR_GROUPS = {
    "attendance_percent": "Attendance, %",
    "authorised_absence_percent": "Authorised absence, %",
    "unauthorised_absence_percent": "Unauthorised absence, %",
}
# As many pupils as a pack can hold; the workbook has them all.
_SHOWN = 30


def document(found: Found) -> Document:
    """The profile; pupils by name are in it when the audience sees them."""
    place, period = found.rows["headline"][0], found.period
    blocks: list[Block] = [
        cards([card(place, measure, found) for measure in _CARDS]),
        heading("In short"),
        bullets(messages(found, place, [place])),
        *weekly(found),
        section("How do we compare?"),
        *sections.compared(found, place),
        section("Which year groups miss most?"),
        *_year_groups(found),
        section("Which groups of pupils?"),
        *sections.groups(found, place),
        section("Why are pupils absent?"),
        *sections.codes(found, place),
        section("How much do pupils miss?"),
        *sections.bands(found, place),
        # Pupils stand as they are now, so beside the running year only.
        *_pupils(found.rows["pupils"] if period["is_latest"] else []),
        section("Attendance and attainment"),
        paragraph(
            "This pack is meant to show what absence does to attainment. Results are not taken in from any extract so "
            "far, so nothing is shown here; nor are the pupils' home areas, which no report may name."
        ),
        section("Can we rely on the figures?"),
        *sections.data_quality(found),
        section("What the words mean"),
        *sections.definitions(found),
    ]
    return Document(
        title=found.title,
        subtitle=period["label"],
        place=found.place["place_name"],
        dates=f"{day(period['start_date'])} to {day(period['figures_to'])}",
        trust=found.release["trust_name"],
        as_of=day(found.as_of),
        intro=intro(found),
        blocks=blocks,
    )


def _year_groups(found: Found) -> list[Block]:
    """A chart of attendance by year group, lowest first, for resources to go where they are needed."""
    rows = [
        each
        for each in found.rows["cohorts"]
        if each["cohort_dimension"] == "year_group" and each["attendance_percent"] is not None
    ]
    if not rows:
        return [paragraph("No year group has figures.")]
    rows.sort(key=lambda each: (each["attendance_percent"], each["cohort_order"]))
    drawn = [
        {"label": each["cohort_label"], "percent": each["overall_absence_percent"],
         "text": f"{percent(each['overall_absence_percent'])} %", "strong": number == 0}
        for number, each in enumerate(rows)
    ]  # fmt: skip
    said = "; ".join(f"{each['label']}: {each['text']}" for each in drawn)
    lines = [row([each["cohort_label"], *(percent(each[key]) for key in _YEAR_GROUPS)]) for each in rows]
    return [
        note("The year group with the lowest attendance comes first."),
        chart(charts.bars(drawn, "Overall absence, % of possible sessions"), f"Bars: overall absence. {said}.", 85),
        table([column("Year group", "left", 1), *(column(title) for title in _YEAR_GROUPS.values())], lines),
    ]


def _pupils(pupils: Rows) -> list[Block]:
    """The pupils who are persistently absent or at risk, by name, where the audience sees any."""
    if not pupils:
        return []
    lines = []
    for each in pupils[:_SHOWN]:
        missed, share = f"{half_up(each['days_absent'])}", percent(each["overall_absence_percent"])
        called, recover = each["band_status_label"] or "", number(each["sessions_to_recover"])
        lines.append(row([each["sort_name"], each["form"], missed, share, called, recover, each["main_reasons"] or ""]))
    rest = len(pupils) - len(lines)
    return [
        section("Who is persistently absent or at risk?"),
        note(
            "Pupils on roll in the year to date, most absence first. To recover: fewest sessions in a row to attend "
            "until no longer persistently absent. This part names pupils: take it out before the pack leaves the "
            "school."
        ),
        table(
            [column("Pupil", "left"), column("Form", "left"), column("Days\nmissed"), column("Absence,\n%"),
             column("Called", "left"), column("To\nrecover"), column("Main reasons, in days", "left", 1)],
            lines,
        ),
        *([note(f"And {number(rest)} more: see the persistent absence workbook.")] if rest else []),
    ]  # fmt: skip
