"""The partitions of ingestion: one inbox each, every school of trust.toml and the one for files of several schools."""

from __future__ import annotations

from dagster import StaticPartitionsDefinition

from ingestion.trust import Trust
from orchestration.stages.lake import inbox_names

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def inbox_partitions(trust: Trust) -> StaticPartitionsDefinition:
    """One partition for each inbox."""
    return StaticPartitionsDefinition(inbox_names(trust))


def whole_range(trust: Trust) -> dict[str, str]:
    """The tags that make one run take in every inbox."""
    names = inbox_names(trust)
    return {RANGE_START: names[0], RANGE_END: names[-1]}
