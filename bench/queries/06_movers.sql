-- Pupils who have been on the roll of more than one school of the trust, and their attendance at each.
select b.pupil_key, b.school_urn, b.academic_year, b.possible_sessions, b.attended_sessions
from marts.fct_bands as b
where
    b.period_type = 'year'
    and b.pupil_key in (select pupil_key from marts.dim_pupil group by pupil_key having count(distinct school_urn) > 1)
order by b.pupil_key, b.academic_year, b.school_urn
