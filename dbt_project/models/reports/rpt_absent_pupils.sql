select
    absent.pupil_key,
    school.slug,
    absent.session_date,
    absent.absent_since,
    absent.day_index,
    absent.escalation_step,
    steps.display_name as step_label,
    absent.owner,
    absent.next_step,
    {%- for session in ["am", "pm"] %}
    absent.{{ session }}_code,
    {{ session }}_meaning.description as {{ session }}_meaning,
    {%- endfor %}
    absent.is_reason_outstanding,
    absent.is_golden_hour
from {{ ref("fct_absence_followup") }} as absent
inner join {{ ref("dim_school") }} as school on absent.school_urn = school.school_urn
left join {{ ref("escalation_steps") }} as steps on absent.escalation_step = steps.step
{%- for session in ["am", "pm"] %}
left join {{ ref("dim_attendance_code") }} as {{ session }}_meaning
    on
        absent.{{ session }}_code = {{ session }}_meaning.code
        and absent.session_date >= {{ session }}_meaning.valid_from
        and (absent.session_date <= {{ session }}_meaning.valid_to or {{ session }}_meaning.valid_to is null)
{%- endfor %}
