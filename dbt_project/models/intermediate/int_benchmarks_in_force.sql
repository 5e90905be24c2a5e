-- Of several files with the same figure the one that goes to the later day counts, then the one that came later. School
-- characteristics have no window: there a phase's newest file speaks for all schools.
with files as (
    select distinct
        extract_id,
        file_name,
        exported_at,
        received_at
    from {{ ref("stg_extracts") }}
    where kind = 'benchmarks'
)

select
    benchmark.extract_id,
    benchmark.row_id,
    benchmark.dataset,
    benchmark.academic_year,
    benchmark.time_window,
    benchmark.geography_level,
    benchmark.geography_code,
    benchmark.geography_name,
    benchmark.school_phase,
    benchmark.figure,
    benchmark.value,
    benchmark.as_published_to,
    files.file_name as source,
    files.exported_at
from {{ ref("stg_benchmarks") }} as benchmark
inner join files on benchmark.extract_id = files.extract_id
where
    benchmark.figure is not null
    and benchmark.row_reason is null
    and benchmark.duplicate is null
qualify
    rank() over (
        partition by
            benchmark.dataset,
            case when benchmark.dataset != 'school_values' then benchmark.geography_code end,
            case when benchmark.dataset != 'school_absence' then benchmark.school_phase end,
            benchmark.academic_year, benchmark.time_window, benchmark.geography_level
        order by
            coalesce(benchmark.as_published_to, date '9999-12-31') desc, files.exported_at desc, files.received_at desc,
            benchmark.extract_id asc
    ) = 1
