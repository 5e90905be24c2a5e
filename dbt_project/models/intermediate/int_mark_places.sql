-- Grain: one row per row of every marks extract, with the one place where it ended (its outcome).
select
    judged.*,
    case
        when judged.reason is not null then 'quarantined'
        when judged.is_no_mark then 'no_mark'
        when judged.duplicate = 'identical' then 'identical_duplicate'
        when held.extract_id is not null then 'held'
        when speaks.extract_id = judged.extract_id then 'applied'
        else 'superseded'
    end as outcome,
    coalesce(speaks.extract_id = judged.extract_id, false) as speaks_for_date
from {{ ref("int_marks_judged") }} as judged
left join {{ ref("int_extract_holds") }} as speaks
    on
        judged.school_urn = speaks.school_urn
        and judged.session_date = speaks.session_date
        and not speaks.is_held
left join {{ ref("int_extract_holds") }} as held
    on judged.extract_id = held.extract_id and judged.school_urn = held.school_urn and held.is_held
