"""The Dagster code location: it loads, its graph has the layers, and one run is the whole graph."""

import datetime as dt
import json
from pathlib import Path

import pytest
from dagster import (
    AssetKey,
    DagsterInstance,
    Definitions,
    RunRequest,
    SkipReason,
    build_schedule_context,
    build_sensor_context,
)

from ingestion.trust import TrustFolder, load_trust
from orchestration.definitions import JOB, JOB_WITHOUT_DASHBOARDS, build_definitions
from orchestration.partitions import inbox_names, whole_range
from orchestration.release import current_release
from orchestration.schedules import CADENCE_TAG
from orchestration.tasks import making
from tests.integration.tiny import TinyRun, write_marks


@pytest.fixture(scope="module")
def definitions(tiny_run: TinyRun) -> Definitions:
    return build_definitions(tiny_run.root)


def test_they_load(definitions: Definitions) -> None:
    Definitions.validate_loadable(definitions)


def test_the_groups_are_the_layers(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert groups == {
        "ingestion", "lake", "reference", "staging", "intermediate", "marts", "reports", "audit", "release",
        "dashboards",
    }  # fmt: skip


def test_nothing_hangs_in_the_air(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert graph.external_asset_keys == set(), "a dbt source that no lake asset stands for"
    roots = {key for key in graph.get_all_asset_keys() if not graph.get(key).parent_keys}
    assert {key for key in roots if key.path[0] != "reference"} == {AssetKey(["ingestion", "extracts"])}


def test_every_source_of_checks_shows_as_asset_checks(definitions: Definitions) -> None:
    checked = {key.asset_key.path[0] for key in definitions.resolve_asset_graph().asset_check_keys}
    assert {"lake", "marts", "audit"} <= checked


def test_an_inbox_is_a_partition(tiny_run: TinyRun, definitions: Definitions) -> None:
    node = definitions.resolve_asset_graph().get(AssetKey(["ingestion", "extracts"]))
    assert node.partitions_def is not None
    assert list(node.partitions_def.get_partition_keys()) == ["elm", "oak", "_trust"]
    assert inbox_names(load_trust(tiny_run.root)) == ["elm", "oak", "_trust"]


def test_the_jobs_differ_by_the_dashboards(definitions: Definitions) -> None:
    full = set(definitions.resolve_job_def(JOB).asset_layer.executable_asset_keys)
    bare = set(definitions.resolve_job_def(JOB_WITHOUT_DASHBOARDS).asset_layer.executable_asset_keys)
    assert {key.path[0] for key in full - bare} == {"dashboards"}


def test_a_run_that_dagster_starts_publishes_too(tiny_run: TinyRun, tiny_root: Path) -> None:
    root = tiny_root
    write_marks(root, "elm", stamp="20250920", spoil=1)
    job = build_definitions(root).resolve_job_def(JOB_WITHOUT_DASHBOARDS)
    with DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, tags=whole_range(load_trust(root)))
    folder = TrustFolder(root)
    assert len(result.asset_materializations_for_node("ingestion__extracts")) == len(inbox_names(load_trust(root)))
    assert {check.check_name for check in result.get_asset_check_evaluations()} > {
        "rows_accounted_for",
        "marks_rows_conform",
    }
    release = current_release(folder)
    assert release is not None
    assert release.name != tiny_run.summary["release"]
    summary = json.loads((folder.runs / f"{release.name}.json").read_text())
    assert (summary["outcome"], summary["landed"]["rows_refused"]) == ("published", 1)
    assert list((folder.runs / "work").iterdir()) == []


def test_each_cadence_of_tasks_has_a_schedule(tiny_run: TinyRun, definitions: Definitions) -> None:
    cadences = ["daily", "weekly", "fortnightly", "half_termly", "termly", "yearly"]
    assert sorted(one.name for one in definitions.schedules or []) == sorted(cadences)
    assert {cadence for cadence, _ in making(TrustFolder(tiny_run.root))} <= set(cadences)


def test_a_release_is_made_when_a_school_s_calendar_says_that_one_is_due(tiny_run: TinyRun, tmp_path: Path) -> None:
    root = tiny_run.copy(tmp_path / "trust")
    release = current_release(TrustFolder(root))
    assert release is not None
    made_at = {"started_at": "2025-09-22T05:00:00+00:00"}
    path = release / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **made_at}))
    daily = build_definitions(root).resolve_schedule_def("daily")

    def looked(at: str) -> RunRequest | SkipReason:
        when = dt.datetime.fromisoformat(at)
        with DagsterInstance.local_temp(str(tmp_path)) as instance:
            found: RunRequest | SkipReason = daily(build_schedule_context(instance, scheduled_execution_time=when))
            return found

    # British summer time: 06:30 is 05:30 UTC
    assert isinstance(looked("2025-09-22T05:29:00+00:00"), SkipReason)
    request = looked("2025-09-22T05:30:00+00:00")
    assert isinstance(request, RunRequest)
    assert request.run_key == "daily-202509220630"
    assert request.tags[CADENCE_TAG] == "daily"
    # the machine was off over the day: once, for the newest of what was missed
    late = looked("2025-09-22T20:10:00+00:00")
    assert isinstance(late, RunRequest)
    assert late.run_key == "daily-202509221600"
    saturday = looked("2025-09-27T08:00:00+00:00")
    assert isinstance(saturday, RunRequest), "what fell due on Friday is made up for"


def test_the_inbox_sensor_asks_for_a_run_when_an_extract_waits(tiny_run: TinyRun, tmp_path: Path) -> None:
    root = tiny_run.copy(tmp_path / "trust")
    sensor = build_definitions(root).resolve_sensor_def("inbox")
    with DagsterInstance.ephemeral() as instance, build_sensor_context(instance) as context:
        assert isinstance(sensor(context), SkipReason)
        write_marks(root, "elm", stamp="20250920").rename(root / "inbox" / "elm" / "marks_20250920.csv.part")
        assert isinstance(sensor(context), SkipReason), "a file that is still being written"
        (root / "inbox" / "elm" / "marks_20250920.csv.part").rename(root / "inbox" / "elm" / "marks_20250920.csv")
        request = sensor(context)
    assert isinstance(request, RunRequest)
    assert "marks" not in str(request.run_key), "a file's name may name a pupil"
