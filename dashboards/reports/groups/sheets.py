"""The sheets of the vulnerable groups tool, from the rows of its groups."""

from __future__ import annotations

from typing import Any

from dashboards.reports.found import Found, Row, Rows
from dashboards.reports.workbook import Workbook, cell

_HEADS = [
    "Group of", "Group", "Pupils", "Absence, %", "Everyone else, %", "Gap, points", "Unauthorised, %",
    "Persistently absent pupils", "Persistently absent, %", "Everyone else, %", "Share of pupils, %",
    "Share of possible sessions, %", "Share of absence, %", "Share of persistently absent pupils, %",
    "Representation index", "from", "to", "Flag", "Reasons and what is done (yours to fill in)",
]  # fmt: skip
_KINDS = [
    "text", "text", "whole", "tenth", "tenth", "tenth", "tenth", "whole", "tenth", "tenth", "tenth", "tenth", "tenth",
    "tenth", "ratio", "ratio", "ratio", "text", "wrap",
]  # fmt: skip
_ABSENCE, _POSSIBLE, _INDEX = 12, 11, 14


def write(workbook: Workbook, found: Found) -> None:
    """A sheet of every group and one of charts."""
    rows = found.rows["groups"]
    minimum = found.release["suppression_minimum_pupils"]
    sheet = workbook.sheet(
        "Groups",
        found.title,
        [
            "Representation index: the group's share of the school's absence over its share of the possible sessions; "
            "1 is an equal share. Flagged is a group whose whole interval (from, to) is above 1.",
            f"Groups of fewer than {minimum} pupils have no index. Everyone else: the school's other pupils.",
            "This workbook has small numbers in it: it is for the school's own staff.",
        ],
    )
    sheet.widths(30, 34, 9, *[13] * 15, 60)
    first = sheet.table(_HEADS, [_line(row) for row in rows], _KINDS, freeze=True)
    for number, row in enumerate(rows):
        if row["representation_index"] is not None:
            line = first + number
            sheet.formula(
                line, _INDEX, f"={cell(line, _ABSENCE)}/{cell(line, _POSSIBLE)}", row["representation_index"], "ratio"
            )
    _charts(workbook, [row for row in rows if row["representation_index"] is not None])


def _line(row: Row) -> list[Any]:
    flag = "over-represented" if row["is_disproportionate"] else "" if row["status"] == "assessed" else "too few pupils"
    return [
        row["dimension_label"], row["cohort_label"], row["pupils"], row["overall_absence_percent"],
        row["peers_overall_absence_percent"], row["overall_absence_gap"], row["unauthorised_absence_percent"],
        row["persistently_absent_pupils"], row["persistent_absence_percent"], row["peers_persistent_absence_percent"],
        row["share_of_pupils_percent"], row["share_of_possible_percent"], row["share_of_absence_percent"],
        row["share_of_persistent_absence_percent"], None, row["index_low"], row["index_high"], flag, None,
    ]  # fmt: skip


def _charts(workbook: Workbook, rows: Rows) -> None:
    """The groups by their index, and their shares of absence beside those of possible sessions."""
    sheet = workbook.sheet(
        "Charts",
        "Who has more of the absence than their share",
        ["The same figures as on the sheet Groups, the highest index first."],
    )
    ordered = sorted(rows, key=lambda row: (-row["representation_index"], row["dimension_order"], row["cohort_order"]))
    sheet.widths(46, 14, 14, 14)
    first = sheet.table(
        ["Group", "Representation index", "Share of absence, %", "Share of possible sessions, %"],
        [
            [f"{row['dimension_label']}: {row['cohort_label']}", row["representation_index"],
             row["share_of_absence_percent"], row["share_of_possible_percent"]]
            for row in ordered
        ],
        ["text", "ratio", "tenth", "tenth"],
    )  # fmt: skip
    if not ordered:
        return
    last, height = first + len(ordered) - 1, 90 + 20 * len(ordered)
    sheet.chart(
        "Representation index (1 is an equal share)", [("Index", 1)], 0, first, last, (first - 1, 5), "index",
        kind="bar", size=(640, height),
    )  # fmt: skip
    sheet.chart(
        "Share of absence and of possible sessions", [("Share of absence, %", 2), ("Share of possible sessions, %", 3)],
        0, first, last, (first - 1, 15), "%", kind="bar", size=(640, height),
    )  # fmt: skip
