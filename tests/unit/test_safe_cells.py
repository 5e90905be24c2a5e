"""Exports for spreadsheets: nothing in them runs, and text stays text."""

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from quality.safe_cells import csv_bytes, safe, safe_columns, write_xlsx

RUNS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "＝1",
    "－1",
    " =1",
    "\ufeff=1",
    '=cmd|" /C"!A0',
]
RESTS = ["", "a", "1", "/", "\\", "a=1", "'=1", "Anne-Marie", "00123"]


@pytest.mark.parametrize("text", RUNS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert safe(text) == "'" + text
    assert safe_columns(pl.DataFrame({"a": [text]})).item() == "'" + text


@pytest.mark.parametrize("text", RESTS)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text
    assert safe_columns(pl.DataFrame({"a": [text]})).item() == text


def test_csv_opens_as_utf_8_and_headings_are_safe_too() -> None:
    found = csv_bytes(pl.DataFrame({"=name": ["Zoë", None], "line": [-1, 2]}))
    assert found.decode("utf-8") == "\ufeff'=name,line\r\nZoë,-1\r\n,2\r\n"


def test_xlsx_holds_text_as_text(tmp_path: Path) -> None:
    texts = [*RUNS[:4], "00123", "http://example.org", "12345678901234567890"]
    write_xlsx(tmp_path / "list.xlsx", {"To mend": pl.DataFrame({"Text": texts, "Line": range(len(texts))})})
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx")["To mend"]
    assert [(cell.value, cell.data_type) for cell in sheet["A"][1:]] == [(text, "s") for text in texts]
    assert [cell.data_type for cell in sheet["B"][1:]] == ["n"] * len(texts)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:B{len(texts) + 1}"
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
