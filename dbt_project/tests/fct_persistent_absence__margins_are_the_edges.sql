-- What: with as many sessions as a margin says the pupil stays on this side of the threshold, with one more it does
--   not; and the persistently absent of a school and year are those of fct_cohorts.
-- When it matters: a school tells a family how many days are left. One too many is a broken promise.
-- How to mend: the algebra is in macros/absence_algebra.sql, the threshold in the rule persistent_absence_percent.
with margins as (
    select
        school_urn,
        pupil_key,
        academic_year,
        sessions_before_persistent as k,
        sessions_before_persistent_this_year as m,
        sessions_to_recover as n,
        remaining_sessions as r,
        100 * cast(absent_sessions as decimal(18, 4)) as a,
        possible_sessions as p,
        cast(threshold_percent as decimal(9, 4)) as t,
        is_persistently_absent
    from {{ ref("fct_persistent_absence") }}
    where possible_sessions > 0
),

counts as (
    select
        school_urn,
        academic_year,
        count(*) filter (where is_persistently_absent) as pupils
    from {{ ref("fct_persistent_absence") }}
    group by school_urn, academic_year
)

select
    school_urn,
    academic_year,
    pupil_key
from margins
where
    (k is null) != is_persistently_absent
    or a + 100 * k >= t * (p + k)
    or a + 100 * (k + 1) < t * (p + k + 1)
    or (m is null) != (a >= t * (p + r))
    or a + 100 * m >= t * (p + r)
    or (m < r and a + 100 * (m + 1) < t * (p + r))
    or a >= t * (p + n)
    or (n > 0 and a < t * (p + n - 1))
    or (n = 0) = is_persistently_absent
union all
select
    counts.school_urn,
    counts.academic_year,
    null
from counts
left join {{ ref("fct_cohorts") }} as cohort
    on
        counts.school_urn = cohort.school_urn
        and counts.academic_year = cohort.period_key
        and cohort.period_type = 'year'
        and cohort.population = 'all'
        and cohort.cohort_dimension = 'all'
where counts.pupils is distinct from cohort.persistently_absent_pupils
