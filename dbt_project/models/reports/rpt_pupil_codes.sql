with used as (
    select
        pupil.pupil_key,
        codes.school_urn,
        codes.code,
        cast(sum(codes.sessions) as integer) as sessions
    from {{ ref("int_pupil_codes") }} as codes
    inner join {{ ref("int_pupils") }} as pupil on codes.pupil_id = pupil.pupil_id
    where codes.academic_year = {{ running_year(ref("int_running_year")) }}
    group by pupil.pupil_key, codes.school_urn, codes.code
),

-- A code's newest meaning: its letter may have meant something else in other years.
meanings as (
    select *
    from {{ ref("rpt_guide_codes") }}
    qualify row_number() over (partition by code order by valid_from desc) = 1
)

select
    used.pupil_key,
    school.slug,
    used.code,
    meaning.description,
    meaning.category_label,
    meaning.category_order,
    meaning.code_order,
    meaning.counts_as,
    coalesce(meaning.is_absent, false) as is_absent,
    used.sessions,
    used.sessions / 2.0 as days
from used
inner join {{ ref("dim_school") }} as school on used.school_urn = school.school_urn
left join meanings as meaning on used.code = meaning.code
