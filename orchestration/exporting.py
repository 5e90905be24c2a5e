"""Writing rows as a file that people open in a spreadsheet: CSV or XLSX, for the owner alone, never a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ingestion.files import write_private_atomically

FORMATS = ("csv", "xlsx")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(value: Any) -> str:
    """A cell as text that no spreadsheet takes for a formula: an apostrophe goes before one that begins like it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    text = value.isoformat(sep=" ", timespec="minutes") if isinstance(value, dt.datetime) else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str) -> None:
    """Writes the rows under their columns, readable by the owner alone; the form follows the file's ending."""
    content = _xlsx(rows, columns, title) if path.suffix.lower() == ".xlsx" else _csv(rows, columns)
    write_private_atomically(path, content)


def _csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([guarded(row[name]) for name in columns] for row in rows)
    # Spreadsheets take a file without the mark for Windows-1252.
    return out.getvalue().encode("utf-8-sig")


def _xlsx(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 0)
    head = book.add_format({"bold": True})
    for place, name in enumerate(columns):
        sheet.write_string(0, place, name, head)
    for line, row in enumerate(rows, start=1):
        for place, name in enumerate(columns):
            sheet.write_string(line, place, guarded(row[name]))
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    sheet.autofit()
    book.close()
    return out.getvalue()
