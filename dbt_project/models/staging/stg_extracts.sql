select
    -- a short name of the extract's share for one school, the same in every build
    {{ short_name(["extracts.extract_id", "coalesce(extracts.slug, '')"]) }} as extract_no,
    extracts.extract_id,
    extracts.inbox,
    extracts.slug,
    schools.school_urn,
    extracts.kind,
    extracts.file_name,
    extracts.sha256,
    extracts.exported_at,
    extracts.received_at,
    extracts.layout,
    extracts.rows,
    extracts.refused_rows,
    extracts.unread_values,
    extracts.unfit_upns,
    extracts.problem,
    decisions.decision,
    -- the order in which a school's extracts count: export stamp, then file name (then content, to be certain)
    row_number() over (
        partition by extracts.slug, extracts.kind
        order by extracts.exported_at, extracts.file_name, extracts.extract_id
    ) as export_order
from {{ source("reference", "extracts") }} as extracts
left join {{ source("reference", "schools") }} as schools on extracts.slug = schools.slug
left join {{ ref("stg_decisions") }} as decisions
    on extracts.extract_id = decisions.extract_id and extracts.slug = decisions.slug
