-- A week without absence breaks every run, so one row can stand for all of its sessions. Only enrolments with enough
-- sessions for the rule that also looks at sessions that are not possible need their weeks whole.
with fewest as (
    select 2 * min(rule.value) as sessions
    from {{ ref("dim_rule") }} as rule
    where rule.rule_name = 'ground_i_days'
),

long_absences as (
    select
        absent.pupil_id,
        absent.school_urn
    from {{ ref("int_absent_sessions") }} as absent
    where absent.counts_for_ground_i
    group by absent.pupil_id, absent.school_urn
    having count(*) >= (select fewest.sessions from fewest)
)

select
    weeks.pupil_id,
    weeks.school_urn,
    weeks.week_start,
    sum(weeks.possible_sessions) > 0 as has_possible,
    sum(weeks.absent_sessions) > 0 or bool_or(long_absences.pupil_id is not null) as is_needed_whole
from {{ ref("int_enrolment_weeks") }} as weeks
left join long_absences on weeks.pupil_id = long_absences.pupil_id and weeks.school_urn = long_absences.school_urn
group by weeks.pupil_id, weeks.school_urn, weeks.week_start
