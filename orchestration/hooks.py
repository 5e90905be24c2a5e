"""Dagster's hooks: the same alerts for every run of the job, whoever started it."""

from __future__ import annotations

from dagster import HookContext, HookDefinition, failure_hook, success_hook

from orchestration.alerts import tell_run
from orchestration.resources import workspace_of
from orchestration.summary import summarise

_LAST = "release__published"
_RESOURCE = "trust_run"


@failure_hook(required_resource_keys={_RESOURCE})
def alert_failure(context: HookContext) -> None:
    """Tells that the run failed, or that its release was refused."""
    _alert(context, f"The step {context.op.name} failed.")


@success_hook(required_resource_keys={_RESOURCE})
def alert_publication(context: HookContext) -> None:
    """Tells what a published release gives cause for: held extracts, overdue schools."""
    if context.op.name == _LAST:
        _alert(context, None)


HOOKS: set[HookDefinition] = {alert_failure, alert_publication}


def _alert(context: HookContext, failure: str | None) -> None:
    folder = getattr(context.resources, _RESOURCE).folder
    run = context.instance.get_run_by_id(context.run_id)
    if run is None:
        return
    workspace = workspace_of(folder, run, context.instance)
    told = tell_run(folder.root, summarise(workspace, failure))
    if told:
        before = workspace.noted("alerts") or {"sent": 0, "failed": []}
        after = {"sent": before["sent"] + told["sent"], "failed": [*before["failed"], *told["failed"]]}
        workspace.note("alerts", after)
