"""The audit of a built warehouse: Great Expectations for plausibility, and Rollcall's own release rules."""

from collections.abc import Iterator, Sequence

from dagster import AssetCheckSpec, AssetExecutionContext, AssetKey, AssetsDefinition, MaterializeResult, asset

from orchestration.assets.lake import check_result
from orchestration.checks.release_rules import CHECKS, check_release_rules
from orchestration.release import WAREHOUSE, current_release
from orchestration.resources import TrustRun, plainly
from quality.expectations.suite import EXPECTATIONS
from quality.outcomes import Outcome

PLAUSIBILITY = AssetKey(["audit", "plausibility"])
RELEASE_RULES = AssetKey(["audit", "release_rules"])


def audit_assets(warehouse: Sequence[AssetKey]) -> list[AssetsDefinition]:
    """The two audits. warehouse: the keys of the tables that must be built before."""

    @asset(
        key=PLAUSIBILITY,
        group_name="audit",
        deps=list(warehouse),
        check_specs=[AssetCheckSpec(name, asset=PLAUSIBILITY) for name in EXPECTATIONS],
        description="The built warehouse against its own history and what is plausible (Great Expectations).",
    )
    def plausibility(context: AssetExecutionContext, trust_run: TrustRun) -> Iterator[MaterializeResult[None]]:
        with plainly("Checking plausibility"):
            from quality.expectations import run_checkpoint

            workspace, previous = trust_run.workspace(context), current_release(trust_run.folder)
            outcomes = run_checkpoint(
                workspace.warehouse, workspace.data_docs, previous / WAREHOUSE if previous else None
            )
            workspace.keep_outcomes("great_expectations", outcomes)
            yield _result(outcomes, PLAUSIBILITY)

    @asset(
        key=RELEASE_RULES,
        group_name="audit",
        deps=list(warehouse),
        check_specs=[AssetCheckSpec(name, asset=RELEASE_RULES) for name in CHECKS],
        description="Rollcall's own rules of a release: every row accounted for, no school mostly refused.",
    )
    def release_rules(context: AssetExecutionContext, trust_run: TrustRun) -> Iterator[MaterializeResult[None]]:
        with plainly("Checking the release rules"):
            workspace = trust_run.workspace(context)
            outcomes = check_release_rules(workspace.warehouse, trust_run.trust())
            workspace.keep_outcomes("rollcall", outcomes)
            yield _result(outcomes, RELEASE_RULES)

    return [plausibility, release_rules]


def _result(outcomes: list[Outcome], key: AssetKey) -> MaterializeResult[None]:
    failed = sum(not outcome.passed for outcome in outcomes)
    return MaterializeResult(
        metadata={"checks": len(outcomes), "failed": failed},
        check_results=[check_result(outcome, key) for outcome in outcomes],
    )
