-- The groups that each pupil counts in today; who is merely the rest of a dimension is in none.
with enrolments as (
    select *
    from {{ ref("int_enrolment_periods") }}
    where period_type = 'year' and academic_year = {{ running_year(ref("int_running_year")) }}
),

grouped as (
    {%- for dimension in cohort_dimensions() if dimension.pupil_column %}
    select
        enrolments.pupil_id,
        enrolments.school_urn,
        '{{ dimension.cohort_dimension }}' as cohort_dimension,
        enrolments.{{ dimension.pupil_column }} as cohort
    from enrolments
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    pupil.pupil_key,
    school.slug,
    {{ cohort_labels("grouped") }}
from grouped
inner join {{ ref("int_pupils") }} as pupil on grouped.pupil_id = pupil.pupil_id
inner join {{ ref("dim_school") }} as school on grouped.school_urn = school.school_urn
{{ cohort_label_joins("grouped") }}
where grouped.cohort is not null and not coalesce(cohort_name.is_rest, false)
