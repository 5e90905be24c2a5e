-- What: registers expected are complete, partial or missing, a year's are those of fct_register_completeness, and a
--   late register has come after an export that should have held it.
-- When it matters: the share of registers on time is what schools are asked about.
-- How to mend: look for a register without a status in fct_register_completeness, or a day outside every half term.
select
    school_urn,
    period_type,
    period_key
from {{ ref("fct_register_compliance") }}
where
    registers_expected <> registers_complete + registers_partial + registers_missing
    or registers_on_time > registers_expected - registers_missing
union all
select
    school_urn,
    'register',
    cast(session_date as varchar)
from {{ ref("fct_register_completeness") }}
where is_late and not coalesce(first_recorded_at >= first_covered_at, false)
union all
select
    years.school_urn,
    'year',
    years.academic_year
from {{ ref("fct_register_compliance") }} as years
left join (
    select
        school_urn,
        academic_year,
        count(*) as registers
    from {{ ref("fct_register_completeness") }}
    group by school_urn, academic_year
) as registers
    on years.school_urn = registers.school_urn and years.academic_year = registers.academic_year
where years.period_type = 'year' and years.registers_expected is distinct from registers.registers
