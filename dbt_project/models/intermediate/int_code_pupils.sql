-- A code is a fact about a pupil (a suspension, a second school), so how many pupils have it decides who may see it.
with used as (
    select
        pupil.pupil_key,
        codes.school_urn,
        codes.academic_year,
        codes.half_term,
        codes.term,
        codes.code
    from {{ ref("int_pupil_codes") }} as codes
    inner join {{ ref("int_pupils") }} as pupil on codes.pupil_id = pupil.pupil_id
),

in_period as (
    {%- for period_type in period_types() if period_type != "week" %}
    select distinct
        used.pupil_key,
        used.school_urn,
        used.academic_year,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "used") }} as period_key,
        used.code
    from used
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    in_period.school_urn,
    in_period.academic_year,
    enrolment.year_group,
    in_period.period_type,
    in_period.period_key,
    in_period.code,
    cast(count(*) as bigint) as pupils
from in_period
inner join {{ ref("fct_bands") }} as enrolment
    on
        in_period.pupil_key = enrolment.pupil_key
        and in_period.school_urn = enrolment.school_urn
        and in_period.academic_year = enrolment.academic_year
        and in_period.period_type = enrolment.period_type
        and in_period.period_key = enrolment.period_key
group by all
