"""What a run tells the data team of itself: checks in words, runs newest first, nothing that names a file."""

import json
from pathlib import Path

import duckdb
import pytest
import yaml

from ingestion.trust import TrustFolder
from orchestration import run_tables
from orchestration.workspace import REPO, Workspace
from quality.outcomes import Outcome

TABLES = ("rpt_checks", "rpt_runs", "rpt_run_steps")
TEST = {
    "resource_type": "test",
    "name": "unique_combination_fct_bands",
    "attached_node": "model.rollcall.fct_bands",
    "test_metadata": {"name": "unique_combination", "kwargs": {"columns": ["pupil_key", "period_key"]}},
}
OUTCOMES = [
    Outcome("unique_combination_fct_bands", "dbt", "error", True, 0, "The test passed."),
    Outcome("fct_cohorts__agree_with_bands", "dbt", "error", True, 0, "The test passed."),
    Outcome("marks_rows_conform", "pandera", "warn", False, 25, "25 of 60 new marks rows were refused."),
]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A run with the warehouse as dbt leaves it, and one run before that broke off over a file."""
    made = Workspace(TrustFolder(tmp_path).ensure(), "20261113-190502-3fa9")
    made.begin()
    made.note("landed", [{"repeated": False, "problem": None, "rows": 60, "refused": 25}])
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"nodes": {"test": TEST}}), "utf-8")
    monkeypatch.setattr(run_tables, "prepare_manifest", lambda: manifest)
    before = {
        "run_id": "20261112-190501-77b0", "outcome": "failed", "why": ["The file smith_john.csv cannot be read."],
        "started_at": "2026-11-12T19:05:01+00:00", "finished_at": "2026-11-12T19:20:31+00:00",
        "landed": {"extracts": 2, "rows": 10, "rows_refused": 1}, "left_in_inbox": ["smith_john.csv"],
        "extracts_held": 1, "checks": {"run": 3, "failed": []}, "seconds": {"ingestion__extracts": 3.5},
    }  # fmt: skip
    (made.folder.runs / "20261112-190501-77b0.json").write_text(json.dumps(before), "utf-8")
    with duckdb.connect(str(made.warehouse)) as db:
        db.execute("create schema reports; create schema reference")
        words = REPO / "dbt_project" / "seeds" / "operations" / "run_words.csv"
        db.execute(f"create table reference.run_words as from '{words}'")
        for table in TABLES:
            model = REPO / "dbt_project" / "models" / "reports" / table
            promised = yaml.safe_load(model.with_suffix(".yml").read_text("utf-8"))["models"][0]["columns"]
            db.execute(f"create table reports.{table} as {model.with_suffix('.sql').read_text('utf-8')}")
            built = db.execute(f"select column_name, lower(column_type) from (describe reports.{table})").fetchall()
            assert built == [(column["name"], column["data_type"]) for column in promised]
    return made


def rows(workspace: Workspace, query: str) -> list[tuple]:
    with duckdb.connect(str(workspace.warehouse), read_only=True) as db:
        return db.execute(query).fetchall()


def test_each_check_says_what_it_looked_at_and_what_should_hold(workspace: Workspace) -> None:
    assert run_tables.fill_run_tables(workspace, OUTCOMES)["rpt_checks"] == 3
    query = "select about, meaning, ran_by, result_label, failed_rows from reports.rpt_checks order by check_name desc"
    assert rows(workspace, query) == [
        ("fct_bands", "No row stands twice: pupil_key, period_key", "dbt", "Passed", 0),
        (None, "Marks rows conform", "Pandera", "Found something", 25),
        (None, "Agree with bands", "dbt", "Passed", 0),  # of a test that the manifest does not know
    ]


def test_the_runs_end_with_the_one_that_makes_the_release(workspace: Workspace) -> None:
    for _ in range(2):  # run again, the step replaces what it wrote
        run_tables.fill_run_tables(workspace, OUTCOMES)
    query = """
        select is_this_release, outcome_label, minutes, rows, rows_refused, extracts_held, checks_run, checks_failed
        from reports.rpt_runs order by run_id desc
    """
    assert rows(workspace, query) == [
        (True, "Made this release", None, 60, 25, 0, 3, 1),
        (False, "Broke off", 15.5, 10, 1, 1, 3, 0),
    ]
    assert rows(workspace, "from reports.rpt_run_steps") == [("20261112-190501-77b0", "ingestion__extracts", 1, 3.5)]


def test_no_table_names_a_file(workspace: Workspace) -> None:
    run_tables.fill_run_tables(workspace, OUTCOMES)
    for table in TABLES:
        assert "smith" not in str(rows(workspace, f"from reports.{table}"))


def test_every_word_that_a_check_or_run_says_has_a_label() -> None:
    from typing import get_args

    from orchestration import summary
    from quality.outcomes import Severity, Source

    words = REPO / "dbt_project" / "seeds" / "operations" / "run_words.csv"
    known = set(duckdb.sql(f"select about, word from '{words}'").fetchall())
    said = {("source", word) for word in get_args(Source)} | {("severity", word) for word in get_args(Severity)}
    said |= {("outcome", word) for word in ("made", summary.PUBLISHED, summary.REFUSED, summary.FAILED)}
    assert said <= known
