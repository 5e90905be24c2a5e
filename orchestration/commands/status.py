"""`rollcall status` and `rollcall alerts`: how things stand today, and whether people would hear of it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.commands.common import (
    CommandError,
    JsonOption,
    TrustOption,
    as_rows,
    console,
    print_json,
    print_table,
    records,
    trust_dir,
)

if TYPE_CHECKING:
    from ingestion.trust import Trust, TrustFolder

# One row for each school of the trust, with or without data.
_SCHOOLS = """
with newest as (
    select school_urn, max(session_date) filter (where recorded_marks > 0) as newest_marks,
        max(session_date) as last_session
    from marts.fct_register_completeness group by school_urn
),
missing as (
    select register.school_urn, count(*) filter (where register.recorded_marks = 0) as empty,
        sum(register.missing_marks) as missing_marks
    from marts.fct_register_completeness as register
    inner join newest using (school_urn)
    where register.session_date > newest.last_session - interval 28 day and register.missing_marks > 0
    group by register.school_urn
),
extracts as (
    select school_urn, count(*) as extracts, sum(quarantined) as quarantined,
        count(*) filter (where review_status = 'awaiting') as held_extracts, max(received_at) as last_received
    from marts.fct_extracts group by school_urn
)
select school.slug as school, school.school_name, newest.newest_marks, extracts.last_received,
    coalesce(missing.empty, 0) as empty_registers,
    cast(coalesce(missing.missing_marks, 0) as bigint) as missing_marks,
    cast(coalesce(extracts.quarantined, 0) as bigint) as quarantined_rows,
    coalesce(extracts.held_extracts, 0) as held_extracts
