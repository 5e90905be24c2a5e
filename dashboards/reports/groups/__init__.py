"""The vulnerable groups tool: which groups of pupils have more of the absence than their share of the school."""

from __future__ import annotations

from dashboards.reports.found import Found
from dashboards.reports.groups.sheets import write
from dashboards.reports.workbook import Workbook


def make(found: Found) -> dict[str, bytes]:
    """The tool as a workbook."""
    workbook = Workbook(found)
    write(workbook, found)
    return {"xlsx": workbook.bytes()}
