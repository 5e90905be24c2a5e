-- Compulsory school age begins with the term after the fifth birthday; for its end the age at 31 August counts.
with limits as (
    select
        years.academic_year,
        {{ rule_values(["compulsory_age_max"], "years.academic_year", kind="academic_year") }}
    from (select distinct academic_year from {{ ref("int_checked_sessions") }}) as years
)

select
    checked.*,
    checked.day_number as step,
    1 as value
from {{ ref("int_checked_sessions") }} as checked
inner join {{ ref("int_pupil_versions") }} as version
    on
        checked.pupil_key = version.pupil_key
        and checked.school_urn = version.school_urn
        and checked.session_date >= version.valid_from
        and checked.session_date <= coalesce(version.valid_to, date '9999-12-31')
left join limits on checked.academic_year = limits.academic_year
where
    checked.code_check = 'compulsory_age'
    and checked.session_date >= version.compulsory_from
    and {{ start_year("checked.academic_year") }} - version.birth_cohort <= limits.compulsory_age_max
