{#-
    How many sessions lie between a pupil and a threshold of absence, in whole numbers. A threshold in percent becomes
    ten-thousandths, so that 10 or 12.5 is exact; with T ten-thousandths of a percent, absent for at least the threshold
    is 1,000,000 x absent >= T x possible.
-#}
{%- macro ten_thousandths(threshold) -%}
    cast(round(cast({{ threshold }} as decimal(9, 4)) * 10000) as bigint)
{%- endmacro -%}

{#- How far below a threshold: positive below it, zero on it, negative above. -#}
{%- macro room_below(absent, possible, threshold) -%}
    ({{ ten_thousandths(threshold) }} * cast({{ possible }} as bigint) - 1000000 * cast({{ absent }} as bigint))
{%- endmacro -%}

{#-
    The most sessions k that can be missed one after another from now without reaching the threshold: the largest k with
    absent + k below it in possible + k. NULL where it is reached already.
-#}
{%- macro sessions_before(absent, possible, threshold) -%}
    case
        when {{ room_below(absent, possible, threshold) }} > 0 and {{ ten_thousandths(threshold) }} < 1000000
            then cast(
                ({{ room_below(absent, possible, threshold) }} - 1) // (1000000 - {{ ten_thousandths(threshold) }})
                as integer
            )
    end
{%- endmacro -%}

{#-
    The most of the remaining sessions that can be missed if all the others are attended: the largest k with absent + k
    below the threshold in possible + remaining. NULL where attending all of them is not enough.
-#}
{%- macro sessions_before_of_remaining(absent, possible, remaining, threshold) -%}
    {%- set room = room_below(absent, possible ~ " + " ~ remaining, threshold) -%}
    case
        when {{ room }} > 0 then cast(least(({{ room }} - 1) // 1000000, {{ remaining }}) as integer)
    end
{%- endmacro -%}

{#- The fewest sessions in a row to attend until absence is below the threshold; 0 where it is already. -#}
{%- macro sessions_to_get_below(absent, possible, threshold) -%}
    case
        when {{ room_below(absent, possible, threshold) }} > 0 then 0
        else cast(-{{ room_below(absent, possible, threshold) }} // {{ ten_thousandths(threshold) }} + 1 as integer)
    end
{%- endmacro -%}
