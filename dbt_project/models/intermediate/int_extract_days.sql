-- Grain: one row per marks extract, school and date that it has usable or blank rows for, with the marks it brings.
select
    registers.extract_no,
    registers.school_urn,
    extracts.export_order,
    registers.session_date,
    cast(sum(registers.marks) as bigint) as marks
from {{ ref("int_extract_registers") }} as registers
inner join {{ ref("stg_extracts") }} as extracts on registers.extract_no = extracts.extract_no
group by registers.extract_no, registers.school_urn, extracts.export_order, registers.session_date
