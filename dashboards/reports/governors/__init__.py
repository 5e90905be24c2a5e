"""The termly report to a school's governors, and to the trust's trustees: sections of the same kind about each place.

Both read what everybody outside the school may see, so they can be handed to anybody and hold no pupil's name.
"""

from __future__ import annotations

from dashboards.reports.found import Found
from dashboards.reports.governors.content import document
from dashboards.reports.word import word


def make(found: Found) -> dict[str, bytes]:
    """The report as PDF to read and as DOCX to edit."""
    made = document(found)
    return {"pdf": made.pdf(found), "docx": word(made, found)}
