{%- for period_type in period_types() %}
select
    weeks.pupil_id,
    weeks.school_urn,
    weeks.academic_year,
    '{{ period_type }}' as period_type,
    {{ period_key(period_type, "weeks") }} as period_key,
    {{ sums_of("weeks", session_sums()) }}
from {{ ref("int_enrolment_weeks") }} as weeks
where {{ period_key(period_type, "weeks") }} is not null
group by weeks.pupil_id, weeks.school_urn, weeks.academic_year, {{ period_key(period_type, "weeks") }}
{{ "union all" if not loop.last }}
{%- endfor %}
