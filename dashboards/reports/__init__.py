"""Reports for people to print, to edit and to calculate with, made from what an audience may see of a release.

Which there are, for whom and when, is in reports.yaml (registry.py). Each has a package of its own: its queries (*.sql)
and `make`, which turns their rows into files. Belongs here: what a report says and how it looks. Does not belong here:
figures (dbt's reports models) and what an audience may see (audiences.py): a report reads what `Served` shows its
audience and nothing else.
"""

from dashboards.reports.due import write_due
from dashboards.reports.making import Views, write_report
from dashboards.reports.registry import Report, find, registry

__all__ = ["Report", "Views", "find", "registry", "write_due", "write_report"]
