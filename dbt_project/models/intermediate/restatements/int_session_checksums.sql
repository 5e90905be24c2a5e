-- Equal checksums, equal figures: only what published figures are made of is in them.
select
    school_urn,
    academic_year,
    half_term,
    count(*) as sessions,
    bit_xor(hash(
        pupil_key, session_date, session, term, week_start,
        {{ session_conditions().values() | join(", ") }}
    )) as checksum
from {{ ref("fct_sessions") }}
group by school_urn, academic_year, half_term
