"""One cell opened: its figure, its parts, the marks behind it and the files those came from, all counted again."""

from __future__ import annotations

import re
from typing import Any

import duckdb

from orchestration.commands.common import records
from orchestration.explaining.cells import column_called, find_cell, mart_called
from orchestration.explaining.recount import agreement
from orchestration.explaining.registry import Mart, Opening, session_counts
from orchestration.explaining.relations import make_relations

_SESSIONS = {"sessions", "period_sessions", "marks", "recent_sessions"}
# Parts that stand for the year up to the end of a period.
_TO_DATE = {"standings", "moves"}
_IN_PERIOD = {
    "week": "session.week_start = cast('{key}' as date)",
    "half_term": "session.academic_year || ' ' || session.half_term = '{key}'",
    "term": "session.academic_year || ' ' || session.term = '{key}'",
    "year": "session.academic_year = '{key}'",
}


def open_cell(
    warehouse: duckdb.DuckDBPyConnection,
    table: str,
    given: dict[str, str],
    column: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """A cell of a mart, opened as far as it goes.

    given: values of its columns, as find_cell takes them. column: the figure in question; default the one that says
    most. limit: how many enrolments and sessions to list, None for all. Raises TrustError when there is no such cell,
    several, or no such column.
    """
    mart = mart_called(table)
    column = column_called(mart, column)
    cell = find_cell(warehouse, mart, given)
    _make(warehouse, mart, cell)
    compared = agreement(warehouse, mart, "cells")
    off = [row["column"] for row in compared if not row["agrees"]]
    found: dict[str, Any] = {
        "mart": table,
        "cell": {key: cell[key] for key in mart.keys},
        "column": column,
        "value": cell[column],
        "figure": _parts_of(mart, cell, column),
        "sentence": _sentence(warehouse, mart, cell, column),
        "how": _how(mart, column),
        "agrees": not off,
        "check": _check(mart, compared, off),
        "parts": compared,
        "counted_again": {row["column"]: row["counted_again"] for row in compared},
        "rules": _rules(warehouse, mart, cell),
    }
    if mart.parts is None:
        return {**found, "codes": [], "enrolments": [], "sessions": [], "files": [], "missing": 0, "quarantined": 0}
    _collect(warehouse, mart, cell, column)
    cut = f" limit {limit:d}" if limit else ""
    counts = records(warehouse, _COUNTS)[0]
    return {
        **found,
        "sessions_opened": counts["sessions"],
        "missing": counts["missing"],
        "quarantined": counts["quarantined"],
        "codes": records(warehouse, _CODES),
        "enrolments": records(warehouse, "select * from opened_enrolments" + cut) if _has_enrolments(mart) else [],
        "files": records(warehouse, _FILES),
        "sessions": records(warehouse, _LISTED + cut),
    }


def _parts_of(mart: Mart, cell: dict[str, Any], column: str) -> dict[str, Any]:
    """The figure by itself; a percentage with its two whole numbers."""
    top, bottom = mart.percent.get(column, (None, None))
    return {
        "measure": column,
        "value": cell[column],
        "numerator": cell[top] if top else None,
        "denominator": cell[bottom] if bottom else None,
    }


def _make(warehouse: duckdb.DuckDBPyConnection, mart: Mart, cell: dict[str, Any]) -> None:
    """The relations that the cell is made of, from no more sessions than can belong to it."""
    sessions, periods = [], "true"
    if mart.reach != "trust":
        if cell.get("school_urn") is not None and mart.reach != "pupil":
            sessions.append(f"session.school_urn = {cell['school_urn']:d}")
        if "pupil_key" in cell and mart.reach in ("pupil", "period") and cell["pupil_key"]:
            sessions.append(f"session.pupil_key = '{cell['pupil_key']}'")
        if mart.reach == "day":
            sessions.append(f"session.session_date = date '{cell['session_date']}'")
        if mart.reach == "year":
            sessions.append(f"session.academic_year = '{cell['academic_year']}'")
        if mart.reach == "period":
            sessions.append(_IN_PERIOD[cell["period_type"]].format(key=cell["period_key"]))
            periods = f"period_type = '{cell['period_type']}' and period_key = '{cell['period_key']}'"
    needed = {opening.of for opening in mart.openings} | ({mart.parts.of, "sessions"} if mart.parts else set())
    make_relations(
        warehouse,
        {*needed, "year_rules"},
        " and ".join(sessions) or "true",
        periods,
        mart.dimension or cell.get("cohort_dimension"),
    )


def _sentence(warehouse: duckdb.DuckDBPyConnection, mart: Mart, cell: dict[str, Any], column: str) -> str:
    named = []
    for key in mart.keys:
        value = cell[key]
        if key == "school_urn" and value is not None:
            school = records(warehouse, "select school_name from marts.dim_school where school_urn = ?", [value])
            value = school[0]["school_name"] if school else value
        if key == "pupil_key" and value:
            value = f"pupil {value[:8]}…"
        named.append("none" if value is None else str(value))
    value, said = cell[column], ""
    if column in mart.percent:
        top, bottom = mart.percent[column]
        if value is None:
            return f"{_words(column)} ({', '.join(named)}) has no value: there are no {_words(bottom)}."
        said = f": {cell[top]:,} {_words(top)} of {cell[bottom]:,} {_words(bottom)}"
    worth = "has no value" if value is None else f"is {_figure(value)}{' %' if column.endswith('_percent') else ''}"
    return f"{_words(column)} ({', '.join(named)}) {worth}{said}."


def _words(column: str) -> str:
    return column.removesuffix("_percent").replace("_", " ")


def _figure(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.4f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _how(mart: Mart, column: str) -> str:
    """In a sentence, how the registry makes the column."""
    if column in mart.not_opened:
        return mart.not_opened[column]
    if column in mart.percent:
        top, bottom = mart.percent[column]
        return f"100 × {_words(top)} ÷ {_words(bottom)}, divided once."
    if column in mart.partly:
        return mart.partly[column]
    if mart.because:
        return mart.because
    if column in mart.keys or column in mart.words:
        return "Names the cell; not a figure."
    return mart.is_


def _check(mart: Mart, compared: list[dict[str, Any]], off: list[str]) -> str:
    if not compared:
        return mart.because or "Nothing in it is counted from marks."
    if off:
        return f"Counted again from the marks, these differ: {', '.join(off)}."
    what = "the marks" if mart.parts else "the rows it rests on"
    return f"Counted again from {what}, every part is the same."


def _rules(warehouse: duckdb.DuckDBPyConnection, mart: Mart, cell: dict[str, Any]) -> list[dict[str, Any]]:
    """The rules in force on the cell's day, or on 1 September of its academic year."""
    if cell.get("rule_id"):
        names = [row[0] for row in warehouse.execute(
            "select threshold_rule from reference.rule_steps where rule_id = ?", [cell["rule_id"]]
        ).fetchall()]  # fmt: skip
    else:
        names = list(mart.rules)
    year = cell.get("academic_year")
    moment = cell.get("triggered_on") or cell.get("session_date") or (f"{year[:4]}-09-01" if year else None)
    return records(
        warehouse,
        "select rule_name, value, unit, default_value, origin, valid_from, valid_to, description, source"
        " from marts.dim_rule where list_contains(?, rule_name) and valid_from <= coalesce(cast(? as date), valid_from)"
        " and coalesce(valid_to, date '9999-12-31') >= coalesce(cast(? as date), date '9999-12-31') order by rule_name",
        [names, moment, moment],
    )


def _has_enrolments(mart: Mart) -> bool:
    return mart.parts is not None and mart.parts.of not in _SESSIONS


def _collect(warehouse: duckdb.DuckDBPyConnection, mart: Mart, cell: dict[str, Any], column: str) -> None:
    """The temporary tables opened_enrolments and opened: the cell's parts, and its sessions with how each counts."""
    parts = mart.parts
    assert parts is not None
    top, bottom = mart.percent.get(column, (column, None))
    on = " and ".join([*(f"part.{name} = cell.{name}" for name in parts.same), f"({parts.where})"])
    nothing = "cast(null as boolean)"
    counted, base = _condition(mart, top), _condition(mart, bottom)
    how = f"{counted or nothing} as counts, {base or nothing} as in_base"
    if parts.of in _SESSIONS:
        warehouse.execute(
            f"create or replace temp table opened as select distinct part.session_no, {how}"
            f" from cells as cell inner join {parts.of} as part on {on}"
        )
        _keep_sessions(warehouse)
        return
    sums = [name for name in session_counts() if name in _columns(warehouse, parts.of)]
    warehouse.execute(
        f"create or replace temp table opened_parts as select part.*, {how}"
        f" from cells as cell inner join {parts.of} as part on {on}"
    )
    flags = [name for name in ("absence_band", "is_persistently_absent", "is_severely_absent", "is_at_risk")
             if name in _columns(warehouse, parts.of)]  # fmt: skip
    warehouse.execute(
        "create or replace temp table opened_enrolments as select "
        + ", ".join(["pupil_key", "school_urn", *sums, *flags, *(["counts", "in_base"] if counted else [])])
        + " from opened_parts order by "
        + ("counts desc, " if counted else "")
        + "pupil_key"
    )
    slot = "part.slot is null or part.slot in (session.weekday, session.session)" if parts.of == "members" else "true"
    own, own_base = session_counts().get(top), session_counts().get(bottom or "")
    warehouse.execute(
        f"create or replace temp table opened as select distinct session.session_no, {own or nothing} as counts,"
        f" {own_base or nothing} as in_base"
        " from opened_parts as part inner join sessions as session"
        " on part.pupil_key = session.pupil_key and part.school_urn = session.school_urn"
        f" and ({slot}) and ({_period_of(mart, cell)})"
    )
    _keep_sessions(warehouse)


def _keep_sessions(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The sessions of the cell, read once for all that is said of them."""
    warehouse.execute(
        "create or replace temp table opened_sessions as select session.* exclude (session_no), opened.counts,"
        " opened.in_base from opened inner join sessions as session on opened.session_no = session.session_no"
    )


def _period_of(mart: Mart, cell: dict[str, Any]) -> str:
    """Which sessions of the pupils belong to the cell's period."""
    if mart.parts is not None and mart.parts.of in _TO_DATE:
        end = cell.get("period_key") if cell.get("period_type") != "half_term" else None
        week = str(cell.get("week_start") or end or "")
        if week:
            return f"session.week_start <= date '{week}'"
        return (
            "session.session_date <= (select max(period.last_day) from marts.dim_period as period"
            f" where period.period_key = '{cell['period_key']}' and period.school_urn = session.school_urn)"
        )
    if cell.get("period_type"):
        return _IN_PERIOD[cell["period_type"]].format(key=cell["period_key"])
    return f"session.academic_year = '{cell['academic_year']}'"


def _columns(warehouse: duckdb.DuckDBPyConnection, relation: str) -> set[str]:
    return {row[0] for row in warehouse.execute(f"describe {relation}").fetchall()}


def _condition(mart: Mart, column: str | None) -> str | None:
    """Which parts a column counts, where the registry says so as `count(…) filter (where …)`."""
    if column is None or mart.parts is None:
        return None
    for opening in mart.openings:
        sql = {**opening.count, **opening.take}.get(column)
        if sql is None or not _is_about(opening, mart):
            continue
        found = re.search(r"filter \(where (.+)\)(?: end)?$", " ".join(sql.split()))
        return f"coalesce({found.group(1)}, false)" if found else ("true" if sql == "count(*)" else None)
    return None


def _is_about(opening: Opening, mart: Mart) -> bool:
    return mart.parts is not None and opening.of == mart.parts.of


_COUNTS = """
select count(*) as sessions, count(*) filter (where session.mark_status = 'missing') as missing,
    count(*) filter (where session.mark_status = 'quarantined') as quarantined
from opened_sessions as session
"""
_CODES = """
select session.code, any_value(code.description) as description,
    any_value(session.statistical_category) as category, session.mark_status, count(*) as sessions,
    count(*) filter (where session.is_possible) as possible, count(*) filter (where session.is_attended) as attended,
    count(*) filter (where session.is_absent) as absent, count(*) filter (where session.is_late) as late,
    count(*) filter (where session.counts) as counted,
    min(session.session_date) as first_date, max(session.session_date) as last_date, any_value(code.source) as source
from opened_sessions as session
left join marts.dim_attendance_code as code
    on session.code = code.code and session.session_date >= code.valid_from
    and session.session_date <= coalesce(code.valid_to, date '9999-12-31')
group by session.code, session.mark_status, code.valid_from order by sessions desc, session.code
"""
_FILES = """
select extract.file_name as extract, extract.exported_at, extract.received_at, count(*) as sessions,
    'archive/' || extract.inbox || '/' || extract.sha256 as archived
from opened_sessions as session
inner join marts.fct_extracts as extract
    on session.extract_id = extract.extract_id and session.school_urn = extract.school_urn
group by all order by extract.exported_at, extract.file_name
"""
_LISTED = """
select session.session_date, session.session, session.pupil_key, session.code, session.mark_status, refused.reason,
    session.counts, session.in_base, extract.file_name as extract, session.source_row as line
from opened_sessions as session
left join marts.fct_extracts as extract
    on session.extract_id = extract.extract_id and session.school_urn = extract.school_urn
left join (
    select extract_id, school_urn, source_row, min(reason) as reason from marts.fct_quarantined_rows group by all
) as refused
    on session.mark_status = 'quarantined' and session.extract_id = refused.extract_id
    and session.school_urn = refused.school_urn and session.source_row = refused.source_row
order by session.counts desc nulls last, session.in_base desc nulls last, session.session_date, session.session,
    session.pupil_key
"""
