"""The absence codes tool: how often each code is used, by year group, with the six charts of the school's version."""

from __future__ import annotations

from dashboards.reports.codes.sheets import write
from dashboards.reports.found import Found
from dashboards.reports.workbook import Workbook


def make(found: Found) -> dict[str, bytes]:
    """The tool as a workbook."""
    workbook = Workbook(found)
    write(workbook, found)
    return {"xlsx": workbook.bytes()}
