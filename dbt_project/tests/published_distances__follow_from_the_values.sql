-- What: the formula and the primary weights give the distances that DfE publishes, to a billionth.
-- When it matters: similar schools are called DfE-style because of this, and of nothing else.
-- How to mend: make the seeds again with scripts/make_similar_schools.py; if it stops, DfE has changed its formula.
with given as (
    select
        pairs.school_urn,
        pairs.neighbour_urn,
        any_value(pairs.distance) as distance,
        sqrt(sum({{ squared_weighted_difference("weight.weight", "here.value", "there.value") }})) as own_distance
    from {{ ref("published_distances") }} as pairs
    inner join {{ ref("int_published_school_values") }} as here
        on pairs.school_urn = here.school_urn and here.school_phase = 'primary'
    inner join {{ ref("int_published_school_values") }} as there
        on
            pairs.neighbour_urn = there.school_urn
            and here.school_phase = there.school_phase
            and here.characteristic = there.characteristic
    inner join {{ ref("similar_school_weights") }} as weight
        on
            here.school_phase = weight.school_phase
            and here.characteristic = weight.characteristic
            and weight.valid_to is null
    group by pairs.school_urn, pairs.neighbour_urn
)

select
    pairs.school_urn,
    pairs.neighbour_urn,
    pairs.distance,
    given.own_distance
from {{ ref("published_distances") }} as pairs
left join given on pairs.school_urn = given.school_urn and pairs.neighbour_urn = given.neighbour_urn
where coalesce(abs(pairs.distance - given.own_distance) > 1e-9, true)
