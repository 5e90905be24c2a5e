-- An extract of several schools has a row for each; file names stay out: they may name a pupil.
select
    extract.extract_id,
    extract.school_urn,
    coalesce(place.place_name, 'Of no known school') as school_name,
    place.slug,
    place.place_order,
    extract.kind,
    extract.exported_at,
    extract.received_at,
    extract.first_date,
    extract.last_date,
    {%- for column in extract_outcomes() %}
    cast(extract.{{ column }} as bigint) as {{ column }},
    {%- endfor %}
    case
        when extract.problem is not null then 'Refused as a whole'
        when extract.review_status = 'awaiting' then 'Held for review'
        when extract.held > 0 then 'Held'
        when extract.quarantined > 0 then 'Used, some rows refused'
        when extract.applied > 0 then 'Used'
        else 'Nothing in force'
    end as status_label
from {{ ref("fct_extracts") }} as extract
left join {{ ref("int_place_schools") }} as place
    on extract.school_urn = place.school_urn and place.place_type = 'school'
