select
    code.code,
    code.description,
    code.valid_from,
    code.valid_to,
    code.valid_from <= trust.as_of and coalesce(code.valid_to >= trust.as_of, true) as is_current,
    code.statistical_category,
    category.display_name as category_label,
    cast(category.category_order as integer) as category_order,
    category.counts_as,
    code.is_possible,
    code.is_attended,
    code.is_absent,
    code.is_late,
    code.is_reason_outstanding,
    cast(row_number() over (order by category.category_order, code.code, code.valid_from) as integer) as code_order
from {{ ref("dim_attendance_code") }} as code
cross join {{ ref("stg_trust") }} as trust
left join {{ ref("statistical_categories") }} as category on code.statistical_category = category.statistical_category
