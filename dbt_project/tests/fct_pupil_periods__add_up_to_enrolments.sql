-- What: over the trust, the sessions of all pupils and those counted at two schools are the sessions of all enrolments;
--   and the pupils who are at several schools have the sessions of their timeline.
-- When it matters: a figure of pupils beside a figure of enrolments must be explained to the last session.
-- How to mend: compare int_pupil_weeks with int_enrolment_weeks for a pupil of two schools, week by week.
with pupils as (
    select
        period_type,
        period_key,
        sum(possible_sessions) + sum(double_counted_sessions) as possible_sessions
    from {{ ref("fct_pupil_periods") }}
    group by period_type, period_key
),

enrolments as (
    select
        period_type,
        period_key,
        sum(possible_sessions) as possible_sessions
    from {{ ref("fct_bands") }}
    group by period_type, period_key
),

recounted as (
    select
        pupil_key,
        academic_year,
        {{ count_sessions() | indent(8) }}
    from {{ ref("fct_pupil_timeline") }}
    where pupil_key in (select pairing.pupil_key from {{ ref("fct_session_pairings") }} as pairing)
    group by pupil_key, academic_year
)

select
    enrolments.period_key,
    null as pupil_key
from enrolments
full outer join pupils on enrolments.period_type = pupils.period_type and enrolments.period_key = pupils.period_key
where enrolments.possible_sessions is distinct from pupils.possible_sessions
union all
select
    period.period_key,
    period.pupil_key
from {{ ref("fct_pupil_periods") }} as period
inner join recounted on period.pupil_key = recounted.pupil_key and period.academic_year = recounted.academic_year
where
    period.period_type = 'year'
    and (
        {%- for column in session_sums() %}
        period.{{ column }} <> recounted.{{ column }}{{ " or" if not loop.last }}
        {%- endfor %}
    )
