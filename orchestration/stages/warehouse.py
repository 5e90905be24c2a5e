"""The warehouse of a run: every dbt seed and model built, then every data test run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.stages.stage import Done, Run, StageError
from orchestration.workspace import Workspace
from quality.outcomes import Outcome, outcomes_from_run_results

# Two commands, not `dbt build`: there a failing test leaves out what hangs on its model, so that a refused release
# would show the first fault only. Unit tests prove the code, not the data; they run with the test suite.
_COMMANDS = (
    ("build", "--resource-type=seed", "--resource-type=model"),
    ("test", "--exclude-resource-type=unit_test"),
)


@dataclass(frozen=True)
class NodeResult:
    """How one seed, model or test ended.

    unique_id: dbt's name of it. status: dbt's word: success, error or skipped; of a test pass, warn, fail, error or
    skipped. seconds: its duration, where dbt measured it. failures: the rows a test found, None where it counted none.
    """

    unique_id: str
    status: str
    seconds: float | None = None
    failures: int | None = None


# Told each node's result as soon as it is known.
Tell = Callable[[NodeResult], None]


def build(run: Run) -> Done:
    """The stage: builds the warehouse of the run and tests it."""
    run.judge.start()  # where nobody started it at the run's beginning, it loads while the warehouse is built
    outcomes = build_warehouse(run.workspace, run.tell)
    return Done({"checks": len(outcomes)}, tuple(outcomes))


def build_warehouse(workspace: Workspace, tell: Tell = lambda result: None) -> list[Outcome]:
    """Build the warehouse of a run and test it; returns the outcomes, which the workspace keeps as `dbt`.

    tell: called for every seed, model and test. A failed test is an outcome; raises StageError when a seed or model
    could not be built, DbtError when dbt could not do its work at all.
    """
    from orchestration.dbt import dbt_events
    from orchestration.dbt_manifest import prepare_manifest

    workspace.warehouse.unlink(missing_ok=True)
    results = workspace.dbt_home / "target" / "run_results.json"
    outcomes: list[Outcome] = []
    for command in _COMMANDS:
        results.unlink(missing_ok=True)
        for event in dbt_events(command, workspace.dbt_home, workspace.dbt_environment()):
            if node := _node_result(event):
                tell(node)
        outcomes += outcomes_from_run_results(results, prepare_manifest())
        workspace.keep_outcomes("dbt", outcomes)
        broken = [outcome.message for outcome in outcomes if outcome.refuses]
        if broken and command[0] == "build":
            more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
            raise StageError(f"{broken[0].rstrip('.')}{more}; see {workspace.dbt_home / 'logs' / 'dbt.log'}.")
    return outcomes


def _node_result(event: Mapping[str, Any]) -> NodeResult | None:
    """One of dbt's events as a result; None for an event that is about no node."""
    node = event["data"].get("node_info", {})
    if "unique_id" not in node:
        return None
    status = str(node.get("node_status") or event["data"]["status"]).lower()
    failures = event["data"].get("num_failures") if node["unique_id"].startswith("test.") else None
    return NodeResult(node["unique_id"], status, _seconds(node), None if failures is None else int(failures))


def _seconds(node: Mapping[str, Any]) -> float | None:
    began, ended = node.get("node_started_at"), node.get("node_finished_at")
    if not began or not ended:
        return None
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()
