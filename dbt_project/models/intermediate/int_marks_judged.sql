-- Grain: one row per row of every marks extract, with its one reason for refusal, if any (the contract's order), and
-- whether it says that there is no mark. A row that finds its expected session needs no further question of roll or
-- calendar; only the few that do not are asked why.
-- depends_on: {{ ref("int_mark_slices") }} (a run builds this table by its slices)
with marks as (
    select
        extracts.extract_no,
        extracts.school_urn,
        {{ year_of_mark("stg.session_date", "extracts.exported_at") }} as academic_year,
        stg.row_id,
        stg.source_row,
        pupils.pupil_id,
        stg.session_date,
        stg.session,
        stg.code,
        stg.is_blank,
        stg.minutes_late,
        stg.row_reason,
        stg.code_reason,
        stg.duplicate,
        spine.pupil_id is not null as is_expected,
        stg.session_date > trust.as_of and stg.session_date > cast(extracts.exported_at as date) as is_future,
        coalesce(closures.is_closure, false) as is_closure_code
    from {{ ref("stg_marks") }} as stg
    cross join {{ ref("stg_trust") }} as trust
    left join {{ ref("stg_extracts") }} as extracts
        on stg.extract_id = extracts.extract_id and stg.slug is not distinct from extracts.slug
    left join {{ ref("int_pupils") }} as pupils on stg.pupil_key = pupils.pupil_key
    left join {{ ref("int_spine") }} as spine
        on
            pupils.pupil_id = spine.pupil_id
            and extracts.school_urn = spine.school_urn
            and stg.session_date = spine.session_date
            and stg.session = spine.session
    left join (
        select
            codes.code,
            true as is_closure
        from {{ ref("attendance_codes") }} as codes
        where codes.is_planned_closure
        group by codes.code
    ) as closures on stg.code = closures.code
),

off_roll as (
    select
        marks.extract_no,
        marks.row_id
    from marks
    left join {{ ref("int_roll") }} as roll
        on
            marks.pupil_id = roll.pupil_id
            and marks.school_urn = roll.school_urn
            and marks.session_date between roll.entry_date and roll.leaving_date
    where
        marks.row_reason is null
        and not marks.is_expected
        and roll.pupil_id is null
),

reasoned as (
    select
        marks.*,
        case
            when marks.row_reason is not null then marks.row_reason
            when marks.is_blank then null
            when marks.is_future then 'future_date'
            when marks.pupil_id is null then 'unknown_pupil'
            when off_roll.row_id is not null then 'not_on_roll'
            when not marks.is_expected and marks.is_closure_code then null
            when not marks.is_expected then 'not_a_school_day'
            when marks.code_reason is not null then marks.code_reason
            when marks.duplicate = 'conflicting' then 'conflicting_duplicate'
        end as reason
    from marks
    left join off_roll on marks.extract_no = off_roll.extract_no and marks.row_id = off_roll.row_id
)

select
    extract_no,
    school_urn,
    academic_year,
    row_id,
    source_row,
    pupil_id,
    session_date,
    session,
    code,
    minutes_late,
    coalesce(duplicate = 'identical', false) as is_repeated,
    is_expected,
    reason,
    reason is null and (is_blank or (is_closure_code and not is_expected)) as is_no_mark
from reasoned
