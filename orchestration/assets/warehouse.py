"""The warehouse: every dbt seed and model as an asset, every dbt data test as an asset check."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dagster import AssetCheckSpec, AssetExecutionContext, AssetKey, AssetsDefinition, AssetSpec, Failure
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject, dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration.assets.lake import REFERENCE
from orchestration.dbt import dbt_events
from orchestration.dbt_manifest import prepare_manifest
from orchestration.resources import TrustRun, plainly
from orchestration.workspace import Workspace
from quality.outcomes import Outcome, outcomes_from_run_results

# Two commands, not `dbt build`: there a failing test leaves out what hangs on its model, so that a refused release
# would show the first fault only. Unit tests prove the code, not the data; they run with the test suite.
_COMMANDS = (
    ("build", "--resource-type=seed", "--resource-type=model"),
    ("test", "--exclude-resource-type=unit_test"),
)


class RollcallTranslator(DagsterDbtTranslator):
    """Names dbt's nodes in Dagster: sources are the lake's assets, groups are the layers."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """lake/<dataset> for a source, <layer>/<name> for a seed or model."""
        name = dbt_resource_props["name"]
        if dbt_resource_props["resource_type"] == "source":
            return AssetKey(["lake", name]) if dbt_resource_props["source_name"] == "lake" else REFERENCE
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
        with plainly("Building the warehouse"):
            if context.is_subset:
                raise Failure("A run builds the whole warehouse; choose all of its assets.", allow_retries=False)
            workspace = trust_run.workspace(context)
            workspace.warehouse.unlink(missing_ok=True)
            outcomes: list[Outcome] = []
            for command in _COMMANDS:
                (workspace.dbt_home / "target" / "run_results.json").unlink(missing_ok=True)
                for event in dbt_events(command, workspace.dbt_home, workspace.dbt_environment()):
                    yield from DbtCoreCliEventMessage(event, {}).to_default_asset_events(nodes, translator, context)
                outcomes += _read(workspace)
                workspace.keep_outcomes("dbt", outcomes)
                broken = [outcome.message for outcome in outcomes if outcome.refuses]
                if broken and command[0] == "build":
                    more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
                    log = workspace.dbt_home / "logs" / "dbt.log"
                    raise Failure(f"{broken[0].rstrip('.')}{more}; see {log}.", allow_retries=False)

    return warehouse


def _read(workspace: Workspace) -> list[Outcome]:
    return outcomes_from_run_results(workspace.dbt_home / "target" / "run_results.json", prepare_manifest())
