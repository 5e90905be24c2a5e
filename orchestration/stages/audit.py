"""The audit of a built warehouse: Great Expectations for plausibility, and Rollcall's own release rules."""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.release import WAREHOUSE, current_release
from orchestration.stages.stage import Done, Run
from quality.outcomes import Outcome


def check_plausibility(run: Run) -> Done:
    """Hold the built warehouse against its own history and what is plausible."""
    workspace, previous = run.workspace, current_release(run.folder)
    outcomes = run.judge.outcomes(workspace.warehouse, workspace.data_docs, previous / WAREHOUSE if previous else None)
    return _kept(run, "great_expectations", outcomes)


def check_rules(run: Run) -> Done:
    """Check Rollcall's own rules of a release: every row accounted for, no school mostly refused."""
    from orchestration.checks.release_rules import check_release_rules

    return _kept(run, "rollcall", check_release_rules(run.workspace.warehouse, run.trust))


def _kept(run: Run, source: str, outcomes: Sequence[Outcome]) -> Done:
    run.workspace.keep_outcomes(source, list(outcomes))
    failed = sum(not outcome.passed for outcome in outcomes)
    return Done({"checks": len(outcomes), "failed": failed}, tuple(outcomes))
