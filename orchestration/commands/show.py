"""`rollcall status`, `quarantine` and `serve`: how things stand, what to send back, and the dashboards."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

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

SchoolOption = Annotated[str | None, typer.Option("--school", metavar="SLUG", help="One school only.")]

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


def status(trust: TrustOption = None, as_json: JsonOption = False) -> int:
    """Per school: newest data, missing registers, quarantined rows; the current release and the last run."""
    from ingestion.trust import TrustFolder, load_trust
    from orchestration.release import current_release, manifest_of, releases

    root = trust_dir(trust)
    name, folder = load_trust(root).name, TrustFolder(root)
    release = current_release(folder)
    manifest = manifest_of(release) if release else None
    told = ("release_id", "as_of", "finished_at", "dashboards")
    current = {key: manifest.get(key) for key in told} if manifest else None
    found = {
        "trust": name,
        "release": current,
        "releases": releases(folder),
        "last_run": _last_run(folder.runs),
        "schools": _schools(release) if release else [],
        "waiting": _waiting(folder.inbox),
    }
    if as_json:
        print_json(found)
    else:
        _tell_status(found)
    return 0


def _schools(release: Path) -> list[dict[str, Any]]:
    import duckdb

    from orchestration.release import WAREHOUSE

    with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:
        return records(warehouse, _SCHOOLS)


def _waiting(inbox: Path) -> dict[str, int]:
    files = [path for path in inbox.glob("*/**/*") if path.is_file() and not path.name.startswith(".")]
    return dict(sorted(Counter(path.relative_to(inbox).parts[0] for path in files).items()))


def _last_run(runs: Path) -> dict[str, Any] | None:
    summaries = sorted(runs.glob("[0-9]*.json"))
    if not summaries:
        return None
    found = json.loads(summaries[-1].read_text(encoding="utf-8"))
    return {key: found.get(key) for key in ("run_id", "outcome", "why", "finished_at", "landed", "extracts_held")}


def _tell_status(found: dict[str, Any]) -> None:
    out, release, last = console(), found["release"], found["last_run"]
    out.print(found["trust"], style="bold", markup=False)
    if release:
        out.print(f"Release {release['release_id']}, figures as of {release['as_of']}; {len(found['releases'])} kept.")
    else:
        out.print("Nothing has been published yet; run `rollcall run`.", markup=False)
    if last:
        out.print(f"Last run {last['run_id']}: {last['outcome']}.")
        for why in last["why"] or []:
            out.print(f"  {why}", markup=False)
    for school, count in found["waiting"].items():
        out.print(f"Waiting in inbox/{school}: {count} files.", markup=False)
    if found["schools"]:
        print_table("Schools", [name.replace("_", " ") for name in found["schools"][0]], as_rows(found["schools"]))


def quarantine(trust: TrustOption = None, school: SchoolOption = None, as_json: JsonOption = False) -> int:
    """What was refused and why, per school, ready to send back to it."""
    from ingestion.quarantine import refusals
    from ingestion.trust import TrustFolder, load_trust

    root = trust_dir(trust)
    known = load_trust(root)
    if school is not None:
        known.school(school)
    found = refusals(TrustFolder(root), school)
    if as_json:
        print_json(found)
        return 0
    counted = Counter((str(r["school"]), str(r["file"]), str(r["kind"]), str(r["reason"])) for r in found)
    if school is None:
        print_table("Refused rows", ["school", "file", "kind", "reason", "rows"], [[*k, n] for k, n in counted.items()])
        if found:
            console().print("The lines to mend, for one school: rollcall quarantine --school SLUG.", markup=False)
    else:
        rows = [[r["file"], str(r["line"]), r["reason"]] for r in found]
        print_table(f"Refused rows of {known.school(school).name}", ["file", "line", "reason"], rows)
    return 0


def serve(
    trust: TrustOption = None,
    audience: Annotated[str, typer.Option(help="Whose dashboards: network, or school/<slug>.")] = "network",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port on this computer.")] = 8800,
    as_json: JsonOption = False,
) -> int:
    """The dashboards in a browser, on this computer only, as one audience sees them."""
    from ingestion.trust import TrustFolder, load_trust
    from orchestration.release import current_or_mend

    root = trust_dir(trust)
    load_trust(root)
    folder = TrustFolder(root)
    site = current_or_mend(folder) / "site"
    if not (site / audience).is_dir():
        there = ", ".join(sorted(str(p.parent.relative_to(site)) for p in site.rglob("index.html"))) or "none"
        raise CommandError(f"The current release has no dashboards for {audience}; its audiences are {there}.")
    import uvicorn

    from dashboards.serve import make_app

    address = f"http://127.0.0.1:{port}/"
    if as_json:
        print_json({"address": address, "audience": audience})
    console(error=True).print(f"{address} shows the dashboards of {audience}; stop with Ctrl-C.", markup=False)
    # By way of the symlink, so that the next release shows without a restart.
    uvicorn.run(make_app(folder.current / "site", audience), host="127.0.0.1", port=port, log_level="warning")
    return 0
