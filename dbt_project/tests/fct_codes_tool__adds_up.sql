-- What: over all codes the counted sessions are the possible sessions, and all sessions are the recorded marks; over
--   all year groups they are the school's; the six datasets are there for every school and period; and the possible
--   and absent sessions are those of fct_cohorts.
-- When it matters: a chart whose parts do not make the whole.
-- How to mend: look for a code without a row in int_codes_tool_counts, or a year group that fct_cohorts lacks.
with by_year_group as (
    select
        school_urn,
        period_type,
        period_key,
        year_group,
        count(distinct dataset) as datasets,
        sum(counted_sessions) filter (where dataset_order = 1) as counted_sessions,
        sum(sessions) filter (where dataset_order = 1) as sessions,
        max(possible_sessions) as possible_sessions,
        sum(sessions) filter (where item = 'absent') as absent_sessions
    from {{ ref("fct_codes_tool") }}
    group by all
),

by_school as (
    select
        school_urn,
        period_type,
        period_key,
        sum(sessions) filter (where year_group = 'all') as school_sessions,
        sum(sessions) filter (where year_group != 'all') as year_group_sessions,
        max(datasets) filter (where year_group = 'all') as whole_school_datasets,
        min(datasets) filter (where year_group != 'all') as year_group_datasets
    from by_year_group
    group by all
)

select
    part.school_urn,
    part.period_type,
    part.period_key
from by_year_group as part
left join {{ ref("fct_cohorts") }} as cohort
    on
        part.school_urn = cohort.school_urn
        and part.period_type = cohort.period_type
        and part.period_key = cohort.period_key
        and cohort.population = 'all'
        and cohort.cohort_dimension = case when part.year_group = 'all' then 'all' else 'year_group' end
        and part.year_group = cohort.cohort
where
    part.counted_sessions is distinct from part.possible_sessions
    or part.possible_sessions is distinct from cohort.possible_sessions
    or part.absent_sessions is distinct from cohort.absent_sessions
union all
select
    by_school.school_urn,
    by_school.period_type,
    by_school.period_key
from by_school
where
    school_sessions is distinct from year_group_sessions
    or whole_school_datasets != 3
    or year_group_datasets != 4
union all
select
    code.school_urn,
    'year',
    code.academic_year
from (
    select
        school_urn,
        academic_year,
        sum(sessions) as sessions
    from {{ ref("fct_codes_tool") }}
    where period_type = 'year' and year_group = 'all' and dataset_order = 1
    group by all
) as code
full outer join (
    select
        school_urn,
        academic_year,
        sum(recorded_marks) as recorded_marks
    from {{ ref("fct_register_completeness") }}
    group by all
    having sum(recorded_marks) > 0
) as mark on code.school_urn = mark.school_urn and code.academic_year = mark.academic_year
where code.sessions is distinct from mark.recorded_marks
