"""The small frame that the expectations look at: one row for each school, aggregates and the bounds of the rules."""

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
    select academic_year as this_year, (select max(session_date) from marts.fct_sessions) as last_day
    from marts.fct_sessions order by session_date desc limit 1
),
sums as (
    select school_urn, count(*) as sessions,
        count(*) filter (where is_possible and academic_year = this_year) as possible,
        count(*) filter (where is_attended and academic_year = this_year) as attended
    from marts.fct_sessions cross join as_of group by school_urn
),
registers as (
    select school_urn, sum(expected_marks) as expected, sum(missing_marks) as missing
    from marts.fct_register_completeness cross join as_of where academic_year = this_year group by school_urn
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
    select school_urn, code, count(*) as used
    from marts.fct_sessions where code is not null group by school_urn, code
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
    cast(coalesce(sums.sessions, 0) > 0 as integer) as has_enrolments,
    cast(school.la_name is not null as integer) as local_authority_known,
    100.0 * coalesce(sums.sessions, 0) / nullif(rows_before.sessions, 0) as rows_percent_of_previous,
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


def school_frame(warehouse: Path, previous: Path | None) -> pd.DataFrame:
    """One row for each school of the warehouse: slug, the figures the suite names, and its bounds; NULL where a school
    has no such figure. previous: the warehouse of the release before, where there is one.
    """
    rules = ", ".join(f"max(value) filter (where rule_name = '{rule}') as {rule}" for rule in _RULES)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_quoted(warehouse)}' as built (read_only)")
        # The release before may be older than a column: it is asked only for what every warehouse has.
        before = "select school_urn, code from previous.marts.fct_sessions"
        if previous is not None:
            connection.execute(f"attach '{_quoted(previous)}' as previous (read_only)")
        else:
            before = "select null::integer as school_urn, null::varchar as code where false"
        connection.execute(f"create temp table before as {before}")
        connection.execute(
            "create temp table rows_before as select school_urn, count(*) as sessions from before group by school_urn"
        )
        connection.execute(
            "create temp table code_before as select school_urn, code, count(*) as used from before"
            " where code is not null group by school_urn, code"
        )
        connection.execute("use built")
        return connection.execute(_FRAME.format(rules=rules)).df()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
