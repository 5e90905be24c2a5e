"""The sheets of the absence codes tool, from the rows of its datasets."""

from __future__ import annotations

from dashboards.reports.found import Found, Row, Rows
from dashboards.reports.workbook import Sheet, Workbook

_WHOLE_SCHOOL = "all"


def write(workbook: Workbook, found: Found) -> None:
    """A sheet of charts, one of the codes by year group (sessions, then percent), one of the other five datasets."""
    rows = found.rows["datasets"]
    if not rows:
        workbook.sheet("Charts", found.title, ["The period has no sessions with a code."])
        return
    variant = rows[0]["variant_label"]
    charts = workbook.sheet(
        "Charts",
        found.title,
        [
            f"Version: {variant}. Each chart is drawn from the figures on the other sheets.",
            "Percentages are of possible sessions. Codes that are not possible sessions are counted too, but are in no "
            "chart of absence.",
        ],
    )
    by_code = [row for row in rows if row["item_label"] is not None]
    others = [row for row in rows if row["item_label"] is None]
    _codes(workbook, charts, found, by_code)
    _others(workbook, charts, others)


def _codes(workbook: Workbook, charts: Sheet, found: Found, rows: Rows) -> None:
    """Code by year group, and the first chart."""
    label = rows[0]["dataset_label"]
    years = list(dict.fromkeys((row["year_group"], row["year_group_label"]) for row in rows))
    years = [
        *[year for year in years if year[0] != _WHOLE_SCHOOL],
        *[year for year in years if year[0] == _WHOLE_SCHOOL],
    ]
    codes = list({row["item"]: row for row in rows}.values())
    codes.sort(key=lambda row: (row["category_order"], row["item_order"], row["item"]))
    found_at = {(row["item"], row["year_group"]): row for row in rows}
    sheet = workbook.sheet(
        "Codes by year group",
        label,
        ["Sessions with each code, then the same as a share of the year group's possible sessions, in percent."],
    )
    sheet.widths(7, 52, 30, *[11] * len(years))
    heads = ["Code", "Meaning", "Counts as", *[name for _, name in years]]
    sheet.sheet.write_string(sheet.next_row - 1, 0, "Sessions", workbook.format("strong"))
    first = sheet.table(
        heads, [_line(code, years, found_at, "sessions", 0) for code in codes],
        ["text", "text", "text", *["whole"] * len(years)],
    )  # fmt: skip
    possible = {row["year_group"]: row["possible_sessions"] for row in rows}
    sheet.sheet.write_string(sheet.next_row - 1, 0, "", workbook.format("strong"))
    line = sheet.next_row - 2
    sheet.write(line, 1, "Possible sessions", "strong")
    for number, (year, _) in enumerate(years, start=3):
        sheet.write(line, number, possible[year], "whole")
    sheet.next_row = line + 3
    sheet.sheet.write_string(sheet.next_row - 1, 0, "% of possible sessions", workbook.format("strong"))
    first = sheet.table(
        heads, [_line(code, years, found_at, "percent_of_possible", 0.0) for code in codes],
        ["text", "text", "text", *["tenth"] * len(years)],
    )  # fmt: skip
    outside = [row for row in rows if not row["is_in_variant"] and row["sessions"]]
    if outside:
        said = ", ".join(dict.fromkeys(f"{row['item']} in {row['year_group_label']}" for row in outside))
        sheet.write(sheet.next_row - 1, 0, f"Not in this version of the tool, but used: {said}.", "text")
    absent = {row["code"] for row in found.rows["absence_codes"]}
    drawn = [number for number, code in enumerate(codes) if code["item"] in absent]
    if drawn and len(years) > 1:
        # Codes of absence stand together, in the order of their categories.
        charts.chart(
            f"{label}: codes of absence, % of possible sessions",
            [(name, number) for number, (year, name) in enumerate(years, start=3) if year != _WHOLE_SCHOOL],
            0, first + min(drawn), first + max(drawn), (charts.next_row, 0), "% of possible", sheet, size=(1260, 340),
        )  # fmt: skip


def _line(code: Row, years: list[tuple[str, str]], found_at: dict[tuple[str, str], Row], key: str, none: float) -> list:
    values = [found_at.get((code["item"], year), {}).get(key, none) for year, _ in years]
    return [code["item"], code["item_label"], code["category_label"], *values]


def _others(workbook: Workbook, charts: Sheet, rows: Rows) -> None:
    """The two datasets about the whole school and the three by year group, each with its chart."""
    sheet = workbook.sheet(
        "Absence and activity", "Absence and approved activity", ["Shares of possible sessions in percent."]
    )
    sheet.widths(46, 24, 14, 18, 18)
    places = [(charts.next_row + 18 + 16 * (number // 2), 0 if number % 2 == 0 else 10) for number in range(5)]
    for label, place in zip(dict.fromkeys(row["dataset_label"] for row in rows), places, strict=False):
        of_dataset = [row for row in rows if row["dataset_label"] == label]
        first = sheet.table(
            ["Chart", "Year group", "Sessions", "Possible sessions", "% of possible"],
            [
                [label, row["year_group_label"], row["sessions"], row["possible_sessions"], row["percent_of_possible"]]
                for row in of_dataset
            ],
            ["text", "text", "whole", "whole", "tenth"],
        )
        charts.chart(
            label, [("% of possible", 4)], 1, first, first + len(of_dataset) - 1, place, "% of possible", sheet
        )
