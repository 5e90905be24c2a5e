"""Write, audit, publish: what is refused, what is swapped, what a crash leaves."""

import json
from pathlib import Path

import duckdb
import pytest

from ingestion.trust import TrustError, TrustFolder
from orchestration.release import (
    REQUIRED_STAGES,
    RefusedError,
    assemble,
    audit,
    current_release,
    finish_publishing,
    keep_refused,
    manifest_of,
    point_at,
    publish,
    releases,
    rollback,
)
from orchestration.workspace import Workspace
from quality.outcomes import Outcome

GOOD = Outcome("keys_are_unique", "dbt", "error", True, 0, "The test passed.")
WARNED = Outcome("few_marks_missing", "great_expectations", "warn", False, 3, "These schools miss marks: elm.")
BAD = Outcome("rows_accounted_for", "rollcall", "error", False, 2, "2 extracts have rows that ended nowhere.")


def workspace(root: Path, run_id: str) -> Workspace:
    made = Workspace(TrustFolder(root).ensure(), run_id)
    made.begin()
    return made


def build(made: Workspace, value: int) -> None:
    with duckdb.connect(str(made.warehouse)) as warehouse:
        warehouse.execute("create schema marts")
        warehouse.execute(f"create table marts.fct_one as select {value} as value")
        warehouse.execute("create schema reference; create table reference.codes as select 1 as code")
    for stage in REQUIRED_STAGES:
        made.keep_outcomes(stage, [GOOD])


def release(root: Path, run_id: str, value: int) -> Path:
    made = workspace(root, run_id)
    build(made, value)
    audit(made)
    assemble(made)
    done = publish(made, {"release_id": run_id})
    made.end()
    return done


def value_of(folder: TrustFolder) -> int:
    found = current_release(folder)
    assert found is not None
    with duckdb.connect(str(found / "warehouse.duckdb"), read_only=True) as warehouse:
        row = warehouse.execute("select value from marts.fct_one").fetchone()
    assert row is not None
    return int(row[0])


def test_a_release_is_whole_and_alone(tmp_path: Path) -> None:
    done = release(tmp_path, "r1", 1)
    assert sorted(path.name for path in done.iterdir()) == ["manifest.json", "parquet", "warehouse.duckdb"]
    assert [path.name for path in (done / "parquet").iterdir()] == ["fct_one.parquet"]
    assert duckdb.execute(
        "select value from read_parquet(?)", [str(done / "parquet" / "fct_one.parquet")]
    ).fetchall() == [(1,)]
    assert releases(TrustFolder(tmp_path)) == ["r1"]
    assert list((tmp_path / "runs" / "work").iterdir()) == []


def test_publishing_swaps_the_symlink_and_leaves_an_open_reader_alone(tmp_path: Path) -> None:
    folder = TrustFolder(tmp_path)
    release(tmp_path, "r1", 1)
    old = current_release(folder)
    assert old is not None
    with duckdb.connect(str(old / "warehouse.duckdb"), read_only=True) as reader:
        release(tmp_path, "r2", 2)
        assert reader.execute("select value from marts.fct_one").fetchall() == [(1,)]
    assert value_of(folder) == 2
    assert folder.current.is_symlink()
    assert not str(folder.current.readlink()).startswith("/"), "the link must survive a move of the trust folder"


def test_the_release_step_refuses_what_a_check_refused(tmp_path: Path) -> None:
    release(tmp_path, "r1", 1)
    made = workspace(tmp_path, "r2")
    build(made, 2)
    made.keep_outcomes("rollcall", [GOOD, WARNED, BAD])
    with pytest.raises(RefusedError) as refused:
        audit(made)
    assert refused.value.reasons == [BAD.message]
    assert value_of(made.folder) == 1


def test_a_warning_does_not_refuse(tmp_path: Path) -> None:
    made = workspace(tmp_path, "r1")
    build(made, 1)
    made.keep_outcomes("great_expectations", [WARNED])
    assert WARNED in audit(made)


@pytest.mark.parametrize("stage", REQUIRED_STAGES)
def test_checks_that_did_not_run_in_this_run_refuse(tmp_path: Path, stage: str) -> None:
    made = workspace(tmp_path, "r1")
    build(made, 1)
    (made.root / "outcomes" / f"{stage}.json").unlink()
    with pytest.raises(RefusedError, match=f"the checks of {stage} did not run"):
        audit(made)


def test_a_crash_leaves_nothing_that_counts(tmp_path: Path) -> None:
    release(tmp_path, "r1", 1)
    crashed = workspace(tmp_path, "r2")
    build(crashed, 2)
    assemble(crashed)
    (crashed.folder.published / ".current.99").symlink_to("nowhere")
    assert value_of(crashed.folder) == 1
    assert releases(crashed.folder) == ["r1"]
    workspace(tmp_path, "r3")
    assert not crashed.candidate.exists()
    assert not crashed.root.exists()
    assert [path.name for path in crashed.folder.published.iterdir()] == ["current"]


def test_a_stale_log_beside_the_warehouse_is_not_published(tmp_path: Path) -> None:
    made = workspace(tmp_path, "r1")
    build(made, 1)
    assemble(made)
    assert list(made.candidate.glob("*.wal")) == []


def test_only_the_newest_refused_run_is_kept(tmp_path: Path) -> None:
    for run_id in ("r1", "r2"):
        made = workspace(tmp_path, run_id)
        build(made, 1)
        keep_refused(made, [BAD], [BAD.message])
    kept = tmp_path / "runs" / "refused"
    assert [path.name for path in kept.iterdir()] == ["r2"]
    assert (kept / "r2" / "warehouse.duckdb").is_file()
    assert json.loads((kept / "r2" / "refused.json").read_text())["reasons"] == [BAD.message]


def test_rollback_points_at_an_earlier_release(tmp_path: Path) -> None:
    release(tmp_path, "r1", 1)
    release(tmp_path, "r2", 2)
    assert rollback(TrustFolder(tmp_path), "r1") == {"release_id": "r1"}
    assert value_of(TrustFolder(tmp_path)) == 1


def test_a_release_whose_run_died_before_it_was_published_is_published(tmp_path: Path) -> None:
    folder = TrustFolder(tmp_path)
    for number in (1, 2):
        release(tmp_path, str(number), number)
        (folder.runs / f"{number}.json").write_text("{}")
    rollback(folder, "1")
    finish_publishing(folder)
    assert value_of(folder) == 1, "the run of 2 has ended: somebody went back on purpose"
    (folder.runs / "2.json").unlink()
    finish_publishing(folder)
    assert value_of(folder) == 2


@pytest.mark.parametrize("wanted", ["r9", "../runs", "r2.partial"])
def test_rollback_refuses_what_is_no_release(tmp_path: Path, wanted: str) -> None:
    release(tmp_path, "r1", 1)
    with pytest.raises(TrustError, match="There is no release"):
        rollback(TrustFolder(tmp_path), wanted)
    assert value_of(TrustFolder(tmp_path)) == 1


def test_rollback_refuses_a_release_without_manifest(tmp_path: Path) -> None:
    release(tmp_path, "r1", 1)
    (release(tmp_path, "r2", 2) / "manifest.json").unlink()
    point_at(TrustFolder(tmp_path), "r1")
    with pytest.raises(TrustError, match="no manifest"):
        rollback(TrustFolder(tmp_path), "r2")
    assert value_of(TrustFolder(tmp_path)) == 1
    assert manifest_of(tmp_path / "releases" / "r2") is None
