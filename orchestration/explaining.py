"""A figure opened: from a cell of fct_cohorts (or a row of fct_bands) to codes, sessions, and lines of extracts.

Pupils appear by pupil_key only, as everywhere in the warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from ingestion.trust import TrustError
from orchestration.commands.common import records

_MEASURES = """
select percent_column, numerator_column, denominator_column from reference.measures
union all select 'late_percent', 'late_sessions', 'possible_sessions'
"""

# Which of a school's sessions lie in a period, by its type.
_PERIODS = {
    "week": "cast(fact.week_start as varchar)",
    "half_term": "fact.academic_year || ' ' || fact.half_term",
    "term": "fact.academic_year || ' ' || fact.term",
    "year": "fact.academic_year",
}
# Which of them belong to a cohort of a dimension that a session or its enrolment tells.
_DIMENSIONS = {
    "all": "cohort.name = 'all'",
    "year_group": "band.year_group = cohort.name",
    "weekday": "day.weekday = cohort.name",
    "session": "fact.session = cohort.name",
}
_COUNTS = {
    "possible_sessions": "count(*) filter (where is_possible)",
    "attended_sessions": "count(*) filter (where is_attended)",
    "absent_sessions": "count(*) filter (where is_absent)",
    "authorised_sessions": "count(*) filter (where is_authorised_absence)",
    "unauthorised_sessions": "count(*) filter (where is_unauthorised_absence)",
    "late_sessions": "count(*) filter (where is_late)",
}
_RULES = "select rule_name, value, unit from marts.dim_rule where rule_name = ? and valid_to is null"
_BAND_PARTS = set(_COUNTS)


@dataclass(frozen=True)
class Cell:
    """Which figure: a school's, for a period, of a cohort, or of one pupil (pupil_key)."""

    school: str
    period: str
    measure: str
    dimension: str
    cohort: str
    population: str
    pupil: str | None


def explain_cell(warehouse: duckdb.DuckDBPyConnection, cell: Cell, limit: int | None) -> dict[str, Any]:
    """The figure, its parts, the sessions counted again from the marks, and those sessions with their extract lines.

    limit: how many sessions to list (None: all). Raises TrustError when there is no such figure.
    """
    measures = {row["percent_column"]: (row["numerator_column"], row["denominator_column"])
                for row in records(warehouse, _MEASURES)}  # fmt: skip
    if cell.measure not in measures:
        raise TrustError(f"There is no measure {cell.measure}; the measures are {', '.join(measures)}.")
    numerator, denominator = measures[cell.measure]
    if cell.pupil is not None and not {numerator, denominator} <= _BAND_PARTS:
        raise TrustError(f"{cell.measure} is a figure of many pupils; leave --pupil out.")
    if cell.dimension not in _DIMENSIONS:
        raise TrustError(f"explain opens the dimensions {', '.join(_DIMENSIONS)}; {cell.dimension} is not among them.")
    school = _one(warehouse, "select school_urn, school_name from marts.dim_school where slug = ?", [cell.school])
    if school is None:
        raise TrustError(f"The release has no school {cell.school}; `rollcall status` lists them.")
    figure = _figure(warehouse, cell, school["school_urn"])
    _collect_sessions(warehouse, cell, school["school_urn"], figure["period_type"])
    again = ", ".join(f"{sql} as {name}" for name, sql in _COUNTS.items())
    counted = records(warehouse, f"select {again} from opened")[0]
    parts = {name: figure[name] for name in (numerator, denominator)}
    off = [name for name in _COUNTS if figure.get(name) is not None and figure[name] != counted[name]]
    value = 100 * figure[numerator] / figure[denominator] if figure[denominator] else None
    return {
        "figure": {"school": cell.school, "period": cell.period, "measure": cell.measure, "dimension": cell.dimension,
                   "cohort": cell.cohort, "population": cell.population, "pupil_key": cell.pupil,
                   "value": value, "numerator": parts[numerator], "denominator": parts[denominator]},
        "sentence": _sentence(cell, school["school_name"], numerator, denominator, parts, value),
        "check": "Counted again from the marks, every part is the same." if not off else
                 f"Counted again from the marks, these parts differ: {', '.join(off)}.",
        "counted_again": counted,
        "agrees": not off,
        "codes": records(warehouse, _CODES),
        "rules": records(warehouse, _RULES, [cell.measure]),
        "sessions": records(warehouse, _SESSIONS + (f" limit {limit:d}" if limit else "")),
    }  # fmt: skip


