"""The sections of the governors' and trustees' report: tables with a sentence that says how to read them."""

from __future__ import annotations

from dashboards.reports import charts
from dashboards.reports.document import Block, bullets, chart, column, heading, note, paragraph, row, table, to_fill_in
from dashboards.reports.figures import HIDDEN, NOTHING, Cell, change, listed, number, percent, short_day, signed
from dashboards.reports.found import Found, Row, Rows

_LEFT = column("", "left", 1)


def _of(rows: Rows, place: Row) -> Rows:
    return [each for each in rows if each["place_key"] == place["place_key"]]


def compared(found: Found, place: Row) -> list[Block]:
    """Own figures beside those published and the trust's, each pair about the same window."""
    rows = _of(found.rows["benchmarks"], place)
    if not rows:
        return [paragraph("Nothing is published that these figures could be compared with.")]
    measures = list(dict.fromkeys((each["measure"], each["measure_label"]) for each in rows))
    lines = []
    for label, window, series in dict.fromkeys(map(_comparator, rows)):
        by_measure = {each["measure"]: each for each in rows if _comparator(each) == (label, window, series)}
        cells: list[Cell | str] = [label, ", ".join(word for word in (window, series) if word) or NOTHING]
        for measure, _ in measures:
            each = by_measure.get(measure)
            if each is None:
                cells += [NOTHING] * 3
                continue
            hidden = each["is_suppressed"]
            cells += [
                percent(each["compared_own_percent"], hidden),
                percent(each["comparator_percent"], hidden),
                change(each["gap_percentage_points"], found.better[measure], hidden),
            ]
        lines.append(row(cells))
    named = sorted({each["series_label"] for each in rows if each["series_label"]})
    return [
        note(
            " ".join(dict.fromkeys(each["statement"] for each in rows if each["statement"]))
            + " Both sides are about pupils of compulsory school age. "
            f"Gap: percentage points above (+) or below ({signed(-1)[0]}). "
            f"Series: {listed(named)}. DfE's expectation for the school's own improvement (ABIE) is sent to schools "
            "only; it is not taken in here."
        ),
        table(
            [column("Compared with", "left", 1), column("Window", "left"),
             *[column(title) for _ in measures for title in ("own", "other", "gap")]],
            lines,
            [("", 2), *[(label, 3) for _, label in measures]],
        ),
    ]  # fmt: skip


def _comparator(each: Row) -> tuple[str, str | None, str | None]:
    """Whom the row compares with, in which window, by which of DfE's series: two series are never one comparison."""
    return each["comparator_label"], each["window_label"], each["series"]


def bands(found: Found, place: Row) -> list[Block]:
    """Pupils by absence band, with the change on the period before."""
    rows = _of(found.rows["bands"], place)
    # Where others have a change, a missing one is hidden: the figure of then was a small one.
    has_changes = any(each["percent_change_previous"] is not None for each in rows)
    drawn = [
        {"label": each["band_label"], "percent": each["percent_of_pupils"] or 0,
         "text": _share(each["percent_of_pupils"], each["is_suppressed"]), "strong": bool(each["band_status_label"])}
        for each in rows
    ]  # fmt: skip
    said = "; ".join(f"{each['label']}: {each['text']}" for each in drawn)
    lines = [
        row([
            each["band_label"], each["band_status_label"] or "", number(each["pupils"], each["is_suppressed"]),
            percent(each["percent_of_pupils"], each["is_suppressed"]),
            change(each["percent_change_previous"], None, each["is_suppressed"] or has_changes),
        ])
        for each in rows
    ]  # fmt: skip
    if not rows:
        return [paragraph("No pupil has a possible session in the period.")]
    before = found.period["previous_label"]
    return [
        note(
            "Pupils by their own overall absence; the lower edge belongs to the band, the upper edge to the "
            "next. Darker bars: "
            f"bands with a name. Change: percentage points on {before or 'the period before'}."
        ),
        chart(charts.bars(drawn, "Pupils, %"), f"Bars: share of pupils by absence band. {said}.", 88),
        table([column("Absence", "left", 1.4), column("Called", "left", 1), column("Pupils"), column("%"),
               column("Change")], lines),
    ]  # fmt: skip


