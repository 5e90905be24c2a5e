"""`rollcall explain` knows every mart and every column of it: what it is made of, or why it is made of no marks."""

from __future__ import annotations

import pytest

from orchestration.explaining.registry import marts, relations, session_counts
from orchestration.explaining.relations import make_relations
from tests.integration.tiny import TinyRun


def test_every_mart_and_column_is_in_the_registry(tiny_run: TinyRun) -> None:
    import duckdb

    warehouse = tiny_run.root.joinpath("published", "current").resolve() / "warehouse.duckdb"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            "select table_name, list(column_name) from duckdb_columns() where schema_name = 'marts' group by 1"
        ).fetchall()
        rules = {name for (name,) in connection.execute("select distinct rule_name from marts.dim_rule").fetchall()}
        make_relations(connection, {relation["name"] for relation in relations()})
        columns = {row[0] for row in connection.execute("describe enrolments").fetchall()}
    assert {table: sorted(names) for table, names in found} == {
        table: sorted(mart.columns) for table, mart in marts().items()
    }
    assert {name for mart in marts().values() for name in mart.rules} <= rules
    assert set(session_counts()) <= columns


@pytest.mark.parametrize("table", marts())
def test_what_is_not_opened_has_a_reason(table: str) -> None:
    mart = marts()[table]
    sentences = [*mart.not_opened.values(), *mart.partly.values(), mart.is_]
    assert (mart.parts is None) == bool(mart.because)
    assert [sentence for sentence in (*sentences, *filter(None, [mart.because])) if not sentence.endswith(".")] == []
    assert set(mart.partly) <= set(mart.counted)
    assert len(set(mart.columns)) == len(mart.columns)
