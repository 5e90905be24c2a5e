"""The rows that figures are made of, made again from a release: sessions, enrolments, cohorts.

They are temporary tables of the connection, so a release that is open for reading will do.
"""

from __future__ import annotations

from string import Template

import duckdb

from orchestration.explaining.registry import relations

# What cohorts of int columns of an enrolment are called in the tools' tables, by the flag that tells them.
_STANDINGS = {
    "at_risk": ("is_at_risk", "at_risk", "not_at_risk"),
    "persistence": ("is_persistently_absent", "persistently_absent", "not_persistently_absent"),
}


def make_relations(
    warehouse: duckdb.DuckDBPyConnection,
    needed: set[str],
    sessions: str = "true",
    periods: str = "true",
    dimension: str | None = None,
) -> None:
    """Make the relations that are needed, and those they rest on.

    sessions: which rows of fct_sessions to read (as `session`). periods: which kinds of period and periods to make (of
    the columns period_type and period_key). dimension: the one dimension of cohorts to make; None for all.
    """
    filled = {"sessions": sessions, "periods": periods, **_generated(warehouse, dimension)}
    for relation in _resting_on(needed):
        kind = "table" if relation.get("kept", True) else "view"
        sql = Template(relation["sql"]).substitute(filled)
        warehouse.execute(f"create or replace temp {kind} {relation['name']} as {sql}")


def _resting_on(needed: set[str]) -> list[dict[str, str]]:
    wanted, found = set(needed), []
    for relation in reversed(relations()):
        if relation["name"] in wanted:
            found.append(relation)
            words = set(relation["sql"].replace("(", " ").replace(")", " ").split())
            if "$cohorts" in relation["sql"]:
                words |= {"enrolments", "marks"}
            wanted |= {other["name"] for other in relations()} & words
    return found[::-1]


def _generated(warehouse: duckdb.DuckDBPyConnection, dimension: str | None) -> dict[str, str]:
    """The parts of the relations that are written from reference data."""
    rules = warehouse.execute("select distinct rule_name from marts.dim_rule order by 1").fetchall()
    dimensions = [
        row
        for row in warehouse.execute(
            "select cohort_dimension, pupil_column, has_pupil_counts from reference.cohort_dimensions order by 1"
        ).fetchall()
        if dimension in (None, row[0])
    ]
    cohorts = [
        f"select *, '{name}' as cohort_dimension, "
        + (f"coalesce({column}, 'unknown')" if column else "'all'")
        + " as cohort from enrolments"
        for name, column, has_pupils in dimensions
        if has_pupils
    ]
    cohorts += [
        f"select *, '{name}', if({flag}, '{yes}', '{no}') from enrolments"
        for name, (flag, yes, no) in _STANDINGS.items()
        if dimension in (None, name)
    ]
    slots = [
        f"select *, '{name}' as cohort_dimension, {name} as cohort from marks"
        for name, _, has_pupils in dimensions
        if not has_pupils
    ]
    measures = warehouse.execute(
        "select measure, numerator_column, denominator_column, percent_column, is_better_when_lower"
        " from reference.measures"
    ).fetchall()
    nobody = "*, '' as cohort_dimension, '' as cohort"
    moment = "make_date(cast(substr(years.academic_year, 1, 4) as integer), 9, 1)"
    in_force = f"rule.valid_from <= {moment} and coalesce(rule.valid_to, {moment}) >= {moment}"
    return {
        "rules": ", ".join(
            f"cast(max(rule.value) filter (where rule.rule_name = '{name}' and {in_force}) as decimal(18, 8)) as {name}"
            for (name,) in rules
        ),
        "cohorts": " union all ".join(cohorts) or f"select {nobody} from enrolments where false",
        "slots": " union all ".join(slots) or f"select {nobody} from marks where false",
        "measures": " union all ".join(
            f"select rowid as row_id, '{name}' as measure, {numerator} as numerator, {denominator} as denominator,"
            f" {is_better} as is_better_when_lower from marts.fct_cohorts"
            for name, numerator, denominator, _, is_better in measures
        ),
        "definition_measures": " union all ".join(
            f"select rowid as row_id, '{name}' as measure, {percent} as definition_percent from marts.fct_definitions"
            for name, _, _, percent, _ in measures
        ),
    }
