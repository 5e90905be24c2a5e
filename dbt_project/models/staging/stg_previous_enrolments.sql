-- A view, so that a run that builds some slices again reads these alone.
select * from {{ source("previous", "enrolments") }}
