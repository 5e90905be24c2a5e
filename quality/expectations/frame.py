"""The small frame that the expectations look at: one row for each school, aggregates and the bounds of the rules.

It is summed from tables that are sums already, so that its cost does not grow with the marks.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

_RULES = (
    "rows_drop_percent_max",
    "missing_marks_percent_max",
    "code_mix_percentage_points_max",
    "school_days_min",
    "school_days_max",
    "attendance_plausible_percent_min",
    "attendance_plausible_percent_max",
)

# An academic year is complete when the school's calendar has all of its half terms and the figures go beyond the last.
_FRAME = """
with as_of as (
    select academic_year as this_year, session_date as last_day
    from marts.fct_register_completeness order by session_date desc limit 1
),
registers as (
    select school_urn, sum(expected_marks) as sessions,
        sum(expected_marks) filter (where academic_year = this_year) as expected,
        sum(missing_marks) filter (where academic_year = this_year) as missing
    from marts.fct_register_completeness cross join as_of group by school_urn
),
sums as (
    select school_urn, sum(possible_sessions) as possible, sum(attended_sessions) as attended
    from marts.fct_cohorts cross join as_of
    where period_type = 'year' and academic_year = this_year and population = 'all' and cohort_dimension = 'all'
    group by school_urn
),
complete as (
    select school_urn, academic_year from marts.dim_half_term cross join as_of
    group by school_urn, academic_year, last_day
    having max(end_date) <= last_day and count(distinct half_term) = (select count(*) from reference.half_terms)
),
year_days as (
    select register.school_urn, register.academic_year, count(distinct register.session_date) as days
    from marts.fct_register_completeness as register
    inner join complete on register.school_urn = complete.school_urn and register.academic_year = complete.academic_year
    group by register.school_urn, register.academic_year
),
days as (select school_urn, min(days) as fewest, max(days) as most from year_days group by school_urn),
here as (
    select school_urn, code, sum(sessions) as used
    from marts.fct_code_usage where period_type = 'year' group by school_urn, code
),
shifts as (
    select school_urn,
        max(abs(100.0 * coalesce(here.used, 0) / here_all.marks - 100.0 * coalesce(before.used, 0) / before_all.marks))
            as shift
    from here
    full join code_before as before using (school_urn, code)
    inner join (select school_urn, sum(used) as marks from here group by school_urn) as here_all using (school_urn)
    inner join (select school_urn, sum(used) as marks from code_before group by school_urn) as before_all
        using (school_urn)
    group by school_urn
),
bounds as (
    select {rules}
    from marts.dim_rule where valid_to is null
)
select
    school.slug,
    cast(coalesce(registers.sessions, 0) > 0 as integer) as has_enrolments,
    cast(school.la_name is not null as integer) as local_authority_known,
    100.0 * coalesce(registers.sessions, 0) / nullif(rows_before.sessions, 0) as rows_percent_of_previous,
    100.0 * registers.missing / nullif(registers.expected, 0) as missing_marks_percent,
    shifts.shift as code_mix_shift,
    days.fewest as school_days_fewest,
    days.most as school_days_most,
    100.0 * sums.attended / nullif(sums.possible, 0) as attendance_percent,
    bounds.*,
    100 - bounds.rows_drop_percent_max as rows_percent_min,
    1 as one
from marts.dim_school as school
cross join bounds
left join sums using (school_urn)
left join registers using (school_urn)
left join days using (school_urn)
left join shifts using (school_urn)
left join rows_before using (school_urn)
order by school.slug
"""

# What is held against the release before: each table's columns where there is none, and its query.
_BEFORE = {
    "rows_before": (
        "null::integer as school_urn, null::bigint as sessions",
        "select school_urn, sum(expected_marks) as sessions from previous.marts.fct_register_completeness"
        " group by school_urn",
    ),
    "code_before": (
        "null::integer as school_urn, null::varchar as code, null::bigint as used",
        "select school_urn, code, sum(sessions) as used from previous.marts.fct_code_usage"
        " where period_type = 'year' group by school_urn, code",
    ),
}


def school_frame(warehouse: Path, previous: Path | None) -> pd.DataFrame:
    """One row for each school of the warehouse: slug, the figures the suite names, and its bounds; NULL where a school
    has no such figure. previous: the warehouse of the release before, where there is one.
    """
    rules = ", ".join(f"max(value) filter (where rule_name = '{rule}') as {rule}" for rule in _RULES)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_quoted(warehouse)}' as built (read_only)")
        # The release before may be older than a column: it is asked only for what every warehouse has.
        if previous is not None:
            connection.execute(f"attach '{_quoted(previous)}' as previous (read_only)")
        for table, (names, query) in _BEFORE.items():
            found = query if previous is not None else f"select {names} where false"
            connection.execute(f"create temp table {table} as {found}")
        connection.execute("use built")
        return connection.execute(_FRAME.format(rules=rules)).df()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
