"""Tables for people's spreadsheets: text stays text, whatever a cell begins with.

A spreadsheet runs a cell that begins with =, +, - or @ as a formula, and drops some characters before it. In CSV such a
cell gets an apostrophe in front, which the spreadsheet shows as text; in XLSX every text is written as text. Every
export of values that came from outside goes through here.
"""

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

# Also their full-width forms, which some spreadsheets fold into the plain ones.
_RUNS = r"^[ \u00a0\ufeff]*[=+\-@\t\r\n\x00＝＋－＠]"
_BOM = b"\xef\xbb\xbf"
# A sheet has 1,048,576 lines, the first of which is the header.
SHEET_ROWS = 1_048_575
_WIDEST = 60
_SAMPLE = 500


def safe(text: str) -> str:
    """The text as a cell of a CSV file: with an apostrophe in front where a spreadsheet might run it."""
    return "'" + text if re.match(_RUNS, text) else text


def safe_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every text column made safe for CSV, headings too."""
    columns = []
    for name, kind in frame.schema.items():
        column = pl.col(name)
        if kind == pl.String:
            column = pl.when(column.str.contains(_RUNS)).then(pl.concat_str(pl.lit("'"), column)).otherwise(column)
        columns.append(column.alias(safe(name)))
    return frame.select(columns)


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """The frame as CSV for spreadsheets: UTF-8 with byte order mark, lines ended as Excel ends them."""
    out = io.BytesIO(_BOM)
    out.seek(0, io.SEEK_END)
    safe_columns(frame).write_csv(out, datetime_format="%Y-%m-%d %H:%M", line_terminator="\r\n")
    return out.getvalue()


def write_xlsx(path: Path, sheets: Mapping[str, pl.DataFrame], wrapped: Sequence[str] = ()) -> None:
    """Writes each frame as a sheet: a header that stays and filters, columns as wide as their text, text as text.

    wrapped: columns whose text may take several lines. Rows beyond what a sheet holds are left out: the caller says so.
    """
    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(path),
        # its scratch files hold the same cells: beside the file, not in a folder that everybody shares
        {
            "constant_memory": True,
            "tmpdir": str(path.parent),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    heading = book.add_format({"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "valign": "top"})
    plain, wrap = book.add_format({"valign": "top"}), book.add_format({"valign": "top", "text_wrap": True})
    day = book.add_format({"valign": "top", "num_format": "dd/mm/yyyy", "align": "left"})
    moment = book.add_format({"valign": "top", "num_format": "dd/mm/yyyy hh:mm", "align": "left"})
    for title, whole in sheets.items():
        frame, sheet = whole.head(SHEET_ROWS), book.add_worksheet(title)
        for number, name in enumerate(frame.columns):
            sheet.set_column(number, number, _width(frame[name]))
            sheet.write_string(0, number, name, heading)
        sheet.freeze_panes(1, 0)
        if frame.width:
            sheet.autofilter(0, 0, frame.height, frame.width - 1)
        texts = [wrap if name in wrapped else plain for name in frame.columns]
        for line, row in enumerate(frame.iter_rows(), start=1):
            for number, value in enumerate(row):
                _write(sheet, line, number, value, texts[number], day, moment)
    book.close()


def _write(sheet: Any, line: int, number: int, value: Any, text: Any, day: Any, moment: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(line, number, "yes" if value else "no", text)
    elif isinstance(value, int | float):
        sheet.write_number(line, number, value, text)
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(line, number, value, moment)
    elif isinstance(value, dt.date):
        sheet.write_datetime(line, number, value, day)
    else:
        sheet.write_string(line, number, str(value), text)


def _width(column: pl.Series) -> float:
    longest = column.head(_SAMPLE).cast(pl.String).str.len_chars().max()
    return min(_WIDEST, max(len(column.name), int(longest) if isinstance(longest, int) else 0) + 2)
