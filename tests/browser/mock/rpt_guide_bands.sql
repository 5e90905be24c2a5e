select absence_band, band_order::int as band_order, display_label as band_label, attendance_label, status as band_status_label, low_percent::double as low_percent, high_percent::double as high_percent
from '{seeds}/absence_bands.csv'