def _figure(warehouse: duckdb.DuckDBPyConnection, cell: Cell, school_urn: int) -> dict[str, Any]:
    if cell.pupil is not None:
        found = _one(
            warehouse,
            "select * from marts.fct_bands where school_urn = ? and period_key = ? and pupil_key = ?",
            [school_urn, cell.period, cell.pupil],
        )
    else:
        found = _one(
            warehouse,
            "select * from marts.fct_cohorts where school_urn = ? and period_key = ? and cohort_dimension = ?"
            " and cohort = ? and population = ?",
            [school_urn, cell.period, cell.dimension, cell.cohort, cell.population],
        )
    if found is None:
        raise TrustError(f"The release has no such figure for {cell.school} in {cell.period}.")
    return found


def _collect_sessions(warehouse: duckdb.DuckDBPyConnection, cell: Cell, school_urn: int, period_type: str) -> None:
    # A left join: a session of an enrolment without a row in fct_bands would show as a difference, not vanish.
    warehouse.execute(
        f"""
        create or replace temp table opened as
        select fact.* from marts.fct_sessions as fact
        left join marts.fct_bands as band
            on band.pupil_key = fact.pupil_key and band.school_urn = fact.school_urn
            and band.period_type = $type and band.period_key = $period
        left join marts.dim_date as day on day.calendar_date = fact.session_date
        cross join (select $cohort as name) as cohort
        where fact.school_urn = $school and {_PERIODS[period_type]} = $period and {_DIMENSIONS[cell.dimension]}
            and ($population = 'all' or band.is_compulsory_school_age)
            and ($pupil is null or fact.pupil_key = $pupil)
        """,
        {
            "type": period_type, "period": cell.period, "cohort": cell.cohort, "school": school_urn,
            "population": cell.population, "pupil": cell.pupil,
        },
    )  # fmt: skip


_CODES = """
select opened.code, any_value(code.description) as description, opened.mark_status, count(*) as sessions,
    count(*) filter (where opened.is_possible) as possible, count(*) filter (where opened.is_attended) as attended,
    count(*) filter (where opened.is_absent) as absent, count(*) filter (where opened.is_late) as late
from opened
left join marts.dim_attendance_code as code
    on opened.code = code.code and opened.session_date >= code.valid_from
    and opened.session_date <= coalesce(code.valid_to, date '9999-12-31')
group by opened.code, opened.mark_status order by sessions desc, opened.code
"""
_SESSIONS = """
select opened.session_date, opened.session, opened.pupil_key, opened.code, opened.mark_status,
    extract.file_name as extract, opened.source_row as line
from opened
left join marts.fct_extracts as extract
    on opened.extract_id = extract.extract_id and opened.school_urn = extract.school_urn
order by opened.session_date, opened.session, opened.pupil_key
"""


def _one(warehouse: duckdb.DuckDBPyConnection, query: str, values: list[Any]) -> dict[str, Any] | None:
    found = records(warehouse, query, values)
    return found[0] if found else None


def _sentence(
    cell: Cell, school: str, numerator: str, denominator: str, parts: dict[str, Any], value: float | None
) -> str:
    whose = f"pupil {cell.pupil[:8]}…" if cell.pupil else f"{cell.dimension} {cell.cohort}, {cell.population}"
    worth = "has no value" if value is None else f"is {value:.4f} %"
    over = f"{parts[numerator]:,} {numerator} of {parts[denominator]:,} {denominator}".replace("_", " ")
    return f"{cell.measure.replace('_', ' ')} of {school} in {cell.period} ({whose}) {worth}: {over}."
