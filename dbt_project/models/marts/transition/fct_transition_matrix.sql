select
    school_urn,
    transition,
    academic_year,
    coalesce(earlier_absence_band, 'none') as earlier_absence_band,
    coalesce(absence_band, 'none') as absence_band,
    cast(count(*) as integer) as pupils
from {{ ref("fct_transition") }}
where match_status != 'not_enrolled'
group by all
