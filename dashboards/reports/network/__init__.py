"""The half-termly network report: how every school did in a half term, for trustees and the central team."""

from __future__ import annotations

from dashboards.reports.found import Found
from dashboards.reports.network.content import content
from dashboards.reports.typesetting import typeset


def make(found: Found) -> dict[str, bytes]:
    """The report as PDF."""
    return {"pdf": typeset("network/print.typ", content(found.rows), found.as_of)}
