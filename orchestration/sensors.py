"""A run as soon as a school has dropped an extract."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from dagster import (
    DagsterInstance,
    DagsterRunStatus,
    DefaultSensorStatus,
    RunRequest,
    RunsFilter,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    sensor,
)
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition as Job

from ingestion.trust import Trust, TrustFolder
from orchestration.partitions import whole_range

_BUSY = [DagsterRunStatus.QUEUED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]


def trust_sensors(job: Job, folder: TrustFolder, trust: Trust) -> list[SensorDefinition]:
    """The sensor of the trust's inboxes, which starts `job`."""

    @sensor(job=job, name="inbox", minimum_interval_seconds=60, default_status=DefaultSensorStatus.STOPPED)
    def inbox(context: SensorEvaluationContext) -> RunRequest | SkipReason:
        """Starts a run when complete extracts wait; a file that is still being written waits for its turn."""
        from ingestion.inbox import inboxes, ready

        files = [path for paths in ready(folder, inboxes(folder, trust)).values() for path in paths]
        if not files:
            return SkipReason("No complete extract waits in an inbox.")
        if is_under_way(context.instance, job):
            return SkipReason("A run is under way; what waits is taken in by the next one.")
        return RunRequest(run_key=_fingerprint(files), tags=whole_range(trust))

    return [inbox]


def is_under_way(instance: DagsterInstance, job: Job) -> bool:
    """Whether a run of the job is waiting or running."""
    return bool(instance.get_runs(RunsFilter(job_name=job.name, statuses=_BUSY), limit=1))


def _fingerprint(files: Iterable[Path]) -> str:
    # Names may name a pupil: Dagster stores the key, so it gets a digest.
    digest = hashlib.sha256()
    for path in sorted(files):
        found = path.lstat()
        digest.update(os.fsencode(path) + f"|{found.st_size}|{found.st_mtime_ns}".encode())
    return digest.hexdigest()
