-- Those in the school's newest school week: who left before has nobody to brief about.
with newest as (
    select
        school_urn,
        arg_max(academic_year, week_no) as academic_year,
        max(week_no) as week_no,
        max(week_start) as week_start
    from {{ ref("int_school_weeks") }}
    group by school_urn
),

standing as (
    select
        weeks.*,
        newest.week_start as newest_week_start
    from newest
    inner join {{ ref("int_decline_weeks") }} as weeks
        on
            newest.school_urn = weeks.school_urn
            and newest.academic_year = weeks.academic_year
    inner join (
        select distinct
            pupil_id,
            school_urn,
            week_start
        from {{ ref("int_enrolment_weeks") }}
    ) as on_roll
        on
            weeks.pupil_id = on_roll.pupil_id
            and weeks.school_urn = on_roll.school_urn
            and newest.week_start = on_roll.week_start
    qualify row_number() over (partition by weeks.pupil_id, weeks.school_urn order by weeks.week_start desc) = 1
)

select
    pupils.pupil_key,
    standing.school_urn,
    standing.academic_year,
    standing.week_start,
    version.year_group,
    standing.briefing_absent_sessions as four_weeks_absent_sessions,
    standing.briefing_possible_sessions as four_weeks_possible_sessions,
    {{ percent("standing.briefing_absent_sessions", "standing.briefing_possible_sessions") }}
        as four_weeks_absence_percent,
    standing.absent_sessions,
    standing.possible_sessions,
    {{ percent("standing.absent_sessions", "standing.possible_sessions") }} as overall_absence_percent,
    {{ in_briefing("standing.briefing_absent_sessions", "standing.briefing_possible_sessions") }}
        as is_briefing_four_weeks,
    {{ in_briefing("standing.absent_sessions", "standing.possible_sessions") }} as is_briefing_year_to_date,
    standing.is_declining
from standing
inner join {{ ref("int_pupils") }} as pupils on standing.pupil_id = pupils.pupil_id
left join {{ ref("int_share_rules") }} as rules on standing.academic_year = rules.academic_year
left join {{ ref("int_enrolment_versions") }} as version
    on
        standing.pupil_id = version.pupil_id
        and standing.school_urn = version.school_urn
        and standing.newest_week_start + 6 >= version.counts_from
        and standing.newest_week_start + 6 < version.counts_before
