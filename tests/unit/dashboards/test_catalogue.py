"""The catalogue's example queries run on tables with the columns that the marts promise."""

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import tiny_trust
import yaml

MARTS = tiny_trust.PROJECT / "models" / "marts"
EXAMPLES = tiny_trust.PROJECT / "seeds" / "reports" / "catalogue_examples.csv"


def described() -> list[dict[str, Any]]:
    """What the properties files say of the marts."""
    files = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(MARTS.rglob("*.yml"))]
    return [model for file in files for model in file.get("models", [])]


@pytest.fixture(scope="module")
def marts() -> duckdb.DuckDBPyConnection:
    """Every mart without rows, as its properties file describes it."""
    db = duckdb.connect()
    for model in described():
        columns = ", ".join(f'"{column["name"]}" {column["data_type"]}' for column in model["columns"])
        db.execute(f"create table {model['name']} ({columns})")
    return db


def examples() -> list[tuple[str, str]]:
    with Path(EXAMPLES).open(encoding="utf-8") as file:
        return [(row["table_name"], row["query"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("table", "query"), examples(), ids=[table for table, _ in examples()])
def test_an_example_runs_and_is_about_its_table(marts: duckdb.DuckDBPyConnection, table: str, query: str) -> None:
    marts.execute(query)
    assert table in query
    assert '"' not in query, "the page shows it between double quotes"


def test_the_catalogue_has_every_column_of_every_mart_and_says_what_one_row_is() -> None:
    # dbt's graph, as far as the model reads it
    nodes = {
        model["name"]: {
            "resource_type": "model",
            "name": model["name"],
            "description": model["description"],
            "columns": {column["name"]: column for column in model["columns"]},
        }
        for model in described()
    }
    db = duckdb.connect()
    tiny_trust.load_seeds(db)
    env = tiny_trust._environment({"catalogue_examples": "reference.catalogue_examples"})
    env.globals.update(execute=True, graph=SimpleNamespace(nodes=nodes))
    model = tiny_trust.PROJECT / "models" / "reports" / "rpt_catalogue.sql"
    catalogue = env.from_string(model.read_text("utf-8")).render()
    found = db.execute(f"select table_name, column_name from ({catalogue}) order by all").fetchall()
    assert found == sorted((name, column) for name, node in nodes.items() for column in node["columns"])
    assert db.execute(f"select table_name from ({catalogue}) where grain = ''").fetchall() == []
