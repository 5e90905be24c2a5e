"""`rollcall run`: the lock, the quick way out when nothing is new, and the run itself.

What does the work is imported only when there is something to do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingestion.trust import TrustFolder, load_trust
from orchestration.alerts import tell_run
from orchestration.disk import DiskFullError, full, says_full, too_little_room
from orchestration.fingerprint import nothing_new
from orchestration.lock import trust_lock
from orchestration.logs import log, log_end, open_log
from orchestration.release import current_release, finish_publishing, manifest_of
from orchestration.workspace import Workspace, clear_away, new_run_id, write_json

NOTHING_NEW = "nothing_new"

# Told the stage that starts and how many there are: (stage, number, of).
Progress = Callable[[str, int, int], None]


def run_trust(
    root: Path,
    dashboards: bool = True,
    again: bool = False,
    progress: Progress | None = None,
    verbose: bool = False,
) -> dict[str, Any]:
    """Take in what is new, build, check and publish; return the run's summary.

    dashboards: make the sites and reports too. again: build everything anew, even when nothing is new. verbose: the
    log's lines on standard error too.
    The summary's `outcome` is published, refused, failed or nothing_new. Raises TrustError when the folder or its
    trust.toml cannot be used, LockHeldError when another run holds it, DiskFullError when there is no room for it.
    """
    trust = load_trust(root)
    folder = TrustFolder(root).ensure(trust)
    with trust_lock(folder.runs), _a_full_disk_told(root):
        clear_away(folder)
        finish_publishing(folder)
        release = current_release(folder)
        manifest = manifest_of(release) if release else None
        if not again and manifest is not None and nothing_new(folder, trust, manifest, dashboards):
            summary = {
                "outcome": NOTHING_NEW,
                "release": release.name if release else None,
                "run_id": None,
                "extracts_held": manifest.get("extracts_held", 0),
            }
            # Nothing new for a week is what makes a school overdue.
            return _told(root, summary)
        short = too_little_room(folder, trust, release)
        if short:
            raise DiskFullError(short)
        workspace = Workspace(folder, new_run_id())
        with open_log(trust, folder, workspace.run_id, verbose):
            log("run_started", as_of=trust.as_of.isoformat(), dashboards=dashboards)
            started = time.monotonic()
            workspace.begin()
            try:
                if again:
                    from orchestration.kept import forget

                    forget(folder)
                from orchestration.execute import execute

                summary = execute(workspace, dashboards, progress)
                summary = _told(root, summary)
                log_end(summary, started)
                write_json(workspace.summary, summary)
                return summary
            finally:
                workspace.end()


def _told(root: Path, summary: dict[str, Any]) -> dict[str, Any]:
    """The summary with how the alerts about it fared, where there were any that Dagster's hooks had not sent."""
    told = tell_run(root, summary)
    return {**summary, "alerts": told} if told else summary


@contextmanager
def _a_full_disk_told(root: Path) -> Iterator[None]:
    """Let a full disk be told in its own sentence, also where the run could not even write down how it ended."""
    try:
        yield
    except DiskFullError:
        raise
    except Exception as error:
        if says_full(error):
            raise DiskFullError(full(root)) from None
        raise


def exit_code(summary: dict[str, Any]) -> int:
    """0 published or nothing new; 1 refused, failed, or an extract awaits review."""
    well = summary["outcome"] in (NOTHING_NEW, "published")
    return 0 if well and not summary.get("extracts_held") else 1
