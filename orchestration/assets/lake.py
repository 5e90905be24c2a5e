"""From the inboxes to the lake: one partition for each inbox, then the lake's datasets with what Pandera said."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    BackfillPolicy,
    MaterializeResult,
    asset,
)

from ingestion.trust import TRUST_INBOX, Trust
from orchestration.fingerprint import state_of
from orchestration.logs import log
from orchestration.partitions import inbox_names, inbox_partitions
from orchestration.resources import TrustRun, plainly
from quality.outcomes import Outcome

EXTRACTS = AssetKey(["ingestion", "extracts"])
REFERENCE = AssetKey(["lake", "reference"])
DATASETS = ("marks", "pupils", "calendar", "year6", "amendments", "benchmarks")


def lake_assets(trust: Trust) -> list[AssetsDefinition]:
    """The ingestion asset with a partition for each of the trust's inboxes, and the lake's datasets."""
    return [_extracts(trust), _reference(), _refused(), *(_dataset(kind) for kind in DATASETS)]


def _extracts(trust: Trust) -> AssetsDefinition:
    @asset(
        key=EXTRACTS,
        group_name="ingestion",
        partitions_def=inbox_partitions(trust),
        backfill_policy=BackfillPolicy.single_run(),
        description="The extracts waiting in a school's inbox, archived, judged row by row and laid into the lake.",
    )
    def extracts(context: AssetExecutionContext, trust_run: TrustRun) -> None:
        with plainly("Taking in extracts"):
            from ingestion.inbox import Left, inboxes, ready
            from ingestion.landing import has_stale_reading, land_inbox

            folder, current = trust_run.folder, trust_run.trust()
            named = inbox_names(current)
            chosen = context.has_partition_key or context.has_partition_key_range
            asked = list(context.partition_keys) if chosen else named
            # What is to be read again is read in every inbox: half of it would leave a pupil with two keys.
            whole = set(asked) == set(named) or has_stale_reading(current, folder)
            partitions = named if whole else asked

            # A folder that belongs to no school of trust.toml is taken in (and refused) with the shared one.
            strangers = [inbox for inbox in inboxes(folder, current) if inbox not in named]
            stays: list[Left] = []
            files = ready(folder, [*partitions, *(strangers if TRUST_INBOX in partitions else [])], stays.append)

            def land(partition: str) -> list[dict[str, Any]]:
                mine = [partition, *(strangers if partition == TRUST_INBOX else [])]
                return [
                    asdict(landed)
                    for inbox in mine
                    for landed in land_inbox(current, folder, inbox, files=files[inbox], tell=stays.append)
                ]

            with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
                # Every school is let finish before a failure of one is raised.
                begun = {partition: pool.submit(land, partition) for partition in partitions}
            landed = {partition: done.result() for partition, done in begun.items()}
            trust_run.workspace(context).note("left_in_inbox", [asdict(left) for left in stays])
            trust_run.workspace(context).note("landed", [row for rows in landed.values() for row in rows])
            for row in (row for rows in landed.values() for row in rows):
                log(
                    "extract_taken_in",
                    level="info" if row["problem"] is None else "warning",
                    **{name: row[name] for name in ("extract_id", "kind", "rows", "refused", "repeated")},
                    school=row["inbox"] if row["inbox"] in named else None,
                    usable=row["problem"] is None,
                )
            for inbox, rows in landed.items():
                if inbox not in asked:
                    continue
                context.add_asset_metadata(_counts(rows), asset_key=EXTRACTS, partition_key=inbox if chosen else None)

    return extracts


def _counts(landed: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "extracts": sum(not row["repeated"] for row in landed),
        "repeated": sum(row["repeated"] for row in landed),
        "unreadable": sum(row["problem"] is not None for row in landed),
        "rows": sum(row["rows"] for row in landed),
        "rows_refused": sum(row["refused"] for row in landed),
    }


def _reference() -> AssetsDefinition:
    @asset(
        key=REFERENCE,
        group_name="lake",
        deps=[EXTRACTS],
        description="The trust, its schools, its own rule values and the list of extracts, as Parquet for dbt.",
    )
    def reference(context: AssetExecutionContext, trust_run: TrustRun) -> MaterializeResult[None]:
        with plainly("Writing the lake's reference tables"):
            from ingestion.reference import write_reference
            from orchestration.previous import prepare_previous
            from orchestration.task_reach import judge_tasks_now

            trust, folder = trust_run.trust(), trust_run.folder
            write_reference(trust, folder)
            prepare_previous(trust_run.workspace(context))
            judge_tasks_now(trust_run.workspace(context), trust)
            trust_run.workspace(context).note("state", state_of(folder, trust))
            return MaterializeResult(metadata={"schools": len(trust.schools), "own_rules": len(trust.rules)})

    return reference


def _dataset(kind: str) -> AssetsDefinition:
    key, check = AssetKey(["lake", kind]), f"{kind}_rows_conform"

    @asset(
        key=key,
        group_name="lake",
        deps=[EXTRACTS],
        check_specs=[AssetCheckSpec(check, asset=key)],
        description=f"Every {kind} extract as typed Parquet, one immutable batch each, the pupil key for the UPN.",
    )
    def dataset(context: AssetExecutionContext, trust_run: TrustRun) -> Iterator[MaterializeResult[None]]:
        with plainly(f"Reading the lake's {kind}"):
            landed = [row for row in new_extracts(context, trust_run) if row["kind"] == kind and row["problem"] is None]
            refused, rows = sum(row["refused"] for row in landed), sum(row["rows"] for row in landed)
            said = f"{refused} of {rows} new {kind} rows were refused for themselves."
            found = Outcome(check, "pandera", "warn", refused == 0, refused, said)
            yield _checked(context, trust_run, key, found, landed)

    return dataset


def _refused() -> AssetsDefinition:
    key, check = AssetKey(["lake", "refused"]), "files_usable"

    @asset(
        key=key,
        group_name="lake",
        deps=[EXTRACTS],
        check_specs=[AssetCheckSpec(check, asset=key)],
        description="The lines of files that could not be used as a whole: line numbers and the reason.",
    )
    def refused(context: AssetExecutionContext, trust_run: TrustRun) -> Iterator[MaterializeResult[None]]:
        with plainly("Reading the lake's refused files"):
            every = new_extracts(context, trust_run)
            landed = [row for row in every if row["problem"] is not None]
            said = f"{len(landed)} of {len(every)} new files could not be used as a whole."
            found = Outcome(check, "rollcall", "warn", not landed, len(landed), said)
            yield _checked(context, trust_run, key, found, landed)

    return refused


def new_extracts(context: AssetExecutionContext, trust_run: TrustRun) -> list[dict[str, Any]]:
    """What this run took in that had not come before: one row for each extract, counts and reasons only."""
    return [row for row in trust_run.workspace(context).noted("landed", []) if not row["repeated"]]


def _checked(
    context: AssetExecutionContext, trust_run: TrustRun, key: AssetKey, outcome: Outcome, landed: list[dict[str, Any]]
) -> MaterializeResult[None]:
    trust_run.workspace(context).keep_outcomes(f"lake_{key.path[-1]}", [outcome])
    batches = sum(1 for _ in (trust_run.folder.lake / key.path[-1]).glob("*/*.parquet"))
    return MaterializeResult(
        metadata={"batches": batches, **_counts(landed)}, check_results=[check_result(outcome, key)]
    )


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
