"""dbt's artifacts as outcomes: counts and names, never a message of the database."""

import json
from pathlib import Path

import pytest

from quality.outcomes import Outcome, outcomes_from_run_results, read_outcomes, write_outcomes

NODES = {
    "model.rollcall.fct_one": {"name": "fct_one", "config": {}},
    "model.rollcall.fct_two": {"name": "fct_two", "config": {}},
    "test.rollcall.unique_one": {"name": "unique_one", "config": {"severity": "ERROR"}},
    "test.rollcall.few_missing": {"name": "few_missing", "config": {"severity": "warn"}},
}


def outcomes(tmp_path: Path, *results: dict[str, object]) -> list[Outcome]:
    (tmp_path / "run_results.json").write_text(json.dumps({"results": results}))
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": NODES}))
    return outcomes_from_run_results(tmp_path / "run_results.json", tmp_path / "manifest.json")


@pytest.mark.parametrize(
    ("node", "status", "failures", "expected"),
    [
        ("test.rollcall.unique_one", "pass", 0, ("error", True, 0)),
        ("test.rollcall.unique_one", "fail", 7, ("error", False, 7)),
        ("test.rollcall.few_missing", "warn", 2, ("warn", False, 2)),
        ("test.rollcall.few_missing", "pass", 0, ("warn", True, 0)),
        ("test.rollcall.few_missing", "error", None, ("error", False, None)),
        ("test.rollcall.few_missing", "runtime error", None, ("error", False, None)),
        ("model.rollcall.fct_one", "error", None, ("error", False, None)),
    ],
)
def test_a_node_s_end(
    tmp_path: Path, node: str, status: str, failures: int | None, expected: tuple[str, bool, int | None]
) -> None:
    result = {"unique_id": node, "status": status, "failures": failures, "message": "value 'A123456789012' is bad"}
    (found,) = outcomes(tmp_path, result)
    assert (found.severity, found.passed, found.failed_rows) == expected
    assert "A123456789012" not in found.message


def test_a_built_or_skipped_model_is_no_outcome(tmp_path: Path) -> None:
    results = [
        {"unique_id": "model.rollcall.fct_one", "status": "success"},
        {"unique_id": "model.rollcall.fct_two", "status": "skipped"},
    ]
    assert outcomes(tmp_path, *results) == []


def test_outcomes_are_kept_as_they_are(tmp_path: Path) -> None:
    kept = [Outcome("a", "dbt", "error", False, 3, "The test a found 3 rows.")]
    write_outcomes(tmp_path / "run" / "dbt.json", kept)
    assert read_outcomes(tmp_path / "run" / "dbt.json") == kept
