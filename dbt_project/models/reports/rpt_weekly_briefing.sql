-- Those in the briefing by the last weeks or by the year to date, or declining; everybody else stays out of the room.
select
    brief.pupil_key,
    school.slug,
    brief.week_start,
    brief.academic_year,
    brief.four_weeks_possible_sessions,
    brief.four_weeks_absent_sessions,
    brief.four_weeks_absent_sessions / 2.0 as four_weeks_days_absent,
    brief.four_weeks_absence_percent,
    brief.possible_sessions,
    brief.absent_sessions,
    brief.absent_sessions / 2.0 as days_absent,
    brief.overall_absence_percent,
    coalesce(brief.is_briefing_four_weeks, false) as is_briefing_four_weeks,
    coalesce(brief.is_briefing_year_to_date, false) as is_briefing_year_to_date,
    coalesce(brief.is_declining, false) as is_declining
from {{ ref("fct_briefing") }} as brief
inner join {{ ref("dim_school") }} as school on brief.school_urn = school.school_urn
where brief.is_briefing_four_weeks or brief.is_briefing_year_to_date or brief.is_declining
