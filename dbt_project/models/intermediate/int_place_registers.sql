select
    place.place_type,
    place.place_key,
    register.period_type,
    register.period_key,
    cast(sum(register.expected_marks) as bigint) as expected_marks,
    cast(sum(register.recorded_marks) as bigint) as recorded_marks,
    cast(sum(register.missing_marks) as bigint) as missing_marks,
    cast(sum(register.quarantined_marks) as bigint) as quarantined_marks
from {{ ref("rpt_registers") }} as register
inner join {{ ref("int_place_schools") }} as place on register.school_urn = place.school_urn
group by all
