"""A stage of a run as a Dagster asset: facts as metadata, outcomes as check results, its failure as a Failure."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    Failure,
    MaterializeResult,
    asset,
)

from orchestration.resources import TrustRun
from orchestration.stages.registry import STAGES
from orchestration.stages.stage import StageError, perform
from quality.outcomes import Outcome


def key_of(step: str) -> AssetKey:
    """The asset that a step makes: release/candidate of release__candidate."""
    return AssetKey(step.split("__"))


def stage_asset(
    step: str, group: str, description: str, deps: Iterable[AssetKey], checks: Iterable[str] = ()
) -> AssetsDefinition:
    """A stage as an asset. deps: what must be made before. checks: the names of the checks it reports."""
    key = key_of(step)

    @asset(
        key=key,
        group_name=group,
        deps=list(deps),
        check_specs=[AssetCheckSpec(name, asset=key) for name in checks],
        description=description,
    )
    def wrapped(context: AssetExecutionContext, trust_run: TrustRun) -> Iterator[MaterializeResult[None]]:
        with told_as_failure():
            done = perform(STAGES[step], trust_run.run(context))
        yield MaterializeResult(
            metadata=dict(done.facts), check_results=[check_result(outcome, key) for outcome in done.outcomes]
        )

    return wrapped


@contextmanager
def told_as_failure() -> Iterator[None]:
    """Let Dagster keep a stage's plain sentence, and nothing else."""
    try:
        yield
    except StageError as error:
        raise Failure(str(error), allow_retries=False) from None


def check_result(outcome: Outcome, key: AssetKey) -> AssetCheckResult:
    """An outcome as Dagster's asset check result: counts only."""
    severity = AssetCheckSeverity.ERROR if outcome.severity == "error" else AssetCheckSeverity.WARN
    counted = {} if outcome.failed_rows is None else {"failed_rows": outcome.failed_rows}
    return AssetCheckResult(
        passed=outcome.passed,
        asset_key=key,
        check_name=outcome.check,
        severity=severity,
        metadata={"source": outcome.source, **counted},
        description=outcome.message,
    )
