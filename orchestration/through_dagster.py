"""A run as a Dagster job in this process, kept in the instance of DAGSTER_HOME; its events turned into progress."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from dagster import DagsterInstance

from ingestion.trust import load_trust
from orchestration.definitions import JOB, JOB_WITHOUT_DASHBOARDS, build_definitions
from orchestration.partitions import whole_range
from orchestration.resources import RUN_ID_TAG
from orchestration.workspace import Workspace

if TYPE_CHECKING:
    from dagster import EventLogEntry

    from orchestration.run import Progress

# Dagster's console is for `dagster dev`; on the command line only what breaks a run is worth a line.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run_stages(
    workspace: Workspace, dashboards: bool, progress: Progress | None
) -> tuple[dict[str, float], str | None]:
    """Run the whole job for one workspace; the seconds of each step, and the first failure's sentence.

    The caller holds the trust's lock and has prepared the dbt project. DAGSTER_HOME must be set.
    """
    root = workspace.folder.root
    job = build_definitions(root).resolve_job_def(JOB if dashboards else JOB_WITHOUT_DASHBOARDS)
    run_id = str(uuid.uuid4())
    steps = _Steps(len(job.nodes), progress)
    with DagsterInstance.get() as instance:
        instance.add_event_listener(run_id, steps)
        job.execute_in_process(
            run_config=_QUIET,
            instance=instance,
            run_id=run_id,
            tags={**whole_range(load_trust(root)), RUN_ID_TAG: workspace.run_id},
            raise_on_error=False,
        )
    return steps.seconds, steps.failure


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
