-- Where to ask: the marks missing from the registers that rpt_missing_registers lists, by form.
with recent as (
    select
        register.*,
        school.school_urn
    from {{ ref("rpt_missing_registers") }} as register
    inner join {{ ref("dim_school") }} as school on register.slug = school.slug
)

select
    recent.slug,
    recent.session_date,
    recent.session,
    recent.session_label,
    coalesce(version.form, 'Not known') as form,
    cast(count(*) as integer) as missing_marks
from recent
inner join {{ ref("fct_sessions") }} as session
    on
        recent.school_urn = session.school_urn
        and recent.session_date = session.session_date
        and recent.session = session.session
        and session.mark_status = 'missing'
left join {{ ref("dim_pupil") }} as version
    on
        session.pupil_key = version.pupil_key
        and session.school_urn = version.school_urn
        and session.session_date >= version.counts_from
        and session.session_date < version.counts_before
group by all
