"""The stages of a run, one after the other: by themselves, or as a Dagster job where DAGSTER_HOME is set.

Both do the same work (orchestration/stages). Dagster is for who looks at its pages: it keeps an event for each of some
thousand tables and checks, which takes longer than a small run's own work.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from ingestion.trust import load_trust
from orchestration.dbt_manifest import DbtError, prepare_manifest
from orchestration.disk import full, is_full
from orchestration.stages.registry import stages
from orchestration.stages.stage import FULL_DISK, Run, StageError, perform
from orchestration.summary import summarise
from orchestration.workspace import Workspace
from quality.expectations.beside import Judge

if TYPE_CHECKING:
    from orchestration.run import Progress


def execute(workspace: Workspace, dashboards: bool, progress: Progress | None) -> dict[str, Any]:
    """Do every stage for one workspace and return the run's summary. The caller holds the trust's lock."""
    root = workspace.folder.root
    try:
        prepare_manifest()
    except DbtError as error:
        return summarise(workspace, full(root) if is_full(root) else str(error))
    if os.environ.get("DAGSTER_HOME"):
        from orchestration.through_dagster import run_stages as run_through_dagster

        seconds, failure = run_through_dagster(workspace, dashboards, progress)
    else:
        seconds, failure = run_stages(workspace, dashboards, progress)
    workspace.note("seconds", seconds)
    if failure is not None and (failure.startswith(FULL_DISK) or is_full(root)):
        failure = full(root)
    return summarise(workspace, failure)


def run_stages(
    workspace: Workspace, dashboards: bool, progress: Progress | None
) -> tuple[dict[str, float], str | None]:
    """Do the stages in their order; the seconds of each, and the first failure's sentence.

    After a failure, the stages that do not need what failed are still done.
    """
    seconds: dict[str, float] = {}
    failure: str | None = None
    undone: set[str] = set()
    todo = stages(dashboards)
    with Judge() as judge:
        run = Run(workspace, load_trust(workspace.folder.root), judge)
        for number, stage in enumerate(todo, start=1):
            if undone.intersection(stage.needs):
                undone.add(stage.step)
                continue
            if progress:
                progress(stage.step, number, len(todo))
            started = time.monotonic()
            try:
                perform(stage, run)
            except StageError as error:
                failure = failure or str(error)
                undone.add(stage.step)
            seconds[stage.step] = round(time.monotonic() - started, 2)
    return seconds, failure
