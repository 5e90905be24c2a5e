"""The summary of a run, `runs/<run_id>.json`: what came in, what the checks said, and how it ended."""

from __future__ import annotations

from typing import Any

from orchestration.fingerprint import now
from orchestration.manifest import extracts_held
from orchestration.release import manifest_of
from orchestration.workspace import Workspace, write_json

PUBLISHED, REFUSED, FAILED = "published", "refused", "failed"


def summarise(workspace: Workspace, failure: str | None = None) -> dict[str, Any]:
    """Write and return the summary of a run that has ended. failure: why it failed, where no check refused it."""
    release = workspace.folder.releases / workspace.run_id
    manifest = manifest_of(release) if release.is_dir() else None
    kept = [outcome for stage in workspace.outcomes().values() for outcome in stage]
    outcomes = [vars(outcome) for outcome in kept]
    refused = workspace.noted("refused", [])
    summary = {
        "run_id": workspace.run_id,
        "outcome": PUBLISHED if manifest else REFUSED if refused else FAILED,
        "release": workspace.run_id if manifest else None,
        "why": None if manifest else (refused or [failure or "A step failed."]),
        "started_at": workspace.noted("started_at"),
        "finished_at": now().isoformat(),
        "as_of": manifest["as_of"] if manifest else None,
        "dashboards": bool(manifest and manifest["dashboards"]),
        "landed": landed(workspace.noted("landed", [])),
        "left_in_inbox": workspace.noted("left_in_inbox", []),
        "extracts_held": extracts_held(kept),
        "checks": {
            "run": len(outcomes),
            "failed": [o for o in outcomes if not o["passed"]],
        },
        "seconds": workspace.noted("seconds", {}),
        "alerts": workspace.noted("alerts"),
    }
    write_json(workspace.summary, summary)
    return summary


def landed(rows: list[dict[str, Any]]) -> dict[str, int]:
    """What came in, counted. rows: the note `landed` of a run, a row for each file."""
    new = [row for row in rows if not row["repeated"]]
    return {
        "extracts": len(new),
        "repeated": len(rows) - len(new),
        "unusable": sum(row["problem"] is not None for row in new),
        "rows": sum(row["rows"] for row in new),
        "rows_refused": sum(row["refused"] for row in new),
    }
