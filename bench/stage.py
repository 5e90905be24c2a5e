"""One piece of work as a process of its own: `python -m bench.stage take_in TRUST` and the like.

Prints what was done as JSON. Taking in calls the same functions as a run, in the same number of threads.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any


def take_in(root: Path) -> dict[str, Any]:
    """Take in everything that waits: archive, validate, refuse with reasons, lay into the lake."""
    from ingestion.inbox import inboxes, ready
    from ingestion.landing import land_inbox
    from ingestion.trust import TrustFolder, load_trust

    trust = load_trust(root)
    folder = TrustFolder(root).ensure(trust)
    names = inboxes(folder, trust)
    started = time.monotonic()
    files = ready(folder, names, lambda left: None)
    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
        done = [pool.submit(land_inbox, trust, folder, name, files=files[name]) for name in names]
    landed = [found for inbox in done for found in inbox.result()]
    return {
        "seconds": round(time.monotonic() - started, 2),
        "extracts": len(landed),
        "rows": sum(found.rows for found in landed),
        "rows_refused": sum(found.refused for found in landed),
        "unusable": sum(found.problem is not None for found in landed),
    }


def dbt_build(root: Path, work: Path) -> dict[str, Any]:
    """Let dbt itself build and test the warehouse of a trust that was taken in; `work` is to be empty."""
    from ingestion.previous import FIRST, write_without_previous
    from ingestion.trust import TrustFolder
    from orchestration.dbt import invoke

    write_without_previous(work / "previous", "dbt", dt.datetime.now(dt.UTC), FIRST)
    environment = {
        "ROLLCALL_LAKE": str(TrustFolder(root).lake.resolve()),
        "ROLLCALL_BUILD": str(work / "warehouse.duckdb"),
        "ROLLCALL_WORK": str(work / "work.duckdb"),
        "ROLLCALL_PREVIOUS": str(work / "previous"),
    }
    started = time.monotonic()
    ended = list(invoke(["build", "--exclude-resource-type=unit_test"], work / "dbt", environment))
    broken = [event for event in ended if event.get("data", {}).get("status") in ("error", "runtime error")]
    if broken:
        raise SystemExit(f"dbt could not make {broken[0]['data']['node_info']['unique_id']}")
    return {"seconds": round(time.monotonic() - started, 2), "nodes": len(ended)}


def floor(inbox: Path, target: Path) -> dict[str, Any]:
    """Let DuckDB read every CSV file below `inbox` with given types into Parquet below `target`."""
    from bench.floors import ingestion

    files = sorted(inbox.rglob("*.csv"))
    return {"seconds": round(ingestion.floor(files, target), 2), "files": len(files)}


if __name__ == "__main__":
    stages: dict[str, Callable[..., dict[str, Any]]] = {"take_in": take_in, "dbt_build": dbt_build, "floor": floor}
    print(json.dumps(stages[sys.argv[1]](*map(Path, sys.argv[2:]))))
