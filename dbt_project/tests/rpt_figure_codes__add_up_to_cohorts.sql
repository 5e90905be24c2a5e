-- What: the lines of a school's figures do not add up to fct_cohorts, in sessions of any kind or in missing marks.
-- When it matters: the page on which a school follows a figure down to its codes would show another one.
-- How to mend: compare rpt_figure_codes with int_session_counts; a code without a meaning on its day, or a session
-- without a half term, shows as the difference.
with lines as (
    select
        slug,
        period_key,
        year_group,
        sum(possible_sessions) as possible_sessions,
        sum(attended_sessions) as attended_sessions,
        sum(absent_sessions) as absent_sessions,
        sum(late_sessions) as late_sessions,
        coalesce(sum(sessions) filter (where line = 'missing'), 0) as missing_sessions,
        coalesce(sum(sessions) filter (where line = 'refused'), 0) as quarantined_sessions
    from {{ ref("rpt_figure_codes") }}
    group by slug, period_key, year_group
)

select
    cohort.school_urn,
    cohort.period_key,
    cohort.cohort
from {{ ref("fct_cohorts") }} as cohort
inner join {{ ref("dim_school") }} as school on cohort.school_urn = school.school_urn
left join lines
    on school.slug = lines.slug and cohort.period_key = lines.period_key and cohort.cohort = lines.year_group
where
    cohort.cohort_dimension in ('all', 'year_group')
    and cohort.population = 'all'
    and cohort.period_type != 'week'
    and (
        lines.possible_sessions is distinct from cohort.possible_sessions
        or lines.attended_sessions is distinct from cohort.attended_sessions
        or lines.absent_sessions is distinct from cohort.absent_sessions
        or lines.late_sessions is distinct from cohort.late_sessions
        or lines.missing_sessions is distinct from cohort.missing_sessions
        or lines.quarantined_sessions is distinct from cohort.quarantined_sessions
    )
