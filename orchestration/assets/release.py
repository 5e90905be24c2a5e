"""The release: candidate, each audience's site, the reports that are due, and the publishing of it all."""

from collections.abc import Sequence

from dagster import AssetKey, AssetsDefinition

from orchestration.assets.wrapped import key_of, stage_asset
from orchestration.groups import CHECK as GROUPS_KNOWN
from orchestration.stages.registry import (
    CANDIDATE,
    PLAUSIBILITY,
    PUBLISHED,
    QUARANTINE,
    RELEASE_RULES,
    REPORTS,
    SITES,
)


def release_assets(warehouse: Sequence[AssetKey]) -> list[AssetsDefinition]:
    """The assets from a built warehouse to published/current. warehouse: the keys of the tables built before."""
    return [
        stage_asset(
            QUARANTINE,
            "release",
            "What each school must mend: every refused row with its one reason, on the restricted side.",
            deps=warehouse,
        ),
        stage_asset(
            CANDIDATE,
            "release",
            "The warehouse closed, its tables as Parquet, the data docs and the record of what is hidden.",
            deps=map(key_of, (PLAUSIBILITY, RELEASE_RULES)),
        ),
        stage_asset(
            SITES,
            "dashboards",
            "The dashboards of every audience, each with only the data that audience may see.",
            deps=map(key_of, (CANDIDATE, QUARANTINE)),
            checks=[GROUPS_KNOWN],
        ),
        stage_asset(
            REPORTS,
            "dashboards",
            "The reports that are due with each release, among the files of those who may read them.",
            deps=[key_of(CANDIDATE)],
        ),
        stage_asset(
            PUBLISHED,
            "release",
            "The release under its own name, and published/current pointing at it.",
            deps=map(key_of, (CANDIDATE, QUARANTINE, SITES, REPORTS)),
        ),
    ]
