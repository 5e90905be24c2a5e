"""Great Expectations at work: the suite over the school frame, results without values, data docs as pages.

Results are BOOLEAN_ONLY (every other format quotes values). Telemetry is off before the library is loaded.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import pandas as pd

from quality.expectations.offline import keep_at_home
from quality.expectations.suite import EXPECTATIONS, Bounded
from quality.outcomes import Outcome

_NAME = "plausibility"


def run_suite(frame: pd.DataFrame, docs: Path) -> list[Outcome]:
    """Judge the school frame (see frame.py) and write data docs into `docs`; one outcome for each expectation."""
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    for site in list(context.get_site_names()):
        context.delete_data_docs_site(site)
    context.add_data_docs_site(_NAME, _site(docs))
    batch = context.data_sources.add_pandas("warehouse").add_dataframe_asset("schools")
    suite = context.suites.add(gx.ExpectationSuite(name=_NAME))
    for name, bounded in EXPECTATIONS.items():
        suite.add_expectation(_expectation(name, bounded, frame))
    validation = context.validation_definitions.add(
        gx.ValidationDefinition(name=_NAME, data=batch.add_batch_definition_whole_dataframe("all_schools"), suite=suite)
    )
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(
            name=_NAME,
            validation_definitions=[validation],
            actions=[gx.checkpoint.UpdateDataDocsAction(name="data_docs", site_names=[_NAME])],
            result_format="BOOLEAN_ONLY",
        )
    )
    result = checkpoint.run(batch_parameters={"dataframe": frame})
    keep_at_home(docs)
    passed = {
        one.expectation_config.meta["check"]: bool(one.success)
        for run in result.run_results.values()
        for one in run.results
        if one.expectation_config is not None
    }
    return [_outcome(name, bounded, passed[name], frame) for name, bounded in EXPECTATIONS.items()]


def _expectation(name: str, bounded: Bounded, frame: pd.DataFrame) -> Any:
    return gx.expectations.ExpectColumnValuesToBeBetween(
        column=bounded.column,
        min_value=_bound(bounded.low, frame),
        max_value=_bound(bounded.high, frame),
        meta={"check": name, "severity": bounded.severity},
        notes=f"Otherwise schools {bounded.fault}.",
    )


def _bound(column: str | None, frame: pd.DataFrame) -> float | None:
    # A bound is the same for every school; without schools there is nothing to judge.
    if column is None or frame.empty or pd.isna(frame[column].iloc[0]):
        return None
    return float(frame[column].iloc[0])


def _outcome(name: str, bounded: Bounded, passed: bool, frame: pd.DataFrame) -> Outcome:
    low, high = _bound(bounded.low, frame), _bound(bounded.high, frame)
    values = frame[bounded.column].astype(float)
    outside = (values < (low if low is not None else float("-inf"))) | (
        values > (high if high is not None else float("inf"))
    )
    schools = frame.loc[outside, "slug"].tolist()
    said = f"These schools {bounded.fault}: {', '.join(schools)}." if not passed else f"The expectation {name} holds."
    return Outcome(name, "great_expectations", bounded.severity, passed, len(schools), said)


def _site(docs: Path) -> Any:
    return {
        "class_name": "SiteBuilder",
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs.resolve())},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
