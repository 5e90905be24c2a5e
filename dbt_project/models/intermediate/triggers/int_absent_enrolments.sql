-- A day counts as absent when the pupil missed a session of it and attended none. Days without a possible session, and
-- marks that are missing or refused, neither break the row of days nor lengthen it.
with newest as (
    select
        registers.school_urn,
        max(registers.session_date) as session_date
    from {{ ref("fct_register_completeness") }} as registers
    inner join (
        select distinct
            school_urn,
            session_date
        from {{ ref("int_school_days") }}
    ) as days
        on registers.school_urn = days.school_urn and registers.session_date = days.session_date
    where registers.recorded_marks > 0
    group by registers.school_urn
),

last_attended as (
    select
        pupil_id,
        school_urn,
        max(session_no) filter (where not is_absent) as attended_no
    from {{ ref("int_run_sessions") }}
    where is_possible
    group by pupil_id, school_urn
)

select
    absent.pupil_id,
    absent.school_urn,
    newest.session_date,
    max(absent.academic_year) as academic_year,
    cast(count(distinct absent.session_date) as integer) as day_index,
    min(absent.session_date) as absent_since,
    max(absent.code) filter (where absent.session_date = newest.session_date and absent.session = 'AM') as am_code,
    max(absent.code) filter (where absent.session_date = newest.session_date and absent.session = 'PM') as pm_code,
    bool_or(absent.is_reason_outstanding and absent.session_date = newest.session_date) as is_reason_outstanding
from {{ ref("int_absent_sessions") }} as absent
inner join newest on absent.school_urn = newest.school_urn
left join last_attended
    on absent.pupil_id = last_attended.pupil_id and absent.school_urn = last_attended.school_urn
where
    absent.session_date <= newest.session_date
    -- the afternoon of the day on which the pupil was last seen is not a day of absence
    and absent.session_no > coalesce(last_attended.attended_no - last_attended.attended_no % 2 + 1, 0)
group by absent.pupil_id, absent.school_urn, newest.session_date
having max(absent.session_date) = newest.session_date
