"""The school attendance profile: a school's year in one pack, with pupils by name or, for parents, without."""

from __future__ import annotations

from dashboards.reports.found import Found
from dashboards.reports.profile.content import document


def make(found: Found) -> dict[str, bytes]:
    """The profile as PDF."""
    return {"pdf": document(found).pdf(found)}
