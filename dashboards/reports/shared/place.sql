-- The school that the report is about, or the trust.
select *
from rollcall.rpt_places
where slug = $slug or ($slug is null and place_type = 'trust')
