-- every task on the mock's weekdays, as many as its cadence would have; how it stands is decided by a hash
with due as (
  select p.place_type, p.place_key, p.place_name, p.slug, p.place_order, t.*, d.due_day,
    d.due_day > date '{as_of}' as is_next, hash(p.place_key || t.task_id || d.due_day) % 12 as chance
  from rpt_places p
  join read_csv('{seeds}/schedule/tasks.csv', all_varchar = true) t
    on p.place_type = case t.scope when 'network' then 'trust' else 'school' end
  join (select unnest(generate_series(date '{as_of}' - 27, date '{as_of}' + 7, interval 1 day))::date as due_day) d
    on case t.cadence when 'daily' then isodow(d.due_day) <= 5 when 'weekly' then isodow(d.due_day) = 5
      when 'fortnightly' then d.due_day in (date '{as_of}' - 4, date '{as_of}' + 10)
      when 'half_termly' then d.due_day = date '{as_of}' - 7 else d.due_day = date '{as_of}' + 6 end
  where d.due_day <= date '{as_of}' or t.cadence <> 'daily' or d.due_day = date '{as_of}' + 3
),
judged as (
  select *, case when is_next then 'to_come' when done_by = 'release' then if(chance = 0, 'done_late', if(due_day > date '{as_of}' - behind_days, 'late', 'done'))
    when slug <> 'northgate-academy' or slug is null then if(due_day = date '{as_of}', 'due_today', 'not_recorded')
    when due_day = date '{as_of}' then 'due_today' when chance = 0 then 'late' when chance < 3 then 'done_late' else 'done' end as status
  from (select *, case when slug = 'the-harbour-school' then 2 else 0 end as behind_days from due)
)
select place_type, place_key, place_name, slug, place_order, task_id, task_order::int as task_order, title, j.cadence,
  c.cadence_order::int as cadence_order, c.label as cadence_label, r.label as owner_label, due_day::varchar as period_key,
  due_day + due_time::time as due_at, is_next, j.done_by = 'release' as is_made, status, s.status_order::int as status_order,
  s.label as status_label, s.is_late::boolean as is_late, s.is_open::boolean as is_open,
  case status when 'done' then due_day + due_time::time - interval 20 minute when 'done_late' then due_day + due_time::time + interval 95 minute end as done_at,
  case when status in ('done', 'done_late') then r.label end as done_by_label
from judged j
join read_csv('{seeds}/schedule/task_cadences.csv', all_varchar = true) c on c.cadence = j.cadence
join read_csv('{seeds}/schedule/task_statuses.csv', all_varchar = true) s using (status)
join read_csv('{seeds}/schedule/task_roles.csv', all_varchar = true) r on r.role = j.owner
