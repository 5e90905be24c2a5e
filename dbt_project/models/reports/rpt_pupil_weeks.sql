-- Each week of the running year beside the week before it, and where the pupil stands in the year at its end.
with weeks as (
    select
        week.pupil_key,
        week.school_urn,
        week.period_key,
        period.start_date,
        period.previous_period_key,
        week.possible_sessions,
        week.attended_sessions,
        week.absent_sessions,
        week.late_sessions,
        week.missing_sessions,
        {{ percent("week.attended_sessions", "week.possible_sessions") }} as attendance_percent
    from {{ ref("fct_bands") }} as week
    inner join {{ ref("rpt_periods") }} as period
        on week.period_type = period.period_type and week.period_key = period.period_key
    where week.period_type = 'week' and week.academic_year = {{ running_year(ref("int_running_year")) }}
),

changed as (
    select
        *,
        -- a pupil who was not there the week before has no change
        case
            when lag(period_key) over pupil_weeks = previous_period_key
                then attendance_percent - lag(attendance_percent) over pupil_weeks
        end as attendance_change_previous
    from weeks
    window pupil_weeks as (partition by pupil_key, school_urn order by period_key)
),

standings as (
    select *
    from {{ ref("fct_pupil_weeks") }}
    where academic_year = {{ running_year(ref("int_running_year")) }}
)

select
    week.pupil_key,
    school.slug,
    week.period_key,
    week.start_date as week_start,
    week.possible_sessions,
    week.absent_sessions,
    week.late_sessions,
    week.missing_sessions,
    week.attendance_percent,
    week.absent_sessions / 2.0 as days_absent,
    week.attendance_change_previous,
    standing.is_persistently_absent,
    band.display_label as band_label,
    cast(band.band_order as integer) as band_order,
    standing.sessions_to_next_band
from changed as week
inner join {{ ref("dim_school") }} as school on week.school_urn = school.school_urn
left join standings as standing
    on
        week.pupil_key = standing.pupil_key
        and week.school_urn = standing.school_urn
        and week.start_date = standing.week_start
left join {{ ref("absence_bands") }} as band on standing.absence_band = band.absence_band
