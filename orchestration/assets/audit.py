"""The audit of a built warehouse: Great Expectations for plausibility, and Rollcall's own release rules."""

from collections.abc import Sequence

from dagster import AssetKey, AssetsDefinition

from orchestration.assets.wrapped import stage_asset
from orchestration.checks.release_rules import CHECKS
from orchestration.stages.registry import PLAUSIBILITY, RELEASE_RULES
from quality.expectations.suite import EXPECTATIONS


def audit_assets(warehouse: Sequence[AssetKey]) -> list[AssetsDefinition]:
    """The two audits. warehouse: the keys of the tables that must be built before."""
    return [
        stage_asset(
            PLAUSIBILITY,
            "audit",
            "The built warehouse against its own history and what is plausible (Great Expectations).",
            deps=warehouse,
            checks=EXPECTATIONS,
        ),
        stage_asset(
            RELEASE_RULES,
            "audit",
            "Rollcall's own rules of a release: every row accounted for, no school mostly refused.",
            deps=warehouse,
            checks=CHECKS,
        ),
    ]
