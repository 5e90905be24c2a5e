"""The ends of nodes as outcomes: counts and names, never a message of the database."""

from pathlib import Path

import pytest

from quality.outcomes import Outcome, Severity, outcome_of_node, read_outcomes, write_outcomes


@pytest.mark.parametrize(
    ("kind", "status", "failures", "severity", "expected"),
    [
        ("test", "pass", 0, "error", ("error", True, 0)),
        ("test", "fail", 7, "error", ("error", False, 7)),
        ("test", "fail", 2, "warn", ("warn", False, 2)),
        ("test", "pass", 0, "warn", ("warn", True, 0)),
        ("test", "error", None, "warn", ("error", False, None)),
        ("model", "error", None, "error", ("error", False, None)),
    ],
)
def test_a_node_s_end(
    kind: str, status: str, failures: int | None, severity: Severity, expected: tuple[str, bool, int | None]
) -> None:
    found = outcome_of_node(kind, "one", status, failures, severity)
    assert found is not None
    assert (found.severity, found.passed, found.failed_rows) == expected


@pytest.mark.parametrize("status", ["success", "skipped"])
def test_a_built_or_skipped_model_is_no_outcome(status: str) -> None:
    assert outcome_of_node("model", "one", status) is None


def test_outcomes_are_kept_as_they_are(tmp_path: Path) -> None:
    kept = [Outcome("a", "dbt", "error", False, 3, "The test a found 3 rows.")]
    write_outcomes(tmp_path / "run" / "dbt.json", kept)
    assert read_outcomes(tmp_path / "run" / "dbt.json") == kept
