"""The persistent absence workbook: who is persistently absent or at risk of it, and what it takes to recover."""

from __future__ import annotations

from dashboards.reports.found import Found
from dashboards.reports.persistent.sheets import write
from dashboards.reports.workbook import Workbook


def make(found: Found) -> dict[str, bytes]:
    """The workbook."""
    workbook = Workbook(found)
    write(workbook, found)
    return {"xlsx": workbook.bytes()}
