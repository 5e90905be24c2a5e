"""The catalogue's example queries run on tables with the columns that the marts promise."""

import csv
from pathlib import Path

import duckdb
import pytest
import tiny_trust
import yaml

MARTS = tiny_trust.PROJECT / "models" / "marts"
EXAMPLES = tiny_trust.PROJECT / "seeds" / "reports" / "catalogue_examples.csv"


@pytest.fixture(scope="module")
def marts() -> duckdb.DuckDBPyConnection:
    """Every mart without rows, as its properties file describes it."""
    db = duckdb.connect()
    for path in sorted(MARTS.rglob("*.yml")):
        for model in yaml.safe_load(path.read_text("utf-8")).get("models", []):
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


def test_every_mart_says_what_one_row_is() -> None:
    for path in sorted(MARTS.rglob("*.yml")):
        for model in yaml.safe_load(path.read_text("utf-8")).get("models", []):
            assert model["description"].strip().startswith("One row per"), model["name"]
