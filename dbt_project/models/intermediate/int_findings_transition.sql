-- Grain: one row per school and finding about year6 extracts: pupils who are not there, totals that do not agree.
with told as (
    select
        year6.*,
        cast(extracts.exported_at as date) as exported_on,
        trust.as_of
    from {{ ref("int_year6_rows") }} as year6
    inner join {{ ref("stg_extracts") }} as extracts
        on year6.extract_id = extracts.extract_id and year6.slug = extracts.slug
    cross join {{ ref("stg_trust") }} as trust
    where year6.is_newest
)

select
    told.school_urn,
    'year6_pupil_not_enrolled' as finding,
    'warn' as severity,
    min(told.exported_on) as first_date,
    max(told.exported_on) as last_date,
    count(*) as rows
from told
inner join {{ ref("fct_transition") }} as passage
    on
        told.transition = passage.transition
        and told.pupil_key = passage.pupil_key
        and told.school_urn = passage.school_urn
        and told.academic_year = passage.academic_year
where
    passage.match_status = 'not_enrolled'
    -- before the later year starts nobody can be there
    and told.academic_year <= {{ academic_year("told.as_of") }}
group by told.school_urn
union all
select
    told.school_urn,
    'year6_totals_disagree',
    'warn',
    min(told.exported_on),
    max(told.exported_on),
    count(*)
from told
where not told.do_totals_agree
group by told.school_urn
