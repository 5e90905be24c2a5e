{{ config(materialized="view") }}
-- Grain: one row per row of every marks extract, with the one place where it ended (its outcome).
select
    judged.*,
    case
        when judged.reason is not null then 'quarantined'
        when judged.is_no_mark then 'no_mark'
        when judged.is_repeated then 'identical_duplicate'
        when held.extract_no is not null then 'held'
        when speaks.extract_no = judged.extract_no then 'applied'
        else 'superseded'
    end as outcome,
    coalesce(speaks.extract_no = judged.extract_no, false) as speaks_for_date
from {{ ref("int_marks_judged") }} as judged
left join {{ ref("int_extract_holds") }} as speaks
    on
        judged.school_urn = speaks.school_urn
        and judged.session_date = speaks.session_date
        and not speaks.is_held
left join {{ ref("int_extract_holds") }} as held
    on judged.extract_no = held.extract_no and held.is_held
