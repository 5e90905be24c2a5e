"""Workbooks for people's spreadsheets, with charts and formulas of their own; the same bytes each time.

Text is written as text, whatever it begins with; only `formula` writes formulas. A hidden or missing figure is an empty
cell or a word, never a number.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from dashboards.reports.figures import day
from dashboards.reports.found import Found

_DEEP, _TINT, _GREY = "#0B4A56", "#F1F5F6", "#55646F"
COLOURS = ("#0B5D6B", "#86BDBD", "#E0A066", "#8F3D14")


class Workbook:
    """A workbook about one school and period; `sheet` adds a sheet, `bytes` closes it."""

    def __init__(self, found: Found) -> None:
        self._found, self._out = found, io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self._out,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        made_at = datetime.combine(found.as_of, time())
        self.book.set_properties(
            {"title": f"{found.place['place_name']}: {found.title}, {found.period['short_label']}",
             "author": found.release["trust_name"], "created": made_at}
        )  # fmt: skip
        base: dict[str, Any] = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        shapes: dict[str, dict[str, Any]] = {
            "text": {},
            "wrap": {"text_wrap": True},
            "whole": {"num_format": "#,##0"},
            "tenth": {"num_format": "0.0"},
            "half": {"num_format": "#,##0.0"},
            "ratio": {"num_format": "0.00"},
            "day": {"num_format": "dd/mm/yyyy", "align": "left"},
            "title": {"bold": True, "font_size": 18, "font_color": _DEEP},
            "note": {"font_color": _GREY, "text_wrap": True},
            "head": {"bold": True, "bg_color": _DEEP, "font_color": "#FFFFFF", "text_wrap": True},
            "strong": {"bold": True, "bg_color": _TINT},
            "input": {"bg_color": "#FFF7E0", "border": 1, "border_color": "#D9C48A", "num_format": "0"},
        }
        self._formats = {name: self.book.add_format({**base, **shape}) for name, shape in shapes.items()}

    def sheet(self, name: str, title: str, said: Sequence[str]) -> Sheet:
        """A new sheet with its title and sentences on top, set up for print on one page's width."""
        return Sheet(self, name, title, [*said, self._stamp()])

    def _stamp(self) -> str:
        return (
            f"{self._found.place['place_name']}, {self._found.period['label']}. Figures as of {day(self._found.as_of)}."
        )

    def format(self, name: str) -> Any:
        """One of the formats by name."""
        return self._formats[name]

    def bytes(self) -> bytes:
        """The file's bytes; nothing can be added afterwards."""
        self.book.close()
        return self._out.getvalue()


class Sheet:
    """A sheet: `table` writes a table below what there is, `chart` puts a chart beside or below."""

    def __init__(self, workbook: Workbook, name: str, title: str, said: Sequence[str]) -> None:
        self._workbook, self.name = workbook, name
        self.sheet = workbook.book.add_worksheet(name)
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&L&A&RPage &P of &N")
        self.sheet.write_string(0, 0, title, workbook.format("title"))
        for line, sentence in enumerate(said, start=1):
            self.sheet.write_string(line, 0, sentence, workbook.format("text"))
        self.next_row = len(said) + 2

    def widths(self, *widths: float) -> None:
        """The widths of the columns from the first on."""
        for number, width in enumerate(widths):
            self.sheet.set_column(number, number, width)

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[Any]], kinds: Sequence[str], freeze: bool = False
    ) -> int:
        """Write a table and return the number of its first row of figures; kinds: the format of each column."""
        top = self.next_row
        for number, head in enumerate(heads):
            self.sheet.write_string(top, number, head, self._workbook.format("head"))
        for line, row in enumerate(rows, start=top + 1):
            for number, value in enumerate(row):
                self.write(line, number, value, kinds[number])
        if freeze:
            self.sheet.freeze_panes(top + 1, 1)
            self.sheet.repeat_rows(top)
            if rows:
                self.sheet.autofilter(top, 0, top + len(rows), len(heads) - 1)
        self.next_row = top + len(rows) + 2
        return top + 1

    def write(self, line: int, number: int, value: Any, kind: str) -> None:
        """Write one value; text stays text."""
        shape = self._workbook.format(kind)
        if value is None:
            self.sheet.write_blank(line, number, None, shape)
        elif isinstance(value, bool):
            self.sheet.write_string(line, number, "yes" if value else "no", shape)
        elif isinstance(value, int | float):
            self.sheet.write_number(line, number, value, shape)
        elif isinstance(value, date):
            self.sheet.write_datetime(line, number, datetime.combine(value, time()), shape)
        else:
            self.sheet.write_string(line, number, str(value), shape)

    def formula(self, line: int, number: int, formula: str, value: Any, kind: str) -> None:
        """Write a formula of our own making with the value that it has now."""
        self.sheet.write_formula(line, number, formula, self._workbook.format(kind), "" if value is None else value)

    def chart(
        self,
        title: str,
        series: Sequence[tuple[str, int]],
        labels: int,
        first: int,
        last: int,
        at: tuple[int, int],
        axis: str,
        source: Sheet | None = None,
        kind: str = "column",
        stacked: bool = False,
        size: tuple[int, int] = (620, 300),
    ) -> None:
        """A chart of columns of `source` (this sheet without it): rows first to last, `series` as (name, column)."""
        whose = (source or self).name
        drawn = self._workbook.book.add_chart({"type": kind, **({"subtype": "stacked"} if stacked else {})})
        for number, (name, column) in enumerate(series):
            drawn.add_series(
                {
                    "name": name,
                    "categories": f"='{whose}'!{xl_range_abs(first, labels, last, labels)}",
                    "values": f"='{whose}'!{xl_range_abs(first, column, last, column)}",
                    "fill": {"color": COLOURS[number % len(COLOURS)]},
                    "data_labels": {"value": True, "num_format": "0.0", "font": {"size": 8}}
                    if len(series) == 1
                    else {},
                    "gap": 60,
                }
            )
        drawn.set_title({"name": title, "name_font": {"size": 12, "bold": True}})
        upright = {
            "name": axis,
            "num_format": "0.#",
            "major_gridlines": {"visible": True, "line": {"color": "#DFE5E8"}},
        }
        across = {"num_font": {"size": 9}}
        if kind == "bar":
            drawn.set_x_axis(upright)
            drawn.set_y_axis({**across, "reverse": True})
        else:
            drawn.set_y_axis(upright)
            drawn.set_x_axis(across)
        legend: dict[str, Any] = {"none": True} if len(series) == 1 else {"position": "bottom"}
        drawn.set_legend(legend)
        drawn.set_size({"width": size[0], "height": size[1]})
        self.sheet.insert_chart(at[0], at[1], drawn, {"description": f"{title}: a chart of the figures in the table."})


def cell(line: int, number: int, fixed_column: bool = False) -> str:
    """The address of a cell, as formulas write it."""
    return str(xl_rowcol_to_cell(line, number, col_abs=fixed_column))
