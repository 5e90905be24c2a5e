{#-
    Variance of the logarithm of a representation index, (A_g / A) / (P_g / P), over pupils: absence A and possible
    sessions P of a group g within its school. Linearised (Woodruff 1971; Binder 1983, ultimate clusters): each pupil
    moves the logarithm by z = a (in g / A_g - 1 / A) - p (in g / P_g - 1 / P), the z sum to nothing, and the variance
    is n / (n - 1) x sum of z squared, which opens into sums of a a, a p and p p within the group and in the rest. From
    the columns of fct_vulnerable_groups: a group's sums under their names, the school's with `school_` before them.
-#}
{%- macro representation_variance(r) -%}
    {%- set a = "1e0 / nullif(" ~ r ~ ".school_absent_sessions, 0)" -%}
    {%- set p = "1e0 / nullif(" ~ r ~ ".school_possible_sessions, 0)" -%}
    {%- set a_in_group = "(1e0 / nullif(" ~ r ~ ".absent_sessions, 0) - " ~ a ~ ")" -%}
    {%- set p_in_group = "(1e0 / nullif(" ~ r ~ ".possible_sessions, 0) - " ~ p ~ ")" -%}
    (
        {{ r }}.school_pupils / nullif({{ r }}.school_pupils - 1e0, 0) * greatest(
            {{ a_in_group }} * {{ a_in_group }} * {{ r }}.absent_squared
            - 2 * {{ a_in_group }} * {{ p_in_group }} * {{ r }}.absent_by_possible
            + {{ p_in_group }} * {{ p_in_group }} * {{ r }}.possible_squared
            + ({{ a }}) * ({{ a }}) * ({{ r }}.school_absent_squared - {{ r }}.absent_squared)
            - 2 * ({{ a }}) * ({{ p }}) * ({{ r }}.school_absent_by_possible - {{ r }}.absent_by_possible)
            + ({{ p }}) * ({{ p }}) * ({{ r }}.school_possible_squared - {{ r }}.possible_squared),
            0
        )
    )
{%- endmacro -%}

{#-
    Variance of a rate, sum x / sum p, over n pupils: n / (n - 1) x sum of (x - rate p) squared / (sum p) squared,
    opened into sums of x x, x p and p p. The same linearisation as above.
-#}
{%- macro rate_variance(n, x, p, xx, xp, pp) -%}
    {%- set rate = "(" ~ x ~ ") / nullif(cast(" ~ p ~ " as double), 0)" -%}
    (
        {{ n }} / nullif({{ n }} - 1e0, 0) * greatest(
            {{ xx }} - 2 * ({{ rate }}) * ({{ xp }}) + ({{ rate }}) * ({{ rate }}) * ({{ pp }}), 0
        ) / nullif(cast({{ p }} as double) * ({{ p }}), 0)
    )
{%- endmacro -%}

{#-
    Variance of the difference of two rates of the same n pupils, sum a / sum p - sum b / sum q: each pupil moves it by
    (a - r p) / P - (b - s q) / Q. From columns a, p, b, q and their products in relation r.
-#}
{%- macro paired_rates_variance(n, r) -%}
    {%- set c = {
        "a": "(1e0 / nullif(" ~ r ~ ".p, 0))",
        "p": "(-" ~ r ~ ".a / nullif(" ~ r ~ ".p * " ~ r ~ ".p, 0))",
        "b": "(-1e0 / nullif(" ~ r ~ ".q, 0))",
        "q": "(" ~ r ~ ".b / nullif(" ~ r ~ ".q * " ~ r ~ ".q, 0))",
    } -%}
    (
        {{ n }} / nullif({{ n }} - 1e0, 0) * greatest(
            {%- for x in ["a", "p", "b", "q"] %}
            {%- set outer = loop %}
            {%- for y in ["a", "p", "b", "q"][loop.index0:] %}
            {{ "+ " if not (outer.first and loop.first) }}{{ "2 * " if x != y -}}
            {{ c[x] }} * {{ c[y] }} * {{ r }}.{{ x }}{{ y }}
            {%- endfor %}
            {%- endfor %}
            , 0
        )
    )
{%- endmacro -%}


{#-
    A limit, in percent, of the interval of a rate from its parts alone (Wilson 1927): `side` is + or -. Sessions that
    go together count as one event: the effective number is denominator / dispersion (1 for pupils). Never outside 0 to
    100, and wide where numbers are small.
-#}
{%- macro rate_limit(numerator, denominator, dispersion, standard_errors, side) -%}
    {%- set n = "(cast(" ~ denominator ~ " as double) / " ~ dispersion ~ ")" -%}
    {%- set r = "(cast(" ~ numerator ~ " as double) / " ~ denominator ~ ")" -%}
    {%- set z = standard_errors -%}
    (
        100 * (
            {{ r }} + pow({{ z }}, 2) / (2 * {{ n }})
            {{ side }} {{ z }} * sqrt({{ r }} * (1 - {{ r }}) / {{ n }} + pow({{ z }} / (2 * {{ n }}), 2))
        ) / (1 + pow({{ z }}, 2) / {{ n }})
    )
{%- endmacro -%}
