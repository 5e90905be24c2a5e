-- Who is persistently absent or at risk of it, by name; nobody in a view that sees no pupils.
select
    pupil_id, sort_name, form, days_absent, overall_absence_percent, band_status_label, sessions_to_recover, main_reasons
from rollcall.rpt_pupils
where slug = $slug and is_listed and is_on_roll
order by overall_absence_percent desc, sort_name, pupil_id
