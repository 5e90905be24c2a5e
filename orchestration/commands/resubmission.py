"""`rollcall accept`, `refuse` and `quarantine`: what is decided about extracts, and what goes back to schools."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
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
    from ingestion.decisions import Verdict

_SHOWN_ROWS = 200
_FORMATS = ("csv", "xlsx")

SchoolOption = Annotated[str | None, typer.Option("--school", metavar="SLUG", help="One school only.")]
ExtractArgument = Annotated[
    str | None,
    typer.Argument(metavar="[EXTRACT]", help="The extract's identifier or its beginning, or the file's name."),
]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why; kept with the decision. No pupil's name.")]
ListOption = Annotated[bool, typer.Option("--list", help="List the extracts that await review.")]
RunOption = Annotated[bool, typer.Option("--run", help="Run at once, so that the figures follow.")]


def accept(
    extract: ExtractArgument = None,
    school: SchoolOption = None,
    reason: ReasonOption = None,
    list_them: ListOption = False,
    run: RunOption = False,
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> int:
    """Let a held marks extract apply, whatever it brings; without EXTRACT, list what is held."""
    return _decide("accepted", extract, school, reason, list_them, run, trust, as_json)


def refuse(
    extract: ExtractArgument = None,
    school: SchoolOption = None,
    reason: ReasonOption = None,
    list_them: ListOption = False,
    run: RunOption = False,
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> int:
    """Let a marks extract speak for no date, held or not; older extracts speak again. Nothing is deleted."""
    return _decide("refused", extract, school, reason, list_them, run, trust, as_json)


def _decide(
    verdict: Verdict,
    extract: str | None,
    school: str | None,
    reason: str | None,
    list_them: bool,
    run: bool,
    trust: Path | None,
    as_json: bool,
) -> int:
    from ingestion.decisions import decide, find_extract, held_extracts, schools_of
    from ingestion.trust import TrustFolder, load_trust
    from orchestration.lock import trust_lock

    root = trust_dir(trust)
    known = load_trust(root)
    if school is not None:
        known.school(school)
    if extract is None or list_them:
        return _list_held(TrustFolder(root), school, as_json)
    if reason is None:
        raise CommandError('Say why: --reason "…"; it is kept with the decision.')
    folder = TrustFolder(root).ensure(known)
    with trust_lock(folder.runs):
        entry = find_extract(folder, extract, school)
        held = {row["school"] for row in held_extracts(folder) if row["extract_id"] == entry.extract_id}
        made = decide(folder, verdict, entry, schools_of(folder, entry, school), reason)
    told = [
        {
            "extract_id": one.extract_id,
            "school": one.slug,
            "file": entry.first.file_name,
            "decision": one.decision,
            "was_held": one.slug in held,
            "decided_at": one.decided_at,
            "decided_by": one.decided_by,
        }
        for one in made
    ]
    summary = _run(root) if run else None
    if as_json:
        print_json({"decisions": told, "run": summary} if run else {"decisions": told})
    else:
        _tell(told, summary)
    return int(summary["exit_code"]) if summary else 0


def _run(root: Path) -> dict[str, Any]:
    from orchestration.commands.run import run_with_progress
    from orchestration.run import exit_code

    summary = run_with_progress(root)
    return {**summary, "exit_code": exit_code(summary)}


def _tell(told: list[dict[str, Any]], summary: dict[str, Any] | None) -> None:
    out = console()
    for one in told:
        said = f"{one['file']} ({one['extract_id']}) is {one['decision']} for {one['school']}."
        if one["decision"] == "accepted" and not one["was_held"]:
            said += " It is not held now; it will not be, whatever comes before it."
        out.print(said, markup=False)
    if summary is None:
        out.print("Next: rollcall run, so that the figures follow.", markup=False)
        return
    from orchestration.commands.run import tell

    tell(summary)


def _list_held(folder: Any, school: str | None, as_json: bool) -> int:
    from ingestion.decisions import held_extracts

    held = [row for row in held_extracts(folder) if school in (None, row["school"])]
    if as_json:
        print_json(held)
        return 0
    columns = ["extract", "school", "file", "first date", "last date", "marks", "in force", "received", "decision"]
    keys = ["extract_id", "school", "file", "first_date", "last_date", "marks", "marks_in_force", "received"]
    print_table(
        "Extracts held for review", columns, [[*(r[k] for k in keys), r["decision"] or "awaited"] for r in held]
    )
    if held:
        console().print(
            'Ask the school, then: rollcall accept EXTRACT --reason "…" or rollcall refuse EXTRACT --reason "…".',
            markup=False,
        )
    return 0


def quarantine(
    trust: TrustOption = None,
    school: SchoolOption = None,
    fix_format: Annotated[
        str | None, typer.Option("--format", metavar="csv|xlsx", help="The fix list as a file for spreadsheets.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the fix list goes; standard output without it.")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """What was refused and why, per school, ready to send back to it. With --school and --format, the school's own
    copy, with UPNs; without --school, no UPN and no cell."""
    from ingestion.quarantine import refusals
    from ingestion.trust import TrustFolder, load_trust

    root = trust_dir(trust)
    known = load_trust(root)
    if school is not None:
        known.school(school)
    if fix_format is not None or out is not None:
        return _write_fix_list(TrustFolder(root), school, fix_format, out, as_json)
    found = refusals(TrustFolder(root), school)
    if as_json:
        print_json(found)
        return 0
    if school is None:
        counted = Counter((str(r["school"]), str(r["file"]), str(r["kind"]), str(r["reason"])) for r in found)
        print_table("Refused rows", ["school", "file", "kind", "reason", "rows"], [[*k, n] for k, n in counted.items()])
        if found:
            console().print("The lines to mend, for one school: rollcall quarantine --school SLUG.", markup=False)
        return 0
    rows = [[r["file"], str(r["line"]), r["reason"]] for r in found[:_SHOWN_ROWS]]
    print_table(f"Refused rows of {known.school(school).name}", ["file", "line", "reason"], rows)
    if len(found) > _SHOWN_ROWS:
        console().print(f"The first {_SHOWN_ROWS} of {len(found):,} rows; --format csv writes them all.", markup=False)
    return 0


def _write_fix_list(folder: Any, school: str | None, kind: str | None, out: Path | None, as_json: bool) -> int:
    from ingestion.fix_list import check_place, fix_list, fix_list_bytes, write_fix_list

    kind = kind or (out.suffix.lstrip(".").lower() if out else "")
    if kind not in _FORMATS:
        raise CommandError("A fix list is --format csv or --format xlsx.")
    if out is None and (as_json or (kind == "xlsx" and sys.stdout.isatty())):
        raise CommandError("Say where the fix list goes: --out FILE.")
    place = None if out is None else check_place(folder, out / f"fix-list.{kind}" if out.is_dir() else out)
    listed = fix_list(folder, school)
    if place is None:
        sys.stdout.buffer.write(fix_list_bytes(folder, listed, kind))
        sys.stdout.buffer.flush()
        return 0
    write_fix_list(listed, kind, place)
    if as_json:
        print_json({"file": str(place), "school": school, "rows": listed.height})
    else:
        console().print(f"Wrote {place}: {listed.height:,} rows.", markup=False)
        if school is not None:
            console().print("It holds UPNs: for that school alone.", markup=False)
    return 0
