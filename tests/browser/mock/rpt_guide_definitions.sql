select definition, display_name as definition_label, definition_order, description, coalesce(title, 'Not published') as series_label, d.source
from '{seeds}/definitions/definitions.csv' d left join '{seeds}/benchmark_series.csv' s using (series) where valid_to is null
