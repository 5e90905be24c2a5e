"""dbt in this process: its commands as a stream of events, for preparing the project.

In a process that has loaded dbt already a command starts in half a second, where the program takes ten.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orchestration.dbt_manifest import PROJECT, DbtError


def invoke(command: Sequence[str], home: Path, environment: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Run one dbt command and yield how each seed, model and test ended as a dict (dbt's log event), while it runs.

    home: the folder for dbt's target and logs. environment: what the profile reads. A failed model or test is an event
    like any other; DbtError only where dbt could not do its work at all.
    """
    from dbt.cli.main import dbtRunner, dbtRunnerResult
    from google.protobuf.json_format import MessageToDict

    events: queue.Queue[Any] = queue.Queue()
    finished = object()
    result: list[dbtRunnerResult] = []

    def work() -> None:
        try:
            told = [lambda event: events.put(event) if _is_result(event.info.name) else None]
            runner = dbtRunner(callbacks=told)
            result.append(runner.invoke([*command, *_flags(home)]))
        finally:
            _let_go_of_duckdb()
            events.put(finished)

    with _environment({**environment, "DBT_TARGET_PATH": str(home / "target")}):
        thread = threading.Thread(target=work, name="dbt", daemon=True)
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
