"""The warehouse of a run: every dbt seed and model built, then every data test run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing

from orchestration.dbt_manifest import PROJECT, ready_plan, seeds_database
from orchestration.kept import go_on, note_reach, note_slices
from orchestration.plan import execute
from orchestration.plan.execute import NodeResult, open_build, start_from_seeds
from orchestration.plan.nodes import Plan
from orchestration.plan.slices import Slices
from orchestration.stages.stage import Done, Run, StageError
from orchestration.workspace import Workspace
from quality.outcomes import Outcome, outcome_of_node

# Told each node's result as soon as it is known.
Tell = Callable[[NodeResult], None]


def build(run: Run) -> Done:
    """The stage: builds the warehouse of the run and tests it."""
    changed = go_on(run.workspace, run.trust)
    note_slices(run.workspace, changed)
    outcomes = build_warehouse(run.workspace, run.tell, changed, run.judge.start)
    slices = {} if changed is None else {"slices": len(changed.pairs)}
    return Done({"checks": len(outcomes), **slices}, tuple(outcomes))


def build_warehouse(
    workspace: Workspace,
    tell: Tell = lambda result: None,
    changed: Slices | None = None,
    then: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """Build the warehouse of a run and test it; returns the outcomes, which the workspace keeps as `dbt`.

    tell: called for every seed, model and test. changed: what is to be built again of an earlier build that lies in the
    workspace; without it everything is built. then: called once every model is built, which is when most memory is
    free again. A failed test is an outcome; raises StageError when a model could not be built, DbtError when the
    project could not be prepared. Models come first and all tests after them, so that a refused release shows every
    fault and not the first alone.
    """
    plan = ready_plan().placed(workspace.dbt_environment())
    if changed is None:
        start_from_seeds(seeds_database(), workspace.warehouse, workspace.work_db)
    ended: list[NodeResult] = []

    def note(results: Iterable[NodeResult]) -> list[Outcome]:
        for result in results:
            ended.append(result)
            tell(result)
        outcomes = _outcomes(plan, ended)
        workspace.keep_outcomes("dbt", outcomes)
        return outcomes

    with closing(open_build(workspace.warehouse, workspace.work_db, plan.settings)) as connection:
        broken = note(execute.build(connection, plan, PROJECT, changed))
        if broken:
            more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
            raise StageError(f"{broken[0].message.rstrip('.')}{more}; `dbt build` says what the database answers.")
        then()
        reached = {result.unique_id: result.reach for result in ended}
        note_reach(workspace, {plan.by_id[unique_id].name: reach for unique_id, reach in reached.items()})
        return note(execute.check(connection, plan, PROJECT, changed, reached))


def _outcomes(plan: Plan, ended: Iterable[NodeResult]) -> list[Outcome]:
    names = {node.unique_id: node.name for node in plan.nodes} | {one.unique_id: one.name for one in plan.checks}
    severities = {one.unique_id: one.severity for one in plan.checks}
    found = (
        outcome_of_node(
            one.unique_id.split(".")[0],
            names[one.unique_id],
            one.status,
            one.failures,
            severities.get(one.unique_id, "error"),
        )
        for one in ended
    )
    return [outcome for outcome in found if outcome is not None]
