"""The prepared dbt project: parsed and compiled once, with the places of whichever trust is run."""

import re
from pathlib import Path

import duckdb

from orchestration import dbt_manifest


def places(**environment: str) -> set[str]:
    plan = dbt_manifest.ready_plan().placed(environment)
    return {place for node in plan.nodes for place in re.findall(r"read_parquet\('([^']*)'\)", node.sql)}


def test_the_sources_are_those_of_the_trust_that_is_run() -> None:
    found = places(ROLLCALL_LAKE="/a trust/lake", ROLLCALL_PREVIOUS="/a trust/runs/previous")
    assert found >= {
        "/a trust/lake/marks/*/*.parquet",
        "/a trust/lake/reference/rules.parquet",
        "/a trust/runs/previous/figures/*.parquet",
    }


def test_another_trust_gets_its_own_and_without_a_previous_release_the_empty_tables_of_its_lake() -> None:
    places(ROLLCALL_LAKE="/one/lake", ROLLCALL_PREVIOUS="/one/runs/previous")
    found = places(ROLLCALL_LAKE="/two/lake")
    assert "/two/lake/reference/previous/figures/*.parquet" in found
    assert not [place for place in found if "/rollcall/" in place or "/one/" in place]


def test_a_project_that_has_not_changed_is_not_prepared_again() -> None:
    made: Path = dbt_manifest.prepared()
    before = made.stat().st_mtime_ns
    assert dbt_manifest.prepared() == made
    assert made.stat().st_mtime_ns == before
    assert sorted(path.name for path in made.iterdir()) == ["manifest.json", "plan.json", "seeds.duckdb"]


def test_the_plan_builds_what_a_node_reads_before_the_node() -> None:
    seen: set[str] = set()
    for node in dbt_manifest.ready_plan().nodes:
        assert seen.issuperset(node.parents), node.name
        seen.add(node.unique_id)


def test_the_seeds_are_loaded_as_the_files_stand() -> None:
    with duckdb.connect(str(dbt_manifest.seeds_database()), read_only=True) as seeds:
        codes = {code for (code,) in seeds.execute("select code from reference.attendance_codes").fetchall()}
    assert {"/", "\\", "#"} <= codes
