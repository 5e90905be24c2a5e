-- Grain: one row per refused row of any extract, with its one reason.
select
    extracts.extract_id,
    extracts.slug,
    cast('marks' as varchar) as kind,
    judged.row_id,
    judged.source_row,
    judged.reason,
    judged.session_date
from {{ ref("int_marks_judged") }} as judged
left join {{ ref("stg_extracts") }} as extracts on judged.extract_no = extracts.extract_no
where judged.reason is not null
{%- for kind in ["pupils", "calendar", "year6"] %}
union all
select
    {{ kind }}.extract_id,
    {{ kind }}.slug,
    '{{ kind }}',
    {{ kind }}.row_id,
    {{ kind }}.source_row,
    coalesce({{ kind }}.row_reason, 'conflicting_duplicate'),
    null
from {{ ref("stg_" ~ kind) }} as {{ kind }}
where
    {{ kind }}.row_reason is not null
    or {{ kind }}.duplicate = 'conflicting'
{%- endfor %}
union all
select
    amendments.extract_id,
    amendments.slug,
    'amendments',
    amendments.row_id,
    amendments.source_row,
    amendments.reason,
    null
from {{ ref("int_amendment_rows") }} as amendments
where amendments.reason is not null
union all
select
    refused.extract_id,
    refused.slug,
    refused.kind,
    refused.row_id,
    refused.source_row,
    refused.row_reason,
    null
from {{ ref("stg_refused") }} as refused
union all
-- Of a published file a row has as many figures as are of use, of a refused one none.
select distinct
    benchmarks.extract_id,
    benchmarks.slug,
    'benchmarks',
    benchmarks.row_id,
    benchmarks.source_row,
    coalesce(benchmarks.row_reason, 'conflicting_duplicate'),
    null
from {{ ref("stg_benchmarks") }} as benchmarks
where
    benchmarks.row_reason is not null
    or benchmarks.duplicate = 'conflicting'
