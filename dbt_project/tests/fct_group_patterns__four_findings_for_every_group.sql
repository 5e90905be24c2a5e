-- What: every group of every period with patterns has a row of each of the four findings, and what is not assessed
--   says why.
-- When it matters: silence about a group reads as `nothing to see here`.
-- How to mend: the groups are those of int_pattern_groups; look for the finding whose model drops one.
select
    pupils_of_group.school_urn,
    pupils_of_group.period_key,
    pupils_of_group.population,
    pupils_of_group.cohort_dimension,
    pupils_of_group.cohort
from {{ ref("int_pattern_groups") }} as pupils_of_group
left join {{ ref("fct_group_patterns") }} as pattern
    on
        pupils_of_group.school_urn = pattern.school_urn
        and pupils_of_group.period_type = pattern.period_type
        and pupils_of_group.period_key = pattern.period_key
        and pupils_of_group.population = pattern.population
        and pupils_of_group.cohort_dimension = pattern.cohort_dimension
        and pupils_of_group.cohort = pattern.cohort
where pupils_of_group.pupils > 0
group by all
having
    count(distinct pattern.finding) < 4
    or bool_or((pattern.status = 'assessed') != (pattern.direction is not null))
