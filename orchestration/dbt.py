"""dbt in this process: the manifest that Dagster needs, and dbt commands as a stream of events.

dagster-dbt's command-line resource starts `dbt --version` and then dbt itself for every command, about ten seconds
each before the first model; in a process that has loaded dbt already the same command starts in half a second. So
dbt's own programmatic runner is used, and dagster-dbt turns its events into materialisations and check results.
"""

from __future__ import annotations

import json
import os
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from ingestion.files import write_text_atomically
from ingestion.trust import TrustError, TrustFolder
from orchestration.workspace import REPO, dbt_environment

PROJECT = REPO / "dbt_project"


class DbtError(Exception):
    """dbt itself could not run (not: a model or test failed); `.args[0]` is one sentence."""


def dbt_events(command: Sequence[str], home: Path, environment: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Run one dbt command and yield how each seed, model and test ended as a dict (dbt's log event), while it runs.

    home: the folder for dbt's target and logs. environment: what the profile reads. A failed model or test is an
    event like any other; DbtError only where dbt could not do its work at all.
    """
    from dbt.cli.main import dbtRunner, dbtRunnerResult
    from google.protobuf.json_format import MessageToDict

    events: queue.Queue[Any] = queue.Queue()
    finished = object()
    result: list[dbtRunnerResult] = []

    def invoke() -> None:
        try:
            runner = dbtRunner(callbacks=[lambda event: events.put(event) if _is_result(event.info.name) else None])
            result.append(runner.invoke([*command, *_flags(home)]))
        finally:
            _let_go_of_duckdb()
            events.put(finished)

    with _environment({**environment, "DBT_TARGET_PATH": str(home / "target")}):
        thread = threading.Thread(target=invoke, name="dbt", daemon=True)
        thread.start()
        try:
            while (event := events.get()) is not finished:
                yield MessageToDict(event, preserving_proto_field_name=True)
        finally:
            # Also when the reader gives up early: dbt must have let go of its files before anybody goes on.
            thread.join()
    if not result or result[0].exception is not None:
        raise DbtError(f"dbt {command[0]} could not run; its log is {home / 'logs' / 'dbt.log'}.")


def _is_result(name: str) -> bool:
    # LogModelResult and its like; thousands of other events say what SQL ran.
    return name.startswith("Log") and name.endswith("Result")


def _flags(home: Path) -> list[str]:
    return [
        f"--project-dir={PROJECT}",
        f"--profiles-dir={PROJECT}",
        f"--target-path={home / 'target'}",
        f"--log-path={home / 'logs'}",
        "--log-level=none",
        "--log-level-file=info",
    ]


def _let_go_of_duckdb() -> None:
    # The adapter keeps its DuckDB open for the life of the process; the steps after dbt need the file.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def manifest_path(runs: Path) -> Path:
    """Where a trust's prepared dbt manifest lies."""
    return runs / "dbt" / "manifest.json"


def manifest_is_fresh(runs: Path) -> bool:
    """True when the prepared manifest is of the dbt project as it stands."""
    stamp = manifest_path(runs).with_suffix(".stamp")
    return manifest_path(runs).is_file() and stamp.is_file() and stamp.read_text() == _project_digest()


def prepare_manifest(runs: Path) -> Path:
    """Parse the dbt project, unless its manifest is fresh, and return the manifest's path. Raises DbtError."""
    path = manifest_path(runs)
    if not manifest_is_fresh(runs):
        stamp = _project_digest()
        home = runs / "dbt"
        for _ in dbt_events(["parse"], home, dbt_environment(TrustFolder(runs.parent))):
            pass
        made = home / "target" / "manifest.json"
        if not made.is_file():
            raise DbtError(f"dbt could not parse its project; its log is {home / 'logs' / 'dbt.log'}.")
        manifest = json.loads(made.read_text(encoding="utf-8"))
        _attach_singular_tests(manifest)
        # The stamp vouches for the manifest: the old one goes first, the new one comes last.
        path.with_suffix(".stamp").unlink(missing_ok=True)
        write_text_atomically(path, json.dumps(manifest))
        write_text_atomically(path.with_suffix(".stamp"), stamp)
    return path


def _attach_singular_tests(manifest: dict[str, Any]) -> None:
    # Dagster shows a test as a check of one asset. A singular test that reads several models belongs to the one it is
    # named after (<model>__<invariant>), where it reads that one.
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and not node.get("attached_node"):
            read = node["depends_on"]["nodes"]
            named = [key for key in read if key.split(".")[-1] == node["name"].split("__")[0]]
            node["attached_node"] = next(iter([*named, *read]), None)


def ready_manifest(runs: Path) -> Path:
    """The manifest for loading the definitions: parsed anew only under `dagster dev`, else as it was prepared.

    Raises TrustError when none was prepared yet.
    """
    if os.environ.get("DAGSTER_IS_DEV_CLI"):
        return prepare_manifest(runs)
    if not manifest_path(runs).is_file():
        raise TrustError(f"The dbt manifest is not prepared in {runs}; run `rollcall run` (or `dagster dev`) once.")
    return manifest_path(runs)


def _project_digest() -> str:
    digest = sha256()
    for path in sorted(PROJECT.rglob("*")):
        if path.suffix in {".sql", ".yml", ".yaml", ".csv", ".md"} and "target" not in path.parts:
            digest.update(str(path.relative_to(PROJECT)).encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()
