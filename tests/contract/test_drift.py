"""Python and dbt name the same things: what ingestion writes, staging reads; what the contract promises, marts have."""

import re
from pathlib import Path

import pytest
import yaml

from ingestion.lake import SCHEMAS
from tests.integration.tiny import TinyRun

PROMISED = yaml.safe_load((Path(__file__).parent / "warehouse.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", SCHEMAS)
def test_staging_reads_every_column_of_the_lake(repo: Path, kind: str) -> None:
    sql = (repo / "dbt_project" / "models" / "staging" / f"stg_{kind}.sql").read_text(encoding="utf-8")
    words = set(re.findall(r"\w+", sql))
    assert [column for column in SCHEMAS[kind] if column not in words] == []


@pytest.mark.parametrize("table", PROMISED)
def test_a_mart_has_the_columns_it_promises(tiny_run: TinyRun, table: str) -> None:
    import duckdb

    warehouse = tiny_run.root.joinpath("published", "current").resolve() / "warehouse.duckdb"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            "select column_name, data_type from duckdb_columns() where schema_name = 'marts' and table_name = ?",
            [table],
        ).fetchall()
    actual = dict(found)
    assert {name: actual.get(name) for name in PROMISED[table]} == PROMISED[table]


def test_no_model_is_without_an_enforced_contract() -> None:
    import json

    from orchestration.dbt_manifest import prepare_manifest

    manifest = json.loads(prepare_manifest().read_text(encoding="utf-8"))
    marts = [
        node
        for node in manifest["nodes"].values()
        if node["fqn"][1:2] == ["marts"] and node["resource_type"] == "model"
    ]
    assert [node["name"] for node in marts if not node["contract"]["enforced"]] == []
    assert len(marts) >= len(PROMISED)
