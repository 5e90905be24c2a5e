"""A tiny trust end to end, stage by stage as `rollcall run` does it."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from ingestion.trust import TrustFolder
from orchestration import cli
from orchestration.release import WAREHOUSE, current_release, manifest_of, releases
from orchestration.run import exit_code, run_trust
from tests.integration.tiny import AS_OF, PUPILS, TinyRun, school_days, upn, write_marks


def sessions(root: Path) -> int:
    release = current_release(TrustFolder(root))
    assert release is not None
    with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:
        found = warehouse.execute("select count(*) from marts.fct_sessions where mark_status = 'recorded'").fetchone()
    assert found is not None
    return int(found[0])


def test_the_first_run_publishes(tiny_run: TinyRun) -> None:
    folder = TrustFolder(tiny_run.root)
    assert tiny_run.summary["outcome"] == "published", tiny_run.summary["why"]
    assert exit_code(tiny_run.summary) == 0
    assert sessions(tiny_run.root) == 2 * 2 * PUPILS * len(school_days())
    assert json.loads((folder.runs / f"{tiny_run.summary['run_id']}.json").read_text()) == tiny_run.summary
    assert list((folder.runs / "work").iterdir()) == []
    assert not list(folder.releases.glob("*.partial"))


def test_the_manifest_says_what_the_release_rests_on(tiny_run: TinyRun) -> None:
    release = current_release(TrustFolder(tiny_run.root))
    assert release is not None
    manifest = manifest_of(release)
    assert manifest is not None
    assert manifest["release_id"] == release.name
    assert manifest["as_of"] == AS_OF.isoformat()
    assert manifest["dashboards"] is False
    assert {(i["school"], i["kind"]) for i in manifest["inputs"]} == {
        (slug, kind) for slug in ("elm", "oak") for kind in ("marks", "pupils", "calendar")
    }
    assert manifest["rows"]["marts.fct_sessions"] == 2 * 2 * PUPILS * len(school_days())
    assert {rule["rule_name"]: rule["value"] for rule in manifest["rules"]}["persistent_absence_percent"] == 10
    assert {check["source"] for check in manifest["checks"]} == {"pandera", "dbt", "great_expectations", "rollcall"}
    assert all(manifest["versions"][name] for name in ("rollcall", "duckdb", "dbt-core", "dagster"))


def test_the_release_holds_what_it_should(tiny_run: TinyRun) -> None:
    release = current_release(TrustFolder(tiny_run.root))
    assert release is not None
    docs = list((release / "data_docs").rglob("*.html"))
    assert release / "data_docs" / "index.html" in docs
    # Great Expectations' pages name outside hosts; their policy forbids the browser to ask them.
    assert all('<head><meta http-equiv="Content-Security-Policy"' in page.read_text("utf-8") for page in docs)
    tables = {path.stem for path in (release / "parquet").iterdir()}
    assert list((release / "parquet" / "fct_sessions").glob("*/*.parquet"))  # a file for each slice
    assert {"fct_sessions", "fct_bands", "fct_cohorts", "dim_pupil", "dim_school"} <= tables
    assert not list(release.glob("*.wal"))


def test_the_same_again_is_nothing_new(tiny_run: TinyRun, tmp_path: Path) -> None:
    root = tiny_run.copy(tmp_path / "trust")
    summary = run_trust(root, dashboards=False)
    assert (summary["outcome"], exit_code(summary)) == ("nothing_new", 0)
    assert len(releases(TrustFolder(root))) == 1


def test_bad_data_is_refused_then_mended_then_rolled_back(tiny_root: Path) -> None:
    root, before = tiny_root, sessions(tiny_root)
    folder = TrustFolder(root)
    good = current_release(folder)

    write_marks(root, "elm", stamp="20250920", spoil=100)
    refused = run_trust(root, dashboards=False)
    assert (refused["outcome"], exit_code(refused)) == ("refused", 1)
    assert "Elm Primary School" in refused["why"][0]
    assert current_release(folder) == good, "published/current still serves the release before"
    assert not list(folder.releases.glob("*.partial"))
    assert json.loads((folder.runs / f"{refused['run_id']}.json").read_text())["why"] == refused["why"]
    assert (folder.runs / "refused" / refused["run_id"] / "warehouse.duckdb").is_file()

    write_marks(root, "elm", stamp="20250921", spoil=1)
    mended = run_trust(root, dashboards=False)
    assert mended["outcome"] == "published", mended["why"]
    assert current_release(folder) == folder.releases / mended["release"]
    assert sessions(root) == before - 1


@pytest.mark.slow
def test_a_held_extract_is_told_and_then_accepted(tiny_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, before = tiny_root, sessions(tiny_root)
    path = write_marks(root, "oak", stamp="20250920")
    lines = path.read_text().splitlines()
    # Two pupils of twelve remain, over the same days: far fewer marks than are in force.
    kept = [line for line in lines[1:] if line.startswith((upn("oak", 1), upn("oak", 2)))]
    path.write_text("\n".join([lines[0], *kept]) + "\n")
    summary = run_trust(root, dashboards=False)
    assert summary["outcome"] == "published", summary["why"]
    assert summary["extracts_held"] == 1
    assert exit_code(summary) == 1
    assert sessions(root) == before, "nothing is lost to an extract that waits for review"

    again = run_trust(root, dashboards=False)
    assert (again["outcome"], again["extracts_held"], exit_code(again)) == ("nothing_new", 1, 1)

    decided = ["accept", path.name, "--reason", "ten pupils are on a visit", "--trust", str(root), "--json"]
    assert cli.invoke(decided) == 0
    (told,) = json.loads(capsys.readouterr().out)["decisions"]
    assert (told["school"], told["decision"], told["was_held"]) == ("oak", "accepted", True)
    accepted = run_trust(root, dashboards=False)
    assert (accepted["outcome"], accepted["extracts_held"], exit_code(accepted)) == ("published", 0, 0)
    assert sessions(root) < before, "it has taken the older marks' place"
    release = current_release(TrustFolder(root))
    manifest = manifest_of(release) if release else None
    assert manifest is not None
    assert [one["school"] for one in manifest["inputs"] if one["decision"] == "accepted"] == ["oak"]


def test_a_planted_failing_check_refuses(tiny_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.checks import release_rules
    from quality.outcomes import Outcome

    planted = Outcome("planted", "rollcall", "error", False, 1, "A check that was planted failed.")
    monkeypatch.setitem(release_rules.CHECKS, "planted", lambda connection, trust: planted)
    root = tiny_root
    good = current_release(TrustFolder(root))
    summary = run_trust(root, dashboards=False, again=True)
    assert (summary["outcome"], summary["why"]) == ("refused", [planted.message])
    assert current_release(TrustFolder(root)) == good


@pytest.mark.slow
def test_a_model_that_cannot_be_built_fails_the_run(
    tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import orchestration.dbt
    import orchestration.dbt_manifest
    import orchestration.stages.warehouse

    project = shutil.copytree(
        orchestration.dbt.PROJECT, tmp_path / "project", ignore=shutil.ignore_patterns("target", "logs")
    )
    (project / "models" / "marts" / "dim_school.sql").write_text("select 1 as school_urn from nowhere")
    for module in (orchestration.dbt, orchestration.dbt_manifest, orchestration.stages.warehouse):
        monkeypatch.setattr(module, "PROJECT", project)
    root = tiny_run.copy(tmp_path / "trust")
    good = current_release(TrustFolder(root))
    summary = run_trust(root, dashboards=False, again=True)
    assert (summary["outcome"], exit_code(summary)) == ("failed", 1)
    assert "dim_school could not be built" in summary["why"][0]
    assert current_release(TrustFolder(root)) == good
    assert not list(TrustFolder(root).releases.glob("*.partial"))


def test_dagster_says_that_another_run_holds_the_trust(
    tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dagster import DagsterInstance

    from ingestion.trust import load_trust
    from orchestration.definitions import JOB_WITHOUT_DASHBOARDS, build_definitions
    from orchestration.partitions import whole_range
    from tests.unit.orchestration.test_lock import holder

    root = tiny_run.copy(tmp_path / "trust")
    process = holder(root / "runs")
    try:
        with DagsterInstance.ephemeral() as instance:
            job = build_definitions(root).resolve_job_def(JOB_WITHOUT_DASHBOARDS)
            done = job.execute_in_process(instance=instance, tags=whole_range(load_trust(root)), raise_on_error=False)
    finally:
        process.communicate("")
    assert not done.success
    told = [
        event.event_specific_data for event in done.all_events if event.is_failure or event.is_resource_init_failure
    ]
    assert any("Another run holds the trust folder" in str(data) for data in told)
