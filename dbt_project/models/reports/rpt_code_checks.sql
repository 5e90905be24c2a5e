-- Outside the school a number of pupils is told only where it is of a fair size; there are no totals to subtract from.
with found as (
    select
        school_urn,
        code_check,
        academic_year,
        count(distinct pupil_key) as pupils,
        cast(sum(sessions) as bigint) as sessions
    from {{ ref("fct_code_checks") }}
    group by school_urn, code_check, academic_year
),

told as (
    select
        found.*,
        found.pupils between 1 and {{ rule_value(
            "network_detail_minimum_pupils", "found.academic_year", kind="academic_year"
        ) }} - 1 as is_about_few
    from found
)

select
    {{ place_columns("place") }},
    told.academic_year,
    told.code_check,
    checks.display_name as check_label,
    checks.what_to_do,
    checks.text as check_text,
    checks.check_order,
    case when not told.is_about_few then told.pupils end as pupils,
    case when not told.is_about_few then told.sessions end as sessions,
    told.is_about_few
from told
inner join {{ ref("rpt_release") }} as release on told.academic_year = release.academic_year
inner join {{ ref("int_place_schools") }} as place
    on told.school_urn = place.school_urn and place.place_type = 'school'
left join {{ ref("code_checks") }} as checks on told.code_check = checks.code_check
