"""What a run says of the tasks: the moment they are judged at, and how far its release's figures reach."""

from __future__ import annotations

import datetime as dt

import duckdb

from ingestion.task_ledger import OF_TRUST, PublishedRelease, local_moment, note_release, write_task_tables
from ingestion.trust import Trust
from orchestration.fingerprint import now
from orchestration.workspace import Workspace


def judge_tasks_now(workspace: Workspace, trust: Trust) -> None:
    """Lay out what dbt reads of the tasks, judged at the moment that the run began."""
    started = dt.datetime.fromisoformat(workspace.noted("started_at"))
    write_task_tables(workspace.folder, local_moment(started, trust.as_of), workspace.run_id)


def figures_reach(workspace: Workspace) -> dict[str, str]:
    """By school (OF_TRUST for the trust) the session that this run's figures reach, as `2026-11-13 PM`."""
    with duckdb.connect(str(workspace.work_db), read_only=True) as work:
        found = work.execute(
            "select coalesce(slug, ?), data_to from intermediate.int_task_reach order by 1", [OF_TRUST]
        )
        return dict(found.fetchall())


def note_reach(workspace: Workspace, trust: Trust, reach: dict[str, str]) -> None:
    """Keep with the ledger that the run's release was published now, and how far it reaches."""
    note_release(
        workspace.folder,
        PublishedRelease(release_id=workspace.run_id, published_at=local_moment(now(), trust.as_of), data_to=reach),
    )
