"""The sheets of the persistent absence workbook: pupils with formulas that go on calculating, movement, thresholds."""

from __future__ import annotations

from typing import Any

from dashboards.reports.found import Found, Row, Rows
from dashboards.reports.workbook import Sheet, Workbook, cell

# Names of the thresholds in formulas, with the rules that they are.
_THRESHOLDS = {
    "persistent_percent": "persistent_absence_percent",
    "severe_percent": "severe_absence_percent",
    "at_risk_low": "at_risk_low_percent",
    "at_risk_high": "at_risk_high_percent",
}
_HEADS = [
    "Pupil", "Year group", "Form", "Possible sessions", "Absent sessions", "Absence, %", "Status",
    "Sessions that can still be missed", "Sessions in a row to recover", "Sessions left this year",
    "Since last half term", "Since last week", "Main reasons", "Next step", "Who",
    "If absent: further sessions", "If attended: further sessions", "Absence would be, %", "Status would be",
    "Intervention log", "Pupil profile assessment", "Support plan",
]  # fmt: skip
_POSSIBLE, _ABSENT, _PERCENT, _STATUS, _LEFT, _RECOVER = 3, 4, 5, 6, 7, 8
_MORE_ABSENT, _MORE_ATTENDED, _THEN, _THEN_STATUS = 15, 16, 17, 18


def write(workbook: Workbook, found: Found) -> None:
    """The sheets Pupils, Movement and Thresholds."""
    sheet = workbook.sheet(
        "Pupils",
        found.title,
        [
            "Pupils on roll who are persistently absent or at risk of it, most absence first. The yellow "
            "cells are for sessions that may be missed or attended; the columns beside say what would follow.",
            "Change possible or absent sessions, or the sheet Thresholds, and all is worked out anew.",
            "This workbook names pupils: keep it where the school keeps personal data.",
        ],
    )
    sheet.widths(28, 11, 8, 10, 10, 10, 20, 13, 13, 11, 26, 26, 44, 50, 18, 13, 13, 12, 20, 34, 34, 34)
    rows = found.rows["pupils"]
    first = sheet.table(_HEADS, [_line(row) for row in rows], _kinds(), freeze=True)
    for line, row in enumerate(rows, start=first):
        _formulas(sheet, line, row)
    _movement(workbook, found.rows["movement"])
    _thresholds(workbook, found)


def _kinds() -> list[str]:
    return [
        "text", "text", "text", "whole", "whole", "tenth", "text", "whole", "whole", "whole", "text", "text", "wrap",
        "wrap", "text", "input", "input", "tenth", "text", "wrap", "wrap", "wrap",
    ]  # fmt: skip


def _line(row: Row) -> list[Any]:
    return [
        row["sort_name"], row["year_group_label"], row["form"], row["possible_sessions"], row["absent_sessions"], None,
        None, None, None, row["remaining_sessions"], row["movement_half_term_label"], row["movement_week_label"],
        row["main_reasons"], row["next_step"], row["owner"], None, None, None, None, None, None, None,
    ]  # fmt: skip


def _formulas(sheet: Sheet, line: int, row: Row) -> None:
    """What follows from possible and absent sessions, with the warehouse's value as the one that is shown first."""
    possible, absent = cell(line, _POSSIBLE), cell(line, _ABSENT)
    then_possible = f"({possible}+{cell(line, _MORE_ABSENT)}+{cell(line, _MORE_ATTENDED)})"
    then_absent = f"({absent}+{cell(line, _MORE_ABSENT)})"
    percent = row["overall_absence_percent"]
    status = row["band_status_label"] if row["is_persistently_absent"] else "At risk" if row["is_at_risk"] else ""
    is_persistent = f"100*{absent}>=persistent_percent*{possible}"
    # The most sessions that keep absence below the threshold; the fewest that bring it below again.
    left = f"ROUNDUP((persistent_percent*{possible}-100*{absent})/(100-persistent_percent),0)-1"
    recover = f"INT((100*{absent}-persistent_percent*{possible})/persistent_percent)+1"
    sheet.formula(line, _PERCENT, f'=IF({possible}>0,100*{absent}/{possible},"")', percent, "tenth")
    sheet.formula(line, _STATUS, _status(absent, possible), status, "text")
    sheet.formula(line, _LEFT, f'=IF({is_persistent},"",{left})', row["sessions_before_persistent"], "whole")
    sheet.formula(line, _RECOVER, f"=IF({is_persistent},{recover},0)", row["sessions_to_recover"], "whole")
    sheet.formula(line, _THEN, f'=IF({then_possible}>0,100*{then_absent}/{then_possible},"")', percent, "tenth")
    sheet.formula(line, _THEN_STATUS, _status(then_absent, then_possible), status, "text")


def _status(absent: str, possible: str) -> str:
    return (
        f'=IF({possible}=0,"",IF(100*{absent}>=severe_percent*{possible},"Severely absent",'
        f'IF(100*{absent}>=persistent_percent*{possible},"Persistently absent",'
        f'IF(AND(100*{absent}>=at_risk_low*{possible},100*{absent}<at_risk_high*{possible}),"At risk",""))))'
    )


def _movement(workbook: Workbook, rows: Rows) -> None:
    """How many came into persistent absence, stayed and came out, by half term and by week, with a chart."""
    sheet = workbook.sheet(
        "Movement",
        "Into and out of persistent absence",
        ["Of the year to date at the end of each period: pupils who came in, came out, joined, or left while in it."],
    )
    sheet.widths(26, *[14] * 7)
    heads = [
        "Period", "Persistently absent before", "Newly in", "Joined", "Newly out", "Left", "Persistently absent now",
        "% of pupils",
    ]  # fmt: skip
    keys = [
        "label", "previous_persistently_absent_pupils", "newly_in", "joined_in", "newly_out", "left_in",
        "persistently_absent_pupils", "persistent_absence_percent",
    ]  # fmt: skip
    for kind in ("half_term", "week"):
        of_kind = [row for row in rows if row["period_type"] == kind]
        if not of_kind:
            continue
        kinds = ["text", *["whole"] * 6, "tenth"]
        first = sheet.table(heads, [[row[key] for key in keys] for row in of_kind], kinds)
        if kind == "week":
            sheet.chart(
                "Pupils who are persistently absent, week by week", [("Persistently absent", 6)], 0, first,
                first + len(of_kind) - 1, (first - 1, 9), "pupils", size=(720, 320),
            )  # fmt: skip


def _thresholds(workbook: Workbook, found: Found) -> None:
    """The thresholds as named cells, and what the columns mean."""
    sheet = workbook.sheet("Thresholds", "Thresholds", ["In percent of a pupil's own possible sessions."])
    sheet.widths(40, 12, 90)
    rows = [
        [rule["label"], rule["value"], rule["description"]]
        for rule in (found.rules[name] for name in _THRESHOLDS.values())
    ]
    first = sheet.table(["Threshold", "Percent", "What it is"], rows, ["text", "input", "wrap"])
    for line, name in enumerate(_THRESHOLDS, start=first):
        workbook.book.define_name(name, f"=Thresholds!$B${line + 1}")
    for line, said in enumerate(
        [
            "Sessions that can still be missed: the most in a row from now that leave the pupil below the threshold.",
            "Sessions in a row to recover: the fewest to attend from now until absence is below the threshold again.",
            "Both edges count: absence of exactly the threshold is persistent.",
        ],
        start=sheet.next_row,
    ):
        sheet.write(line, 0, said, "text")