from marts.dim_school as school
left join newest using (school_urn)
left join missing using (school_urn)
left join extracts using (school_urn)
order by school.slug
"""
_OF_FRESHNESS = ("school_days_since_marks", "newest_pupils", "freshness", "freshness_label", "overdue", "what_to_do")


def status(trust: TrustOption = None, as_json: JsonOption = False) -> int:
    """How things stand today: per school the newest data and what is overdue; the release, the runs, what waits."""
    from ingestion.trust import TrustFolder, load_trust

    root = trust_dir(trust)
    found = state_of_things(load_trust(root), TrustFolder(root))
    if as_json:
        print_json(found)
    else:
        _tell(found)
    return 0


def state_of_things(trust: Trust, folder: TrustFolder) -> dict[str, Any]:
    """What `rollcall status --json` prints; docs/runbook.md names the fields. Overdue is counted to today."""
    from orchestration.alerts import undelivered
    from orchestration.freshness import awaiting_review
    from orchestration.release import current_release, manifest_of, releases

    release = current_release(folder)
    manifest = manifest_of(release) if release else None
    told = ("release_id", "as_of", "finished_at", "dashboards")
    schools = _schools(release, trust.as_of) if release else []
    waits = dict(_waiting(folder.inbox))
    summaries = list(_summaries(folder.runs))
    succeeded = next((one for one in summaries if one.get("outcome") == "published"), None)
    return {
        "trust": trust.name,
        "day": trust.as_of,
        "release": {**{key: manifest.get(key) for key in told}, "age_days": _age(manifest)} if manifest else None,
        "releases": releases(folder),
        "last_run": _run(summaries[0]) if summaries else None,
        "last_success": _run(succeeded) if succeeded else None,
        "schools": schools,
        "overdue": [row["school"] for row in schools if row.get("overdue")],
        "awaiting_review": awaiting_review(release) if release else [],
        "tasks": _tasks(release, trust, folder) if release else None,
        "waiting": {inbox: count for inbox, (count, _) in waits.items()},
        "waiting_since": {inbox: since for inbox, (_, since) in waits.items()},
        "disk": _disk(folder.root),
        "alerts": {"set": trust.alerts.wanted, "undelivered": undelivered(folder)},
    }


def _tasks(release: Path, trust: Trust, folder: TrustFolder) -> dict[str, Any]:
    """How the tasks of the last weeks stand at this moment: per place, and those late, due today and done today."""
    from orchestration.commands.task import LISTED_AHEAD, tasks_now
    from orchestration.tasks import by_place

    found, now = tasks_now(release, trust, folder, ahead=LISTED_AHEAD)
    told = ("task_id", "title", "school", "period_key", "due_at", "done_at", "done_by")

    def of(status: str) -> list[dict[str, Any]]:
        return [{name: task[name] for name in told} for task in found if task["status"] == status]

    # what a first release makes up for is not told as the day's work
    counts = [task for task in found if task["done_at"] is not None and (task["is_judged"] or not task["is_made"])]
    done = [task for task in counts if task["done_at"].date() == now.date()]
    return {
        "judged_at": now.isoformat(),
        "places": by_place(found),
        "late": of("late"),
        "due_today": of("due_today"),
        "done_today": [{name: task[name] for name in told} for task in done],
    }


def _schools(release: Path, day: dt.date) -> list[dict[str, Any]]:
    import duckdb

    from orchestration.freshness import freshness
    from orchestration.release import WAREHOUSE

    fresh = {row["school"]: row for row in freshness(release, day)}
    with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:
        rows = records(warehouse, _SCHOOLS)
    return [{**row, **{name: fresh.get(row["school"], {}).get(name) for name in _OF_FRESHNESS}} for row in rows]


def _waiting(inbox: Path) -> Iterator[tuple[str, tuple[int, str]]]:
    """Per inbox how many files lie in it, and since when the oldest."""
    if not inbox.is_dir():
        return
    for folder in sorted(path for path in inbox.iterdir() if path.is_dir()):
        times = [path.stat().st_mtime for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
        if times:
            yield folder.name, (len(times), dt.datetime.fromtimestamp(min(times)).isoformat(timespec="seconds"))


def _summaries(runs: Path) -> Iterator[dict[str, Any]]:
    """The summaries of runs, newest first; one that cannot be read is passed over."""
    for path in sorted(runs.glob("[0-9]*.json"), reverse=True):
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(found, dict):
            yield found


def _run(summary: dict[str, Any]) -> dict[str, Any]:
    names = ("run_id", "outcome", "why", "finished_at", "landed", "extracts_held")
    return {name: summary.get(name) for name in names}


def _age(manifest: dict[str, Any]) -> int | None:
    made = manifest.get("finished_at")
    return (dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(made)).days if made else None


def _disk(root: Path) -> dict[str, Any]:
    found = shutil.disk_usage(root)
    return {"free_bytes": found.free, "free_percent": round(100 * found.free / found.total, 1)}


def _tell(found: dict[str, Any]) -> None:
    out, release, last = console(), found["release"], found["last_run"]
    out.print(found["trust"], style="bold", markup=False)
    if release:
        out.print(
            f"Release {release['release_id']}, {_days(release['age_days'])} old, figures as of {release['as_of']};"
            f" {len(found['releases'])} kept."
        )
    else:
        out.print("Nothing has been published yet; run `rollcall run`.", markup=False)
    if last:
        out.print(f"Last run {last['run_id']}: {last['outcome']}.")
        for why in last["why"] or []:
            out.print(f"  {why}", markup=False)
        success = found["last_success"]
        if success and success["run_id"] != last["run_id"]:
            out.print(f"Last run that published: {success['run_id']}.")
    for school, count in found["waiting"].items():
        out.print(f"Waiting in inbox/{school}: {count} files, since {found['waiting_since'][school]}.", markup=False)
    for row in found["awaiting_review"]:
        out.print(f"Held for review: {row['extract_id']} of {row['school_name']}, {row['rows']:,} rows.", markup=False)
    for row in found["schools"]:
        if row["overdue"]:
            out.print(
                f"Overdue: {row['school_name']}: {row['freshness_label'].lower()}. {row['what_to_do']}", markup=False
            )
    for one in found["alerts"]["undelivered"]:
        out.print(
            f"An alert did not go out: {one['event']} by {one['channel']} at {one['at']}: {one['problem']}.",
            markup=False,
        )
    out.print(f"Disk: {found['disk']['free_bytes'] / 1e9:,.1f} GB free ({found['disk']['free_percent']:g} %).")
    if found["schools"]:
        shown = [
            {key: value for key, value in row.items() if key not in ("freshness", "overdue", "what_to_do")}
            for row in found["schools"]
        ]
        names = [name.replace("freshness_label", "state").replace("_", " ") for name in shown[0]]
        print_table(f"Schools on {found['day']}", names, as_rows(shown))
    if found["tasks"] and found["tasks"]["places"]:
        places = [{**row, "school": row["school"] or "the trust"} for row in found["tasks"]["places"]]
        names = [name.replace("_", " ") for name in places[0] if name != "school_name"]
        rows = [[value for name, value in row.items() if name != "school_name"] for row in places]
        print_table("Tasks of the last four weeks and the next days; `rollcall task list` names them", names, rows)


def _days(number: int | None) -> str:
    return "of unknown age" if number is None else f"{number:,} day{'' if number == 1 else 's'}"


def alerts(
    test: Annotated[bool, typer.Option("--test", help="Send a test alert over every channel.")] = False,
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> int:
    """Whom trust.toml has told of what; --test sends a test alert."""
    from ingestion.trust import TrustFolder, load_trust
    from orchestration.alerts import tell_test, undelivered

    root = trust_dir(trust)
    settings = load_trust(root).alerts
    channels = [name for name, there in (("email", settings.email), ("webhook", settings.webhook)) if there]
    if test and not channels:
        raise CommandError("trust.toml has no [alerts.email] and no [alerts.webhook]; add one, then test it.")
    sent = tell_test(root) if test else []
    found: dict[str, Any] = {
        "events": settings.events,
        "channels": channels,
        "undelivered": undelivered(TrustFolder(root)),
        "test": sent,
    }
    if as_json:
        print_json(found)
    else:
        where = ", ".join(channels) or "nobody: trust.toml has no [alerts.email] and no [alerts.webhook]"
        console().print(f"Told of {', '.join(settings.events) or 'nothing'}, by {where}.", markup=False)
        for one in found["undelivered"]:
            console().print(
                f"Not delivered: {one['event']} by {one['channel']} at {one['at']}: {one['problem']}.", markup=False
            )
        for one in sent:
            console().print(f"Test by {one['channel']}: {one['problem'] or 'sent'}.", markup=False)
    return 1 if any(one["problem"] for one in sent) else 0
