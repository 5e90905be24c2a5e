"""The first stages: from the inboxes to the lake, and what Pandera said of the new rows."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from ingestion.trust import TRUST_INBOX, Trust
from orchestration.logs import log
from orchestration.stages.stage import Done, Run
from orchestration.workspace import Workspace
from quality.outcomes import Outcome

FILES_USABLE = "files_usable"


def inbox_names(trust: Trust) -> list[str]:
    """The inboxes of the trust, in the order of trust.toml; the shared one last."""
    return [*(school.slug for school in trust.schools), TRUST_INBOX]


def take_in(run: Run) -> Done:
    """Archive the extracts that wait in the chosen inboxes, judge them row by row and lay them into the lake."""
    from ingestion.inbox import Left, inboxes, ready
    from ingestion.landing import has_stale_reading, land_inbox, stale_readings
    from ingestion.ledger import keep_entries

    folder, trust = run.folder, run.trust
    named = inbox_names(trust)
    asked = named if run.inboxes is None else list(run.inboxes)
    # What is to be read again is read in every inbox: half of it would leave a pupil with two keys.
    whole = set(asked) == set(named) or has_stale_reading(trust, folder)
    partitions = named if whole else asked

    # A folder that belongs to no school of trust.toml is taken in (and refused) with the shared one.
    strangers = [inbox for inbox in inboxes(folder, trust) if inbox not in named]
    stays: list[Left] = []
    files = ready(folder, [*partitions, *(strangers if TRUST_INBOX in partitions else [])], stays.append)

    stale = stale_readings(trust, folder)

    def land(partition: str) -> list[dict[str, Any]]:
        mine = [partition, *(strangers if partition == TRUST_INBOX else [])]
        return [
            asdict(landed)
            for inbox in mine
            for landed in land_inbox(trust, folder, inbox, files=files[inbox], tell=stays.append, stale=stale)
        ]

    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
        # Every school is let finish before a failure of one is raised.
        begun = {partition: pool.submit(land, partition) for partition in partitions}
    landed = {partition: done.result() for partition, done in begun.items()}
    keep_entries(folder)
    run.workspace.note("left_in_inbox", [asdict(left) for left in stays])
    run.workspace.note("landed", [row for rows in landed.values() for row in rows])
    for row in (row for rows in landed.values() for row in rows):
        log(
            "extract_taken_in",
            level="info" if row["problem"] is None else "warning",
            **{name: row[name] for name in ("extract_id", "kind", "rows", "refused", "repeated")},
            school=row["inbox"] if row["inbox"] in named else None,
            usable=row["problem"] is None,
        )
    return Done(of_inboxes={inbox: _counts(rows) for inbox, rows in landed.items() if inbox in asked})


def write_reference(run: Run) -> Done:
    """Lay out the trust, its schools, its own rule values and the list of extracts, for dbt to read."""
    from ingestion.reference import write_reference as write
    from orchestration.fingerprint import state_of
    from orchestration.previous import prepare_previous
    from orchestration.task_reach import judge_tasks_now

    write(run.trust, run.folder)
    prepare_previous(run.workspace)
    judge_tasks_now(run.workspace, run.trust)
    run.workspace.note("state", state_of(run.folder, run.trust))
    return Done({"schools": len(run.trust.schools), "own_rules": len(run.trust.rules)})


def rows_conform(kind: str) -> str:
    """The name of the check of a kind of extract."""
    return f"{kind}_rows_conform"


def read_kind(run: Run, kind: str) -> Done:
    """What Pandera said of the run's new extracts of one kind."""
    landed = [row for row in _new(run.workspace) if row["kind"] == kind and row["problem"] is None]
    refused, rows = sum(row["refused"] for row in landed), sum(row["rows"] for row in landed)
    said = f"{refused} of {rows} new {kind} rows were refused for themselves."
    return _checked(run, kind, Outcome(rows_conform(kind), "pandera", "warn", refused == 0, refused, said), landed)


def read_refused(run: Run) -> Done:
    """How many of the run's new files could not be used as a whole."""
    every = _new(run.workspace)
    landed = [row for row in every if row["problem"] is not None]
    said = f"{len(landed)} of {len(every)} new files could not be used as a whole."
    return _checked(run, "refused", Outcome(FILES_USABLE, "rollcall", "warn", not landed, len(landed), said), landed)


def _new(workspace: Workspace) -> list[dict[str, Any]]:
    """What this run took in that had not come before: one row for each extract, counts and reasons only."""
    return [row for row in workspace.noted("landed", []) if not row["repeated"]]


def _checked(run: Run, dataset: str, outcome: Outcome, landed: list[dict[str, Any]]) -> Done:
    run.workspace.keep_outcomes(f"lake_{dataset}", [outcome])
    batches = sum(1 for _ in (run.folder.lake / dataset).glob("*/*.parquet"))
    return Done({"batches": batches, **_counts(landed)}, (outcome,))


def _counts(landed: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "extracts": sum(not row["repeated"] for row in landed),
        "repeated": sum(row["repeated"] for row in landed),
        "unreadable": sum(row["problem"] is not None for row in landed),
        "rows": sum(row["rows"] for row in landed),
        "rows_refused": sum(row["refused"] for row in landed),
    }
