"""The half-termly network report: how every school of the trust did in a half term, for trustees and the central team.

In: a release's warehouse, read as the audience `network`. Out: a PDF and beside it a JSON file with every query that
the report's numbers come from, and its rows. Belongs here: which queries, and where the files go. Does not belong
here: what is done with the rows (network_content.py) and how it looks (network.typ).
"""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from dashboards.audiences import NETWORK, open_audience
from dashboards.reports.network_content import content
from dashboards.reports.typesetting import typeset

QUERIES = Path(__file__).parent / "network"

Rows = list[dict[str, Any]]


def write_network_report(
    warehouse: Path, out: Path, academic_year: str | None = None, half_term: str | None = None
) -> Path:
    """Write the report of a half term into the folder `out` and return the PDF's path.

    warehouse: the file of a built release. academic_year (`2025/26`) and half_term (`HT1`): without them the newest
    half term that was over on the release's as-of day; with one of them, the newest half term that fits. The same
    release gives the same bytes. Beside `half-termly-network-report-<2025-26>-<HT1>.pdf` goes a file of the same name
    that ends in `.sources.json`: {"report", "audience", "as_of", "period", "queries": [{"name", "query", "rows"}]}.

    Raises ValueError, with a sentence to show, when the release has no figures for such a half term.
    """
    with open_audience(warehouse, NETWORK) as db:
        period = _period(db, academic_year, half_term)
        queries = {path.stem: path.read_text(encoding="utf-8") for path in sorted(QUERIES.glob("*.sql"))}
        found = {name: _rows(db, query, period) for name, query in queries.items()}
    as_of: date = found["release"][0]["as_of"]
    name = f"half-termly-network-report-{period.replace('/', '-').replace(' ', '-')}"
    pdf = typeset("network.typ", content(found), as_of)
    sources = {
        "report": name,
        "audience": NETWORK,
        "as_of": as_of,
        "period": period,
        "queries": [{"name": key, "query": queries[key], "rows": rows} for key, rows in found.items()],
    }
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(sources, ensure_ascii=False, indent=1, default=_as_text) + "\n"
    _write(out / f"{name}.sources.json", text.encode("utf-8"))
    return _write(out / f"{name}.pdf", pdf)


def _period(db: duckdb.DuckDBPyConnection, academic_year: str | None, half_term: str | None) -> str:
    """The key of the half term asked for; see write_network_report."""
    found = db.execute(
        "select period_key from rollcall.rpt_periods where period_type = 'half_term' "
        f"and academic_year = coalesce({_quoted(academic_year)}, academic_year) "
        f"and half_term = coalesce({_quoted(half_term)}, half_term) "
        # One that is still running is reported on only when it is named, or there is no other.
        f"order by {'false' if half_term else 'is_running'}, period_order desc limit 1"
    ).fetchall()
    if found:
        return str(found[0][0])
    known = db.execute(
        "select string_agg(short_label, ', ' order by period_order) from rollcall.rpt_periods "
        "where period_type = 'half_term'"
    ).fetchall()[0][0]
    asked = " ".join(word for word in (academic_year, half_term) if word) or "any half term"
    raise ValueError(f"There are no figures for {asked}; this release has {known or 'no half term at all'}.")


def _quoted(text: str | None) -> str:
    return "cast(null as varchar)" if text is None else "'" + text.replace("'", "''") + "'"


def _rows(db: duckdb.DuckDBPyConnection, query: str, period: str) -> Rows:
    """The rows of a query, in which $period stands for the half term, as dictionaries."""
    result = db.execute(query.replace("$period", _quoted(period)))
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def _as_text(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def _write(path: Path, data: bytes) -> Path:
    """Write a file whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(data)
    os.replace(fresh, path)
    return path
