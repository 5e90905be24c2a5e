select measure, display_name as measure_label, short_name, measure_order::int as measure_order, better, definition, source
from '{seeds}/reports/measure_definitions.csv'