def _share(value: float | None, hidden: bool) -> str:
    return f"{HIDDEN} (hidden)" if value is None and hidden else f"{percent(value)} %"


def groups(found: Found, place: Row) -> list[Block]:
    """Year groups, then the other groups of pupils, each beside everyone else; days of the week after them."""
    rows = _of(found.rows["cohorts"], place)
    years = [each for each in rows if each["cohort_dimension"] == "year_group"]
    days = [each for each in rows if each["pupils"] is None and not each["is_suppressed"]]
    others = [each for each in rows if each not in years and each not in days]
    heads = [
        _LEFT, column("Pupils"), column("Attend-\nance, %"), column("Gap"), column("Unauthor-\nised, %"),
        column("Persistently\nabsent, %"), column("Gap"), column("Share of\npupils, %"), column("Share of\nabsence, %"),
    ]  # fmt: skip
    lines = []
    for dimension in dict.fromkeys(each["dimension_label"] for each in others):
        lines.append(row([dimension], "group"))
        lines += [_cohort(each) for each in others if each["dimension_label"] == dimension]
    blocks = [
        note(
            "Gap: percentage points above (+) or below (−) everyone else at the same place. A group with a "
            "larger share of the "
            "absence than of the pupils is over-represented. c: hidden, because it says something about few pupils."
        ),
        heading("Year groups"),
        table([{**heads[0], "title": "Year group"}, *heads[1:]], [_cohort(each) for each in years]),
        heading("Groups of pupils"),
        table([{**heads[0], "title": "Group"}, *heads[1:]], lines),
    ]
    if days:
        blocks += [
            heading("Days and sessions"),
            paragraph(
                "; ".join(f"{each['cohort_label']} {percent(each['attendance_percent'])} %" for each in days)
                + " attendance."
            ),
        ]
    return blocks


def _cohort(each: Row) -> Block:
    hidden, persistent = each["is_suppressed"], each["persistent_is_suppressed"]
    return row(
        [
            each["cohort_label"],
            number(each["pupils"], hidden),
            percent(each["attendance_percent"], hidden),
            _gap(each["attendance_gap"], hidden),
            percent(each["unauthorised_absence_percent"], hidden),
            percent(each["persistent_absence_percent"], persistent),
            _gap(each["persistent_absence_gap"], persistent),
            percent(each["share_of_pupils_percent"], hidden),
            percent(each["share_of_absence_percent"], hidden),
        ]
    )


def _gap(value: float | None, hidden: bool) -> str:
    return signed(value) if value is not None else HIDDEN if hidden else NOTHING


def codes(found: Found, place: Row) -> list[Block]:
    """Codes of absence with their share of all absence, and those used unlike at the trust's other schools."""
    rows = _of(found.rows["codes"], place)
    shown = {
        key: title
        for key, title in {"phase_percent": "Phase, %", "england_percent": "England, %"}.items()
        if any(each[key] is not None for each in rows)
    }
    lines = []
    for category in dict.fromkeys(each["category_label"] for each in rows):
        lines.append(row([category], "group"))
        for each in rows:
            if each["category_label"] == category:
                hidden = each["is_suppressed"]
                lines.append(
                    row([
                        f"{each['code']}  {each['description']}", number(each["sessions"], hidden),
                        percent(each["share_of_absence_percent"], hidden), percent(each["percent_of_possible"], hidden),
                        *[percent(each[key], hidden) for key in shown],
                    ])
                )  # fmt: skip
    unlike = [f"{each['code']} ({each['description']})" for each in rows if each["stands_out"]]
    said = (
        f"Used more often than at the trust's other schools of the phase: {listed(unlike)}. A reason to look, "
        "not a finding."
        if unlike
        else "No code of absence is used unlike at the trust's other schools of the phase."
    )
    if place["place_type"] != "school":
        said = "Which school uses a code unlike the others is in the half-termly network report."
    return [
        paragraph(said),
        table([column("Code", "left", 1), column("Sessions"), column("Share of\nabsence, %"), column("% of\npossible"),
               *[column(title) for title in shown.values()]], lines),
    ]  # fmt: skip


