"""What a check says: its name, who ran it, how much it weighs, and how many rows failed.

Belongs here: the one shape (`Outcome`) in which Pandera, dbt, Great Expectations and Rollcall's own
release checks report, how outcomes are kept beside a run, and what the end of a node of the warehouse means.
Does not belong here: running a check. An outcome never carries a value of the data, only names and counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

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


# How a node of the warehouse may end, and what it means for a release.
_PASSED = {"pass", "success"}
# What was skipped is a consequence; what it needed stands in the list itself.
_NO_OUTCOME = {"success", "skipped"}


def outcome_of_node(
    kind: str, name: str, status: str, failures: int | None = None, severity: Severity = "error"
) -> Outcome | None:
    """What a node of the warehouse says: an outcome for a data test, and for a model or seed that was not built.

    kind: seed, model or test. status: success, skipped or error; of a test pass, fail or error. failures: the rows a
    test found. A test that could not run counts as an error whatever its severity, and the message carries counts only.
    """
    if kind != "test":
        if status in _NO_OUTCOME:
            return None
        return Outcome(f"{kind} {name}", "dbt", "error", False, None, f"The {kind} {name} could not be built.")
    if status in _PASSED:
        return Outcome(name, "dbt", severity, True, 0, f"The test {name} passed.")
    if status == "fail":
        return Outcome(name, "dbt", severity, False, failures, f"The test {name} found {failures} rows.")
    return Outcome(name, "dbt", "error", False, None, f"The test {name} could not run.")
