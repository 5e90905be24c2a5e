"""The plan made by dbt: the project compiled once, with its seeds loaded, into files that runs start from.

Belongs here: what of dbt's manifest a run needs. Does not belong here: parsing the project, and where the prepared
files are kept (orchestration/dbt_manifest.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from orchestration.plan.nodes import Check, Node, Plan
from orchestration.plan.slices import YEAR
from quality.outcomes import Severity

_SEED, _MODEL, _TEST = "seed", "model", "test"


def plan_of(manifest: Mapping[str, Any], project: Path) -> Plan:
    """The plan of a compiled project. manifest: dbt's manifest.json after `dbt compile`. project: its folder.

    Raises ValueError for a materialisation or a setting of a test that a plan does not know.
    """
    nodes = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] in (_SEED, _MODEL)}
    parents = {key: [one for one in node["depends_on"].get("nodes", []) if one in nodes] for key, node in nodes.items()}
    order = TopologicalSorter({key: sorted(parents[key]) for key in sorted(nodes)}).static_order()
    tests = (node for node in manifest["nodes"].values() if node["resource_type"] == _TEST)
    return Plan(
        tuple(_node(key, nodes[key], parents[key]) for key in order),
        tuple(_checks(sorted(tests, key=lambda node: node["unique_id"]), nodes)),
        _settings(project / "profiles.yml"),
    )


def _node(key: str, node: Mapping[str, Any], parents: list[str]) -> Node:
    kind = _SEED if node["resource_type"] == _SEED else node["config"]["materialized"]
    sql = "" if kind == _SEED else node["compiled_code"]
    if kind not in (_SEED, "table", "view"):
        raise ValueError(f"{node['name']} is to be a {kind}, which a plan cannot make; use table or view.")
    if node.get("language") == "python":
        kind, sql = "python", node["original_file_path"]
    columns = node["columns"].values() if kind == "table" and node["contract"]["enforced"] else ()
    return Node(
        unique_id=key,
        name=node["name"],
        kind=kind,
        relation=node["relation_name"],
        sql=sql,
        parents=tuple(parents),
        columns=tuple((column["name"], column["data_type"]) for column in columns),
        meta=node["config"].get("meta") or {},
    )


def _checks(tests: list[Mapping[str, Any]], nodes: Mapping[str, Any]) -> Iterator[Check]:
    for test in tests:
        config = test["config"]
        if (config["fail_calc"], config["error_if"], config["limit"]) != ("count(*)", "!= 0", None):
            raise ValueError(f"The test {test['name']} does not fail by one row; a plan knows no other way.")
        read = tuple(one for one in test["depends_on"]["nodes"] if one in nodes)
        yield Check(
            unique_id=test["unique_id"],
            name=test["name"],
            sql=test["compiled_code"],
            parents=read,
            severity=_severity(config),
            slice=_slice_of_test(test, nodes),
            about=test.get("attached_node"),
        )


# Columns that tell the academic year of a row.
_OF_ONE_YEAR = {YEAR, "session_date", "week_start", "period_key"}


def _slice_of_test(test: Mapping[str, Any], nodes: Mapping[str, Any]) -> tuple[str, ...]:
    """By which columns the rows that a test finds fall into slices: as its `meta.slice` says, else as the table it is
    attached to; of a test of uniqueness only what the rows that are compared have in common."""
    own = test["config"].get("meta") or {}
    if "slice" in own:
        return tuple(own["slice"])
    attached = nodes.get(test.get("attached_node") or "")
    if attached is None or not test.get("test_metadata"):
        return ()
    keys = (attached["config"].get("meta") or {}).get("slice") or ()
    arguments = test["test_metadata"]["kwargs"]
    columns = {*arguments.get("columns", ())} | ({arguments["column_name"]} if "column_name" in arguments else set())
    if not test["test_metadata"]["name"].startswith("unique"):
        return tuple(keys)
    return tuple(key for key in keys if key in columns or (key == YEAR and columns & _OF_ONE_YEAR))


def _severity(config: Mapping[str, Any]) -> Severity:
    return "warn" if str(config["severity"]).lower() == "warn" else "error"


def _settings(profiles: Path) -> dict[str, Any]:
    """DuckDB's settings in the profile: one place for dbt and for the plan."""
    (profile,) = yaml.safe_load(profiles.read_text(encoding="utf-8")).values()
    return dict(profile["outputs"][profile["target"]]["settings"])
