"""`rollcall run`: the lock, the quick way out when nothing is new, and the run itself.

Dagster and dbt are imported only when there is something to do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingestion.trust import TrustFolder, load_trust
from orchestration.fingerprint import nothing_new
from orchestration.lock import trust_lock
from orchestration.release import current_release, manifest_of
from orchestration.workspace import Workspace, new_run_id

NOTHING_NEW = "nothing_new"

# Told the stage that starts and how many there are: (stage, number, of).
Progress = Callable[[str, int, int], None]


def run_trust(
    root: Path, dashboards: bool = True, again: bool = False, progress: Progress | None = None
) -> dict[str, Any]:
    """Take in what is new, build, check and publish; return the run's summary.

    dashboards: make the sites and reports too. again: run even when nothing is new.
    The summary's `outcome` is published, refused, failed or nothing_new. Raises TrustError when the folder or its
    trust.toml cannot be used, LockHeldError when another run holds it.
    """
    trust = load_trust(root)
    folder = TrustFolder(root).ensure(trust)
    with trust_lock(folder.runs):
        release = current_release(folder)
        manifest = manifest_of(release) if release else None
        if not again and manifest is not None and nothing_new(folder, trust, manifest, dashboards):
            return {
                "outcome": NOTHING_NEW,
                "release": release.name if release else None,
                "run_id": None,
                "extracts_held": manifest.get("extracts_held", 0),
            }
        workspace = Workspace(folder, new_run_id())
        workspace.begin()
        try:
            from orchestration.execute import execute

            return execute(workspace, dashboards, progress)
        finally:
            workspace.end()


def exit_code(summary: dict[str, Any]) -> int:
    """0 published or nothing new; 1 refused, failed, or an extract awaits review."""
    well = summary["outcome"] in (NOTHING_NEW, "published")
    return 0 if well and not summary.get("extracts_held") else 1
