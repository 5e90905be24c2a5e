-- Of single schools DfE publishes percentages and no sums, and percentages are not averaged: the figure that stands for
-- the similar schools is the one in their middle. At least half of them must have one.
with neighbours as (
    select
        neighbour.school_urn,
        absence.academic_year,
        absence.measure,
        median(absence.published_percent) as published_percent,
        count(*) as schools,
        max(absence.source_file) as source_file
    from {{ ref("fct_similar_schools") }} as neighbour
    inner join {{ ref("int_published_school_absence") }} as absence on neighbour.neighbour_urn = absence.school_urn
    where neighbour.pool = 'published'
    group by all
),

measures as (
    select distinct measure
    from {{ ref("int_published_school_absence") }}
)

select
    figure.*,
    'similar_schools' as comparator_type,
    case
        when status.similarity_status = 'compared'
            then
                'Median of ' || status.similar_schools_number || ' similar schools (DfE-style, '
                || status.characteristics_used || ' of ' || status.characteristics_of || ' characteristics)'
        else 'Similar schools (DfE-style)'
    end as comparator,
    series.series,
    case
        when neighbours.school_urn is not null then 'DfE, ' || series.title || ': ' || neighbours.source_file
    end as source,
    neighbours.published_percent,
    case
        when status.similarity_status != 'compared' then status.similarity_status
        when not period.is_complete then 'period_running'
        when coalesce(2 * neighbours.schools < status.similar_schools_number, true) then 'not_published'
        when figure.school_percent is null then 'no_school_figure'
        else 'compared'
    end as comparison_status
from {{ ref("int_school_figures") }} as figure
inner join measures on figure.measure = measures.measure
inner join {{ ref("int_similar_statuses") }} as status on figure.school_urn = status.school_urn
left join {{ ref("benchmark_series") }} as series on series.series = 'census'
left join {{ ref("int_school_periods") }} as period
    on
        figure.school_urn = period.school_urn
        and figure.period_type = period.period_type
        and figure.period_key = period.period_key
left join neighbours
    on
        figure.school_urn = neighbours.school_urn
        and figure.academic_year = neighbours.academic_year
        and figure.measure = neighbours.measure
where figure.period_type = 'year' and figure.cohort_dimension = 'all'
