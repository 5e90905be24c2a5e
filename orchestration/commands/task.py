"""`rollcall task`: what is due, done and late at each school, and the writing down of what was done."""

from __future__ import annotations

import datetime as dt
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
    trust_dir,
)

if TYPE_CHECKING:
    from ingestion.trust import Trust, TrustFolder

app = typer.Typer(
    help="What is due, done and late at each school, and writing down what was done.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
SchoolOption = Annotated[str | None, typer.Option("--school", metavar="SLUG", help="The school; without it the trust.")]

# So many days ahead are listed; what can be written down is of the last year, due until next term.
LISTED_AHEAD, _YEAR, _TERM = 7, 366, 120
_SHOWN = ("school", "task_id", "title", "period_key", "due_at", "status", "done_at", "done_by")


def tasks_now(
    release: Path, trust: Trust, folder: TrustFolder, back: int | None = None, ahead: int = 0
) -> tuple[list[dict[str, Any]], dt.datetime]:
    """The tasks due in the last `back` days, today included, and the next `ahead`, as they stand now, and the moment.

    back: the days that lateness is told over, by the rule `task_lateness_days`.
    It is the clock's; for a trust that pins the day of its figures, the end of that day.
    """
    from ingestion.task_ledger import local_moment, task_records
    from orchestration.tasks import judged, lateness_days, tasks_between

    now = local_moment(dt.datetime.now(dt.UTC), trust.as_of)
    midnight = dt.datetime.combine(now.date(), dt.time())
    first = midnight - dt.timedelta(days=(lateness_days(release) if back is None else back) - 1)
    last = midnight + dt.timedelta(days=ahead + 1)
    tasks = tasks_between(release, first, last)
    return judged(tasks, task_records(folder), now), now


@app.command("list")
def list_tasks(
    school: Annotated[str | None, typer.Option("--school", metavar="SLUG", help="Only of this school.")] = None,
    late: Annotated[bool, typer.Option("--late", help="Only what was not done in time.")] = False,
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> int:
    """The tasks of the last four weeks and the next one: when due, how they stand, when and by whom they were done."""
    from ingestion.trust import TrustFolder, load_trust
    from orchestration.release import current_or_mend

    root = trust_dir(trust)
    known, folder = load_trust(root), TrustFolder(root)
    if school is not None:
        known.school(school)
    found, now = tasks_now(current_or_mend(folder), known, folder, ahead=LISTED_AHEAD)
    late_words = _late_statuses()
    shown = [
        {name: task[name] for name in _SHOWN}
        for task in found
        if (school is None or task["school"] == school) and (not late or task["status"] in late_words)
    ]
    if as_json:
        print_json(shown)
    else:
        words = [{**task, "school": task["school"] or "the trust"} for task in shown]
        print_table(f"Tasks at {now:%Y-%m-%d %H:%M}", [name.replace("_", " ") for name in _SHOWN], as_rows(words))
    return 0


@app.command()
def done(
    task: Annotated[str, typer.Argument(metavar="TASK", help="The task, as `rollcall task list` names it.")],
    by: Annotated[str, typer.Option("--by", metavar="ROLE", help="The role of who did it, never a name.")],
    school: SchoolOption = None,
    period: Annotated[str | None, typer.Option(help="What it was due for; default: the newest that has ended.")] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="When, as '2026-11-13 15:30'; default: now.")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="It was not done after all.")] = False,
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write down that a task was done. Every record is kept; the newest about a task and a period counts."""
    from ingestion.task_ledger import record_task
    from ingestion.trust import TrustFolder, load_trust
    from orchestration.release import current_or_mend

    root = trust_dir(trust)
    known, folder = load_trust(root), TrustFolder(root)
    _check(task, by, school, known)
    found, now = tasks_now(current_or_mend(folder), known, folder, _YEAR, _TERM)
    mine = [one for one in found if (one["task_id"], one["school"]) == (task, school)]
    chosen = _period(mine, period, withdraw, now)
    made = record_task(folder, task, school, chosen, by, _moment(at, now), now, withdraw)
    if as_json:
        print_json(made.model_dump(mode="json"))
    else:
        what = "not done after all" if withdraw else f"done on {made.done_at:%-d %B %Y at %H:%M} by {by}"
        console().print(f"{task} for {chosen} at {school or 'the trust'}: {what}.", markup=False)
    return 0


def _check(task: str, by: str, school: str | None, trust: Trust) -> None:
    from quality.seeds import seed, values

    tasks = {row["task_id"]: row for row in seed("tasks").to_dicts()}
    if task not in tasks:
        raise CommandError(f"There is no task called {task}; there are {', '.join(tasks)}.")
    if tasks[task]["done_by"] != "staff":
        raise CommandError(f"{task} is done by the release that serves it; there is nothing to write down.")
    if school is not None:
        trust.school(school)
    if (tasks[task]["scope"] == "school") != (school is not None):
        raise CommandError(
            f"{task} is a school's task; say whose: --school SLUG."
            if school is None
            else f"{task} is done once for the whole trust; leave --school out."
        )
    roles = values("task_roles", "role")
    if by not in roles:
        raise CommandError(f"--by takes a role, not a name: {', '.join(roles)}.")


def _period(tasks: list[dict[str, Any]], period: str | None, withdraw: bool, now: dt.datetime) -> str:
    """The period that is meant: the one named, else the newest that has ended, unless that is written down already."""
    if period is not None:
        keys = [task["period_key"] for task in tasks]
        if period not in keys:
            raise CommandError(f"It is not due for {period}; it is for {', '.join(keys[-8:]) or 'nothing yet'}.")
        return period
    ended = [task for task in tasks if task["last_day"] <= now.date()]
    if not ended:
        raise CommandError("No period that it was due for has ended; name one with --period KEY.")
    newest = ended[-1]
    if (newest["done_at"] is not None) != withdraw:
        how = "not written down as done" if withdraw else "written down as done already"
        raise CommandError(f"{newest['period_key']} is {how}; name another with --period KEY.")
    return str(newest["period_key"])


def _moment(text: str | None, now: dt.datetime) -> dt.datetime:
    if text is None:
        return now
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--at {text} is no time; write it as 'YYYY-MM-DD HH:MM'.") from None
    if found.tzinfo is not None or found > now:
        raise CommandError(f"--at {text} is to come or has a time zone; write the local time at which it was done.")
    return found


def _late_statuses() -> set[str]:
    from quality.seeds import seed

    return {row["status"] for row in seed("task_statuses").to_dicts() if row["is_late"] == "true"}
