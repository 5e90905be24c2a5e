"""The Dagster code location: it loads, its graph has the layers, and one run is the whole graph."""

import datetime as dt
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from dagster import (
    AssetKey,
    DagsterInstance,
    Definitions,
    ExecuteInProcessResult,
    RunRequest,
    SkipReason,
    build_schedule_context,
    build_sensor_context,
)

from ingestion.trust import TrustFolder, load_trust
from orchestration.definitions import JOB, JOB_WITHOUT_DASHBOARDS, build_definitions
from orchestration.partitions import inbox_names, whole_range
from orchestration.release import current_release, manifest_of
from orchestration.schedules import CADENCE_TAG
from orchestration.stages.registry import STAGES
from orchestration.tasks import making
from tests.contract.test_no_personal_data import UPN, files, needles
from tests.integration.killed import table_hashes
from tests.integration.tiny import TinyRun, dagster_home, make_tiny_trust, write_marks


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


def test_the_stages_stand_in_dagster_s_graph_as_in_their_list(definitions: Definitions) -> None:
    job = definitions.resolve_job_def(JOB)
    needed = {
        step.name: {output.node for found in inputs.values() for output in found.get_node_dependencies()}
        for step, inputs in job.dependencies.items()
    }
    assert {node.name for node in job.nodes} == set(STAGES)
    assert {step: needed.get(step, set()) for step in STAGES} == {
        step: set(stage.needs) for step, stage in STAGES.items()
    }


@dataclass(frozen=True)
class KeptRun:
    """A run that Dagster started by itself: the trust, what Dagster returned, and the home it was kept in."""

    root: Path
    result: ExecuteInProcessResult
    home: Path


@pytest.fixture(scope="module")
def kept_run(tiny_run: TinyRun, tmp_path_factory: pytest.TempPathFactory) -> KeptRun:
    """The tiny trust's extracts once more, under the same secret, so that a pupil has the same key."""
    folder = tmp_path_factory.mktemp("kept")
    root, home = make_tiny_trust(folder / "trust"), folder / "dagster"
    secret = Path("identity", "pupil_key.secret")
    (root / secret).unlink(missing_ok=True)
    TrustFolder(root).ensure()
    shutil.copy2(tiny_run.root / secret, root / secret)
    with dagster_home(home), DagsterInstance.get() as instance:
        job = build_definitions(root).resolve_job_def(JOB_WITHOUT_DASHBOARDS)
        return KeptRun(root, job.execute_in_process(instance=instance, tags=whole_range(load_trust(root))), home)


def test_a_run_that_dagster_starts_publishes_too(kept_run: KeptRun) -> None:
    root, result, folder = kept_run.root, kept_run.result, TrustFolder(kept_run.root)
    assert len(result.asset_materializations_for_node("ingestion__extracts")) == len(inbox_names(load_trust(root)))
    release = current_release(folder)
    assert release is not None
    summary = json.loads((folder.runs / f"{release.name}.json").read_text())
    assert (summary["outcome"], summary["landed"]["rows_refused"]) == ("published", 0)
    assert list((folder.runs / "work").iterdir()) == []


def test_it_makes_the_same_release_as_the_command_line(tiny_run: TinyRun, kept_run: KeptRun) -> None:
    assert table_hashes(kept_run.root) == table_hashes(tiny_run.root)
    found = []
    for root in (tiny_run.root, kept_run.root):
        release = current_release(TrustFolder(root))
        manifest = manifest_of(release) if release else None
        assert manifest is not None
        found.append({(check["source"], check["check"]): check for check in manifest["checks"]})
    assert found[0] == found[1]
    shown = {check.check_name for check in kept_run.result.get_asset_check_evaluations()}
    assert len(kept_run.result.get_asset_check_evaluations()) == len(found[0])
    assert shown > {"rows_accounted_for", "marks_rows_conform"}


def test_dagster_kept_events_and_none_is_personal(kept_run: KeptRun) -> None:
    stored = b"".join(path.read_bytes() for path in files(kept_run.home))
    assert b"ASSET_MATERIALIZATION" in stored
    assert b"ASSET_CHECK_EVALUATION" in stored
    assert not UPN.search(stored)
    assert [needle for needle in needles() if needle in stored] == []


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
