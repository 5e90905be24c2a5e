"""Dagster's event log as dagster.yaml names it: its events are where Dagster's own class looks for them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import AssetCheckResult, AssetKey, DagsterInstance, asset, asset_check, materialize
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.event_log import EventLog
from tests.integration.tiny import dagster_home


@asset
def counted() -> None:
    """An asset."""


@asset_check(asset=counted)  # type: ignore[arg-type]
def holds() -> AssetCheckResult:
    return AssetCheckResult(passed=True)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with dagster_home(tmp_path):
        yield tmp_path


def test_runs_are_kept_and_dagster_s_own_class_reads_them(home: Path) -> None:
    runs = []
    with DagsterInstance.get() as instance:
        assert isinstance(instance.event_log_storage, EventLog)
        for _ in range(3):
            runs.append(materialize([counted, holds], instance=instance).run_id)
            assert len(instance.event_log_storage._engines) <= 2, "the index and one run"
        written = {run: [entry.message for entry in instance.all_logs(run)] for run in runs}
        assert instance.get_latest_materialization_event(AssetKey("counted")) is not None
    assert instance.event_log_storage._engines == {}
    own = SqliteEventLogStorage(str(home / "history" / "runs"))
    assert {run: [entry.message for entry in own.get_logs_for_run(run)] for run in runs} == written
    assert all(len(messages) > 10 for messages in written.values())
    assert set(own.get_all_run_ids()) >= set(runs)


def test_what_dagster_s_own_class_wrote_is_read(home: Path) -> None:
    shutil.copy(home / "dagster.yaml", home / "kept.yaml")
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    with DagsterInstance.get() as instance:
        run = materialize([counted, holds], instance=instance).run_id
    shutil.move(home / "kept.yaml", home / "dagster.yaml")
    with DagsterInstance.get() as instance:
        assert len(instance.all_logs(run)) > 10
        assert instance.get_latest_materialization_event(AssetKey("counted")) is not None
        instance.wipe()
        assert instance.all_logs(run) == []
        assert materialize([counted, holds], instance=instance).success
