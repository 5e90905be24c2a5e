"""Rollcall's Dagster code location: `dagster dev` with ROLLCALL_TRUST set shows one trust's assets, checks,
schedules and sensors. The command line runs the same definitions in its own process.
"""

import os
import warnings
from pathlib import Path

from dagster import AssetSelection, BetaWarning, Definitions, define_asset_job, definitions, in_process_executor
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition as Job

from ingestion.trust import TrustError, TrustFolder, load_trust
from orchestration.assets.audit import audit_assets
from orchestration.assets.lake import lake_assets
from orchestration.assets.release import release_assets
from orchestration.assets.warehouse import warehouse_assets
from orchestration.dbt_manifest import ready_manifest
from orchestration.hooks import HOOKS
from orchestration.resources import TrustRun
from orchestration.schedules import trust_schedules
from orchestration.sensors import trust_sensors

# Single-run backfills are marked as beta; they are pinned with Dagster's version and tested.
warnings.filterwarnings("ignore", category=BetaWarning)

TRUST_VARIABLE = "ROLLCALL_TRUST"
JOB = "rollcall_run"
JOB_WITHOUT_DASHBOARDS = "rollcall_run_without_dashboards"


def build_definitions(root: Path) -> Definitions:
    """Everything Dagster needs to know of the trust in `root`. Raises TrustError when it is not a trust folder."""
    trust, folder = load_trust(root), TrustFolder(root)
    warehouse = warehouse_assets(ready_manifest())
    tables = sorted(key for key in warehouse.keys if key.path[0] in ("marts", "reports", "reference"))
    full, bare = _jobs()
    return Definitions(
        assets=[*lake_assets(trust), warehouse, *audit_assets(tables), *release_assets(tables)],
        jobs=[full, bare],
        schedules=trust_schedules(full, folder, trust),
        sensors=trust_sensors(full, folder, trust),
        resources={"trust_run": TrustRun(root=str(folder.root))},
        # One process: DuckDB has one writer, and the lock is the process's.
        executor=in_process_executor,
    )


def _jobs() -> tuple[Job, Job]:
    everything = AssetSelection.all()
    return (
        define_asset_job(JOB, everything, hooks=HOOKS, description="From the inboxes to published dashboards."),
        define_asset_job(
            JOB_WITHOUT_DASHBOARDS,
            everything - AssetSelection.groups("dashboards"),
            hooks=HOOKS,
            description="The same without site and reports.",
        ),
    )


def trust_root() -> Path:
    """The trust folder named by ROLLCALL_TRUST. Raises TrustError when the variable is not set."""
    named = os.environ.get(TRUST_VARIABLE)
    if not named:
        raise TrustError(f"Set {TRUST_VARIABLE} to the trust folder, then start Dagster again.")
    return Path(named)


@definitions
def defs() -> Definitions:
    """The code location that Dagster loads; importing this module alone needs no trust."""
    return build_definitions(trust_root())
