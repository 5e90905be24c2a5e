"""Reports in print: PDF files made from what an audience may see of a release.

Belongs here: what a report says and how it looks. Does not belong here: figures (dbt's reports models) and what an
audience may see (audiences.py): a report reads `open_audience` and nothing else.
"""

from dashboards.reports.network_report import write_network_report

__all__ = ["write_network_report"]
