"""The stages of a run: their order, what a failure of one leaves out, and what it may say. Both ways do the same."""

import errno
import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from ingestion.trust import TrustFolder, init_trust
from orchestration.assets.streamed import streamed
from orchestration.checks.release_rules import CHECKS
from orchestration.dbt_manifest import prepare_manifest
from orchestration.execute import execute
from orchestration.groups import CHECK as GROUPS_KNOWN
from orchestration.stages import registry
from orchestration.stages.lake import FILES_USABLE, rows_conform
from orchestration.stages.stage import FULL_DISK, Done, Run, Stage, StageError, plainly
from orchestration.stages.warehouse import NodeResult
from orchestration.workspace import Workspace
from quality.expectations.beside import Judge
from quality.expectations.suite import EXPECTATIONS
from quality.outcomes import Outcome
from tests.integration.tiny import TRUST_TOML, dagster_home

Broken = dict[str, Exception]
CHECKED: dict[str, Iterable[str]] = {
    **{registry.of_kind(kind): [rows_conform(kind)] for kind in registry.KINDS},
    registry.REFUSED: [FILES_USABLE],
    registry.PLAUSIBILITY: EXPECTATIONS,
    registry.RELEASE_RULES: CHECKS,
    registry.SITES: [GROUPS_KNOWN],
}


@pytest.fixture(scope="session")
def small_manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's manifest with a seed and the models that read the lake alone: Dagster takes long over all."""
    whole = json.loads(prepare_manifest().read_text(encoding="utf-8"))

    def is_kept(node: dict[str, Any]) -> bool:
        read = node.get("depends_on", {}).get("nodes")
        if node["resource_type"] == "seed":
            return bool(node["name"] == "attendance_codes")
        return node["resource_type"] == "model" and bool(read) and set(read) <= set(whole["sources"])

    nodes = {name: node for name, node in whole["nodes"].items() if is_kept(node)}
    known = {*nodes, *whole["sources"]}
    maps = {
        named: {key: [one for one in ends if one in known] for key, ends in whole[named].items() if key in known}
        for named in ("parent_map", "child_map")
    }
    path = tmp_path_factory.mktemp("manifest") / "manifest.json"
    path.write_text(json.dumps({**whole, "nodes": nodes, "exposures": {}, "unit_tests": {}, **maps}))
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    folder = TrustFolder(init_trust(tmp_path / "trust", TRUST_TOML).root).ensure()
    made = Workspace(folder, "20261113-170512-0001")
    made.begin()
    return made


@pytest.fixture
def without_work(small_manifest: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Broken], list[str]]:
    """Every stage only says that it was done, but for those that break."""
    nodes = json.loads(small_manifest.read_text(encoding="utf-8"))["nodes"]

    def replace(broken: Broken) -> list[str]:
        done: list[str] = []

        def stand_in(stage: Stage) -> Stage:
            def work(run: Run) -> Done:
                done.append(stage.step)
                if stage.step in broken:
                    raise broken[stage.step]
                if stage.step == registry.WAREHOUSE:
                    for node in nodes:
                        run.tell(NodeResult(node, "success", 0.0))
                names = CHECKED.get(stage.step, ())
                return Done(outcomes=tuple(Outcome(name, "rollcall", "warn", True, 0, "It passed.") for name in names))

            return Stage(stage.step, stage.doing, stage.title, stage.needs, work)

        stages = tuple(stand_in(stage) for stage in registry._STAGES)
        monkeypatch.setattr(registry, "_STAGES", stages)
        for stage in stages:
            monkeypatch.setitem(registry.STAGES, stage.step, stage)
        return done

    monkeypatch.setattr(Judge, "start", lambda judge: None)
    monkeypatch.setattr("orchestration.definitions.ready_manifest", lambda: small_manifest)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    return replace


@pytest.mark.parametrize("dashboards", [True, False])
def test_every_stage_is_done_once_and_told(
    workspace: Workspace, without_work: Callable[[Broken], list[str]], dashboards: bool
) -> None:
    done, told = without_work({}), []
    summary = execute(workspace, dashboards, lambda step, number, of: told.append((step, number, of)))
    assert done == [stage.step for stage in registry.stages(dashboards)]
    assert told == [(step, number, len(done)) for number, step in enumerate(done, start=1)]
    assert list(summary["seconds"]) == done
    assert (registry.SITES in done, registry.REPORTS in done) == (dashboards, dashboards)


def test_what_needs_a_stage_that_failed_is_left_out_and_the_rest_is_done(
    workspace: Workspace, without_work: Callable[[Broken], list[str]]
) -> None:
    done = without_work({registry.PLAUSIBILITY: ValueError("Surname"), registry.QUARANTINE: StageError("Too late.")})
    summary = execute(workspace, True, None)
    assert summary["outcome"] == "failed"
    (why,) = summary["why"]
    assert why.startswith("Checking plausibility failed: ValueError at test_stages.py:")
    assert "Surname" not in why
    left_out = {registry.CANDIDATE, registry.SITES, registry.REPORTS, registry.PUBLISHED}
    assert set(registry.STAGES) - set(done) == left_out
    assert not left_out & set(summary["seconds"])


@pytest.mark.parametrize("broken", [(), (registry.PLAUSIBILITY,), (registry.of_kind("marks"),)], ids=str)
def test_dagster_does_the_same_stages(
    workspace: Workspace,
    without_work: Callable[[Broken], list[str]],
    broken: tuple[str, ...],
    tmp_path: Path,
) -> None:
    found = []
    for kept in (nullcontext(), dagster_home(tmp_path / "dagster")):
        done, told = without_work({step: StageError(f"{step} broke.") for step in broken}), []
        with kept:
            summary = execute(workspace, True, lambda step, number, of, told=told: told.append((number, of)))  # type: ignore[misc]
        found.append((sorted(done), sorted(summary["seconds"]), told, summary["outcome"], summary["why"]))
    assert found[0] == found[1]


def test_a_failure_says_nothing_of_the_data() -> None:
    for raised, said in (
        (StageError("The model dim_school could not be built."), "The model dim_school could not be built."),
        (OSError(errno.ENOSPC, "No space left on device"), FULL_DISK),
    ):
        with pytest.raises(StageError) as told, plainly("Counting"):
            raise raised
        assert str(told.value) == said
    with pytest.raises(StageError) as told, plainly("Counting"):
        raise KeyError("Surname")
    assert str(told.value).startswith("Counting failed: KeyError at test_stages.py:")
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


def test_results_stream_while_the_work_goes_on() -> None:
    read: list[int] = []

    def work(tell: Callable[[int], None]) -> None:
        for number in range(3):
            tell(number)
            while len(read) <= number:
                time.sleep(0.001)
        raise StageError("It broke at the end.")

    results: Iterator[int] = streamed(work)
    for _ in range(3):
        read.append(next(results))
    with pytest.raises(StageError, match="broke at the end"):
        next(results)
    assert read == [0, 1, 2]
