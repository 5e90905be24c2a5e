"""The floor of the warehouse: the SQL that dbt compiled, tests too, run in order over one DuckDB connection.

    python -m bench.floors.warehouse compile TRUST WORK     # dbt compiles for a published trust; not measured
    python -m bench.floors.warehouse run WORK               # prints seconds, models and tests as JSON

No dbt, no Rollcall, no log, no contract; seeds are copied ready-made. Threads and memory as in the project's profile.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

_PLAN = "plan.json"
_MADE = ("seed", "model", "test")


def compile_plan(root: Path, work: Path) -> int:
    """Write the compiled SQL of the project, in order, for the trust at `root` into `work`; returns how many nodes."""
    from ingestion.previous import FIRST, write_without_previous
    from ingestion.trust import TrustFolder
    from orchestration.dbt import invoke
    from orchestration.dbt_manifest import PROJECT, manifest_for

    folder, build = TrustFolder(root), work / "compiling" / "warehouse.duckdb"
    build.parent.mkdir(parents=True)
    published = (folder.root / "published" / "current" / "warehouse.duckdb").resolve()
    with duckdb.connect(str(build)) as connection:
        _copy_seeds(connection, published)  # some models are written from a seed's rows
    write_without_previous(work / "previous", "floor", dt.datetime.now(dt.UTC), FIRST)
    environment = {
        "ROLLCALL_LAKE": str(folder.lake.resolve()),
        "ROLLCALL_BUILD": str(build),
        "ROLLCALL_WORK": str(build.with_name("work.duckdb")),
        "ROLLCALL_PREVIOUS": str(work / "previous"),
    }
    command = ["compile"]
    for _ in invoke(command, work / "dbt", environment, manifest_for(environment)):
        pass
    manifest = json.loads((work / "dbt" / "target" / "manifest.json").read_text(encoding="utf-8"))
    nodes = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] in _MADE}
    order = TopologicalSorter(
        {key: set(node["depends_on"].get("nodes", [])) & set(nodes) for key, node in nodes.items()}
    )
    plan = [_step(nodes[key]) for key in order.static_order()]
    plan.sort(key=lambda step: _MADE.index(step["kind"]))  # stable: seeds, then models in order, then tests
    settings = _settings(PROJECT)
    (work / _PLAN).write_text(json.dumps({"published": str(published), "settings": settings, "steps": plan}))
    return len(plan)


def _step(node: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": node["name"],
        "kind": node["resource_type"],
        "schema": f"{node['database']}.{node['schema']}",
        "made": "view" if node["config"].get("materialized") == "view" else "table",
        "language": node.get("language", "sql"),
        "code": node.get("compiled_code"),
    }


def _settings(project: Path) -> dict[str, Any]:
    import yaml

    profile = yaml.safe_load((project / "profiles.yml").read_text(encoding="utf-8"))["rollcall"]
    settings: dict[str, Any] = profile["outputs"][profile["target"]]["settings"]
    return settings


def run_plan(work: Path) -> dict[str, Any]:
    """Make every seed, model and test of the plan in a new database below `work`."""
    plan = json.loads((work / _PLAN).read_text(encoding="utf-8"))
    target = work / "built"
    target.mkdir()
    counts = dict.fromkeys(_MADE, 0)
    seconds = dict.fromkeys(_MADE, 0.0)
    schemas: set[str] = set()
    with duckdb.connect(str(target / "warehouse.duckdb"), config=plan["settings"]) as connection:
        connection.execute(f"attach '{target / 'work.duckdb'}' as work")
        _copy_seeds(connection, Path(plan["published"]))
        for step in plan["steps"]:
            started = time.monotonic()
            if step["kind"] == "model" and step["schema"] not in schemas:
                connection.execute(f"create schema if not exists {step['schema']}")
                schemas.add(step["schema"])
            try:
                _run(connection, step)
            except (duckdb.Error, ValueError) as error:
                raise SystemExit(f"{step['name']}: {type(error).__name__}: {str(error)[:300]}") from None
            counts[step["kind"]] += 1
            seconds[step["kind"]] += time.monotonic() - started
        started = time.monotonic()
        connection.execute("checkpoint")
        seconds["model"] += time.monotonic() - started
    told = {f"{kind}s_s": round(spent, 2) for kind, spent in seconds.items()}
    return {"seconds": round(sum(seconds.values()), 2), **{f"{kind}s": n for kind, n in counts.items()}, **told}


def _run(connection: duckdb.DuckDBPyConnection, step: dict[str, Any]) -> None:
    name = f"{step['schema']}.{step['name']}"
    if step["kind"] == "test":
        connection.execute(f"select count(*) from ({step['code']})").fetchall()
    elif step["kind"] == "model" and step["language"] == "python":
        module: dict[str, Any] = {"__name__": step["name"]}
        exec(compile(step["code"], step["name"], "exec"), module)
        dbt = module["dbtObj"](lambda table: connection.query(f"select * from {table}"))
        made = module["model"](dbt, connection)
        connection.register("_made", made)
        connection.execute(f"create table {name} as from _made")
        connection.unregister("_made")
    elif step["kind"] == "model":
        connection.execute(f"create {step['made']} {name} as {step['code']}")


def _copy_seeds(connection: duckdb.DuckDBPyConnection, published: Path) -> None:
    connection.execute(f"attach '{published}' as published (read_only); create schema reference")
    names = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'published' and schema_name = 'reference'"
    ).fetchall()
    for (name,) in names:
        connection.execute(f"create table reference.{name} as from published.reference.{name}")
    connection.execute("detach published")


if __name__ == "__main__":
    if sys.argv[1] == "compile":
        print(json.dumps({"nodes": compile_plan(Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve())}))
    else:
        print(json.dumps(run_plan(Path(sys.argv[2]).resolve())))
