"""`rollcall purge`: what has been kept as long as it must, shown and removed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.commands.common import (
    CommandError,
    JsonOption,
    TrustOption,
    console,
    print_json,
    print_table,
    trust_dir,
)

if TYPE_CHECKING:
    from ingestion.trust import TrustFolder
    from orchestration.retention import Plan

_COLUMNS = ["school", "kind", "extracts", "rows", "first day", "last day", "bytes"]


def purge(
    trust: TrustOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it; without this it is only shown.")] = False,
    before: Annotated[
        str | None, typer.Option("--before", metavar="DATE", help="Only what is older than this day (YYYY-MM-DD).")
    ] = None,
    with_releases: Annotated[
        bool, typer.Option("--releases", help="Also remove earlier releases that rest on what is removed.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Shows what has been kept for longer than the law and the trust ask, and with --yes removes it for good."""
    from ingestion.trust import TrustFolder, load_trust
    from orchestration.lock import trust_lock
    from orchestration.retention import carry_out, finish_purges, plan_purge

    root = trust_dir(trust)
    known, folder = load_trust(root), TrustFolder(root)
    with trust_lock(folder.ensure(known).runs):
        if yes:
            finish_purges(folder)
        plan = plan_purge(folder, known, _day(before))
        told = _told(folder, plan)
        anything = bool(plan.goes or plan.releases or (with_releases and plan.resting))
        record = carry_out(folder, plan, with_releases) if yes and anything else None
    told["record"] = str(record.relative_to(folder.root)) if record else None
    if as_json:
        print_json(told)
    else:
        _tell(told, with_releases)
    return 0


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError(f"--before {text} is no day; write it as YYYY-MM-DD.") from None


def _told(folder: TrustFolder, plan: Plan) -> dict[str, Any]:
    """The plan for people and scripts: counts by school and kind, no personal data."""
    from orchestration.retention import bytes_of

    groups: dict[tuple[str, str], list[Any]] = {}
    for extract in plan.goes:
        groups.setdefault((extract.entry.inbox, extract.entry.kind), []).append(extract)
    return {
        "years": plan.years,
        "entries_before": plan.cut_off,
        "academic_years_before": plan.from_date,
        "removed": [
            {
                "school": inbox,
                "kind": kind,
                "extracts": len(found),
                "rows": sum(one.entry.rows for one in found),
                "first_date": min((one.first_date for one in found if one.first_date), default=None),
                "last_date": max((one.last_date for one in found if one.last_date), default=None),
                "bytes": sum(bytes_of(folder, one) for one in found),
            }
            for (inbox, kind), found in sorted(groups.items())
        ],
        "pupils_forgotten": plan.pupils,
        "releases": plan.releases,
        "releases_resting_on_it": plan.resting,
        "held_back_by": sorted(set(plan.held_back_by)),
    }


def _tell(told: dict[str, Any], with_releases: bool) -> None:
    out, done = console(), told["record"] is not None
    out.print(
        f"Kept for {told['years']} years: entries from {told['entries_before']} on stay, and so does every academic"
        f" year that they are in. What is older than {told['academic_years_before']}:",
        markup=False,
    )
    rows = [[str(value) if isinstance(value, dt.date) else value for value in row.values()] for row in told["removed"]]
    print_table("Removed" if done else "Would be removed", _COLUMNS, rows)
    if told["pupils_forgotten"]:
        out.print(f"{told['pupils_forgotten']:,} pupils are named nowhere else; their identities go too.")
    if told["releases"]:
        out.print(f"Releases of that time: {', '.join(told['releases'])}.", markup=False)
    if told["releases_resting_on_it"]:
        verb = "go too" if with_releases else "still hold it; --releases removes them"
        out.print(
            f"Earlier releases that rest on it {verb}: {', '.join(told['releases_resting_on_it'])}.", markup=False
        )
    for file in told["held_back_by"]:
        out.print(f"Older years stay because of {file}, which reaches into them and must be kept.", markup=False)
    if done:
        out.print(
            f"The record is {told['record']}. The current release still holds it: run `rollcall run`.", markup=False
        )
    elif told["removed"] or told["releases"]:
        out.print("Nothing has been removed. Add --yes to remove it; it cannot be undone.", markup=False)
