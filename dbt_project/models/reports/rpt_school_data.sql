with extracts as (
    select
        school_urn,
        max(received_at) as newest_received_at,
        max(exported_at) as newest_exported_at,
        cast(count(*) as bigint) as extracts,
        {%- for column in extract_outcomes() %}
        cast(sum({{ column }}) as bigint) as {{ column }},
        {%- endfor %}
        cast(count(*) filter (where review_status = 'awaiting') as bigint) as held_extracts
    from {{ ref("fct_extracts") }}
    group by school_urn
),

newest as (
    select
        register.school_urn,
        cast(count(distinct register.session_date) filter (
            where register.session_date > coalesce(place.newest_marks_date, date '1900-01-01')
        ) as integer) as school_days_behind
    from {{ ref("fct_register_completeness") }} as register
    inner join {{ ref("rpt_places") }} as place on register.school_urn = place.school_urn
    group by register.school_urn
),

outstanding as (
    select
        usage.school_urn,
        cast(sum(usage.sessions) as bigint) as outstanding_reasons
    from {{ ref("fct_code_usage") }} as usage
    inner join {{ ref("rpt_periods") }} as period
        on usage.period_type = period.period_type and usage.period_key = period.period_key and period.is_default
    where
        usage.code in (
            select codes.code
            from {{ ref("dim_attendance_code") }} as codes
            where codes.is_reason_outstanding
        )
    group by usage.school_urn
),

schools as (
    select
        place.slug,
        place.place_name as school_name,
        place.phase,
        place.phase_order,
        place.place_order,
        place.newest_marks_date,
        newest.school_days_behind,
        extracts.*,
        {{ percent("extracts.quarantined", "extracts.rows") }} as quarantined_percent,
        register.missing_marks,
        coalesce(outstanding.outstanding_reasons, 0) as outstanding_reasons,
        case
            when place.newest_marks_date is null then 'no_marks'
            when extracts.held_extracts > 0 then 'held'
            when newest.school_days_behind > 0 then 'behind'
            else 'up_to_date'
        end as status
    from {{ ref("rpt_places") }} as place
    left join extracts on place.school_urn = extracts.school_urn
    left join newest on place.school_urn = newest.school_urn
    left join outstanding on place.school_urn = outstanding.school_urn
    left join {{ ref("rpt_periods") }} as period on period.is_default
    left join {{ ref("rpt_registers") }} as register
        on
            place.school_urn = register.school_urn
            and period.period_type = register.period_type
            and period.period_key = register.period_key
    where place.place_type = 'school'
)

select
    * exclude (school_urn),
    case status
        when 'no_marks' then 'No marks yet'
        when 'held' then 'An extract is held for review'
        when 'behind' then school_days_behind || ' school day' || if(school_days_behind = 1, '', 's') || ' behind'
        else 'Up to date'
    end as status_label,
    false as is_suppressed,
    false as reasons_are_suppressed
from schools
