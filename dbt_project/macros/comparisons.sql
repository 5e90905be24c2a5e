{#-
    How a figure stands to the one it is compared with: better or worse when the whole interval is on that side of it,
    else level; NULL without something to compare with. `better` is an expression that says higher or lower.
-#}
{%- macro standing(low, high, compared, better) -%}
    case
        when {{ compared }} is null or {{ low }} is null then null
        when {{ low }} > {{ compared }} then if({{ better }} = 'higher', 'better', 'worse')
        when {{ high }} < {{ compared }} then if({{ better }} = 'higher', 'worse', 'better')
        else 'level'
    end
{%- endmacro -%}
