-- The day that a change is about decides its period, not the day on which it was seen.
with dated as (
    select
        changes.*,
        {{ academic_year("changes.session_date") }} as academic_year,
        half_terms.half_term,
        half_terms.term,
        cast(date_trunc('week', changes.session_date) as date) as week_start
    from {{ ref("fct_amendments") }} as changes
    left join {{ ref("int_half_terms") }} as half_terms
        on
            changes.school_urn = half_terms.school_urn
            and changes.session_date between half_terms.span_start and half_terms.span_end
),

counted as (
    {% for period_type in period_types() -%}
    select
        dated.school_urn,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "dated") }} as period_key,
        dated.change_kind,
        count(*) as changes,
        count(*) filter (where dated.needs_document) as to_document,
        count(*) filter (where dated.needs_document and dated.is_documented) as documented,
        count(*) filter (where dated.needs_document and dated.is_documented and dated.has_name and dated.has_reason)
            as documented_in_full,
        cast(sum(dated.days_after) as bigint) as days
    from dated
    group by all
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    place.place_type,
    place.place_key,
    place.place_name,
    place.slug,
    counted.period_type,
    counted.period_key,
    counted.change_kind,
    kinds.display_name as change_label,
    kinds.change_kind_order as change_order,
    counted.changes,
    counted.to_document,
    counted.documented,
    counted.documented_in_full,
    counted.days,
    cast(counted.days as double) / counted.changes as average_days
from counted
inner join {{ ref("int_place_schools") }} as place
    on counted.school_urn = place.school_urn and place.place_type = 'school'
left join {{ ref("change_kinds") }} as kinds on counted.change_kind = kinds.change_kind
where counted.period_key is not null
