-- The order of the reasons is the contract's, as for marks. A newer extract that repeats a row takes its place: schools
-- send their whole book of amendments again and again.
with read_rows as (
    select
        amendments.*,
        extracts.extract_no,
        extracts.school_urn,
        extracts.exported_at,
        extracts.export_order,
        pupils.pupil_id,
        coalesce(amendments.row_reason, amendments.duplicate) is null as is_candidate,
        amendments.session_date > greatest(trust.as_of, cast(extracts.exported_at as date)) as is_future
    from {{ ref("stg_amendments") }} as amendments
    cross join {{ ref("stg_trust") }} as trust
    inner join {{ ref("stg_extracts") }} as extracts
        on amendments.extract_id = extracts.extract_id and amendments.slug = extracts.slug
    left join {{ ref("int_pupils") }} as pupils on amendments.pupil_key = pupils.pupil_key
),

-- distinct: what is asked is only whether there is one
expected as (
    select distinct
        read_rows.extract_no,
        read_rows.row_id
    from read_rows
    inner join {{ ref("int_spine") }} as spine
        on
            read_rows.pupil_id = spine.pupil_id
            and read_rows.school_urn = spine.school_urn
            and read_rows.session_date = spine.session_date
            and read_rows.session = spine.session
),

on_roll as (
    select distinct
        read_rows.extract_no,
        read_rows.row_id
    from read_rows
    inner join {{ ref("int_roll") }} as roll
        on
            read_rows.pupil_id = roll.pupil_id
            and read_rows.school_urn = roll.school_urn
            and read_rows.session_date between roll.entry_date and roll.leaving_date
),

reasoned as (
    select
        read_rows.*,
        case
            when read_rows.row_reason is not null then read_rows.row_reason
            when read_rows.is_future then 'future_date'
            when read_rows.pupil_id is null then 'unknown_pupil'
            when on_roll.row_id is null then 'not_on_roll'
            when expected.row_id is null then 'not_a_school_day'
            else read_rows.code_reason
        end as reason
    from read_rows
    left join expected on read_rows.extract_no = expected.extract_no and read_rows.row_id = expected.row_id
    left join on_roll on read_rows.extract_no = on_roll.extract_no and read_rows.row_id = on_roll.row_id
),

repeated as (
    select
        reasoned.*,
        row_number() over (
            partition by
                reasoned.school_urn, reasoned.pupil_id, reasoned.session_date, reasoned.session, reasoned.original_code,
                reasoned.is_original_known, reasoned.amended_code, reasoned.amended_at, reasoned.reason,
                reasoned.is_candidate
            order by reasoned.export_order desc, reasoned.row_id asc
        ) as repetition
    from reasoned
)

select
    repeated.extract_id,
    repeated.extract_no,
    repeated.slug,
    repeated.school_urn,
    repeated.exported_at,
    repeated.export_order,
    repeated.row_id,
    repeated.source_row,
    repeated.pupil_key,
    repeated.pupil_id,
    repeated.session_date,
    repeated.session,
    repeated.original_code,
    repeated.is_original_known,
    repeated.amended_code,
    repeated.amended_at,
    repeated.staff_role,
    repeated.has_reason,
    repeated.has_name,
    repeated.reason,
    case
        when repeated.reason is not null then 'quarantined'
        when repeated.duplicate is not null then 'identical_duplicate'
        when repeated.repetition > 1 then 'superseded'
        else 'applied'
    end as outcome
from repeated
