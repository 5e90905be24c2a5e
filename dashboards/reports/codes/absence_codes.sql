-- Codes that are absence in their newest meaning.
select code
from rollcall.rpt_guide_codes
where is_absent
qualify row_number() over (partition by code order by valid_from desc) = 1
order by code
