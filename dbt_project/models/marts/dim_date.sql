-- Whole academic years: from the first in a school's calendar to the last, or the one the figures speak for.
with bounds as (
    select
        make_date(min({{ start_year("half_term.academic_year") }}), 8, 1) as first_day,
        make_date(greatest(
            max({{ start_year("half_term.academic_year") }}), max({{ start_year(academic_year("trust.as_of")) }})
        ) + 1, 7, 31) as last_day
    from {{ ref("int_half_terms") }} as half_term
    cross join {{ ref("stg_trust") }} as trust
),

days as (
    {{ date_series("first_day", "last_day") | indent(4) }}
    from bounds
)

select
    days.calendar_date,
    {{ academic_year("days.calendar_date") }} as academic_year,
    cast(date_trunc('week', days.calendar_date) as date) as week_start,
    cast(isodow(days.calendar_date) as integer) as weekday_number,
    dayname(days.calendar_date) as weekday,
    cast(month(days.calendar_date) as integer) as month_number,
    monthname(days.calendar_date) as month_name,
    isodow(days.calendar_date) > 5 as is_weekend,
    holiday.bank_holiday is not null as is_bank_holiday
from days
left join {{ ref("bank_holidays") }} as holiday on days.calendar_date = holiday.bank_holiday
