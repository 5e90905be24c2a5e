"""The floor of the warehouse: the SQL that dbt compiled, tests too, run in order over one DuckDB connection.

`python -m bench.floors.warehouse TRUST WORK` runs it for a published trust and prints seconds and counts as JSON.
Every table made whole, no slice, no contract, no outcome kept; seeds are there already, and preparing the plan is not
counted. Threads and memory as in the project's profile.
"""

from __future__ import annotations

import datetime as dt
import json
import runpy
import shutil
import sys
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from orchestration.plan.nodes import Node, Plan


def run(root: Path, work: Path) -> dict[str, Any]:
    """Make every table and run every test of the project for the trust at `root`, in new databases below `work`."""
    from ingestion.previous import FIRST, write_without_previous
    from ingestion.trust import TrustFolder
    from orchestration.dbt_manifest import ready_plan, seeds_database

    write_without_previous(work / "previous", "floor", dt.datetime.now(dt.UTC), FIRST)
    lake = str(TrustFolder(root).lake).replace("'", "''")
    plan = ready_plan().placed({"ROLLCALL_LAKE": lake, "ROLLCALL_PREVIOUS": str(work / "previous")})
    built = work / "built"
    built.mkdir()
    shutil.copyfile(seeds_database(), built / "warehouse.duckdb")
    config = {**plan.settings, "temp_directory": str(work / "spill")}
    with closing(duckdb.connect(str(built / "warehouse.duckdb"), config=config)) as connection:
        connection.execute(f"attach '{built / 'work.duckdb'}' as work")
        for schema in sorted({node.relation.rpartition(".")[0] for node in plan.nodes}):
            connection.execute(f"create schema if not exists {schema}")
        started = time.monotonic()
        models = [_make(connection, node, plan) for node in plan.nodes if node.kind != "seed"]
        connection.execute("checkpoint")
        made = time.monotonic()
        for check in plan.checks:
            _try(connection, check.name, f"select count(*) from ({check.sql}\n)")
        ended = time.monotonic()
    return {
        "seconds": round(ended - started, 2),
        "models": len(models),
        "models_s": round(made - started, 2),
        "tests": len(plan.checks),
        "tests_s": round(ended - made, 2),
    }


def _make(connection: duckdb.DuckDBPyConnection, node: Node, plan: Plan) -> None:
    if node.kind == "python":
        from orchestration.dbt_manifest import PROJECT

        relations = {plan.by_id[parent].name: plan.by_id[parent].relation for parent in node.parents}
        dbt = SimpleNamespace(config=lambda **_: None, ref=lambda name: connection.query(f"from {relations[name]}"))
        connection.register("_made", runpy.run_path(str(PROJECT / node.sql))["model"](dbt, connection))
        _try(connection, node.name, f"create table {node.relation} as from _made")
        connection.unregister("_made")
    else:
        _try(connection, node.name, f"create {node.kind} {node.relation} as ({node.sql}\n)")


def _try(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> None:
    try:
        connection.execute(sql).fetchall()
    except duckdb.Error as error:
        raise SystemExit(f"{name}: {type(error).__name__}") from None


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())))