def followed_up(found: Found, is_school: bool) -> list[Block]:
    """How many pupils reached the thresholds that the law and the trust's policy set; and room for what was done."""
    rows = found.rows["reached"]
    blocks: list[Block] = []
    if not rows:
        blocks.append(paragraph("How many pupils reached a threshold is told for whole terms, once they are over."))
    elif is_school:
        lines = [
            row([each["rule_label"], each["rule_text"], number(each["pupils"], each["is_suppressed"])]) for each in rows
        ]
        blocks.append(table([column("What", "left", 1), column("When", "left", 1.6), column("Pupils")], lines))
    else:
        rules = list(dict.fromkeys(each["rule_label"] for each in rows))
        lines = []
        for school in dict.fromkeys(each["place_name"] for each in rows):
            of_rule = {each["rule_label"]: each for each in rows if each["place_name"] == school}
            counts = [number(of_rule[rule]["pupils"], of_rule[rule]["is_suppressed"]) for rule in rules]
            lines.append(row([school, *counts]))
        blocks.append(table([column("School", "left", 1.6), *[column(rule, width=1) for rule in rules]], lines))
    return [
        note(
            "Pupils who reached the threshold in the term. Whether a return was sent or a notice issued is "
            "decided case by case "
            "and is not in the registers."
        ),
        *blocks,
        {**heading("What was done since the last report, and what changed"), "only": "docx"},
        to_fill_in(["Action", "For whom", "Since", "What changed, and how we know"], 4),
    ]


def data_quality(found: Found) -> list[Block]:
    """Registers of the period, absences still without a reason, and findings about the data."""
    lines = [
        row([
            each["school_name"], number(each["expected_marks"]), number(each["missing_marks"]),
            percent(each["missing_percent"]), number(each["registers_incomplete"]), number(each["quarantined_marks"]),
            number(each["outstanding_reasons"]), short_day(each["newest_marks_date"]),
        ])
        for each in found.rows["registers"]
    ]  # fmt: skip
    noticed = [
        f"{each['finding_label']}"
        + (f" ({each['school_name']})" if len(lines) > 1 and each["school_name"] else "")
        + f": {number(each['rows'])} rows. {each['what_to_do']}"
        for each in found.rows["findings"]
    ]
    return [
        note(
            "A mark that no extract gave is missing: it counts neither as presence nor as absence. Reasons to be "
            "found: absences of the running year whose reason the school still has to record."
        ),
        table(
            [column("School", "left", 1), column("Expected\nmarks"), column("Missing"), column("%"),
             column("Incomplete\nregisters"), column("Refused"), column("Reasons\nto be found"),
             column("Newest\nmarks")],
            lines,
        ),
        *([bullets(noticed)] if noticed else [paragraph("No finding about the data stands open.")]),
    ]  # fmt: skip


def definitions(found: Found) -> list[Block]:
    """The measures' definitions, and what hiding small numbers means."""
    lines = [row([each["measure_label"], each["definition"]]) for each in found.rows["measures"]]
    return [
        table([column("Measure", "left"), column("What it is", "left", 1)], lines),
        note(
            "Pupils are counted as enrolments. Sums first, one division last, rounded half up to one decimal "
            "place; changes and "
            "gaps are worked out before rounding. Figures about fewer than "
            f"{found.release['suppression_minimum_pupils']} "
            "pupils are hidden (c), with as many others as are needed so that none can be worked out; 0 is shown."
        ),
    ]
