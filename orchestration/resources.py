"""What the assets share within a run: the trust folder, held for the run, and the run's workspace."""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import (
    AssetExecutionContext,
    ConfigurableResource,
    DagsterInstance,
    DagsterRun,
    Failure,
    InitResourceContext,
)
from pydantic import PrivateAttr

from ingestion.trust import Trust, TrustFolder, load_trust
from orchestration.lock import LockHeldError, trust_lock
from orchestration.logs import log, log_end, open_log
from orchestration.release import finish_publishing
from orchestration.stages.stage import Run
from orchestration.summary import summarise
from orchestration.workspace import Workspace, new_run_id
from quality.expectations.beside import Judge

RUN_ID_TAG = "rollcall/run_id"


class TrustRun(ConfigurableResource):
    """The trust folder at `root`. Holds the trust's lock as long as the Dagster run lasts."""

    root: str
    _judge: Judge = PrivateAttr(default_factory=Judge)

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator["TrustRun"]:
        """Take the lock, hand over, and let go; Failure when another run holds the trust.

        A run that Dagster started begins and ends its workspace here, as the command line does for its own.
        """
        try:
            with trust_lock(self.folder.runs), self._judge:
                if context.run is None or context.instance is None or RUN_ID_TAG in context.run.tags:
                    yield self
                    return
                workspace = workspace_of(self.folder, context.run, context.instance)
                trust = self.trust()
                with open_log(trust, self.folder, workspace.run_id):
                    started = time.monotonic()
                    log("run_started", as_of=trust.as_of.isoformat())
                    finish_publishing(self.folder)
                    workspace.begin()
                    try:
                        yield self
                    finally:
                        failed = f"A step failed; Dagster's run {context.run.run_id} says which."
                        log_end(summarise(workspace, failed), started)
                        workspace.end()
        except LockHeldError as error:
            raise Failure(str(error), allow_retries=False) from None

    @property
    def folder(self) -> TrustFolder:
        """The trust folder's paths."""
        return TrustFolder(Path(self.root))

    def trust(self) -> Trust:
        """trust.toml as it stands now. Raises TrustError."""
        return load_trust(self.folder.root)

    def workspace(self, context: AssetExecutionContext) -> Workspace:
        """The workspace of the run that `context` belongs to."""
        return workspace_of(self.folder, context.run, context.instance)

    def run(self, context: AssetExecutionContext, **more: Any) -> Run:
        """What the stages of the run share that `context` belongs to. more: of Run's fields, what this stage needs."""
        return Run(self.workspace(context), self.trust(), self._judge, **more)


def workspace_of(folder: TrustFolder, run: DagsterRun, instance: DagsterInstance) -> Workspace:
    """The workspace of a Dagster run: named by the command line's tag, else after the run's own time and id."""
    tagged = run.tags.get(RUN_ID_TAG)
    if tagged:
        return Workspace(folder, tagged)
    record = instance.get_run_record_by_id(run.run_id)
    created = record.create_timestamp if record else dt.datetime.now(dt.UTC)
    return Workspace(folder, new_run_id(created.astimezone(dt.UTC), run.run_id[:4]))
