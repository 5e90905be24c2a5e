select
    absence_band,
    cast(band_order as integer) as band_order,
    display_label as band_label,
    attendance_label,
    status as band_status_label,
    cast(low_percent as double) as low_percent,
    cast(high_percent as double) as high_percent
from {{ ref("absence_bands") }}
