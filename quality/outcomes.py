"""What a check says: its name, who ran it, how much it weighs, and how many rows failed.

Belongs here: the one shape (`Outcome`) in which Pandera, dbt, Great Expectations and Rollcall's own
release checks report, how outcomes are kept beside a run, and how dbt's `run_results.json` becomes outcomes.
Does not belong here: running a check. An outcome never carries a value of the data, only names and counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Source = Literal["pandera", "dbt", "great_expectations", "rollcall"]
Severity = Literal["error", "warn"]


@dataclass(frozen=True)
class Outcome:
    """The result of one check.

    check: the check's stable name. source: which layer ran it. severity: "error" refuses a release when the
    check fails, "warn" only tells. failed_rows: how many rows (or cells, as the check counts) failed, None when
    it does not count. message: one plain sentence without any value of the data.
    """

    check: str
    source: Source
    severity: Severity
    passed: bool
    failed_rows: int | None
    message: str

    @property
    def refuses(self) -> bool:
        """True when this outcome alone keeps a release from being published."""
        return not self.passed and self.severity == "error"


def write_outcomes(path: Path, outcomes: Iterable[Outcome]) -> None:
    """Keep outcomes as a JSON list at `path` (parents are made)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=1), encoding="utf-8")


def read_outcomes(path: Path) -> list[Outcome]:
    """The outcomes kept at `path` by `write_outcomes`. Raises FileNotFoundError when there are none."""
    return [Outcome(**row) for row in json.loads(path.read_text(encoding="utf-8"))]


# dbt's own words for how a node ended, and what they mean for a release.
_PASSED = {"pass", "success"}
_WARNED = {"warn"}
_NOT_RUN = {"skipped", "no-op"}


def outcomes_from_run_results(run_results: Path, manifest: Path) -> list[Outcome]:
    """dbt's artifacts read into outcomes: one for each data test, and one for each model or seed not built.

    A test's message carries dbt's count only; a node that could not run says so without the database's error
    text, which may quote data. Raises FileNotFoundError when dbt left no artifacts.
    """
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    results = json.loads(run_results.read_text(encoding="utf-8"))["results"]
    found = (_node_outcome(result, nodes.get(result["unique_id"], {})) for result in results)
    return [outcome for outcome in found if outcome is not None]


def _node_outcome(result: Mapping[str, Any], node: Mapping[str, Any]) -> Outcome | None:
    kind, name = result["unique_id"].split(".")[0], node.get("name", result["unique_id"])
    status = str(result["status"])
    if kind != "test":
        # What was skipped is a consequence; what it needed stands in the list itself.
        if status in _PASSED | _NOT_RUN:
            return None
        return Outcome(f"{kind} {name}", "dbt", "error", False, None, f"The {kind} {name} could not be built.")
    failures = result.get("failures")
    if status in _PASSED:
        severity: Severity = "warn" if str(node.get("config", {}).get("severity", "")).lower() == "warn" else "error"
        return Outcome(name, "dbt", severity, True, 0, f"The test {name} passed.")
    if status in _WARNED or status == "fail":
        severity = "warn" if status in _WARNED else "error"
        return Outcome(name, "dbt", severity, False, failures, f"The test {name} found {failures} rows.")
    return Outcome(name, "dbt", "error", False, None, f"The test {name} could not run.")
