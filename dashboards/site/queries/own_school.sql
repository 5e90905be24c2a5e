select place_name, phase, phase_label, la_name, region_name, strftime(newest_marks_date, '%-d %B %Y') as newest_marks
from rpt_places
where place_type = 'school' and slug = '${params.slug}'
