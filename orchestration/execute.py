"""The Dagster job in this process, with its events turned into progress.

The instance is Dagster's own when DAGSTER_HOME is set, so that a run from the command line shows in its pages; else
it lives in memory and leaves nothing behind.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dagster import DagsterInstance

from orchestration.dbt_manifest import DbtError, prepare_manifest
from orchestration.definitions import JOB, JOB_WITHOUT_DASHBOARDS, build_definitions
from orchestration.disk import full, is_full
from orchestration.partitions import whole_range
from orchestration.resources import FULL_DISK, RUN_ID_TAG
from orchestration.summary import summarise
from orchestration.workspace import Workspace

if TYPE_CHECKING:
    from dagster import EventLogEntry

    from orchestration.run import Progress

# Dagster's console is for `dagster dev`; on the command line only what breaks a run is worth a line.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def execute(workspace: Workspace, dashboards: bool, progress: Progress | None) -> dict[str, Any]:
    """Run the whole job for one workspace and return the run's summary. The caller holds the trust's lock."""
    root = workspace.folder.root
    try:
        prepare_manifest()
    except DbtError as error:
        return summarise(workspace, full(root) if is_full(root) else str(error))
    from ingestion.trust import load_trust

    job = build_definitions(root).resolve_job_def(JOB if dashboards else JOB_WITHOUT_DASHBOARDS)
    run_id = str(uuid.uuid4())
    steps = _Steps(len(job.nodes), progress)
    with _instance() as instance:
        instance.add_event_listener(run_id, steps)
        job.execute_in_process(
            run_config=_QUIET,
            instance=instance,
            run_id=run_id,
            tags={**whole_range(load_trust(root)), RUN_ID_TAG: workspace.run_id},
            raise_on_error=False,
        )
    workspace.note("seconds", steps.seconds)
    failure = steps.failure
    if failure is not None and (failure.startswith(FULL_DISK) or is_full(root)):
        failure = full(root)
    return summarise(workspace, failure)


class _Steps:
    """Listens to a run's events: tells progress, keeps each step's seconds and the first failure's sentence."""

    def __init__(self, count: int, progress: Progress | None) -> None:
        self.count, self.progress = count, progress
        self.seconds: dict[str, float] = {}
        self.failure: str | None = None
        self._started: dict[str, float] = {}

    def __call__(self, entry: EventLogEntry) -> None:
        event = entry.dagster_event
        if event is None or (event.step_key is None and not event.is_run_failure):
            return
        step = event.step_key or "run"
        if event.is_step_start:
            self._started[step] = time.monotonic()
            if self.progress:
                self.progress(step, len(self._started), self.count)
        elif event.is_step_success or event.is_step_failure:
            self.seconds[step] = round(time.monotonic() - self._started.get(step, time.monotonic()), 2)
        if event.is_step_failure and self.failure is None:
            told, error = event.step_failure_data.user_failure_data, event.step_failure_data.error
            # Only a Failure's own sentence: it was written to be shown. Of another exception, its kind.
            kind = error.cls_name if error else "no error"
            self.failure = told.description if told and told.description else f"The step {step} failed ({kind})."


@contextmanager
def _instance() -> Iterator[DagsterInstance]:
    if os.environ.get("DAGSTER_HOME"):
        with DagsterInstance.get() as instance:
            yield instance
    else:
        with DagsterInstance.ephemeral() as instance:
            # Its events reach the listener; nobody reads them afterwards, and to store them (hundreds, each in several
            # tables) takes about as long as dbt's own work. Checked against a stored run in the tests.
            storage = instance.event_log_storage
            setattr(storage, "store_event", lambda event: None)  # noqa: B010 (mypy forbids the plain assignment)
            setattr(storage, "get_asset_records", lambda asset_keys=None: [])  # noqa: B010
            yield instance
