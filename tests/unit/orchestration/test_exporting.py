"""Files for spreadsheets: for the owner alone, and no cell is ever a formula."""

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from orchestration.exporting import guarded, write_rows

HOSTILE = ["=1+1", "+44 20", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=HYPERLINK(\"http://x\",\"y\")"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "yes"), (False, "no"), (-3, "-3"), ("/", "/"), ("I", "I"), (dt.date(2025, 9, 8), "2025-09-08"),
     (dt.datetime(2025, 9, 8, 9, 15), "2025-09-08 09:15")],
)  # fmt: skip
def test_everything_else_stays_as_it_reads(value: object, text: str) -> None:
    assert guarded(value) == text


def test_both_forms_hold_the_same_text_and_are_private(tmp_path: Path) -> None:
    rows = [{"who": text, "n": 1} for text in [*HOSTILE, "Zoë O'Neil"]]
    wanted = [["who", "n"], *([guarded(row["who"]), "1"] for row in rows)]
    for name in ("log.csv", "log.xlsx"):
        write_rows(tmp_path / name, rows, ("who", "n"), "Log")
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as found:
        assert list(csv.reader(found)) == wanted
    sheet = openpyxl.load_workbook(tmp_path / "log.xlsx").active
    cells = [list(row) for row in sheet.iter_rows()]
    assert {cell.data_type for row in cells for cell in row} == {"s"}
    assert [row[1].value for row in cells] == [row[1] for row in wanted]
    assert cells[1][0].value == "'=1+1"
