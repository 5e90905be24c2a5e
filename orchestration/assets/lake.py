"""From the inboxes to the lake: one partition for each inbox, then the lake's datasets with what Pandera said."""

from dagster import AssetExecutionContext, AssetsDefinition, BackfillPolicy, asset

from ingestion.trust import Trust
from orchestration.assets.wrapped import key_of, stage_asset, told_as_failure
from orchestration.partitions import inbox_partitions
from orchestration.resources import TrustRun
from orchestration.stages.lake import FILES_USABLE, rows_conform
from orchestration.stages.registry import EXTRACTS, KINDS, REFERENCE, REFUSED, STAGES, of_kind
from orchestration.stages.stage import perform


def lake_assets(trust: Trust) -> list[AssetsDefinition]:
    """The ingestion asset with a partition for each of the trust's inboxes, and the lake's datasets."""
    return [
        _extracts(trust),
        stage_asset(
            REFERENCE,
            "lake",
            "The trust, its schools, its own rule values and the list of extracts, as Parquet for dbt.",
            deps=[key_of(EXTRACTS)],
        ),
        stage_asset(
            REFUSED,
            "lake",
            "The lines of files that could not be used as a whole: line numbers and the reason.",
            deps=[key_of(EXTRACTS)],
            checks=[FILES_USABLE],
        ),
        *(
            stage_asset(
                of_kind(kind),
                "lake",
                f"Every {kind} extract as typed Parquet, one immutable batch each, the pupil key for the UPN.",
                deps=[key_of(EXTRACTS)],
                checks=[rows_conform(kind)],
            )
            for kind in KINDS
        ),
    ]


def _extracts(trust: Trust) -> AssetsDefinition:
    key = key_of(EXTRACTS)

    @asset(
        key=key,
        group_name="ingestion",
        partitions_def=inbox_partitions(trust),
        backfill_policy=BackfillPolicy.single_run(),
        description="The extracts waiting in a school's inbox, archived, judged row by row and laid into the lake.",
    )
    def extracts(context: AssetExecutionContext, trust_run: TrustRun) -> None:
        chosen = context.has_partition_key or context.has_partition_key_range
        asked = tuple(context.partition_keys) if chosen else None
        with told_as_failure():
            done = perform(STAGES[EXTRACTS], trust_run.run(context, inboxes=asked))
        for inbox, counts in done.of_inboxes.items():
            context.add_asset_metadata(dict(counts), asset_key=key, partition_key=inbox if chosen else None)

    return extracts
