"""What a run tells the data team of itself: the tables rpt_checks, rpt_runs and rpt_run_steps of its warehouse.

dbt builds them without rows, because what every check said is known only when all have spoken; the step that puts the
release together fills them then. Belongs here: names, counts and times of runs and checks. Does not belong here: why a
run broke off and which files it read, which may name a file, and any value of the data.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.dbt_manifest import prepare_manifest
from orchestration.manifest import extracts_held
from orchestration.summary import landed
from orchestration.workspace import Workspace
from quality.outcomes import Outcome

KEPT_RUNS = 30  # a month of nightly runs; the files in runs/ hold the others

_CHECKS = """
select
    given.check_name, source.display_name as ran_by, given.about,
    concat_ws(': ', coalesce(test.display_name, given.meaning), given.columns) as meaning,
    given.severity, severity.display_name as severity_label, given.is_passed,
    result.display_name as result_label, result.word_order as result_order, given.failed_rows
from given
left join reference.run_words as source on source.about = 'source' and given.source = source.word
left join reference.run_words as severity on severity.about = 'severity' and given.severity = severity.word
left join reference.run_words as result
    on result.about = 'result' and if(given.is_passed, 'passed', 'failed') = result.word
left join reference.run_words as test on test.about = 'test' and given.test = test.word
"""
_RUNS = """
select
    given.*, date_diff('second', given.started_at::timestamp, given.finished_at::timestamp) / 60 as minutes,
    outcome.display_name as outcome_label
from given
left join reference.run_words as outcome on outcome.about = 'outcome' and given.outcome = outcome.word
"""


def fill_run_tables(workspace: Workspace, outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Fill the three tables in the run's warehouse from its outcomes and the summaries of earlier runs.

    Returns the rows of each. What they held before is replaced, so that the step can be run again.
    """
    outcomes = list(outcomes)
    nodes = json.loads(prepare_manifest().read_text(encoding="utf-8"))["nodes"].values()
    tests = {node["name"]: node for node in nodes if node["resource_type"] == "test"}
    summaries = _earlier_runs(workspace)
    rows = {
        "rpt_checks": (_CHECKS, _CHECK, [_check(outcome, tests.get(outcome.check, {})) for outcome in outcomes]),
        "rpt_runs": (_RUNS, _RUN, [_run(summary) for summary in [_this_run(workspace, outcomes), *summaries]]),
        "rpt_run_steps": ("from given", _STEP, [step for summary in summaries for step in _steps(summary)]),
    }
    with duckdb.connect(str(workspace.warehouse)) as db:
        for table, (query, schema, given) in rows.items():
            db.register("given", pa.Table.from_pylist(given, schema))
            db.execute(f"delete from reports.{table}")
            db.execute(f"insert into reports.{table} by name {query}")
            db.unregister("given")
    return {table: len(given) for table, (_, _, given) in rows.items()}


_CHECK = pa.schema(
    [(name, pa.string()) for name in ("check_name", "source", "about", "test", "meaning", "columns", "severity")]
    + [("is_passed", pa.bool_()), ("failed_rows", pa.int64())]
)
_COUNTS = ("extracts", "rows", "rows_refused", "extracts_held", "checks_run", "checks_failed")
_RUN = pa.schema(
    [(name, pa.string()) for name in ("run_id", "started_at", "finished_at", "outcome")]
    + [("is_this_release", pa.bool_())]
    + [(name, pa.int64()) for name in _COUNTS]
)
_STEP = pa.schema(
    [("run_id", pa.string()), ("step", pa.string()), ("step_order", pa.int32()), ("seconds", pa.float64())]
)


def _check(outcome: Outcome, node: Mapping[str, Any]) -> dict[str, Any]:
    """A check with what dbt knows of it: node is the test's, empty for the checks of others."""
    generic = node.get("test_metadata") or {}
    given = generic.get("kwargs", {})
    columns = given.get("columns") or [given["column_name"]] if generic else []
    # A check that is written out has what it proves in its name: <table>__<what_holds>.
    meaning = outcome.check.rpartition("__")[2].replace("_", " ").capitalize()
    return {
        "check_name": outcome.check,
        "source": outcome.source,
        "about": (node.get("attached_node") or "").rpartition(".")[2] or None,
        "test": generic.get("name"),
        "meaning": meaning,
        "columns": ", ".join(columns) or None,
        "severity": outcome.severity,
        "is_passed": outcome.passed,
        "failed_rows": outcome.failed_rows,
    }


def _this_run(workspace: Workspace, outcomes: list[Outcome]) -> dict[str, Any]:
    """The summary of the run as far as it has come."""
    return {
        "run_id": workspace.run_id,
        "outcome": "made",
        "started_at": workspace.noted("started_at"),
        "landed": landed(workspace.noted("landed", [])),
        "extracts_held": extracts_held(outcomes),
        "checks": {"run": len(outcomes), "failed": [outcome for outcome in outcomes if not outcome.passed]},
    }


def _earlier_runs(workspace: Workspace) -> list[dict[str, Any]]:
    """The newest summaries in runs/, newest first."""
    paths = sorted(workspace.folder.runs.glob("*.json"), reverse=True)
    others = [path for path in paths if path != workspace.summary]
    return [json.loads(path.read_text(encoding="utf-8")) for path in others[:KEPT_RUNS]]


def _run(summary: Mapping[str, Any]) -> dict[str, Any]:
    checks = summary.get("checks", {})
    return {
        **{key: summary.get(key) for key in ("run_id", "started_at", "finished_at", "outcome", "extracts_held")},
        **{key: summary.get("landed", {}).get(key) for key in ("extracts", "rows", "rows_refused")},
        "is_this_release": summary.get("outcome") == "made",
        "checks_run": checks.get("run"),
        "checks_failed": len(checks.get("failed", [])),
    }


def _steps(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    seconds = summary.get("seconds", {})
    return [
        {"run_id": summary["run_id"], "step": step, "step_order": place, "seconds": taken}
        for place, (step, taken) in enumerate(seconds.items(), start=1)
    ]
