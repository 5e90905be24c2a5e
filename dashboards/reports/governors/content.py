"""What the governors' and trustees' report says, block by block."""

from __future__ import annotations

from dashboards.reports.document import (
    Block,
    Document,
    bullets,
    cards,
    chart,
    column,
    heading,
    note,
    row,
    section,
    table,
)
from dashboards.reports.figures import Cell, change, day, listed, number, percent, points
from dashboards.reports.found import Found, Row
from dashboards.reports.governors import sections
from dashboards.reports.governors.questions import questions
from dashboards.reports.trend import trend

# The figures on the first page, each with the flag that hides it.
_CARDS = {
    "attendance": "is_suppressed", "unauthorised_absence": "is_suppressed", "persistent_absence":
    "persistent_is_suppressed", "severe_absence": "severe_is_suppressed",
}  # fmt: skip
_TABLED = ("attendance", "overall_absence", "unauthorised_absence", "persistent_absence", "severe_absence", "late")


def document(found: Found) -> Document:
    """The report about a school, or about the trust phase by phase."""
    period, whole = found.period, found.rows["headline"][0]
    is_school = found.place["place_type"] == "school"
    places = [whole] if is_school else [each for each in found.rows["headline"] if each["place_type"] == "phase"]
    blocks: list[Block] = [
        cards([card(whole, measure, found) for measure in _CARDS]),
        heading("In short"),
        bullets(messages(found, whole, places)),
        *weekly(found),
    ]
    if not is_school:
        blocks += [section("How did each school do?", new_page=True), *_schools(found)]
    for place in places:
        blocks += _about(found, place, is_school)
    blocks += [section("What had to be followed up?", new_page=not is_school), *sections.followed_up(found, is_school)]
    blocks += [section("Can we rely on the figures?"), *sections.data_quality(found)]
    who = "governors" if is_school else "trustees"
    blocks += [
        section(f"Questions for {who}"),
        note("Each comes from a figure above; they are a start for the discussion, not a judgement."),
        bullets(questions(found, places)),
        section("What the words mean"),
        *sections.definitions(found),
    ]
    return Document(
        title=found.title,
        subtitle=period["label"],
        place=found.place["place_name"],
        dates=f"{day(period['start_date'])} to {day(period['end_date'])}",
        trust=found.release["trust_name"],
        as_of=day(found.as_of),
        intro=intro(found),
        blocks=blocks,
    )


def intro(found: Found) -> str:
    """When the figures speak for, what they are compared with, and what c means."""
    period = found.period
    said = [f"Figures as of {day(found.as_of)}."]
    if period["is_running"]:
        said.append(f"The period is still running: figures to {day(period['figures_to'])}.")
    said.append(
        f"Changes are in percentage points on {period['last_year_label']}, the same part of last year."
        if period["last_year_label"]
        else "There are no figures of a year ago to compare with."
    )
    said.append("c: hidden to protect small numbers.")
    return " ".join(said)


def card(place: Row, measure: str, found: Found) -> Block:
    """A measure on the first page: its figure, its change on last year, and of what it is a share."""
    hidden = place[_CARDS.get(measure, "is_suppressed")]
    label = next(each["measure_label"] for each in found.rows["measures"] if each["measure"] == measure)
    moved = change(place[f"{measure}_change_last_year"], found.better[measure], hidden)
    lines: list[Cell] = [{"t": f"{moved['t']} on last year", "tone": moved["tone"]}]
    if measure in ("persistent_absence", "severe_absence"):
        flag = measure.removesuffix("_absence")
        lines.append({"t": f"{number(place[f'{flag}ly_absent_pupils'], hidden)} pupils", "tone": "flat"})
    else:
        lines.append({"t": "of possible sessions", "tone": "flat"})
    value = percent(place[f"{measure}_percent"], hidden)
    return {"label": label, "value": value + (" %" if value[0].isdigit() else ""), "lines": lines}


def messages(found: Found, whole: Row, places: list[Row]) -> list[str]:
    """Sentences that say figures that stand in the tables."""
    who = whole["place_name"] if whole["place_type"] == "school" else "all schools of the trust"
    said = []
    if whole["attendance_percent"] is not None:
        moved = whole["attendance_change_last_year"]
        said.append(
            f"At {who}, pupils attended {percent(whole['attendance_percent'])} % of their possible sessions"
            + (f": {points(moved)} the same part of last year." if moved is not None else ".")
        )
    if whole["persistent_absence_percent"] is not None:
        said.append(
            f"{number(whole['persistently_absent_pupils'])} of {number(whole['pupils'])} pupils "
            f"({percent(whole['persistent_absence_percent'])} %) missed so much that they count as persistently absent."
        )
    for place in places:
        compared = [
            f"{points(each['gap_percentage_points'])} {each['comparator_label']} ({each['window_label']})"
            for each in found.rows["benchmarks"]
            if each["place_key"] == place["place_key"]
            and each["measure"] == "attendance"
            and each["comparator_type"] == "national"
            and each["gap_percentage_points"] is not None
        ]
        if compared:
            said.append(
                f"Attendance of pupils of compulsory school age at {place['place_name']} was {listed(compared)}."
            )
    return said


def weekly(found: Found) -> list[Block]:
    """Attendance week by week, this year and the year before."""
    drawn = trend(found.rows["trend"], found.period)
    if drawn["drawn"] is None:
        return []
    earlier = f"; dashed: {drawn['last_year']}, laid 52 weeks later" if drawn["last_year"] else ""
    return [
        heading("Attendance week by week"),
        chart(drawn["drawn"], drawn["alt"]),
        note(f"Line with dots: {drawn['this_year']}{earlier}. {drawn['text']}"),
    ]


def _schools(found: Found) -> list[Block]:
    """The trust's schools under their phases."""
    measures = [each for each in found.rows["measures"] if each["measure"] in _TABLED]
    rows = []
    for place in found.rows["headline"]:
        cells: list[Cell | str] = [place["place_name"], number(place["pupils"], place["is_suppressed"])]
        for each in measures:
            hidden = place[_CARDS.get(each["measure"], "is_suppressed")]
            cells.append(percent(place[f"{each['measure']}_percent"], hidden))
            cells.append(change(place[f"{each['measure']}_change_last_year"], each["better"], hidden))
        rows.append(row(cells, "" if place["place_type"] == "school" else "total"))
    columns = [
        column("School", "left", 1),
        column("Pupils"),
        *[column(title) for _ in measures for title in ("%", "change")],
    ]
    return [
        note(
            "Shares of possible sessions, of persistently and severely absent pupils shares of pupils, in "
            "percent; change on "
            "the same part of last year in percentage points, in blue for the better, in brown for the worse."
        ),
        table(columns, rows, [("", 2), *[(each["short_name"], 2) for each in measures]]),
    ]


def _about(found: Found, place: Row, is_school: bool) -> list[Block]:
    """The sections about one place: its own in a school's report, one phase in the trust's."""
    name = "" if is_school else f"{place['place_name']}: "
    return [
        section(f"{name}How do we compare?", new_page=not is_school),
        *sections.compared(found, place),
        section(f"{name}How much do pupils miss?"),
        *sections.bands(found, place),
        section(f"{name}Which year groups and which pupils?"),
        *sections.groups(found, place),
        section(f"{name}Why are pupils absent?"),
        *sections.codes(found, place),
    ]
