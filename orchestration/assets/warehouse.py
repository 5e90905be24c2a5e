"""The warehouse: every dbt seed and model as an asset, every dbt data test as an asset check."""

import json
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from dagster import (
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    Failure,
    Output,
)
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from orchestration.assets.streamed import streamed
from orchestration.assets.wrapped import key_of, told_as_failure
from orchestration.plan.execute import NodeResult
from orchestration.resources import TrustRun
from orchestration.stages.registry import REFERENCE, STAGES, WAREHOUSE
from orchestration.stages.stage import perform


class RollcallTranslator(DagsterDbtTranslator):
    """Names dbt's nodes in Dagster: sources are the lake's assets, groups are the layers."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """lake/<dataset> for a source, <layer>/<name> for a seed or model."""
        name = dbt_resource_props["name"]
        if dbt_resource_props["resource_type"] == "source":
            return AssetKey(["lake", name]) if dbt_resource_props["source_name"] == "lake" else key_of(REFERENCE)
        return AssetKey([layer_of(dbt_resource_props), name])

    def get_asset_check_spec(
        self, asset_spec: AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> AssetCheckSpec | None:
        """The test as a check that does not stop the run: the release step reads every outcome, then refuses."""
        found = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return found and found._replace(blocking=False)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The layer."""
        return layer_of(dbt_resource_props)


def layer_of(node: Mapping[str, Any]) -> str:
    """The layer of a dbt node: `reference` for seeds, else its first folder under models/."""
    return "reference" if node["resource_type"] == "seed" else str(node["fqn"][1])


def warehouse_assets(manifest: Path) -> AssetsDefinition:
    """All dbt seeds and models as one step. manifest: dbt's prepared manifest.json."""
    translator, nodes = RollcallTranslator(), json.loads(manifest.read_text(encoding="utf-8"))

    @dbt_assets(manifest=nodes, dagster_dbt_translator=translator, name="warehouse")
    def warehouse(context: AssetExecutionContext, trust_run: TrustRun) -> Iterator[Any]:
        if context.is_subset:
            raise Failure("A run builds the whole warehouse; choose all of its assets.", allow_retries=False)
        known = context.selected_asset_check_keys
        with told_as_failure():
            results: Iterator[NodeResult] = streamed(
                lambda tell: perform(STAGES[WAREHOUSE], trust_run.run(context, tell=tell))
            )
            for result in results:
                yield from _events(result, nodes, translator, known)

    return warehouse


_BUILT = "success"
_RAN = {"pass", "fail", "error"}
_SEVERITIES = {"warn": AssetCheckSeverity.WARN, "error": AssetCheckSeverity.ERROR}


def _events(
    result: NodeResult, manifest: Mapping[str, Any], translator: RollcallTranslator, known: AbstractSet[AssetCheckKey]
) -> Iterator[Output[None] | AssetCheckResult]:
    """A node's result as Dagster's: a materialisation of what was built, a check result of a test that ran."""
    node = manifest["nodes"][result.unique_id]
    facts: dict[str, Any] = {
        "unique_id": result.unique_id,
        "status": result.status,
        "Execution Duration": result.seconds,
    }
    if node["resource_type"] != "test":
        if result.status == _BUILT:
            name = translator.get_asset_key(node).to_python_identifier()
            yield Output(value=None, output_name=name, metadata=facts)
        return
    check = get_asset_check_key_for_test(manifest, translator, result.unique_id, project=None)
    if check is not None and check in known and result.status in _RAN:
        counted = {} if result.failures is None else {"dagster_dbt/failed_row_count": result.failures}
        yield AssetCheckResult(
            passed=result.status == "pass",
            asset_key=check.asset_key,
            check_name=check.name,
            severity=_SEVERITIES[node["config"]["severity"].lower()],
            metadata={**facts, **counted},
        )
